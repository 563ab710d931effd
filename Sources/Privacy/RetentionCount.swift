import Database
import SQLText
import Values

/// How many records the run of a rule has dealt with so far. Each is counted in the transaction that deals with it, so
/// that a run which was broken off counts on from there.
struct RetentionCount: Sendable {
    private let rule: RecordID
    private let counter: String
    /// Names whom the rule is about to erase.
    private let victim: String

    private static let suffix = ":erasing"

    init(_ rule: RecordID) {
        self.rule = rule
        counter = "retention:\(rule)"
        victim = counter + RetentionCount.suffix
    }

    /// Counts a record with which the rule has dealt.
    func add(on connection: Connection) throws { try RetentionCount.add(to: counter, on: connection) }

    private static func add(to counter: String, on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_counter (name, value) VALUES (\(counter), 1)
            ON CONFLICT (name) DO UPDATE SET value = sys_counter.value + 1
            """
        )
    }

    /// Notes whom the rule is about to erase: after a crash that is ended by what knows of no rule.
    func begin(erasing record: RecordID, on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_counter (name, value) VALUES (\(victim), \(record))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """
        )
    }

    /// Counts a person who is erased in this transaction, where a rule wanted it.
    static func erased(_ record: RecordID, on connection: Connection) throws {
        let victims = try connection.rows(
            "SELECT name FROM sys_counter WHERE name LIKE 'retention:%' AND value = \(record)"
        ).map { $0.text(0) }
        for victim in victims where victim.hasSuffix(suffix) {
            try add(to: String(victim.dropLast(suffix.count)), on: connection)
            try connection.run("DELETE FROM sys_counter WHERE name = \(victim)")
        }
    }

    /// Ends the run: the rule knows when it was and how many records it dealt with, which is also the answer.
    func end(at now: Instant, on connection: Connection) throws -> Int64 {
        let count = try connection.value("SELECT value FROM sys_counter WHERE name = \(counter)").integer ?? 0
        try connection.run(
            "UPDATE sys_retention SET ran_at = \(now), ran_count = \(count) WHERE id = \(rule)"
        )
        try forget(on: connection)
        return count
    }

    /// Forgets what was counted so far.
    func forget(on connection: Connection) throws {
        try connection.run("DELETE FROM sys_counter WHERE name IN (\(counter), \(victim))")
    }
}
