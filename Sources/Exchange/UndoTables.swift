import Database
import SQLText
public import Values

/// A record that an import wrote, as it was right after.
struct TouchedRecord: Sendable {
    let id: RecordID
    let version: Int64
    let isNew: Bool
    /// What changed fields that the audit log does not hold had before, as the API writes it.
    var before: [JSONValue.Member] = []
}

/// How far taking an import back is.
public struct UndoStatus: Sendable, Equatable {
    /// Where it stands; as with imports, `running` goes on after a crash.
    public internal(set) var state: ImportState
    /// Records that the import had made and that are in the recycle bin now.
    public internal(set) var deleted: Int64 = 0
    /// Records whose earlier values are back.
    public internal(set) var restored: Int64 = 0
    /// Records that were left as they are.
    public internal(set) var spared: Int64 = 0
    /// Records that have not been looked at yet.
    public internal(set) var left: Int64 = 0

    /// The status as the API shows it.
    public func write(to json: inout JSONWriter, language: Language) {
        json.object { json in
            json.member("state", state.rawValue)
            json.member("state_label", state.label.text(language))
            json.member("deleted", deleted)
            json.member("restored", restored)
            json.member("spared", spared)
            json.member("left", left)
        }
    }
}

/// A record that an undo left as it is, and why.
public struct SparedRecord: Sendable, Equatable {
    /// The record.
    public let id: RecordID
    /// Why, in the language of whoever took the import back.
    public let reason: String
}

/// What imports wrote, for as long as they can be taken back.
enum UndoTables {
    static let ddl = [
        """
        CREATE TABLE IF NOT EXISTS sys_import_before (
            import BIGINT NOT NULL, record BIGINT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (import, record, field)
        )
        """,
        // Whose former values are to be forgotten is asked for by record.
        "CREATE INDEX IF NOT EXISTS sys_import_before_record ON sys_import_before (record)",
        """
        CREATE TABLE IF NOT EXISTS sys_import_record (
            import BIGINT NOT NULL, record BIGINT NOT NULL, version BIGINT NOT NULL, is_new BIGINT NOT NULL, spared TEXT,
            PRIMARY KEY (import, record)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE IF NOT EXISTS sys_import_undo (
            import BIGINT PRIMARY KEY, state TEXT NOT NULL, deleted BIGINT NOT NULL, restored BIGINT NOT NULL,
            spared BIGINT NOT NULL, actor BIGINT, actor_name TEXT NOT NULL, started_at BIGINT NOT NULL,
            finished_at BIGINT
        )
        """,
    ]

    /// Notes what a batch wrote. A record that several rows wrote is new if the first of them made it.
    static func remember(_ touched: [TouchedRecord], of id: RecordID, on connection: Connection) throws {
        try connection.runAll(
            """
            INSERT INTO sys_import_record (import, record, version, is_new) VALUES (?, ?, ?, ?) \
            ON CONFLICT (import, record) DO UPDATE SET version = excluded.version
            """,
            touched.lazy.map { [.integer(id.raw), .integer($0.id.raw), .integer($0.version), SQLValue($0.isNew)] }
        )
        // Of several rows about one record, the first saw what was there.
        for record in touched {
            for member in record.before {
                try connection.run(
                    """
                    INSERT INTO sys_import_before (import, record, field, value) VALUES (\(id), \(record.id), \
                    \(member.key), \(member.value.text)) ON CONFLICT (import, record, field) DO NOTHING
                    """
                )
            }
        }
    }

    /// What fields had before that the audit log does not hold.
    static func before(_ record: RecordID, of id: RecordID, on connection: Connection) throws -> [JSONValue.Member] {
        try connection.rows(
            "SELECT field, value FROM sys_import_before WHERE import = \(id) AND record = \(record) ORDER BY field"
        ).map { .init(key: $0.text(0), value: try JSONReader.parse($0.text(1))) }
    }

    /// The next records to be looked at, newest first: what was made last goes first. `end` is the last that was looked
    /// at: those that were spared are not passed again each time.
    static func next(_ id: RecordID, before end: RecordID?, limit: Int, on connection: Connection) throws
        -> [TouchedRecord]
    {
        try connection.rows(
            """
            SELECT record, version, is_new FROM sys_import_record WHERE import = \(id) \
            AND record < \(end ?? RecordID(Int64.max)) AND spared IS NULL ORDER BY record DESC LIMIT \(limit)
            """
        ).map { TouchedRecord(id: RecordID($0.integer(0)), version: $0.integer(1), isNew: $0.integer(2) != 0) }
    }

    static func done(_ record: RecordID, of id: RecordID, on connection: Connection) throws {
        try connection.run("DELETE FROM sys_import_record WHERE import = \(id) AND record = \(record)")
        try connection.run("DELETE FROM sys_import_before WHERE import = \(id) AND record = \(record)")
    }

    static func spare(_ record: RecordID, of id: RecordID, why: String, on connection: Connection) throws {
        try connection.run(
            "UPDATE sys_import_record SET spared = \(why) WHERE import = \(id) AND record = \(record)"
        )
    }

    static func spared(_ id: RecordID, limit: Int, on connection: Connection) throws -> [SparedRecord] {
        try connection.rows(
            """
            SELECT record, spared FROM sys_import_record WHERE import = \(id) AND spared IS NOT NULL \
            ORDER BY record LIMIT \(limit)
            """
        ).map { SparedRecord(id: RecordID($0.integer(0)), reason: $0.text(1)) }
    }

    /// Whether anything of an import can be taken back.
    static func hasAny(_ id: RecordID, on connection: Connection) throws -> Bool {
        try connection.row("SELECT 1 FROM sys_import_record WHERE import = \(id) AND spared IS NULL LIMIT 1") != nil
    }

    /// How far taking an import back is, without `left`, for which all records that are left would be counted.
    static func progress(_ id: RecordID, on connection: Connection) throws -> UndoStatus? {
        guard
            let row = try connection.row(
                "SELECT state, deleted, restored, spared FROM sys_import_undo WHERE import = \(id)"
            )
        else { return nil }
        var status = UndoStatus(state: ImportState(rawValue: row.text(0)) ?? .stopped)
        (status.deleted, status.restored, status.spared) = (row.integer(1), row.integer(2), row.integer(3))
        return status
    }

    /// The same for people who look at it.
    static func find(_ id: RecordID, on connection: Connection) throws -> UndoStatus? {
        guard var status = try progress(id, on: connection) else { return nil }
        if status.state != .done {
            status.left =
                try connection.value(
                    "SELECT count(*) FROM sys_import_record WHERE import = \(id) AND spared IS NULL"
                ).integer ?? 0
        }
        return status
    }

    static func begin(
        _ id: RecordID,
        by actor: RecordID?,
        name: String,
        at now: Instant,
        on connection: Connection
    ) throws {
        try connection.run(
            """
            INSERT INTO sys_import_undo (import, state, deleted, restored, spared, actor, actor_name, started_at) \
            VALUES (\(id), 'running', 0, 0, 0, \(actor), \(name), \(now)) \
            ON CONFLICT (import) DO UPDATE SET state = 'running'
            """
        )
    }

    static func put(_ id: RecordID, _ status: UndoStatus, at end: Instant?, on connection: Connection) throws {
        try connection.run(
            """
            UPDATE sys_import_undo SET state = \(status.state.rawValue), deleted = \(status.deleted), \
            restored = \(status.restored), spared = \(status.spared), finished_at = \(end) WHERE import = \(id)
            """
        )
    }

    /// The undos that a crash interrupted, with whose they are.
    static func unfinished(on connection: Connection) throws -> [(id: RecordID, actor: RecordID?, name: String)] {
        try connection.rows("SELECT import, actor, actor_name FROM sys_import_undo WHERE state = 'running'").compactMap
        {
            row in row.id(0).map { (id: $0, actor: row.id(1), name: row.text(2)) }
        }
    }

    /// Forgets what imports before a moment wrote, at most `limit` records; the answer is how many.
    static func forget(before end: RecordID, limit: Int, on connection: Connection) throws -> Int {
        let rows = try connection.rows(
            "SELECT import, record FROM sys_import_record WHERE import < \(end) LIMIT \(limit)"
        )
        for row in rows {
            try connection.run(
                "DELETE FROM sys_import_record WHERE import = \(row.integer(0)) AND record = \(row.integer(1))"
            )
            try connection.run(
                "DELETE FROM sys_import_before WHERE import = \(row.integer(0)) AND record = \(row.integer(1))"
            )
        }
        try connection.run("DELETE FROM sys_import_duplicate WHERE import < \(end)")
        return rows.count
    }
}
