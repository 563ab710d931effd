import Foundation
import Ledger
import Testing

/// Customers A, B and C of the chapter on customer economics, and purchases made by a known rule.
@Suite struct SensitivityTests {
    @Test func `a rise of the cost to serve takes from A, B and C what they cost to serve`() {
        let a = CostSensitivity(revenue: 7_600_000, serving: 10_080 + 158_400, profit: 3_481_520)
        #expect(a.loss(percent: 10) == 16_848 && a.profit(afterRise: 10) == 3_464_672)
        #expect(a.elasticity == -5 && a.cushion == 206_643 && a.share == 222)
        let b = CostSensitivity(revenue: 2_900_000, serving: 131_760 + 240_000 + 299_000, profit: 479_240)
        #expect(b.loss(percent: 10) == 67_076 && b.profit(afterRise: 10) == 412_164)
        // Each per cent takes 1.4 per cent of the profit of B, which bears a rise of 71.45 %.
        #expect(b.elasticity == -140 && b.cushion == 7145 && b.share == 2313)
        let c = CostSensitivity(revenue: 600_000, serving: 14_100, profit: 285_900)
        #expect(c.elasticity == -5 && c.cushion == 202_766)
        #expect(b.profit(afterRise: 72) < 0 && b.profit(afterRise: 71) > 0)
        let loser = CostSensitivity(revenue: 0, serving: 100, profit: -1)
        #expect(loser.elasticity == nil && loser.cushion == nil && loser.share == nil)
    }

    private func purchases(_ scale: Double, _ elasticity: Double, _ prices: [Double]) -> [(
        price: Double, quantity: Double
    )] {
        prices.map { (price: $0, quantity: scale * pow($0, elasticity)) }
    }

    @Test func `quantities that follow prices by a rule give that rule, however large the customers are`() throws {
        var sum = PriceResponse.Sum()
        for (scale, prices) in [(1000.0, [10.0, 12, 9, 11]), (5, [8, 7, 9, 10]), (90_000, [6.5, 6, 7, 8])] {
            for _ in 0..<3 { sum.add(purchases(scale, -1.5, prices)) }
        }
        let response = try #require(sum.response)
        #expect(abs(response.elasticity + 1.5) < 1e-9 && response.error < 1e-6 && response.fit > 0.999_999)
        #expect(response.count == 36)
        // Compared across customers, the large one with low prices would pass for very sensitive.
        var parts = PriceResponse.Sum()
        parts.add(purchases(1, 0.2, [1, 2]))
        #expect(parts.response == nil)
        #expect((parts + sum).response?.count == 38)
    }

    @Test func `prices that hardly differ, single purchases and odd numbers say nothing`() {
        var same = PriceResponse.Sum()
        for _ in 0..<40 { same.add([(10, 3), (10, 5)]) }
        #expect(same.response == nil)
        var odd = PriceResponse.Sum()
        for _ in 0..<40 { odd.add([(0, 3), (-1, 5), (2, 0)]) }
        for _ in 0..<40 { odd.add([(3, 4)]) }
        #expect(odd.response == nil)
    }

    @Test func `a contract is worth 1583.33 by a survival curve of 95 per cent, at any age`() throws {
        // 3,200,000 customers of whom 95 in 100 stay each month, as whole numbers.
        var (there, atRisk, left) = (3_200_000, [3_200_000], [0])
        for _ in 0..<5 {
            atRisk.append(there)
            left.append(there / 20)
            there -= there / 20
        }
        let curve = SurvivalCurve(atRisk: atRisk, left: left)
        #expect(curve.lastRetention == 0.95)
        for age in [0, 1, 3, 5, 40] {
            let value = try #require(LifetimeValue.remaining(margin: 100, curve, age: age, discount: 0.01))
            #expect(abs(value - 1583.3333333333) < 1e-6, "\(age)")
        }
        #expect(abs(curve.chance(at: 2, more: 2) - 0.9025) < 1e-12)
    }

    @Test func `who stays longer the longer it stays is worth more with age, and what is unknown is told`() throws {
        let curve = SurvivalCurve(atRisk: [1000, 1000, 500, 450, 428], left: [0, 500, 50, 22, 8])
        let young = try #require(LifetimeValue.remaining(margin: 100, curve, age: 0, discount: 0.01))
        let old = try #require(LifetimeValue.remaining(margin: 100, curve, age: 3, discount: 0.01))
        #expect(old > young)
        #expect(SurvivalCurve([]).lastRetention == nil)
        #expect(LifetimeValue.remaining(margin: 100, SurvivalCurve([]), age: 0, discount: 0.01) == nil)
        // Nobody ever left: it goes on for fifty years and no longer.
        let always = SurvivalCurve(atRisk: [50, 50, 50], left: [0, 0, 0])
        let forever = try #require(LifetimeValue.remaining(margin: 1, always, age: 0, discount: 0))
        #expect(forever > 500 && forever < 700)
        // Where everybody has left, nothing remains.
        let gone = SurvivalCurve(atRisk: [50, 50], left: [0, 50])
        #expect(LifetimeValue.remaining(margin: 1, gone, age: 5, discount: 0.01) == 0)
    }
}
