import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// How well time equations follow the time that was measured, and how they would be better.
public enum EquationReader {
    /// One activity.
    public struct Fit: Sendable, Equatable {
        /// The activity.
        public let activity: RecordID
        /// Its name.
        public let name: String
        /// The equation in use.
        public let equation: String
        /// How many events of the months have a measured time.
        public let count: Int
        /// Their mean, measured and by the equation, in hundredths of minutes.
        public let measured: Int64, estimated: Int64
        /// The share of the variation that the better equation explains, in hundredths of per cent.
        public let r2: Int64?
        /// The better equation; nil where there is too little data.
        public let better: String?
        /// Why there is none.
        public let refusal: Label?
    }

    /// All activities in use, measured over the months of a range: time = a base + a factor × the equation in use, none
    /// of both below 0, by least squares. Throws `forbidden` without the right to costing.
    public static func fits(from: String, to: String, _ session: ReadSession) throws -> [Fit] {
        try session.actor.require(.costing)
        let zone = session.schema.timeZone
        guard let first = CostMonth(from, zone: zone), let last = CostMonth(to, zone: zone) else { return [] }
        let rows = try session.connection.rows(
            "SELECT \"id\", \"name\", \"minutes\" FROM \(name: CostActivity.key) WHERE \"deleted_at\" IS NULL"
        )
        let words = Dictionary(rows.map { ($0.integer(0), ($0.text(1), $0.text(2))) }, uniquingKeysWith: { $1 })
        return try RunShares.sources(session).map { source in
            let samples = try source.samples(from: first, to: last, session)
            let (name, equation) = words[source.id.raw] ?? ("", "")
            func mean(_ values: [Double]) -> Int64 {
                values.isEmpty ? 0 : Int64((values.reduce(0, +) / Double(values.count) * 100).rounded())
            }
            func fit(_ r2: Double?, _ better: String?, _ refusal: Label?) -> Fit {
                Fit(
                    activity: source.id,
                    name: name,
                    equation: equation,
                    count: samples.count,
                    measured: mean(samples.map(\.minutes)),
                    estimated: mean(samples.map { $0.circumstances[0] }),
                    r2: r2.map { Int64(($0 * 10_000).rounded()) },
                    better: better,
                    refusal: refusal
                )
            }
            do {
                let found = try TimeEquation.fit(samples)
                func text(_ value: Double) -> String { FixedPoint.text(Int64((value * 100).rounded()), digits: 2) }
                let better =
                    "\(text(found.equation.base)) + \(text(found.equation.additions.first ?? 0)) * (\(equation))"
                return fit(found.r2, better, nil)
            } catch let problem as Problem {
                return fit(nil, nil, problem.message)
            }
        }
    }
}

extension ActivitySource {
    /// Events with a measured time, with what the equation says of them.
    func samples(from first: CostMonth, to last: CostMonth, _ session: ReadSession) throws -> [TimeEquation.Sample] {
        guard let query = try measured(from: first, to: last, session) else { return [] }
        var samples: [TimeEquation.Sample] = []
        try session.connection.each(query) { row in
            samples.append(.init([Double(row.integer(1)) / 60], minutes: Double(row.integer(0))))
            return true
        }
        return samples
    }
}
