import Values

/// How long an activity takes: a base time and what each circumstance adds to it.
public struct TimeEquation: Sendable, Equatable {
    /// Minutes without any circumstance.
    public let base: Double
    /// Minutes for one of each circumstance, in their order.
    public let additions: [Double]

    /// An equation in minutes.
    public init(base: Double, additions: [Double]) {
        self.base = base
        self.additions = additions
    }

    /// Minutes under these circumstances; never below 0.
    public func minutes(_ circumstances: [Double]) -> Double {
        let sum = zip(additions, circumstances).reduce(base) { $0 + $1.0 * $1.1 }
        return sum.isFinite ? max(0, sum) : 0
    }

    /// How well an equation follows the time that was measured.
    public struct Fit: Sendable, Equatable {
        /// The fitted equation; no time in it is negative.
        public let equation: TimeEquation
        /// The share of the variation that it explains; nil where all measured times are the same.
        public let r2: Double?
        /// How many measured events it rests on.
        public let count: Int
    }

    /// An event whose time was measured.
    public struct Sample: Sendable {
        /// The circumstances, in the order of the equation.
        public let circumstances: [Double]
        /// The minutes it took.
        public let minutes: Double

        /// An event whose time was measured.
        public init(_ circumstances: [Double], minutes: Double) {
            self.circumstances = circumstances
            self.minutes = minutes
        }
    }

    /// The equation that fits measured times best, without negative times.
    ///
    /// Throws `too_little_data` where fewer than five events stand behind each time to be found, 20 at least.
    public static func fit(_ samples: [Sample]) throws -> Fit {
        let usable = samples.filter { $0.minutes.isFinite && $0.circumstances.allSatisfy(\.isFinite) }
        let width = usable.map(\.circumstances.count).max() ?? 0
        let needed = max(20, 5 * (width + 1))
        guard usable.count >= needed else {
            throw Problem(
                .invalid,
                "too_little_data",
                Label(
                    "Only \(usable.count) events have a measured time; at least \(needed) are needed.",
                    zh: "有实际用时记录的业务只有 \(usable.count) 条，至少需要 \(needed) 条才能重新估算。"
                )
            )
        }
        var squares = NonNegativeLeastSquares(width: width + 1)
        for sample in usable {
            let padding = [Double](repeating: 0, count: width - sample.circumstances.count)
            squares.add([1] + sample.circumstances + padding, sample.minutes)
        }
        let solution = squares.solve()
        let equation = TimeEquation(base: solution[0], additions: Array(solution.dropFirst()))
        let mean = usable.reduce(0) { $0 + $1.minutes } / Double(usable.count)
        var (missed, total) = (0.0, 0.0)
        for sample in usable {
            let error = sample.minutes - equation.minutes(sample.circumstances)
            missed += error * error
            total += (sample.minutes - mean) * (sample.minutes - mean)
        }
        let r2 = total > 1e-9 * max(1, mean * mean) ? 1 - missed / total : nil
        return Fit(equation: equation, r2: r2, count: usable.count)
    }
}
