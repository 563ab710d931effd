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
    private static let known = ["company_name", "base_currency", "time_zone", "language"]

    static func show(_ call: Call) async throws -> Reply {
        try await call.read { session in try reply(session) }
    }

    static func change(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: Set(known))
        let values = try known.compactMap { key in try Members.text(input, key).map { (key, $0) } }
        for (key, value) in values { try check(key, value) }
        return try await call.write { session in
            try session.actor.require(.settings)
            for (key, value) in values {
                if key == "base_currency", value != session.schema.baseCurrency { try refuseIfMoney(session) }
                try session.connection.run(
                    """
                    INSERT INTO sys_setting (key, value) VALUES (\(key), \(value))
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value
                    """
                )
            }
            // Settings are part of what every session keeps of the schema.
            try session.connection.run(
                """
                INSERT INTO sys_counter (name, value) VALUES ('schema_version', 1)
                ON CONFLICT (name) DO UPDATE SET value = sys_counter.value + 1
                """
            )
            let changes = JSONValue.object(values.map { .init(key: $0.0, value: .string($0.1)) }).text
            try Audit.add(
                AuditEntry("settings", changes: changes),
                by: session.actor,
                at: session.now,
                on: session.connection
            )
            return try reply(session)
        }
    }

    private static func check(_ key: String, _ value: String) throws {
        switch key {
        case "base_currency" where Currency.digits(value) == nil:
            throw Problem.invalid(key, "unknown_currency", Label("Use a code such as CNY.", zh: "请填写货币代码，例如 CNY。"))
        case "time_zone" where TimeZone(identifier: value) == nil || value.utf8.count > 64:
            throw Problem.invalid(
                key,
                "unknown_time_zone",
                Label("Use a name such as Asia/Shanghai.", zh: "请填写时区名称，例如 Asia/Shanghai。")
            )
        case "language" where Language(rawValue: value) == nil:
            throw Problem.invalid(key, "unknown_choice", Label("Use «zh» or «en».", zh: "只能是 zh 或 en。"))
        case "company_name" where value.count > 200 || value.unicodeScalars.contains { $0.value < 0x20 }:
            throw Problem.invalid(key, "too_long", Label("At most 200 characters.", zh: "最多 200 个字。"))
        default: break
        }
    }

    /// Amounts are kept in the base currency too; another one would make all of them wrong.
    private static func refuseIfMoney(_ session: WriteSession) throws {
        for object in session.schema.objects {
            for field in object.fields where field.kind == .money {
                let sql: SQLFragment = "SELECT 1 FROM \(name: object.key) WHERE \(name: field.key) IS NOT NULL LIMIT 1"
                guard try session.connection.row(sql) == nil else {
                    throw Problem(
                        .conflict,
                        "base_currency_fixed",
                        Label(
                            "There are amounts already; the base currency can no longer change.",
                            zh: "已有金额数据，本位币不能再修改。"
                        )
                    )
                }
            }
        }
    }

    private static func reply(_ session: ReadSession) throws -> Reply {
        let rows = try session.connection.rows("SELECT key, value FROM sys_setting")
        let stored = Dictionary(rows.map { ($0.text(0), $0.text(1)) }) { first, _ in first }
        return Reply.object { json in
            json.member("company_name", stored["company_name"] ?? "")
            json.member("base_currency", stored["base_currency"] ?? "CNY")
            json.member("time_zone", stored["time_zone"] ?? "Asia/Shanghai")
            json.member("language", stored["language"] ?? "zh")
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
        let input = try call.json()
        try Members.check(input, allowed: ["currency", "day", "rate"])
        let currency = try Members.requiredText(input, "currency")
        guard Currency.digits(currency) != nil else {
            throw Problem.invalid(
                "currency",
                "unknown_currency",
                Label("Use a code such as USD.", zh: "请填写货币代码，例如 USD。")
            )
        }
        guard let day = Day(try Members.requiredText(input, "day")) else {
            throw Problem.invalid(
                "day",
                "not_a_date",
                Label("Use a date such as 2026-01-31.", zh: "请填写日期，例如 2026-01-31。")
            )
        }
        let wrong = Problem.invalid(
            "rate",
            "not_a_rate",
            Label("Use a number above zero with at most nine decimals.", zh: "请填写大于零的汇率，最多九位小数。")
        )
        let text: String
        switch input["rate"] {
        case .string(let value), .number(let value): text = value
        default: throw wrong
        }
        guard let rate = try? FixedPoint.parse(text, digits: 9), rate > 0 else { throw wrong }
        return try await call.write { session in
            try session.actor.require(.settings)
            try Rates.set(currency, from: day, rate: rate, on: session.connection)
            return Reply.object(.created) { json in
                json.member("currency", currency)
                json.member("day", day.description)
                json.member("rate", FixedPoint.text(rate, digits: 9))
            }
        }
    }
}
