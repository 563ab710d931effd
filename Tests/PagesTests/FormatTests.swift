import Pages
import Schema
import Testing
import Values

@Suite struct FormatTests {
    let zh = SamplePages.context(.zh)

    @Test func `amounts carry their sign, groups and all decimals`() {
        #expect(Format.money(Money(minor: 123_450, currency: "CNY"), .zh) == "¥1,234.50")
        #expect(Format.money(Money(minor: -2000, currency: "USD"), .zh) == "-US$20.00")
        #expect(Format.money(Money(minor: 123_456, currency: "JPY"), .en) == "JP¥123,456")
        #expect(Format.money(Money(minor: 500, currency: "CHF"), .en) == "CHF\u{A0}5.00")
    }

    @Test func `short amounts count in 万 and 亿, in English in k, M and B`() {
        #expect(Format.shortMoney(Money(minor: 1_234_567_89, currency: "CNY"), .zh) == "¥123.5万")
        #expect(Format.shortMoney(Money(minor: 230_000_000_00, currency: "CNY"), .zh) == "¥2.3亿")
        #expect(Format.shortMoney(Money(minor: 1_234_567_89, currency: "USD"), .en) == "$1.2M")
        #expect(Format.shortMoney(Money(minor: 12_345_00, currency: "USD"), .en) == "$12.3k")
        #expect(Format.shortMoney(Money(minor: -9_999_00, currency: "CNY"), .zh) == "-¥9,999.00")
    }

    @Test(arguments: [
        ("+8613800138000", "138 0013 8000"), ("+862165551234;ext=802", "021 6555 1234 转 802"),
        ("+8675512345678", "0755 1234 5678"), ("+864008001234", "400 800 1234"), ("+14155550100", "+1 415-555-0100"),
        ("+85221234567", "+852 2123 4567"), ("12345", "12345"), ("+86110", "110"), ("", ""),
    ])
    func `telephone numbers are spaced as people say them`(stored: String, shown: String) {
        #expect(Format.phone(stored, in: PageContext(language: .zh, now: Instant(milliseconds: 0))) == shown)
    }

    @Test func `moments are on the person's clock, there and back`() throws {
        let berlin = PageContext(language: .en, timeZone: "Europe/Berlin", now: SamplePages.now)
        let summer = try #require(Instant("2026-07-01T10:00:00Z"))
        let winter = try #require(Instant("2026-12-01T10:00:00Z"))
        #expect(Format.instant(summer, in: berlin) == "2026-07-01 12:00")
        #expect(Format.instant(winter, in: berlin) == "2026-12-01 11:00")
        #expect(Format.instant(winter, in: zh) == "2026-12-01 18:00")
        for instant in [summer, winter] {
            #expect(berlin.instant(local: Format.inputInstant(instant, in: berlin)) == instant)
        }
        #expect(zh.instant(local: "yesterday") == nil)
    }

    @Test func `days, lengths, sizes and numbers read naturally`() throws {
        #expect(Format.longDay(try #require(Day("2026-11-28")), in: zh) == "11月28日 周六")
        #expect(Format.longDay(try #require(Day("2025-01-02")), in: SamplePages.context(.en)) == "Thu 2 Jan 2025")
        #expect(Format.minutes(90, .zh) == "1小时30分")
        #expect(Format.minutes(45, .zh) == "45分钟")
        #expect(Format.size(1_500_000) == "1.4 MB")
        #expect(Format.number(1_234_567) == "1,234,567")
        #expect(Format.number(-1234) == "-1,234")
        #expect(Format.real(1234.5) == "1,234.5")
        #expect(Format.initials("陈思远") == "思远")
        #expect(Format.initials("Ada King Lovelace") == "AL")
    }

    @Test func `Chinese addresses run from the province down, others from the street up`() {
        let kind = FieldKind.address
        let chinese = ["科苑路 8 号", "CN", "广东省", "深圳市", "南山区", "518000"].map(SQLValue.text)
        let german = ["Allee 5", "DE", "", "Berlin", "", "10115"].map(SQLValue.text)
        #expect(CellValue(kind, columns: chinese) == .address("广东省深圳市南山区科苑路 8 号 518000"))
        #expect(CellValue(kind, columns: german) == .address("Allee 5, Berlin 10115, DE"))
        #expect(CellValue(kind, columns: [.null, .null, .null, .null, .null, .null]) == .empty)
    }

    @Test func `a web address that is none becomes no link`() {
        for address in ["javascript:alert(1)", "//evil.example", "data:text/html,x", "/\\evil.example", " https://a"] {
            #expect(!CellValue.url(address).html(in: zh).string.contains("href"))
        }
        #expect(CellValue.url("https://example.com/").html(in: zh).string.contains(">example.com<"))
    }

    @Test func `interpolated text is escaped, markup and constants are not`() {
        let name = "<b>&\"'"
        let html: HTML = "<p>\(name)\(3)\(HTML.when(true, "<i>x</i>"))</p>"
        #expect(html.string == "<p>&lt;b&gt;&amp;&quot;&#39;3<i>x</i></p>")
        #expect((["<a>", "<b>"] as [HTML]).joined(separator: ", ").string == "<a>, <b>")
    }
}
