import Database
public import Identity
public import Records
import Values

/// What the firm has decided, as people with the right to costing read and set it.
public enum CostSettings {
    /// The policy. Throws `forbidden` without the right to costs.
    public static func policy(_ session: ReadSession) throws -> CostPolicy {
        try session.actor.require(.costs)
        return try CostPolicy(session.connection)
    }

    /// Whether the time of pools with fewer than three people is left out of what somebody reads.
    public static func hidesPay(from actor: Actor) -> Bool { actor.rights.on(CostLine.key).read != .all }

    /// Sets the policy; the next run uses it. Throws `forbidden` and what is wrong with it.
    public static func save(_ policy: CostPolicy, _ session: WriteSession) throws {
        try session.actor.require(.costing)
        if !policy.contractFilter.isEmpty {
            do {
                _ = try session.check(policy.contractFilter, on: try ProfitReader.customers(session))
            } catch let problem as Problem {
                throw Problem.invalid("contract_filter", problem.code, problem.message)
            }
        }
        try policy.save(session.connection)
    }
}
