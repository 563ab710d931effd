/// Duplicates and merges.
extension Operation {
    private static let reason = JSONSchema.all([
        ("fields", .array(.string)), ("outcome", .words(["same", "similar", "different"])), ("points", .integer),
        ("text", .string),
    ])
    private static let likely = JSONSchema.all([
        ("id", .nullable(.id)), ("object", .string), ("name", .nullable(.string)), ("owner", .nullable(.string)),
        ("team", .nullable(.string)), ("blocks", .boolean), ("score", .nullable(.integer)), ("reasons", .array(reason)),
    ])
    private static let found = Output.json(
        .all([("data", .array(likely)), ("blocks", .boolean), ("complete", .boolean)])
    )
    private static let run = JSONSchema.all([
        ("id", .id), ("state", .words(["running", "done", "cancelled"])), ("seen", .integer), ("pairs", .integer),
        ("too_large", .integer), ("started_at", .instant), ("finished_at", .nullable(.instant)), ("by", .string),
    ])
    private static let states = ["open", "different", "later"]

    static let checkDuplicates = Operation(
        "check_duplicates",
        "Records",
        "Records like the given values; of those that the caller may not see only owner and team",
        input: .json(.raw(#"{"type":"object"}"#)),
        output: found
    )
    static let duplicatesOf = Operation("duplicates_of", "Records", "Records like this one", output: found)
    static let duplicates = Operation(
        "duplicates",
        "Records",
        "Groups of likely duplicates that the last search found, the likeliest first",
        parameters: [
            Parameter(name: "state", schema: .words(states), text: "What was decided; `open` if left out"), .limit,
            .cursor,
        ],
        output: .json(
            .list(
                .all([
                    ("score", .integer),
                    ("records", .array(.all([("id", .id), ("name", .nullable(.string))]))),
                    (
                        "pairs",
                        .array(.all([("a", .id), ("b", .id), ("score", .integer), ("reasons", .array(reason))]))
                    ),
                ])
            )
        )
    )
    static let findDuplicates = Operation(
        "find_duplicates",
        "Records",
        "Searches all records for duplicates, in the background; needs the right to read all",
        status: 202,
        input: .json(.object([], required: [], open: false)),
        output: .json(run)
    )
    static let duplicateRuns = Operation(
        "duplicate_runs",
        "Records",
        "The last searches for duplicates, newest first",
        output: .json(.list(run))
    )
    static let decideDuplicates = Operation(
        "decide_duplicates",
        "Records",
        "Merges groups, or says that they are different; each group by itself",
        input: .json(
            .object(
                [("groups", .array(.array(.id))), ("decision", .words(states + ["merge"]))],
                required: ["groups", "decision"],
                open: false
            )
        ),
        output: .json(
            .list(
                .object(
                    [("records", .array(.id)), ("done", .boolean), ("error", .anything)],
                    required: ["records", "done"],
                    open: false
                )
            )
        )
    )
    private static let rules = JSONSchema.raw(
        #"{"type":["object","null"],"properties":{"active":{"type":"boolean"},"warn_at":{"type":"integer"},"block_at":{"type":["integer","null"]},"comparisons":{"type":"array","items":{"type":"object"}}}}"#
    )
    static let duplicateRules = Operation(
        "duplicate_rules",
        "Records",
        "When two records are likely the same",
        output: .json(rules)
    )
    static let setDuplicateRules = Operation(
        "set_duplicate_rules",
        "Records",
        "Sets the rules; null goes back to those that the program comes with. Needs the right to change the schema",
        input: .json(rules),
        output: .json(rules)
    )
    static let merges = Operation(
        "merges",
        "Records",
        "The merges into a record that can be undone, newest first",
        output: .json(.list(.all([("id", .id), ("others", .array(.id)), ("at", .instant), ("by", .string)])))
    )
}
