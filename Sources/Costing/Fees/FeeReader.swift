import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// What customers would be charged, and what a policy would do.
public enum FeeReader {
    /// Customers of one tier over some months.
    public struct Tier: Sendable, Equatable {
        /// `A`, `B` or `C`.
        public let key: String
        /// How many.
        public let customers: Int
        /// Profit of a year for each, in minor units.
        public let yearlyProfit: Int64
        /// What each is worth over the years to come.
        public let lifetimeValue: Int64
    }

    /// What is assumed about the years to come.
    public struct Outlook: Sendable, Equatable {
        /// The share of customers that stays another year.
        public var retention = 0.85
        /// The interest of a year.
        public var discount = 0.1

        /// The usual outlook.
        public init() {}
    }

    /// A snapshot of the customers by profit: A the best fifth of those who earn, B the others, C who lose.
    public static func tiers(
        from: String,
        to: String,
        filter: String? = nil,
        outlook: Outlook = Outlook(),
        _ session: ReadSession
    ) throws -> [Tier] {
        let profits = try WhaleReader.profits(from, to, filter, session).profits
        let months = max(1, RunTotals.distance(from, to) + 1)
        let earning = profits.filter { $0 > 0 }.sorted(by: >)
        let best = earning.isEmpty ? 0 : max(1, earning.count / 5)
        let groups: [(String, ArraySlice<Int64>)] = [
            ("A", earning.prefix(best)), ("B", earning.dropFirst(best)), ("C", profits.filter { $0 <= 0 }[...]),
        ]
        return groups.map { key, members in
            let sum = members.reduce(Int128(0)) { $0 + Int128($1) }
            let yearly = members.isEmpty ? 0 : Allocation.halfUp(sum * 12, Int128(members.count) * Int128(months))
            let value = LifetimeValue.contract(
                margin: Double(yearly),
                retention: outlook.retention,
                discount: outlook.discount,
                withImmediateMargin: false
            )
            return Tier(
                key: key,
                customers: members.count,
                yearlyProfit: yearly,
                lifetimeValue: Allocation.nearest(value ?? 0)
            )
        }
    }

    /// The fee of one customer under a policy, with the steps that lead to it.
    public struct CustomerFee: Sendable {
        /// In minor units of the base currency.
        public let amount: Int64
        /// The tier that was taken.
        public let tier: String
        /// Each step in words.
        public let steps: [Label]
    }

    /// The fee of a customer for the months of a range. Throws `notFound` for a policy or customer not to be seen.
    public static func fee(
        of customer: RecordID,
        policy: RecordID,
        from: String,
        to: String,
        level: String = "",
        _ session: ReadSession
    ) throws -> CustomerFee {
        let months = try ProfitReader.months(of: customer, from: from, to: to, session)
        _ = try session.find(FeePolicy.self, policy)
        let tariff = try tariff(policy, session)
        let sum = months.reduce(Statement.zero) { $0 + $1.statement }
        let earning = try WhaleReader.profits(from, to, nil, session).profits.filter { $0 > 0 }.sorted(by: >)
        let border = earning.isEmpty ? 0 : earning[max(1, earning.count / 5) - 1]
        let profit = sum[.profit]
        var subject = FeeTariff.Subject(tier: profit <= 0 ? "C" : profit >= border ? "A" : "B", level: level)
        subject.revenue = sum[.netRevenue]
        let runs = months.map { SQLValue($0.run) }
        let seconds =
            try session.connection.value(
                """
                SELECT CAST(sum(seconds) AS BIGINT) FROM sys_cost_entry WHERE record = \(customer)
                AND run IN \(list: runs) AND reverses IS NULL AND category = 'service'
                """
            ).integer ?? 0
        subject.serviceMinutes = seconds / 60
        subject.frequency = try purchases(customer, from, to, session)
        let fee = tariff.fee(for: subject, currency: session.schema.baseCurrency)
        return CustomerFee(amount: fee.amount, tier: subject.tier, steps: fee.steps)
    }

    private static func purchases(
        _ customer: RecordID,
        _ from: String,
        _ to: String,
        _ session: ReadSession
    ) throws -> Int64 {
        guard let start = CostMonth(from, zone: "UTC"), let end = CostMonth(to, zone: "UTC") else { return 0 }
        return try session.connection.value(
            """
            SELECT count(DISTINCT "day") FROM \(name: SaleLine.key) WHERE "customer" = \(customer) AND "kind" = 'sale'
            AND "day" >= \(start.first.description) AND "day" <= \(end.last.description) AND "deleted_at" IS NULL
            """
        ).integer ?? 0
    }

    static func tariff(_ policy: RecordID, _ session: ReadSession) throws -> FeeTariff {
        let rows = try session.connection.rows(
            """
            SELECT "tier", "level", "fewest", "most", "base", coalesce("amount_base", 0), coalesce("percent", 0),
                coalesce("allowance", 0), "cap_base", "floor_base"
            FROM \(name: FeeRule.key) WHERE "policy" = \(policy) AND "deleted_at" IS NULL ORDER BY "place", "id"
            """
        )
        return FeeTariff(
            rows.map { row in
                let base: FeeTariff.Base =
                    switch row.text(4) {
                    case "revenue": .revenue(hundredths: row.integer(6))
                    case "managed": .managed(each: row.integer(5))
                    case "hours": .hours(each: row.integer(5), allowanceMinutes: row.integer(7))
                    case "project": .project(hourly: row.integer(5))
                    default: .fixed(row.integer(5))
                    }
                let (fewest, most) = (row[2].integer, row[3].integer)
                let band: ClosedRange<Int64>? =
                    fewest == nil && most == nil ? nil : (fewest ?? 0)...max(fewest ?? 0, most ?? .max)
                return FeeTariff.Rule(
                    tier: row[0].text.flatMap { $0.isEmpty ? nil : $0 },
                    level: row[1].text.flatMap { $0.isEmpty ? nil : $0 },
                    frequency: band,
                    base: base,
                    cap: row[8].integer,
                    floor: row[9].integer
                )
            }
        )
    }
}
