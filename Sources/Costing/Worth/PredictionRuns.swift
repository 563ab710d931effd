import Database
import Expressions
public import Identity
import Ledger
public import Records
import SQLText
import Schema
import Values

/// Foretells churn and purchases, customer by customer, with reasons, and measures how good that is.
///
/// The model learns from what was known on a day and what came of it afterwards. It is tested on a later day that it has
/// not seen, and refuses where too few customers left or stayed to say anything.
public struct PredictionRuns: Sendable {
    let engine: RecordEngine

    /// The most customers that a model learns from; of more, an even sample.
    static let sample = 50_000

    /// The forecasts of a workspace.
    public init(_ engine: RecordEngine) { self.engine = engine }

    /// Reckons both kinds anew; the answer is for which of them there is a forecast.
    @discardableResult
    public func reckon(by actor: Actor) async throws -> [PredictionKind] {
        try actor.require(.costing)
        var done: [PredictionKind] = []
        for kind in PredictionKind.allCases {
            let system = Actor.system("costing")
            let (quality, rows) = try await engine.read(as: system) { try PredictionRuns.forecast(kind, $0) }
            try await write(kind, quality, rows)
            if quality.refusal == nil { done.append(kind) }
        }
        return done
    }

    struct Scored: Sendable {
        let customer: Int64
        let chance: Double
        let reasons: String
    }

    // MARK: Learning

    private static func forecast(
        _ kind: PredictionKind,
        _ session: ReadSession
    ) throws -> (PredictionQuality, [Scored]) {
        let today = session.expressionContext.today.daysSince1970
        let days = [today - 2 * kind.horizon, today - kind.horizon, today]
        let contacts = try days.map { try PredictionRuns.contacts(until: $0, session) }
        let step = max(1, try buyers(session) / sample)
        var learned = [Examples(), Examples()]
        var now: [(customer: Int64, features: [Double])] = []
        var place = 0
        try histories(session) { history in
            place += 1
            if place % step == 0 {
                for (index, day) in days.dropLast().enumerated() {
                    guard let outcome = kind.outcome(history, after: day) else { continue }
                    learned[index].add(
                        history.features(on: day, contacts: contacts[index][history.customer] ?? 0),
                        outcome
                    )
                }
            }
            guard history.isActive(on: today) else { return }
            now.append((history.customer, history.features(on: today, contacts: contacts[2][history.customer] ?? 0)))
        }
        var quality = PredictionQuality(kind: kind, at: session.now)
        do {
            // Learnt on the earlier day, tested on the later one; what is told of today rests on both.
            let tested = try LogisticModel.fit(learned[0].table, outcomes: learned[0].outcomes)
            let chances = learned[1].rows.map(tested.chance)
            guard let measured = ForecastQuality(chances, learned[1].outcomes) else {
                throw PredictionQuality.tooLittle
            }
            quality.take(measured, rows: learned[1].rows.count, happened: learned[1].outcomes.count { $0 })
            let both = learned[0] + learned[1]
            let model = try LogisticModel.fit(both.table, outcomes: both.outcomes)
            return (quality, now.map { score($0.customer, $0.features, model) })
        } catch let problem as Problem {
            quality.refusal = problem.message
            return (quality, [])
        }
    }

    private static func score(_ customer: Int64, _ features: [Double], _ model: LogisticModel) -> Scored {
        let reasons = model.reasons(features, most: 3).map { "\($0.column):\($0.effect > 0 ? "+" : "-")" }
        return Scored(customer: customer, chance: model.chance(features), reasons: reasons.joined(separator: ","))
    }

    private struct Examples {
        var rows: [[Double]] = []
        var outcomes: [Bool] = []
        var table: FeatureTable { FeatureTable(names: BuyingHistory.columns.map(\.name), rows: rows) }

        mutating func add(_ row: [Double], _ outcome: Bool) {
            rows.append(row)
            outcomes.append(outcome)
        }

        static func + (left: Examples, right: Examples) -> Examples {
            Examples(rows: left.rows + right.rows, outcomes: left.outcomes + right.outcomes)
        }
    }

    // MARK: What it rests on

    private static func buyers(_ session: ReadSession) throws -> Int {
        Int(
            try session.connection.value(
                "SELECT count(DISTINCT \"customer\") FROM \(name: SaleLine.key) WHERE \"kind\" = 'sale' AND \"deleted_at\" IS NULL"
            ).integer ?? 0
        )
    }

    private static func histories(_ session: ReadSession, _ body: (BuyingHistory) -> Void) throws {
        var history = BuyingHistory(customer: 0)
        try session.connection.each(
            """
            SELECT "customer", "day", "kind", CAST(sum("amount_base" - coalesce("discount_base", 0)) AS BIGINT)
            FROM \(name: SaleLine.key) WHERE "kind" IN ('sale', 'refund') AND "deleted_at" IS NULL
            GROUP BY "customer", "day", "kind" ORDER BY "customer", "day", "kind"
            """
        ) { row in
            if row.integer(0) != history.customer {
                if history.customer != 0 { body(history) }
                history = BuyingHistory(customer: row.integer(0))
            }
            guard let day = Day(row.text(1))?.daysSince1970 else { return true }
            if row.text(2) == "sale" {
                history.sales.append((day, row.integer(3)))
            } else {
                history.refunds.append(day)
            }
            return true
        }
        if history.customer != 0 { body(history) }
    }

    private static func contacts(until day: Int, _ session: ReadSession) throws -> [Int64: Int64] {
        let object = "activity"
        guard session.schema.object(object) != nil else { return [:] }
        let end = Int64(day + 1) * 86_400_000
        var contacts: [Int64: Int64] = [:]
        try session.connection.each(
            """
            SELECT "customer", count(*) FROM \(name: object) WHERE "happened_at" >= \(end - 90 * 86_400_000)
            AND "happened_at" < \(end) AND "deleted_at" IS NULL AND "customer" IS NOT NULL GROUP BY "customer"
            """
        ) { row in
            contacts[row.integer(0)] = row.integer(1)
            return true
        }
        return contacts
    }

    private func write(_ kind: PredictionKind, _ quality: PredictionQuality, _ rows: [Scored]) async throws {
        let system = Actor.system("costing")
        try await engine.write(as: system) { session in
            try session.connection.run("DELETE FROM sys_prediction WHERE kind = \(kind.rawValue)")
            try quality.save(session.connection)
        }
        for start in stride(from: 0, to: rows.count, by: 5000) {
            let part = Array(rows[start..<min(start + 5000, rows.count)])
            try await engine.write(as: system) { session in
                for group in stride(from: 0, to: part.count, by: 200) {
                    let values = part[group..<min(group + 200, part.count)].map { row -> SQLFragment in
                        """
                        (\(session.nextID()), 'customer', \(row.customer), \(kind.rawValue), \(SQLValue.real(row.chance)), \
                        \(row.reasons))
                        """
                    }
                    try session.connection.run(
                        """
                        INSERT INTO sys_prediction (id, object, record, kind, chance, reasons)
                        VALUES \(values.joined(", "))
                        """
                    )
                }
            }
        }
    }
}
