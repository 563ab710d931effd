/// What a fee policy would do before it does it: fees that come in against customers that leave.
public struct FeeSimulation: Sendable {
    /// Customers who are charged alike; amounts per customer in minor units.
    public struct Segment: Sendable {
        /// The name, as a rule the tier.
        public var name: String
        /// How many.
        public var customers: Int
        /// Profit of a year; below 0 a leaving customer is a relief.
        public var yearlyProfit: Int64
        /// Profit of all the years to come.
        public var lifetimeValue: Int64
        /// The fee of a year.
        public var fee: Int64
        /// The share that leaves because of the fee.
        public var churn: Double
        /// How far that share may be off either way; 0 if it is certain.
        public var churnSpread: Double = 0
        /// The share that stays but buys less.
        public var downgrade: Double = 0
        /// The part of their profit that those lose.
        public var downgradeLoss: Double = 0
        /// Months by which those who stay put off their purchases.
        public var delayMonths: Double = 0
        /// The share that takes a cheaper service level.
        public var levelSwitch: Double = 0
        /// What a cheaper level saves us in a year; they pay no fee.
        public var levelSaving: Int64 = 0

        /// A segment.
        public init(
            _ name: String,
            customers: Int,
            yearlyProfit: Int64,
            lifetimeValue: Int64,
            fee: Int64,
            churn: Double
        ) {
            self.name = name
            self.customers = max(0, customers)
            self.yearlyProfit = yearlyProfit
            self.lifetimeValue = lifetimeValue
            self.fee = fee
            self.churn = churn
        }

        /// The churn at which the fee earns nothing over a lifetime: F ÷ (F + V). Nil where leaving costs nothing.
        public var breakEvenChurn: Double? {
            guard fee > 0, lifetimeValue > 0 else { return nil }
            return Double(fee) / (Double(fee) + Double(lifetimeValue))
        }
    }

    /// An effect in this year and over lifetimes, in minor units.
    public struct Effect: Sendable, Equatable {
        /// Within the year.
        public var inYear: Int64
        /// Over the lifetimes of the customers.
        public var lifetime: Int64
    }

    /// An effect that is not certain.
    public struct Range: Sendable, Equatable {
        /// Nine times of ten it is more.
        public let p10: Int64
        /// As often more as less.
        public let p50: Int64
        /// Nine times of ten it is less.
        public let p90: Int64
    }

    /// The segments.
    public let segments: [Segment]

    /// A policy over segments.
    public init(_ segments: [Segment]) { self.segments = segments }

    /// The effect on one segment if everything goes as expected.
    public static func expected(_ segment: Segment) -> Effect {
        effect(segment, leaving: Double(segment.customers) * min(1, max(0, segment.churn)))
    }

    /// The effect on all segments if everything goes as expected.
    public var expected: Effect {
        segments.map(FeeSimulation.expected).reduce(Effect(inYear: 0, lifetime: 0)) {
            Effect(inYear: $0.inYear + $1.inYear, lifetime: $0.lifetime + $1.lifetime)
        }
    }

    private static func effect(_ segment: Segment, leaving: Double) -> Effect {
        let staying = Double(segment.customers) - leaving
        func bounded(_ share: Double) -> Double { min(1, max(0, share)) }
        let switching = staying * bounded(segment.levelSwitch)
        let income = (staying - switching) * Double(segment.fee) + switching * Double(segment.levelSaving)
        let shrinking = staying * bounded(segment.downgrade) * bounded(segment.downgradeLoss)
        // A purchase put off leaves the year but is not lost for life.
        let delayed = staying * min(12, max(0, segment.delayMonths)) / 12 * Double(max(0, segment.yearlyProfit))
        let inYear = income - (leaving + shrinking) * Double(segment.yearlyProfit) - delayed
        let worth = Double(segment.lifetimeValue)
        // Where nobody knows a lifetime value, a loss of this year is what leaving saves.
        let lost = segment.lifetimeValue == 0 && segment.yearlyProfit < 0 ? Double(segment.yearlyProfit) : worth
        return Effect(
            inYear: Allocation.nearest(inYear),
            lifetime: Allocation.nearest(income - (leaving + shrinking) * lost)
        )
    }

    /// The effect over many possible courses; the same seed gives the same answer.
    public func simulated(runs: Int = 2000, seed: UInt64 = 1) -> (inYear: Range, lifetime: Range) {
        var numbers = SeededNumbers(seed: seed)
        let runs = min(100_000, max(10, runs))
        var (years, lives) = ([Int64](), [Int64]())
        for _ in 0..<runs {
            var (year, life) = (Int64(0), Int64(0))
            for segment in segments {
                let churn = numbers.triangular(
                    segment.churn - segment.churnSpread,
                    segment.churn,
                    segment.churn + segment.churnSpread
                )
                let leaving = numbers.binomial(segment.customers, churn)
                let effect = FeeSimulation.effect(segment, leaving: Double(leaving))
                year = year.addingReportingOverflow(effect.inYear).partialValue
                life = life.addingReportingOverflow(effect.lifetime).partialValue
            }
            years.append(year)
            lives.append(life)
        }
        return (FeeSimulation.range(years), FeeSimulation.range(lives))
    }

    static func range(_ values: [Int64]) -> Range {
        let sorted = values.sorted().map(Double.init)
        func at(_ share: Double) -> Int64 { Allocation.nearest(Statistics.quantile(sorted, share) ?? 0) }
        return Range(p10: at(0.1), p50: at(0.5), p90: at(0.9))
    }
}
