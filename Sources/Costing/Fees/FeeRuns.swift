import Database
public import Identity
import Ledger
public import Records
import SQLText
import Schema
import Values

/// Makes the fees of a period, as lines that billing invoices once they are approved.
public struct FeeRuns: Sendable {
    let engine: RecordEngine

    /// The fees of a workspace.
    public init(_ engine: RecordEngine) { self.engine = engine }

    /// How making fees went.
    public struct Outcome: Sendable, Equatable {
        /// How many lines were made.
        public var made = 0
        /// How many were there before.
        public var kept = 0
        /// How many customers pay nothing.
        public var free = 0
        /// What the new lines come to, in minor units.
        public var amount: Int64 = 0
    }

    /// Makes a line for each customer with a fee under the policy in force, for the period that ends with a month. A
    /// repeat makes none twice. Throws `no_policy`, `not_reckoned` and `not_the_end` in words.
    public func charge(_ month: String, by actor: Actor) async throws -> Outcome {
        try actor.require(.costing)
        let system = Actor.system("costing")
        let (policy, fees) = try await engine.read(as: system) { session -> (RecordID, [FeeReader.Charged]) in
            guard let policy = try FeeReader.inForce(session) else {
                throw Problem(
                    .conflict,
                    "no_policy",
                    Label("No fee policy is in force.", zh: "目前没有生效的收费政策。")
                )
            }
            let first = try FeeReader.firstMonth(of: policy, endingWith: month, session)
            return (policy, try FeeReader.fees(under: policy, from: first, to: month, session))
        }
        guard let day = CostMonth(month, zone: "UTC")?.last else { throw Problem.notFound }
        var outcome = Outcome()
        for start in stride(from: 0, to: fees.count, by: 500) {
            let part = Array(fees[start..<min(start + 500, fees.count)])
            let done = try await engine.write(as: actor) { session in
                try session.asSystem { try FeeRuns.write(part, policy, month, day, session) }
            }
            outcome.made += done.made
            outcome.kept += done.kept
            outcome.free += done.free
            outcome.amount += done.amount
        }
        return outcome
    }

    private static func write(
        _ fees: [FeeReader.Charged],
        _ policy: RecordID,
        _ month: String,
        _ day: Day,
        _ session: WriteSession
    ) throws -> Outcome {
        var outcome = Outcome()
        func reference(_ fee: FeeReader.Charged) -> String { "\(month)-\(fee.customer)" }
        let names = fees.map { SQLValue.text(reference($0)) }
        let known = Set(
            try session.connection.rows(
                "SELECT \"reference\" FROM \(name: ChargeLine.key) WHERE \"reference\" IN \(list: names)"
            ).map { $0.text(0) }
        )
        for fee in fees {
            if fee.fee.amount <= 0 {
                outcome.free += 1
            } else if known.contains(reference(fee)) {
                outcome.kept += 1
            } else {
                try session.create(ChargeLine.self) { line in
                    line.name = month
                    line.customer = fee.customer
                    line.policy = policy
                    line.day = day
                    line.amount = Money(minor: fee.fee.amount, currency: session.schema.baseCurrency)
                    line.tier = fee.fee.tier
                    line.explanation = (fee.fee.steps.map(\.zh) + fee.fee.steps.map(\.en)).joined(separator: "\n")
                    line.reference = reference(fee)
                }
                outcome.made += 1
                outcome.amount += fee.fee.amount
            }
        }
        return outcome
    }
}
