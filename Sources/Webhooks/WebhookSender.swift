import Database
import Delivery
import Identity
import Records
import SQLText
import Values

/// Sends deliveries whose time has come: those of one record in their order, few at a time for one receiver.
struct WebhookSender: Sendable {
    let webhooks: Webhooks
    /// How long a try is believed to go on before another process may take it over.
    private static let lease: Int64 = 60_000
    /// How many run at the same time for one receiver, so that a slow one leaves room for others.
    private static let perReceiver = 4
    /// After so many days without success, and not before so many tries, a receiver is given up.
    private static let patience: (milliseconds: Int64, tries: Int64) = (5 * 86_400_000, 12)

    /// A delivery in hand.
    struct Claimed: Sendable {
        let delivery: WebhookDelivery
        let address: String
        let secrets: [[UInt8]]
        let allowsNearby: Bool
        let lease: Int64
    }

    // MARK: Taking

    /// Takes up to `room` deliveries that are due.
    func claim(_ room: Int) async throws -> [Claimed] {
        guard room > 0 else { return [] }
        let database = webhooks.engine.database
        let found = try await database.read { try self.due(room, on: $0) }
        guard !found.isEmpty else { return [] }
        let (clock, lease) = (webhooks.engine.clock, Int64.random(in: 1...Int64.max))
        return try await database.write { connection in
            let until = clock.now().adding(milliseconds: WebhookSender.lease)
            return try found.filter { claimed in
                try connection.run(
                    """
                    UPDATE sys_delivery SET state = 'sending', tries = tries + 1, attempts = attempts + 1,
                    lease = \(lease), due_at = \(until) WHERE id = \(claimed.delivery.id)
                    AND (state = 'waiting' OR state = 'sending' AND due_at <= \(clock.now()))
                    """
                ) == 1
            }.map { claimed in
                let row = try connection.row(
                    "SELECT \(raw: WebhookDelivery.columns) FROM sys_delivery WHERE id = \(claimed.delivery.id)"
                )
                return Claimed(
                    delivery: row.map(WebhookDelivery.init) ?? claimed.delivery,
                    address: claimed.address,
                    secrets: claimed.secrets,
                    allowsNearby: claimed.allowsNearby,
                    lease: lease
                )
            }
        }
    }

    /// How long it is until a delivery is due to somebody who does not rest.
    func untilDue() async throws -> Duration {
        let now = webhooks.engine.clock.now().milliseconds
        let due = try await webhooks.engine.database.read { connection in
            try connection.rows(
                """
                SELECT rest_until, (SELECT min(due_at) FROM sys_delivery WHERE webhook = w.id AND state = 'waiting'),
                (SELECT min(due_at) FROM sys_delivery WHERE webhook = w.id AND state = 'sending')
                FROM sys_webhook w WHERE state = 'active'
                """
            ).compactMap { row in
                [row[1].integer, row[2].integer].compactMap(\.self).min().map { max($0, row.integer(0)) }
            }.min()
        }
        return .milliseconds(max(0, (due ?? now + 86_400_000) - now))
    }

    private func due(_ room: Int, on connection: Connection) throws -> [Claimed] {
        let now = webhooks.engine.clock.now()
        let receivers = try connection.rows(
            """
            SELECT w.id, w.address, w.absences, (SELECT count(*) FROM sys_delivery s WHERE s.webhook = w.id
            AND s.state = 'sending' AND s.due_at > \(now)) FROM sys_webhook w JOIN sys_user u ON u.id = w.user_id
            WHERE w.state = 'active' AND w.rest_until <= \(now) AND u.state = 'active'
            """
        )
        let nearby = try Webhooks.allowsNearby(on: connection)
        var found: [Claimed] = []
        for receiver in receivers.shuffled() {
            // One that was away is asked by one message whether it is back.
            let most = receiver.integer(2) > 0 ? 1 : WebhookSender.perReceiver
            let free = min(most - Int(receiver.integer(3)), room - found.count)
            guard free > 0 else { continue }
            let id = RecordID(receiver.integer(0))
            let rows = try rows(of: id, free, at: now, on: connection)
            if rows.isEmpty { continue }
            let secrets = try Webhooks.secrets(of: id, box: webhooks.box, at: now, on: connection)
            found += rows.map { row in
                Claimed(
                    delivery: WebhookDelivery(row),
                    address: receiver.text(1),
                    secrets: secrets,
                    allowsNearby: nearby,
                    lease: 0
                )
            }
        }
        return found
    }

    /// What is due of one subscription: nothing whose record has something older on the way, and again what a process
    /// that has ended was sending.
    private func rows(of id: RecordID, _ limit: Int, at now: Instant, on connection: Connection) throws -> [Row] {
        let left = try connection.rows(
            """
            SELECT \(raw: WebhookDelivery.columns) FROM sys_delivery WHERE webhook = \(id) AND state = 'sending'
            AND due_at <= \(now) ORDER BY due_at, id LIMIT \(limit)
            """
        )
        guard left.count < limit else { return left }
        return try left
            + connection.rows(
                """
                SELECT \(raw: WebhookDelivery.columns) FROM sys_delivery d WHERE webhook = \(id) AND state = 'waiting'
                AND due_at <= \(now) AND NOT EXISTS (SELECT 1 FROM sys_delivery e WHERE e.webhook = d.webhook
                AND e.object = d.object AND e.record = d.record AND e.id < d.id AND e.state IN ('waiting', 'sending'))
                ORDER BY due_at, id LIMIT \(limit - left.count)
                """
            )
    }

    // MARK: Sending

    /// Sends one and notes how it went.
    func send(_ claimed: Claimed) async throws {
        let (delivery, now) = (claimed.delivery, webhooks.engine.clock.now())
        let body = Array(delivery.payload.utf8)
        var answer = OutgoingAnswer(
            error: Label(
                "The secret cannot be read: the key file is not the one it was made with.",
                zh: "无法读取签名密钥：密钥文件已更换。"
            )
        )
        if !claimed.secrets.isEmpty {
            let signed = MessageSignature.headers(
                id: delivery.messageID,
                at: now,
                body: body,
                secrets: claimed.secrets
            )
            let call = OutgoingCall(
                to: claimed.address,
                headers: [("Content-Type", "application/json")] + signed,
                body: body,
                allowsNearby: claimed.allowsNearby
            )
            answer = await webhooks.http.send(call)
        }
        let result = answer
        let switchedOff = try await webhooks.engine.database.write { connection in
            try self.note(claimed, result, startedAt: now, on: connection)
        }
        if let reason = switchedOff { try await webhooks.switchOff(delivery.webhook, reason: reason) }
    }

    /// Notes a try; the answer is why the subscription must be switched off, if it must.
    private func note(
        _ claimed: Claimed,
        _ answer: OutgoingAnswer,
        startedAt: Instant,
        on connection: Connection
    ) throws -> Webhooks.OffReason? {
        let (delivery, now) = (claimed.delivery, webhooks.engine.clock.now())
        let isDone = answer.isAccepted
        let isLast = answer.status == 410 || delivery.tries >= Backoff.tries
        let state: WebhookDelivery.State = isDone ? .done : isLast ? .failed : .waiting
        let pause = max(
            Backoff.pause(afterTries: delivery.tries, chance: webhooks.chance()),
            min(answer.retryAfter ?? 0, 86_400) * 1000
        )
        let held: Int64 = !isDone && answer.isAbsence ? 1 : 0
        let error = isDone ? nil : words(answer)
        let count = try connection.run(
            """
            UPDATE sys_delivery SET state = \(state.rawValue), due_at = \(now.adding(milliseconds: pause)),
            held = \(held), lease = NULL, status = \(SQLValue(answer.status.map(Int64.init))), error = \(error),
            duration = \(answer.duration), finished_at = \(state == .waiting ? SQLValue.null : SQLValue(now))
            WHERE id = \(delivery.id) AND lease = \(claimed.lease)
            """
        )
        // Another process has taken it over, it was removed, or what it said was erased meanwhile.
        guard count == 1 else { return nil }
        try connection.run(
            """
            INSERT INTO sys_delivery_attempt (id, delivery, at, address, status, error, duration, answer)
            VALUES (\(webhooks.engine.ids.next()), \(delivery.id), \(startedAt), \(claimed.address),
            \(SQLValue(answer.status.map(Int64.init))), \(error), \(answer.duration), \(WebhookSender.text(answer.body)))
            """
        )
        if answer.status == 410 { return .gone }
        return isDone
            ? try noteSuccess(delivery.webhook, at: now, on: connection)
            : try noteFailure(delivery.webhook, answer, at: now, on: connection)
    }

    /// A receiver that was away is back: what waited for it is due.
    private func noteSuccess(_ id: RecordID, at now: Instant, on connection: Connection) throws -> Webhooks.OffReason? {
        let wasFailing = try connection.run(
            """
            UPDATE sys_webhook SET absences = 0, fails = 0, failing_since = NULL, rest_until = 0
            WHERE id = \(id) AND (fails > 0 OR absences > 0)
            """
        )
        if wasFailing > 0 {
            try connection.run(
                """
                UPDATE sys_delivery SET due_at = \(now), held = 0
                WHERE webhook = \(id) AND state = 'waiting' AND held = 1 AND due_at > \(now)
                """
            )
        }
        return nil
    }

    private func noteFailure(
        _ id: RecordID,
        _ answer: OutgoingAnswer,
        at now: Instant,
        on connection: Connection
    ) throws -> Webhooks.OffReason? {
        let row = try connection.row("SELECT absences, fails, failing_since FROM sys_webhook WHERE id = \(id)")
        guard let row else { return nil }
        let absences = answer.isAbsence ? row.integer(0) + 1 : 0
        let rest = max(
            Backoff.rest(afterFailures: Int(absences), chance: webhooks.chance()),
            min(answer.retryAfter ?? 0, 86_400) * 1000
        )
        let since = row[2].integer ?? now.milliseconds
        try connection.run(
            """
            UPDATE sys_webhook SET absences = \(absences), fails = fails + 1, failing_since = \(since),
            rest_until = \(absences > 0 ? now.milliseconds + rest : 0) WHERE id = \(id)
            """
        )
        let isOver = now.milliseconds - since >= WebhookSender.patience.milliseconds
        return isOver && row.integer(1) + 1 >= WebhookSender.patience.tries ? .failing : nil
    }

    private func words(_ answer: OutgoingAnswer) -> String {
        var label = answer.error
        if label == nil, let status = answer.status {
            label =
                (300...399).contains(status)
                ? Label("The answer was \(status); redirects are not followed.", zh: "接收方返回 \(status)，不跟随重定向。")
                : Label("The answer was \(status).", zh: "接收方返回 \(status)。")
        }
        return label.map { "\($0.zh) \($0.en)" } ?? ""
    }

    /// Bytes as text that can be stored: what is no text or no printable character is replaced.
    private static func text(_ bytes: [UInt8]) -> String {
        String(
            String.UnicodeScalarView(
                String(decoding: bytes, as: UTF8.self).unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }
            )
        )
    }
}

extension Webhooks {
    /// Why the program switches a subscription off.
    enum OffReason: String, Sendable {
        /// The receiver says that it is gone for good.
        case gone
        /// Nothing has arrived for days.
        case failing
        /// The person it belongs to is no longer active.
        case owner
    }

    /// Switches a subscription off; the entry of the audit log raises an alert for administrators.
    func switchOff(_ id: RecordID, reason: OffReason) async throws {
        try await engine.write(as: .system("webhooks")) { session in
            let count = try session.connection.run(
                """
                UPDATE sys_webhook SET state = 'off', reason = \(reason.rawValue), updated_at = \(session.now)
                WHERE id = \(id) AND state = 'active'
                """
            )
            guard count == 1, let webhook = try Webhooks.all("w.id = \(id)", on: session.connection).first else {
                return
            }
            let changes = JSONValue.object([
                .init(key: "name", value: .array([.string(webhook.name), .string(webhook.name)])),
                .init(key: "reason", value: .string(reason.rawValue)),
                .init(key: "user", value: .string(webhook.user.description)),
                .init(key: "address", value: .string(webhook.address)),
            ])
            try session.note(AuditEntry("webhook_off", object: "sys_webhook", record: id, changes: changes.text))
        }
    }
}
