import Database
import Foundation
import HTTPTypes
import Identity
import Records
import SQLText
import Schema
import Values

/// The workspace's settings and exchange rates.
enum SettingsAPI {
    static func show(_ call: Call) async throws -> Reply {
        try await call.read { session in try reply(session) }
    }

    static func change(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: Set(WorkspaceSettings.keys))
        let values = try WorkspaceSettings.keys.compactMap { key in try Members.text(input, key).map { (key, $0) } }
        return try await call.write { session in
            try WorkspaceSettings.change(values, session)
            return try reply(session)
        }
    }

    private static func reply(_ session: ReadSession) throws -> Reply {
        let values = try WorkspaceSettings.read(session)
        return Reply.object { json in
            for key in WorkspaceSettings.keys { json.member(key, values[key] ?? "") }
        }
    }

    static func rates(_ call: Call) async throws -> Reply {
        try await call.read { session in
            let rows = try session.connection.rows(
                "SELECT currency, day, rate FROM sys_rate ORDER BY currency, day DESC LIMIT 10000"
            )
            return Reply.list(rows) { row, json in
                json.object { json in
                    json.member("currency", row.text(0))
                    json.member("day", row.text(1))
                    json.member("rate", FixedPoint.text(row.integer(2), digits: 9))
                }
            }
        }
    }

    static func setRate(_ call: Call) async throws -> Reply {
        try call.actor.require(.settings)
        let input = try call.json()
        try Members.check(input, allowed: ["currency", "day", "rate"])
        let currency = try Members.requiredText(input, "currency")
        let text: String
        switch input["rate"] {
        case .string(let value), .number(let value): text = value
        default: text = ""
        }
        let rate = try WorkspaceSettings.rate(currency, try Members.requiredText(input, "day"), text)
        return try await call.write { session in
            try WorkspaceSettings.set(rate, session)
            return Reply.object(.created) { json in
                json.member("currency", currency)
                json.member("day", rate.day.description)
                json.member("rate", FixedPoint.text(rate.rate, digits: 9))
            }
        }
    }
}
