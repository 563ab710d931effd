import Database
public import Identity
import Records
import SQLText
public import Values

/// What an import does with a row that is likely the same as a record, beyond the fields by which records are found.
public enum DuplicateHandling: String, Sendable, CaseIterable {
    /// The row is left out.
    case skip
    /// The likeliest record is changed.
    case update
    /// The record is made, and the row is listed.
    case flag
}

/// A row that is likely the same as a record.
public struct LikelyRow: Sendable {
    /// What was done with it.
    public enum Outcome: String, Sendable { case skipped, updated, created }

    /// The number of the row.
    public let row: Int
    /// What was done with it.
    public let outcome: Outcome
    /// The record that was made or changed; nil for a row that was left out, and in a trial.
    public let record: RecordID?
    /// The key of the object of the record that was there.
    public let object: String
    /// The record that was there; nil where the person may not see it.
    public let like: RecordID?
    /// The name of its owner.
    public let owner: String?
    /// How likely, 0 to 100.
    public let points: Int
    /// Why, in the language of the person.
    public let reasons: String
}

/// The rows of imports that are likely the same as records.
enum LikelyRows {
    static let ddl = """
        CREATE TABLE IF NOT EXISTS sys_import_duplicate (
            import BIGINT NOT NULL, row_number BIGINT NOT NULL, outcome TEXT NOT NULL, record BIGINT, object TEXT NOT NULL,
            alike BIGINT, owner_name TEXT, points BIGINT NOT NULL, reasons TEXT NOT NULL, PRIMARY KEY (import, row_number)
        )
        """

    static func keep(_ rows: [LikelyRow], of id: RecordID, on connection: Connection) throws {
        for row in rows {
            try connection.run(
                """
                INSERT INTO sys_import_duplicate (import, row_number, outcome, record, object, alike, owner_name, points,
                reasons) VALUES (\(id), \(row.row), \(row.outcome.rawValue), \(row.record), \(row.object), \(row.like), \
                \(row.owner), \(row.points), \(row.reasons)) ON CONFLICT (import, row_number) DO NOTHING
                """
            )
        }
    }
}

extension Imports {
    /// The rows of an import that were likely the same as a record, in the order of the file.
    public func likelyRows(_ id: RecordID, as actor: Actor, after row: Int = 0, limit: Int = 50) async throws
        -> [LikelyRow]
    {
        _ = try await status(id, as: actor)
        return try await engine.database.read { connection in
            try connection.rows(
                """
                SELECT row_number, outcome, record, object, alike, owner_name, points, reasons FROM sys_import_duplicate \
                WHERE import = \(id) AND row_number > \(row) ORDER BY row_number LIMIT \(limit)
                """
            ).map { row in
                LikelyRow(
                    row: Int(row.integer(0)),
                    outcome: LikelyRow.Outcome(rawValue: row.text(1)) ?? .created,
                    record: row.id(2),
                    object: row.text(3),
                    like: row.id(4),
                    owner: row[5].text,
                    points: Int(row.integer(6)),
                    reasons: row.text(7)
                )
            }
        }
    }

    /// How many rows of an import were likely the same as a record.
    public func likelyCount(_ id: RecordID, as actor: Actor) async throws -> Int64 {
        _ = try await status(id, as: actor)
        return try await engine.database.read { connection in
            try connection.value("SELECT count(*) FROM sys_import_duplicate WHERE import = \(id)").integer ?? 0
        }
    }
}
