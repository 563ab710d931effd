import Ledger
import Testing
import Values

@Suite struct PolicyTests {
    private static let tiers = ValueTiers([
        .init("gold", riseAt: 1000, fallBelow: 800), .init("silver", riseAt: 100, fallBelow: 80),
        .init("basic", riseAt: -.infinity, fallBelow: -.infinity),
    ])

    @Test func `a customer rises at once and falls only after two weak periods`() {
        #expect(Self.tiers.tier([50, 1000]) == "gold")
        #expect(Self.tiers.tier([1000, 700]) == "gold")
        #expect(Self.tiers.tier([1000, 700, 900, 700]) == "gold")
        #expect(Self.tiers.tier([1000, 700, 700]) == "silver")
        #expect(Self.tiers.tier([1000, 10, 10]) == "basic")
        #expect(Self.tiers.tier([1000, 900, 900, 900]) == "gold")
        #expect(Self.tiers.tier([]) == "basic")
        #expect(ValueTiers([]).tier([1]) == nil)
    }

    @Test func `a tier set by a person holds until its last day`() throws {
        let until = try #require(Day("2026-12-31"))
        let override = ValueTiers.Override(tier: "gold", reason: "strategic", until: until)
        #expect(Self.tiers.tier([1], override: override, on: until) == "gold")
        #expect(Self.tiers.tier([1], override: override, on: until.adding(days: 1)) == "basic")
    }

    @Test func `a fee says by which rule and why`() {
        let tariff = FeeTariff([
            .init(tier: "gold", level: "premium", base: .fixed(600_000)),
            .init(tier: "gold", base: .revenue(hundredths: 150), cap: 500_000, floor: 10_000),
            .init(tier: "silver", frequency: 12...100, base: .managed(each: 2000)),
            .init(tier: "silver", base: .hours(each: 30_000, allowanceMinutes: 120)),
            .init(tier: "project", base: .project(hourly: 48_000)),
        ])
        var subject = FeeTariff.Subject(tier: "gold", level: "premium")
        #expect(tariff.fee(for: subject).amount == 600_000)
        subject.level = "standard"
        subject.revenue = 10_000_033
        #expect(tariff.fee(for: subject).amount == 150_000)
        subject.revenue = 90_000_000
        #expect(tariff.fee(for: subject).amount == 500_000 && tariff.fee(for: subject).steps.count == 2)
        subject.revenue = 100
        #expect(tariff.fee(for: subject).amount == 10_000)
        subject = FeeTariff.Subject(tier: "silver")
        subject.frequency = 12
        subject.managed = 30
        #expect(tariff.fee(for: subject).amount == 60_000)
        subject.frequency = 1
        subject.serviceMinutes = 165
        #expect(tariff.fee(for: subject).amount == 22_500)
        subject.waived = true
        #expect(tariff.fee(for: subject).amount == 0)
        subject = FeeTariff.Subject(tier: "project")
        subject.projectMinutes = 90
        #expect(tariff.fee(for: subject).amount == 72_000)
        #expect(tariff.fee(for: .init(tier: "basic")).rule == nil)
    }

    @Test func `cohort payback is the month in which the actual contribution has paid the cost`() {
        #expect(Payback.period(cost: 100, contributions: [30, 30, 30, 30]) == 4)
        #expect(Payback.period(cost: 100, contributions: [30, -30]) == nil)
        #expect(Payback.period(cost: 0, contributions: []) == 0)
        #expect(Payback.simple(cost: 1, revenuePerPeriod: 0, margin: 1) == nil)
        #expect(Payback.ratio(value: 3, cost: 0) == nil)
    }

    @Test func `the cost of owning a system has a range around its likely cost`() {
        let build = OwnershipCost([
            .init("development", .once, low: 20_000_000, likely: 30_000_000, high: 80_000_000),
            .init("operation", .yearly, low: 5_000_000, likely: 6_000_000, high: 9_000_000, growth: 0.05),
            .init("seats", .perUser, low: 10_000, likely: 10_000, high: 10_000, firstYear: 1),
        ])
        #expect(build.likely(years: 3, users: [10, 20]) == [36_000_000, 6_500_000, 6_815_000])
        let range = build.range(years: 3, users: [10, 20], seed: 5)
        #expect(range.p10 < range.p50 && range.p50 < range.p90 && range.p10 > 40_000_000)
        #expect(build.range(years: 3, users: [10, 20], seed: 5) == range)
        #expect(OwnershipCost([]).range(years: 3, users: []).p90 == 0)
    }

    @Test func `a Pareto lists the largest first and reaches the whole`() {
        let pareto = Pareto(["screen": 600, "delivery": 300, "manual": 100, "none": 0] as [String: Int64])
        #expect(pareto.bars.map(\.key) == ["screen", "delivery", "manual"])
        #expect(pareto.bars.map(\.reached) == [6000, 9000, 10_000])
    }
}
