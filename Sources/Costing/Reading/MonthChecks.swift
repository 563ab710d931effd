import Database
import Identity
public import Records
import SQLText
import Schema
public import Values

/// What should be looked at before a month is closed.
public enum MonthChecks {
    /// One thing to look at.
    public struct Check: Sendable, Equatable {
        /// What it is.
        public let label: Label
        /// The figure.
        public let figure: String
        /// True where nothing has to be done.
        public let isFine: Bool
        /// Where it is put right.
        public let address: String
    }

    /// The checks of a run.
    public static func of(_ run: RunSummary, _ session: ReadSession) throws -> [Check] {
        try session.actor.require(.costing)
        let connection = session.connection
        func count(_ sql: SQLFragment) throws -> Int64 { try connection.value(sql).integer ?? 0 }
        guard let month = CostMonth(run.month, zone: session.schema.timeZone) else { return [] }
        let empty = try count("SELECT count(*) FROM sys_run_pool WHERE run = \(run.id) AND cost = 0")
        let full = try count("SELECT count(*) FROM sys_run_pool WHERE run = \(run.id) AND used > capacity")
        let waiting = try count(
            """
            SELECT count(*) FROM \(name: DirectCost.key) WHERE "day" >= \(month.first.description)
            AND "day" <= \(month.last.description) AND "state" IN ('draft', 'submitted') AND "deleted_at" IS NULL
            """
        )
        let open = try count("SELECT count(*) FROM sys_allocation_run WHERE month < \(run.month) AND state = 'draft'")
        let share = run.loggedShare
        return [
            Check(
                label: Label("Pools without any cost", zh: "没有录入费用的成本池"),
                figure: String(empty),
                isFine: empty == 0,
                address: "/cost_pools"
            ),
            Check(
                label: Label("Pools that worked more than they can", zh: "工时超出产能的成本池"),
                figure: String(full),
                isFine: full == 0,
                address: "/costing/pools?from=\(run.month)&to=\(run.month)"
            ),
            Check(
                label: Label("Expenses waiting for approval", zh: "待审批的费用"),
                figure: String(waiting),
                isFine: waiting == 0,
                address: "/direct_costs?filter=state%20%3D%20%22submitted%22"
            ),
            Check(
                label: Label("Share of time that was logged", zh: "实际工时占比"),
                figure: CostingFrame.percent(share),
                isFine: (share ?? 0) >= 5000,
                address: "/activities"
            ),
            Check(
                label: Label("Earlier drafts", zh: "更早月份的草稿"),
                figure: String(open),
                isFine: open == 0,
                address: "/costing/months"
            ),
        ]
    }

    /// The customers whose profit moved most against the month before.
    public static func movers(_ run: RunSummary, _ session: ReadSession) throws -> [CostRuns.RankChange] {
        let before = CostMonth.text(run.month, adding: -1)
        guard let last = try RunList.current(from: before, to: before, session).first else { return [] }
        return try CostRuns.compare(last.id, run.id, limit: 10, session)
    }
}
