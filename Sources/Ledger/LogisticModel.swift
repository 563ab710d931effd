import Foundation
import Values

/// The chance of something that happens or not, such as a customer leaving: a logistic model with reasons.
///
/// Columns are brought to mean 0 and spread 1, and weights are held small (L2), so that the reasons can be compared.
public struct LogisticModel: Sendable, Equatable {
    /// One column: what a row's value is compared with.
    public struct Column: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The mean of the rows it was fitted on.
        public let mean: Double
        /// Their standard deviation.
        public let spread: Double
        /// The weight of one standard deviation in log-odds.
        public let weight: Double
    }

    /// The log-odds of a row that is average in everything.
    public let intercept: Double
    /// The columns.
    public let columns: [Column]

    /// At least so many rows of either outcome must be known.
    public static let leastOutcomes = 50

    /// The model that fits best by Newton's method. `penalty` is the weight of the L2 term (1 as usual).
    ///
    /// Throws `too_little_data` where fewer than `leastOutcomes` rows had one of the outcomes, `no_fit` where the columns
    /// say nothing that can be computed.
    public static func fit(_ table: FeatureTable, outcomes: [Bool], penalty: Double = 1) throws -> LogisticModel {
        let happened = outcomes.count { $0 }
        let fewest = min(happened, outcomes.count - happened)
        guard table.rows.count == outcomes.count, fewest >= leastOutcomes else {
            throw Problem(
                .invalid,
                "too_little_data",
                Label(
                    """
                    Too little history: \(happened) customers did and \(outcomes.count - happened) did not; a forecast \
                    needs at least \(leastOutcomes) of each.
                    """,
                    zh: "历史数据太少：发生的客户 \(happened) 家，未发生的 \(outcomes.count - happened) 家，两类各需至少 \(leastOutcomes) 家才能预测。"
                )
            )
        }
        let (means, spreads) = table.moments()
        let rows = table.rows.map { row in row.indices.map { (row[$0] - means[$0]) / spreads[$0] } }
        guard let weights = newton(rows, outcomes, penalty), weights.allSatisfy(\.isFinite) else {
            throw Problem(
                .invalid,
                "no_fit",
                Label("These columns do not allow a forecast.", zh: "这些数据项无法用于预测，请换一些数据项再试。")
            )
        }
        return LogisticModel(
            intercept: weights[0],
            columns: table.names.indices.map {
                Column(name: table.names[$0], mean: means[$0], spread: spreads[$0], weight: weights[$0 + 1])
            }
        )
    }

    private static func newton(_ rows: [[Double]], _ outcomes: [Bool], _ penalty: Double) -> [Double]? {
        let width = (rows.first?.count ?? 0) + 1
        let share = Double(outcomes.count { $0 }) / Double(outcomes.count)
        var weights = [Double](repeating: 0, count: width)
        weights[0] = log(share / (1 - share))
        for _ in 0..<50 {
            var slope = [Double](repeating: 0, count: width)
            var curve = Array(repeating: [Double](repeating: 0, count: width), count: width)
            for (row, outcome) in zip(rows, outcomes) {
                var score = weights[0]
                for index in row.indices { score += weights[index + 1] * row[index] }
                let chance = probability(score)
                let (missed, bend) = ((outcome ? 1 : 0) - chance, max(1e-12, chance * (1 - chance)))
                slope[0] += missed
                curve[0][0] += bend
                for i in row.indices where row[i] != 0 {
                    slope[i + 1] += missed * row[i]
                    let bent = bend * row[i]
                    curve[i + 1][0] += bent
                    for j in 0...i { curve[i + 1][j + 1] += bent * row[j] }
                }
            }
            for index in 1..<max(1, width) {
                slope[index] -= penalty * weights[index]
                curve[index][index] += penalty
            }
            guard let step = LinearSystem.solve(curve, slope) else { return nil }
            // A step too far is cut: separable data would otherwise throw the weights about.
            let longest = step.map(abs).max() ?? 0
            let factor = longest > 5 ? 5 / longest : 1
            for index in weights.indices { weights[index] += factor * step[index] }
            if longest < 1e-8 { return weights }
        }
        return weights
    }

    private static func probability(_ score: Double) -> Double {
        score >= 0 ? 1 / (1 + exp(-score)) : exp(score) / (1 + exp(score))
    }

    /// The chance for a row with the columns of the model.
    public func chance(_ row: [Double]) -> Double {
        LogisticModel.probability(intercept + contributions(row).reduce(0, +))
    }

    /// Why a row's chance differs from that of an average row.
    public struct Reason: Sendable, Equatable {
        /// The column.
        public let column: String
        /// What the row has there.
        public let value: Double
        /// What it adds to the log-odds; above 0 it makes the outcome more likely.
        public let effect: Double
    }

    /// The strongest reasons, strongest first.
    public func reasons(_ row: [Double], most count: Int = 5) -> [Reason] {
        let effects = contributions(row)
        var reasons: [Reason] = []
        for index in columns.indices where abs(effects[index]) > 1e-9 {
            reasons.append(Reason(column: columns[index].name, value: row[index], effect: effects[index]))
        }
        reasons.sort { left, right in
            let (one, other) = (abs(left.effect), abs(right.effect))
            return one == other ? left.column < right.column : one > other
        }
        return Array(reasons.prefix(count))
    }

    private func contributions(_ row: [Double]) -> [Double] {
        columns.indices.map { index in
            let column = columns[index]
            guard row.indices.contains(index), row[index].isFinite else { return 0 }
            return column.weight * (row[index] - column.mean) / column.spread
        }
    }
}

/// Rows of numbers under names. Choices become a column each, a missing number the median of its column.
public struct FeatureTable: Sendable {
    /// One cell as it comes from a record or file.
    public enum Cell: Sendable {
        /// A number; nil where nothing is known.
        case number(Double?)
        /// One of some choices.
        case choice(String)

        var number: Double? {
            guard case .number(let number?) = self, number.isFinite else { return nil }
            return number
        }
        var choice: String? { if case .choice(let text) = self { text } else { nil } }
    }

    /// The names of the columns.
    public let names: [String]
    /// The rows.
    public let rows: [[Double]]

    /// A table of numbers as they are.
    public init(names: [String], rows: [[Double]]) {
        self.names = names
        self.rows = rows
    }

    /// A table from cells under their headings.
    public init(_ headings: [String], _ cells: [[Cell]]) {
        var names: [String] = []
        var columns: [[Double]] = []
        for (place, heading) in headings.enumerated() {
            let column = cells.map { $0.indices.contains(place) ? $0[place] : .number(nil) }
            let choices = Set(column.compactMap(\.choice)).sorted()
            if choices.isEmpty {
                let numbers: [Double?] = column.map(\.number)
                let median = Statistics.quantile(numbers.compactMap { $0 }.sorted(), 0.5) ?? 0
                names.append(heading)
                columns.append(numbers.map { $0 ?? median })
            } else {
                for choice in choices {
                    names.append(heading + " = " + choice)
                    columns.append(column.map { $0.choice == choice ? 1 : 0 })
                }
            }
        }
        self.names = names
        rows = cells.indices.map { row in columns.map { $0[row] } }
    }

    func moments() -> (means: [Double], spreads: [Double]) {
        let count = Double(max(1, rows.count))
        var means = [Double](repeating: 0, count: names.count)
        var squares = means
        for row in rows { for index in names.indices { means[index] += row[index] / count } }
        for row in rows {
            for index in names.indices { squares[index] += (row[index] - means[index]) * (row[index] - means[index]) }
        }
        return (means, squares.map { $0 > 1e-18 * count ? ($0 / count).squareRoot() : 1 })
    }

    func part(_ places: [Int]) -> FeatureTable { FeatureTable(names: names, rows: places.map { rows[$0] }) }
}
