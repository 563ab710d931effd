public import Database
public import Records
import SQLText
public import Values

/// The log of deliveries, tests and replays.
extension Webhooks {
    /// Deliveries of a subscription, newest first.
    public func deliveries(
        of id: RecordID,
        state: WebhookDelivery.State? = nil,
        before: RecordID? = nil,
        limit: Int = 50,
        _ session: ReadSession
    ) throws -> [WebhookDelivery] {
        _ = try find(id, session)
        var condition: SQLFragment = "webhook = \(id) AND id < \(before?.raw ?? Int64.max)"
        if let state { condition += " AND state = \(state.rawValue)" }
        return try session.connection.rows(
            """
            SELECT \(raw: WebhookDelivery.columns) FROM sys_delivery WHERE \(condition)
            ORDER BY id DESC LIMIT \(max(1, min(limit, 200)))
            """
        ).map(WebhookDelivery.init)
    }

    /// One delivery with its tries, oldest first.
    public func delivery(_ id: RecordID, of webhook: RecordID, _ session: ReadSession) throws -> (
        delivery: WebhookDelivery, attempts: [WebhookAttempt]
    ) {
        _ = try find(webhook, session)
        let row = try session.connection.row(
            "SELECT \(raw: WebhookDelivery.columns) FROM sys_delivery WHERE id = \(id) AND webhook = \(webhook)"
        )
        guard let row else { throw Problem.notFound }
        let attempts = try session.connection.rows(
            """
            SELECT at, address, status, error, duration, answer FROM sys_delivery_attempt WHERE delivery = \(id)
            ORDER BY id LIMIT 200
            """
        ).map(WebhookAttempt.init)
        return (WebhookDelivery(row), attempts)
    }

    /// How many deliveries wait and have failed.
    public func counts(of id: RecordID, _ session: ReadSession) throws -> (waiting: Int64, failed: Int64) {
        func count(_ condition: SQLFragment) throws -> Int64 {
            let sql: SQLFragment = "SELECT count(*) FROM sys_delivery WHERE webhook = \(id) AND \(condition)"
            return try session.connection.value(sql).integer ?? 0
        }
        return (try count("state IN ('waiting', 'sending')"), try count("state = 'failed'"))
    }

    /// Sends a made-up event, so that somebody can see whether a receiver works. One that is paused gets it when it is
    /// made active.
    @discardableResult
    public func test(_ id: RecordID, _ session: WriteSession) throws -> WebhookDelivery {
        let webhook = try find(id, session)
        let delivery = session.newID()
        let message = Message(
            type: "webhook.test",
            at: session.now,
            sequence: delivery,
            object: "webhook",
            id: id,
            changed: [],
            record: nil
        )
        try session.connection.run(
            """
            INSERT INTO sys_delivery (id, webhook, event, type, object, record, payload, state, due_at, created_at)
            VALUES (\(delivery), \(id), NULL, \(message.type), '', \(delivery), \(message.text), 'waiting',
            \(session.now), \(session.now))
            """
        )
        session.connection.tell(.deliveries)
        try session.note(AuditEntry("test", object: "sys_webhook", record: id, changes: named(webhook.name)))
        return try self.delivery(delivery, of: id, session).delivery
    }

    /// Sends a delivery again, whether it arrived or was given up: the same message with a new signature.
    @discardableResult
    public func replay(_ delivery: RecordID, of id: RecordID, _ session: WriteSession) throws -> WebhookDelivery {
        let found = try self.delivery(delivery, of: id, session).delivery
        guard found.state == .done || found.state == .failed else {
            throw Problem(
                .conflict,
                "delivery_under_way",
                Label("This delivery is still under way.", zh: "该投递仍在进行中。")
            )
        }
        guard !found.payload.isEmpty else {
            throw Problem(
                .conflict,
                "payload_erased",
                Label("What it said has been erased.", zh: "该投递的内容已被抹除。")
            )
        }
        try again("id = \(delivery)", session)
        try noteReplay(id, count: 1, session)
        return try self.delivery(delivery, of: id, session).delivery
    }

    /// Sends all again that was given up and made since a moment; the answer is how many.
    public func replayFailed(of id: RecordID, since: Instant, _ session: WriteSession) throws -> Int {
        _ = try find(id, session)
        let count = try again(
            "webhook = \(id) AND state = 'failed' AND created_at >= \(since) AND payload <> ''",
            session
        )
        if count > 0 { try noteReplay(id, count: count, session) }
        return count
    }

    @discardableResult
    private func again(_ condition: SQLFragment, _ session: WriteSession) throws -> Int {
        session.connection.tell(.deliveries)
        return try session.connection.run(
            """
            UPDATE sys_delivery SET state = 'waiting', due_at = \(session.now), tries = 0, held = 0, finished_at = NULL
            WHERE \(condition)
            """
        )
    }

    private func noteReplay(_ id: RecordID, count: Int, _ session: WriteSession) throws {
        let changes = JSONValue.object([.init(key: "count", value: .number(String(count)))]).text
        try session.note(AuditEntry("replay", object: "sys_webhook", record: id, changes: changes))
    }

    // MARK: Clearing away

    /// Empties what the log holds of a record that was erased or deleted for ever, and gives up what waits.
    static func forget(_ object: String, _ record: RecordID, at now: Instant, on connection: Connection) throws {
        let of: SQLFragment = "record = \(record) AND object = \(object)"
        try connection.run(
            """
            UPDATE sys_delivery_attempt SET answer = '' WHERE delivery IN (SELECT id FROM sys_delivery WHERE \(of))
            """
        )
        try connection.run(
            """
            UPDATE sys_delivery SET payload = '', error = \(erased), finished_at = coalesce(finished_at, \(now)),
            state = CASE WHEN state = 'done' THEN 'done' ELSE 'failed' END WHERE \(of) AND payload <> ''
            """
        )
    }

    private static let erased = "内容已抹除 · erased"

    /// The oldest event that a subscription still needs: older ones may be cleared away. A paused one counts too, for a
    /// week, so that it can go on where it stopped.
    public static func needed(on connection: Connection) throws -> RecordID? {
        let oldest = try connection.value("SELECT min(seen) FROM sys_webhook WHERE state = 'active'")
        return oldest.integer.map { RecordID($0 + 1) }
    }

    /// Removes deliveries that arrived thirty days ago or were given up ninety days ago, and what the log holds of
    /// records that were erased meanwhile; true when there is more.
    public func sweep(on connection: Connection) throws -> Bool {
        let now = engine.clock.now()
        let gone = try connection.rows(
            """
            SELECT DISTINCT d.object, d.record FROM sys_delivery d JOIN sys_outbox o ON o.record = d.record
            AND o.object = d.object WHERE o.action IN ('erase', 'purge') AND d.event < o.id AND d.payload <> '' LIMIT 200
            """
        )
        for row in gone { try Webhooks.forget(row.text(0), RecordID(row.integer(1)), at: now, on: connection) }
        let day: Int64 = 86_400_000
        let (month, quarter) = (now.adding(milliseconds: -30 * day), now.adding(milliseconds: -90 * day))
        let old = try connection.rows(
            """
            SELECT id FROM sys_delivery WHERE finished_at < \(month) AND (state = 'done' OR finished_at < \(quarter))
            LIMIT 1000
            """
        ).map { $0[0] }
        try connection.run("DELETE FROM sys_delivery_attempt WHERE delivery IN \(list: old)")
        try connection.run("DELETE FROM sys_delivery WHERE id IN \(list: old)")
        return old.count == 1000
    }
}

extension Webhooks {
    /// For how many milliseconds the delivery has waited that is due the longest; 0 where none is.
    public func longestWait(on connection: Connection) throws -> Int64 {
        let now = engine.clock.now()
        let due = try connection.value(
            """
            SELECT min(due_at) FROM sys_delivery d JOIN sys_webhook w ON w.id = d.webhook
            WHERE w.state = 'active' AND d.state = 'waiting' AND d.due_at <= \(now)
            """
        )
        return due.integer.map { now.milliseconds - $0 } ?? 0
    }
}
