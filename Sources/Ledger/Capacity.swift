/// A pool of people or assets: what it costs in a period and how much work it can do in it.
///
/// Source: Kaplan and Anderson, Time-Driven Activity-Based Costing. The rate is cost ÷ practical capacity, never ÷ the
/// time actually used: else a quiet month would make every customer look dear.
public struct CapacityPool: Sendable, Equatable {
    /// The cost of the period in minor units.
    public let cost: Int64
    /// The practical capacity of the period, in any unit of time.
    public let capacity: Int64

    /// How the cost of a pool was assigned; `assigned` + `unused` is its cost, to the last unit.
    public struct Assignment: Sendable, Equatable {
        /// The cost of each piece of work in minor units.
        public let parts: [Int64]
        /// Their sum.
        public let assigned: Int64
        /// The cost of capacity that nobody used; it is shown and never spread over customers.
        public let unused: Int64
        /// How far the work exceeds the practical capacity, in the unit of the capacity.
        public let overload: Int64
    }

    /// A pool with its cost in minor units and its practical capacity.
    public init(cost: Int64, capacity: Int64) {
        self.cost = cost
        self.capacity = max(0, capacity)
    }

    /// Cost per unit of time, for people to look at; 0 where there is no capacity.
    public var rate: Double { capacity == 0 ? 0 : Double(cost) / Double(capacity) }

    /// The cost of the used part, rounded once: half up (cost × used ÷ capacity).
    ///
    /// Work beyond the practical capacity shares the whole cost: a pool never hands out more than it costs.
    public func usedCost(_ used: Int64) -> Int64 {
        guard used > 0 else { return 0 }
        guard used < capacity else { return cost }
        return Allocation.halfUp(Int128(cost) * Int128(used), Int128(capacity))
    }

    /// Spreads the cost of the used part over pieces of work by their time. Negative times count as none.
    public func assign(_ times: [Int64]) -> Assignment {
        let used = Int64(clamping: times.reduce(Int128(0)) { $0 + Int128(max(0, $1)) })
        let spent = usedCost(used)
        guard let parts = Allocation.split(spent, by: times) else {
            return Assignment(parts: times.map { _ in 0 }, assigned: 0, unused: cost, overload: 0)
        }
        return Assignment(parts: parts, assigned: spent, unused: cost - spent, overload: max(0, used - capacity))
    }
}

/// How much work a team can do in a period.
public enum PracticalCapacity {
    /// Minutes of a month for people who work so many hours a year, of which `percent` are for customers.
    public static func minutesOfMonth(people: Int, hoursPerYear: Int, percent: Int = 80) -> Int64 {
        let minutes = Int128(max(0, people)) * Int128(max(0, hoursPerYear)) * 60 * Int128(max(0, percent))
        return Allocation.halfUp(minutes, 1200)
    }

    /// One day of a team.
    public struct Day: Sendable {
        /// How many people are on the team.
        public let people: Int
        /// Whether it is a day of work: holidays and make-up days are decided before.
        public let working: Bool

        /// One day of a team.
        public init(people: Int, working: Bool) {
            self.people = people
            self.working = working
        }
    }

    /// Minutes of the working days, `minutesPerDay` for each person, of which `percent` are for customers.
    public static func minutes(of days: [Day], minutesPerDay: Int, percent: Int = 80) -> Int64 {
        let people = days.reduce(Int128(0)) { $0 + ($1.working ? Int128(max(0, $1.people)) : 0) }
        return Allocation.halfUp(people * Int128(max(0, minutesPerDay)) * Int128(max(0, percent)), 100)
    }
}
