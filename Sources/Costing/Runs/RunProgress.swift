import Database
import Identity
public import Records
import SQLText
public import Values

/// How far a run is that is under way.
public struct RunProgress: Sendable, Equatable {
    /// What is being done.
    public enum Step: String, Sendable, CaseIterable {
        /// Work is gathered from records.
        case events
        /// Pools and spend are divided.
        case shares
        /// Entries and statements are written.
        case entries

        /// In words.
        public var label: Label {
            switch self {
            case .events: Label("Gathering work", zh: "正在归集作业")
            case .shares: Label("Dividing pools and spend", zh: "正在分摊成本池和投放")
            case .entries: Label("Writing entries", zh: "正在写入明细")
            }
        }
    }

    /// The step.
    public let step: Step
    /// Hundredths of the whole, as far as it can be told.
    public let percent: Int64

    /// How far a run is; nil for one that is not under way.
    public static func of(_ run: RecordID, _ session: ReadSession) throws -> RunProgress? {
        let row = try session.connection.row("SELECT step, done, total FROM sys_run_progress WHERE run = \(run)")
        guard let row, let step = Step(rawValue: row.text(0)) else { return nil }
        let (done, total) = (row.integer(1), row.integer(2))
        // Gathering takes about a third; how many portions there are shows only at its end.
        let percent: Int64 =
            switch step {
            case .events: min(30, 3 * done)
            case .shares: 35
            case .entries: 40 + (total > 0 ? 60 * done / total : 0)
            }
        return RunProgress(step: step, percent: percent)
    }

    /// The earlier run with the same inputs that took a run's place; nil where there is none.
    public static func same(as run: RecordID, _ session: ReadSession) throws -> RecordID? {
        try session.actor.require(.costing)
        return try session.connection.row("SELECT same FROM sys_run_progress WHERE run = \(run)")?.id(0)
    }

    static func note(_ run: RecordID, _ step: Step, _ done: Int, _ total: Int, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_run_progress (run, step, done, total) VALUES (\(run), \(step.rawValue), \(done), \(total))
            ON CONFLICT (run) DO UPDATE SET step = excluded.step, done = excluded.done, total = excluded.total
            """
        )
    }

    static func note(_ run: RecordID, same: RecordID, _ connection: Connection) throws {
        try connection.run("UPDATE sys_run_progress SET step = 'same', same = \(same) WHERE run = \(run)")
    }

    static func forget(_ run: RecordID, _ connection: Connection) throws {
        try connection.run("DELETE FROM sys_run_progress WHERE run = \(run)")
    }
}
