import Ledger
import Testing
import Values

@Suite struct AllocationTests {
    @Test func `parts always sum to the whole, whatever the weights`() {
        var numbers = SeededNumbers(seed: 11)
        for _ in 0..<2000 {
            let amount = Int64(bitPattern: numbers.next()) >> numbers.number(0...50)
            let weights = (0..<numbers.number(1...40)).map { _ in
                Int128(numbers.next() >> 1) << Int128(numbers.number(0...60)) * Int128(numbers.number(0...2))
            }
            guard let parts = Allocation.split(amount, by: weights) else {
                #expect(weights.allSatisfy { $0 <= 0 })
                continue
            }
            #expect(parts.reduce(Int128(0)) { $0 + Int128($1) } == Int128(amount))
            #expect(parts.allSatisfy { amount < 0 ? $0 <= 0 : $0 >= 0 })
        }
    }

    @Test func `equal fractions go to the earlier and nobody bears what nobody caused`() {
        #expect(Allocation.split(100, by: [1, 1, 1] as [Int64]) == [34, 33, 33])
        #expect(Allocation.split(-100, by: [1, 1, 1] as [Int64]) == [-34, -33, -33])
        #expect(Allocation.split(100, by: [0, 0] as [Int64]) == nil)
        #expect(Allocation.split(0, by: [3, -2] as [Int64]) == [0, 0])
        #expect(Allocation.split(7, into: 3) == [3, 2, 2])
    }

    @Test func `halves are rounded away from zero`() {
        #expect(Allocation.halfUp(5, 10) == 1 && Allocation.halfUp(-5, 10) == -1 && Allocation.halfUp(4, 10) == 0)
        #expect(Allocation.halfUp(1, 0) == 0)
        #expect(Allocation.nearest(.nan) == 0 && Allocation.nearest(.infinity) == .max)
    }

    @Test func `random companies lose no fen between pools, customers and unused capacity`() {
        var numbers = SeededNumbers(seed: 12)
        for _ in 0..<500 {
            let pool = CapacityPool(
                cost: Int64(numbers.number(0...1_000_000_000)),
                capacity: Int64(numbers.number(0...10_000_000))
            )
            let times = (0..<numbers.number(0...60)).map { _ in Int64(numbers.number(-10...300_000)) }
            let result = pool.assign(times)
            #expect(result.parts.reduce(0, +) == result.assigned)
            #expect(result.assigned + result.unused == pool.cost)
            #expect(result.unused >= 0 && result.parts.allSatisfy { $0 >= 0 })
        }
    }

    @Test func `a pool that works more than it can never hands out more than it costs`() {
        let result = CapacityPool(cost: 1000, capacity: 10).assign([20, 20])
        #expect(result.parts == [500, 500] && result.unused == 0 && result.overload == 30)
        #expect(CapacityPool(cost: 1000, capacity: 0).assign([]).unused == 1000)
    }

    @Test func `weights of every model sum to exactly one customer`() {
        var numbers = SeededNumbers(seed: 13)
        for _ in 0..<1000 {
            let count = numbers.number(1...70)
            let days = (0..<count).map { _ in numbers.uniform() * 400 }.sorted()
            let models: [AttributionModel] = [
                .first, .last, .linear, .position, .milestones, .timeDecay(halfLifeDays: 7),
                .custom(first: 1, middle: 5, last: 3), .custom(first: 0, middle: 0, last: 0),
            ]
            for model in models {
                let weights = Attribution.weights(model, days: days, lead: numbers.number(0...count))
                #expect(weights.count == count && weights.allSatisfy { $0 >= 0 })
                #expect(weights.reduce(0, +) == Attribution.whole)
            }
        }
        #expect(Attribution.weights(.linear, days: []).isEmpty)
    }

    @Test func `two touches share equally, W gives 30 to each milestone, a week halves`() {
        let whole = Double(Attribution.whole)
        func shares(_ model: AttributionModel, _ days: [Double], _ lead: Int? = nil) -> [Double] {
            Attribution.weights(model, days: days, lead: lead).map { Double($0) / whole }
        }
        #expect(shares(.position, [0, 1]) == [0.5, 0.5])
        #expect(shares(.position, [0, 1, 2, 3]) == [0.4, 0.1, 0.1, 0.4])
        #expect(shares(.milestones, [0, 1, 2, 3, 4], 1) == [0.3, 0.3, 0.05, 0.05, 0.3])
        let decay = shares(.timeDecay(halfLifeDays: 7), [0, 7])
        #expect(isClose(decay[0], 1.0 / 3) && isClose(decay[1], 2.0 / 3))
    }

    @Test func `acquisition cost, lost leads and untouched spend sum to what was spent`() {
        var numbers = SeededNumbers(seed: 14)
        for _ in 0..<200 {
            let channels = (0..<numbers.number(1...6)).map { "c\($0)" }
            let months = ["2026-01", "2026-02", "2026-03"]
            var spend: [AcquisitionCost.Cohort: Int64] = [:]
            for channel in channels {
                for month in months { spend[.init(channel, month)] = Int64(numbers.number(0...9_999_999)) }
            }
            let journeys = (0..<numbers.number(0...40)).map { id in
                let touches = (0..<numbers.number(0...5)).map { _ in
                    AcquisitionCost.Cohort(channels[numbers.number(0...(channels.count - 1))], months[id % 3])
                }
                return AcquisitionCost.Journey(
                    id: Int64(id),
                    won: numbers.number(0...1) == 1,
                    touches: touches,
                    weights: Attribution.weights(.linear, days: touches.map { _ in 0 })
                )
            }
            let result = AcquisitionCost(spend: spend, journeys: journeys)
            let borne = result.shares.values.reduce(0) { $0 + $1.full }
            let shown = result.lines.values.reduce(0) { $0 + $1.untouched + $1.lostAlone }
            #expect(borne + shown == spend.values.reduce(0, +))
            #expect(result.unknown.count == journeys.count { $0.won && $0.touches.isEmpty })
            #expect(AcquisitionCost(spend: spend, journeys: journeys.reversed()).shares == result.shares)
        }
    }

    @Test func `moving half of the worst budget to the best lowers what a customer costs`() {
        let (before, after) = AcquisitionCost.shift(percent: 50, from: (50_000, 1), to: (6000, 3), others: (30_000, 1))
        #expect(isClose(before, 17_200))
        #expect((after ?? .infinity) < 17_200)
        let nothing = AcquisitionCost.shift(percent: 50, from: (0, 0), to: (0, 0))
        #expect(nothing.before == nil && nothing.after == nil)
    }

    @Test func `months of an amortised amount sum to it`() {
        for amount in [0, 1, 23, 100_000, 250_001, -250_001] as [Int64] {
            for months in [1, 7, 24, 36] {
                let parts = (0..<months).map { Amortisation.part(amount, over: months, month: $0) }
                #expect(parts.reduce(0, +) == amount)
                #expect(Amortisation.part(amount, over: months, month: months) == 0)
            }
        }
    }

    @Test func `five effects explain a change of profit exactly`() {
        var numbers = SeededNumbers(seed: 15)
        for _ in 0..<500 {
            func period() -> ProfitVariance.Period {
                var products: [String: (units: Int64, margin: Int64)] = [:]
                for product in 0..<numbers.number(0...5) {
                    products["p\(product)"] = (
                        Int64(numbers.number(0...1000)), Int64(numbers.number(-100_000...9_000_000))
                    )
                }
                return .init(
                    products: products,
                    time: Int64(numbers.number(0...5000)),
                    timeCost: Int64(numbers.number(0...900_000))
                )
            }
            let (before, after) = (period(), period())
            func profit(_ period: ProfitVariance.Period) -> Int64 {
                period.products.values.reduce(-period.timeCost) { $0 + $1.margin }
            }
            #expect(ProfitVariance(from: before, to: after).total == profit(after) - profit(before))
        }
        let more = ProfitVariance(
            from: .init(products: ["a": (10, 1000)], time: 100, timeCost: 200),
            to: .init(products: ["a": (20, 2000)], time: 150, timeCost: 450)
        )
        #expect(
            more
                == ProfitVariance(
                    from: .init(products: ["a": (10, 1000)], time: 100, timeCost: 200),
                    to: .init(products: ["a": (20, 2000)], time: 150, timeCost: 450)
                )
        )
        #expect([more.volume, more.mix, more.price, more.intensity, more.rate] == [1000, 0, 0, -100, -150])
    }
}
