import Ledger
import Testing

@Suite struct FeeOrderTests {
    private static let tiers = ["gold", "silver", "basic"]

    /// A random rule; amounts grow with `value`.
    private func rule(_ tier: String, _ kind: Int, _ value: Int64, _ numbers: inout SeededNumbers) -> FeeTariff.Rule {
        let cap = 1_000_000 * value + Int64(numbers.next() % 100) * value
        let base: FeeTariff.Base =
            switch kind {
            case 0: .fixed(5000 * value)
            case 1: .revenue(hundredths: 50 * value)
            case 2: .managed(each: 700 * value)
            default: .hours(each: 6000 * value, allowanceMinutes: 120)
            }
        return FeeTariff.Rule(tier: tier, base: base, cap: cap)
    }

    @Test func `a tariff by value charges a higher tier no less, and the lowest may pay nothing`() {
        var numbers = SeededNumbers(seed: 18)
        for round in 0..<40 {
            let kind = round % 4
            let tariff = FeeTariff([
                rule("gold", kind, 9, &numbers).floored(900), rule("silver", kind, 3, &numbers).floored(300),
                FeeTariff.Rule(tier: "basic", base: .fixed(0)),
            ])
            #expect(tariff.reversal(among: Self.tiers) == nil)
            // No customer, whatever it buys, contradicts that.
            for _ in 0..<200 {
                var subject = FeeTariff.Subject(tier: "")
                subject.revenue = Int64(numbers.next() % 100_000_000)
                subject.managed = Int64(numbers.next() % 500)
                subject.serviceMinutes = Int64(numbers.next() % 5000)
                let fees = Self.tiers.map { tier -> Int64 in
                    subject.tier = tier
                    return tariff.fee(for: subject).amount
                }
                #expect(fees[0] >= fees[1] && fees[1] >= fees[2])
            }
        }
    }

    @Test func `a tariff that charges the better less somewhere is found out, with the customer`() throws {
        let broken: [[FeeTariff.Rule]] = [
            [.init(tier: "gold", base: .fixed(100)), .init(tier: "silver", base: .fixed(101))],
            [.init(tier: "gold", base: .fixed(0)), .init(tier: "silver", base: .revenue(hundredths: 1))],
            [
                .init(tier: "gold", base: .revenue(hundredths: 300), cap: 50_000),
                .init(tier: "silver", base: .revenue(hundredths: 100), cap: 50_001),
            ],
            [
                .init(tier: "gold", base: .hours(each: 100, allowanceMinutes: 600)),
                .init(tier: "silver", base: .hours(each: 90, allowanceMinutes: 0)),
            ],
            [
                .init(tier: "gold", frequency: 12...99, base: .fixed(1)),
                .init(tier: "silver", base: .fixed(1)),
            ],
            [.init(tier: "gold", level: "vip", base: .fixed(9)), .init(tier: "silver", base: .fixed(1))],
        ]
        for rules in broken {
            let tariff = FeeTariff(rules)
            let found = try #require(tariff.reversal(among: Self.tiers))
            var lower = found.subject
            lower.tier = found.lower
            #expect(tariff.fee(for: found.subject).amount == found.fee)
            #expect(tariff.fee(for: lower).amount == found.lowerFee && found.fee < found.lowerFee)
        }
        #expect(FeeTariff([]).reversal(among: Self.tiers) == nil)
    }
}

extension FeeTariff.Rule {
    fileprivate func floored(_ amount: Int64) -> FeeTariff.Rule {
        var rule = self
        rule.floor = amount
        return rule
    }
}
