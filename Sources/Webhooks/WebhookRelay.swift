import Database
import Identity
import Records
import SQLText
import Schema
import Values

/// Turns events of the outbox into deliveries: each event at most once per subscription, with what the subscription's
/// person may see at that moment.
struct WebhookRelay: Sendable {
    let webhooks: Webhooks
    private static let portion = 200

    /// An event that concerns a subscription, and what it will say.
    private struct Capture: Sendable {
        let event: Int64
        let type: String
        let object: String
        let record: RecordID
        let payload: String
        /// What was captured of the record before holds what may no longer be told.
        let endsEarlier: Bool
    }

    private struct Portion: Sendable {
        var captures: [Capture] = []
        /// The newest event that was looked at.
        var seen: Int64
        var hasMore = false
    }

    /// Works off all that is new; the answer is how many deliveries it made.
    func run() async throws -> Int {
        let engine = webhooks.engine
        let behind = try await engine.database.read { connection in
            try Webhooks.all(
                "w.state = 'active' AND w.seen < (SELECT coalesce(max(id), 0) FROM sys_outbox)",
                on: connection
            )
        }
        var count = 0
        for webhook in behind { count += try await run(webhook) }
        return count
    }

    private func run(_ webhook: Webhook) async throws -> Int {
        guard let owner = try await webhooks.identities.actor(for: webhook.user) else {
            try await webhooks.switchOff(webhook.id, reason: .owner)
            return 0
        }
        let actor = owner.acting(from: .rule("webhook"))
        var (count, seen) = (0, webhook.seen)
        while !Task.isCancelled {
            let from = seen
            let portion = try await webhooks.engine.read(as: actor) { try self.capture(webhook, after: from, $0) }
            guard portion.seen > from else { break }
            guard let made = try await store(portion, of: webhook.id, after: from) else { break }
            count += made
            seen = portion.seen
            if !portion.hasMore { break }
        }
        return count
    }

    // MARK: Capturing

    private func capture(_ webhook: Webhook, after seen: Int64, _ session: ReadSession) throws -> Portion {
        let connection = session.connection
        let newest = try connection.value("SELECT max(id) FROM sys_outbox").integer ?? 0
        let patterns = webhook.events.compactMap(EventPattern.init).map(\.condition)
        guard !patterns.isEmpty else { return Portion(seen: newest) }
        let rows = try connection.rows(
            """
            SELECT id, at, object, record, action, changed FROM sys_outbox WHERE id > \(seen) AND id <= \(newest)
            AND (\(patterns.joined(" OR "))) ORDER BY id LIMIT \(WebhookRelay.portion)
            """
        )
        let isFull = rows.count == WebhookRelay.portion
        var portion = Portion(seen: isFull ? rows.last?.integer(0) ?? newest : newest, hasMore: isFull)
        let records = try self.records(rows, webhook, session)
        for row in rows {
            if let capture = try capture(row, records, webhook, session) { portion.captures.append(capture) }
        }
        return portion
    }

    /// What an event says to the person; nil for what it may not say.
    private func capture(
        _ row: Row,
        _ records: [String: [RecordID: [UInt8]]],
        _ webhook: Webhook,
        _ session: ReadSession
    ) throws -> Capture? {
        guard let object = session.schema.object(row.text(2)), let verb = WebhookVerb(action: row.text(4)) else {
            return nil
        }
        let id = RecordID(row.integer(3))
        let json = records[object.key]?[id]
        // It has been deleted for ever: only who sees all of them may hear of it, since nobody can say any more whether
        // others saw it.
        let isGone = json == nil && webhook.filter.isEmpty && session.actor.rights.on(object.key).read == .all
        guard json != nil || isGone else { return nil }
        let readable = Set(session.readableFields(object).map(\.key))
        let changed = row.text(5).split(separator: ",").map(String.init)
        let told = changed.filter(readable.contains)
        let reasons = verb == .warned ? webhooks.engine.heard(verb.action, changed, session) : []
        if verb == .warned, json == nil || reasons.isEmpty { return nil }
        // A change of nothing that the person may see says nothing to them.
        if verb == .updated, !changed.isEmpty, told.isEmpty { return nil }
        let message = Message(
            type: "\(object.key).\(verb.rawValue)",
            at: Instant(milliseconds: row.integer(1)),
            sequence: RecordID(row.integer(0)),
            object: object.key,
            id: id,
            changed: verb == .updated ? told : [],
            reasons: reasons,
            mergedInto: verb == .merged ? try session.mergedInto(object, id) : nil,
            record: json
        )
        return Capture(
            event: row.integer(0),
            type: message.type,
            object: object.key,
            record: id,
            payload: message.text,
            endsEarlier: verb == .erased || verb == .purged
        )
    }

    /// The JSON of the events' records, by object and id: a statement or two per object.
    private func records(_ rows: [Row], _ webhook: Webhook, _ session: ReadSession) throws -> [String: [RecordID:
        [UInt8]]]
    {
        var found: [String: [RecordID: [UInt8]]] = [:]
        for (key, events) in Dictionary(grouping: rows, by: { $0.text(2) }) {
            guard let object = session.schema.object(key), session.actor.rights.on(key).read != .none else { continue }
            let ids = Set(events.map { $0.integer(3) }).sorted().map(RecordID.init)
            do {
                found[key] = try session.captured(object, ids, filter: webhook.filter, fields: webhook.fields)
            } catch is Problem {
                // The filter names what the person may no longer read, or what is gone: then nothing matches it.
                found[key] = [:]
            }
        }
        return found
    }

    // MARK: Storing

    /// Stores deliveries and how far the subscription is in one transaction; nil when another process was quicker.
    private func store(_ portion: Portion, of webhook: RecordID, after seen: Int64) async throws -> Int? {
        try await webhooks.engine.write(as: .system("webhooks")) { session in
            let (connection, now) = (session.connection, session.now)
            let moved = try connection.run(
                """
                UPDATE sys_webhook SET seen = \(portion.seen)
                WHERE id = \(webhook) AND seen = \(seen) AND state = 'active'
                """
            )
            guard moved == 1 else { return nil }
            for capture in portion.captures {
                if capture.endsEarlier { try Webhooks.forget(capture.object, capture.record, at: now, on: connection) }
                try connection.run(
                    """
                    INSERT INTO sys_delivery (id, webhook, event, type, object, record, payload, state, due_at, created_at)
                    VALUES (\(session.newID()), \(webhook), \(capture.event), \(capture.type), \(capture.object),
                    \(capture.record), \(capture.payload), 'waiting', \(now), \(now))
                    ON CONFLICT (webhook, event) DO NOTHING
                    """
                )
            }
            if !portion.captures.isEmpty { connection.tell(.deliveries) }
            return portion.captures.count
        }
    }
}

/// What is sent: type, time and data, as in the Standard Webhooks specification.
struct Message {
    let type: String
    let at: Instant
    /// Grows with every event of the workspace; texts of the same length, so that they can be compared as they are.
    let sequence: RecordID
    let object: String
    let id: RecordID
    let changed: [String]
    /// Why somebody should look at it; only for warnings.
    var reasons: [String] = []
    /// The record that this one went into; nil for the one that others went into.
    var mergedInto: RecordID?
    /// The record's JSON; nil when it is gone.
    let record: [UInt8]?

    var text: String {
        var json = JSONWriter(capacity: 512 + (record?.count ?? 0))
        json.object { json in
            json.member("type", type)
            json.member("timestamp", at.description)
            json.key("data")
            json.object { json in
                json.member("object", object)
                json.key("id")
                json.id(id)
                json.key("sequence")
                json.id(sequence)
                if !changed.isEmpty {
                    json.key("changed")
                    json.array { json in for key in changed { json.string(key) } }
                }
                if !reasons.isEmpty {
                    json.key("reasons")
                    json.array { json in for reason in reasons { json.string(reason) } }
                }
                if let mergedInto {
                    json.key("merged_into")
                    json.id(mergedInto)
                }
                json.key("record")
                if let record { json.raw(String(decoding: record, as: UTF8.self)) } else { json.null() }
            }
        }
        return json.text
    }
}
