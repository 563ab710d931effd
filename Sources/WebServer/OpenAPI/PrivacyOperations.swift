import Values

/// Personal data.
extension Operation {
    private static let rule = JSONSchema.object(
        [
            ("object", .string), ("filter", .string), ("field", .string), ("days", .integer),
            ("action", .words(["delete", "purge", "erase"])), ("active", .boolean),
        ],
        required: ["object", "days", "action"],
        open: false
    )
    private static let stored = JSONSchema.object(
        [
            ("id", .id), ("object", .string), ("filter", .string), ("field", .string), ("days", .integer),
            ("action", .words(["delete", "purge", "erase"])), ("active", .boolean), ("ran_at", .nullable(.instant)),
            ("ran_count", .nullable(.integer)),
        ],
        required: ["id", "object", "days", "action", "active"],
        open: false
    )

    static let erasePreview = Operation(
        "erase_preview",
        "Privacy",
        "What erasing a person would take",
        output: .json(
            .object(
                [
                    ("confirm", .string), ("fields", .array(.string)), ("notes", .integer), ("audit_entries", .integer),
                    ("files", .integer), ("kept", .array(.all([("label", .string), ("count", .integer)]))),
                    ("erased_at", .nullable(.instant)),
                ],
                required: ["confirm", "fields"],
                open: false
            )
        )
    )
    private static let confirmation = JSONSchema.object(
        [("confirm", .string), ("reason", .string)],
        required: ["confirm"],
        open: false
    )
    private static let report = JSONSchema.all([
        ("name", .string), ("fields", .array(.string)), ("notes", .integer), ("mentions", .integer),
        ("audit_entries", .integer), ("files", .integer), ("import_lines", .integer),
    ])
    static let erase = Operation(
        "erase",
        "Privacy",
        "Erases a person for ever; records that count stay. `confirm` is the name as it is stored",
        input: .json(confirmation),
        output: .json(report)
    )
    static let eraseUser = Operation(
        "erase_user",
        "Privacy",
        "Erases somebody who no longer uses the workspace; what they did stays. `confirm` is the e-mail address",
        input: .json(confirmation),
        output: .json(report)
    )
    private static let form = Parameter(
        name: "format",
        schema: .words(["json", "html", "zip"]),
        text: "The form of the file; `zip` holds both others and the contents of all files"
    )
    static let held = Operation(
        "held",
        "Privacy",
        "All that is held of a person",
        parameters: [form],
        output: .binary
    )
    static let heldOfUser = Operation(
        "held_of_user",
        "Privacy",
        "All that is held of somebody who uses the workspace",
        parameters: [form],
        output: .binary
    )
    static let retentionRules = Operation(
        "retention_rules",
        "Privacy",
        "Rules how long records are kept",
        output: .json(.list(stored))
    )
    static let addRetention = Operation(
        "add_retention",
        "Privacy",
        "Adds a rule; it runs once a day",
        status: 201,
        input: .json(rule),
        output: .json(stored)
    )
    static let changeRetention = Operation(
        "change_retention",
        "Privacy",
        "Switches a rule on or off",
        input: .json(.object([("active", .boolean)], required: ["active"], open: false)),
        output: .json(stored)
    )
    static let removeRetention = Operation("remove_retention", "Privacy", "Removes a rule", status: 204)
    static let dueRetention = Operation(
        "due_retention",
        "Privacy",
        "What a rule would deal with now; nothing is changed",
        input: .json(rule),
        output: .json(
            .all([("count", .integer), ("first", .array(.all([("id", .id), ("name", .string)])))])
        )
    )
}
