import Database
import Ledger
import Records
import SQLText
import Values

/// Ends a run: amortises acquisition, writes down what no customer bears, and checks that no fen is lost.
enum RunTotals {
    static func finish(
        _ run: CostRun,
        _ pools: [RunShares.Pool],
        _ rests: RestsOn,
        _ borne: RunEntries.Borne,
        _ session: WriteSession
    ) throws {
        let connection = session.connection
        guard try rests == RestsOn(run.month.text, over: run.policy.amortisationMonths, connection) else {
            throw Problem(
                .conflict,
                "outdated",
                Label(
                    "An earlier month was reckoned or closed meanwhile. Reckon this one again.",
                    zh: "核算期间更早的月份有了新的结果，请重新核算本月。"
                )
            )
        }
        for table in ["sys_profit", "sys_profit_small"] { try amortise(run, table, connection) }
        for pool in pools {
            let unused = pool.cost - pool.assigned
            if unused != 0 {
                try residual("unused", pool.id, unused, max(0, pool.capacity - pool.used), run, session)
            }
            let nobody = try connection.row(
                "SELECT amount, seconds FROM sys_cost_share WHERE pool = \(pool.id) AND customer = 0"
            )
            if let nobody { try residual("no_customer", pool.id, nobody.integer(0), nobody.integer(1), run, session) }
        }
        let (start, end) = (run.month.first.description, run.month.last.description)
        let loose =
            try connection.value(
                """
                SELECT CAST(sum("amount_base") AS BIGINT) FROM \(name: DirectCost.key) WHERE "day" >= \(start)
                AND "day" <= \(end) AND "state" = 'approved' AND "customer" IS NULL AND "deleted_at" IS NULL
                """
            ).integer ?? 0
        if loose != 0 { try residual("direct_no_customer", nil, loose, 0, run, session) }
        let waiting =
            try connection.value(
                """
                SELECT CAST(sum("amount_base") AS BIGINT) FROM \(name: DirectCost.key) WHERE "day" >= \(start)
                AND "day" <= \(end) AND "state" IN ('draft', 'submitted') AND "deleted_at" IS NULL
                """
            ).integer ?? 0
        if waiting != 0 { try residual("unapproved", nil, waiting, 0, run, session) }
        try close(run, pools, borne, session)
        try rests.keep(run.id, connection)
    }

    /// The month's part of what it cost to win each customer, in a straight line from the month it was spent in.
    static func amortise(_ run: CostRun, _ table: String, _ connection: Connection) throws {
        let months = max(1, run.policy.amortisationMonths)
        let runs = try RunList.current(
            from: CostMonth.text(run.month.text, adding: -Int(months) + 1),
            to: CostMonth.text(run.month.text, adding: -1),
            connection
        )
        var parts: [SQLFragment] = ["WHEN run = \(run.id) THEN acquired / \(months)"]
        for (month, id) in runs {
            let age = distance(month, run.month.text)
            parts.append("WHEN run = \(id) THEN acquired * \(age + 1) / \(months) - acquired * \(age) / \(months)")
        }
        let ids = [SQLValue(run.id)] + runs.map { SQLValue($0.id) }
        // One row for each customer that has something to amortise and no statement of its own this month.
        let base = try connection.value("SELECT max(id) FROM \(name: table)").integer ?? 0
        try connection.run(
            """
            INSERT INTO \(name: table) (id, run, object, record, sales, discounts, refunds, goods, service, maintenance,
                acquired, acquisition, fees, bad_debt, cash, logged, estimated)
            SELECT \(base) + row_number() OVER (ORDER BY record), \(run.id), 'customer', record, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0
            FROM (SELECT DISTINCT record FROM \(name: table) WHERE run IN \(list: Array(ids.dropFirst()))
                AND acquired <> 0 AND record NOT IN (SELECT record FROM \(name: table) WHERE run = \(run.id))) missing
            """
        )
        try connection.run(
            """
            UPDATE \(name: table) SET acquisition = coalesce((SELECT CAST(sum(CASE \(parts.joined(" ")) ELSE 0 END) AS BIGINT)
                FROM \(name: table) p WHERE p.record = \(name: table).record AND p.run IN \(list: ids)), 0)
            WHERE run = \(run.id) AND record IN (SELECT record FROM \(name: table) WHERE run IN \(list: ids)
                AND acquired <> 0)
            """
        )
    }

    static func distance(_ from: String, _ to: String) -> Int64 {
        guard let a = Day(from + "-01")?.parts, let b = Day(to + "-01")?.parts else { return 0 }
        return Int64((b.year - a.year) * 12 + b.month - a.month)
    }

    private static func residual(
        _ kind: String,
        _ pool: RecordID?,
        _ amount: Int64,
        _ seconds: Int64,
        _ run: CostRun,
        _ session: WriteSession
    ) throws {
        try session.connection.run(
            """
            INSERT INTO sys_cost_residual (id, run, kind, pool, amount, seconds)
            VALUES (\(session.nextID()), \(run.id), \(kind), \(pool), \(amount), \(seconds))
            """
        )
    }

    /// Nothing may be lost between what was put in and what came out; else the run fails.
    private static func close(
        _ run: CostRun,
        _ pools: [RunShares.Pool],
        _ borne: RunEntries.Borne,
        _ session: WriteSession
    ) throws {
        let connection = session.connection
        func number(_ sql: SQLFragment) throws -> Int64 { try connection.value(sql).integer ?? 0 }
        let (time, spent, direct, logged) = (borne.time, borne.spent, borne.direct, borne.logged)
        func residuals(_ kinds: String...) throws -> Int64 {
            try number(
                """
                SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_residual WHERE run = \(run.id)
                AND kind IN \(list: kinds.map { .text($0) })
                """
            )
        }
        let poolCost = pools.reduce(0) { $0 + $1.cost }
        let spend = try number(
            """
            SELECT CAST(sum("amount_base") AS BIGINT) FROM \(name: ChannelSpend.key) WHERE "deleted_at" IS NULL
            AND "day" >= \(run.month.first.description) AND "day" <= \(run.month.last.description)
            """
        )
        let unspread = try residuals("unused", "no_customer")
        let unborne = try residuals("untouched", "open_leads")
        guard time + unspread == poolCost, spent + unborne == spend else {
            throw Problem(
                .failure,
                "not_conserved",
                Label(
                    "The run does not add up and was dropped: \(time) + \(unspread) of \(poolCost), \(spent) of \(spend).",
                    zh: "核算结果不平，已作废：\(time) + \(unspread) ≠ \(poolCost)，或投放 \(spent) ≠ \(spend)。"
                )
            )
        }
        try connection.run(
            """
            INSERT INTO sys_run_total (run, sales, discounts, refunds, goods, service, maintenance, acquired,
                acquisition, fees, bad_debt, cash, logged, estimated)
            SELECT \(run.id), \(ProfitColumns.sums) FROM sys_profit WHERE run = \(run.id)
            """
        )
        try connection.run(
            """
            UPDATE sys_allocation_run SET state = 'draft', finished_at = \(session.now),
                last_entry = \(try RunEntries.firstFree(connection) - 1), logged = \(logged), estimated = \(time - logged), pool_cost = \(poolCost),
                spend = \(spend), direct = \(direct), assigned = \(time + spent + direct)
            WHERE id = \(run.id)
            """
        )
    }
}
