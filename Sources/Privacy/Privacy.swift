import Database
public import Files
public import Identity
public import Records
import SQLText
import Schema
import Search
public import Values

/// Personal data of a workspace: erased on request, given out on request, and kept no longer than the rules say.
public final class Privacy: Sendable {
    /// The record engine.
    public let engine: RecordEngine
    let files: Files
    let rules: PersonRules
    let folders: [String]
    let identities: Identities?
    /// Who was erased, outside the database; nil where nothing is restored.
    public let ledger: ErasureLedger?

    /// Personal data of a workspace. `kept` are folders with files that came in, such as those of imports.
    public init(
        _ engine: RecordEngine,
        _ files: Files,
        rules: PersonRules,
        kept: [String] = [],
        identities: Identities? = nil,
        ledger: ErasureLedger? = nil
    ) {
        (self.identities, self.ledger) = (identities, ledger)
        self.engine = engine
        self.files = files
        self.rules = rules
        folders = kept
    }

    /// True for the record of a person that the actor may read.
    public func isPerson(_ plural: String, _ id: RecordID, _ session: ReadSession) throws -> Bool {
        do {
            _ = try Person(plural, id, rules, session)
            return true
        } catch let problem as Problem where problem.code == "not_a_person" {
            return false
        }
    }

    /// Takes the words of erased persons out of the search index, where they are only marked as removed until then. For
    /// a nightly job; in small portions, so that nobody waits.
    public func tidySearch() async throws {
        let since = engine.clock.now().adding(milliseconds: -2 * 86_400_000)
        let objects = try await engine.database.read { connection in
            try connection.rows("SELECT DISTINCT object FROM sys_erasure WHERE at > \(since)").map { $0.text(0) }
        }
        for object in Set(objects).union(objects.isEmpty ? [] : rules.notes) where engine.schema.object(object) != nil {
            let rounds = try await engine.database.read { try SearchIndex.mergeRounds(object, on: $0) }
            for round in 0..<rounds {
                try await engine.database.write { try SearchIndex.merge(object, isFirst: round == 0, on: $0) }
            }
        }
        // Somebody may have read while the erasure wanted to empty the log.
        if !objects.isEmpty { engine.database.checkpoint() }
    }

    /// The tables of this part.
    public static let module = Module(
        name: "privacy",
        objects: [],
        tables: [
            """
            CREATE TABLE IF NOT EXISTS sys_erasure (id INTEGER PRIMARY KEY, object TEXT NOT NULL, record INTEGER NOT NULL,
                at INTEGER NOT NULL, actor INTEGER, reason TEXT)
            """,
            "CREATE INDEX IF NOT EXISTS sys_erasure_record ON sys_erasure (record)",
            """
            CREATE TABLE IF NOT EXISTS sys_retention (id INTEGER PRIMARY KEY, object TEXT NOT NULL, filter TEXT NOT NULL,
                field TEXT NOT NULL, days INTEGER NOT NULL, action TEXT NOT NULL, active INTEGER NOT NULL,
                created_at INTEGER NOT NULL, created_by INTEGER, ran_at INTEGER, ran_count INTEGER)
            """,
        ]
    )
}
