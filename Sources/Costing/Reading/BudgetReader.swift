import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// What was to be spent against what was spent.
public enum BudgetReader {
    /// A pool, channel or nature over the months of a range; amounts in minor units.
    public struct Line: Sendable, Equatable {
        /// `pool`, `channel` or `nature`.
        public let kind: String
        /// Its name.
        public let name: Label
        /// What was to be spent.
        public let budget: Int64
        /// What was spent; nil where it would tell what somebody earns.
        public let actual: Int64?

        /// What is left; below 0 it was too much.
        public var left: Int64? { actual.map { budget - $0 } }
        /// Actual ÷ budget in hundredths of per cent.
        public var usedHundredths: Int64? {
            guard let actual, budget != 0 else { return nil }
            return Allocation.halfUp(Int128(actual) * 10_000, Int128(budget))
        }
    }

    /// All that has a budget or was spent, the most overspent first. Throws `forbidden` without the right to costing.
    public static func lines(from: String, to: String, _ session: ReadSession) throws -> [Line] {
        try session.actor.require(.costing)
        guard let first = CostMonth(from, zone: "UTC")?.first, let last = CostMonth(to, zone: "UTC")?.last else {
            return []
        }
        let days: SQLFragment = """
            "day" >= \(first.description) AND "day" <= \(last.description) AND "deleted_at" IS NULL
            """
        var sums: [String: [String: (budget: Int64, actual: Int64)]] = [:]
        func add(_ kind: String, _ key: String, budget: Int64 = 0, actual: Int64 = 0) {
            let old = sums[kind]?[key] ?? (0, 0)
            sums[kind, default: [:]][key] = (old.budget + budget, old.actual + actual)
        }
        for row in try session.connection.rows(
            """
            SELECT "kind", CASE "kind" WHEN 'pool' THEN CAST("pool" AS TEXT) WHEN 'channel' THEN "channel" ELSE "nature" END,
                CAST(sum("amount_base") AS BIGINT) FROM \(name: CostBudget.key) WHERE \(days) GROUP BY 1, 2
            """
        ) { add(row.text(0), row.text(1), budget: row.integer(2)) }
        let runs = try RunList.current(from: from, to: to, session.connection).map { SQLValue($0.id) }
        var hidden: Set<String> = []
        for row in try session.connection.rows(
            """
            SELECT pool, CAST(sum(cost) AS BIGINT), min(people) FROM sys_run_pool WHERE run IN \(list: runs) GROUP BY pool
            """
        ) {
            let key = String(row.integer(0))
            add("pool", key, actual: row.integer(1))
            if Protection(session).isOn, row.integer(2) < Protection.fewest { hidden.insert(key) }
        }
        for (kind, column, object, more) in [
            ("channel", "channel", ChannelSpend.key, "" as SQLFragment),
            ("nature", "nature", DirectCost.key, " AND \"state\" = 'approved'"),
        ] {
            for row in try session.connection.rows(
                """
                SELECT \(name: column), CAST(sum("amount_base") AS BIGINT) FROM \(name: object) WHERE \(days)\(more)
                GROUP BY \(name: column)
                """
            ) { add(kind, row.text(0), actual: row.integer(1)) }
        }
        let pools = try session.connection.rows("SELECT \"id\", \"name\" FROM \(name: CostPool.key)")
        let names = Dictionary(pools.map { (String($0.integer(0)), $0.text(1)) }, uniquingKeysWith: { $1 })
        return sums.flatMap { kind, keys in
            keys.map { key, sum in
                let name: Label =
                    switch kind {
                    case "pool": Label(names[key] ?? "—", zh: names[key] ?? "—")
                    case "channel": CostChoices.label(key, in: CostChoices.channels)
                    default: CostChoices.label(key, in: CostChoices.natures)
                    }
                let isHidden = kind == "pool" && hidden.contains(key)
                return Line(kind: kind, name: name, budget: sum.budget, actual: isHidden ? nil : sum.actual)
            }
        }.sorted { ($0.left ?? 0, $0.kind, $0.name.en) < ($1.left ?? 0, $1.kind, $1.name.en) }
    }
}

/// What a system costs over the years: bought, subscribed to, or built.
public enum OwnershipReader {
    /// One way to have it.
    public struct Way: Sendable, Equatable {
        /// Its name.
        public let label: Label
        /// The most likely cost of each year, in minor units.
        public let years: [Int64]
        /// The cost of all years in today's money: nine times of ten it is more, as often more as less, nine times of
        /// ten less.
        public let low: Int64, middle: Int64, high: Int64
    }

    /// The ways for which items were written down. Throws `forbidden` without the right to costing.
    public static func ways(
        years: Int,
        users: Int,
        discount: Double,
        _ session: ReadSession
    ) throws -> [Way] {
        try session.actor.require(.costing)
        let rows = try session.connection.rows(
            """
            SELECT "way", "name", "rhythm", coalesce("low_base", "likely_base"), "likely_base",
                coalesce("high_base", "likely_base"), coalesce("growth", 0), coalesce("first_year", 1)
            FROM \(name: OwnershipItem.key) WHERE "deleted_at" IS NULL ORDER BY "id" LIMIT 1000
            """
        )
        let items = Dictionary(grouping: rows) { $0.text(0) }
        return OwnershipItem.ways.compactMap { way in
            guard let rows = items[way.key] else { return nil }
            let cost = OwnershipCost(
                rows.map { row in
                    OwnershipCost.Item(
                        row.text(1),
                        OwnershipCost.Rhythm(rawValue: row.text(2)) ?? .yearly,
                        low: row.integer(3),
                        likely: row.integer(4),
                        high: row.integer(5),
                        growth: Double(row.integer(6)) / 10_000,
                        firstYear: Int(max(0, min(50, row.integer(7) - 1)))
                    )
                }
            )
            let range = cost.range(years: years, users: [users], discount: discount)
            return Way(
                label: way.label,
                years: cost.likely(years: years, users: [users]),
                low: range.p10,
                middle: range.p50,
                high: range.p90
            )
        }
    }
}
