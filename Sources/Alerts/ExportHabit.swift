import Database
import Identity
import Records
import SQLText
import Values

/// How much somebody exports on a usual day, and within the last 24 hours.
struct ExportHabit: Equatable {
    /// What was exported within 24 hours.
    struct Day: Equatable {
        var rows: Int64 = 0
        var times: Int64 = 0
    }

    /// The last 24 hours.
    var now = Day()
    /// The median of the days with exports within the 90 days before; zero without any.
    var usual = Day()

    private static let day: Int64 = 86_400_000

    /// Reads the audit log of one person, at most the last 1,000 exports.
    init(of user: RecordID, at now: Instant, on connection: Connection) throws {
        var days: [Int64: Day] = [:]
        let rows = try connection.rows(
            """
            SELECT at, changes FROM sys_audit WHERE actor = \(user) AND action = 'export'
            AND at > \(now.adding(milliseconds: -91 * ExportHabit.day)) ORDER BY at DESC LIMIT 1000
            """
        )
        for row in rows {
            let age = max(0, now.milliseconds - row.integer(0)) / ExportHabit.day
            let count = (try? JSONReader.parse(row.text(1)))?["count"]?.integer ?? 0
            days[age, default: Day()].rows += count
            days[age, default: Day()].times += 1
        }
        self.now = days.removeValue(forKey: 0) ?? Day()
        usual.rows = ExportHabit.median(days.values.map(\.rows))
        usual.times = ExportHabit.median(days.values.map(\.times))
    }

    private static func median(_ values: [Int64]) -> Int64 { values.isEmpty ? 0 : values.sorted()[values.count / 2] }

    /// True when the last 24 hours are above the workspace's limit and far above the habit.
    func isUnusual(_ rules: AlertRules) -> Bool {
        func isFar(_ now: Int64, _ limit: Int64, _ usual: Int64) -> Bool {
            now >= limit && now / rules.exportFactor >= usual
        }
        return isFar(now.rows, rules.exportRows, usual.rows) || isFar(now.times, rules.exportTimes, usual.times)
    }

    /// Looks at the actor's exports after one more.
    static func watch(_ session: WriteSession) throws {
        guard let user = session.actor.userID else { return }
        let habit = try ExportHabit(of: user, at: session.now, on: session.connection)
        guard habit.isUnusual(try AlertRules.read(on: session.connection)) else { return }
        func number(_ key: String, _ value: Int64) -> JSONValue.Member {
            .init(key: key, value: .number(String(value)))
        }
        let cause = Cause(
            kind: .unusualExport,
            user: user,
            address: session.actor.address ?? "",
            details: .object([
                number("rows", habit.now.rows), number("rows_usual", habit.usual.rows),
                number("times", habit.now.times), number("times_usual", habit.usual.times),
            ])
        )
        try cause.raise(session.newID(), at: session.now, on: session.connection)
    }
}
