import Values

/// Which mark stands before the decimals of a number.
public enum DecimalMark: String, Sendable, CaseIterable {
    /// 1,234.56
    case point = "."
    /// 1.234,56
    case comma = ","
}

/// Numbers and amounts as people and other programs write them: `¥1,234.50`, `1.5万`, `3亿元`, `(200)`, `12.5%`, `1 234,5`.
struct NumberText: Sendable {
    /// The number in plain digits with a point, and the currency where the text names one.
    struct Reading: Equatable {
        let number: String
        let currency: String?
        /// Whether a unit such as 万 stood behind it.
        var hasUnit = false
    }

    /// Reads a number; nil for what is none. `base` is the currency that a sign which several share stands for.
    static func read(_ text: String, _ mark: DecimalMark?, base: String) -> Reading? {
        if isPlain(text), mark != .comma || !text.utf8.contains(0x2E) { return Reading(number: text, currency: nil) }
        var rest = Fold.fold(text.trimmed)
        let currency = takeCurrency(&rest, base)
        var isNegative = false
        rest = rest.filter { !$0.isWhitespace && $0 != "'" && $0 != "’" && $0 != "_" }
        if rest.hasPrefix("("), rest.hasSuffix(")") { (rest, isNegative) = (String(rest.dropFirst().dropLast()), true) }
        if let sign = rest.first, "-−+".contains(sign) {
            rest.removeFirst()
            if sign != "+" { isNegative.toggle() }
        }
        if rest.hasSuffix("%") { rest.removeLast() }
        guard let number = sum(rest, mark ?? .point), !number.isEmpty else { return nil }
        let hasUnit = rest.contains { units[$0] != nil }
        return Reading(number: (isNegative ? "-" : "") + number, currency: currency, hasUnit: hasUnit)
    }

    private static func isPlain(_ text: String) -> Bool {
        var (points, digits) = (0, 0)
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x2E: points += 1
            case 0x2D where index == 0: break
            default: return false
            }
        }
        return digits > 0 && points <= 1
    }

    /// False for what certainly is no number, by a look at its bytes: signs of addresses, more letters than a currency
    /// and units have, Chinese characters that name neither.
    static func mayBeRead(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var (letters, index) = (0, 0)
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                switch byte {
                case 0x40, 0x2F, 0x3A: return false
                case 0x41...0x5A, 0x61...0x7A:
                    if unitLetters.contains(byte | 0x20) { continue }
                    letters += 1
                    if letters > 3 { return false }
                case 0xE4...0xE9 where index + 1 < bytes.count:
                    let scalar =
                        UInt32(byte & 0x0F) << 12 | UInt32(bytes[index] & 0x3F) << 6 | UInt32(bytes[index + 1] & 0x3F)
                    if !characters.contains(scalar) { return false }
                    index += 2
                default: continue
                }
            }
            return true
        }
    }

    /// Letters of units and of an exponent; any number of them may stand in a number.
    private static let unitLetters = Set("kwmbe".utf8)
    /// The Chinese characters of currencies and units.
    private static let characters = Set(
        (currencies.map(\.0).joined() + units.keys.map { String($0) }.joined()).unicodeScalars.map(\.value)
    )

    // MARK: Currencies

    private static let currencies: [(String, String?)] = [
        ("人民币", "CNY"), ("rmb", "CNY"), ("港币", "HKD"), ("港元", "HKD"), ("美元", "USD"), ("美金", "USD"), ("欧元", "EUR"),
        ("英镑", "GBP"), ("日元", "JPY"), ("日圆", "JPY"), ("us$", "USD"), ("hk$", "HKD"), ("nt$", "TWD"), ("a$", "AUD"),
        ("c$", "CAD"), ("s$", "SGD"), ("cn¥", "CNY"), ("jp¥", "JPY"), ("€", "EUR"), ("£", "GBP"), ("₩", "KRW"),
        ("₹", "INR"), ("฿", "THB"), ("₫", "VND"), ("圆", nil), ("元", nil), ("¥", nil), ("￥", nil), ("$", nil),
    ]

    /// Takes the currency off the text. Of signs that several currencies share, `¥` and `元` are the base currency where
    /// it is one of those, else CNY; `$` likewise, else USD.
    private static func takeCurrency(_ text: inout String, _ base: String) -> String? {
        for (sign, code) in currencies {
            guard let range = text.firstRange(of: sign) else { continue }
            text.removeSubrange(range)
            if let code { return code }
            switch sign {
            case "$": return ["USD", "AUD", "CAD", "HKD", "SGD", "NZD", "TWD", "MXN"].contains(base) ? base : "USD"
            case "元", "圆": return ["CNY", "HKD", "TWD", "SGD", "JPY"].contains(base) ? base : "CNY"
            default: return base == "JPY" ? base : "CNY"
            }
        }
        let code = text.prefix { ("a"..."z").contains($0) }
        if code.utf8.count == 3, Currency.digits(code.uppercased()) != nil {
            text.removeFirst(3)
            return code.uppercased()
        }
        let last = text.suffix(3)
        if last.allSatisfy({ ("a"..."z").contains($0) }), last.utf8.count == 3,
            Currency.digits(last.uppercased()) != nil
        {
            text.removeLast(3)
            return last.uppercased()
        }
        return nil
    }

    // MARK: Units

    /// Decimal digits that a unit moves the point by.
    private static let units: [Character: Int] = [
        "百": 2, "佰": 2, "千": 3, "仟": 3, "k": 3, "万": 4, "萬": 4, "w": 4, "m": 6, "亿": 8, "億": 8, "b": 9,
    ]

    /// The sum of numbers with units: `1亿2000万`.
    private static func sum(_ text: String, _ mark: DecimalMark) -> String? {
        guard text.contains(where: { units[$0] != nil }) else { return plain(text, mark) }
        var total: Int64 = 0
        var rest = text[...]
        var last = Int.max
        while !rest.isEmpty {
            let digits = rest.prefix { units[$0] == nil }
            rest = rest.dropFirst(digits.count)
            var shift = 0
            while let unit = rest.first, let places = units[unit] {
                shift += places
                rest.removeFirst()
            }
            guard shift < last, let number = plain(String(digits), mark),
                let value = try? FixedPoint.parse("\(number)e\(shift)", digits: 6)
            else { return nil }
            // 3万5 is spoken, and could be 30,005 as well.
            if shift == 0, last != Int.max { return nil }
            let (sum, isTooLarge) = total.addingReportingOverflow(value)
            if isTooLarge { return nil }
            (total, last) = (sum, shift)
        }
        var result = FixedPoint.text(total, digits: 6)
        while result.hasSuffix("0") { result.removeLast() }
        if result.hasSuffix(".") { result.removeLast() }
        return result
    }

    // MARK: Marks

    /// A number with its marks as digits and a point; nil when it is none in this style.
    static func plain(_ text: String, _ mark: DecimalMark) -> String? {
        let (decimal, group): (Character, Character) = mark == .point ? (".", ",") : (",", ".")
        let halves = text.split(separator: decimal, omittingEmptySubsequences: false)
        guard halves.count <= 2, let whole = halves.first else { return nil }
        let groups = whole.split(separator: group, omittingEmptySubsequences: false)
        guard groups.count == 1 || isGrouped(groups) else { return nil }
        let digits = groups.joined()
        var decimals = halves.count > 1 ? String(halves[1]) : ""
        // 1.5E+10 is how spreadsheets show large numbers.
        var exponent = ""
        if mark == .point, let letter = decimals.firstIndex(of: "e") {
            exponent = String(decimals[letter...])
            decimals = String(decimals[..<letter])
            guard exponent.dropFirst().allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "+" || $0 == "-") }) else {
                return nil
            }
        }
        guard !digits.isEmpty || !decimals.isEmpty, (digits + decimals).allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        return (digits.isEmpty ? "0" : digits) + (decimals.isEmpty ? "" : "." + decimals) + exponent
    }

    /// 1,234,567 and, as Chinese ledgers have it, 123,4567; Indian 12,34,567.
    private static func isGrouped(_ groups: [Substring]) -> Bool {
        guard let first = groups.first, let last = groups.last, !first.isEmpty, first.first != "0" else { return false }
        let inner = groups.dropFirst()
        if inner.allSatisfy({ $0.count == 3 }) { return first.count <= 3 }
        if inner.allSatisfy({ $0.count == 4 }) { return first.count <= 4 }
        return last.count == 3 && inner.dropLast().allSatisfy { $0.count == 2 } && first.count <= 2
    }
}

/// What the numbers of a column tell about the mark of their decimals.
struct NumberEvidence: Sendable, Equatable {
    /// Readable with a decimal point only: `1,234.56`, `1.5`.
    var pointOnly = 0
    /// Readable with a decimal comma only: `1.234,56`, `1,5`.
    var commaOnly = 0
    /// One comma and three digits, `1,234`: both are possible.
    var eitherComma = 0
    /// One point and three digits, `1.234`: both are possible.
    var eitherPoint = 0

    /// What the whole column says.
    enum Decision: Sendable, Equatable {
        case mark(DecimalMark)
        /// Both readings are possible, or some values need the one and some the other.
        case unclear
    }

    mutating func add(_ text: String) {
        // What has no mark tells nothing.
        guard text.utf8.count <= 40, text.utf8.contains(where: { $0 == 0x2C || $0 == 0x2E || $0 == 0xEF }) else {
            return
        }
        // Most texts with a mark are no numbers, and reading them as such costs a hundred times as much as this.
        guard NumberText.mayBeRead(text) else { return }
        let point = NumberText.read(text, .point, base: "CNY")?.number
        let comma = NumberText.read(text, .comma, base: "CNY")?.number
        switch (point, comma) {
        case (nil, nil): break
        case (_?, nil): pointOnly += 1
        case (nil, _?): commaOnly += 1
        case let (first?, second?) where first != second:
            if text.contains(".") { eitherPoint += 1 } else { eitherComma += 1 }
        default: break
        }
    }

    /// `scale` is how many decimals the field has: three of them are no decimals of an amount in fen.
    func decision(scale: Int) -> Decision {
        if pointOnly > 0, commaOnly == 0 { return .mark(.point) }
        if commaOnly > 0, pointOnly == 0 { return .mark(.comma) }
        if pointOnly > 0 { return .unclear }
        if eitherComma + eitherPoint == 0 { return .mark(.point) }
        guard scale < 3, eitherComma == 0 || eitherPoint == 0 else { return .unclear }
        return .mark(eitherPoint > 0 ? .comma : .point)
    }
}
