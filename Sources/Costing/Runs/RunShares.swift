import Database
import Ledger
import Records
import SQLText
import Schema
import Values

/// Divides the cost of each pool among customers by the time that was spent on them.
enum RunShares {
    /// A pool in the month of a run.
    struct Pool: Sendable, Equatable {
        let id: RecordID
        let cost: Int64
        /// Seconds.
        let capacity: Int64
        let people: Int64
        var used: Int64 = 0
        var logged: Int64 = 0
        var assigned: Int64 = 0
    }

    private static let events = """
        CREATE TABLE sys_cost_event (pool INTEGER NOT NULL, customer INTEGER NOT NULL, activity INTEGER NOT NULL,
            source INTEGER NOT NULL, seconds INTEGER NOT NULL, logged INTEGER NOT NULL, product INTEGER, reason TEXT)
        """
    private static let spend = """
        CREATE TABLE sys_cost_spend (customer INTEGER NOT NULL, spend INTEGER NOT NULL, amount INTEGER NOT NULL,
            channel TEXT NOT NULL, nature TEXT NOT NULL)
        """

    /// Begins with empty tables; dropping is quicker than deleting millions of rows.
    static func empty(_ connection: Connection) throws {
        try connection.script("DROP TABLE IF EXISTS sys_cost_event")
        try connection.script("DROP TABLE IF EXISTS sys_cost_spend")
        try connection.script(connection.dialect.definition(events))
        try connection.script(connection.dialect.definition(spend))
        try connection.run("DELETE FROM sys_cost_share")
    }

    static func index(_ connection: Connection) throws {
        try connection.script("CREATE INDEX sys_cost_event_customer ON sys_cost_event (customer, pool)")
    }

    /// The costed activities in use, in the order of their ids.
    static func sources(_ session: ReadSession) throws -> [ActivitySource] {
        guard let object = session.schema.object(CostActivity.key) else { return [] }
        var (found, last) = ([ActivitySource](), RecordID(0))
        while true {
            let rows = try session.anyRecords(object, after: last, limit: 200)
            found += try rows.filter { $0["active"].integer == 1 }.map { try ActivitySource($0, session) }
            guard rows.count == 200, let next = rows.last?.id else { return found }
            last = next
        }
    }

    /// The pools with what they cost and could do in the month.
    static func pools(_ month: CostMonth, _ session: ReadSession) throws -> [Pool] {
        let costs = try session.connection.rows(
            """
            SELECT "pool", CAST(sum("amount_base") AS BIGINT) FROM \(name: CostLine.key)
            WHERE "day" >= \(month.first.description) AND "day" <= \(month.last.description) AND "deleted_at" IS NULL
            GROUP BY "pool"
            """
        )
        let cost = Dictionary(costs.map { ($0.integer(0), $0.integer(1)) }, uniquingKeysWith: { $1 })
        let months = try session.connection.rows(
            """
            SELECT "pool", "people", "days", "minutes_per_day", "percent" FROM \(name: PoolMonth.key)
            WHERE "month" >= \(month.first.description) AND "month" <= \(month.last.description)
            AND "deleted_at" IS NULL ORDER BY "id"
            """
        )
        let special = Dictionary(months.map { ($0.integer(0), $0) }, uniquingKeysWith: { $1 })
        let rows = try session.connection.rows(
            """
            SELECT "id", "people", "hours_per_year", "percent" FROM \(name: CostPool.key)
            WHERE "deleted_at" IS NULL ORDER BY "id"
            """
        )
        return rows.map { row in
            var people = row.integer(1)
            var seconds = Allocation.halfUp(
                Int128(people) * Int128(row.integer(2)) * Int128(row.integer(3)) * 3600,
                120_000
            )
            if let month = special[row.integer(0)] {
                people = month.integer(1)
                let minutes = Int128(people) * Int128(month.integer(2)) * Int128(month[3].integer ?? 480)
                seconds = Allocation.halfUp(minutes * Int128(month[4].integer ?? 80) * 60, 10_000)
            }
            return Pool(
                id: RecordID(row.integer(0)),
                cost: cost[row.integer(0)] ?? 0,
                capacity: seconds,
                people: people
            )
        }
    }

    /// Writes what each customer bears of each pool, by largest remainders; ties go to the smaller id.
    static func share(_ run: CostRun, _ session: WriteSession) throws -> [Pool] {
        let connection = session.connection
        return try pools(run.month, session).map { pool in
            var pool = pool
            let sums = try connection.row(
                """
                SELECT CAST(coalesce(sum(seconds), 0) AS BIGINT),
                    CAST(coalesce(sum(CASE WHEN logged = 1 THEN seconds ELSE 0 END), 0) AS BIGINT), max(seconds)
                FROM sys_cost_event WHERE pool = \(pool.id)
                """
            )
            pool.used = sums?.integer(0) ?? 0
            pool.logged = sums?.integer(1) ?? 0
            pool.assigned = CapacityPool(cost: pool.cost, capacity: pool.capacity).usedCost(pool.used)
            try connection.run(
                """
                INSERT INTO sys_run_pool (run, pool, cost, capacity, used, logged, assigned, people)
                VALUES (\(run.id), \(pool.id), \(pool.cost), \(pool.capacity), \(pool.used), \(pool.logged),
                    \(pool.assigned), \(pool.people))
                """
            )
            guard pool.used > 0 else { return pool }
            let most = try connection.value(
                """
                SELECT CAST(max(seconds) AS BIGINT) FROM (SELECT sum(seconds) AS seconds FROM sys_cost_event
                    WHERE pool = \(pool.id) AND seconds > 0 GROUP BY customer) sums
                """
            )
            // The largest product that the division below makes; a pool's whole cost is far within.
            let (_, overflow) = pool.assigned.multipliedReportingOverflow(by: most.integer ?? 0)
            guard !overflow else {
                throw Problem(
                    .conflict,
                    "out_of_range",
                    Label("A pool's cost is beyond all measure. Check its lines.", zh: "成本池金额超出范围，请检查费用明细。")
                )
            }
            try connection.run(
                """
                INSERT INTO sys_cost_share (pool, customer, seconds, amount)
                SELECT \(pool.id), customer, seconds, share + CASE WHEN place <= rest THEN 1 ELSE 0 END
                FROM (SELECT customer, seconds, \(pool.assigned) * seconds / \(pool.used) AS share,
                    row_number() OVER (ORDER BY \(pool.assigned) * seconds % \(pool.used) DESC, customer) AS place,
                    \(pool.assigned) - CAST(sum(\(pool.assigned) * seconds / \(pool.used)) OVER () AS BIGINT) AS rest
                    FROM (SELECT customer, CAST(sum(seconds) AS BIGINT) AS seconds FROM sys_cost_event
                        WHERE pool = \(pool.id) AND seconds > 0 GROUP BY customer) sums) shares
                """
            )
            return pool
        }
    }

    /// Takes back what a run wrote beside its entries.
    static func forget(_ run: CostRun, _ connection: Connection) throws {
        try connection.run("DELETE FROM sys_run_pool WHERE run = \(run.id)")
        try connection.run("DELETE FROM sys_cost_residual WHERE run = \(run.id)")
    }
}
