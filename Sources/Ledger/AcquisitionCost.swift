import Foundation

/// What it cost to win each customer: the spend of a channel and month is borne by the leads that it touched then.
///
/// Spend is matched by the month of the touch, never by the month of the win. Spend that touched nobody, and the cost
/// of lost leads that no win shares, stay visible on lines of their own.
public struct AcquisitionCost: Sendable {
    /// Where money was spent and when.
    public struct Cohort: Hashable, Sendable, Comparable {
        /// The channel or campaign.
        public let channel: String
        /// The month, as in `2026-03`.
        public let month: String

        /// Where money was spent and when.
        public init(_ channel: String, _ month: String) {
            self.channel = channel
            self.month = month
        }

        /// By month, then by channel.
        public static func < (left: Cohort, right: Cohort) -> Bool {
            left.month == right.month ? left.channel < right.channel : left.month < right.month
        }
    }

    /// The way of one lead or customer.
    public struct Journey: Sendable {
        /// Who.
        public let id: Int64
        /// Whether it became a customer.
        public let won: Bool
        /// The touches in their order.
        public let touches: [Cohort]
        /// Their weights, from `Attribution`.
        public let weights: [Int64]

        /// The way of one lead or customer.
        public init(id: Int64, won: Bool, touches: [Cohort], weights: [Int64]) {
            self.id = id
            self.won = won
            self.touches = touches
            self.weights = weights
        }
    }

    /// What one customer bears.
    public struct Share: Sendable, Equatable {
        /// Its own touches.
        public var direct: Int64 = 0
        /// Its part of the leads that were lost on the same way.
        public var lost: Int64 = 0
        /// Both.
        public var full: Int64 { direct + lost }
    }

    /// What came of one channel and month.
    public struct Line: Sendable, Equatable {
        /// What was spent, in minor units.
        public var spend: Int64 = 0
        /// Credit of customers won, in parts of `Attribution.whole`.
        public var wonCredit: Int128 = 0
        /// Credit of leads not won.
        public var lostCredit: Int128 = 0
        /// Spend that no lead bears since it touched nobody.
        public var untouched: Int64 = 0
        /// Cost of lost leads that no win shares.
        public var lostAlone: Int64 = 0

        /// Nothing spent and nobody won.
        public init() {}

        /// How many customers the channel is credited with, as a number with decimals.
        public var customers: Double { Double(wonCredit) / Double(Attribution.whole) }
        /// Spend ÷ customers, half up; nil without a customer.
        public var cost: Int64? {
            guard wonCredit > 0 else { return nil }
            return Allocation.nearest(Double(spend) * Double(Attribution.whole) / Double(wonCredit))
        }
    }

    /// By customer; only those who were won.
    public private(set) var shares: [Int64: Share] = [:]
    /// By channel and month.
    public private(set) var lines: [Cohort: Line] = [:]
    /// Customers without any touch: their source is unknown.
    public private(set) var unknown: [Int64] = []

    /// Spreads spend over journeys.
    public init(spend: [Cohort: Int64], journeys: [Journey]) {
        var credit: [Cohort: [Int: Int128]] = [:]
        for (place, journey) in journeys.enumerated() {
            if journey.won {
                shares[journey.id] = Share()
                if journey.touches.isEmpty { unknown.append(journey.id) }
            }
            for (touch, weight) in zip(journey.touches, journey.weights) {
                credit[touch, default: [:]][place, default: 0] += Int128(weight)
            }
        }
        for cohort in Set(spend.keys).union(credit.keys).sorted() {
            spread(spend[cohort] ?? 0, cohort, credit[cohort] ?? [:], journeys)
        }
    }

    private mutating func spread(_ spend: Int64, _ cohort: Cohort, _ credit: [Int: Int128], _ journeys: [Journey]) {
        var line = Line()
        line.spend = spend
        // By id, so that the order of input decides nothing.
        let places = credit.keys.sorted { journeys[$0].id < journeys[$1].id }
        let weights = places.map { credit[$0] ?? 0 }
        for (place, weight) in zip(places, weights) {
            if journeys[place].won { line.wonCredit += weight } else { line.lostCredit += weight }
        }
        if let parts = Allocation.split(spend, by: weights) {
            var lost: Int64 = 0
            for (place, part) in zip(places, parts) {
                if journeys[place].won { shares[journeys[place].id]?.direct += part } else { lost += part }
            }
            let winners = zip(places, weights).filter { journeys[$0.0].won }
            if let extra = Allocation.split(lost, by: winners.map(\.1)) {
                for (winner, part) in zip(winners, extra) { shares[journeys[winner.0].id]?.lost += part }
            } else {
                line.lostAlone = lost
            }
        } else {
            line.untouched = spend
        }
        lines[cohort] = line
    }

    /// The lines of each channel over all months.
    public var channels: [String: Line] {
        lines.reduce(into: [:]) { result, entry in
            var line = result[entry.key.channel] ?? Line()
            line.spend += entry.value.spend
            line.wonCredit += entry.value.wonCredit
            line.lostCredit += entry.value.lostCredit
            line.untouched += entry.value.untouched
            line.lostAlone += entry.value.lostAlone
            result[entry.key.channel] = line
        }
    }

    /// What the next money would win if part of one channel's budget went to another.
    ///
    /// `response` says how well a channel takes more money: 1 for no loss, 0.7 for customers that grow with the 0.7th
    /// power of spend. Answers spend ÷ customers before and after; nil where there is no customer.
    public static func shift(
        percent: Double,
        from worse: (spend: Int64, customers: Double),
        to better: (spend: Int64, customers: Double),
        others: (spend: Int64, customers: Double) = (0, 0),
        response: Double = 1
    ) -> (before: Double?, after: Double?) {
        let moved = Double(worse.spend) * min(100, max(0, percent)) / 100
        func customers(_ channel: (spend: Int64, customers: Double), _ change: Double) -> Double {
            guard channel.spend > 0 else { return channel.customers }
            return channel.customers * pow(max(0, (Double(channel.spend) + change) / Double(channel.spend)), response)
        }
        let spend = Double(worse.spend) + Double(better.spend) + Double(others.spend)
        let before = worse.customers + better.customers + others.customers
        let after = customers(worse, -moved) + customers(better, moved) + others.customers
        return (before > 0 ? spend / before : nil, after > 0 ? spend / after : nil)
    }
}
