import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// What customers cost by channel, under every model, and when they have paid it back.
public enum ChannelReader {
    /// What spend and touches are taken together by.
    public enum Dimension: String, Sendable, CaseIterable {
        /// The channel.
        case channel
        /// The campaign of a channel; what names none stands under the channel alone.
        case campaign
        /// The month in which money was spent and people met us.
        case cohort

        /// The name for people.
        public var label: Label {
            switch self {
            case .channel: Label("Channel", zh: "渠道")
            case .campaign: Label("Campaign", zh: "营销活动")
            case .cohort: Label("Month of the touch", zh: "触点月份")
            }
        }

        func key(_ channel: String, _ campaign: String, _ month: String) -> String {
            switch self {
            case .channel: channel
            case .campaign: campaign.isEmpty ? channel : channel + "/" + campaign
            case .cohort: month
            }
        }

        func label(_ key: String) -> Label {
            if self == .cohort { return Label(key, zh: key) }
            let parts = key.split(separator: "/", maxSplits: 1).map(String.init)
            let channel = CostChoices.label(parts.first ?? key, in: CostChoices.channels)
            guard parts.count == 2 else { return channel }
            return Label("\(channel.en) · \(parts[1])", zh: "\(channel.zh) · \(parts[1])")
        }

        /// The spend behind a key, as a filter.
        func filter(_ key: String) -> String {
            let parts = key.split(separator: "/", maxSplits: 1).map {
                $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            }
            switch self {
            case .channel: return "channel = \"\(key)\""
            case .campaign where parts.count == 2: return "channel = \"\(parts[0])\" and campaign = \"\(parts[1])\""
            case .campaign: return "channel = \"\(key)\" and campaign is empty"
            case .cohort:
                let last = Day(key + "-01")?.adding(months: 1).adding(days: -1).description ?? key
                return "day between \"\(key)-01\" and \"\(last)\""
            }
        }
    }

    /// One channel, campaign or month over the months of a range.
    public struct Channel: Sendable, Equatable {
        /// The key.
        public let key: String
        /// Its name.
        public let label: Label
        /// The spend behind it, as a filter.
        public let filter: String
        /// What was spent.
        public let spend: Int64
        /// Touches.
        public let touches: Int64
        /// Customers won, as the model of the policy credits them, in thousandths.
        public let wonThousandths: Int64
        /// Spend ÷ customers by model, in their order, lost leads included; nil without a customer.
        public let costs: [Int64?]
        /// What was spent on the touches of those won alone, without the leads that were lost, for each customer.
        public let directCost: Int64?
        /// Spend that touched nobody.
        public let untouched: Int64
        /// What the customers whose first touch it was have contributed since, in all.
        public let contribution: Int64
        /// How many customers came through it first.
        public let customers: Int64
        /// What a customer who came through it first will bring on average; nil where nothing was forecast.
        public let worth: Int64?
        /// The month in which their contribution had paid for the spend; nil while it has not.
        public let paybackMonths: Int?
        /// True where fewer than ten customers stand behind it.
        public var isSmall: Bool { wonThousandths < 10_000 }

        /// Worth ÷ cost of a customer in the model at a place, in hundredths; below 100 a customer costs more than it will
        /// bring. Nil where one of both is not known.
        public func ratioHundredths(_ place: Int) -> Int64? {
            guard let worth, let cost = costs[place], cost > 0 else { return nil }
            return Allocation.halfUp(Int128(worth) * 100, Int128(cost))
        }
    }

    /// The table of channels.
    public struct Table: Sendable {
        /// Channels, the dearest customer first.
        public let channels: [Channel]
        /// Customers won without any touch: their source is unknown.
        public let unknown: Int
        /// Customers won in all.
        public let won: Int
        /// All spend ÷ all customers won; nil without one.
        public let blended: Int64?
        /// The model of the policy.
        public let model: String
        /// What it is taken together by.
        public let dimension: Dimension
    }

    /// The table over the months of a range, by the month of the touch. Throws `forbidden` without the right to costing
    /// or to see all customers.
    public static func table(
        by dimension: Dimension = .channel,
        from: String,
        to: String,
        _ session: ReadSession
    ) throws -> Table {
        try session.actor.require(.costs)
        guard let start = CostMonth(from, zone: session.schema.timeZone),
            let end = CostMonth(to, zone: session.schema.timeZone)
        else { throw Problem.notFound }
        guard try ProfitReader.condition(nil, session) == nil else {
            throw Problem.forbidden(
                Label("Channels are reckoned over all customers, which you may not see.", zh: "渠道分析涉及全部客户，您没有查看权限。")
            )
        }
        let policy = try CostPolicy(session.connection)
        let spend = try spend(dimension, start, end, session)
        let ways = try ways(dimension, start, end, session)
        let results = CostPolicy.models.map { model in
            cost(spend, ways.journeys, policy.attribution(model.key))
        }
        let main = CostPolicy.models.firstIndex { $0.key == policy.model } ?? 2
        let touched = results.map(\.channels)
        let keys = Set(spend.keys.map(\.channel)).union(ways.touches.keys)
        let cohorts = try contributions(ways.firsts, from, to, session)
        let worths = try worths(ways.firsts, session)
        let channels = keys.map { key in
            channel(key, dimension, touched, main, cohorts[key] ?? [], worths[key]) { channel in
                (ways.touches[channel] ?? 0, Int64(ways.firsts.values.count { $0 == channel }))
            }
        }
        let won = ways.journeys.count { $0.won }
        let all = spend.values.reduce(0, +)
        return Table(
            channels: channels.sorted { left, right in
                let (one, other) = (left.costs[main] ?? Int64.max, right.costs[main] ?? Int64.max)
                return one == other ? left.key < right.key : one > other
            },
            unknown: ways.unknown,
            won: won + ways.unknown,
            blended: won + ways.unknown > 0 ? all / Int64(won + ways.unknown) : nil,
            model: policy.model,
            dimension: dimension
        )
    }

    /// One line of the table; `months` is what its customers contributed since, `counts` its touches and customers.
    private static func channel(
        _ key: String,
        _ dimension: Dimension,
        _ touched: [[String: AcquisitionCost.Line]],
        _ main: Int,
        _ months: [Int64],
        _ worth: Int64?,
        _ counts: (String) -> (touches: Int64, customers: Int64)
    ) -> Channel {
        let line = touched[main][key] ?? AcquisitionCost.Line()
        let credit = line.wonCredit + line.lostCredit
        let direct: Int64? =
            line.wonCredit > 0 ? Allocation.halfUp(Int128(line.spend) * Int128(Attribution.whole), credit) : nil
        let (touches, customers) = counts(key)
        return Channel(
            key: key,
            label: dimension.label(key),
            filter: dimension.filter(key),
            spend: line.spend,
            touches: touches,
            wonThousandths: Int64(clamping: line.wonCredit * 1000 / Int128(Attribution.whole)),
            costs: touched.map { $0[key]?.cost },
            directCost: direct,
            untouched: line.untouched,
            contribution: months.reduce(0, +),
            customers: customers,
            worth: worth,
            paybackMonths: line.spend > 0 ? Payback.period(cost: line.spend, contributions: months) : nil
        )
    }

    private struct Way {
        let who: Int64
        let won: Bool
        let touches: [AcquisitionCost.Cohort]
        let days: [Double]
    }

    private static func spend(
        _ dimension: Dimension,
        _ start: CostMonth,
        _ end: CostMonth,
        _ session: ReadSession
    ) throws -> [AcquisitionCost.Cohort: Int64] {
        let rows = try session.connection.rows(
            """
            SELECT "channel", coalesce("campaign", ''), substr("day", 1, 7), CAST(sum("amount_base") AS BIGINT)
            FROM \(name: ChannelSpend.key)
            WHERE "day" >= \(start.first.description) AND "day" <= \(end.last.description) AND "deleted_at" IS NULL
            GROUP BY "channel", coalesce("campaign", ''), substr("day", 1, 7)
            """
        )
        let lines = rows.map { row in
            let key = dimension.key(row.text(0), row.text(1), row.text(2))
            return (AcquisitionCost.Cohort(key, row.text(2)), row.integer(3))
        }
        return Dictionary(lines, uniquingKeysWith: +)
    }

    private static func ways(
        _ dimension: Dimension,
        _ start: CostMonth,
        _ end: CostMonth,
        _ session: ReadSession
    ) throws -> (journeys: [Way], touches: [String: Int64], firsts: [Int64: String], unknown: Int) {
        // Won is who has bought; those who bought first in the range and met no touch are of unknown source.
        let rows = try session.connection.rows(
            """
            SELECT "customer", min("day") FROM \(name: SaleLine.key) WHERE "kind" = 'sale' AND "deleted_at" IS NULL
            AND "day" <= \(end.last.description) GROUP BY "customer"
            """
        )
        let bought = Dictionary(rows.map { ($0.integer(0), $0.text(1)) }, uniquingKeysWith: { $1 })
        var (journeys, touches): ([Way], [String: Int64]) = ([], [:])
        var (firsts, known): ([Int64: String], Set<Int64>) = ([:], [])
        let zone = Zone.named(session.schema.timeZone) ?? .fixed(28_800)
        func cohort(_ touch: Journeys.Touch) -> AcquisitionCost.Cohort {
            let at = Instant(milliseconds: touch.at)
            let month = String(Day(of: at, offset: zone.offset(at: at)).description.prefix(7))
            return .init(dimension.key(touch.channel, touch.campaign, month), month)
        }
        try Journeys.each(before: end.end, session) { journey in
            known.insert(journey.who)
            let inRange = journey.touches.filter { $0.at >= start.start }
            guard let first = journey.touches.first, !inRange.isEmpty else { return }
            for touch in inRange { touches[cohort(touch).channel, default: 0] += 1 }
            let won = bought[journey.who] != nil
            if won, first.at >= start.start { firsts[journey.who] = cohort(first).channel }
            journeys.append(
                Way(
                    who: journey.who,
                    won: won,
                    touches: journey.touches.map(cohort),
                    days: journey.days
                )
            )
        }
        let unknown = bought.count { $0.value >= start.first.description && !known.contains($0.key) }
        return (journeys, touches, firsts, unknown)
    }

    private static func cost(
        _ spend: [AcquisitionCost.Cohort: Int64],
        _ ways: [Way],
        _ model: AttributionModel
    ) -> AcquisitionCost {
        let journeys = ways.map { way in
            AcquisitionCost.Journey(
                id: way.who,
                won: way.won,
                touches: way.touches,
                weights: Attribution.weights(model, days: way.days)
            )
        }
        return AcquisitionCost(spend: spend, journeys: journeys)
    }

    /// By channel of the first touch: what one of its customers will bring on average, of those with a forecast.
    private static func worths(_ firsts: [Int64: String], _ session: ReadSession) throws -> [String: Int64] {
        var sums: [String: (sum: Int128, count: Int128)] = [:]
        guard !firsts.isEmpty else { return [:] }
        try session.connection.each(
            "SELECT record, value FROM \(Protection(session).worth) w WHERE value IS NOT NULL"
        ) { row in
            if let key = firsts[row.integer(0)] {
                sums[key, default: (0, 0)].sum += Int128(row.integer(1))
                sums[key, default: (0, 0)].count += 1
            }
            return true
        }
        return sums.mapValues { Allocation.halfUp($0.sum, $0.count) }
    }

    /// By channel of the first touch: the contribution of its customers in each month of the range, with the months
    /// since.
    private static func contributions(
        _ firsts: [Int64: String],
        _ from: String,
        _ to: String,
        _ session: ReadSession
    ) throws -> [String: [Int64]] {
        let last = try RunList.lastMonth(session) ?? to
        let runs = try RunList.current(from: from, to: last, session.connection)
        var result: [String: [Int64]] = [:]
        for (place, run) in runs.enumerated() {
            try session.connection.each(
                """
                SELECT record, sales - discounts - refunds - goods - service - maintenance FROM \(Protection(session).profit) p
                WHERE run = \(run.id)
                """
            ) { row in
                if let channel = firsts[row.integer(0)] {
                    result[channel, default: Array(repeating: 0, count: runs.count)][place] += row.integer(1)
                }
                return true
            }
        }
        return result
    }
}
