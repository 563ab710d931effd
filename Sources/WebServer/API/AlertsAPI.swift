import Alerts
import Records
import Values

/// Security alerts, for those who may read the audit log.
enum AlertsAPI {
    static func list(_ call: Call) async throws -> Reply {
        try call.query.allow(["seen", "limit", "cursor"])
        let seen = call.query["seen"] == nil ? nil : try call.query.flag("seen")
        let limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        let (before, language) = (try call.query.id("cursor"), call.language)
        return try await call.read { session in
            let alerts = try Alerts.list(seen: seen, before: before, limit: limit, session)
            let next = alerts.count == limit ? alerts.last?.id.description : nil
            return Reply.list(alerts, next: next) { write($0, language, to: &$1) }
        }
    }

    static func see(_ call: Call) async throws -> Reply {
        let (id, language) = (try call.recordID(), call.language)
        return try await call.write { session in
            let alert = try Alerts.markSeen(id, session)
            return Reply.json { write(alert, language, to: &$0) }
        }
    }

    private static func write(_ alert: Alert, _ language: Language, to json: inout JSONWriter) {
        json.object { json in
            json.key("id")
            json.id(alert.id)
            json.member("kind", alert.kind.rawValue)
            json.member("at", alert.at.description)
            json.key("user")
            json.object { json in
                json.member("id", alert.user?.description)
                json.member("name", alert.userName)
            }
            json.member("text", alert.explanation.text(language))
            json.member("address", alert.address)
            json.member("device", alert.device)
            json.key("details")
            json.value(alert.details)
            json.member("seen_at", alert.seenAt?.description)
            json.member("seen_by", alert.seenBy)
        }
    }
}
