import Foundation

/// The functions that the models of repeat purchase are made of.
public enum SpecialFunctions {
    /// ln Γ(x) for x > 0.
    public static func lnGamma(_ x: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(x, &sign)
    }

    /// ln B(a, b) for a, b > 0. Where both are large, what would cancel is left out before it can.
    public static func lnBeta(_ a: Double, _ b: Double) -> Double {
        let (small, large) = a < b ? (a, b) : (b, a)
        guard large > 1e3, small > 0 else { return lnGamma(a) + lnGamma(b) - lnGamma(a + b) }
        // lnΓ(large) − lnΓ(large + small) by Stirling's series, the leading terms combined.
        let sum = large + small
        let main = -(large - 0.5) * log1p(small / large) - small * log(sum) + small
        return lnGamma(small) + main + stirling(large) - stirling(sum)
    }

    /// The rest of Stirling's series for lnΓ(x), x large.
    private static func stirling(_ x: Double) -> Double {
        let inverse = 1 / x
        let square = inverse * inverse
        return inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)))
    }

    /// Gauss's ₂F₁(a, b; c; z) for 0 ≤ z < 1 and c > 0; nil where the series does not settle.
    ///
    /// Where the terms would overflow it is taken from Euler's transform (1−z)^(c−a−b)·₂F₁(c−a, c−b; c; z).
    public static func hypergeometric(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double? {
        guard z >= 0, z < 1, c > 0, a.isFinite, b.isFinite, c.isFinite else { return nil }
        if z > 0.5, c - a - b < 0, let sum = series(c - a, c - b, c, z) {
            let value = pow(1 - z, c - a - b) * sum
            if value.isFinite { return value }
        }
        return series(a, b, c, z)
    }

    static func series(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double? {
        var (term, sum, n) = (1.0, 1.0, 0.0)
        while n < 2_000_000 {
            let ratio = (a + n) * (b + n) / ((c + n) * (n + 1)) * z
            term *= ratio
            sum += term
            guard sum.isFinite else { return nil }
            n += 1
            // Later terms shrink at least like z, so that what is left is below the last digit.
            if abs(term) <= abs(sum) * 1e-17 * max(1e-6, 1 - z), abs(ratio) < 1 { return sum }
        }
        return nil
    }
}
