import Foundation
import Values

/// How much customers spend at a time: the Gamma-Gamma model.
///
/// Source: Fader, Hardie and Lee, «RFM and CLV», Journal of Marketing Research 42, 415–430. Only customers who bought
/// again count, the mean is over their repeat purchases, and it may be margin instead of revenue.
public struct SpendModel: Sendable, Equatable {
    /// Shape of one customer's purchases.
    public let p: Double
    /// Shape of the scales of customers; above 1 for a mean to exist.
    public let q: Double
    /// Scale, in the unit of money.
    public let v: Double

    /// A model with these parameters, all above 0.
    public init(p: Double, q: Double, v: Double) {
        self.p = p
        self.q = q
        self.v = v
    }

    /// A customer who bought again.
    public struct Buyer: Sendable, Equatable {
        /// Repeat purchases, at least 1.
        public let repeats: Int
        /// The mean value of them.
        public let mean: Double

        /// A customer who bought again.
        public init(repeats: Int, mean: Double) {
            self.repeats = repeats
            self.mean = mean
        }
    }

    /// The logarithm of the likelihood of one buyer.
    public func logLikelihood(_ buyer: Buyer) -> Double {
        let (x, m) = (Double(buyer.repeats), buyer.mean)
        let px = p * x
        return SpecialFunctions.lnGamma(px + q) - SpecialFunctions.lnGamma(px) - SpecialFunctions.lnGamma(q)
            + q * log(v) + (px - 1) * log(m) + px * log(x) - (px + q) * log(x * m + v)
    }

    /// The mean over all customers; nil where q ≤ 1 leaves none.
    public var populationMean: Double? { q > 1 ? v * p / (q - 1) : nil }

    /// What a customer spends at a time, between its own mean and that of all; nil where q ≤ 1.
    public func expected(_ buyer: Buyer?) -> Double? {
        guard let all = populationMean else { return nil }
        guard let buyer, buyer.repeats > 0, buyer.mean > 0 else { return all }
        let weight = p * Double(buyer.repeats) / (p * Double(buyer.repeats) + q - 1)
        return (1 - weight) * all + weight * buyer.mean
    }

    /// A fitted model and how it was found.
    public struct Fit: Sendable, Equatable {
        /// The parameters of greatest likelihood.
        public let model: SpendModel
        /// The logarithm of the likelihood.
        public let logLikelihood: Double
        /// How many buyers it rests on.
        public let buyers: Int
        /// Buyers left out since their mean is not above 0.
        public let leftOut: Int
        /// The correlation of how often with how much; nil where one of them never differs.
        public let correlation: Double?
        /// True where that correlation is too strong for the model, above 0.3 either way.
        public var isDoubtful: Bool { abs(correlation ?? 0) > 0.3 }
    }

    /// The parameters of greatest likelihood.
    ///
    /// Throws `too_little_data` below `PurchaseModel.leastRepeaters` buyers with a value above 0, `same_value` where all
    /// values are the same, and `no_fit` where they do not decide the parameters.
    public static func fit(_ buyers: [Buyer]) throws -> Fit {
        let usable = buyers.filter { $0.repeats > 0 && $0.mean > 0 && $0.mean.isFinite }
        guard usable.count >= PurchaseModel.leastRepeaters else { throw tooFew(usable.count) }
        let scale = usable.reduce(0) { $0 + $1.mean } / Double(usable.count)
        guard usable.contains(where: { abs($0.mean - usable[0].mean) > 1e-9 * scale }) else { throw sameValue }
        var likelihood = SpendLikelihood(usable, scale: scale)
        let start = NelderMead.minimum(from: [1, 1, 0], step: 0.6, tolerance: 1e-7, rounds: 200) {
            -likelihood.total($0)
        }
        let best = NelderMead.minimum(from: start.point, step: 0.1, tolerance: 1e-13, rounds: 600) {
            -likelihood.total($0)
        }
        let found = best.point.map { exp($0) }
        guard best.value.isFinite, found.allSatisfy({ $0 > 1e-6 && $0 < 1e6 }) else { throw undecided }
        return Fit(
            model: SpendModel(p: found[0], q: found[1], v: found[2] * scale),
            logLikelihood: -best.value - Double(usable.count) * log(scale),
            buyers: usable.count,
            leftOut: buyers.count - usable.count,
            correlation: Statistics.correlation(usable.map { Double($0.repeats) }, usable.map(\.mean))
        )
    }

    private static func tooFew(_ count: Int) -> Problem {
        Problem(
            .invalid,
            "too_little_data",
            Label(
                """
                Only \(count) customers have bought again with a value above 0; \
                at least \(PurchaseModel.leastRepeaters) are needed. Use the averages of the segment.
                """,
                zh: "有复购且金额大于零的客户只有 \(count) 家，至少需要 \(PurchaseModel.leastRepeaters) 家，请先参考分群平均值。"
            )
        )
    }

    private static var sameValue: Problem {
        Problem(
            .invalid,
            "same_value",
            Label("All purchases have the same value, which is also the forecast.", zh: "所有购买金额都相同，直接用这个金额作为预测即可。")
        )
    }

    private static var undecided: Problem {
        Problem(
            .invalid,
            "no_fit",
            Label(
                "The values do not decide how customers differ. Use the averages of the segment.",
                zh: "现有金额不足以判断客户之间的差异，请先参考分群平均值。"
            )
        )
    }
}

/// The likelihood of all buyers; what depends only on how often is worked out once for each number.
private struct SpendLikelihood {
    private struct Row {
        let repeats: Int
        let total: Double
        let logMean: Double
    }

    private let rows: [Row]
    private let logs: [Double]
    private var table: [Double]
    private let present: [Bool]

    init(_ buyers: [SpendModel.Buyer], scale: Double) {
        let most = min(1_000_000, buyers.map(\.repeats).max() ?? 0)
        rows = buyers.map { buyer in
            let repeats = min(most, buyer.repeats)
            return Row(
                repeats: repeats,
                total: Double(repeats) * buyer.mean / scale,
                logMean: log(buyer.mean / scale)
            )
        }
        logs = (0...most).map { $0 > 0 ? log(Double($0)) : 0 }
        table = logs
        var present = [Bool](repeating: false, count: most + 1)
        for row in rows { present[row.repeats] = true }
        self.present = present
    }

    mutating func total(_ parameters: [Double]) -> Double {
        guard parameters.allSatisfy({ abs($0) < 20 }) else { return -.infinity }
        let (p, q, v) = (exp(parameters[0]), exp(parameters[1]), exp(parameters[2]))
        let fixed = q * log(v) - SpecialFunctions.lnGamma(q)
        for x in table.indices where present[x] {
            let px = p * Double(x)
            table[x] =
                SpecialFunctions.lnGamma(px + q) - SpecialFunctions.lnGamma(px) + px * logs[x] + fixed
        }
        var total = 0.0
        for row in rows {
            let px = p * Double(row.repeats)
            total += table[row.repeats] + (px - 1) * row.logMean - (px + q) * log(row.total + v)
        }
        return total
    }
}
