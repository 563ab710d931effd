import Database
import Identity
public import Records
import SQLText
public import Values

/// A run as people see it; amounts in minor units of the base currency.
public struct RunSummary: Sendable, Equatable {
    /// The run.
    public let id: RecordID
    /// The month.
    public let month: String
    /// `running`, `draft`, `closed` or `failed`; drafts that were overtaken are `dropped`, and read by nobody.
    public let state: String
    /// Rules and inputs as hashes.
    public let rulesHash: String, inputHash: String
    /// When it was made and by whom.
    public let createdAt: Instant, createdBy: String
    /// When it was closed and by whom.
    public let closedAt: Instant?, closedBy: String?
    /// The closed run that it restates.
    public let replaces: RecordID?
    /// Why it was made.
    public let note: String
    /// Cost of time that was logged, and that was estimated.
    public let logged: Int64, estimated: Int64
    /// What went in: pools, spend, approved expenses of customers.
    public let poolCost: Int64, spend: Int64, direct: Int64
    /// What customers bear.
    public let assigned: Int64
    /// What went wrong.
    public let problem: String?

    /// The share of logged time in all time, in hundredths of per cent; nil without time.
    public var loggedShare: Int64? {
        logged + estimated == 0 ? nil : (logged * 10_000 + (logged + estimated) / 2) / (logged + estimated)
    }
}

/// Reads runs.
public enum RunList {
    /// The newest runs, at most `limit`. Throws `forbidden` without the right to costs.
    public static func newest(_ limit: Int, _ session: ReadSession) throws -> [RunSummary] {
        try session.actor.require(.costing)
        return try summaries("1 = 1 ORDER BY id DESC LIMIT \(limit)", session)
    }

    /// One run. Throws `notFound`.
    public static func one(_ id: RecordID, _ session: ReadSession) throws -> RunSummary {
        try session.actor.require(.costs)
        guard let run = try summaries("id = \(id)", session).first else { throw Problem.notFound }
        return run
    }

    /// The run that counts for each month of a range: the last one closed, else the newest draft.
    public static func current(from: String, to: String, _ session: ReadSession) throws -> [RunSummary] {
        try session.actor.require(.costs)
        var last: [String: RunSummary] = [:]
        for run in try summaries(counting(from, to), session) { last[run.month] = run }
        return last.values.sorted { $0.month < $1.month }
    }

    /// Runs of the months of a range; the last one of each month counts.
    private static func counting(_ from: String, _ to: String) -> SQLFragment {
        """
        month >= \(from) AND month <= \(to) AND state IN ('draft', 'closed')
        ORDER BY month, CASE WHEN state = 'closed' THEN 1 ELSE 0 END, coalesce(closed_at, 0), id
        """
    }

    static func current(from: String, to: String, _ connection: Connection) throws -> [(month: String, id: RecordID)] {
        let rows = try connection.rows("SELECT month, id FROM sys_allocation_run WHERE \(counting(from, to))")
        var last: [String: RecordID] = [:]
        for row in rows { last[row.text(0)] = row.id(1) }
        return last.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The last month that has been reckoned.
    public static func lastMonth(_ session: ReadSession) throws -> String? {
        try session.actor.require(.costs)
        return try session.connection.value(
            "SELECT max(month) FROM sys_allocation_run WHERE state IN ('draft', 'closed')"
        ).text
    }

    /// What a reader who may not read pay is not told of runs: of small pools cost, shares, logged and estimated time.
    private static func hidden(_ condition: SQLFragment, _ session: ReadSession) throws -> [Int64: [Int64]] {
        guard Protection(session).isOn else { return [:] }
        let runs: SQLFragment = "(SELECT id FROM sys_allocation_run WHERE \(condition))"
        let costs = try session.connection.rows(
            """
            SELECT run, CAST(sum(cost) AS BIGINT) FROM sys_run_pool WHERE people < \(Protection.fewest)
            AND run IN \(runs) GROUP BY run
            """
        )
        let shares = try session.connection.rows(
            """
            SELECT run, CAST(sum(-service - maintenance - acquired) AS BIGINT), CAST(sum(-logged) AS BIGINT),
                CAST(sum(-estimated) AS BIGINT) FROM sys_profit_small WHERE run IN \(runs) GROUP BY run
            """
        )
        let given = Dictionary(shares.map { ($0.integer(0), (1...3).map($0.integer)) }, uniquingKeysWith: { $1 })
        return Dictionary(costs.map { ($0.integer(0), [$0.integer(1)] + (given[$0.integer(0)] ?? [0, 0, 0])) }) { $1 }
    }

    private static func summaries(_ condition: SQLFragment, _ session: ReadSession) throws -> [RunSummary] {
        let hidden = try hidden(condition, session)
        return try session.connection.rows(
            """
            SELECT id, month, state, rules_hash, input_hash, created_at, created_name, closed_at, closed_name, replaces,
                note, logged, estimated, pool_cost, spend, direct, assigned, problem
            FROM sys_allocation_run WHERE state <> 'dropped' AND \(condition)
            """
        ).map { row in
            let less = hidden[row.integer(0)] ?? [0, 0, 0, 0]
            return RunSummary(
                id: RecordID(row.integer(0)),
                month: row.text(1),
                state: row.text(2),
                rulesHash: row.text(3),
                inputHash: row.text(4),
                createdAt: Instant(milliseconds: row.integer(5)),
                createdBy: row.text(6),
                closedAt: row[7].integer.map { Instant(milliseconds: $0) },
                closedBy: row[8].text,
                replaces: row.id(9),
                note: row.text(10),
                logged: row.integer(11) - less[2],
                estimated: row.integer(12) - less[3],
                poolCost: row.integer(13) - less[0],
                spend: row.integer(14),
                direct: row.integer(15),
                assigned: row.integer(16) - less[1],
                problem: row[17].text
            )
        }
    }
}
