import Foundation

/// SplitMix64: the same seed gives the same numbers everywhere, so that a simulation can be repeated.
public struct SeededNumbers: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Numbers from a seed.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but not including 1.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number of a closed range.
    public mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// A number of the standard normal distribution (Box and Muller).
    public mutating func normal() -> Double {
        let (first, second) = (1 - uniform(), uniform())
        return (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
    }

    /// A number between `low` and `high` that is most often near `likely`.
    public mutating func triangular(_ low: Double, _ likely: Double, _ high: Double) -> Double {
        guard high > low else { return likely }
        let (place, share) = (uniform(), (min(high, max(low, likely)) - low) / (high - low))
        if place < share { return low + (place * share).squareRoot() * (high - low) }
        return high - ((1 - place) * (1 - share)).squareRoot() * (high - low)
    }

    /// How many of `count` cases happen at a probability; by the normal distribution where they are many.
    public mutating func binomial(_ count: Int, _ probability: Double) -> Int {
        let chance = min(1, max(0, probability))
        guard count > 0, chance > 0 else { return 0 }
        if count <= 64 { return (0..<count).reduce(0) { total, _ in total + (uniform() < chance ? 1 : 0) } }
        let (mean, spread) = (Double(count) * chance, (Double(count) * chance * (1 - chance)).squareRoot())
        if mean < 16 { return min(count, poisson(mean)) }
        return min(count, max(0, Int((mean + spread * normal()).rounded())))
    }

    private mutating func poisson(_ mean: Double) -> Int {
        let limit = exp(-mean)
        var (product, count) = (uniform(), 0)
        while product > limit {
            product *= uniform()
            count += 1
        }
        return count
    }
}
