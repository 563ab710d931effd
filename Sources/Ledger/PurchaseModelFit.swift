import Foundation
import Values

extension PurchaseModel {
    /// A fitted model and how it was found.
    public struct Fit: Sendable, Equatable {
        /// The parameters of greatest likelihood.
        public let model: PurchaseModel
        /// The logarithm of the likelihood of all histories.
        public let logLikelihood: Double
        /// How many customers it rests on.
        public let customers: Int
        /// How many of them bought again.
        public let repeaters: Int
    }

    /// So many customers must have bought again before the model means anything.
    public static let leastRepeaters = 100

    /// The parameters of greatest likelihood.
    ///
    /// Throws `too_little_data` below `leastRepeaters`, `no_time` where no history has a length, and `no_fit` where the
    /// histories do not decide the parameters; segment averages are then the honest answer.
    public static func fit(_ histories: some Sequence<PurchaseHistory>) throws -> Fit {
        let data = GroupedHistories(histories)
        guard data.repeaters >= leastRepeaters else { throw tooFew(data.repeaters) }
        guard let longest = data.ages.last, longest > 0 else {
            throw Problem(
                .invalid,
                "no_time",
                Label(
                    "No time has passed since the first purchases; a later end of the period is needed.",
                    zh: "首次购买之后还没有经过任何时间，请把统计截止日往后移。"
                )
            )
        }
        // A part of the histories finds the neighbourhood, all of them the place.
        var part = GroupedLikelihood(data, scale: 10 / longest, most: 20_000)
        let start = NelderMead.minimum(from: [0, 0, 0, 0.5], step: 0.7, tolerance: 1e-10, rounds: 500) {
            -part.total($0)
        }
        var likelihood = GroupedLikelihood(data, scale: 10 / longest)
        let best = NelderMead.minimum(from: start.point, step: 0.03, tolerance: 1e-12, rounds: 600) {
            -likelihood.total($0)
        }
        let found = best.point.map { exp($0) }
        guard best.value.isFinite, found.allSatisfy({ $0 > 1e-5 && $0 < 1e5 }) else { throw undecided }
        let model = PurchaseModel(r: found[0], alpha: found[1] * longest / 10, a: found[2], b: found[3])
        // Back from the scaled unit: each repeat purchase is a density over time.
        let repeats = data.groups.reduce(0.0) { $0 + $1.count * Double($1.repeats) }
        let logLikelihood = -best.value + repeats * log(10 / longest)
        guard logLikelihood.isFinite else { throw undecided }
        return Fit(
            model: model,
            logLikelihood: logLikelihood,
            customers: data.customers,
            repeaters: data.repeaters
        )
    }

    private static func tooFew(_ repeaters: Int) -> Problem {
        Problem(
            .invalid,
            "too_little_data",
            Label(
                """
                Only \(repeaters) customers have bought again; at least \(leastRepeaters) are needed. \
                Use the averages of the segment.
                """,
                zh: "有复购的客户只有 \(repeaters) 家，至少需要 \(leastRepeaters) 家才能预测，请先参考分群平均值。"
            )
        )
    }

    private static var undecided: Problem {
        Problem(
            .invalid,
            "no_fit",
            Label(
                "The purchases do not decide how customers buy and leave. Use the averages of the segment.",
                zh: "现有购买记录不足以判断客户的购买和流失规律，请先参考分群平均值。"
            )
        )
    }
}

/// The likelihood of grouped histories. What depends only on the repeats, the recency or the age is worked out once
/// for each value of it, so that a group costs one exponential.
struct GroupedLikelihood {
    private let groups: [GroupedHistories.Group]
    private let recencies: [Double]
    private let ages: [Double]
    private var byRepeats: [Double]
    private var leaving: [Double]
    private var logRecency: [Double]
    private var logAge: [Double]

    /// The likelihood of at most so many groups, taken at even distances.
    init(_ data: GroupedHistories, scale: Double, most: Int = .max) {
        let stride = max(1, data.groups.count / max(1, most))
        groups = stride == 1 ? data.groups : data.groups.indices.filter { $0 % stride == 0 }.map { data.groups[$0] }
        recencies = data.recencies.map { $0 * scale }
        ages = data.ages.map { $0 * scale }
        byRepeats = Array(repeating: 0, count: data.mostRepeats + 1)
        leaving = byRepeats
        logRecency = Array(repeating: 0, count: recencies.count)
        logAge = Array(repeating: 0, count: ages.count)
    }

    /// The sum for the logarithms of r, α, a and b; minus infinity where they are out of all bounds.
    mutating func total(_ logs: [Double]) -> Double {
        guard logs.allSatisfy({ abs($0) < 25 }) else { return -.infinity }
        let (r, alpha, a, b) = (exp(logs[0]), exp(logs[1]), exp(logs[2]), exp(logs[3]))
        fillTables(r, alpha, a, b)
        var total = 0.0
        groups.withUnsafeBufferPointer { groups in
            for group in groups {
                let x = r + Double(group.repeats)
                let alive = -x * logAge[group.age]
                var value = byRepeats[group.repeats]
                if group.repeats == 0 {
                    value += alive
                } else {
                    let left = leaving[group.repeats] - x * logRecency[group.recency]
                    let difference = left - alive
                    // log(1 + e^d) without overflow on either side.
                    value += difference > 0 ? left + log1p(exp(-difference)) : alive + log1p(exp(difference))
                }
                total += group.count * value
            }
        }
        return total
    }

    private mutating func fillTables(_ r: Double, _ alpha: Double, _ a: Double, _ b: Double) {
        let lnGammaR = SpecialFunctions.lnGamma(r)
        let start = r * log(alpha) - lnGammaR
        // lnB(a, b+x) − lnB(a, b) and lnΓ(r+x) step by step: each x adds one logarithm.
        var (beta, gamma) = (0.0, lnGammaR)
        for x in byRepeats.indices {
            if x > 0 {
                let before = Double(x - 1)
                beta += log((b + before) / (a + b + before))
                gamma += log(r + before)
                leaving[x] = log(a / (b + before))
            }
            byRepeats[x] = start + beta + gamma
        }
        for index in recencies.indices { logRecency[index] = log(alpha + recencies[index]) }
        for index in ages.indices { logAge[index] = log(alpha + ages[index]) }
    }
}
