import Records
import Values

/// Files that come in and go out.
extension Operation {
    static let startImport = Operation(
        "start_import",
        "Exchange",
        "Imports a file (CSV, XLSX, vCard, JSON Lines); the answer is the job. With `preview=true` the file is only looked at",
        status: 202,
        parameters: [.flag("preview", "Only propose a mapping")],
        input: .form([
            ("file", .raw(#"{"type":"string","format":"binary"}"#)), ("object", .string), ("map", .string),
            ("sheet", .string), ("heading", .integer), ("match", .string),
            ("encoding", .words(["UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"])),
            ("separator", .words(["comma", "semicolon", "tab", "pipe"])),
            ("quote", .words(["double", "single", "none"])),
            ("mode", .words(["create", "update", "upsert", "fill"])),
            ("dry_run", .boolean), ("duplicates", .words(["skip", "update", "flag"])),
        ]),
        output: .json(.reference("import"))
    )
    static let imports = Operation(
        "imports",
        "Exchange",
        "Imports, newest first",
        parameters: [.limit],
        output: .json(.list(.reference("import")))
    )
    static let importStatus = Operation(
        "import_status",
        "Exchange",
        "How far an import is",
        output: .json(.reference("import"))
    )
    static let importErrors = Operation(
        "import_errors",
        "Exchange",
        "The rows that failed, as a file to be corrected and imported again",
        output: .file
    )
    static let cancelImport = Operation(
        "cancel_import",
        "Exchange",
        "Stops an import; what is imported stays",
        output: .json(.reference("import"))
    )
    static let resumeImport = Operation(
        "resume_import",
        "Exchange",
        "Goes on with an import that was stopped, such as by a full disk",
        status: 202,
        output: .json(.reference("import"))
    )
    static let undoImport = Operation(
        "undo_import",
        "Exchange",
        "Takes an import back, but for records that were edited since; the answer is the job",
        status: 202,
        output: .json(.reference("import"))
    )
    static let sparedRecords = Operation(
        "spared_records",
        "Exchange",
        "The records that taking an import back left as they are, and why",
        parameters: [.limit],
        output: .json(.list(.all([("id", .id), ("reason", .string)])))
    )
    static let likelyRows = Operation(
        "likely_rows",
        "Exchange",
        "The rows of an import that were likely the same as a record, and what was done with them",
        parameters: [.limit, Parameter(name: "after", schema: .integer, text: "Only rows with a higher number")],
        output: .json(
            .list(
                .all([
                    ("row", .integer), ("outcome", .words(["skipped", "updated", "created"])),
                    ("record", .nullable(.id)),
                    ("object", .string), ("like", .nullable(.id)), ("owner", .nullable(.string)), ("score", .integer),
                    ("reasons", .string),
                ])
            )
        )
    )
    static let export = Operation(
        "export",
        "Exchange",
        "Records as a file",
        parameters: [
            Parameter(
                name: "format",
                schema: .words(["csv", "csv-raw", "xlsx", "xlsx-raw", "jsonl", "vcf", "vcf-4", "zip"]),
                text: "The form of the file"
            ),
            .text("filter", "An expression that is true for the wanted records"),
            .text("sort", "Field keys with commas"), .text("fields", "Field keys with commas"),
            .text("q", "What is looked for"), .flag("deleted", "Read the recycle bin instead"),
        ],
        output: .file
    )
}

/// Schema, settings and reports.
extension Operation {
    private static let schemaAnswer = Output.json(.anyOf([.reference("schema"), .reference("schema_plan")]))
    private static let rule = JSONSchema.object(
        [
            ("id", .string), ("expression", .string), ("message", .label), ("field", .nullable(.string)),
            ("active", .boolean),
        ],
        required: ["expression", "message"],
        open: false
    )
    private static let objectMembers: [(name: String, schema: JSONSchema)] = [
        ("label", .label), ("plural_label", .label), ("icon", .string), ("hidden", .boolean),
        ("list_fields", .array(.string)), ("field_order", .array(.string)), ("rules", .array(rule)),
    ]
    private static let choice = JSONSchema.object(
        [
            ("key", .string), ("label", .label), ("hidden", .boolean), ("group", .nullable(.string)),
            ("probability", .nullable(.integer)), ("outcome", .nullable(.string)),
        ],
        required: ["key", "label"],
        open: true
    )
    private static let flags: [(name: String, schema: JSONSchema)] = [
        "required", "unique", "indexed", "searchable", "read_only", "hidden", "audited",
    ].map { ($0, .boolean) }
    private static let fieldMembers: [(name: String, schema: JSONSchema)] =
        [
            ("key", .string), ("label", .label), ("kind", .words(DefinitionKinds.names)), ("help", .nullable(.label)),
            ("max", .integer), ("scale", .integer), ("choices", .array(choice)), ("to", .string),
            ("expression", .string), ("result", .string), ("pattern", .string), ("default", .anything),
            ("shown_when", .anything), ("personal", .anything),
        ] + flags
    private static let newObject = Input.json(
        .object([("key", .string), ("plural", .string)] + objectMembers, required: ["key", "label"], open: false)
    )
    private static let objectChanges = Input.json(.object(objectMembers, required: [], open: false))
    private static let newField = Input.json(
        .object(fieldMembers, required: ["key", "label", "kind"], open: true)
    )
    private static let fieldChanges = Input.json(.object(fieldMembers, required: [], open: true))

    static let removed = Operation(
        "removed_definitions",
        "Schema",
        "Objects and fields that can still be restored",
        output: .json(.all([("objects", .array(.anything)), ("fields", .array(.anything))]))
    )
    static let addObject = Operation(
        "add_object",
        "Schema",
        "Adds an object",
        status: 201,
        parameters: [.plan],
        input: newObject,
        output: schemaAnswer
    )
    static let changeObject = Operation(
        "change_object",
        "Schema",
        "Changes labels, icon, list fields, rules or hiding of an object",
        parameters: [.plan],
        input: objectChanges,
        output: schemaAnswer
    )
    static let removeObject = Operation(
        "remove_object",
        "Schema",
        "Removes an object of your own; it can be restored for 30 days",
        parameters: [.plan],
        output: schemaAnswer
    )
    static let restoreObject = Operation(
        "restore_object",
        "Schema",
        "Restores a removed object",
        parameters: [.plan],
        output: schemaAnswer
    )
    static let addField = Operation(
        "add_field",
        "Schema",
        "Adds a field",
        status: 201,
        parameters: [.plan],
        input: newField,
        output: schemaAnswer
    )
    static let changeField = Operation(
        "change_field",
        "Schema",
        "Changes label, key, choices or hiding of a field",
        parameters: [.plan],
        input: fieldChanges,
        output: schemaAnswer
    )
    static let removeField = Operation(
        "remove_field",
        "Schema",
        "Removes a field of your own; it can be restored for 30 days",
        parameters: [.plan],
        output: schemaAnswer
    )
    static let restoreField = Operation(
        "restore_field",
        "Schema",
        "Restores a removed field by its key or id",
        parameters: [.plan],
        output: schemaAnswer
    )
    static let removeChoice = Operation(
        "remove_choice",
        "Schema",
        "Removes a choice; records that have it move to another one",
        parameters: [.text("move_to", "The choice that takes its place"), .plan],
        output: schemaAnswer
    )
    static let audit = Operation(
        "audit",
        "Workspace",
        "The audit log, newest first",
        parameters: [
            .user, .text("action", "Only this action"), .limit, .number("cursor", "`next` of the page before"),
        ],
        output: .json(.list(.reference("audit_entry")))
    )
    static let alerts = Operation(
        "alerts",
        "Workspace",
        "Security alerts, newest first; needs the right to read the audit log",
        parameters: [.flag("seen", "Only those that somebody has seen, or has not"), .limit, .cursor],
        output: .json(.list(.reference("alert")))
    )
    static let seeAlert = Operation(
        "see_alert",
        "Workspace",
        "Notes that one has seen an alert",
        output: .json(.reference("alert"))
    )
    static let settings = Operation(
        "settings",
        "Workspace",
        "The settings of the workspace",
        output: .json(.reference("settings"))
    )
    static let changeSettings = Operation(
        "change_settings",
        "Workspace",
        "Changes settings",
        input: .json(.reference("settings")),
        output: .json(.reference("settings"))
    )
    static let rates = Operation(
        "rates",
        "Workspace",
        "Exchange rates",
        output: .json(.list(.reference("rate")))
    )
    static let setRate = Operation(
        "set_rate",
        "Workspace",
        "Sets the rate of a currency from a day on",
        status: 201,
        input: .json(
            .all([("currency", .string), ("day", .day), ("rate", .anyOf([.string, .number]))])
        ),
        output: .json(.reference("rate"))
    )
    static let jobs = Operation(
        "jobs",
        "Workspace",
        "Background jobs, newest first; those done come last",
        parameters: [
            Parameter(
                name: "state",
                schema: .words(["ready", "running", "done", "dead"]),
                text: "Only those in this state"
            ), .limit,
        ],
        output: .json(.list(.reference("job")))
    )
    static let jobPlans = Operation(
        "job_plans",
        "Workspace",
        "Recurring jobs: when they are due, and how they went last",
        output: .json(.list(.reference("job_plan")))
    )
    static let repeatJob = Operation(
        "repeat_job",
        "Workspace",
        "Runs a job again that is dead or done",
        status: 202,
        output: .json(.reference("job"))
    )
    static let pipeline = Operation(
        "pipeline_report",
        "Workspace",
        "Count and sum of opportunities by stage",
        output: .json(
            .object(
                [
                    (
                        "data",
                        .array(
                            .all([
                                ("pipeline", .string), ("stage", .string), ("count", .integer),
                                ("amount", .reference("money")),
                            ])
                        )
                    )
                ],
                required: ["data"],
                open: false
            )
        )
    )
}
