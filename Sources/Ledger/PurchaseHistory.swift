public import Values

/// How often and how lately a customer bought: what the models of repeat purchase look at.
public struct PurchaseHistory: Sendable, Hashable {
    /// Repeat purchases: days with a purchase after the first.
    public let repeats: Int
    /// From the first to the last purchase, in any unit of time.
    public let recency: Double
    /// From the first purchase to the end of the period looked at.
    public let age: Double

    /// A history; times in one unit, recency at most the age.
    public init(repeats: Int, recency: Double, age: Double) {
        self.repeats = repeats
        self.recency = recency
        self.age = age
    }

    /// The history from the days of purchase; several purchases on one day count once. Nil without a purchase by `end`.
    public init?(days: [Day], until end: Day, unitDays: Double = 7) {
        let days = Set(days.filter { $0 <= end }).sorted()
        guard let first = days.first, let last = days.last else { return nil }
        repeats = days.count - 1
        recency = Double(last.daysSince1970 - first.daysSince1970) / unitDays
        age = Double(end.daysSince1970 - first.daysSince1970) / unitDays
    }

    var isUsable: Bool {
        repeats >= 0 && repeats < 1_000_000 && recency.isFinite && age.isFinite && recency >= 0 && age >= recency
    }
}

/// Customers with equal histories, taken together: a million customers are often far fewer histories.
struct GroupedHistories {
    struct Group {
        let repeats: Int
        let recency: Int
        let age: Int
        let count: Double
    }

    let groups: [Group]
    /// The different recencies and ages; groups point into them.
    let recencies: [Double]
    let ages: [Double]
    let mostRepeats: Int
    let customers: Int
    let repeaters: Int

    init(_ histories: some Sequence<PurchaseHistory>) {
        var counts: [PurchaseHistory: Int] = [:]
        for history in histories where history.isUsable { counts[history, default: 0] += 1 }
        let recencies = Set(counts.keys.lazy.map(\.recency)).sorted()
        let ages = Set(counts.keys.lazy.map(\.age)).sorted()
        let recencyPlace = Dictionary(uniqueKeysWithValues: zip(recencies, recencies.indices))
        let agePlace = Dictionary(uniqueKeysWithValues: zip(ages, ages.indices))
        // In a fixed order: sums of floating-point numbers depend on it.
        groups = counts.map { history, count in
            Group(
                repeats: history.repeats,
                recency: recencyPlace[history.recency] ?? 0,
                age: agePlace[history.age] ?? 0,
                count: Double(count)
            )
        }.sorted { ($0.repeats, $0.recency, $0.age) < ($1.repeats, $1.recency, $1.age) }
        self.recencies = recencies
        self.ages = ages
        mostRepeats = groups.last?.repeats ?? 0
        customers = counts.values.reduce(0, +)
        repeaters = counts.reduce(0) { $0 + ($1.key.repeats > 0 ? $1.value : 0) }
    }
}
