import Ledger
import Testing
import Values

/// The test vectors of the chapter on customer economics: three customers, three teams, five wins.
@Suite struct EconomicsVectorTests {
    private static let ticket = TimeEquation(base: 6, additions: [15, 4, 25, 90])
    private static let support = CapacityPool(cost: 4_992_000, capacity: 41_600)
    private static let sales = CapacityPool(cost: 9_600_000, capacity: 32_000)
    private static let success = CapacityPool(cost: 2_400_000, capacity: 16_000)

    @Test func `practical capacity gives rates of 1.20, 3.00 and 1.50 a minute`() {
        #expect(PracticalCapacity.minutesOfMonth(people: 5, hoursPerYear: 2080) == 41_600)
        #expect(Self.support.rate == 120)
        #expect(Self.sales.rate == 300)
        #expect(Self.success.rate == 150)
        let days = (0..<20).map { PracticalCapacity.Day(people: 5, working: $0 % 5 != 4) }
        #expect(PracticalCapacity.minutes(of: days, minutesPerDay: 480) == 30_720)
    }

    @Test func `three customers cost what their tickets, calls and visits take`() {
        let plain = Self.ticket.minutes([0, 2, 0, 0])
        let hard = Self.ticket.minutes([1, 5, 1, 0])
        let onSite = Self.ticket.minutes([1, 8, 1, 1])
        let service = Self.support.assign([Int64(6 * plain), Int64(9 * hard + 3 * onSite), 0])
        #expect(service.parts == [10_080, 131_760, 0])
        #expect(service.unused == 4_850_160)
        let selling = Self.sales.assign([4 * 12 + 150, 20 * 12 + 4 * 150, 12])
        let caring = Self.success.assign([60, 180, 30])
        #expect(selling.assigned == 315_000 && selling.unused == 9_285_000)
        #expect(caring.assigned == 40_500 && caring.unused == 2_359_500)
        let loyalty: [Int64] = [90_000, 20_000, 6_000]
        let upkeep = (0..<3).map { selling.parts[$0] + caring.parts[$0] + loyalty[$0] }
        #expect(upkeep.prefix(2) == [158_400, 299_000])
        let first = ProfitStatement([
            .sales: 8_000_000, .discounts: 400_000, .goods: 3_800_000, .service: service.parts[0],
            .maintenance: upkeep[0], .acquisition: 150_000,
        ])
        #expect(first.profit == 3_481_520 && first.marginHundredths == 4581)
        let second = ProfitStatement([
            .sales: 3_000_000, .discounts: 100_000, .goods: 1_500_000, .service: service.parts[1] + 240_000,
            .maintenance: upkeep[1], .acquisition: 250_000,
        ])
        #expect(second.profit == 479_240 && second.marginHundredths == 1653)
        let third = ProfitStatement([
            .sales: 600_000, .goods: 240_000, .maintenance: upkeep[2], .acquisition: 60_000,
        ])
        #expect(third.profit == 285_900 && third.marginHundredths == 4765)
    }

    @Test func `a whale curve rises to 310 % and loses 630 again`() {
        let curve = WhaleCurve([500, 300, 120, 10, -30, -200, -400])
        #expect(curve.cumulative == [500, 800, 920, 930, 900, 700, 300])
        #expect(curve.peakHundredths == 31_000 && curve.destroyed == 630 && curve.customersPastPeak == 3)
        let loss = WhaleCurve([100, -300])
        #expect(loss.peakHundredths == nil && loss.peak == 100 && loss.destroyed == 300)
        #expect(WhaleCurve([]).total == 0)
        #expect(WhaleCurve([-5, -3]).peak == 0)
    }

    private static let ways = [
        ["search", "expo", "referral"], ["expo"], ["search", "search", "expo", "referral"], ["referral"],
        ["expo", "search"],
    ]

    private func cost(_ model: AttributionModel) -> AcquisitionCost {
        AcquisitionCost(
            spend: [
                .init("search", "2026-01"): 3_000_000, .init("expo", "2026-01"): 5_000_000,
                .init("referral", "2026-01"): 600_000,
            ],
            journeys: Self.ways.enumerated().map { place, way in
                AcquisitionCost.Journey(
                    id: Int64(place),
                    won: true,
                    touches: way.map { .init($0, "2026-01") },
                    weights: Attribution.weights(model, days: way.indices.map(Double.init))
                )
            }
        )
    }

    private static let credits: [(AttributionModel, [Double])] = [
        (.first, [2, 2, 1]), (.last, [1, 1, 3]), (.linear, [4.0 / 3, 25.0 / 12, 19.0 / 12]),
        (.position, [1.4, 1.8, 1.8]),
    ]

    @Test(arguments: credits)
    func `credit for five wins is divided as the model says`(_ model: AttributionModel, _ wanted: [Double]) {
        let channels = cost(model).channels
        for (channel, customers) in zip(["search", "expo", "referral"], wanted) {
            #expect(isClose(channels[channel]?.customers, customers, within: 1e-12))
        }
        #expect(channels.values.reduce(Int128(0)) { $0 + $1.wonCredit } == 5 * Int128(Attribution.whole))
    }

    @Test func `a customer costs 22500, 24000 or 3789.47 by channel, and 17200 over all`() {
        let linear = cost(.linear).channels
        #expect(["search", "expo", "referral"].map { linear[$0]?.cost } == [2_250_000, 2_400_000, 378_947])
        let last = cost(.last).channels
        #expect(["search", "expo", "referral"].map { last[$0]?.cost } == [3_000_000, 5_000_000, 200_000])
        #expect(cost(.linear).shares.values.reduce(0) { $0 + $1.full } / 5 == 1_720_000)
        #expect(isClose(Payback.simple(cost: 17_200, revenuePerPeriod: 1200, margin: 0.7), 20.476, within: 1e-4))
    }

    @Test func `a contract is worth 1683.33 with and 1583.33 without the margin of today`() {
        let with = LifetimeValue.contract(margin: 100, retention: 0.95, discount: 0.01)
        #expect(isClose(with, 1683.3333333333, within: 1e-10))
        let without = LifetimeValue.contract(margin: 100, retention: 0.95, discount: 0.01, withImmediateMargin: false)
        #expect(isClose(without, 1583.3333333333, within: 1e-10))
        #expect(LifetimeValue.contract(margin: 100, retention: 1, discount: 0) == nil)
        // A survival curve of the same retention is worth the same.
        let curve = (0..<24).map { (0..<$0).reduce(1.0) { share, _ in share * 0.95 } }
        #expect(isClose(LifetimeValue.contract(margin: 100, survival: curve, discount: 0.01), 1683.3333333333))
    }

    @Test func `a fee for the best customers can lose what it earns`() {
        let segments = [
            FeeSimulation.Segment(
                "A",
                customers: 20,
                yearlyProfit: 4_000_000,
                lifetimeValue: 20_000_000,
                fee: 600_000,
                churn: 0.03
            ),
            FeeSimulation.Segment(
                "B",
                customers: 100,
                yearlyProfit: 800_000,
                lifetimeValue: 3_000_000,
                fee: 200_000,
                churn: 0.02
            ),
            FeeSimulation.Segment("C", customers: 300, yearlyProfit: -20_000, lifetimeValue: 0, fee: 0, churn: 0),
        ]
        let effects = segments.map(FeeSimulation.expected)
        #expect(effects.map(\.inYear) == [9_240_000, 18_000_000, 0])
        #expect(effects.map(\.lifetime) == [-360_000, 13_600_000, 0])
        let together = FeeSimulation(segments).expected
        #expect(together.inYear == 27_240_000 && together.lifetime == 13_240_000)
        #expect(isClose(segments[0].breakEvenChurn, 6000.0 / 206_000))
        let costBased = FeeSimulation.Segment(
            "C",
            customers: 300,
            yearlyProfit: -20_000,
            lifetimeValue: 0,
            fee: 30_000,
            churn: 0.3
        )
        #expect(FeeSimulation.expected(costBased).inYear == 8_100_000)
    }

    @Test func `a simulation repeats itself and lies around what is expected`() {
        var segment = FeeSimulation.Segment(
            "B",
            customers: 1000,
            yearlyProfit: 800_000,
            lifetimeValue: 3_000_000,
            fee: 200_000,
            churn: 0.02
        )
        segment.churnSpread = 0.01
        let simulation = FeeSimulation([segment])
        let (year, life) = simulation.simulated(runs: 4000, seed: 7)
        #expect(simulation.simulated(runs: 4000, seed: 7).inYear == year)
        #expect(year.p10 < year.p50 && year.p50 < year.p90 && life.p10 < life.p90)
        #expect(isClose(Double(year.p50), Double(simulation.expected.inYear), within: 0.01))
    }

    @Test func `putting purchases off costs the year and not the lifetime`() {
        var segment = FeeSimulation.Segment(
            "B",
            customers: 10,
            yearlyProfit: 120_000,
            lifetimeValue: 500_000,
            fee: 1_000,
            churn: 0
        )
        segment.delayMonths = 1
        let effect = FeeSimulation.expected(segment)
        #expect(effect.inYear == 10_000 - 100_000 && effect.lifetime == 10_000)
    }
}
