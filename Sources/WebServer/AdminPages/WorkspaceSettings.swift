import Alerts
import Database
import FieldKinds
import Files
import Foundation
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values
import Webhooks

/// The settings of the workspace as they are stored.
enum WorkspaceSettings {
    /// All that can be set.
    static let keys =
        ["company_name", "base_currency", "time_zone", "language", "country"] + FileLimits.keys + AlertRules.keys
        + [Webhooks.nearbySetting]
    private static let presets = [
        "base_currency": "CNY", "time_zone": "Asia/Shanghai", "language": "zh", "country": "CN", "file_limit_mb": "25",
        Webhooks.nearbySetting: "false",
    ].merging(
        AlertRules.presets
    ) { first, _ in first }

    /// The settings now, those that were never set with their presets.
    static func read(_ session: ReadSession) throws -> [String: String] {
        let rows = try session.connection.rows(
            "SELECT key, value FROM sys_setting WHERE key IN \(list: keys.map(SQLValue.text))"
        )
        let stored = Dictionary(rows.map { ($0.text(0), $0.text(1)) }) { first, _ in first }
        return Dictionary(uniqueKeysWithValues: keys.map { ($0, stored[$0] ?? presets[$0] ?? "") })
    }

    /// Checks and stores settings. Needs the right to change settings.
    static func change(_ values: [(String, String)], _ session: WriteSession) throws {
        try session.actor.require(.settings)
        for (key, value) in values { try check(key, value) }
        let before = try read(session)
        let changed = values.filter { before[$0.0] != $0.1 }
        guard !changed.isEmpty else { return }
        for (key, value) in changed {
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
        let changes = JSONValue.object(
            changed.map { key, value in
                .init(key: key, value: .array([.string(before[key] ?? ""), .string(value)]))
            }
        )
        try Audit.add(
            AuditEntry("settings", changes: changes.text),
            by: session.actor,
            at: session.now,
            on: session.connection
        )
    }

    private static func check(_ key: String, _ value: String) throws {
        if AlertRules.keys.contains(key) { return try AlertRules.check(key, value) }
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
        case "file_limit_mb" where Int(value).map { (1...2000).contains($0) } != true:
            throw Problem.invalid(
                key,
                "out_of_range",
                Label("Use a number of megabytes from 1 to 2000.", zh: "请填写 1 到 2000 之间的整数（MB）。")
            )
        case "file_allowed" where value.split(separator: ",").contains { FileType.Danger(rawValue: String($0)) == nil }:
            throw Problem.invalid(
                key,
                "unknown_choice",
                Label("Use «page», «program», «script», with commas.", zh: "只能是 page、program、script，用逗号分隔。")
            )
        case Webhooks.nearbySetting where value != "true" && value != "false":
            throw Problem.invalid(key, "unknown_choice", Label("Use «true» or «false».", zh: "只能是 true 或 false。"))
        case "country" where !PhoneNumber.isCountry(value):
            throw Problem.invalid(
                key,
                "unknown_country",
                Label("Use a code of two letters such as CN or HK.", zh: "请填写两位国家或地区代码，例如 CN、HK。")
            )
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
                    let message = Label(
                        "There are amounts already; the base currency can no longer change.",
                        zh: "已有金额数据，本位币不能再修改。"
                    )
                    let field = FieldProblem("base_currency", "base_currency_fixed", message)
                    throw Problem(.conflict, "base_currency_fixed", message, fields: [field])
                }
            }
        }
    }

    /// An exchange rate from a day on, scaled by 10⁹.
    struct Rate: Sendable {
        let currency: String
        let day: Day
        let rate: Int64
    }

    /// Reads an exchange rate as it is typed.
    static func rate(_ currency: String, _ day: String, _ text: String) throws -> Rate {
        guard Currency.digits(currency) != nil else {
            throw Problem.invalid(
                "currency",
                "unknown_currency",
                Label("Use a code such as USD.", zh: "请填写货币代码，例如 USD。")
            )
        }
        guard let day = Day(day) else {
            throw Problem.invalid(
                "day",
                "not_a_date",
                Label("Use a date such as 2026-01-31.", zh: "请填写日期，例如 2026-01-31。")
            )
        }
        guard let rate = try? FixedPoint.parse(text, digits: 9), rate > 0 else {
            throw Problem.invalid(
                "rate",
                "not_a_rate",
                Label("Use a number above zero with at most nine decimals.", zh: "请填写大于零的汇率，最多九位小数。")
            )
        }
        return Rate(currency: currency, day: day, rate: rate)
    }

    /// An exchange rate without the zeros at its end.
    static func shown(_ rate: Int64) -> String {
        var text = FixedPoint.text(rate, digits: 9)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// Stores an exchange rate. Needs the right to change settings.
    static func set(_ rate: Rate, _ session: WriteSession) throws {
        try session.actor.require(.settings)
        try Rates.set(rate.currency, from: rate.day, rate: rate.rate, on: session.connection)
        let change = JSONValue.array([.null, .string(shown(rate.rate))])
        let changes = JSONValue.object([.init(key: "\(rate.currency) \(rate.day)", value: change)])
        try Audit.add(
            AuditEntry("settings", changes: changes.text),
            by: session.actor,
            at: session.now,
            on: session.connection
        )
    }
}
