import Database
import Expressions
import Foundation
import Identity
public import Ledger
public import Records
import SQLText
import Schema
public import Values

/// Customers under contract: how long such customers stay, and what the margin of each will bring.
///
/// Which they are the rules say (`CostPolicy.contractFilter`). One that had a sale is there until an invoice is a month
/// late; from then on it has left, in the month after the last one covered. The margin of a month is that of the last
/// twelve that were reckoned, after cost to serve.
struct ContractBook {
    /// One of them.
    struct Contract {
        /// Months since its first sale.
        let age: Int
        /// Whether it is still there.
        let isThere: Bool
        /// The margin of a month after serving, in minor units; for readers who may not read pay the other.
        var margin: Double?, shown: Double?
    }

    let curve: SurvivalCurve
    private let discount: Double
    private(set) var contracts: [Int64: Contract] = [:]

    init(_ session: ReadSession) throws {
        let policy = try CostPolicy(session.connection)
        discount = pow(1 + Double(policy.interest) / 100, 1.0 / 12) - 1
        guard !policy.contractFilter.isEmpty, let condition = try ProfitReader.condition(policy.contractFilter, session)
        else {
            curve = SurvivalCurve([])
            return
        }
        let now = String(session.expressionContext.today.description.prefix(7))
        let (object, covered) = ("customer", policy.contractMonths)
        var spells: [SurvivalCurve.Spell] = []
        var found: [Int64: Contract] = [:]
        try session.connection.each(
            """
            SELECT s."customer", substr(min(s."day"), 1, 7), substr(max(s."day"), 1, 7) FROM \(name: SaleLine.key) s
            JOIN \(name: object) c ON c."id" = s."customer"
            WHERE s."kind" = 'sale' AND s."deleted_at" IS NULL AND c."deleted_at" IS NULL AND (\(condition))
            GROUP BY s."customer" ORDER BY s."customer"
            """
        ) { row in
            let age = max(0, RunTotals.distance(row.text(1), now))
            let isThere = RunTotals.distance(row.text(2), now) <= covered
            let seen = isThere ? age : min(age, RunTotals.distance(row.text(1), row.text(2)) + covered)
            spells.append(.init(periods: Int(seen), left: !isThere))
            found[row.integer(0)] = Contract(age: Int(age), isThere: isThere)
            return true
        }
        curve = SurvivalCurve(spells)
        contracts = found
        try readMargins(session)
    }

    private mutating func readMargins(_ session: ReadSession) throws {
        guard !contracts.isEmpty, let last = try RunList.lastMonth(session) else { return }
        let runs = try RunList.current(from: CostMonth.text(last, adding: -11), to: last, session.connection)
        let now = String(session.expressionContext.today.description.prefix(7))
        let since = Int(RunTotals.distance(last, now))
        for isOpen in [false, true] {
            let contribution: SQLFragment = "sales - discounts - refunds - goods - service - maintenance"
            var sums: [Int64: Int64] = [:]
            try session.connection.each(
                """
                SELECT record, CAST(sum(\(contribution)) AS BIGINT) FROM \(Protection(isOn: isOpen).profit) p
                WHERE run IN \(list: runs.map { SQLValue($0.id) }) GROUP BY record
                """
            ) { row in
                sums[row.integer(0)] = row.integer(1)
                return true
            }
            for (id, contract) in contracts {
                let months = min(runs.count, contract.age - since + 1)
                guard months > 0, let sum = sums[id] else { continue }
                let margin = Double(sum) / Double(months)
                if isOpen { contracts[id]?.shown = margin } else { contracts[id]?.margin = margin }
            }
        }
    }

    /// What a customer under contract will still bring, in full and as shown without the time of small pools; nil for
    /// any other, and where the curve says nothing.
    func value(of customer: Int64) -> (full: Int64, shown: Int64)? {
        guard ContractCurve.refusal(curve) == nil, let contract = contracts[customer] else { return nil }
        guard contract.isThere else { return (0, 0) }
        func worth(_ margin: Double?) -> Int64? {
            margin.flatMap { LifetimeValue.remaining(margin: $0, curve, age: contract.age, discount: discount) }
                .map(Allocation.nearest)
        }
        guard let full = worth(contract.margin), let shown = worth(contract.shown) else { return nil }
        return (full, shown)
    }
}

/// How long customers under contract stay, as it was last reckoned.
public enum ContractCurve {
    private static let setting = "survival"
    /// So many customers must have been seen, and so many of them must have left.
    private static let (fewestCustomers, fewestLeft) = (30, 5)

    /// Why nothing can be said; nil where something can.
    public static func refusal(_ curve: SurvivalCurve) -> Label? {
        let (customers, left) = (curve.atRisk.first ?? 0, curve.left.reduce(0, +))
        guard customers < fewestCustomers || left < fewestLeft || curve.known < 3 else { return nil }
        return Label(
            """
            Too little history: \(customers) customers under contract, \(left) of whom left. It takes at least \
            \(fewestCustomers), of whom \(fewestLeft) left.
            """,
            zh: "历史数据太少：合同客户 \(customers) 家，其中流失 \(left) 家；至少需要 \(fewestCustomers) 家且流失 \(fewestLeft) 家。"
        )
    }

    /// The curve; nil where no customers are under contract by the rules, or it was never reckoned. Throws `forbidden`
    /// without the right to costs.
    public static func read(_ session: ReadSession) throws -> SurvivalCurve? {
        try session.actor.require(.costs)
        let text = try session.connection.value("SELECT value FROM sys_cost_setting WHERE key = \(setting)").text
        guard let text, !text.isEmpty else { return nil }
        let pairs = text.split(separator: ";").map { $0.split(separator: ",").compactMap { Int($0) } }
        return SurvivalCurve(atRisk: pairs.map { $0.first ?? 0 }, left: pairs.map { $0.last ?? 0 })
    }

    static func keep(_ curve: SurvivalCurve, _ connection: Connection) throws {
        let text = zip(curve.atRisk, curve.left).map { "\($0),\($1)" }.joined(separator: ";")
        try connection.run(
            """
            INSERT INTO sys_cost_setting (key, value) VALUES (\(setting), \(text))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """
        )
    }
}
