public import Values

/// Which column of a file goes into which field.
///
/// As JSON, for `--map FILE` and the API:
///
///     {"columns": [
///        {"header": "客户名称", "field": "name"},
///        {"header": "省份", "field": "address.province"},
///        {"header": "年营业额（万元）", "field": "annual_revenue", "scale": 10000},
///        {"header": "负责人", "field": "owner"},
///        {"header": "阶段", "field": "stage", "values": {"赢单": "won", "丢单": "lost", "无": null}, "add": ["谈判"]},
///        {"header": "签单日期", "field": "closed_on", "dates": "dmy"},
///        {"header": "单价", "field": "price", "decimals": ","},
///        {"header": "传真", "field": null}],
///      "defaults": {"type": "company"},
///      "empty": "keep"}
///
/// `columns` may also be `{"客户名称": "name", …}`. A field is a key or a part: `address.city`, `amount.currency`;
/// of a link, `customer.id`, `customer.name` or another unique field, while `customer` alone tries id, name and
/// unique fields; of a person, `owner.email`, `owner.name`, `owner.id`. Several columns for one text are joined.
/// `created_at`, `created_by` and what else tells of the past go into new records, for whoever may bring it along.
/// `defaults` fill new records. `empty` says what an empty cell does to a record that is updated: `keep` (the
/// default) leaves the value, `clear` empties it. `apostrophes` is `keep` for raw exports, else one before what looks
/// like a formula is taken off. `links` is `names` where objects of JSON Lines have ids of another workspace. `unknown` says what a link that is not found does: `error` (the default) or `empty`.
public struct ImportMapping: Sendable, Equatable {
    /// A column of the file.
    public struct Column: Sendable, Equatable {
        /// The header as it stands in the file.
        public var header: String
        /// The field or part that it goes into; nil when the column is left out.
        public var field: String?
        /// Cells that are read as something else; as an empty text they are left out.
        public var values: [String: String] = [:]
        /// Cells that become new choices of the field, with themselves as the text.
        public var additions: [String] = []
        /// The order of day, month and year where dates do not tell it; nil lets the whole column decide.
        public var dates: DateOrder?
        /// The mark before decimals; nil lets the whole column decide.
        public var decimals: DecimalMark?
        /// By what numbers are multiplied: 10,000 for a column in 万元.
        public var scale: Int64 = 1
        /// Why the column is left out, or what is to be looked at.
        public var note: Label?

        /// A column of the file.
        public init(_ header: String, _ field: String?) {
            self.header = header
            self.field = field
        }
    }

    /// The columns in the order of the file.
    public var columns: [Column]
    /// Values of new records where the file has none, by field key.
    public var defaults: [JSONValue.Member] = []
    /// Whether an empty cell empties the field of a record that is updated.
    public var clearsEmpty = false

    /// Whether apostrophes before formulas belong to the text: true for raw exports, false for what spreadsheets show.
    public var keepsApostrophes = false
    /// Whether a link or person that is not found leaves the field empty, instead of being an error of the row.
    public var emptiesUnknown = false

    /// What is done with rows that are likely the same as a record; nil takes no notice.
    public var duplicates: DuplicateHandling?

    /// Whether links and persons that come with id and name are found by their names: for ids of another workspace.
    public var prefersNames = false

    /// Whether new records keep the running numbers of their rows: an import says it of itself when it begins.
    var keepsNumbers = false

    /// A mapping of columns.
    public init(columns: [Column]) { self.columns = columns }

    /// Reads a mapping. Throws a `Problem` that names the member that is wrong.
    public init(_ json: JSONValue) throws {
        for member in json.members ?? [] where !ImportMapping.members.contains(member.key) {
            throw ImportMapping.wrong(member.key)
        }
        switch json["columns"] {
        case .array(let items): columns = try items.map(ImportMapping.column)
        case .object(let members):
            columns = try members.map { member in
                guard case .object(let inner) = member.value else {
                    return try ImportMapping.column(
                        .object([
                            .init(key: "header", value: .string(member.key)), .init(key: "field", value: member.value),
                        ])
                    )
                }
                return try ImportMapping.column(
                    .object([.init(key: "header", value: .string(member.key))] + inner.filter { $0.key != "header" })
                )
            }
        default: throw ImportMapping.wrong("columns")
        }
        if let defaults = json["defaults"], !defaults.isNull {
            guard let members = defaults.members else { throw ImportMapping.wrong("defaults") }
            self.defaults = members
        }
        switch json["empty"] {
        case nil, .null, .string("keep"): break
        case .string("clear"): clearsEmpty = true
        default: throw ImportMapping.wrong("empty")
        }
        switch json["apostrophes"] {
        case nil, .null, .string("strip"): break
        case .string("keep"): keepsApostrophes = true
        default: throw ImportMapping.wrong("apostrophes")
        }
        switch json["links"] {
        case nil, .null, .string("ids"): break
        case .string("names"): prefersNames = true
        default: throw ImportMapping.wrong("links")
        }
        if case .string("keep") = json["numbers"] { keepsNumbers = true }
        if let handling = json["duplicates"], !handling.isNull {
            guard let known = handling.string.flatMap(DuplicateHandling.init) else {
                throw ImportMapping.wrong("duplicates")
            }
            duplicates = known
        }
        switch json["unknown"] {
        case nil, .null, .string("error"): break
        case .string("empty"): emptiesUnknown = true
        default: throw ImportMapping.wrong("unknown")
        }
    }

    private static let members: Set<String> = [
        "columns", "defaults", "empty", "apostrophes", "links", "unknown", "duplicates", "numbers",
    ]

    private static let columnMembers: Set<String> = [
        "header", "field", "values", "add", "dates", "decimals", "scale", "note",
    ]

    private static func column(_ json: JSONValue) throws -> Column {
        guard let header = json["header"]?.string else { throw wrong("header") }
        for member in json.members ?? [] where !columnMembers.contains(member.key) {
            throw wrong(member.key)
        }
        var column = Column(header, nil)
        switch json["field"] {
        case nil, .null: break
        case .string(let field): column.field = field.isEmpty ? nil : field
        default: throw wrong("field")
        }
        if let values = json["values"], !values.isNull {
            guard let members = values.members else { throw wrong("values") }
            for member in members {
                guard let text = member.value.isNull ? "" : member.value.string else { throw wrong("values") }
                column.values[member.key] = text
            }
        }
        if let added = json["add"], !added.isNull {
            guard let items = added.array, items.allSatisfy({ $0.string != nil }) else { throw wrong("add") }
            column.additions = items.compactMap(\.string)
        }
        if let dates = json["dates"], !dates.isNull {
            guard let order = dates.string.flatMap(DateOrder.init) else { throw wrong("dates") }
            column.dates = order
        }
        if let decimals = json["decimals"], !decimals.isNull {
            guard let mark = decimals.string.flatMap(DecimalMark.init) else { throw wrong("decimals") }
            column.decimals = mark
        }
        if let scale = json["scale"], !scale.isNull {
            guard let number = scale.integer, (1...1_000_000_000).contains(number) else { throw wrong("scale") }
            column.scale = number
        }
        return column
    }

    private static func wrong(_ member: String) -> Problem {
        let name = String(member.prefix(60))
        return Problem.malformed(
            "invalid_mapping",
            Label(
                "The mapping is not right at «\(name)». It needs «columns», a list of {\"header\", \"field\"}.",
                zh: "字段对应关系在“\(name)”处有误。需要 columns，即 {\"header\", \"field\"} 的列表。"
            )
        )
    }

    /// Writes the mapping as JSON. With a language, notes are written too.
    public func write(to json: inout JSONWriter, notesIn language: Language? = nil) {
        json.object { json in
            json.key("columns")
            json.array { json in for column in columns { write(column, language, to: &json) } }
            if !defaults.isEmpty {
                json.key("defaults")
                json.value(.object(defaults))
            }
            json.member("empty", clearsEmpty ? "clear" : "keep")
            if keepsApostrophes { json.member("apostrophes", "keep") }
            if prefersNames { json.member("links", "names") }
            if emptiesUnknown { json.member("unknown", "empty") }
            if keepsNumbers { json.member("numbers", "keep") }
            if let duplicates { json.member("duplicates", duplicates.rawValue) }
        }
    }

    private func write(_ column: Column, _ language: Language?, to json: inout JSONWriter) {
        json.object { json in
            json.member("header", column.header)
            json.member("field", column.field)
            if !column.values.isEmpty {
                json.key("values")
                json.object { json in
                    for (key, value) in column.values.sorted(by: { $0.key < $1.key }) {
                        json.member(key, value.isEmpty ? nil : value)
                    }
                }
            }
            if !column.additions.isEmpty {
                json.key("add")
                json.array { json in for text in column.additions { json.string(text) } }
            }
            if let dates = column.dates { json.member("dates", dates.rawValue) }
            if let decimals = column.decimals { json.member("decimals", decimals.rawValue) }
            if column.scale != 1 { json.member("scale", column.scale) }
            if let language, let note = column.note { json.member("note", note.text(language)) }
        }
    }

    /// The mapping as JSON text.
    public var text: String {
        var json = JSONWriter()
        write(to: &json)
        return json.text
    }
}
