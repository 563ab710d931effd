import Values

/// What the API description says about an address.
struct Operation: Sendable {
    /// A parameter after the `?`.
    struct Parameter: Sendable {
        let name: String
        let schema: JSONSchema
        let text: String
    }

    /// What the body of a request holds.
    enum Input: Sendable {
        case nothing
        case json(JSONSchema)
        /// A form with a file.
        case form([(name: String, schema: JSONSchema)])
        /// A file: in a form, or its bytes alone.
        case bytes
        /// A new record of the object.
        case newRecord
        /// Changes of a record of the object.
        case changes
        /// What the verb of the object takes.
        case action
    }

    /// What the answer holds.
    enum Output: Sendable {
        case nothing
        case json(JSONSchema)
        case text
        /// A file: CSV or JSON Lines.
        case file
        /// JSON, or with `format=csv` a file.
        case jsonOrCSV(JSONSchema)
        /// The bytes of a stored file.
        case binary
        /// A record of the object.
        case record
        /// A page of records of the object.
        case records
    }

    let id: String
    let group: String
    let summary: String
    let status: Int
    /// Whether 202 is answered too, where the work goes on afterwards.
    let mayGoOn: Bool
    let parameters: [Parameter]
    let input: Input
    let output: Output

    init(
        _ id: String,
        _ group: String,
        _ summary: String,
        status: Int = 200,
        mayGoOn: Bool = false,
        parameters: [Parameter] = [],
        input: Input = .nothing,
        output: Output = .nothing
    ) {
        self.id = id
        self.group = group
        self.summary = summary
        self.status = status
        self.mayGoOn = mayGoOn
        self.parameters = parameters
        self.input = input
        self.output = output
    }
}

extension Operation.Parameter {
    static let limit = Operation.Parameter(
        name: "limit",
        schema: .raw(#"{"type":"integer","minimum":1,"maximum":200,"default":50}"#),
        text: "How many at most"
    )
    static let cursor = Operation.Parameter(name: "cursor", schema: .string, text: "`next` of the page before")
    static let plan = Operation.Parameter(
        name: "plan",
        schema: .boolean,
        text: "Only show the steps; nothing is changed"
    )
    static let user = Operation.Parameter(name: "user", schema: .id, text: "Another person than oneself")

    static func text(_ name: String, _ text: String) -> Operation.Parameter {
        Operation.Parameter(name: name, schema: .string, text: text)
    }

    static func flag(_ name: String, _ text: String) -> Operation.Parameter {
        Operation.Parameter(name: name, schema: .boolean, text: text)
    }

    static func number(_ name: String, _ text: String) -> Operation.Parameter {
        Operation.Parameter(name: name, schema: .integer, text: text)
    }
}

/// Health, description and records.
extension Operation {
    static let health = Operation(
        "healthz",
        "Health",
        "Whether the program runs",
        output: .json(.all([("status", .string)]))
    )
    static let ready = Operation(
        "readyz",
        "Health",
        "Whether requests can be answered",
        output: .json(.all([("status", .string)]))
    )
    static let metrics = Operation("metrics", "Health", "Figures for Prometheus", output: .text)
    static let description = Operation("openapi", "Description", "This description", output: .json(.anything))
    static let schema = Operation(
        "schema",
        "Schema",
        "Objects, fields, choices, labels in both languages, and the caller's rights",
        output: .json(.reference("schema"))
    )

    static let list = Operation(
        "list",
        "Records",
        "A page of records",
        parameters: [
            .text("filter", "An expression that is true for the wanted records"),
            .text("sort", "Field keys with commas; `-` in front turns the order round"),
            .text("fields", "Field keys with commas"), .limit, .cursor,
            .text("q", "Words, Chinese substrings, pinyin, initials, phone fragments"),
            .flag("total", "Count all matches too"), .flag("deleted", "Read the recycle bin instead"),
        ],
        output: .records
    )
    static let one = Operation(
        "get",
        "Records",
        "One record",
        parameters: [.text("fields", "Field keys with commas"), .flag("deleted", "Look in the recycle bin")],
        output: .record
    )
    static let create = Operation(
        "create",
        "Records",
        "Makes a record",
        status: 201,
        parameters: [
            Parameter(
                name: "duplicates",
                schema: .words(["allow", "refuse"]),
                text: "`refuse`: 409 when there is a record like it; `allow` if left out"
            )
        ],
        input: .newRecord,
        output: .record
    )
    static let update = Operation("update", "Records", "Changes a record", input: .changes, output: .record)
    static let delete = Operation(
        "delete",
        "Records",
        "Moves a record to the recycle bin",
        status: 204,
        parameters: [.flag("forever", "Delete for ever; needs the right to it")]
    )
    static let restore = Operation("restore", "Records", "Takes a record out of the recycle bin", output: .record)
    static let action = Operation("act", "Records", "A verb of the object", input: .action, output: .json(.anything))
    static let batch = Operation(
        "batch",
        "Records",
        "Up to 1,000 operations in one request",
        input: .json(
            .object(
                [("atomic", .boolean), ("operations", .array(.reference("operation")))],
                required: ["operations"],
                open: false
            )
        ),
        output: .json(.all([("results", .array(.reference("operation_result")))]))
    )
    static let updateAll = Operation(
        "update_all",
        "Records",
        "Changes all records that a selection holds and the caller may change",
        input: .json(.object(selection + [("data", .raw(#"{"type":"object"}"#))], required: ["data"], open: false)),
        output: .json(.reference("bulk_result"))
    )
    static let deleteAll = Operation(
        "delete_all",
        "Records",
        "Moves all records that a selection holds to the recycle bin",
        input: .json(.object(selection, required: [], open: false)),
        output: .json(.reference("bulk_result"))
    )
    private static let selection: [(name: String, schema: JSONSchema)] = [
        ("ids", .array(.id)), ("filter", .string), ("q", .string), ("all", .boolean),
    ]

    static let history = Operation(
        "history",
        "Records",
        "What happened to a record, newest first",
        parameters: [.limit, .number("cursor", "`next` of the page before")],
        output: .json(.list(.reference("audit_entry")))
    )
    static let timeline = Operation(
        "timeline",
        "Records",
        "All that happened with a record and the records below it, newest first",
        parameters: [.limit, .cursor],
        output: .json(.list(.reference("timeline_entry")))
    )
    static let access = Operation(
        "access",
        "Records",
        "Who can see a record, and why",
        output: .json(.list(.all([("user", .reference("link")), ("reasons", .array(.string))])))
    )
    static let shares = Operation(
        "shares",
        "Records",
        "With whom a record is shared",
        output: .json(.list(.reference("share")))
    )
    static let share = Operation(
        "share",
        "Records",
        "Shares a record with a person or a team",
        status: 201,
        input: .json(.object([("user", .id), ("team", .id), ("can_edit", .boolean)], required: [], open: false)),
        output: .json(.list(.reference("share")))
    )
    static let unshare = Operation("unshare", "Records", "Takes a share back", status: 204)
    static let search = Operation(
        "search",
        "Records",
        "Finds records of all objects",
        parameters: [
            .text("q", "What is looked for"),
            Parameter(
                name: "limit",
                schema: .raw(#"{"type":"integer","minimum":1,"maximum":50,"default":5}"#),
                text: "How many per object at most"
            ), .text("objects", "Only these objects, with commas"),
        ],
        output: .json(
            .object(
                [
                    (
                        "data",
                        .array(.all([("object", .string), ("plural", .string), ("id", .id), ("name", .string)]))
                    )
                ],
                required: ["data"],
                open: false
            )
        )
    )
}
