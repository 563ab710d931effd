import Database
import Delivery
import Identity
public import Records
import SQLText
import Schema
public import Values

extension Webhooks {
    /// The members that a subscription is made of.
    public static let members: Set<String> = ["name", "address", "events", "filter", "fields", "user", "active"]
    /// How long both secrets sign after a rotation unless told otherwise: a day.
    public static let overlap: Int64 = 86_400_000

    /// Makes a subscription from input in the API's form; the answer has its secret, which is shown this once.
    public func add(_ input: JSONValue, _ session: WriteSession) throws -> (webhook: Webhook, secret: String) {
        try session.actor.require(.settings)
        let count = try session.connection.value("SELECT count(*) FROM sys_webhook").integer ?? 0
        guard count < Webhooks.most else {
            throw Problem(
                .conflict,
                "too_many_webhooks",
                Label("A workspace has at most \(Webhooks.most) webhooks.", zh: "每个工作区最多 \(Webhooks.most) 个 Webhook。")
            )
        }
        let wanted = try WebhookInput(input, before: nil, by: session)
        try check(wanted, session)
        let (id, secret) = (session.newID(), try MessageSignature.newSecret())
        try session.connection.run(
            """
            INSERT INTO sys_webhook (id, name, address, user_id, events, filter, fields, secret, state, seen, created_at,
            updated_at) SELECT \(id), \(wanted.name), \(wanted.address), \(wanted.user), \(Webhook.text(wanted.events)),
            \(wanted.filter), \(wanted.fields.map(Webhook.text)), \(SQLValue.blob(try box.seal(secret))),
            \(wanted.active ? "active" : "paused"), coalesce(max(id), 0), \(session.now), \(session.now) FROM sys_outbox
            """
        )
        try note("create", id, before: nil, after: wanted, session)
        return (try find(id, session), MessageSignature.text(ofSecret: secret))
    }

    /// Changes what the input names. One that is made active again goes on where it stopped.
    public func change(_ id: RecordID, _ input: JSONValue, _ session: WriteSession) throws -> Webhook {
        let before = try find(id, session)
        let wanted = try WebhookInput(input, before: before, by: session)
        try check(wanted, session)
        try session.connection.run(
            """
            UPDATE sys_webhook SET name = \(wanted.name), address = \(wanted.address), user_id = \(wanted.user),
            events = \(Webhook.text(wanted.events)), filter = \(wanted.filter),
            fields = \(wanted.fields.map(Webhook.text)), updated_at = \(session.now) WHERE id = \(id)
            """
        )
        // What waited for it can go on.
        session.connection.tell(.records)
        session.connection.tell(.deliveries)
        let isActive = before.state == .active
        if wanted.active != isActive {
            try session.connection.run(
                """
                UPDATE sys_webhook SET state = \(wanted.active ? "active" : "paused"), reason = NULL, absences = 0,
                fails = 0, failing_since = NULL, rest_until = 0 WHERE id = \(id)
                """
            )
        }
        try note("update", id, before: WebhookInput(before), after: wanted, session)
        return try find(id, session)
    }

    /// Removes a subscription with its log; what waits is not sent.
    public func remove(_ id: RecordID, _ session: WriteSession) throws {
        let before = try find(id, session)
        let connection = session.connection
        try connection.run(
            "DELETE FROM sys_delivery_attempt WHERE delivery IN (SELECT id FROM sys_delivery WHERE webhook = \(id))"
        )
        try connection.run("DELETE FROM sys_delivery WHERE webhook = \(id)")
        try connection.run("DELETE FROM sys_webhook WHERE id = \(id)")
        try note("delete", id, before: WebhookInput(before), after: nil, session)
    }

    /// Makes a new secret, which is shown this once. For `overlap` milliseconds both sign, so that receivers can change
    /// over; 0 ends the old one at once.
    public func rotate(_ id: RecordID, overlap: Int64 = Webhooks.overlap, _ session: WriteSession) throws -> (
        webhook: Webhook, secret: String
    ) {
        let before = try find(id, session)
        guard (0...7 * 86_400_000).contains(overlap) else {
            throw Problem.invalid(
                "overlap_hours",
                "out_of_range",
                Label("Use a number of hours from 0 to 168.", zh: "请填写 0 到 168 之间的小时数。")
            )
        }
        let secret = try MessageSignature.newSecret()
        try session.connection.run(
            """
            UPDATE sys_webhook SET old_secret = secret, old_until = \(session.now.adding(milliseconds: overlap)),
            secret = \(SQLValue.blob(try box.seal(secret))), updated_at = \(session.now) WHERE id = \(id)
            """
        )
        try session.note(AuditEntry("rotate", object: "sys_webhook", record: id, changes: named(before.name)))
        return (try find(id, session), MessageSignature.text(ofSecret: secret))
    }

    private func check(_ wanted: WebhookInput, _ session: WriteSession) throws {
        let nearby = try Webhooks.allowsNearby(on: session.connection)
        try ReceiverAddress.check(wanted.address, field: "address", allowsNearby: nearby)
        try requireOwner(wanted.user, session)
        guard let owner = try identities.actor(for: wanted.user, on: session.connection) else {
            throw Problem.invalid("user", "unknown_user", Label("There is no such active user.", zh: "没有这位用户，或该用户未启用。"))
        }
        try session.reading(as: owner) { try wanted.check($0) }
    }

    private func note(
        _ action: String,
        _ id: RecordID,
        before: WebhookInput?,
        after: WebhookInput?,
        _ session: WriteSession
    ) throws {
        let (old, new) = (before?.audited ?? [:], after?.audited ?? [:])
        let members = Set(old.keys).union(new.keys).sorted().compactMap { key -> JSONValue.Member? in
            let (was, becomes) = (old[key] ?? .null, new[key] ?? .null)
            if was == becomes, key != "name" { return nil }
            return .init(key: key, value: .array([was, becomes]))
        }
        let changes = JSONValue.object(members).text
        try session.note(AuditEntry(action, object: "sys_webhook", record: id, changes: changes))
    }

    func named(_ name: String) -> String {
        JSONValue.object([.init(key: "name", value: .array([.string(name), .string(name)]))]).text
    }
}
