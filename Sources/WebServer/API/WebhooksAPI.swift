import HTTPTypes
import Identity
import Records
import Values
import Webhooks

/// Webhooks: subscriptions, their deliveries, replay and rotation of secrets.
enum WebhooksAPI {
    static func list(_ call: Call) async throws -> Reply {
        try call.query.allow([])
        let webhooks = call.workspace.webhooks
        return try await call.read { session in
            Reply.list(try webhooks.list(session)) { webhook, json in json.object { members(webhook, to: &$0) } }
        }
    }

    static func one(_ call: Call) async throws -> Reply {
        let (webhooks, id) = (call.workspace.webhooks, try call.recordID())
        return try await call.read { shown(try webhooks.find(id, $0)) }
    }

    static func add(_ call: Call) async throws -> Reply {
        let (webhooks, input) = (call.workspace.webhooks, try call.json())
        return try await call.write { session in
            let made = try webhooks.add(input, session)
            var reply = shown(made.webhook, secret: made.secret, .created)
            reply.headers[.location] = "/api/v1/webhooks/\(made.webhook.id)"
            return reply
        }
    }

    static func change(_ call: Call) async throws -> Reply {
        let (webhooks, id, input) = (call.workspace.webhooks, try call.recordID(), try call.json())
        return try await call.write { shown(try webhooks.change(id, input, $0)) }
    }

    static func remove(_ call: Call) async throws -> Reply {
        let (webhooks, id) = (call.workspace.webhooks, try call.recordID())
        return try await call.write { session in
            try webhooks.remove(id, session)
            return .noContent
        }
    }

    static func rotate(_ call: Call) async throws -> Reply {
        let (webhooks, id, input) = (call.workspace.webhooks, try call.recordID(), try call.json())
        try Members.check(input, allowed: ["overlap_hours"])
        let hours = min(10_000, max(-1, try Members.integer(input, "overlap_hours") ?? 24))
        return try await call.write { session in
            let made = try webhooks.rotate(id, overlap: hours * 3_600_000, session)
            return shown(made.webhook, secret: made.secret)
        }
    }

    static func test(_ call: Call) async throws -> Reply {
        let (webhooks, id) = (call.workspace.webhooks, try call.recordID())
        try Members.check(try call.json(), allowed: [])
        return try await call.write { shown(try webhooks.test(id, $0), status: .accepted) }
    }

    // MARK: The log

    static func deliveries(_ call: Call) async throws -> Reply {
        try call.query.allow(["state", "limit", "cursor"])
        let (webhooks, id) = (call.workspace.webhooks, try call.recordID())
        let limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        let before = try call.query.id("cursor")
        var state: WebhookDelivery.State?
        if let word = call.query["state"] {
            guard let known = WebhookDelivery.State(rawValue: word) else {
                let words = WebhookDelivery.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.invalid(
                    "state",
                    "unknown_choice",
                    Label("«state» must be one of \(words).", zh: "state 只能是 \(words) 之一。")
                )
            }
            state = known
        }
        let wanted = state
        return try await call.read { session in
            let found = try webhooks.deliveries(of: id, state: wanted, before: before, limit: limit, session)
            let next = found.count == limit ? found.last?.id.description : nil
            return Reply.list(found, next: next) { delivery, json in json.object { members(delivery, to: &$0) } }
        }
    }

    static func delivery(_ call: Call) async throws -> Reply {
        let (webhooks, id, delivery) = (call.workspace.webhooks, try call.recordID(), try call.recordID("delivery"))
        return try await call.read { session in
            let found = try webhooks.delivery(delivery, of: id, session)
            return Reply.object { json in
                members(found.delivery, to: &json)
                json.member("payload", found.delivery.payload)
                json.key("log")
                json.array { json in
                    for attempt in found.attempts {
                        json.object { json in
                            json.member("at", attempt.at.description)
                            json.member("address", attempt.address)
                            number("status", attempt.status, to: &json)
                            json.member("error", attempt.error)
                            json.member("duration_ms", attempt.duration)
                            json.member("answer", attempt.answer)
                        }
                    }
                }
            }
        }
    }

    static func replay(_ call: Call) async throws -> Reply {
        let (webhooks, id, delivery) = (call.workspace.webhooks, try call.recordID(), try call.recordID("delivery"))
        try Members.check(try call.json(), allowed: [])
        return try await call.write { shown(try webhooks.replay(delivery, of: id, $0), status: .accepted) }
    }

    static func replayFailed(_ call: Call) async throws -> Reply {
        let (webhooks, id, input) = (call.workspace.webhooks, try call.recordID(), try call.json())
        try Members.check(input, allowed: ["since"])
        guard let since = try Members.instant(input, "since") else { throw Members.missing("since") }
        return try await call.write { session in
            let count = try webhooks.replayFailed(of: id, since: since, session)
            return Reply.object(.accepted) { $0.member("count", Int64(count)) }
        }
    }

    // MARK: JSON

    private static func shown(
        _ webhook: Webhook,
        secret: String? = nil,
        _ status: HTTPResponse.Status = .ok
    ) -> Reply {
        Reply.object(status) { json in
            members(webhook, to: &json)
            if let secret { json.member("secret", secret) }
        }
    }

    private static func members(_ webhook: Webhook, to json: inout JSONWriter) {
        json.key("id")
        json.id(webhook.id)
        json.member("name", webhook.name)
        json.member("address", webhook.address)
        json.key("user")
        json.object { json in
            json.key("id")
            json.id(webhook.user)
            json.member("name", webhook.userName)
        }
        json.key("events")
        json.array { json in for event in webhook.events { json.string(event) } }
        json.member("filter", webhook.filter)
        json.key("fields")
        if let fields = webhook.fields {
            json.array { json in for field in fields { json.string(field) } }
        } else {
            json.null()
        }
        json.member("active", webhook.state == .active)
        json.member("state", webhook.state.rawValue)
        json.member("reason", webhook.reason)
        json.member("old_secret_until", webhook.oldSecretUntil?.description)
        json.member("failing_since", webhook.failingSince?.description)
        json.member("created_at", webhook.createdAt.description)
        json.member("updated_at", webhook.updatedAt.description)
    }

    private static func shown(_ delivery: WebhookDelivery, status: HTTPResponse.Status) -> Reply {
        Reply.object(status) { members(delivery, to: &$0) }
    }

    private static func members(_ delivery: WebhookDelivery, to json: inout JSONWriter) {
        json.key("id")
        json.id(delivery.id)
        json.member("message", delivery.messageID)
        json.member("type", delivery.type)
        json.member("object", delivery.object.isEmpty ? nil : delivery.object)
        json.member("record", delivery.object.isEmpty ? nil : delivery.record.description)
        json.member("state", delivery.state.rawValue)
        json.member("due_at", delivery.finishedAt == nil ? delivery.dueAt.description : nil)
        json.member("attempts", Int64(delivery.attempts))
        number("status", delivery.status, to: &json)
        json.member("error", delivery.error)
        number("duration_ms", delivery.duration.map(Int.init), to: &json)
        json.member("created_at", delivery.createdAt.description)
        json.member("finished_at", delivery.finishedAt?.description)
    }

    private static func number(_ name: String, _ value: Int?, to json: inout JSONWriter) {
        json.key(name)
        json.value(value.map { .number(String($0)) } ?? .null)
    }
}
