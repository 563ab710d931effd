import Foundation

/// What a customer under contract is worth.
public enum LifetimeValue {
    /// The value of a margin per period that goes on with probability `retention`, at a discount per period.
    ///
    /// `Σ m·r^t ÷ (1+d)^t` from t = 0, or from 1 without the margin of today. Source: Gupta and Lehmann. Nil where the
    /// sum has no end (retention not below 1 + discount) or a rate is none.
    public static func contract(
        margin: Double,
        retention: Double,
        discount: Double,
        withImmediateMargin: Bool = true
    ) -> Double? {
        guard (0...1).contains(retention), discount > -1, retention < 1 + discount, margin.isFinite else { return nil }
        let factor = withImmediateMargin ? 1 + discount : retention
        return margin * factor / (1 + discount - retention)
    }

    /// The value over a survival curve: `Σ m·S(t) ÷ (1+d)^t`, where `survival[t]` is the share still there in period t.
    ///
    /// After the end of the curve the last retention goes on; where that is 1, nothing is added beyond the curve.
    public static func contract(margin: Double, survival: [Double], discount: Double) -> Double {
        guard discount > -1, margin.isFinite else { return 0 }
        var (value, factor) = (0.0, 1.0)
        for share in survival {
            value += share * factor
            factor /= 1 + discount
        }
        if survival.count > 1, let last = survival.last, survival[survival.count - 2] > 0 {
            let retention = last / survival[survival.count - 2]
            if retention < 1, retention > 0 {
                value += last * factor * retention / (1 - retention / (1 + discount))
            }
        }
        return margin * value
    }
}

/// The share of customers who are still there after so many periods.
public struct SurvivalCurve: Sendable, Equatable {
    /// The share after 0, 1, 2 … periods.
    public let shares: [Double]
    /// How many customers were looked at when each period began.
    public let atRisk: [Int]

    /// A customer: for how many periods it was seen and whether it then left.
    public struct Spell: Sendable {
        /// Whole periods.
        public let periods: Int
        /// True if it left, false if it is still there.
        public let left: Bool

        /// A customer.
        public init(periods: Int, left: Bool) {
            self.periods = periods
            self.left = left
        }
    }

    /// The curve by Kaplan and Meier: who is still there counts for as long as was seen.
    public init(_ spells: [Spell]) {
        let spells = spells.filter { $0.periods >= 0 }
        let longest = min(1200, spells.map(\.periods).max() ?? 0)
        var (leaving, ending) = (Array(repeating: 0, count: longest + 1), Array(repeating: 0, count: longest + 1))
        for spell in spells {
            let place = min(longest, spell.periods)
            ending[place] += 1
            if spell.left { leaving[place] += 1 }
        }
        var (shares, risk, share, there) = ([Double](), [Int](), 1.0, spells.count)
        for period in 0...longest {
            risk.append(there)
            if there > 0 { share *= 1 - Double(leaving[period]) / Double(there) }
            shares.append(share)
            there -= ending[period]
        }
        self.shares = spells.isEmpty ? [] : shares
        atRisk = spells.isEmpty ? [] : risk
    }
}

/// When the money spent on winning customers has come back.
public enum Payback {
    /// The first period (from 1) in which the contributions so far reach the cost; nil while they do not.
    public static func period(cost: Int64, contributions: [Int64]) -> Int? {
        guard cost > 0 else { return 0 }
        var sum: Int128 = 0
        for (index, contribution) in contributions.enumerated() {
            sum += Int128(contribution)
            if sum >= Int128(cost) { return index + 1 }
        }
        return nil
    }

    /// Cost ÷ (revenue of a period × margin), as a rule of thumb; nil where nothing comes in.
    public static func simple(cost: Double, revenuePerPeriod: Double, margin: Double) -> Double? {
        let income = revenuePerPeriod * margin
        guard income > 0, cost.isFinite else { return nil }
        return cost / income
    }

    /// Lifetime value ÷ acquisition cost; nil without a cost.
    public static func ratio(value: Double, cost: Double) -> Double? { cost > 0 ? value / cost : nil }
}
