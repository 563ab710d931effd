import Database
import Identity
public import Records
import SQLText
import Schema
import Values

extension RecordEngine {
    /// Makes the keys that older records lack, in transactions that let people go first; cancelled, it resumes where it
    /// was.
    public func prepareDuplicates(of object: String) async throws {
        var isMore = true
        while isMore {
            try Task.checkCancellation()
            isMore = try await write(as: .system("duplicates"), patient: true) { session in
                try session.prepareSome(object) || session.dropOldKeys(object)
            }
        }
    }
}

extension WriteSession {
    /// Makes the keys of some records that have none; false when there are no more.
    func prepareSome(_ key: String) throws -> Bool {
        guard let object = schema.object(key), let rules = try compiledRules(of: object) else { return false }
        let built = try connection.row(
            """
            SELECT through, complete FROM sys_duplicate_built
            WHERE object = \(key) AND generation = \(rules.generation)
            """
        )
        if built?.integer(1) == 1 { return false }
        // Of many records at once they are written in order, so that a page of the keys is changed once for many.
        let follower = KeyFollower(rules)
        let pace = Pace(atMost: Pace.usual)
        var (through, isComplete) = (built?.integer(0), false)
        repeat {
            let records = try anyRecords(object, after: RecordID(through ?? Int64.min), limit: 300)
            follower.take(records)
            through = records.last?.id.raw ?? through
            isComplete = records.count < 300
        } while !isComplete && connection.dialect == .sqlite && !pace.isOver(connection, after: 0)
        try follower.finish(self)
        try connection.run(
            """
            INSERT INTO sys_duplicate_built (object, generation, through, complete) VALUES (\(key), \
            \(rules.generation), \(through ?? 0), \(isComplete ? 1 : 0))
            ON CONFLICT (object, generation) DO UPDATE SET through = excluded.through, complete = excluded.complete
            """
        )
        return !isComplete
    }

    /// Removes keys that rules of before had made, some thousands at a time.
    func dropOldKeys(_ key: String) throws -> Bool {
        guard let object = schema.object(key), let rules = try compiledRules(of: object) else { return false }
        let old = try connection.value(
            """
            SELECT generation FROM sys_duplicate_built
            WHERE object = \(key) AND generation <> \(rules.generation) LIMIT 1
            """
        ).integer
        guard let old else { return false }
        let border = try connection.value(
            "SELECT hash FROM sys_duplicate_key WHERE generation = \(old) ORDER BY hash LIMIT 1 OFFSET 5000"
        ).integer
        guard let border else {
            try connection.run("DELETE FROM sys_duplicate_key WHERE generation = \(old)")
            try connection.run("DELETE FROM sys_duplicate_built WHERE object = \(key) AND generation = \(old)")
            return true
        }
        try connection.run("DELETE FROM sys_duplicate_key WHERE generation = \(old) AND hash <= \(border)")
        return true
    }

    /// Rows were put straight into the table: their keys are still to be made.
    func noteLoad(_ object: ObjectDefinition, from first: RecordID) throws {
        try connection.run(
            """
            UPDATE sys_duplicate_built SET complete = 0,
            through = CASE WHEN through < \(first) THEN through ELSE \(first.raw - 1) END
            WHERE object = \(object.key)
            """
        )
    }
}
