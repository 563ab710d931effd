import Foundation

/// What a system costs over the years, bought, subscribed to or built: every item with a range, since nobody knows.
public struct OwnershipCost: Sendable {
    /// When an item is paid.
    public enum Rhythm: String, Sendable, CaseIterable {
        /// At the beginning.
        case once
        /// Every year.
        case yearly
        /// Every year for each person who uses it.
        case perUser = "per_user"
    }

    /// One item; amounts in minor units.
    public struct Item: Sendable {
        /// The name.
        public var name: String
        /// When it is paid.
        public var rhythm: Rhythm
        /// The least it may be.
        public var low: Int64
        /// What it is most likely to be.
        public var likely: Int64
        /// The most it may be.
        public var high: Int64
        /// By how much it grows each year, 0.03 for 3 %.
        public var growth: Double
        /// The first year in which it is paid, from 0.
        public var firstYear: Int

        /// An item.
        public init(
            _ name: String,
            _ rhythm: Rhythm,
            low: Int64,
            likely: Int64,
            high: Int64,
            growth: Double = 0,
            firstYear: Int = 0
        ) {
            self.name = name
            self.rhythm = rhythm
            self.low = min(low, likely)
            self.likely = likely
            self.high = max(high, likely)
            self.growth = growth
            self.firstYear = max(0, firstYear)
        }

        func cost(_ amount: Double, year: Int, users: Int) -> Double {
            guard year >= firstYear else { return 0 }
            let grown = amount * pow(1 + max(-1, growth), Double(year))
            return switch rhythm {
            case .once: year == firstYear ? amount : 0
            case .yearly: grown
            case .perUser: grown * Double(max(0, users))
            }
        }
    }

    /// The items.
    public let items: [Item]

    /// A way to have the system.
    public init(_ items: [Item]) { self.items = items }

    /// The most likely cost of each year in minor units; `users[year]` people use it, the last number goes on.
    public func likely(years: Int, users: [Int]) -> [Int64] {
        (0..<max(0, min(50, years))).map { year in
            Allocation.nearest(
                items.reduce(0) { $0 + $1.cost(Double($1.likely), year: year, users: count(users, year)) }
            )
        }
    }

    /// The cost of all years in today's money, over many possible courses of the items.
    public func range(
        years: Int,
        users: [Int],
        discount: Double = 0,
        runs: Int = 2000,
        seed: UInt64 = 1
    ) -> FeeSimulation.Range {
        var numbers = SeededNumbers(seed: seed)
        let totals = (0..<min(100_000, max(10, runs))).map { _ -> Int64 in
            var total = 0.0
            for item in items {
                let amount = numbers.triangular(Double(item.low), Double(item.likely), Double(item.high))
                for year in 0..<max(0, min(50, years)) {
                    let cost = item.cost(amount, year: year, users: count(users, year))
                    total += cost / pow(1 + max(-0.99, discount), Double(year))
                }
            }
            return Allocation.nearest(total)
        }
        return FeeSimulation.range(totals)
    }

    private func count(_ users: [Int], _ year: Int) -> Int {
        users.indices.contains(year) ? users[year] : users.last ?? 0
    }
}
