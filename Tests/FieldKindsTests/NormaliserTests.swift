import FieldKinds
import Testing
import Values

@Suite struct PhoneNumberTests {
    @Test(arguments: phoneVectors)
    func `a number of any country is understood as it is written there`(vector: [String]) throws {
        #expect(try PhoneNumber.parse(vector[0], country: vector[1]).e164 == vector[2])
    }

    @Test(arguments: [
        ("0571-80000001-802", ["+8657180000001;ext=802"]),
        ("0571-80000001转802", ["+8657180000001;ext=802"]),
        ("021-60000003#12", ["+862160000003;ext=12"]),
        ("021-60000003 分机 12", ["+862160000003;ext=12"]),
        ("021 6000 0003 ext. 12", ["+862160000003;ext=12"]),
        ("021-60000003转分机：12", ["+862160000003;ext=12"]),
        ("手机：139 0000 1234（微信同号）", ["+8613900001234"]),
        ("13900001234/0571-80000001", ["+8613900001234", "+8657180000001"]),
        ("13900001234、13900001235", ["+8613900001234", "+8613900001235"]),
        ("13900001234 13900001235", ["+8613900001234", "+8613900001235"]),
        ("13900001234 0571-80000001", ["+8613900001234", "+8657180000001"]),
        ("0571 8000 0001 139 0000 1234", ["+8657180000001", "+8613900001234"]),
        ("13900001234；0571-80000001转802", ["+8613900001234", "+8657180000001;ext=802"]),
        ("13900001234，13900001235", ["+8613900001234", "+8613900001235"]),
        ("13900001234或0571-80000001", ["+8613900001234", "+8657180000001"]),
        ("手机13900001234 电话0571-80000001", ["+8613900001234", "+8657180000001"]),
        ("+8613900001234 +14155552671", ["+8613900001234", "+14155552671"]),
        ("0571-80000001/80000002", ["+8657180000001", "+8657180000002"]),
        ("13900001234/1390000123", ["+8613900001234", "+861390000123"]),
        ("13900001234 / 13900001234", ["+8613900001234"]),
        ("13900001234（备用13900001235）", ["+8613900001234", "+8613900001235"]),
        ("13900001234.0", ["+8613900001234"]),
        ("010-8000 0001", ["+861080000001"]),
        ("+86 (0)571 8000 0001", ["+8657180000001"]),
        ("57180000001", ["+8657180000001"]),
        ("0755-8000000", ["+867558000000"]),
        ("013900001234", ["+8613900001234"]),
        ("8613900001234", ["+8613900001234"]),
        ("95588", ["+8695588"]), ("10086", ["+8610086"]), ("12345", ["+8612345"]), ("400 800 8000", ["+864008008000"]),
        ("852-51000001", ["+85251000001"]), ("0085251000001", ["+85251000001"]),
        ("+44 (0)20 7946 0958", ["+442079460958"]),
        ("+8657180000001;ext=802", ["+8657180000001;ext=802"]),
    ])
    func `Chinese habits of writing are understood`(text: String, expected: [String]) throws {
        #expect(try PhoneNumber.parseAll(text).map(\.stored) == expected)
        let again = try PhoneNumber.normalised(try PhoneNumber.parse(text).stored)
        #expect(again == expected.first)
        // Where there is room for one, none is dropped unsaid.
        if expected.count == 1 {
            #expect(try PhoneNumber.normalised(text) == expected.first)
        } else {
            do {
                _ = try PhoneNumber.normalised(text)
                Issue.record("«\(text)» was taken for one number")
            } catch { #expect(error.code == "several_numbers") }
        }
    }

    @Test(arguments: [
        ("1.39E+10", "damaged_number"), ("1.39e10", "damaged_number"), ("80000001", "missing_area_code"),
        ("12900001234", "invalid_phone"), ("139000", "invalid_phone"),
        ("abc", "invalid_phone"), ("", "invalid_phone"), ("+999 12345678", "invalid_phone"), ("+", "invalid_phone"),
        ("13900001234/80000001", "missing_area_code"), ("13900001234、12900001234", "invalid_phone"),
        ("转802", "invalid_phone"), ("+86", "invalid_phone"), ("+1 23", "invalid_phone"),
        (String(repeating: "1", count: 100_000), "invalid_phone"), ("１．３９Ｅ＋１０", "damaged_number"),
    ])
    func `what is no number is refused with a reason`(text: String, code: String) {
        #expect(throws: ValueFailure.self) { try PhoneNumber.parse(text) }
        do { _ = try PhoneNumber.parse(text) } catch { #expect(error.code == code) }
    }

    @Test func `a number is shown as people at home write it`() {
        #expect(PhoneNumber.display("+8613900001234") == "139 0000 1234")
        #expect(PhoneNumber.display("+862160000003") == "021 6000 0003")
        #expect(PhoneNumber.display("+867558000000") == "0755 800 0000")
        #expect(PhoneNumber.display("+8657180000001;ext=802") == "0571 8000 0001 转 802")
        #expect(PhoneNumber.display("+8657180000001;ext=802", language: .en) == "0571 8000 0001 ext. 802")
        #expect(PhoneNumber.display("+864008008000") == "400 800 8000")
        #expect(PhoneNumber.display("+8695588") == "95588")
        #expect(PhoneNumber.display("+14155552671") == "+1 415-555-2671")
        #expect(PhoneNumber.display("+85251000001") == "+852 5100 0001")
        #expect(PhoneNumber.display("+8613900001234", country: "HK") == "+86 139 0000 1234")
        #expect(PhoneNumber.display("not a number") == "not a number")
    }

    @Test func `what is shown is understood again`() throws {
        for vector in phoneVectors {
            let shown = PhoneNumber.display(vector[2])
            #expect(try PhoneNumber.parse(shown).e164 == vector[2])
        }
    }
}

@Suite struct AddressTests {
    @Test(arguments: [
        (" Zhang.Wei@Example.COM ", "zhang.wei@example.com"), ("张伟 <zw@example.com>", "zw@example.com"),
        ("mailto:a@b.cn", "a@b.cn"), ("ａ＠ｂ．ｃｎ", "a@b.cn"), ("a@b。cn", "a@b.cn"), ("a+b_c@x-y.co.uk", "a+b_c@x-y.co.uk"),
        ("张伟@例子.中国", "张伟@例子.中国"), ("a@xn--fsqu00a.cn", "a@xn--fsqu00a.cn"),
    ])
    func `an e-mail address is read`(text: String, expected: String) throws {
        #expect(try EmailAddress.normalised(text) == expected)
    }

    @Test(arguments: [
        "", "a", "@", "a@b", "a@@b.cn", "a@b@c.cn", ".a@b.cn", "a.@b.cn", "a..b@c.cn", "a b@c.cn", "a@b..cn", "a@-b.cn",
        "a@b.1",
        "a,b@c.cn", "a@b.cn;c@d.cn", "a@b\u{0}.cn", "\"a\"@b.cn", "a@b_c.cn",
        String(repeating: "a", count: 65) + "@b.cn", "a@" + String(repeating: "b.", count: 130) + "cn",
        "a@" + String(repeating: "b", count: 64) + ".cn",
    ])
    func `what is no e-mail address is refused`(text: String) {
        #expect(throws: ValueFailure.self) { try EmailAddress.normalised(text) }
    }

    @Test(arguments: [
        ("example.com", "https://example.com"), ("HTTP://Example.COM/Path?q=A#B", "http://example.com/Path?q=A#B"),
        ("//example.com/a", "https://example.com/a"), ("example.com:8080/x", "https://example.com:8080/x"),
        ("localhost:3000", "https://localhost:3000"), ("http://10.0.0.1/", "http://10.0.0.1/"),
        ("http://[::1]:80/", "http://[::1]:80/"), ("例子.中国/路径", "https://例子.中国/路径"),
        ("example.com/?to=http://b.cn", "https://example.com/?to=http://b.cn"),
    ])
    func `a web address is read`(text: String, expected: String) throws {
        let address = try WebAddress.normalised(text)
        #expect(address == expected)
        #expect(try WebAddress.normalised(address) == expected)
    }

    @Test(arguments: [
        "", "abc", "javascript:alert(1)", "JAVASCRIPT://example.com/%0aalert(1)", "data:text/html,x", "mailto:a@b.cn",
        "ftp://a.cn",
        "java\tscript:alert(1)", "http://", "http:///a", "http://user:pw@a.cn", "http://a b.cn", "https://a.cn/\"x",
        "a.cn\\b",
        "http://a.cn:99999", "vbscript:x.y", "http://-a.cn", "http://1.2.3.999",
        "http://a.cn/" + String(repeating: "x", count: 2_000),
    ])
    func `what is no web page is refused`(text: String) {
        #expect(throws: ValueFailure.self) { try WebAddress.normalised(text) }
    }

    @Test func `a credit code is checked by its last character`() throws {
        for code in ["91330100799655058B", "9144030071526726XG", "914403001922038216", "91330100000000001C"] {
            #expect(CreditCode.isValid(code))
            #expect(try CreditCode.normalised(" " + code.lowercased()) == code)
            for (position, character) in code.enumerated() {
                var wrong = Array(code)
                wrong[position] = character == "1" ? "2" : "1"
                #expect(!CreditCode.isValid(String(wrong)))
            }
        }
        for text in ["", "91330100799655058", "9133010079965505IB", "张", "91330100799655058b"] {
            #expect(!CreditCode.isValid(text))
        }
        #expect(throws: ValueFailure.self) { try CreditCode.normalised("12100000400000624F") }
    }

    @Test func `a province is known by its short name`() {
        #expect(ChineseProvince.names.count == 34)
        #expect(ChineseProvince.normalised("浙江") == "浙江省")
        #expect(ChineseProvince.normalised("北京") == "北京市")
        #expect(ChineseProvince.normalised("广西") == "广西壮族自治区")
        #expect(ChineseProvince.normalised("新疆自治区") == "新疆维吾尔自治区")
        #expect(ChineseProvince.normalised("内蒙古自治区") == "内蒙古自治区")
        #expect(ChineseProvince.normalised("香港") == "香港特别行政区")
        #expect(ChineseProvince.normalised("杭州") == nil)
        #expect(ChineseProvince.normalised("") == nil)
    }
}
