import Foundation

/// How customers without a contract buy and leave: the BG/NBD model.
///
/// While alive a customer buys at a rate of its own; after each purchase it may leave for ever. Source: Fader, Hardie
/// and Lee, «Counting Your Customers the Easy Way», Marketing Science 24(2), 2005. Times are in the unit of the data.
public struct PurchaseModel: Sendable, Equatable {
    /// Shape of the rates of purchase.
    public let r: Double
    /// Scale of the rates, in the unit of time.
    public let alpha: Double
    /// First parameter of the chance to leave.
    public let a: Double
    /// Second parameter of the chance to leave.
    public let b: Double

    /// A model with these parameters, all above 0.
    public init(r: Double, alpha: Double, a: Double, b: Double) {
        self.r = r
        self.alpha = alpha
        self.a = a
        self.b = b
    }

    /// The logarithm of the likelihood of one history.
    public func logLikelihood(_ history: PurchaseHistory) -> Double {
        let x = Double(history.repeats)
        let base =
            SpecialFunctions.lnGamma(r + x) - SpecialFunctions.lnGamma(r) + r * log(alpha)
            + SpecialFunctions.lnBeta(a, b + x) - SpecialFunctions.lnBeta(a, b)
        let alive = -(r + x) * log(alpha + history.age)
        guard history.repeats > 0 else { return base + alive }
        let left = log(a) - log(b + x - 1) - (r + x) * log(alpha + history.recency)
        let larger = max(alive, left)
        return base + larger + log1p(exp(min(alive, left) - larger))
    }

    /// The chance that the customer has not left. Without a repeat purchase it is 1 by construction and says nothing.
    public func alive(_ history: PurchaseHistory) -> Double {
        guard history.repeats > 0 else { return 1 }
        return 1 / (1 + oddsOfLeaving(history))
    }

    private func oddsOfLeaving(_ history: PurchaseHistory) -> Double {
        guard history.repeats > 0 else { return 0 }
        let x = Double(history.repeats)
        let times = (r + x) * (log(alpha + history.age) - log(alpha + history.recency))
        return exp(log(a) - log(b + x - 1) + times)
    }

    /// The repeat purchases to expect of a customer with this history in the next `time`.
    public func expected(_ history: PurchaseHistory, in time: Double) -> Double {
        guard time > 0 else { return 0 }
        let x = Double(history.repeats)
        let unconditional = growth(x: x, start: alpha + history.age, time: time, b: b + x)
        let odds = oddsOfLeaving(history)
        return odds.isFinite ? max(0, unconditional / (1 + odds)) : 0
    }

    /// The repeat purchases to expect of a new customer within `time`.
    public func expectedOfNew(in time: Double) -> Double {
        guard time > 0 else { return 0 }
        return max(0, growth(x: 0, start: alpha, time: time, b: b))
    }

    /// (a+b′−1)/(a−1) · [1 − (s/(s+t))^(r+x) · ₂F₁(r+x, b′; a+b′−1; t/(s+t))].
    ///
    /// By Euler's transform the product in brackets is (s/(s+t))^(a−1) · ₂F₁(a+b−1−r …, a−1; …), which cannot overflow.
    private func growth(x: Double, start: Double, time: Double, b: Double) -> Double {
        // At a = 1 the formula is 0 ÷ 0; its neighbour is as good as its limit.
        let a = abs(self.a - 1) < 1e-6 ? 1 + 1e-6 : self.a
        let c = a + b - 1
        let z = time / (start + time)
        guard c > 0, let sum = SpecialFunctions.hypergeometricTransformed(r + x, b, c, z) else { return 0 }
        let value = c / (a - 1) * (1 - exp((a - 1) * log1p(-z)) * sum)
        return value.isFinite ? value : 0
    }
}

extension SpecialFunctions {
    /// ₂F₁(c−a, c−b; c; z), the sum of Euler's transform.
    static func hypergeometricTransformed(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double? {
        guard z >= 0, z < 1 else { return nil }
        return series(c - a, c - b, c, z)
    }
}
