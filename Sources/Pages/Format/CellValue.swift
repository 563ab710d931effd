public import Schema
public import Values

/// What a field of a record holds, ready to be shown.
public enum CellValue: Sendable, Equatable {
    /// No value.
    case empty
    /// One line of text.
    case text(String)
    /// Text of several lines.
    case longText(String)
    /// A whole number.
    case number(Int64)
    /// A decimal number as a whole number of its smallest digit.
    case decimal(Int64, scale: Int)
    /// A computed number.
    case real(Double)
    /// An amount.
    case money(Money)
    /// A day.
    case day(Day)
    /// A moment.
    case instant(Instant)
    /// Yes or no.
    case boolean(Bool)
    /// One or several choices.
    case choices([Choice])
    /// Another record: its name and address; nil when the person may not open it.
    case link(name: String, href: String?)
    /// A user.
    case person(String)
    /// A stored telephone number.
    case phone(String)
    /// An e-mail address.
    case email(String)
    /// A web address.
    case url(String)
    /// The lines of a postal address.
    case address(String)
    /// A stored file.
    case file(name: String, href: String)
    /// Free tags.
    case tags([String])
    /// Anything else that a page has made itself.
    case html(HTML)

    /// The name of a linked record, person or file, which the record's own columns do not hold.
    public struct Linked: Sendable, Equatable {
        /// What people see.
        public var name: String
        /// Where it is; nil when the person may not open it.
        public var href: String?

        /// The name of a linked record, person or file.
        public init(name: String, href: String? = nil) {
            self.name = name
            self.href = href
        }
    }

    /// Reads a stored value: `columns` are those of the kind in order; `linked` names what a link points to.
    public init(_ kind: FieldKind, columns: [SQLValue], linked: Linked? = nil) {
        self = CellValue.read(kind, columns, linked) ?? .empty
    }

    private static func read(_ kind: FieldKind, _ columns: [SQLValue], _ linked: Linked?) -> CellValue? {
        guard let first = columns.first else { return nil }
        switch kind {
        case .text, .autoNumber: return text(first).map(CellValue.text)
        case .longText: return text(first).map(CellValue.longText)
        case .phone: return text(first).map(CellValue.phone)
        case .email: return text(first).map(CellValue.email)
        case .url: return text(first).map(CellValue.url)
        case .integer: return first.integer.map(CellValue.number)
        case .decimal(let scale): return first.integer.map { .decimal($0, scale: scale) }
        case .money:
            guard let minor = first.integer else { return nil }
            return .money(Money(minor: minor, currency: columns.count > 1 ? columns[1].text ?? "CNY" : "CNY"))
        case .day: return first.text.flatMap { Day($0) }.map(CellValue.day)
        case .instant: return first.integer.map { .instant(Instant(milliseconds: $0)) }
        case .boolean: return first.integer.map { .boolean($0 != 0) }
        case .choice(let all): return text(first).map { .choices(chosen([$0], of: all)) }
        case .multiChoice(let all): return text(first).map { .choices(chosen(parts($0), of: all)) }
        case .tags: return text(first).map { .tags(parts($0)) }
        case .link, .anyLink: return first.isNull ? nil : linked.map { .link(name: $0.name, href: $0.href) }
        case .person: return first.isNull ? nil : linked.map { .person($0.name) }
        case .file: return first.isNull ? nil : linked.map { .file(name: $0.name, href: $0.href ?? "#") }
        case .address: return address(columns).map(CellValue.address)
        case .formula(_, let result), .rollUp(_, let result): return computed(first, result)
        }
    }

    private static func text(_ value: SQLValue) -> String? {
        value.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func computed(_ value: SQLValue, _ result: ResultKind) -> CellValue? {
        switch result {
        case .text: text(value).map(CellValue.text)
        case .number: value.integer.map(CellValue.number) ?? value.number.map(CellValue.real)
        case .boolean: value.integer.map { .boolean($0 != 0) }
        case .day: value.text.flatMap { Day($0) }.map(CellValue.day)
        case .instant: value.integer.map { .instant(Instant(milliseconds: $0)) }
        }
    }

    /// The entries of stored tags or choices: `|a|b|`.
    static func parts(_ stored: String) -> [String] { stored.split(separator: "|").map(String.init) }

    private static func chosen(_ keys: [String], of all: [Choice]) -> [Choice] {
        keys.map { key in all.first { $0.key == key } ?? Choice(key, Label(key, zh: key)) }
    }

    /// Chinese addresses run from the country to the street, others from the street to the country.
    private static func address(_ columns: [SQLValue]) -> String? {
        let values = columns.map { $0.text ?? "" }
        func part(_ index: Int) -> String { index < values.count ? values[index] : "" }
        let (street, country, province, city, district, code) = (part(0), part(1), part(2), part(3), part(4), part(5))
        let text: String
        if country.isEmpty || country == "CN" || country == "中国" {
            let places = [province, city == province ? "" : city, district, street]
            text = places.joined() + (code.isEmpty ? "" : " \(code)")
        } else {
            let parts = [
                street, district, [city, code].filter { !$0.isEmpty }.joined(separator: " "), province, country,
            ]
            text = parts.filter { !$0.isEmpty }.joined(separator: ", ")
        }
        return text.isEmpty ? nil : text
    }

    /// True for values that stand at the right edge of their column.
    public static func isNumeric(_ kind: FieldKind) -> Bool {
        switch kind {
        case .integer, .decimal, .money, .formula(_, .number), .rollUp(_, .number): true
        default: false
        }
    }
}
