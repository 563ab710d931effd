import FieldKinds
import Schema
import Testing
import Values

@Suite struct ChineseAddressTests {
    @Test func `every address of the shared examples falls into its parts`() throws {
        let vectors = try sharedList("cn-divisions/address_vectors.json")
        #expect(vectors.count == 30)
        for vector in vectors {
            let input = try #require(vector["input"]?.string)
            let wanted = try #require(vector["expected"])
            let parts = try #require(ChineseAddress.split(input), "\(input)")
            #expect(parts.province == wanted["province"]?.string, "\(input)")
            #expect(parts.city == wanted["city"]?.string, "\(input)")
            #expect(parts.district == wanted["area"]?.string, "\(input)")
            #expect(parts.street == wanted["detail"]?.string, "\(input)")
            let codes = ChineseDivisions.codes(
                province: try #require(parts.province),
                city: parts.city,
                district: parts.district
            )
            #expect(codes?.province == wanted["province_code"]?.string, "\(input)")
            #expect(codes?.city == wanted["city_code"]?.string, "\(input)")
            #expect(codes?.district == wanted["area_code"]?.string, "\(input)")
        }
    }

    @Test(arguments: [
        ("杭州市西湖区文三路90号", "浙江省|杭州市|西湖区|文三路90号"), ("浙江杭州西湖区文三路９０号", "浙江省|杭州市|西湖区|文三路90号"),
        ("浙江 杭州 西湖 文三路90号", "浙江省|杭州市|西湖区|文三路90号"), ("北京朝阳区建国路1号", "北京市||朝阳区|建国路1号"),
        ("北京市北京市朝阳区建国路1号", "北京市||朝阳区|建国路1号"), ("上海市市辖区浦东新区世纪大道1号", "上海市||浦东新区|世纪大道1号"),
        ("内蒙古呼和浩特市新城区1号", "内蒙古自治区|呼和浩特市|新城区|1号"), ("内蒙古自治区包头市", "内蒙古自治区|包头市||"),
        ("广西南宁市青秀区民族大道1号", "广西壮族自治区|南宁市|青秀区|民族大道1号"), ("新疆乌鲁木齐市天山区", "新疆维吾尔自治区|乌鲁木齐市|天山区|"),
        ("江苏省昆山市前进路1号", "江苏省|苏州市|昆山市|前进路1号"), ("昆山市前进路1号", "江苏省|苏州市|昆山市|前进路1号"),
        ("海南省文昌市文城镇1号", "海南省||文昌市|文城镇1号"), ("东莞市长安镇1号", "广东省|东莞市||长安镇1号"), ("重庆市城口县葛城街道1号", "重庆市||城口县|葛城街道1号"),
        ("香港九龙观塘区观塘道1号", "香港特别行政区|九龙|观塘区|观塘道1号"), ("中国香港湾仔区轩尼诗道1号", "香港特别行政区|香港岛|湾仔区|轩尼诗道1号"),
        ("澳门大堂区南湾大马路1号", "澳门特别行政区|澳门半岛|大堂区|南湾大马路1号"), ("台湾省台北市大安区仁爱路1号", "台湾省|台北市|大安区|仁爱路1号"),
        ("吉林市昌邑区解放路1号", "吉林省|吉林市|昌邑区|解放路1号"), ("湖北省襄樊市樊城区1号", "湖北省|襄阳市|樊城区|1号"), ("北京市崇文区1号", "北京市||东城区|1号"),
        ("恩施恩施市航空路1号", "湖北省|恩施土家族苗族自治州|恩施市|航空路1号"), ("长沙县星沙街道1号", "湖南省|长沙市|长沙县|星沙街道1号"),
        ("中国浙江省杭州市文三路1号", "浙江省|杭州市||文三路1号"), ("广东省，深圳市，南山区，科技园", "广东省|深圳市|南山区|科技园"),
    ])
    func `a line is split as a postman reads it`(line: String, wanted: String) throws {
        let parts = try #require(ChineseAddress.split(line))
        let found = [parts.province, parts.city, parts.district, parts.street].map { $0 ?? "" }.joined(separator: "|")
        #expect(found == wanted)
    }

    @Test(arguments: [
        "上海路123号", "北京东路1号", "南京西路1号", "长春街道", "鼓楼区中山路1号", "朝阳区建国路1号", "中国银行大厦", "1 Infinite Loop, Cupertino",
        "221B Baker Street, London", "東京都千代田区丸の内1-1", "滨江工业园B区9号厂房", "北京大学东门", "", "广东广西路1号",
    ])
    func `what names no division of China, or too little, stays as it is`(line: String) {
        #expect(ChineseAddress.split(line)?.province == nil || line.hasPrefix("广东"))
    }

    @Test(arguments: [
        ("310012 浙江省杭州市西湖区文三路90号", "310012"), ("浙江省杭州市西湖区文三路90号 310012", "310012"),
        ("浙江省杭州市西湖区文三路90号（邮编：310012）", "310012"), ("３１００１２浙江省杭州市西湖区文三路90号", "310012"),
    ])
    func `a postal code is taken from the line`(line: String, code: String) throws {
        let parts = try #require(ChineseAddress.split(line))
        #expect(parts.postalCode == code)
        #expect(parts.street == "文三路90号")
    }

    private let field = FieldDefinition(
        id: "address",
        key: "address",
        label: Label("Address", zh: "地址"),
        kind: .address
    )

    private func read(_ json: String) throws -> [String?] {
        try field.read(JSONReader.parse(json), style: InputStyle(baseCurrency: "CNY")).map(\.text)
    }

    @Test func `an address field splits a line and completes its parts`() throws {
        let whole: [String?] = ["文三路90号", nil, "浙江省", "杭州市", "西湖区", nil]
        #expect(try read("\"浙江省杭州市西湖区文三路90号\"") == whole)
        #expect(try read("{\"street\":\"浙江省杭州市西湖区文三路90号\"}") == whole)
        #expect(try read("{\"province\":\"浙江\",\"city\":\"杭州\",\"district\":\"西湖\",\"street\":\"文三路90号\"}") == whole)
        #expect(try read("{\"city\":\"杭州\",\"district\":\"西湖区\",\"street\":\"文三路90号\"}") == whole)
        #expect(try read("{\"province\":\"浙江\",\"street\":\"杭州市西湖区文三路90号\"}") == whole)
        #expect(
            try read("{\"country\":\"US\",\"province\":\"California\",\"city\":\"Cupertino\",\"street\":\"1 Loop\"}")
                == ["1 Loop", "US", "California", "Cupertino", nil, nil]
        )
        #expect(try read("\"1 Infinite Loop, Cupertino\"") == ["1 Infinite Loop, Cupertino", nil, nil, nil, nil, nil])
        #expect(
            try read("{\"province\":\"上海市\",\"city\":\"上海市\",\"district\":\"浦东新区\",\"street\":\"世纪大道1号\"}")
                == ["世纪大道1号", nil, "上海市", "上海市", "浦东新区", nil]
        )
        // New districts come every year: what nobody knows is kept.
        #expect(try read("{\"province\":\"浙江省\",\"city\":\"杭州市\",\"district\":\"新设区\"}")[4] == "新设区")
    }

    @Test(arguments: [
        ("{\"province\":\"广东省\",\"city\":\"杭州市\"}", "city_not_in_province", "浙江省"),
        ("{\"province\":\"浙江省\",\"city\":\"杭州市\",\"district\":\"南山区\"}", "district_not_in_city", "杭州市"),
    ])
    func `divisions that contradict each other are refused in words`(json: String, code: String, place: String) {
        do {
            _ = try read(json)
            Issue.record("the address was accepted")
        } catch let problem as FieldProblem {
            #expect(problem.code == code)
            #expect(problem.message.zh.contains(place))
        } catch { Issue.record(error) }
    }

    @Test func `a street is looked at as closely as a whole address, whatever town it is named after`() throws {
        var names: Set<String> = []
        for province in ChineseProvince.names {
            let cities = ChineseDivisions.cities(of: province)
            names.formUnion([province] + cities)
            for city in [nil] + cities.map(Optional.some) {
                names.formUnion(ChineseDivisions.districts(of: city, in: province))
            }
        }
        #expect(names.count > 2500)
        var taken = 0
        for name in names {
            for text in [name, String(name.dropLast()), String(name.prefix(2))] {
                for line in [text + "路1号", text + "人民路1号", text + "东大道2号", "中国" + text + "人民路1号"] {
                    var parts = AddressParts()
                    parts.street = line
                    let whole = ChineseAddress.split(line)
                    if whole != nil { taken += 1 }
                    #expect(try parts.settled().street == (whole.map(\.street) ?? line), "\(line)")
                }
            }
        }
        #expect(taken > 5000)
    }

    @Test func `the list of divisions is whole`() {
        #expect(ChineseDivisions.cities(of: "浙江").count == 11)
        #expect(ChineseDivisions.cities(of: "北京市").isEmpty)
        #expect(ChineseDivisions.districts(of: "杭州市", in: "浙江省").contains("西湖区"))
        #expect(ChineseDivisions.districts(of: nil, in: "北京市").count == 16)
        #expect(ChineseProvince.names.allSatisfy { !ChineseDivisions.districts(of: nil, in: $0).isEmpty })
    }
}
