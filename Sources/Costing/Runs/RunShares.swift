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

    /// Events lie by ranges of customers. Shares say of each customer what it took of a pool; `mark` changes with the
    /// activities and products that it is made of.
    static let tables = [
        (
            "sys_cost_event",
            """
            (bucket INTEGER NOT NULL, pool INTEGER NOT NULL, customer INTEGER NOT NULL, activity INTEGER NOT NULL,
            source INTEGER NOT NULL, seconds INTEGER NOT NULL, logged INTEGER NOT NULL, product INTEGER, reason TEXT,
            PRIMARY KEY (bucket, activity, source)) WITHOUT ROWID
            """
        ),
        (
            "sys_cost_share",
            """
            (pool INTEGER NOT NULL, customer INTEGER NOT NULL, seconds INTEGER NOT NULL, logged INTEGER NOT NULL,
            events INTEGER NOT NULL, mark INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (pool, customer))
            WITHOUT ROWID
            """
        ),
        (
            "sys_cost_spend",
            """
            (customer INTEGER NOT NULL, spend INTEGER NOT NULL, amount INTEGER NOT NULL, channel TEXT NOT NULL,
            nature TEXT NOT NULL)
            """
        ),
    ]

    /// Begins with empty tables; dropping is quicker than deleting millions of rows.
    static func empty(_ connection: Connection) throws {
        for (name, columns) in tables {
            try connection.script("DROP TABLE IF EXISTS \(name)")
            try connection.script(connection.dialect.definition("CREATE TABLE \(name) \(columns)"))
        }
    }

    /// Adds up what customers of one range took of each pool.
    static func gather(_ bucket: Int, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_cost_share (pool, customer, seconds, logged, events, mark, amount)
            SELECT pool, customer, CAST(sum(seconds) AS BIGINT),
                CAST(sum(CASE WHEN logged = 1 THEN seconds ELSE 0 END) AS BIGINT), count(*),
                CAST(sum((seconds % 1000003) * ((activity + coalesce(product, 0)) % 1000003)) AS BIGINT), 0
            FROM sys_cost_event WHERE bucket = \(bucket) AND seconds > 0 GROUP BY pool, customer
            """
        )
    }

    /// Tells PostgreSQL how large the tables have become; it would plan for empty ones.
    static func analyse(_ connection: Connection) throws {
        switch connection.dialect {
        case .sqlite: break
        case .postgres: for (name, _) in tables { try connection.script("ANALYZE \(name)") }
        }
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
            SELECT "id", "people", "hours_per_year", "percent", "capacity_by", "minutes_per_day" FROM \(name: CostPool.key)
            WHERE "deleted_at" IS NULL ORDER BY "id"
            """
        )
        let workingDays = Int64(try session.workingDays(month.first...month.last).count)
        /// Of so many hundredths of a person on so many days.
        func seconds(_ people: Int64, _ days: Int64, _ minutes: Int64, _ percent: Int64) -> Int64 {
            Allocation.halfUp(Int128(people) * Int128(days) * Int128(minutes) * Int128(percent) * 60, 10_000)
        }
        return rows.map { row in
            var people = row.integer(1)
            var capacity = Allocation.halfUp(
                Int128(people) * Int128(row.integer(2)) * Int128(row.integer(3)) * 3600,
                120_000
            )
            if let month = special[row.integer(0)] {
                people = month.integer(1)
                let days = month[2].integer ?? workingDays
                capacity = seconds(people, days, month[3].integer ?? 480, month[4].integer ?? 80)
            } else if row.text(4) == "calendar" {
                capacity = seconds(people, workingDays, row[5].integer ?? 480, row.integer(3))
            }
            return Pool(
                id: RecordID(row.integer(0)),
                cost: cost[row.integer(0)] ?? 0,
                capacity: capacity,
                people: people
            )
        }
    }

    /// Writes what each customer bears of each pool, by largest remainders; ties go to the smaller id.
    static func share(_ run: CostRun, _ session: WriteSession) throws -> [Pool] {
        let connection = session.connection
        let sums = try connection.rows(
            """
            SELECT pool, CAST(sum(seconds) AS BIGINT), CAST(sum(logged) AS BIGINT), max(seconds) FROM sys_cost_share
            GROUP BY pool
            """
        )
        let took = Dictionary(sums.map { ($0.integer(0), $0) }, uniquingKeysWith: { $1 })
        return try pools(run.month, session).map { pool in
            var pool = pool
            let (used, most) = (took[pool.id.raw]?.integer(1) ?? 0, took[pool.id.raw]?.integer(3) ?? 0)
            pool.used = used
            pool.logged = took[pool.id.raw]?.integer(2) ?? 0
            pool.assigned = CapacityPool(cost: pool.cost, capacity: pool.capacity).usedCost(used)
            try connection.run(
                """
                INSERT INTO sys_run_pool (run, pool, cost, capacity, used, logged, assigned, people)
                VALUES (\(run.id), \(pool.id), \(pool.cost), \(pool.capacity), \(pool.used), \(pool.logged),
                    \(pool.assigned), \(pool.people))
                """
            )
            // The largest product that the division below makes; a pool's whole cost is far within.
            let (_, overflow) = pool.assigned.multipliedReportingOverflow(by: most)
            guard !overflow else {
                throw Problem(
                    .conflict,
                    "out_of_range",
                    Label("A pool's cost is beyond all measure. Check its lines.", zh: "成本池金额超出范围，请检查费用明细。")
                )
            }
            if used > 0, pool.assigned != 0 { try divide(pool, connection) }
            return pool
        }
    }

    /// Cuts each share to a whole fen and gives what is left to the largest fractions. Whom it reaches is found by
    /// counting, since sorting all would take memory for each customer.
    private static func divide(_ pool: Pool, _ connection: Connection) throws {
        let (whole, sign): (Int64, Int64) = pool.assigned < 0 ? (-pool.assigned, -1) : (pool.assigned, 1)
        let part: SQLFragment = "\(whole) * seconds / \(pool.used)"
        let fraction: SQLFragment = "\(whole) * seconds % \(pool.used)"
        let cut =
            try connection.value(
                "SELECT CAST(sum(\(part)) AS BIGINT) FROM sys_cost_share WHERE pool = \(pool.id)"
            ).integer ?? 0
        var (low, width, left) = (Int64(0), pool.used, whole - cut)
        while width > 1, left > 0 {
            let step = (width - 1) / 4096 + 1
            let counts = try connection.rows(
                """
                SELECT (\(fraction) - \(low)) / \(step) AS place, count(*) FROM sys_cost_share
                WHERE pool = \(pool.id) AND \(fraction) >= \(low) AND \(fraction) < \(low + width)
                GROUP BY place ORDER BY place DESC
                """
            )
            for row in counts {
                guard row.integer(1) < left else {
                    (low, width) = (low + row.integer(0) * step, step)
                    break
                }
                left -= row.integer(1)
            }
        }
        // Of those with the same fraction the smaller ids.
        let last =
            left > 0
            ? try connection.value(
                """
                SELECT customer FROM sys_cost_share WHERE pool = \(pool.id) AND \(fraction) = \(low)
                ORDER BY customer LIMIT 1 OFFSET \(left - 1)
                """
            ).integer ?? -1 : -1
        let more: SQLFragment =
            left > 0 ? "\(fraction) > \(low) OR \(fraction) = \(low) AND customer <= \(last)" : "1 = 0"
        try connection.run(
            """
            UPDATE sys_cost_share SET amount = \(sign) * (\(part) + CASE WHEN \(more) THEN 1 ELSE 0 END)
            WHERE pool = \(pool.id)
            """
        )
    }

    /// Takes back what a run wrote beside its entries.
    static func forget(_ run: CostRun, _ connection: Connection) throws {
        try connection.run("DELETE FROM sys_run_pool WHERE run = \(run.id)")
        try connection.run("DELETE FROM sys_cost_residual WHERE run = \(run.id)")
    }
}
