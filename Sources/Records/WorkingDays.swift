import Database
import Identity
import SQLText
public import Values

/// A day that is not what its weekday says: off on a weekday, or worked on a weekend.
public struct DayMark: Sendable, Equatable {
    /// The day.
    public let day: Day
    /// True when nobody works, false when people do.
    public let isOff: Bool
    /// Why, such as 春节; may be empty.
    public let name: String

    /// A day that is not what its weekday says.
    public init(_ day: Day, isOff: Bool, name: String) {
        self.day = day
        self.isOff = isOff
        self.name = name
    }
}

enum WorkingDayTables {
    static let statements = [
        "CREATE TABLE IF NOT EXISTS sys_day (day TEXT PRIMARY KEY, off INTEGER NOT NULL, name TEXT NOT NULL)"
    ]
}

extension ReadSession {
    /// The marked days of a span, in order.
    public func dayMarks(_ days: ClosedRange<Day>) throws -> [DayMark] {
        let (first, last) = (days.lowerBound.description, days.upperBound.description)
        let rows = try connection.rows(
            "SELECT day, off, name FROM sys_day WHERE day >= \(first) AND day <= \(last) ORDER BY day LIMIT 1000"
        )
        return rows.compactMap { row in
            Day(row.text(0)).map { DayMark($0, isOff: row.integer(1) != 0, name: row.text(2)) }
        }
    }

    /// The days of a span on which people work: what is marked, else Monday to Friday.
    public func workingDays(_ days: ClosedRange<Day>) throws -> [Day] {
        let marks = Dictionary(try dayMarks(days).map { ($0.day, $0.isOff) }) { first, _ in first }
        let all = (days.lowerBound.daysSince1970...days.upperBound.daysSince1970).map(Day.init(daysSince1970:))
        return all.filter { day in
            if let isOff = marks[day] { return !isOff }
            return ((day.daysSince1970 + 3) % 7 + 7) % 7 < 5
        }
    }
}

extension WriteSession {
    /// Marks days; needs the right to change settings. A day that was marked before is marked anew.
    public func mark(_ marks: [DayMark]) throws {
        try actor.require(.settings)
        guard marks.count <= 800 else {
            throw Problem.invalid("days", "too_many", Label("At most 800 days at once.", zh: "一次最多设置 800 天。"))
        }
        for mark in marks {
            try connection.run(
                """
                INSERT INTO sys_day (day, off, name) VALUES (\(mark.day.description), \(mark.isOff ? 1 : 0),
                \(String(mark.name.prefix(60)))) ON CONFLICT (day) DO UPDATE SET off = excluded.off, name = excluded.name
                """
            )
        }
        try noteDays(marks.map(\.day), marks.first?.name ?? "")
    }

    /// Lets days be what their weekday says again.
    public func unmark(_ days: [Day]) throws {
        try actor.require(.settings)
        for day in days { try connection.run("DELETE FROM sys_day WHERE day = \(day.description)") }
        try noteDays(days, "")
    }

    private func noteDays(_ days: [Day], _ name: String) throws {
        guard let first = days.min(), let last = days.max() else { return }
        let words = first == last ? first.description : "\(first) – \(last)"
        let changes = JSONValue.object([
            .init(key: "days", value: .array([.null, .string(name.isEmpty ? words : words + " " + name)]))
        ])
        try note(AuditEntry("settings", changes: changes.text))
    }
}

/// The public holidays of mainland China with the weekends that are worked instead, as the State Council announces
/// them each autumn for the next year.
public enum ChineseHolidays {
    /// The years that are known.
    public static var years: [Int] { announced.keys.sorted() }

    /// The days of a year that are off or worked instead; empty for a year that has not been announced.
    public static func days(of year: Int) -> [DayMark] {
        (announced[year] ?? []).flatMap { holiday -> [DayMark] in
            let (name, first, last, worked) = holiday
            guard let start = Day("\(year)-" + first), let end = Day("\(year)-" + last) else { return [] }
            let off = (start.daysSince1970...end.daysSince1970).map {
                DayMark(Day(daysSince1970: $0), isOff: true, name: name)
            }
            return off + worked.compactMap { Day("\(year)-" + $0) }.map { DayMark($0, isOff: false, name: name) }
        }
    }

    private typealias Holiday = (name: String, first: String, last: String, worked: [String])

    private static let announced: [Int: [Holiday]] = [
        2025: [
            ("元旦", "01-01", "01-01", []), ("春节", "01-28", "02-04", ["01-26", "02-08"]),
            ("清明节", "04-04", "04-06", []), ("劳动节", "05-01", "05-05", ["04-27"]), ("端午节", "05-31", "06-02", []),
            ("国庆节、中秋节", "10-01", "10-08", ["09-28", "10-11"]),
        ],
        2026: [
            ("元旦", "01-01", "01-03", ["01-04"]), ("春节", "02-15", "02-23", ["02-14", "02-28"]),
            ("清明节", "04-04", "04-06", []), ("劳动节", "05-01", "05-05", ["05-09"]), ("端午节", "06-19", "06-21", []),
            ("中秋节", "09-25", "09-27", []), ("国庆节", "10-01", "10-07", ["09-20", "10-10"]),
        ],
    ]
}
