import Database
import Identity
public import Ledger
public import Records
import SQLText
import Schema
public import Values

/// Tries a fee policy on the customers as they are, before anybody is charged.
public enum FeeTrials {
    /// Customers of one tier over some months.
    public struct Tier: Sendable, Equatable {
        /// Its name.
        public let key: String
        /// True for one of the tiers that the firm has declared.
        public let isDeclared: Bool
        /// How many.
        public let customers: Int
        /// Profit of a year for each, in minor units.
        public let yearlyProfit: Int64
        /// What each is worth over the years to come.
        public let lifetimeValue: Int64
        /// What each pays in a year under the policy that is tried; nil without one.
        public let fee: Int64?
        let members: [Member]
    }

    struct Member: Sendable, Equatable {
        let customer: RecordID
        let yearlyProfit: Int64
        let fee: Int64?
    }

    /// What is assumed about the years to come.
    public struct Outlook: Sendable, Equatable {
        /// The share of customers that stays another year.
        public var retention = 0.85
        /// The interest of a year.
        public var discount = 0.1

        /// The usual outlook.
        public init() {}

        func value(_ yearly: Int64) -> Int64 {
            let value = LifetimeValue.contract(
                margin: Double(yearly),
                retention: retention,
                discount: discount,
                withImmediateMargin: false
            )
            return Allocation.nearest(value ?? 0)
        }
    }

    /// A snapshot of the customers by tier: the declared tiers, or A the best fifth of those who earn, B the others, C
    /// who lose. With a policy each has the fee of a year under it.
    public static func tiers(
        from: String,
        to: String,
        filter: String? = nil,
        policy: RecordID? = nil,
        outlook: Outlook = Outlook(),
        _ session: ReadSession
    ) throws -> [Tier] {
        let (ids, profits) = try WhaleReader.profits(from, to, filter, session)
        let months = max(1, RunTotals.distance(from, to) + 1)
        let fees = try policy.map { try yearly($0, to, session) }
        let groups = try groups(ids, profits, session)
        let isDeclared = try TierRuns.declared(session) != nil
        return groups.map { key, places in
            let sum = places.reduce(Int128(0)) { $0 + Int128(profits[$1]) }
            let yearly = places.isEmpty ? 0 : Allocation.halfUp(sum * 12, Int128(places.count) * Int128(months))
            let members = places.map { place in
                Member(
                    customer: RecordID(ids[place]),
                    yearlyProfit: Allocation.halfUp(Int128(profits[place]) * 12, Int128(months)),
                    fee: fees.map { $0[ids[place]] ?? 0 }
                )
            }
            let paid = members.reduce(Int128(0)) { $0 + Int128($1.fee ?? 0) }
            return Tier(
                key: key,
                isDeclared: isDeclared,
                customers: places.count,
                yearlyProfit: yearly,
                lifetimeValue: outlook.value(yearly),
                fee: fees == nil ? nil : places.isEmpty ? 0 : Allocation.halfUp(paid, Int128(places.count)),
                members: members
            )
        }
    }

    private static func groups(
        _ ids: [Int64],
        _ profits: [Int64],
        _ session: ReadSession
    ) throws -> [(String, [Int])] {
        if let declared = try TierRuns.declared(session) {
            let stored = try StoredTiers(only: nil, session)
            let places = Dictionary(grouping: ids.indices) { stored.tier(of: ids[$0]) ?? "" }
            return declared.tiers.map { ($0.key, places[$0.key] ?? []) }
        }
        let earning = profits.indices.filter { profits[$0] > 0 }.sorted { profits[$0] > profits[$1] }
        let best = earning.isEmpty ? 0 : max(1, earning.count / 5)
        return [
            ("A", Array(earning.prefix(best))), ("B", Array(earning.dropFirst(best))),
            ("C", profits.indices.filter { profits[$0] <= 0 }),
        ]
    }

    /// The fees of a year under a policy, from those of its last period.
    private static func yearly(_ policy: RecordID, _ to: String, _ session: ReadSession) throws -> [Int64: Int64] {
        _ = try session.find(FeePolicy.self, policy)
        let length = try FeeReader.months(of: policy, session)
        let fees = try FeeReader.fees(under: policy, from: CostMonth.text(to, adding: 1 - length), to: to, session)
        return Dictionary(
            fees.map {
                ($0.customer.raw, $0.fee.amount.multipliedReportingOverflow(by: Int64(12 / length)).partialValue)
            },
            uniquingKeysWith: { $1 }
        )
    }

    /// What is tried for one tier.
    public struct Trial: Sendable, Equatable {
        /// The fee of a year in minor units; that of a policy counts before it.
        public var fee: Int64 = 0
        /// The share that leaves because of it, in hundredths of per cent.
        public var churn: Int64 = 0
        /// How far that may be off, in hundredths of per cent.
        public var spread: Int64 = 0
        /// The share that buys half as much, in hundredths of per cent.
        public var downgrade: Int64 = 0
        /// Months by which purchases are put off, in tenths.
        public var delay: Int64 = 0
        /// The share that takes a cheaper service level and pays no fee, in hundredths of per cent.
        public var change: Int64 = 0
        /// What such a customer saves us in a year, in minor units.
        public var saving: Int64 = 0

        /// Nothing is tried.
        public init() {}
    }

    /// The tiers as the simulation takes them.
    public static func segments(_ tiers: [Tier], _ trials: [String: Trial]) -> [FeeSimulation.Segment] {
        tiers.map { tier in
            segment(
                tier.key,
                tier.customers,
                (tier.yearlyProfit, tier.lifetimeValue),
                tier.fee,
                trials[tier.key] ?? Trial()
            )
        }
    }

    private static func segment(
        _ name: String,
        _ customers: Int,
        _ worth: (yearly: Int64, life: Int64),
        _ fee: Int64?,
        _ trial: Trial
    ) -> FeeSimulation.Segment {
        var segment = FeeSimulation.Segment(
            name,
            customers: customers,
            yearlyProfit: worth.yearly,
            lifetimeValue: worth.life,
            fee: fee ?? trial.fee,
            churn: Double(trial.churn) / 10_000
        )
        segment.churnSpread = Double(trial.spread) / 10_000
        segment.downgrade = Double(trial.downgrade) / 10_000
        segment.downgradeLoss = 0.5
        segment.delayMonths = Double(trial.delay) / 10
        segment.levelSwitch = Double(trial.change) / 10_000
        segment.levelSaving = trial.saving
        return segment
    }

    /// What a policy means for one customer, as it is to be expected.
    public struct CustomerEffect: Sendable, Equatable {
        /// The customer.
        public let customer: RecordID
        /// Its name.
        public let name: String
        /// Its tier.
        public let tier: String
        /// Its profit of a year.
        public let yearlyProfit: Int64
        /// Its fee of a year.
        public let fee: Int64
        /// What it brings us more or less this year, and over the years.
        public let effect: FeeSimulation.Effect
    }

    /// The customers by whom we win and lose most over the years, at most `limit` each; those not to be seen are left out.
    public static func effects(
        _ tiers: [Tier],
        _ trials: [String: Trial],
        outlook: Outlook = Outlook(),
        limit: Int = 10,
        _ session: ReadSession
    ) throws -> (winners: [CustomerEffect], losers: [CustomerEffect]) {
        var all: [(tier: String, member: Member, fee: Int64, effect: FeeSimulation.Effect)] = []
        for tier in tiers {
            let trial = trials[tier.key] ?? Trial()
            for member in tier.members {
                let worth = (member.yearlyProfit, outlook.value(member.yearlyProfit))
                let segment = segment(tier.key, 1, worth, member.fee, trial)
                all.append((tier.key, member, segment.fee, FeeSimulation.expected(segment)))
            }
        }
        all.sort { ($0.effect.lifetime, $1.member.customer) > ($1.effect.lifetime, $0.member.customer) }
        let best = all.prefix(limit).filter { $0.effect.lifetime > 0 }
        let worst = all.suffix(limit).reversed().filter { $0.effect.lifetime < 0 }
        let object = try ProfitReader.customers(session)
        let records = try session.records(object, (best + worst).map(\.member.customer))
        let names = Dictionary(records.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
        func named(_ part: [(tier: String, member: Member, fee: Int64, effect: FeeSimulation.Effect)])
            -> [CustomerEffect]
        {
            part.compactMap { one in
                names[one.member.customer].map {
                    CustomerEffect(
                        customer: one.member.customer,
                        name: $0,
                        tier: one.tier,
                        yearlyProfit: one.member.yearlyProfit,
                        fee: one.fee,
                        effect: one.effect
                    )
                }
            }
        }
        return (named(Array(best)), named(Array(worst)))
    }
}
