import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// What customers are charged under a policy, and why.
public enum FeeReader {
    /// The fee of one customer under a policy, with the steps that lead to it.
    public struct CustomerFee: Sendable, Equatable {
        /// In minor units of the base currency.
        public let amount: Int64
        /// The tier that was taken.
        public let tier: String
        /// Each step in words.
        public let steps: [Label]
    }

    /// A customer with its fee.
    public struct Charged: Sendable, Equatable {
        /// The customer.
        public let customer: RecordID
        /// The fee.
        public let fee: CustomerFee
    }

    /// The fee of a customer for the months of a range; a `level` given counts before the one agreed. Throws `notFound`
    /// for a policy or customer not to be seen.
    public static func fee(
        of customer: RecordID,
        policy: RecordID,
        from: String,
        to: String,
        level: String = "",
        _ session: ReadSession
    ) throws -> CustomerFee {
        try session.actor.require(.costs)
        _ = try session.find(try ProfitReader.customers(session), customer)
        _ = try session.find(FeePolicy.self, policy)
        let subjects = try FeeSubjects(from: from, to: to, session).all(only: customer)
        guard let subject = subjects.first else {
            return CustomerFee(
                amount: 0,
                tier: "",
                steps: [Label("The customer has no statement in these months.", zh: "该客户在所选月份没有核算数据。")]
            )
        }
        return fee(subject, try tariff(policy, session), level, to, session)
    }

    /// The fee of a customer under the policy in force, for the last period; nil without such a policy.
    public static func current(of customer: RecordID, to: String, _ session: ReadSession) throws -> CustomerFee? {
        guard let policy = try policyInForce(session), session.actor.rights.on(FeePolicy.key).read != .none else {
            return nil
        }
        let first = CostMonth.text(to, adding: 1 - policy.months)
        return try fee(of: customer, policy: policy.id, from: first, to: to, session)
    }

    /// The fees of all customers for the months of a range, by their ids.
    static func fees(
        under policy: RecordID,
        from: String,
        to: String,
        _ session: ReadSession
    ) throws -> [Charged] {
        let tariff = try tariff(policy, session)
        return try FeeSubjects(from: from, to: to, session).all().map {
            Charged(customer: $0.customer, fee: fee($0, tariff, "", to, session))
        }
    }

    private static func fee(
        _ subject: FeeSubjects.Subject,
        _ tariff: FeeTariff,
        _ level: String,
        _ to: String,
        _ session: ReadSession
    ) -> CustomerFee {
        let currency = session.schema.baseCurrency
        // An agreement that is over binds the customer through its notice and its minimum term.
        if level.isEmpty, let bound = subject.bound, let place = tariff.place(for: bound.fee),
            let day = CostMonth(to, zone: "UTC")?.last,
            let reason = bound.agreement.reason(on: day, by: tariff.rules[place])
        {
            let fee = tariff.fee(for: bound.fee, currency: currency)
            return CustomerFee(amount: fee.amount, tier: bound.tier, steps: [reason] + fee.steps)
        }
        var asked = subject.fee
        if !level.isEmpty { asked.level = level }
        let fee = tariff.fee(for: asked, currency: currency)
        let outlook = fee.rule.flatMap { subject.agreement?.outlook(by: tariff.rules[$0]) }
        let steps = [subject.why] + fee.steps + [outlook].compactMap(\.self)
        return CustomerFee(amount: fee.amount, tier: subject.tier, steps: steps)
    }

    /// The policy in force; nil where there is none.
    public static func inForce(_ session: ReadSession) throws -> RecordID? { try policyInForce(session)?.id }

    /// How many months a period of the policy in force has; nil where there is none.
    static func monthsInForce(_ session: ReadSession) throws -> Int? { try policyInForce(session)?.months }

    private static func policyInForce(_ session: ReadSession) throws -> (id: RecordID, months: Int)? {
        try session.actor.require(.costs)
        return try session.connection.row(
            """
            SELECT "id", "period" FROM \(name: FeePolicy.key) WHERE "state" = 'active' AND "deleted_at" IS NULL ORDER BY "id"
            """
        ).map { ($0.id(0) ?? RecordID(0), months(of: $0[1].text)) }
    }

    private static func months(of period: String?) -> Int { ["quarter": 3, "year": 12][period ?? ""] ?? 1 }

    /// The policies that the reader may see, the newest first, with their states.
    public static func policies(_ session: ReadSession) throws -> [FeePage.Model.Policy] {
        guard let object = session.schema.object(FeePolicy.key), session.actor.rights.on(object.key).read != .none
        else {
            return []
        }
        let ids = try session.connection.rows(
            "SELECT \"id\" FROM \(name: FeePolicy.key) WHERE \"deleted_at\" IS NULL ORDER BY \"id\" DESC LIMIT 50"
        ).compactMap { $0.id(0) }
        return try session.records(object, ids).sorted { $0.id > $1.id }.map {
            .init(id: $0.id, name: $0.name, state: $0["state"].text ?? "draft")
        }
    }

    /// How many months a period of a policy has.
    static func months(of policy: RecordID, _ session: ReadSession) throws -> Int {
        let period = try session.connection.value(
            "SELECT \"period\" FROM \(name: FeePolicy.key) WHERE \"id\" = \(policy)"
        )
        return months(of: period.text)
    }

    /// The first month of the period that ends with a month. Throws `not_the_end` and `not_reckoned` in words.
    static func firstMonth(of policy: RecordID, endingWith month: String, _ session: ReadSession) throws -> String {
        let length = try months(of: policy, session)
        guard let parts = Day(month + "-01")?.parts else { throw Problem.notFound }
        guard Int(parts.month) % length == 0 else {
            throw Problem.invalid(
                "month",
                "not_the_end",
                Label(
                    "The policy charges every \(length) months: choose the last of them.",
                    zh: "该政策每 \(length) 个月计费一次，请选择期末月份。"
                )
            )
        }
        let first = CostMonth.text(month, adding: 1 - length)
        guard try RunList.current(from: first, to: month, session.connection).count == length else {
            throw Problem(
                .conflict,
                "not_reckoned",
                Label(
                    "Reckon \(first) to \(month) first: fees rest on it.",
                    zh: "请先核算 \(first) 至 \(month)，管理费以核算结果为依据。"
                )
            )
        }
        return first
    }

    static func tariff(_ policy: RecordID, _ session: ReadSession) throws -> FeeTariff {
        let rows = try session.connection.rows(
            """
            SELECT "tier", "level", "fewest", "most", "base", coalesce("amount_base", 0), coalesce("percent", 0),
                coalesce("allowance", 0), "cap_base", "floor_base", coalesce("term", 0), coalesce("notice", 0)
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
                    floor: row[9].integer,
                    term: row.integer(10),
                    notice: row.integer(11)
                )
            }
        )
    }
}
