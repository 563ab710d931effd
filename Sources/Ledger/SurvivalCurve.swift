/// The share of customers who are still there after so many periods, by Kaplan and Meier.
public struct SurvivalCurve: Sendable, Equatable {
    /// The share after 0, 1, 2 … periods.
    public let shares: [Double]
    /// How many customers were looked at when each period began.
    public let atRisk: [Int]
    /// How many of them left in each period.
    public let left: [Int]

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

    /// Of periods with fewer customers the curve is chance; there the retention of the periods before goes on.
    public static let fewest = 10
    /// From how many periods the retention that goes on is taken.
    private static let tail = 12

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
        var (risk, there) = ([Int](), spells.count)
        for period in 0...longest {
            risk.append(there)
            there -= ending[period]
        }
        self.init(atRisk: spells.isEmpty ? [] : risk, left: spells.isEmpty ? [] : leaving)
    }

    /// A curve from its counts, as they were kept.
    public init(atRisk: [Int], left: [Int]) {
        let count = min(atRisk.count, left.count)
        var (shares, share) = ([Double](), 1.0)
        for period in 0..<count {
            if atRisk[period] > 0 { share *= 1 - Double(left[period]) / Double(atRisk[period]) }
            shares.append(share)
        }
        self.shares = shares
        self.atRisk = Array(atRisk.prefix(count))
        self.left = Array(left.prefix(count))
    }

    /// The periods that enough customers stand behind.
    public var known: Int { atRisk.prefix { $0 >= SurvivalCurve.fewest }.count }

    /// The share that stays from one period to the next where the curve ends: of the last twelve known periods, those
    /// who stayed ÷ those who were there. 1 where nobody left in them, nil without a curve.
    public var lastRetention: Double? {
        // Nobody leaves in the period in which it came.
        guard known > 1 else { return nil }
        let range = max(1, known - SurvivalCurve.tail)..<known
        let there = range.reduce(0) { $0 + atRisk[$1] }
        guard there > 0 else { return nil }
        return 1 - Double(range.reduce(0) { $0 + left[$1] }) / Double(there)
    }

    /// The share that is still there, beyond the known part with the last retention.
    public func share(after periods: Int) -> Double {
        guard periods >= 0, let last = lastRetention else { return 0 }
        if periods < known { return shares[periods] }
        var share = known > 0 ? shares[known - 1] : 1
        for _ in 0..<min(10_000, periods - max(0, known - 1)) { share *= last }
        return share
    }

    /// Of those who are there after `age` periods, the share that is still there `more` periods later; 0 if none is.
    public func chance(at age: Int, more: Int) -> Double {
        let now = share(after: age)
        return now > 0 ? share(after: age + more) / now : 0
    }
}

extension LifetimeValue {
    /// What a customer of an age will still bring: `Σ_{t≥1} m·S(a+t)/S(a) ÷ (1+d)^t`.
    ///
    /// The margin of the running period is not in it. Beyond the known part of the curve the last retention goes on to
    /// the end; where that and the interest leave the sum without an end, fifty years count. Nil without a curve.
    /// Source: Gupta and Lehmann, with the survival curve in the place of one retention.
    public static func remaining(
        margin: Double,
        _ curve: SurvivalCurve,
        age: Int,
        discount: Double
    ) -> Double? {
        guard let last = curve.lastRetention, discount > -1, margin.isFinite, age >= 0 else { return nil }
        let now = curve.share(after: age)
        guard now > 0 else { return 0 }
        var (value, factor, share, period) = (0.0, 1.0, now, age)
        while period + 1 < curve.known {
            period += 1
            factor /= 1 + discount
            share = curve.shares[period]
            value += share / now * factor
        }
        let step = last / (1 + discount)
        if step < 1 {
            value += share / now * factor * step / (1 - step)
        } else {
            for _ in 0..<600 {
                factor *= step
                value += share / now * factor
            }
        }
        let worth = margin * value
        return worth.isFinite ? worth : nil
    }
}
