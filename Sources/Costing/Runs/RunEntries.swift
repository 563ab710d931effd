import Database
import Ledger
import Records
import SQLText
import Values

/// Writes the entries of a run and each customer's statement, for one range of customers at a time.
enum RunEntries {
    static func firstFree(_ connection: Connection) throws -> Int64 {
        (try connection.value("SELECT max(id) FROM sys_cost_entry").integer ?? 0) + 1
    }

    /// Removes what a run that never counted has written.
    static func remove(_ run: RecordID, _ connection: Connection) throws {
        // The ledger is long: of a run it is known from where on it may have written.
        let first = try connection.row("SELECT first_entry FROM sys_allocation_run WHERE id = \(run)")?.integer(0) ?? 0
        if first > 0 {
            try connection.run(
                "DELETE FROM sys_cost_entry WHERE id >= \(first) AND run = \(run) AND reverses IS NULL"
            )
        }
        try connection.run("DELETE FROM sys_profit WHERE run = \(run)")
        try connection.run("DELETE FROM sys_profit_small WHERE run = \(run)")
        try connection.run("DELETE FROM sys_run_pool WHERE run = \(run)")
        try connection.run("DELETE FROM sys_run_total WHERE run = \(run)")
        try connection.run("DELETE FROM sys_run_carry WHERE run = \(run)")
        try connection.run("DELETE FROM sys_cost_residual WHERE run = \(run)")
    }

    /// What entries come to: time, spend, expenses, and of time what was logged.
    struct Borne: Sendable {
        var time: Int64 = 0
        var spent: Int64 = 0
        var direct: Int64 = 0
        var logged: Int64 = 0

        static func + (left: Borne, right: Borne) -> Borne {
            Borne(
                time: left.time + right.time,
                spent: left.spent + right.spent,
                direct: left.direct + right.direct,
                logged: left.logged + right.logged
            )
        }
    }

    /// Writes the entries and statements of one range of customers; the answer is what they come to.
    static func write(_ run: CostRun, _ bucket: Int, of buckets: CustomerBuckets, _ session: WriteSession) throws
        -> Borne
    {
        let connection = session.connection
        let (first, (low, high)) = (try firstFree(connection), buckets[bucket])
        var next = first
        next += Int64(try connection.run(time(run, bucket, next)))
        next += Int64(try connection.run(direct(run, low, high, next)))
        next += Int64(try connection.run(spend(run, low, high, next)))
        try statements(run, low, high, first, connection)
        try small(run, first, connection)
        let sums = try connection.row(
            """
            SELECT CAST(coalesce(sum(CASE WHEN pool IS NOT NULL THEN amount ELSE 0 END), 0) AS BIGINT),
                CAST(coalesce(sum(CASE WHEN source_object = 'channel_spend' THEN amount ELSE 0 END), 0) AS BIGINT),
                CAST(coalesce(sum(CASE WHEN source_object = 'direct_cost' THEN amount ELSE 0 END), 0) AS BIGINT),
                CAST(coalesce(sum(CASE WHEN method = 'logged' THEN amount ELSE 0 END), 0) AS BIGINT)
            FROM sys_cost_entry WHERE id >= \(first) AND id < \(next) AND run = \(run.id)
            """
        )
        func at(_ place: Int) -> Int64 { sums?.integer(place) ?? 0 }
        return Borne(time: at(0), spent: at(1), direct: at(2), logged: at(3))
    }

    /// A customer's share of a pool is divided among its events by their time, by largest remainders again. Its entries
    /// stand beside each other.
    private static func time(_ run: CostRun, _ bucket: Int, _ next: Int64) -> SQLFragment {
        """
        INSERT INTO sys_cost_entry (id, run, object, record, month, category, nature, amount, method, confidence,
            source_object, source, pool, activity, seconds, product, reason)
        SELECT \(next - 1) + row_number() OVER (), \(run.id), 'customer', p.customer, \(run.month.text), a."category",
            'pay', p.part + CASE WHEN p.place <= abs(p.rest) THEN CASE WHEN p.rest < 0 THEN -1 ELSE 1 END ELSE 0 END,
            CASE WHEN p.logged = 1 THEN 'logged' ELSE 'estimated' END, CASE WHEN p.logged = 1 THEN 'B' ELSE 'C' END,
            a."source", p.source, p.pool, p.activity, p.seconds, p.product, p.reason
        FROM (SELECT e.pool, e.customer, e.activity, e.source, e.seconds, e.logged, e.product, e.reason,
                s.amount * e.seconds / s.seconds AS part, row_number() OVER w AS place,
                s.amount - CAST(sum(s.amount * e.seconds / s.seconds) OVER w AS BIGINT) AS rest
            FROM sys_cost_event e JOIN sys_cost_share s ON s.pool = e.pool AND s.customer = e.customer
            WHERE e.bucket = \(bucket) AND e.customer > 0 AND e.seconds > 0
            WINDOW w AS (PARTITION BY e.customer, e.pool
                ORDER BY abs(s.amount * e.seconds % s.seconds) DESC, e.activity, e.source
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) p
        JOIN \(name: CostActivity.key) a ON a."id" = p.activity
        """
    }

    private static func direct(_ run: CostRun, _ low: Int64, _ high: Int64, _ next: Int64) -> SQLFragment {
        """
        INSERT INTO sys_cost_entry (id, run, object, record, month, category, nature, amount, method, confidence,
            source_object, source, seconds, product, reason)
        SELECT \(next - 1) + row_number() OVER (ORDER BY d."customer", d."id"), \(run.id), 'customer', d."customer",
            \(run.month.text), d."category", d."nature", d."amount_base", 'direct', 'A', 'direct_cost', d."id", 0,
            d."product", d."reason"
        FROM \(name: DirectCost.key) d
        WHERE d."customer" > \(low) AND d."customer" <= \(high) AND d."state" = 'approved' AND d."deleted_at" IS NULL
            AND d."day" >= \(run.month.first.description) AND d."day" <= \(run.month.last.description)
        """
    }

    private static func spend(_ run: CostRun, _ low: Int64, _ high: Int64, _ next: Int64) -> SQLFragment {
        """
        INSERT INTO sys_cost_entry (id, run, object, record, month, category, nature, amount, method, confidence,
            source_object, source, seconds, channel)
        SELECT \(next - 1) + row_number() OVER (ORDER BY p.customer, p.spend), \(run.id), 'customer', p.customer,
            \(run.month.text), 'acquisition', p.nature, p.amount, 'allocated', 'C', 'channel_spend', p.spend, 0,
            p.channel
        FROM sys_cost_spend p WHERE p.customer > \(low) AND p.customer <= \(high)
        """
    }

    /// What small pools have in the statements, to be taken off for readers who may not read pay.
    static func small(_ run: CostRun, _ first: Int64, through last: Int64 = .max, _ connection: Connection) throws {
        let pools = try connection.rows(
            "SELECT pool FROM sys_run_pool WHERE run = \(run.id) AND people < \(Protection.fewest)"
        )
        guard !pools.isEmpty else { return }
        let base = try connection.value("SELECT max(id) FROM sys_profit_small").integer ?? 0
        func sum(_ condition: SQLFragment) -> SQLFragment {
            "-CAST(sum(CASE WHEN \(condition) THEN e.amount ELSE 0 END) AS BIGINT)"
        }
        try connection.run(
            """
            INSERT INTO sys_profit_small (id, run, object, record, sales, discounts, refunds, goods, service,
                maintenance, acquired, acquisition, fees, bad_debt, cash, logged, estimated)
            SELECT \(base) + row_number() OVER (ORDER BY e.record), \(run.id), 'customer', e.record, 0, 0, 0, 0,
                \(sum("e.category = 'service'")), \(sum("e.category = 'maintenance'")),
                \(sum("e.category = 'acquisition'")), 0, 0, 0, 0, \(sum("e.method = 'logged'")),
                \(sum("e.method = 'estimated'"))
            FROM sys_cost_entry e WHERE e.id >= \(first) AND e.id <= \(last) AND e.run = \(run.id)
                AND e.reverses IS NULL AND e.pool IN \(list: pools.map { SQLValue.integer($0.integer(0)) })
            GROUP BY e.record
            """
        )
    }

    /// Each customer's statement of the month: what was bought, and what the entries come to.
    private static func statements(
        _ run: CostRun,
        _ low: Int64,
        _ high: Int64,
        _ first: Int64,
        _ connection: Connection
    ) throws {
        let base = (try connection.value("SELECT max(id) FROM sys_profit").integer ?? 0)
        func sum(_ column: SQLFragment) -> SQLFragment { "CAST(sum(\(column)) AS BIGINT)" }
        func sale(_ kind: String, _ column: String) -> SQLFragment {
            "CASE WHEN s.\"kind\" = \(kind) THEN coalesce(s.\(name: column), 0) ELSE 0 END"
        }
        let plain: SQLFragment = "e.nature NOT IN ('rebate', 'bad_debt')"
        func cost(_ condition: SQLFragment) -> SQLFragment { "CASE WHEN \(condition) THEN e.amount ELSE 0 END" }
        try connection.run(
            """
            INSERT INTO sys_profit (id, run, object, record, sales, discounts, refunds, goods, service, maintenance,
                acquired, acquisition, fees, bad_debt, cash, logged, estimated)
            SELECT \(base) + row_number() OVER (ORDER BY who), \(run.id), 'customer', who, \(sum("sales")),
                \(sum("discounts")), \(sum("refunds")), \(sum("goods")), \(sum("service")), \(sum("maintenance")),
                \(sum("acquired")), 0, \(sum("fees")), \(sum("bad_debt")), \(sum("cash")), \(sum("logged")),
                \(sum("estimated"))
            FROM (SELECT s."customer" AS who, \(sale("sale", "amount_base")) AS sales,
                    \(sale("sale", "discount_base")) AS discounts, \(sale("refund", "amount_base")) AS refunds,
                    \(sale("sale", "goods_base")) - \(sale("refund", "goods_base")) AS goods, 0 AS service,
                    0 AS maintenance, 0 AS acquired, \(sale("fee", "amount_base")) AS fees,
                    \(sale("bad_debt", "amount_base")) AS bad_debt, \(sale("payment", "amount_base")) AS cash,
                    0 AS logged, 0 AS estimated
                FROM \(name: SaleLine.key) s WHERE s."customer" > \(low) AND s."customer" <= \(high)
                    AND s."day" >= \(run.month.first.description) AND s."day" <= \(run.month.last.description)
                    AND s."deleted_at" IS NULL
                UNION ALL SELECT e.record, 0, \(cost("e.nature = 'rebate'")), 0, 0,
                    \(cost("e.category = 'service' AND \(plain)")), \(cost("e.category = 'maintenance' AND \(plain)")),
                    \(cost("e.category = 'acquisition' AND \(plain)")), 0, \(cost("e.nature = 'bad_debt'")), 0,
                    \(cost("e.method = 'logged'")), \(cost("e.method = 'estimated'"))
                FROM sys_cost_entry e WHERE e.id >= \(first) AND e.run = \(run.id)) facts
            GROUP BY who
            """
        )
    }
}
