import Database
import Identity
public import Ledger
public import Records
import SQLText
import Schema
public import Values

/// Why the profit of a customer differs from that of as many months before.
public enum VarianceReader {
    /// The difference and what it is made of; amounts in minor units, below 0 where it lowers the profit.
    public struct Variance: Sendable, Equatable {
        /// The months before.
        public let from: String, to: String
        /// The profit then and now.
        public let before: Int64, after: Int64
        /// Volume, mix, price, service intensity and the rate of our time.
        public let effects: ProfitVariance
        /// Rebates given, expenses for keeping and serving, and the cost of winning.
        public let rebates: Int64, expenses: Int64, acquisition: Int64
        /// What remains: something was changed after the months were reckoned.
        public var rest: Int64 {
            after - before - effects.total - rebates - expenses - acquisition
        }
    }

    /// The variance of the months of a range against as many before; nil where one of both was not reckoned. `months` are
    /// those of the range where they have been read. Throws like the statement.
    public static func of(
        _ customer: RecordID,
        from: String,
        to: String,
        months: [ProfitReader.Month]? = nil,
        _ session: ReadSession
    ) throws -> Variance? {
        let length = Int(RunTotals.distance(from, to)) + 1
        guard length > 0 else { return nil }
        let (first, last) = (CostMonth.text(from, adding: -length), CostMonth.text(from, adding: -1))
        let after = try months ?? ProfitReader.months(of: customer, from: from, to: to, session)
        let before = try ProfitReader.months(of: customer, from: first, to: last, session)
        guard !after.isEmpty, !before.isEmpty else { return nil }
        let (old, new) = (
            try Side(customer, first, last, before, session), try Side(customer, from, to, after, session)
        )
        return Variance(
            from: first,
            to: last,
            before: old.statement[.profit],
            after: new.statement[.profit],
            effects: ProfitVariance(from: old.period, to: new.period),
            rebates: old.rebates - new.rebates,
            expenses: old.expenses - new.expenses,
            acquisition: old.statement[.acquisition] - new.statement[.acquisition]
        )
    }

    /// What happened in the months of one side.
    private struct Side {
        let statement: Statement
        let period: ProfitVariance.Period
        let rebates: Int64
        /// What keeping and serving cost beside our time.
        let expenses: Int64

        init(
            _ customer: RecordID,
            _ from: String,
            _ to: String,
            _ months: [ProfitReader.Month],
            _ session: ReadSession
        ) throws {
            statement = months.reduce(Statement.zero) { $0 + $1.statement }
            let time = try session.connection.row(
                """
                SELECT CAST(coalesce(sum(CASE WHEN e.pool IS NOT NULL THEN e.seconds ELSE 0 END), 0) AS BIGINT),
                    CAST(coalesce(sum(CASE WHEN e.pool IS NOT NULL THEN e.amount ELSE 0 END), 0) AS BIGINT),
                    CAST(coalesce(sum(CASE WHEN e.nature = 'rebate' THEN e.amount ELSE 0 END), 0) AS BIGINT)
                FROM sys_cost_entry e WHERE e.record = \(customer) AND e.run IN \(list: months.map { SQLValue($0.run) })
                AND e.reverses IS NULL AND (e.category IN ('service', 'maintenance') OR e.nature = 'rebate')\
                \(Protection(session).entries)
                """
            )
            let timeCost = time?.integer(1) ?? 0
            rebates = time?.integer(2) ?? 0
            expenses = statement.costToServe - timeCost
            let reckoned = Set(months.map(\.month))
            var products: [String: (units: Int64, margin: Int64)] = [:]
            for row in try session.connection.rows(
                """
                SELECT substr("day", 1, 7), coalesce("product", 0), "kind",
                    CAST(sum(coalesce("quantity", 1000)) AS BIGINT), CAST(sum(coalesce("amount_base", 0)
                    - CASE WHEN "kind" = 'sale' THEN coalesce("discount_base", 0) ELSE 0 END
                    - coalesce("goods_base", 0)) AS BIGINT)
                FROM \(name: SaleLine.key) WHERE "customer" = \(customer) AND "kind" IN ('sale', 'refund')
                AND "day" >= \(from + "-01") AND "day" <= \(to + "-31") AND "deleted_at" IS NULL
                GROUP BY substr("day", 1, 7), coalesce("product", 0), "kind"
                """
            ) where reckoned.contains(row.text(0)) {
                let sign: Int64 = row.text(2) == "refund" ? -1 : 1
                let key = String(row.integer(1))
                products[key, default: (0, 0)].units += sign * row.integer(3)
                products[key, default: (0, 0)].margin += sign * row.integer(4)
            }
            period = ProfitVariance.Period(products: products, time: time?.integer(0) ?? 0, timeCost: timeCost)
        }
    }
}
