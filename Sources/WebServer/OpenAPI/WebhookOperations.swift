import Values

/// Webhooks.
extension Operation {
    private static let settable: [(name: String, schema: JSONSchema)] = [
        ("name", .string), ("address", .string), ("user", .id), ("events", .array(.string)), ("filter", .string),
        ("fields", .nullable(.array(.string))), ("active", .boolean),
    ]
    private static let stored: [(name: String, schema: JSONSchema)] = [
        ("id", .id), ("name", .string), ("address", .string), ("user", .all([("id", .id), ("name", .string)])),
        ("events", .array(.string)), ("filter", .string), ("fields", .nullable(.array(.string))), ("active", .boolean),
        ("state", .words(["active", "paused", "off"])), ("reason", .nullable(.string)),
        ("old_secret_until", .nullable(.instant)), ("failing_since", .nullable(.instant)), ("created_at", .instant),
        ("updated_at", .instant),
    ]
    private static let webhook = JSONSchema.all(stored)
    private static let withSecret = JSONSchema.all(stored + [("secret", .string)])
    private static let sent: [(name: String, schema: JSONSchema)] = [
        ("id", .id), ("message", .string), ("type", .string), ("object", .nullable(.string)),
        ("record", .nullable(.id)),
        ("state", .words(["waiting", "sending", "done", "failed"])), ("due_at", .nullable(.instant)),
        ("attempts", .integer), ("status", .nullable(.integer)), ("error", .nullable(.string)),
        ("duration_ms", .nullable(.integer)), ("created_at", .instant), ("finished_at", .nullable(.instant)),
    ]
    private static let delivery = JSONSchema.all(sent)
    private static let attempt = JSONSchema.all([
        ("at", .instant), ("address", .string), ("status", .nullable(.integer)), ("error", .nullable(.string)),
        ("duration_ms", .integer), ("answer", .string),
    ])

    static let webhooks = Operation("webhooks", "Webhooks", "The webhooks", output: .json(.list(webhook)))
    static let oneWebhook = Operation("webhook", "Webhooks", "One webhook", output: .json(webhook))
    static let addWebhook = Operation(
        "add_webhook",
        "Webhooks",
        "Adds a webhook; the secret is shown this once",
        status: 201,
        input: .json(.object(settable, required: ["address", "events"], open: false)),
        output: .json(withSecret)
    )
    static let changeWebhook = Operation(
        "change_webhook",
        "Webhooks",
        "Changes a webhook; one that is made active goes on where it stopped",
        input: .json(.object(settable, required: [], open: false)),
        output: .json(webhook)
    )
    static let removeWebhook = Operation("remove_webhook", "Webhooks", "Removes a webhook with its log", status: 204)
    static let rotateWebhook = Operation(
        "rotate_webhook",
        "Webhooks",
        "Makes a new secret; for `overlap_hours` (24 if left out) both sign",
        input: .json(
            .object(
                [("overlap_hours", .raw(#"{"type":"integer","minimum":0,"maximum":168}"#))],
                required: [],
                open: false
            )
        ),
        output: .json(withSecret)
    )
    static let testWebhook = Operation(
        "test_webhook",
        "Webhooks",
        "Sends a test event",
        status: 202,
        input: .json(.object([], required: [], open: false)),
        output: .json(delivery)
    )
    static let deliveries = Operation(
        "deliveries",
        "Webhooks",
        "The deliveries of a webhook, newest first",
        parameters: [
            Parameter(
                name: "state",
                schema: .words(["waiting", "sending", "done", "failed"]),
                text: "Only those in this state"
            ), .limit, .cursor,
        ],
        output: .json(.list(delivery))
    )
    static let oneDelivery = Operation(
        "delivery",
        "Webhooks",
        "One delivery: the body that is sent, and each try with the first bytes of its answer",
        output: .json(.all(sent + [("payload", .string), ("log", .array(attempt))]))
    )
    static let replayDelivery = Operation(
        "replay_delivery",
        "Webhooks",
        "Sends a delivery again that has arrived or was given up",
        status: 202,
        input: .json(.object([], required: [], open: false)),
        output: .json(delivery)
    )
    static let replayFailed = Operation(
        "replay_failed",
        "Webhooks",
        "Sends all again that was given up and made since a moment",
        status: 202,
        input: .json(.object([("since", .instant)], required: ["since"], open: false)),
        output: .json(.all([("count", .integer)]))
    )
}
