/// The forms that several answers share, by name.
enum Components {
    static let schemas: [(name: String, schema: JSONSchema)] = [
        ("label", .label), ("link", .link), ("money", .all([("value", .string), ("currency", .string)])),
        (
            "any_link",
            .object(
                [("object", .nullable(.string)), ("id", .id), ("name", .nullable(.string))],
                required: ["id"],
                open: false
            )
        ), ("address", address), ("problem", problem), ("user", user(extra: [])), ("me", me), ("team", team),
        ("role", role), ("rights", rights), ("session_listing", session), ("api_key", key),
        ("log_in_record", logIn), ("audit_entry", audit), ("alert", alert), ("timeline_entry", timeline),
        ("share", share),
        ("rate", .all([("currency", .string), ("day", .string), ("rate", .string)])), ("settings", settings),
        ("schema", schema), ("schema_plan", plan), ("bulk_result", bulk), ("operation", operation),
        ("operation_result", result), ("import", importStatus), ("job", job), ("job_plan", jobPlan), ("file", file),
        ("saved_view", savedView), ("bulk_run", bulkRun),
    ]

    private static let job = JSONSchema.all([
        ("id", .id), ("kind", .string), ("state", .words(["ready", "running", "done", "dead"])), ("due_at", .instant),
        ("tries", .integer), ("error", .nullable(.string)), ("result", .nullable(.string)), ("created_at", .instant),
        ("finished_at", .nullable(.instant)),
    ])
    private static let jobPlan = JSONSchema.all([
        ("name", .string), ("label", .string), ("next_at", .instant), ("last_at", .nullable(.instant)),
        ("last_error", .nullable(.string)), ("last_result", .nullable(.string)),
    ])
    private static let address = JSONSchema.object(
        ["street", "country", "province", "city", "district", "postal_code"].map { ($0, .nullable(.string)) },
        required: [],
        open: false
    )
    private static let problem = JSONSchema.object(
        [
            ("type", .string), ("title", .string), ("status", .integer), ("detail", .string), ("code", .string),
            ("errors", .array(.all([("field", .string), ("code", .string), ("message", .string)]))),
            ("request_id", .string),
        ],
        required: ["type", "title", "status", "detail", "code", "errors"],
        open: false
    )

    private static let file = JSONSchema.object(
        [
            ("id", .id), ("name", .string), ("size", .integer), ("type", .string), ("hash", .string),
            ("created_at", .instant), ("created_by", .nullable(.reference("link"))), ("object", .nullable(.string)),
            ("record", .nullable(.id)), ("field", .nullable(.string)), ("width", .integer), ("height", .integer),
        ],
        required: ["id", "name", "size", "type", "hash"],
        open: false
    )

    private static func user(extra: [(name: String, schema: JSONSchema)]) -> JSONSchema {
        .object(
            [
                ("id", .id), ("name", .string), ("state", .words(["active", "invited", "disabled"])),
                ("team", .nullable(.link)), ("email", .string),
                (
                    "roles",
                    .array(
                        .all([("id", .id), ("key", .nullable(.string)), ("label", .nullable(.reference("label")))])
                    )
                ), ("language", .string), ("time_zone", .string), ("second_factor", .boolean),
                ("created_at", .instant), ("updated_at", .instant), ("version", .integer),
            ] + extra,
            required: ["id", "name", "state", "team"],
            open: false
        )
    }

    private static let me = user(extra: [
        ("workspace", .string), ("rights", .reference("rights")), ("csrf_token", .string),
    ])
    private static let team = JSONSchema.all([
        ("id", .id), ("name", .string), ("parent", .nullable(.id)), ("created_at", .instant),
    ])
    private static let role = JSONSchema.all([
        ("id", .id), ("key", .string), ("label", .reference("label")), ("rights", .reference("rights")),
        ("created_at", .instant), ("updated_at", .instant), ("version", .integer),
    ])
    private static let rights = JSONSchema.object(
        [
            ("everything", .boolean),
            ("objects", .raw(#"{"type":"object","additionalProperties":{"type":"object"}}"#)),
            (
                "fields",
                .raw(#"{"type":"object","additionalProperties":{"enum":["hidden","read_only","full"]}}"#)
            ), ("capabilities", .array(.string)),
        ],
        required: [],
        open: false
    )
    private static let session = JSONSchema.all([
        ("id", .id), ("created_at", .instant), ("last_seen_at", .instant), ("expires_at", .instant),
        ("address", .string), ("device", .string), ("current", .boolean),
    ])
    private static let key = JSONSchema.object(
        [
            ("id", .id), ("user", .id), ("name", .string), ("prefix", .string), ("scopes", .anything),
            ("created_at", .instant), ("expires_at", .nullable(.instant)), ("last_used_at", .nullable(.instant)),
            ("revoked_at", .nullable(.instant)), ("token", .string),
        ],
        required: ["id", "user", "name", "prefix", "scopes", "created_at"],
        open: false
    )
    private static let logIn = JSONSchema.all([
        ("id", .id), ("user", .nullable(.id)), ("email", .string), ("at", .instant), ("address", .string),
        ("device", .string), ("outcome", .string),
    ])
    private static let audit = JSONSchema.all([
        ("seq", .integer), ("at", .instant),
        ("actor", .all([("id", .nullable(.id)), ("name", .string)])), ("origin", .string),
        ("address", .nullable(.string)), ("action", .string), ("object", .nullable(.string)),
        ("record", .nullable(.id)), ("changes", .anything),
    ])
    private static let alert = JSONSchema.all([
        ("id", .id), ("kind", .words(["night_log_in", "unusual_export", "webhook_off"])), ("at", .instant),
        ("user", .all([("id", .nullable(.id)), ("name", .string)])), ("text", .string), ("address", .string),
        ("device", .string), ("details", .anything), ("seen_at", .nullable(.instant)), ("seen_by", .nullable(.string)),
    ])
    private static let timeline = JSONSchema.object(
        [
            ("kind", .string), ("at", .instant), ("object", .string), ("id", .id), ("title", .string),
            ("body", .nullable(.string)), ("actor", .nullable(.string)), ("activity_kind", .nullable(.string)),
            (
                "changes",
                .array(.all([("field", .string), ("before", .string), ("after", .string)]))
            ),
        ],
        required: ["kind", "at", "object", "id", "title"],
        open: false
    )
    private static let importStatus = JSONSchema.object(
        [
            ("id", .id), ("object", .string), ("file", .string), ("mode", .string), ("match", .array(.string)),
            ("dry_run", .boolean), ("state", .string), ("state_label", .string), ("created", .integer),
            ("updated", .integer), ("skipped", .integer), ("failed", .integer), ("rows", .integer),
            ("progress", .number), ("started_at", .instant), ("finished_at", .nullable(.instant)),
            ("message", .nullable(.string)), ("mapping", .anything), ("format", .string), ("undo", .anything),
            ("encoding", .string), ("separator", .string), ("quote", .string),
        ],
        required: ["id", "object", "state"],
        open: true
    )
    private static let share = JSONSchema.all([
        ("id", .id), ("user", .nullable(.id)), ("team", .nullable(.id)), ("name", .string), ("can_edit", .boolean),
    ])
    private static let settings = JSONSchema.object(
        [
            ("company_name", .string), ("base_currency", .string), ("time_zone", .string),
            ("language", .words(["zh", "en"])), ("country", .string), ("file_limit_mb", .string),
            ("file_allowed", .string), ("night_from", .string), ("night_to", .string),
            ("export_alert_rows", .string), ("export_alert_times", .string), ("export_alert_factor", .string),
            ("webhook_private_addresses", .words(["true", "false"])),
        ],
        required: [],
        open: false
    )
    private static let schema = JSONSchema.all([
        ("version", .integer), ("base_currency", .string), ("time_zone", .string), ("country", .string),
        ("file_limit_mb", .string), ("file_allowed", .string),
        ("objects", .array(.raw(#"{"type":"object","required":["key","plural","label","fields","rights"]}"#))),
    ])
    private static let plan = JSONSchema.all([
        ("object", .string), ("steps", .array(.all([("text", .string), ("sql", .nullable(.string))]))),
    ])
    private static let bulk = JSONSchema.all([
        ("matched", .integer), ("changed", .integer),
        ("failed", .array(.all([("id", .id), ("error", .reference("problem"))]))),
    ])
    private static let operation = JSONSchema.object(
        [
            ("op", .words(["create", "update", "delete"])), ("id", .id), ("version", .integer),
            ("data", .raw(#"{"type":"object"}"#)),
        ],
        required: ["op"],
        open: false
    )
    private static let result = JSONSchema.object(
        [("status", .integer), ("id", .id), ("version", .integer), ("error", .reference("problem"))],
        required: ["status"],
        open: false
    )
}
