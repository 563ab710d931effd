import Database
import Foundation
import Identity
import Records
import SQLText
import Schema
import Values

/// Which record here is which of the system that a file came from: by the ids that the file's rows had.
///
/// So tables that name each other by ids come over one after another, also where names are not unique, and a later
/// export of the same system finds what an earlier one made.
enum ForeignRecords {
    /// What a mapping calls the column of such ids.
    static let target = "id.source"
    /// The part of it behind the dot.
    static let part = "source"
    /// The longest id that is kept, in bytes.
    static let longest = 200

    /// Whether an id is of a form that no two systems give to different records: one of Kehu, a UUID, or as long as
    /// Salesforce, Zoho, EspoCRM and others make them. Numbers such as 17 say nothing: every table has them.
    static func isUnmistakable(_ id: String) -> Bool {
        if UUID(uuidString: id) != nil { return true }
        let bytes = id.utf8
        guard (13...longest).contains(bytes.count) else { return false }
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
        guard bytes.allSatisfy({ isDigit($0) || isLetter($0) }), bytes.contains(where: isDigit) else { return false }
        return bytes.count >= 17 || bytes.contains(where: isLetter)
    }

    static let ddl = [
        """
        CREATE TABLE IF NOT EXISTS sys_import_source (
            object TEXT NOT NULL, source TEXT NOT NULL, record BIGINT NOT NULL, PRIMARY KEY (object, source)
        )
        """,
        "CREATE INDEX IF NOT EXISTS sys_import_source_record ON sys_import_source (record)",
    ]

    /// The records of some ids that are still here and that the person may read.
    static func find(
        _ sources: Set<String>,
        _ object: ObjectDefinition,
        _ session: ReadSession
    ) throws -> [String: RecordID] {
        if sources.isEmpty { return [:] }
        var found: [String: RecordID] = [:]
        let list = sources.map(SQLValue.text)
        try session.connection.each(
            """
            SELECT s.source, s.record FROM sys_import_source s JOIN \(name: object.key) t ON t."id" = s.record \
            WHERE s.object = \(object.key) AND s.source IN \(list: list) AND t."deleted_at" IS NULL
            """
        ) { cursor in
            found[cursor.text(0)] = RecordID(cursor.integer(1))
            return true
        }
        if session.actor.rights.on(object.key).read == .all { return found }
        return try found.filter { try session.may(.read, object, $0.value) }
    }

    /// Keeps which records rows with ids became.
    static func keep(_ records: [(source: String, record: RecordID)], of object: String, _ connection: Connection)
        throws
    {
        try connection.runAll(
            """
            INSERT INTO sys_import_source (object, source, record) VALUES (?, ?, ?) \
            ON CONFLICT (object, source) DO UPDATE SET record = excluded.record
            """,
            records.lazy.map { [.text(object), .text($0.source), .integer($0.record.raw)] }
        )
    }
}
