/// Names that are put together from parts. They name nobody: whoever has the name of a contact has it by chance.
enum DemoNames {
    struct City {
        let name: String
        let province: String
        let region: Int
        let areaCode: String
        let division: String
        let districts: [String]
    }

    static let regions = ["华东销售部", "华南销售部", "华北销售部", "中西部销售部"]

    static let cities: [(City, Int)] = [
        (city("上海", "上海市", 0, "21", "310115", ["浦东新区", "闵行区", "嘉定区", "松江区"]), 14),
        (city("苏州", "江苏省", 0, "512", "320505", ["吴中区", "虎丘区", "相城区", "昆山市"]), 12),
        (city("无锡", "江苏省", 0, "510", "320214", ["新吴区", "滨湖区", "惠山区"]), 7),
        (city("南京", "江苏省", 0, "25", "320115", ["江宁区", "浦口区", "栖霞区"]), 6),
        (city("杭州", "浙江省", 0, "571", "330109", ["萧山区", "余杭区", "滨江区"]), 8),
        (city("宁波", "浙江省", 0, "574", "330212", ["鄞州区", "北仑区", "镇海区"]), 7),
        (city("合肥", "安徽省", 0, "551", "340111", ["包河区", "蜀山区"]), 4),
        (city("深圳", "广东省", 1, "755", "440306", ["宝安区", "龙岗区", "光明区"]), 12),
        (city("广州", "广东省", 1, "20", "440112", ["黄埔区", "番禺区", "南沙区"]), 8),
        (city("东莞", "广东省", 1, "769", "441900", ["松山湖", "长安镇", "虎门镇"]), 9),
        (city("佛山", "广东省", 1, "757", "440606", ["顺德区", "南海区"]), 7),
        (city("厦门", "福建省", 1, "592", "350206", ["湖里区", "集美区", "同安区"]), 4),
        (city("北京", "北京市", 2, "10", "110108", ["海淀区", "大兴区", "亦庄"]), 8),
        (city("天津", "天津市", 2, "22", "120116", ["滨海新区", "西青区", "武清区"]), 6),
        (city("青岛", "山东省", 2, "532", "370211", ["黄岛区", "城阳区", "即墨区"]), 6),
        (city("济南", "山东省", 2, "531", "370112", ["历城区", "章丘区"]), 4),
        (city("沈阳", "辽宁省", 2, "24", "210106", ["铁西区", "浑南区"]), 4),
        (city("大连", "辽宁省", 2, "411", "210213", ["金州区", "甘井子区"]), 3),
        (city("武汉", "湖北省", 3, "27", "420115", ["江夏区", "东西湖区", "洪山区"]), 7),
        (city("长沙", "湖南省", 3, "731", "430104", ["岳麓区", "雨花区"]), 4),
        (city("成都", "四川省", 3, "28", "510112", ["龙泉驿区", "双流区", "郫都区"]), 6),
        (city("重庆", "重庆市", 3, "23", "500112", ["渝北区", "九龙坡区", "璧山区"]), 5),
        (city("西安", "陕西省", 3, "29", "610113", ["雁塔区", "未央区"]), 4),
        (city("郑州", "河南省", 3, "371", "410184", ["中原区", "新郑市"]), 3),
    ]

    private static func city(
        _ name: String,
        _ province: String,
        _ region: Int,
        _ areaCode: String,
        _ division: String,
        _ districts: [String]
    ) -> City {
        City(
            name: name,
            province: province,
            region: region,
            areaCode: areaCode,
            division: division,
            districts: districts
        )
    }

    static let streets = ["创业路", "科技大道", "工业园路", "振兴路", "长江路", "人民路", "兴业街", "星湖街", "高新三路", "建设路", "金桥路", "东环路"]

    static let brand: [(String, String)] = [
        ("恒", "heng"), ("锐", "rui"), ("信", "xin"), ("远", "yuan"), ("达", "da"), ("盛", "sheng"), ("通", "tong"),
        ("华", "hua"), ("创", "chuang"), ("德", "de"), ("泰", "tai"), ("宏", "hong"), ("维", "wei"), ("科", "ke"),
        ("凯", "kai"), ("精", "jing"), ("博", "bo"), ("联", "lian"), ("星", "xing"), ("力", "li"), ("鑫", "xin"),
        ("嘉", "jia"), ("腾", "teng"), ("诚", "cheng"), ("卓", "zhuo"), ("越", "yue"), ("佳", "jia"), ("润", "run"),
        ("昌", "chang"), ("明", "ming"), ("正", "zheng"), ("元", "yuan"), ("瑞", "rui"), ("飞", "fei"), ("安", "an"),
        ("隆", "long"), ("晟", "sheng"), ("铭", "ming"), ("辉", "hui"), ("拓", "tuo"), ("普", "pu"), ("立", "li"),
        ("亿", "yi"), ("新", "xin"), ("邦", "bang"), ("源", "yuan"), ("顺", "shun"), ("捷", "jie"), ("祥", "xiang"),
        ("康", "kang"),
    ]

    static let trades: [((industry: String, words: [String]), Int)] = [
        (("manufacturing", ["精密机械", "数控设备", "模具", "金属制品", "自动化", "液压", "阀门", "轴承"]), 34),
        (("electronics", ["电子", "半导体", "光电", "线缆", "传感"]), 18),
        (("automotive", ["汽车零部件", "汽车电子", "车灯", "新能源汽车"]), 12),
        (("medical", ["医疗器械", "医疗科技"]), 6),
        (("pharma", ["生物医药", "制药"]), 5),
        (("food", ["食品", "饮料", "乳业"]), 7),
        (("chemicals", ["新材料", "化工", "涂料"]), 6),
        (("energy", ["能源科技", "电力设备", "储能"]), 6),
        (("logistics", ["物流", "供应链"]), 4),
        (("software", ["信息技术", "软件"]), 4),
        (("retail", ["商贸", "贸易"]), 3),
        (("construction", ["建设工程", "钢构"]), 3),
    ]

    static let forms: [(String, Int)] = [("有限公司", 74), ("股份有限公司", 10), ("科技有限公司", 10), ("集团有限公司", 6)]

    static let surnames: [((String, String), Int)] = [
        (("王", "wang"), 9), (("李", "li"), 9), (("张", "zhang"), 8), (("刘", "liu"), 7), (("陈", "chen"), 7),
        (("杨", "yang"), 5), (("赵", "zhao"), 4), (("黄", "huang"), 4), (("周", "zhou"), 4), (("吴", "wu"), 4),
        (("徐", "xu"), 3), (("孙", "sun"), 3), (("胡", "hu"), 3), (("朱", "zhu"), 3), (("高", "gao"), 2),
        (("林", "lin"), 3), (("何", "he"), 2), (("郭", "guo"), 2), (("马", "ma"), 2), (("罗", "luo"), 2),
        (("梁", "liang"), 2), (("宋", "song"), 2), (("郑", "zheng"), 2), (("谢", "xie"), 2), (("韩", "han"), 2),
        (("唐", "tang"), 2), (("冯", "feng"), 2), (("董", "dong"), 1), (("程", "cheng"), 1), (("曹", "cao"), 1),
        (("袁", "yuan"), 1), (("邓", "deng"), 1), (("许", "xu"), 1), (("沈", "shen"), 1), (("彭", "peng"), 1),
    ]

    static let givenMale: [(String, String)] = [
        ("伟", "wei"), ("强", "qiang"), ("磊", "lei"), ("军", "jun"), ("勇", "yong"), ("杰", "jie"), ("涛", "tao"),
        ("斌", "bin"), ("浩", "hao"), ("鹏", "peng"), ("宇", "yu"), ("峰", "feng"), ("志", "zhi"), ("文", "wen"),
        ("国", "guo"), ("建", "jian"), ("海", "hai"), ("昊", "hao"), ("凡", "fan"), ("晨", "chen"), ("东", "dong"),
    ]

    static let givenFemale: [(String, String)] = [
        ("芳", "fang"), ("娜", "na"), ("敏", "min"), ("静", "jing"), ("丽", "li"), ("艳", "yan"), ("娟", "juan"),
        ("霞", "xia"), ("婷", "ting"), ("雪", "xue"), ("琳", "lin"), ("慧", "hui"), ("莹", "ying"), ("佳", "jia"),
        ("欣", "xin"), ("雨", "yu"), ("思", "si"), ("梦", "meng"), ("洁", "jie"), ("云", "yun"), ("晓", "xiao"),
    ]

    struct Person: Sendable {
        let name: String
        let latin: String
        let surname: String
        let isFemale: Bool
    }

    static func person(_ random: inout SeededGenerator) -> Person {
        let surname = random.pick(surnames)
        let isFemale = random.chance(42)
        let list = isFemale ? givenFemale : givenMale
        var given = [random.pick(list)]
        if random.chance(68) { given.append(random.pick(list)) }
        return Person(
            name: surname.0 + given.map(\.0).joined(),
            latin: surname.1 + "." + given.map(\.1).joined(),
            surname: surname.0,
            isFemale: isFemale
        )
    }

    static func mobile(_ random: inout SeededGenerator) -> String {
        "+86" + random.pick(["138", "139", "136", "137", "158", "159", "186", "188", "135", "150", "177", "199"])
            + random.digits(8)
    }

    static func landline(_ city: City, _ random: inout SeededGenerator) -> String {
        "+86" + city.areaCode + String(random.number(2...8)) + random.digits(7)
    }
}
