public import Database
import SQLText
import Values

/// When something raises an alert: settings of the workspace, read when they are needed.
public struct AlertRules: Sendable, Equatable {
    /// The night begins: minutes since midnight where the person is; nil without a night.
    public var nightFrom: Int?
    /// The night ends: minutes since midnight where the person is.
    public var nightTo: Int?
    /// How many records somebody may export within 24 hours without anybody being told, whatever the habit.
    public var exportRows: Int64
    /// How many exports somebody may make within 24 hours without anybody being told.
    public var exportTimes: Int64
    /// How many times the person's usual day is unusual.
    public var exportFactor: Int64

    /// The keys of the settings, and what they are until somebody sets them.
    public static let presets = [
        "night_from": "22:00", "night_to": "06:00", "export_alert_rows": "1000", "export_alert_times": "10",
        "export_alert_factor": "3",
    ]

    /// The keys of the settings in the order of the page.
    public static let keys = [
        "night_from", "night_to", "export_alert_rows", "export_alert_times", "export_alert_factor",
    ]

    /// The rules as they are set now.
    public static func read(on connection: Connection) throws -> AlertRules {
        let rows = try connection.rows(
            "SELECT key, value FROM sys_setting WHERE key IN \(list: keys.map(SQLValue.text))"
        )
        let stored = Dictionary(rows.map { ($0.text(0), $0.text(1)) }) { first, _ in first }
        func text(_ key: String) -> String { stored[key] ?? presets[key] ?? "" }
        func number(_ key: String) -> Int64 { Int64(text(key)) ?? presets[key].flatMap { Int64($0) } ?? 1 }
        return AlertRules(
            nightFrom: minutes(text("night_from")),
            nightTo: minutes(text("night_to")),
            exportRows: number("export_alert_rows"),
            exportTimes: number("export_alert_times"),
            exportFactor: number("export_alert_factor")
        )
    }

    /// Checks a setting as somebody wrote it; throws `invalid` with what to write instead.
    public static func check(_ key: String, _ value: String) throws {
        switch key {
        case "night_from", "night_to":
            guard value.isEmpty || minutes(value) != nil else {
                throw Problem.invalid(
                    key,
                    "not_a_time",
                    Label("Write a time such as 22:00, or nothing.", zh: "请填写时间，例如 22:00；留空则不提醒。")
                )
            }
        default:
            let range: ClosedRange<Int64> = key == "export_alert_rows" ? 1...100_000_000 : 1...10_000
            guard let number = Int64(value), range.contains(number) else {
                throw Problem.invalid(
                    key,
                    "out_of_range",
                    Label(
                        "Write a whole number from 1 to \(range.upperBound).",
                        zh: "请填写 1 到 \(range.upperBound) 之间的整数。"
                    )
                )
            }
        }
    }

    /// True when a minute of the day lies in the night; a night may go over midnight.
    public func isNight(_ minute: Int) -> Bool {
        guard let from = nightFrom, let to = nightTo, from != to else { return false }
        return from < to ? (from..<to).contains(minute) : minute >= from || minute < to
    }

    /// `22:00` as minutes since midnight; nil for anything else.
    static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count <= 2, parts[1].utf8.count == 2, let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }
}
