import Values

/// Splits whole amounts by weight so that the parts always sum to the whole.
public enum Allocation {
    /// The parts of `amount` (minor units) by weight; nil where no weight is positive, since then nobody bears it.
    ///
    /// Largest-remainder method: each share is cut to a whole unit, then one unit each goes to the largest fractions;
    /// of equal ones to the earlier. A negative weight counts as none, a negative amount is split by its size.
    public static func split(_ amount: Int64, by weights: [Int128]) -> [Int64]? {
        var weights = weights.map { max(0, $0) }
        var total = sum(weights)
        guard total > 0 else { return nil }
        let size = Int128(amount.magnitude)
        // Beyond 128 bits the weights lose their last digits rather than the program its footing.
        while size > 0, total > Int128.max / size {
            weights = weights.map { $0 >> 1 }
            total = sum(weights)
            guard total > 0 else { return nil }
        }
        var parts = [Int64](repeating: 0, count: weights.count)
        var fractions = [Int128](repeating: 0, count: weights.count)
        var rest = size
        for index in weights.indices where weights[index] > 0 {
            let (share, fraction) = (size * weights[index]).quotientAndRemainder(dividingBy: total)
            parts[index] = Int64(clamping: share)
            fractions[index] = fraction
            rest -= share
        }
        for index in largest(Int(clamping: rest), of: fractions) { parts[index] += 1 }
        return amount < 0 ? parts.map { -$0 } : parts
    }

    /// The same for weights of 64 bits.
    public static func split(_ amount: Int64, by weights: [Int64]) -> [Int64]? {
        split(amount, by: weights.map { Int128($0) })
    }

    /// Equal parts; the earlier ones take what does not divide. Empty for no parts.
    public static func split(_ amount: Int64, into count: Int) -> [Int64] {
        split(amount, by: [Int128](repeating: 1, count: max(0, count))) ?? []
    }

    /// `numerator ÷ denominator` to the nearest whole, halves away from zero; 0 for a denominator of 0.
    public static func halfUp(_ numerator: Int128, _ denominator: Int128) -> Int64 {
        guard denominator != 0 else { return 0 }
        let negative = (numerator < 0) != (denominator < 0)
        let (quotient, remainder) = numerator.magnitude.quotientAndRemainder(dividingBy: denominator.magnitude)
        let rounded = remainder >= denominator.magnitude - remainder ? quotient + 1 : quotient
        let size = Int64(clamping: rounded)
        return negative ? -size : size
    }

    /// The whole number nearest to `value`; the nearest there is for what lies outside, and 0 for no number.
    public static func nearest(_ value: Double) -> Int64 {
        guard !value.isNaN else { return 0 }
        let rounded = value.rounded(.toNearestOrAwayFromZero)
        if rounded >= 9_223_372_036_854_774_784 { return .max }
        if rounded <= -9_223_372_036_854_774_784 { return .min }
        return Int64(rounded)
    }

    private static func sum(_ weights: [Int128]) -> Int128 {
        weights.reduce(0) { total, weight in
            let (result, overflow) = total.addingReportingOverflow(weight)
            return overflow ? .max : result
        }
    }

    private static func largest(_ count: Int, of fractions: [Int128]) -> ArraySlice<Int> {
        guard count > 0 else { return [] }
        let order = fractions.indices.sorted {
            fractions[$0] == fractions[$1] ? $0 < $1 : fractions[$0] > fractions[$1]
        }
        return order.prefix(count)
    }
}
