import Foundation

/// How good forecasts of yes or no were, measured on cases whose outcome is known.
public struct ForecastQuality: Sendable, Equatable {
    /// The chance that one that happened was rated above one that did not: 0.5 is a coin, 1 is perfect.
    public let auc: Double
    /// The mean square of the error (Brier).
    public let brier: Double
    /// The mean logarithmic loss.
    public let logLoss: Double
    /// How many times more often it happened among the tenth rated highest than among all.
    public let lift: Double
    /// By how much forecast and outcome differ over ten groups of equal size, on average.
    public let calibrationError: Double
    /// Ten groups from the least to the most likely.
    public let groups: [Group]

    /// Cases of about the same chance.
    public struct Group: Sendable, Equatable {
        /// How many.
        public let count: Int
        /// The chance that was forecast, on average.
        public let forecast: Double
        /// The share that happened.
        public let happened: Double
    }

    /// Measures forecasts; nil where only one of the outcomes occurs.
    public init?(_ chances: [Double], _ outcomes: [Bool]) {
        let positives = outcomes.count { $0 }
        guard chances.count == outcomes.count, positives > 0, positives < outcomes.count else { return nil }
        let order = chances.indices.sorted { chances[$0] == chances[$1] ? $0 < $1 : chances[$0] < chances[$1] }
        let count = Double(chances.count)
        auc = ForecastQuality.auc(chances, outcomes, order)
        var (square, loss) = (0.0, 0.0)
        for (chance, outcome) in zip(chances, outcomes) {
            let (target, bounded) = (outcome ? 1.0 : 0.0, min(1 - 1e-15, max(1e-15, chance)))
            square += (chance - target) * (chance - target)
            loss -= outcome ? log(bounded) : log(1 - bounded)
        }
        brier = square / count
        logLoss = loss / count
        let top = order.suffix(max(1, order.count / 10))
        let base = Double(positives) / count
        lift = Double(top.count { outcomes[$0] }) / Double(top.count) / base
        groups = (0..<10).compactMap { part in
            let places = order[(order.count * part / 10)..<(order.count * (part + 1) / 10)]
            guard !places.isEmpty else { return nil }
            return Group(
                count: places.count,
                forecast: places.reduce(0) { $0 + chances[$1] } / Double(places.count),
                happened: Double(places.count { outcomes[$0] }) / Double(places.count)
            )
        }
        calibrationError = groups.reduce(0) { $0 + Double($1.count) / count * abs($1.forecast - $1.happened) }
    }

    /// By ranks; equal chances share theirs.
    private static func auc(_ chances: [Double], _ outcomes: [Bool], _ order: [Int]) -> Double {
        var (ranks, start) = (0.0, 0)
        while start < order.count {
            var end = start
            while end < order.count, chances[order[end]] == chances[order[start]] { end += 1 }
            let rank = Double(start + 1 + end) / 2
            ranks += rank * Double(order[start..<end].count { outcomes[$0] })
            start = end
        }
        let positives = Double(outcomes.count { $0 })
        let negatives = Double(outcomes.count) - positives
        return (ranks - positives * (positives + 1) / 2) / (positives * negatives)
    }
}

extension LogisticModel {
    /// How well the model forecasts rows that it has not seen: each of `folds` parts in turn is left out and forecast.
    ///
    /// Throws like `fit`.
    public static func crossValidated(
        _ table: FeatureTable,
        outcomes: [Bool],
        folds: Int = 5,
        seed: UInt64 = 42,
        penalty: Double = 1
    ) throws -> (quality: ForecastQuality?, foldAUC: [Double]) {
        // The whole first: it refuses where there is too little, in words about the whole.
        _ = try fit(table, outcomes: outcomes, penalty: penalty)
        var numbers = SeededNumbers(seed: seed)
        var places = Array(outcomes.indices)
        for index in places.indices.dropFirst() { places.swapAt(index, numbers.number(0...index)) }
        var chances = [Double](repeating: 0, count: outcomes.count)
        var aucs: [Double] = []
        let folds = min(20, max(2, folds))
        for fold in 0..<folds {
            let held = places.indices.filter { $0 % folds == fold }.map { places[$0] }
            let rest = places.indices.filter { $0 % folds != fold }.map { places[$0] }
            let model = try fit(table.part(rest), outcomes: rest.map { outcomes[$0] }, penalty: penalty)
            for place in held { chances[place] = model.chance(table.rows[place]) }
            if let quality = ForecastQuality(held.map { chances[$0] }, held.map { outcomes[$0] }) {
                aucs.append(quality.auc)
            }
        }
        return (ForecastQuality(chances, outcomes), aucs)
    }
}
