import Ledger
import Testing
import Values

/// Repeat purchase on the public CDNOW sample, against the published estimates.
@Suite struct PurchaseModelTests {
    private static let published = PurchaseModel(r: 0.2426, alpha: 4.4136, a: 0.7929, b: 2.4259)
    private static let spendPublished = SpendModel(p: 6.25, q: 3.74, v: 15.44)

    private struct Customer {
        var history = PurchaseHistory(repeats: 0, recency: 0, age: 0)
        var buyer: SpendModel.Buyer?
        var holdout = 0
        var first = 0
    }

    private static func day(_ text: Substring) -> Day? {
        Day(text.prefix(4) + "-" + text.dropFirst(4).prefix(2) + "-" + text.suffix(2))
    }

    private static let customers: [Customer] = {
        guard let text = try? SharedFiles.text("cdnow/CDNOW_sample.txt.gz"), let end = Day("1997-09-30") else {
            return []
        }
        var purchases: [Int: [Day: Double]] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let cells = line.split(separator: " ")
            guard cells.count == 5, let id = Int(cells[1]), let day = day(cells[2]), let value = Double(cells[4]) else {
                continue
            }
            purchases[id, default: [:]][day, default: 0] += value
        }
        return purchases.keys.sorted().compactMap { id in
            let days = purchases[id] ?? [:]
            guard let history = PurchaseHistory(days: Array(days.keys), until: end) else { return nil }
            let repeats = days.keys.filter { $0 <= end }.sorted().dropFirst()
            let mean = repeats.reduce(0) { $0 + (days[$1] ?? 0) } / Double(max(1, repeats.count))
            return Customer(
                history: history,
                buyer: repeats.isEmpty ? nil : .init(repeats: repeats.count, mean: mean),
                holdout: days.keys.count { $0 > end },
                first: days.keys.map(\.daysSince1970).min() ?? 0
            )
        }
    }()

    @Test func `ln Γ, ln B and the hypergeometric function agree with 40 digits`() throws {
        let vectors = try SharedFiles.json("cdnow/function_vectors.json")
        for entry in vectors["gammaln"]?.array ?? [] {
            let row = entry.array?.compactMap(\.double) ?? []
            #expect(abs(SpecialFunctions.lnGamma(row[0]) - row[1]) <= 1e-13 * max(1, abs(row[1])))
        }
        for entry in vectors["betaln"]?.array ?? [] {
            let row = entry.array?.compactMap(\.double) ?? []
            #expect(abs(SpecialFunctions.lnBeta(row[0], row[1]) - row[2]) <= 1e-12 * max(1, abs(row[2])), "\(row)")
        }
        for entry in vectors["hyp2f1"]?.array ?? [] {
            let row = entry.array?.compactMap(\.double) ?? []
            let value = SpecialFunctions.hypergeometric(row[0], row[1], row[2], row[3])
            #expect(isClose(value, row[4], within: 1e-9), "\(row) \(String(describing: value))")
        }
    }

    @Test func `likelihoods of single customers agree with 40 digits`() throws {
        let vectors = try SharedFiles.json("cdnow/function_vectors.json")
        for entry in vectors["bgnbd_loglik"]?.array ?? [] {
            let p = entry["params"]?.array?.compactMap(\.double) ?? []
            let history = PurchaseHistory(
                repeats: Int(entry["x"]?.double ?? 0),
                recency: entry["tx"]?.double ?? 0,
                age: entry["T"]?.double ?? 0
            )
            let model = PurchaseModel(r: p[0], alpha: p[1], a: p[2], b: p[3])
            #expect(isClose(model.logLikelihood(history), entry["value"]?.double ?? 0))
        }
        for entry in vectors["gammagamma_loglik"]?.array ?? [] {
            func number(_ key: String) -> Double { entry[key]?.double ?? 0 }
            let model = SpendModel(p: number("p"), q: number("q"), v: number("gamma"))
            let value = model.logLikelihood(.init(repeats: Int(number("x")), mean: number("m")))
            #expect(isClose(value, number("value")))
        }
        let model = PurchaseModel(r: 0.242594, alpha: 4.413602, a: 0.792922, b: 2.425907)
        for member in vectors["expected_transactions_random_customer"]?.members ?? [] {
            let value = model.expectedOfNew(in: Double(member.key) ?? 0)
            #expect(isClose(value, member.value.double ?? 0, within: 1e-8))
        }
    }

    @Test func `expected purchases and the chance to be alive are as published`() {
        let model = Self.published
        let two = PurchaseHistory(repeats: 2, recency: 30.43, age: 38.86)
        #expect(isClose(model.expected(two, in: 39), 1.226, within: 1e-3))
        #expect(isClose(model.alive(two), 0.7266, within: 1e-3))
        #expect(isClose(model.expectedOfNew(in: 1), 0.0532, within: 1e-3))
        #expect(isClose(model.expectedOfNew(in: 78), 1.858, within: 1e-3))
        let seven = PurchaseHistory(repeats: 7, recency: 29.43, age: 38.86)
        #expect(isClose(model.expected(seven, in: 39), 3.337, within: 1e-3))
        #expect(isClose(model.alive(seven), 0.6418, within: 1e-3))
        let gone = PurchaseHistory(repeats: 10, recency: 10, age: 38.86)
        #expect(isClose(model.expected(gone, in: 39), 0.00135, within: 5e-3))
        #expect(isClose(model.alive(gone), 0.000185, within: 5e-3))
        let spend = Self.spendPublished
        #expect(isClose(spend.populationMean, 35.22, within: 1e-3))
        #expect(isClose(spend.expected(.init(repeats: 1, mean: 20)), 24.64, within: 1e-3))
        #expect(isClose(spend.expected(.init(repeats: 7, mean: 73.74)), 71.47, within: 1e-3))
    }

    @Test func `the fit on CDNOW is the published one`() throws {
        #expect(Self.customers.count == 2357)
        let fit = try PurchaseModel.fit(Self.customers.map(\.history))
        #expect(fit.repeaters == 946)
        #expect(isClose(fit.model.r, 0.2426, within: 0.005) && isClose(fit.model.alpha, 4.4136, within: 0.005))
        #expect(isClose(fit.model.a, 0.7929, within: 0.005) && isClose(fit.model.b, 2.4259, within: 0.005))
        #expect(abs(fit.logLikelihood + 9582.429) < 0.01)
        let spend = try SpendModel.fit(Self.customers.compactMap(\.buyer))
        #expect(spend.buyers == 946 && !spend.isDoubtful)
        #expect(isClose(spend.model.p, 6.25, within: 0.005) && isClose(spend.model.q, 3.744, within: 0.005))
        #expect(isClose(spend.model.v, 15.44, within: 0.005) && abs(spend.logLikelihood + 4055.918) < 0.01)
    }

    @Test func `the forecast of the held-out weeks errs as little as the published one`() throws {
        let model = try PurchaseModel.fit(Self.customers.map(\.history)).model
        let expected = Self.customers.map { model.expected($0.history, in: 39) }
        let actual = Self.customers.map { Double($0.holdout) }
        #expect(actual.reduce(0, +) == 1882)
        #expect(isClose(expected.reduce(0, +), 1653.4, within: 1e-3))
        #expect(isClose(Statistics.correlation(expected, actual), 0.6256, within: 1e-3))
        let error = zip(expected, actual).reduce(0) { $0 + abs($1.0 - $1.1) } / 2357
        #expect(isClose(error, 0.7855, within: 1e-3))
        for (row, customer) in zip(try SharedFiles.rows("cdnow/expected_per_customer.csv"), Self.customers) {
            let alive = Double(row["p_alive"] ?? "") ?? -1
            #expect(abs(model.alive(customer.history) - alive) < 0.002)
        }
        let start = Day("1997-01-01")?.daysSince1970 ?? 0
        for row in try SharedFiles.rows("cdnow/expected_cumulative_weekly.csv") {
            let week = Double(row["week"] ?? "") ?? 0
            let sum = Self.customers.reduce(0) {
                $0 + model.expectedOfNew(in: week - Double($1.first - start) / 7)
            }
            let wanted = Double(row["bgnbd_expected_cumulative"] ?? "") ?? 0
            #expect(abs(sum - wanted) < max(1, 0.01 * wanted), "week \(week): \(sum)")
        }
    }

    @Test func `data that says nothing is refused in words`() {
        func code(_ histories: [PurchaseHistory]) -> String {
            do { return try "\(PurchaseModel.fit(histories))" } catch { return (error as? Problem)?.code ?? "\(error)" }
        }
        let once = Array(repeating: PurchaseHistory(repeats: 0, recency: 0, age: 30), count: 5000)
        #expect(code(once) == "too_little_data")
        #expect(
            code(Array(repeating: PurchaseHistory(repeats: 3, recency: 5, age: 30), count: 10)) == "too_little_data"
        )
        #expect(code(Array(repeating: PurchaseHistory(repeats: 3, recency: 0, age: 0), count: 500)) == "no_time")
        #expect(code([]) == "too_little_data")
        let strange = Array(repeating: PurchaseHistory(repeats: 3, recency: .nan, age: .infinity), count: 500)
        #expect(code(strange) == "too_little_data")
        func spend(_ buyers: [SpendModel.Buyer]) -> String {
            do { return try "\(SpendModel.fit(buyers))" } catch { return (error as? Problem)?.code ?? "\(error)" }
        }
        #expect(spend(Array(repeating: .init(repeats: 2, mean: 0), count: 500)) == "too_little_data")
        #expect(spend(Array(repeating: .init(repeats: 2, mean: 10), count: 500)) == "same_value")
    }

    @Test func `alike customers and huge times give numbers or words but never NaN`() {
        let alike = Array(repeating: PurchaseHistory(repeats: 3, recency: 20, age: 30), count: 500)
        let huge = (0..<500).map { PurchaseHistory(repeats: $0 % 5, recency: $0 % 5 == 0 ? 0 : 1e9, age: 1e9 + 7) }
        for histories in [alike, huge] {
            guard let fit = try? PurchaseModel.fit(histories) else { continue }
            #expect(fit.logLikelihood.isFinite)
            for history in histories.prefix(10) {
                for time in [0, 1, 1e6, 1e12] as [Double] {
                    #expect(fit.model.expected(history, in: time).isFinite)
                    #expect((0...1).contains(fit.model.alive(history)))
                }
            }
        }
        for a in [0.5, 0.999_999_9, 1, 1.000_000_1, 2] as [Double] {
            let model = PurchaseModel(r: 0.25, alpha: 4, a: a, b: 2.4)
            let value = model.expected(.init(repeats: 2, recency: 30, age: 38), in: 39)
            #expect(value > 0 && value < 5)
        }
        let long = PurchaseHistory(repeats: 5000, recency: 100_000, age: 100_000)
        #expect(Self.published.expected(long, in: 52).isFinite && Self.published.logLikelihood(long).isFinite)
    }
}
