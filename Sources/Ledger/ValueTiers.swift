public import Values

/// Sorts customers into tiers by their value, without tossing them about from month to month.
public struct ValueTiers: Sendable, Equatable {
    /// One tier; they are listed from the highest to the lowest.
    public struct Tier: Sendable, Equatable {
        /// The key.
        public let key: String
        /// From this value a customer rises into it.
        public let riseAt: Double
        /// Below this value a customer falls out of it; at most `riseAt`.
        public let fallBelow: Double

        /// A tier with its borders.
        public init(_ key: String, riseAt: Double, fallBelow: Double) {
            self.key = key
            self.riseAt = riseAt
            self.fallBelow = min(riseAt, fallBelow)
        }
    }

    /// From the highest to the lowest; the last takes everybody else.
    public let tiers: [Tier]
    /// So many periods at or above the border raise a customer.
    public let periodsToRise: Int
    /// So many periods below the border lower it.
    public let periodsToFall: Int

    /// Tiers from the highest to the lowest.
    public init(_ tiers: [Tier], periodsToRise: Int = 1, periodsToFall: Int = 2) {
        self.tiers = tiers
        self.periodsToRise = max(1, periodsToRise)
        self.periodsToFall = max(1, periodsToFall)
    }

    /// A tier set by a person, with its reason.
    public struct Override: Sendable, Equatable {
        /// The tier.
        public let tier: String
        /// Why.
        public let reason: String
        /// The last day it holds.
        public let until: Day

        /// A tier set by a person.
        public init(tier: String, reason: String, until: Day) {
            self.tier = tier
            self.reason = reason
            self.until = until
        }
    }

    /// The tier after these values, oldest first; nil where there are no tiers.
    public func tier(_ values: [Double], override: Override? = nil, on day: Day? = nil) -> String? {
        if let override, let day, day <= override.until, tiers.contains(where: { $0.key == override.tier }) {
            return override.tier
        }
        guard let lowest = tiers.indices.last else { return nil }
        guard let first = values.first else { return tiers[lowest].key }
        var place = tiers.firstIndex { first >= $0.riseAt } ?? lowest
        var (above, below) = (0, 0)
        for value in values.dropFirst() {
            let better = tiers[..<place].firstIndex { value >= $0.riseAt }
            above = better == nil ? 0 : above + 1
            below = place < lowest && value < tiers[place].fallBelow ? below + 1 : 0
            if let better, above >= periodsToRise {
                (place, above, below) = (better, 0, 0)
            } else if below >= periodsToFall {
                let lower = tiers[(place + 1)...].firstIndex { value >= $0.fallBelow } ?? lowest
                (place, above, below) = (lower, 0, 0)
            }
        }
        return tiers[place].key
    }
}
