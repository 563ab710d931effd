import Foundation
import Ledger

/// Measures the fit of BG/NBD on customers that are drawn from the model itself, with the published estimates of the
/// CDNOW sample, who came within a year and were watched for two.
struct FitBench {
    let customers: Int
    private var numbers = SeededNumbers(seed: 7)

    init(customers: Int) { self.customers = customers }

    /// Names with figures: what was fitted and how long it took on one core.
    mutating func run() throws -> [(String, Double)] {
        let made = (0..<customers).map { _ in history() }
        let clock = ContinuousClock()
        let start = (clock.now, CostBench.processorTime())
        let fit = try PurchaseModel.fit(made)
        let took = start.0.duration(to: clock.now)
        return [
            ("customers", Double(fit.customers)), ("r", fit.model.r), ("alpha", fit.model.alpha), ("a", fit.model.a),
            ("b", fit.model.b),
            ("seconds", Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18),
            ("processor_seconds", CostBench.processorTime() - start.1),
        ]
    }

    private mutating func history() -> PurchaseHistory {
        let age = Double(364 + numbers.number(0...364))
        let rate = gamma(0.243) / 4.414 / 7
        let (leaves, stays) = (gamma(0.793), gamma(2.426))
        let leaving = leaves / (leaves + stays)
        var (day, last, repeats) = (0.0, 0.0, 0)
        while true {
            day += -log(max(1e-300, numbers.uniform())) / max(1e-300, rate)
            guard day <= age else { break }
            // Purchases of one day are one.
            if day.rounded(.down) > last { (last, repeats) = (day.rounded(.down), repeats + 1) }
            if numbers.uniform() < leaving { break }
        }
        return PurchaseHistory(repeats: repeats, recency: last / 7, age: age / 7)
    }

    /// A number of the gamma distribution of scale 1, by Marsaglia and Tsang.
    private mutating func gamma(_ shape: Double) -> Double {
        guard shape >= 1 else { return gamma(shape + 1) * pow(numbers.uniform(), 1 / shape) }
        let d = shape - 1.0 / 3
        while true {
            let x = numbers.normal()
            let v = pow(1 + x / (9 * d).squareRoot(), 3)
            guard v > 0 else { continue }
            if log(max(1e-300, numbers.uniform())) < x * x / 2 + d - d * v + d * log(v) { return d * v }
        }
    }
}
