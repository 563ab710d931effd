public import Schema
public import Values

/// How strictly input is read.
public struct InputStyle: Sendable {
    /// The currency of amounts that name none.
    public var baseCurrency: String
    /// True for forms and files, where people write `2026/1/5`, `是` and `1,234`.
    public var lenient: Bool

    /// Where telephone numbers without a country code belong, ISO 3166.
    public var country: String

    /// How strictly input is read.
    public init(baseCurrency: String, country: String = "CN", lenient: Bool = false) {
        self.baseCurrency = baseCurrency
        self.country = country
        self.lenient = lenient
    }
}

extension FieldDefinition {
    /// Reads an input value into the field's columns. Null and empty text mean empty.
    ///
    /// Links and persons are only read here; whether they exist is the record engine's question. The base value of
    /// money is left empty for the engine. Throws what is wrong, with this field's key.
    public func read(_ input: JSONValue, style: InputStyle) throws(FieldProblem) -> [SQLValue] {
        if input.isNull { return empty }
        var input = input
        if case .string(let text) = input {
            let text = withoutBlanksAround(text)
            if text.isEmpty { return empty }
            if case .longText = kind {} else { input = .string(text) }
        }
        do {
            return try readPresent(input, style: style)
        } catch {
            throw FieldProblem(key, error.code, error.message)
        }
    }

    private var empty: [SQLValue] { [SQLValue](repeating: .null, count: kind.columns.count) }

    private func readPresent(_ input: JSONValue, style: InputStyle) throws(ValueFailure) -> [SQLValue] {
        switch kind {
        case .text(let max):
            return [.text(try plainText(input, max: max, oneLine: true))]
        case .longText(let max):
            return [.text(try plainText(input, max: max, oneLine: false))]
        case .integer:
            return [.integer(try number(input, digits: 0))]
        case .decimal(let scale):
            return [.integer(try number(input, digits: scale))]
        case .money:
            return try money(input, style: style)
        case .day:
            return [.text(try day(input, style: style).description)]
        case .instant:
            return [.integer(try instant(input, style: style).milliseconds)]
        case .choice(let choices):
            return [.text(try choice(input, of: choices, style: style))]
        case .multiChoice(let choices):
            return [
                try list(input, style: style) { (item) throws(ValueFailure) in
                    try choice(item, of: choices, style: style)
                }
            ]
        case .tags:
            return [try list(input, style: style) { (item) throws(ValueFailure) in try tag(item) }]
        case .boolean:
            return [SQLValue(try flag(input, style: style))]
        case .link, .person, .file:
            return [.integer(try identity(input).raw)]
        case .anyLink:
            return try anyLink(input)
        case .phone:
            return [
                .text(try PhoneNumber.normalised(plainText(input, max: 200, oneLine: true), country: style.country))
            ]
        case .email:
            return [.text(try EmailAddress.normalised(try plainText(input, max: 320, oneLine: true)))]
        case .url:
            return [.text(try WebAddress.normalised(try plainText(input, max: 2000, oneLine: true)))]
        case .address:
            return try address(input)
        case .formula, .rollUp, .autoNumber:
            throw ValueFailure("read_only", Label("This value is computed.", zh: "该字段由系统计算，不能填写。"))
        }
    }
}

private let blanks: Set<Unicode.Scalar> = [" ", "\t", "\u{A0}", "\u{3000}"]

/// What is typed or pasted often has blanks around it, the wide one of Chinese input methods too.
private func withoutBlanksAround(_ text: String) -> String {
    // Most texts have none: their first and last byte tell.
    let (first, last) = (text.utf8.first ?? 0x20, text.utf8.last ?? 0x20)
    guard first <= 0x20 || last <= 0x20 || first == 0xC2 || first == 0xE3 || last == 0x80 || last == 0xA0 else {
        return text
    }
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, blanks.contains(first) { scalars.removeFirst() }
    while let last = scalars.last, blanks.contains(last) { scalars.removeLast() }
    return String(scalars)
}

private func wrongType(_ wanted: Label) -> ValueFailure {
    ValueFailure("wrong_type", Label("This must be \(wanted.en).", zh: "这里应填写\(wanted.zh)。"))
}

private func plainText(_ input: JSONValue, max: Int, oneLine: Bool) throws(ValueFailure) -> String {
    let text: String
    switch input {
    case .string(let value): text = value
    case .number(let value): text = value
    default: throw wrongType(Label("a text", zh: "文字"))
    }
    var bytes = text
    let hasControl = bytes.withUTF8 { buffer in
        buffer.contains { $0 < 0x20 && $0 != 0x09 && (oneLine || ($0 != 0x0A && $0 != 0x0D)) || $0 == 0x7F }
    }
    if hasControl {
        throw ValueFailure(
            "control_character",
            Label(
                "The text holds control characters or line breaks that are not allowed here.",
                zh: "文字中含有不允许的控制字符或换行。"
            )
        )
    }
    guard text.utf8.count <= max * 4, text.unicodeScalars.count <= max else {
        throw ValueFailure(
            "too_long",
            Label("At most \(max) characters fit here.", zh: "最多可填写 \(max) 个字符。")
        )
    }
    return text
}

private func number(_ input: JSONValue, digits: Int) throws(ValueFailure) -> Int64 {
    let text: String
    switch input {
    case .number(let value): text = value
    case .string(let value): text = value
    default: throw wrongType(Label("a number", zh: "数字"))
    }
    do {
        return try FixedPoint.parse(Fold.fold(text), digits: digits)
    } catch {
        switch error {
        case .notANumber: throw wrongType(Label("a number", zh: "数字"))
        case .tooManyDecimals:
            throw ValueFailure(
                "too_many_decimals",
                digits == 0
                    ? Label("This must be a whole number.", zh: "这里应填写整数。")
                    : Label("At most \(digits) decimals are possible here.", zh: "最多保留 \(digits) 位小数。")
            )
        case .outOfRange: throw ValueFailure("out_of_range", Label("The number is too large.", zh: "数字超出范围。"))
        }
    }
}

private func money(_ input: JSONValue, style: InputStyle) throws(ValueFailure) -> [SQLValue] {
    var amount = input
    var currency = style.baseCurrency
    if case .object(let members) = input {
        for member in members where member.key != "value" && member.key != "currency" {
            throw wrongType(Label("an amount with «value» and «currency»", zh: "包含 value 和 currency 的金额"))
        }
        guard let value = input["value"] else {
            throw wrongType(Label("an amount with «value» and «currency»", zh: "包含 value 和 currency 的金额"))
        }
        if value.isNull { return [.null, .null, .null] }
        if case .string("") = value { return [.null, .null, .null] }
        amount = value
        switch input["currency"] {
        case .string(let code): currency = code.uppercased()
        case nil, .null: break
        default: throw wrongType(Label("a currency code such as CNY", zh: "币种代码，例如 CNY"))
        }
    }
    guard let digits = Currency.digits(currency) else {
        throw ValueFailure(
            "unknown_currency",
            Label("There is no currency «\(currency.prefix(10))».", zh: "没有币种“\(currency.prefix(10))”。")
        )
    }
    return [.integer(try number(amount, digits: digits)), .text(currency), .null]
}

private func day(_ input: JSONValue, style: InputStyle) throws(ValueFailure) -> Day {
    let wanted = wrongType(Label("a date as in 2026-11-28", zh: "日期，例如 2026-11-28"))
    guard case .string(let text) = input else { throw wanted }
    if let day = Day(text) { return day }
    guard style.lenient else { throw wanted }
    let parts = Fold.fold(text).split { !$0.isNumber }.prefix(4).compactMap { Int($0) }
    guard parts.count >= 3, parts[0] > 999, let day = Day(year: parts[0], month: parts[1], day: parts[2]) else {
        throw wanted
    }
    return day
}

private func instant(_ input: JSONValue, style: InputStyle) throws(ValueFailure) -> Instant {
    let wanted = wrongType(Label("a moment as in 2026-11-28T09:30:00Z", zh: "时间，例如 2026-11-28T09:30:00Z"))
    guard case .string(let text) = input else { throw wanted }
    if let instant = Instant(text) { return instant }
    if style.lenient, let day = Day(text) { return Instant(milliseconds: Int64(day.daysSince1970) * 86_400_000) }
    throw wanted
}

private func choice(_ input: JSONValue, of choices: [Choice], style: InputStyle) throws(ValueFailure) -> String {
    guard case .string(let text) = input else { throw wrongType(Label("one of the choices", zh: "可选项之一")) }
    if let choice = choices.first(where: { $0.key == text }) { return choice.key }
    if style.lenient {
        if let choice = choices.first(where: { $0.label.zh == text || $0.label.en == text }) { return choice.key }
        let folded = Fold.fold(text)
        let match = choices.first {
            [$0.key, $0.label.en, $0.label.zh].contains { Fold.fold($0) == folded }
        }
        if let match { return match.key }
    }
    let offered = choices.filter { !$0.hidden }
    throw ValueFailure(
        "unknown_choice",
        Label(
            "«\(text.prefix(50))» is none of: \(offered.map(\.key).prefix(20).joined(separator: ", ")).",
            zh: "“\(text.prefix(50))”不在可选范围内，可选：\(offered.map(\.label.zh).prefix(20).joined(separator: "、"))。"
        )
    )
}

private func list(
    _ input: JSONValue,
    style: InputStyle,
    _ item: (JSONValue) throws(ValueFailure) -> String
) throws(ValueFailure) -> SQLValue {
    var items: [JSONValue]
    switch input {
    case .array(let values): items = values
    case .string(let text):
        items =
            style.lenient
            ? text.split { ",，、;；|".contains($0) }.map { .string(String($0.trimmedSpaces)) } : [input]
    default: throw wrongType(Label("a list", zh: "列表"))
    }
    items.removeAll { $0 == .string("") }
    guard items.count <= 100 else {
        throw ValueFailure("too_many", Label("At most 100 values are possible here.", zh: "最多可填写 100 项。"))
    }
    var seen: [String] = []
    for value in items {
        let text = try item(value)
        if !seen.contains(text) { seen.append(text) }
    }
    return seen.isEmpty ? .null : .text("|" + seen.joined(separator: "|") + "|")
}

private func tag(_ input: JSONValue) throws(ValueFailure) -> String {
    let text = try plainText(input, max: 50, oneLine: true).trimmedSpaces
    guard !text.contains("|"), !text.isEmpty else {
        throw ValueFailure("invalid_tag", Label("A tag must not be empty or hold «|».", zh: "标签不能为空，也不能包含“|”。"))
    }
    return String(text)
}

private func flag(_ input: JSONValue, style: InputStyle) throws(ValueFailure) -> Bool {
    if case .bool(let value) = input { return value }
    if style.lenient, case .string(let text) = input {
        switch Fold.fold(text) {
        case "true", "yes", "y", "1", "on", "是", "对", "有", "√": return true
        case "false", "no", "n", "0", "off", "否", "不", "无", "×": return false
        default: break
        }
    }
    throw wrongType(Label("true or false", zh: "是或否"))
}

private func identity(_ input: JSONValue) throws(ValueFailure) -> RecordID {
    let text: String?
    switch input {
    case .string(let value): text = value
    case .object: text = input["id"]?.string
    default: text = nil
    }
    guard let text, let id = RecordID(text) else {
        throw ValueFailure(
            "invalid_link",
            Label("This must be a record's id of 13 characters.", zh: "这里应填写 13 位的记录编号。")
        )
    }
    return id
}

private func anyLink(_ input: JSONValue) throws(ValueFailure) -> [SQLValue] {
    guard let object = input["object"]?.string else {
        throw wrongType(Label("a link with «object» and «id»", zh: "包含 object 和 id 的关联"))
    }
    return [.integer(try identity(input).raw), .text(object)]
}

private func address(_ input: JSONValue) throws(ValueFailure) -> [SQLValue] {
    if case .string = input {
        var parts = AddressParts()
        parts.street = try plainText(input, max: 500, oneLine: true)
        return try parts.settled().columns
    }
    guard case .object(let members) = input else { throw wrongType(Label("an address", zh: "地址")) }
    let names = AddressParts.names
    if let stranger = members.first(where: { !names.contains($0.key) }) {
        throw ValueFailure(
            "unknown_part",
            Label(
                "An address has no part «\(stranger.key.prefix(30))»; it has \(names.joined(separator: ", ")).",
                zh: "地址中没有“\(stranger.key.prefix(30))”这一项。"
            )
        )
    }
    func part(_ name: String) throws(ValueFailure) -> String? {
        guard let value = input[name], !value.isNull, value != .string("") else { return nil }
        return try plainText(value, max: name == "street" ? 500 : 100, oneLine: true)
    }
    var parts = AddressParts()
    parts.street = try part("street")
    parts.country = try part("country")
    parts.province = try part("province")
    parts.city = try part("city")
    parts.district = try part("district")
    parts.postalCode = try part("postal_code")
    return try parts.settled().columns
}

extension StringProtocol {
    /// The text without spaces at both ends.
    var trimmedSpaces: String {
        var view = Substring(self)
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}
