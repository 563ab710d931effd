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
        let unknown = try unknown(in: month, connection)
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
                label: Label("Customers won without a touch", zh: "来源不明的新客户"),
                figure: String(unknown),
                isFine: unknown == 0,
                address: "/costing/channels?from=\(run.month)&to=\(run.month)"
            ),
            Check(
                label: Label("Share of time that was logged", zh: "实际工时占比"),
                figure: CostingFrame.percent(share),
                isFine: (share ?? 0) >= 5000,
                address: "/activities"
            ),
        ] + (try late(run, month, session))
    }

    /// What should have ended before.
    private static func late(_ run: RunSummary, _ month: CostMonth, _ session: ReadSession) throws -> [Check] {
        let (open, forgotten) = (try earlier(than: run.month, session.connection), try forgotten(month, session))
        return [
            Check(
                label: Label("Timers that were forgotten", zh: "忘记停止的计时"),
                figure: String(forgotten),
                isFine: forgotten == 0,
                address: "/activities"
            ),
            Check(
                label: Label("Earlier months not closed", zh: "尚未结账的更早月份"),
                figure: String(open),
                isFine: open == 0,
                address: "/costing/months"
            ),
        ]
    }

    /// Timers that were started up to the end of the month and have been running for half a day: their time counts
    /// nothing until whoever started them says how long it was.
    private static func forgotten(_ month: CostMonth, _ session: ReadSession) throws -> Int64 {
        guard try session.connection.hasTable("sys_timer") else { return 0 }
        let border = min(month.end, session.now.milliseconds - 12 * 3_600_000)
        return try session.connection.value("SELECT count(*) FROM sys_timer WHERE started_at < \(border)").integer ?? 0
    }

    /// Earlier months that were reckoned and are not closed.
    private static func earlier(than month: String, _ connection: Connection) throws -> Int64 {
        try connection.value(
            """
            SELECT count(DISTINCT d.month) FROM sys_allocation_run d WHERE d.month < \(month) AND d.state = 'draft'
            AND NOT EXISTS (SELECT 1 FROM sys_allocation_run c WHERE c.month = d.month AND c.state = 'closed')
            """
        ).integer ?? 0
    }

    /// Customers who bought for the first time in the month and met us nowhere that is known.
    private static func unknown(in month: CostMonth, _ connection: Connection) throws -> Int64 {
        try connection.value(
            """
            SELECT count(*) FROM (SELECT s."customer" AS who FROM \(name: SaleLine.key) s WHERE s."kind" = 'sale'
                AND s."deleted_at" IS NULL GROUP BY s."customer" HAVING min(s."day") >= \(month.first.description)
                AND min(s."day") <= \(month.last.description)) won
            WHERE NOT EXISTS (SELECT 1 FROM \(name: Touch.key) t WHERE t."customer" = won.who AND t."deleted_at" IS NULL)
            """
        ).integer ?? 0
    }

    /// The customers whose profit moved most against the month before.
    public static func movers(_ run: RunSummary, _ session: ReadSession) throws -> [CostRuns.RankChange] {
        let before = CostMonth.text(run.month, adding: -1)
        guard let last = try RunList.current(from: before, to: before, session).first else { return [] }
        return try CostRuns.compare(last.id, run.id, limit: 10, session)
    }
}
