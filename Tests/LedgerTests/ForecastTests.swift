import Ledger
import Testing
import Values

@Suite struct ForecastTests {
    /// IBM's telco customers, prepared as the README of the data set says.
    private static let telco: (table: FeatureTable, left: [Bool]) = {
        let rows = (try? SharedFiles.rows("telco-churn/Telco-Customer-Churn.csv.gz")) ?? []
        let numeric = ["tenure", "MonthlyCharges", "TotalCharges", "SeniorCitizen"]
        let headings = (rows.first?.keys.sorted() ?? []).filter { $0 != "customerID" && $0 != "Churn" }
        let cells = rows.map { row in
            headings.map { heading -> FeatureTable.Cell in
                let text = row[heading] ?? ""
                return numeric.contains(heading) ? .number(Double(text) ?? 0) : .choice(text)
            }
        }
        return (FeatureTable(headings, cells), rows.map { $0["Churn"] == "Yes" })
    }()

    @Test func `churn on the telco data is forecast as well as its README demands`() throws {
        let (table, left) = Self.telco
        #expect(left.count == 7043 && left.count { $0 } == 1869)
        let (quality, folds) = try LogisticModel.crossValidated(table, outcomes: left)
        let measured = try #require(quality)
        #expect(measured.auc >= 0.8451 - 0.005 && measured.auc < 0.87)
        #expect(folds.count == 5 && folds.reduce(0, +) / 5 >= 0.8451 - 0.002)
        #expect(measured.calibrationError <= 0.04)
        #expect(measured.lift > 2.5)
        let train = left.indices.filter { $0 % 5 != 4 }
        let test = left.indices.filter { $0 % 5 == 4 }
        let part = FeatureTable(names: table.names, rows: train.map { table.rows[$0] })
        let model = try LogisticModel.fit(part, outcomes: train.map { left[$0] })
        let held = try #require(
            ForecastQuality(test.map { model.chance(table.rows[$0]) }, test.map { left[$0] })
        )
        #expect(held.auc >= 0.8373 - 0.0005)
        #expect(held.calibrationError <= 0.04)
        #expect(isClose(held.brier, 0.1381, within: 0.01) && isClose(held.logLoss, 0.4308, within: 0.01))
    }

    @Test func `a forecast names its reasons, strongest first`() throws {
        let (table, left) = Self.telco
        let model = try LogisticModel.fit(table, outcomes: left)
        let reasons = model.reasons(table.rows[0])
        #expect(reasons.count == 5)
        #expect(zip(reasons, reasons.dropFirst()).allSatisfy { abs($0.effect) >= abs($1.effect) })
        #expect((0...1).contains(model.chance(table.rows[0])))
        #expect(model.chance([.nan]).isFinite)
    }

    @Test func `too little data is refused, alike or separable data gives numbers`() throws {
        let few = FeatureTable(names: ["a"], rows: (0..<60).map { [Double($0)] })
        #expect(throws: Problem.self) { try LogisticModel.fit(few, outcomes: (0..<60).map { $0 < 10 }) }
        let alike = FeatureTable(names: ["a"], rows: (0..<200).map { _ in [5] })
        let flat = try LogisticModel.fit(alike, outcomes: (0..<200).map { $0 % 2 == 0 })
        #expect(isClose(flat.chance([5]), 0.5))
        let separable = FeatureTable(names: ["a"], rows: (0..<200).map { [Double($0)] })
        let sharp = try LogisticModel.fit(separable, outcomes: (0..<200).map { $0 >= 100 })
        #expect(sharp.chance([0]) < 0.1 && sharp.chance([199]) > 0.9)
        #expect(ForecastQuality([0.1, 0.2], [true, true]) == nil)
    }

    @Test func `time equations are found again from measured times, never below zero`() throws {
        var numbers = SeededNumbers(seed: 3)
        let truth = TimeEquation(base: 6, additions: [15, 4, 25, 0])
        let samples = (0..<400).map { _ -> TimeEquation.Sample in
            let row = [
                Double(numbers.number(0...1)), Double(numbers.number(0...9)), Double(numbers.number(0...1)),
                Double(numbers.number(0...1)),
            ]
            return .init(row, minutes: max(0, truth.minutes(row) + numbers.normal() - 0.3 * row[3]))
        }
        let fit = try TimeEquation.fit(samples)
        #expect(fit.count == 400 && (fit.r2 ?? 0) > 0.98)
        #expect(zip(fit.equation.additions, truth.additions).allSatisfy { abs($0 - $1) < 0.5 && $0 >= 0 })
        #expect(fit.equation.additions[3] == 0)
        #expect(throws: Problem.self) { try TimeEquation.fit(Array(samples.prefix(10))) }
        let alike = try TimeEquation.fit(Array(repeating: .init([1, 1], minutes: 10), count: 50))
        #expect(alike.r2 == nil && isClose(alike.equation.minutes([1, 1]), 10, within: 1e-6))
    }

    @Test func `non-negative least squares meets the conditions of the optimum`() {
        var numbers = SeededNumbers(seed: 4)
        for _ in 0..<200 {
            let (rows, width) = (numbers.number(5...30), numbers.number(1...6))
            var problem = NonNegativeLeastSquares(width: width)
            var data: [([Double], Double)] = []
            for _ in 0..<rows {
                let row = (0..<width).map { _ in numbers.normal() }
                data.append((row, numbers.normal()))
                problem.add(row, data[data.count - 1].1)
            }
            let solution = problem.solve()
            for column in 0..<width {
                let slope = data.reduce(0.0) { sum, entry in
                    let value = zip(entry.0, solution).reduce(0) { $0 + $1.0 * $1.1 }
                    return sum + entry.0[column] * (entry.1 - value)
                }
                #expect(solution[column] >= 0)
                #expect(solution[column] > 0 ? abs(slope) < 1e-6 : slope < 1e-6)
            }
        }
    }

    @Test func `survival counts those who are still there for as long as they were seen`() {
        let curve = SurvivalCurve([
            .init(periods: 1, left: true), .init(periods: 2, left: false), .init(periods: 2, left: true),
            .init(periods: 3, left: false),
        ])
        #expect(curve.shares.prefix(4) == [1, 0.75, 0.5, 0.5] && curve.atRisk == [4, 4, 3, 1])
        #expect(SurvivalCurve([]).shares.isEmpty)
    }

    @Test func `RFM of December 2010 is that of the data set`() throws {
        let rows = try SharedFiles.rows("online-retail-dec2010/expected_rfm.csv")
        let customers = rows.map { row in
            RFM.Purchases(
                recency: Double(row["recency_days"] ?? "") ?? 0,
                frequency: Double(row["frequency_invoices"] ?? "") ?? 0,
                monetary: Double(row["monetary"] ?? "") ?? 0
            )
        }
        #expect(customers.count == 885)
        #expect(RFM.cuts(customers.map(\.recency)) == [16, 19, 24, 27])
        #expect(
            zip(RFM.cuts(customers.map(\.monetary)), [173.348, 293.636, 384.964, 707.016])
                .allSatisfy { isClose($0, $1) }
        )
        for (row, score) in zip(rows, RFM.scores(customers)) { #expect(row["cell"] == String(score.cell)) }
        #expect(RFM.scores([]).isEmpty)
    }
}
