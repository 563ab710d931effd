public import Values

/// One entry of a choice field.
public struct Choice: Sendable, Equatable {
    /// The stable key that is stored and that programs use.
    public var key: String
    /// The text that people see.
    public var label: Label
    /// A hidden choice stays on the records that have it and is not offered any more.
    public var hidden: Bool
    /// For stages: the key of the pipeline it belongs to.
    public var group: String?
    /// For stages: the usual probability of winning, in per cent.
    public var probability: Int?
    /// For stages: `open`, `won` or `lost`.
    public var outcome: String?

    /// An entry of a choice field.
    public init(
        _ key: String,
        _ label: Label,
        hidden: Bool = false,
        group: String? = nil,
        probability: Int? = nil,
        outcome: String? = nil
    ) {
        self.key = key
        self.label = label
        self.hidden = hidden
        self.group = group
        self.probability = probability
        self.outcome = outcome
    }
}

/// What the value of a formula or a roll-up is.
public enum ResultKind: String, Sendable, CaseIterable {
    case text, number, boolean, day, instant
}

/// What a field holds. The list is closed: every reader of it is a `switch` that the compiler checks.
public enum FieldKind: Sendable, Equatable {
    /// One line of text of at most `max` characters.
    case text(max: Int)
    /// Text of several lines of at most `max` characters.
    case longText(max: Int)
    /// A whole number.
    case integer
    /// A decimal number with `scale` digits after the point (1 to 9), stored as a whole number.
    case decimal(scale: Int)
    /// An amount with currency; its value in the base currency is kept beside it.
    case money
    /// A day without time.
    case day
    /// A moment.
    case instant
    /// One of a list.
    case choice([Choice])
    /// Several of a list.
    case multiChoice([Choice])
    /// Yes or no.
    case boolean
    /// A record of another object, by that object's key.
    case link(to: String)
    /// A record of any object.
    case anyLink
    /// A telephone number, stored in E.164 with `;ext=`.
    case phone
    /// An e-mail address, stored in lower case.
    case email
    /// A postal address: country, province, city, district, street, postal code.
    case address
    /// A web address.
    case url
    /// A user of the workspace.
    case person
    /// A stored file.
    case file
    /// Free tags.
    case tags
    /// A value computed from the record by an expression.
    case formula(String, ResultKind)
    /// A value computed over child records by an expression.
    case rollUp(String, ResultKind)
    /// A number given by the system: `{0000}` is the counter, `{YYYY}`, `{MM}`, `{DD}` the day, all else is kept.
    case autoNumber(pattern: String)

    /// The name of the kind in the API and in stored definitions.
    public var name: String {
        switch self {
        case .text: "text"
        case .longText: "long_text"
        case .integer: "number"
        case .decimal: "decimal"
        case .money: "money"
        case .day: "date"
        case .instant: "instant"
        case .choice: "choice"
        case .multiChoice: "multi_choice"
        case .boolean: "boolean"
        case .link: "link"
        case .anyLink: "any_link"
        case .phone: "phone"
        case .email: "email"
        case .address: "address"
        case .url: "url"
        case .person: "person"
        case .file: "file"
        case .tags: "tags"
        case .formula: "formula"
        case .rollUp: "roll_up"
        case .autoNumber: "auto_number"
        }
    }

    /// The choices of a choice field; empty for other kinds.
    public var choices: [Choice] {
        switch self {
        case .choice(let choices), .multiChoice(let choices): choices
        default: []
        }
    }

    /// True for values that are computed and never stored.
    public var isComputed: Bool {
        switch self {
        case .formula, .rollUp: true
        default: false
        }
    }
}

/// The type of a column.
public enum ColumnType: Sendable, Equatable { case text, integer }

/// A column of an object's table.
public struct Column: Sendable, Equatable {
    /// The column's name.
    public let name: String
    /// The column's type.
    public let type: ColumnType

    /// A column of an object's table.
    public init(_ name: String, _ type: ColumnType) {
        self.name = name
        self.type = type
    }
}

extension FieldKind {
    /// The suffixes and types of the columns that hold a value; the first has no suffix. Computed kinds have none.
    public var columns: [(suffix: String, type: ColumnType)] {
        switch self {
        case .text, .longText, .day, .choice, .multiChoice, .phone, .email, .url, .tags, .autoNumber: [("", .text)]
        case .integer, .decimal, .instant, .boolean, .link, .person, .file: [("", .integer)]
        case .money: [("", .integer), ("_currency", .text), ("_base", .integer)]
        case .anyLink: [("", .integer), ("_object", .text)]
        case .address:
            [
                ("", .text), ("_country", .text), ("_province", .text), ("_city", .text), ("_district", .text),
                ("_postal_code", .text),
            ]
        case .formula, .rollUp: []
        }
    }
}
