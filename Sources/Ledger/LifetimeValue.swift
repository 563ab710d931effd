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
