import FieldKinds
public import Values

/// Values as people read them.
public enum Format {
    /// A whole number in groups of three: `1,284`.
    public static func number(_ value: some BinaryInteger) -> String { grouped(String(value)) }

    /// A decimal number kept as a whole number of its smallest digit, grouped, all decimals shown.
    public static func decimal(_ value: Int64, scale: Int) -> String { grouped(FixedPoint.text(value, digits: scale)) }

    /// A computed number: at most four decimals, none that are zero.
    public static func real(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e14 else { return String(value) }
        var text = FixedPoint.text(Int64((value * 10_000).rounded()), digits: 4)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return grouped(text == "-0" ? "0" : text)
    }

    /// An amount with its sign and groups: `¥1,234.50`, `-US$20.00`, `CHF 5.00`.
    public static func money(_ money: Money, _ language: Language) -> String {
        let text = grouped(money.amountText)
        let sign = symbol(money.currency, language)
        return text.hasPrefix("-") ? "-" + sign + text.dropFirst() : sign + text
    }

    /// An amount cut to what matters: `¥123.5万`, `¥2.3亿`; in English `¥1.2M`. Small amounts are shown in full.
    public static func shortMoney(_ money: Money, _ language: Language) -> String {
        let digits = Currency.digits(money.currency) ?? 2
        let units = money.minor.magnitude / UInt64(FixedPoint.power(digits))
        let steps: [(UInt64, String)] =
            language == .zh
            ? [(100_000_000, "亿"), (10_000, "万")] : [(1_000_000_000, "B"), (1_000_000, "M"), (10_000, "k")]
        guard let (step, word) = steps.first(where: { units >= $0.0 }) else { return Format.money(money, language) }
        let size = step == 10_000 && language == .en ? 1000 : step
        let (whole, tenths) = ((units + size / 20) / size, (units + size / 20) / (size / 10) % 10)
        let text = grouped(String(whole)) + (tenths == 0 || whole >= 1000 ? "" : ".\(tenths)") + word
        return (money.minor < 0 ? "-" : "") + symbol(money.currency, language) + text
    }

    /// The sign of a currency before an amount; the code and a space where there is no sign of its own.
    public static func symbol(_ currency: String, _ language: Language) -> String {
        switch currency {
        case "CNY": "¥"
        case "USD": language == .zh ? "US$" : "$"
        case "EUR": "€"
        case "GBP": "£"
        case "HKD": "HK$"
        case "TWD": "NT$"
        case "SGD": "S$"
        case "AUD": "A$"
        case "CAD": "C$"
        case "JPY": "JP¥"
        case "KRW": "₩"
        case "INR": "₹"
        default: currency + "\u{A0}"
        }
    }

    /// A day: `2026-11-28`.
    public static func day(_ day: Day) -> String { day.description }

    /// A day in prose: `11月28日 周六`, with the year when it is not this year's.
    public static func longDay(_ day: Day, in context: PageContext) -> String {
        let (year, month, number) = day.parts
        let weekday = ((day.daysSince1970 + 3) % 7 + 7) % 7
        let sameYear = year == context.today.parts.year
        switch context.language {
        case .zh:
            let names = ["一", "二", "三", "四", "五", "六", "日"]
            return (sameYear ? "" : "\(year)年") + "\(month)月\(number)日 周\(names[weekday])"
        case .en:
            let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            return "\(names[weekday]) \(number) \(months[month - 1])" + (sameYear ? "" : " \(year)")
        }
    }

    /// A moment on the person's clock: `2026-11-28 14:05`.
    public static func instant(_ instant: Instant, in context: PageContext) -> String {
        local(instant, in: context, separator: " ")
    }

    /// A moment as a form field of type `datetime-local` takes it.
    public static func inputInstant(_ instant: Instant, in context: PageContext) -> String {
        local(instant, in: context, separator: "T")
    }

    /// The time of day on the person's clock: `14:05`.
    public static func time(_ instant: Instant, in context: PageContext) -> String {
        String(local(instant, in: context, separator: " ").suffix(5))
    }

    private static func local(_ instant: Instant, in context: PageContext, separator: String) -> String {
        let shifted = instant.adding(milliseconds: Int64(context.offset(at: instant)) * 1000)
        let text = shifted.description
        return text.prefix(10) + separator + text.dropFirst(11).prefix(5)
    }

    /// A length of time: `45 分钟`, `1 小时 30 分`.
    public static func minutes(_ minutes: Int, _ language: Language) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60)
        let zh = language == .zh
        let restText = zh ? "\(rest)\(hours > 0 ? "分" : "分钟")" : "\(rest) min"
        guard hours > 0 else { return restText }
        let hourText = zh ? "\(hours)小时" : "\(hours) h"
        return rest == 0 ? hourText : zh ? hourText + restText : hourText + " " + restText
    }

    /// A size of a file: `1.4 MB`.
    public static func size(_ bytes: Int64) -> String {
        switch bytes {
        case ..<1024: "\(bytes) B"
        case ..<1_048_576: "\(bytes / 1024) KB"
        default: "\(bytes / 1_048_576).\(bytes % 1_048_576 * 10 / 1_048_576) MB"
        }
    }

    /// A stored telephone number as it is read where the workspace is at home: `138 0013 8000`, `021 6555 1234 转 802`,
    /// `+1 415-555-0100`.
    public static func phone(_ stored: String, in context: PageContext) -> String {
        PhoneNumber.display(stored, country: context.country, language: context.language)
    }

    private static func grouped(_ text: String) -> String {
        let negative = text.hasPrefix("-")
        let body = negative ? text.dropFirst() : text[...]
        let whole = body.prefix { $0 != "." }
        guard whole.utf8.count > 3 else { return text }
        var result: [UInt8] = negative ? [0x2D] : []
        for (index, byte) in whole.utf8.enumerated() {
            if index > 0, (whole.utf8.count - index) % 3 == 0 { result.append(0x2C) }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self) + body.dropFirst(whole.count)
    }

    /// Two letters or characters for a person without a picture: the last two of a Chinese name, else initials.
    public static func initials(_ name: String) -> String {
        guard let first = name.unicodeScalars.first else { return "?" }
        if (0x3400...0x9FFF).contains(first.value) { return String(name.suffix(name.count > 2 ? 2 : 1)) }
        let letters = name.split(separator: " ").compactMap(\.first)
        guard let start = letters.first else { return String(name.prefix(1)) }
        return letters.count > 1 ? "\(start)\(letters[letters.count - 1])".uppercased() : "\(start)".uppercased()
    }
}
