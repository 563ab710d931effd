/// Saved views, and changes of many records in the background.
extension Operation {
    private static let viewInput = JSONSchema.object(
        [
            ("name", .text(max: 60)), ("sharing", .words(["own", "team", "all"])), ("filter", .string),
            ("sort", .string), ("columns", .array(.string)), ("default", .boolean),
        ],
        required: [],
        open: false
    )

    static let views = Operation(
        "saved_views",
        "Views",
        "The saved views of the object's list that the caller may see, their own first",
        output: .json(.list(.reference("saved_view")))
    )
    static let addView = Operation(
        "add_saved_view",
        "Views",
        "Keeps a filter, an order and columns under a name",
        status: 201,
        input: .json(viewInput),
        output: .json(.reference("saved_view"))
    )
    static let changeView = Operation(
        "change_saved_view",
        "Views",
        "Changes a view; what is not given stays",
        input: .json(viewInput),
        output: .json(.reference("saved_view"))
    )
    static let deleteView = Operation("delete_saved_view", "Views", "Deletes a view", status: 204)

    static let startBulk = Operation(
        "start_bulk",
        "Records",
        "Changes, tags or deletes all selected records in the background; it can be undone",
        status: 202,
        input: .json(
            .object(
                [
                    ("ids", .array(.id)), ("filter", .string), ("q", .string), ("all", .boolean),
                    ("action", .words(["set", "tag", "untag", "delete"])),
                    ("data", .object([], required: [], open: true)), ("field", .string), ("tag", .string),
                ],
                required: ["action"],
                open: false
            )
        ),
        output: .json(.reference("bulk_run"))
    )
    static let bulkRun = Operation(
        "bulk_run",
        "Records",
        "How far a change of many records is",
        output: .json(.reference("bulk_run"))
    )
    static let undoBulk = Operation(
        "undo_bulk",
        "Records",
        "Takes a change of many records back, but for those that were changed since",
        status: 202,
        output: .json(.reference("bulk_run"))
    )
}

extension Components {
    static let savedView = JSONSchema.all([
        ("id", .id), ("name", .string), ("owner", .id), ("sharing", .words(["own", "team", "all"])),
        ("filter", .string), ("sort", .string), ("columns", .array(.string)), ("default", .boolean),
        ("may_change", .boolean),
    ])
    static let bulkRun = JSONSchema.all([
        ("id", .id), ("object", .string), ("total", .integer), ("changed", .integer), ("refused", .integer),
        ("waiting", .integer), ("done", .boolean), ("undone", .boolean), ("reason", .nullable(.string)),
    ])
}
