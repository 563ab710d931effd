import Database
public import Records
import SQLText
public import Values

/// What an import does with the rows of a file.
public enum ImportMode: String, Sendable, CaseIterable {
    /// Makes records; a row that matches a record is skipped.
    case create
    /// Changes the records that match; a row that matches none is an error.
    case update
    /// Changes the record that matches, else makes one.
    case upsert
    /// Fills the fields that are empty in the records that match; a row that matches none is an error.
    case fill
}

/// Where an import stands.
public enum ImportState: String, Sendable, CaseIterable {
    /// Not begun.
    case waiting
    /// Begun; after a crash it is continued from the last finished batch.
    case running
    /// All rows are done.
    case done
    /// Stopped by something that no correction of a row can mend; can be run again.
    case stopped
    /// Stopped by a person.
    case cancelled

    /// The text that people see.
    public var label: Label {
        switch self {
        case .waiting: Label("Waiting", zh: "等待中")
        case .running: Label("Running", zh: "导入中")
        case .done: Label("Done", zh: "已完成")
        case .stopped: Label("Stopped", zh: "已中断")
        case .cancelled: Label("Cancelled", zh: "已取消")
        }
    }
}

/// How many rows came to what.
public struct ImportCounts: Sendable, Equatable {
    /// Records made.
    public var created: Int64 = 0
    /// Records changed.
    public var updated: Int64 = 0
    /// Rows that changed nothing: empty, already there, or the same as the record.
    public var skipped: Int64 = 0
    /// Rows with errors.
    public var failed: Int64 = 0

    /// No rows.
    public init() {}

    /// All rows so far.
    public var total: Int64 { created + updated + skipped + failed }
}

/// An import: what was asked, and how far it is.
public struct ImportStatus: Sendable {
    /// The import's id; records that it wrote name it in the audit log.
    public let id: RecordID
    /// The key of the object.
    public let object: String
    /// The name of the file as it was given.
    public let fileName: String
    /// How the file is written.
    public let format: ImportFormat
    /// The mapping.
    public let mapping: ImportMapping
    /// What is done with the rows.
    public let mode: ImportMode
    /// The fields by which records are found.
    public let match: [String]
    /// True when nothing is written and only said what would be.
    public let isDryRun: Bool
    /// Where it stands.
    public internal(set) var state: ImportState
    /// What came of the rows so far.
    public internal(set) var counts: ImportCounts
    /// The number of the last row that is done.
    public internal(set) var rows: Int64
    /// The byte of the file up to which it is done.
    public internal(set) var offset: Int64
    /// The size of the file in bytes; of a workbook or cards, that of the table made from them.
    public internal(set) var size: Int64
    /// The length of the errors file in bytes; 0 without errors.
    public internal(set) var errorBytes: Int64
    /// Whose import it is; nil for the system.
    public let actorID: RecordID?
    /// The name of whose import it is.
    public let actorName: String
    /// When it was begun.
    public let startedAt: Instant
    /// When it ended.
    public internal(set) var finishedAt: Instant?
    /// Why it stopped, or what was left out of rows that were taken, in the language of the person.
    public internal(set) var message: String?

    /// How much of the file is done, 0 to 1.
    public var progress: Double {
        if state == .done { return 1 }
        return size > 0 ? min(1, Double(offset) / Double(size)) : 0
    }

    /// The status as the API shows it.
    public func write(to json: inout JSONWriter, undo: UndoStatus? = nil, language: Language) {
        json.object { json in
            json.key("id")
            json.id(id)
            json.member("object", object)
            json.member("file", fileName)
            json.member("format", format.name)
            if let csv = format.csv { csv.write(to: &json) }
            json.member("mode", mode.rawValue)
            json.key("match")
            json.array { json in for key in match { json.string(key) } }
            json.member("dry_run", isDryRun)
            json.member("state", state.rawValue)
            json.member("state_label", state.label.text(language))
            json.member("created", counts.created)
            json.member("updated", counts.updated)
            json.member("skipped", counts.skipped)
            json.member("failed", counts.failed)
            json.member("rows", counts.total)
            json.key("progress")
            json.number((progress * 1000).rounded() / 1000)
            json.member("started_at", startedAt.description)
            json.member("finished_at", finishedAt?.description)
            json.member("message", message)
            json.key("mapping")
            mapping.write(to: &json)
            if let undo {
                json.key("undo")
                undo.write(to: &json, language: language)
            }
        }
    }
}

/// What `Exchange` adds to a workspace: give `ImportTables.module` to the record engine.
public enum ImportTables {
    /// The module with the system table of imports.
    public static let module = Module(
        name: "exchange",
        objects: [],
        tables: [table, index, SavedMappings.ddl, LikelyRows.ddl, ErasedRows.table] + ForeignRecords.ddl
            + UndoTables.ddl
    )

    private static let table = """
        CREATE TABLE IF NOT EXISTS sys_import (
            id INTEGER PRIMARY KEY, object TEXT NOT NULL, file_name TEXT NOT NULL, format TEXT NOT NULL,
            mapping TEXT NOT NULL, mode TEXT NOT NULL, match_keys TEXT NOT NULL, dry_run BIGINT NOT NULL,
            state TEXT NOT NULL, created BIGINT NOT NULL DEFAULT 0, updated BIGINT NOT NULL DEFAULT 0,
            skipped BIGINT NOT NULL DEFAULT 0, failed BIGINT NOT NULL DEFAULT 0, rows_done BIGINT NOT NULL DEFAULT 0,
            byte_offset BIGINT NOT NULL, byte_size BIGINT NOT NULL, error_bytes BIGINT NOT NULL DEFAULT 0,
            actor BIGINT, actor_name TEXT NOT NULL, started_at BIGINT NOT NULL, finished_at BIGINT, message TEXT
        )
        """
    private static let index = "CREATE INDEX IF NOT EXISTS sys_import_actor ON sys_import (actor, id)"

    private static let columns = """
        id, object, file_name, format, mapping, mode, match_keys, dry_run, state, created, updated, skipped, failed,
        rows_done, byte_offset, byte_size, error_bytes, actor, actor_name, started_at, finished_at, message
        """

    static func insert(_ status: ImportStatus, on connection: Connection) throws {
        let values: [SQLValue] = [
            .integer(status.id.raw), .text(status.object), .text(status.fileName), .text(status.format.text),
            .text(status.mapping.text), .text(status.mode.rawValue), .text(status.match.joined(separator: ",")),
            SQLValue(status.isDryRun), .text(status.state.rawValue), .integer(0), .integer(0), .integer(0), .integer(0),
            .integer(status.rows), .integer(status.offset), .integer(status.size), .integer(0),
            SQLValue(status.actorID), .text(status.actorName), SQLValue(status.startedAt), .null, .null,
        ]
        let marks = repeatElement("?", count: values.count).joined(separator: ", ")
        try connection.run(
            SQLFragment(text: "INSERT INTO sys_import (\(columns)) VALUES (\(marks))", values: values)
        )
    }

    static func find(_ id: RecordID, on connection: Connection) throws -> ImportStatus? {
        try connection.row("SELECT \(raw: columns) FROM sys_import WHERE id = \(id)").map(status)
    }

    /// The imports of a person, or of all, newest first.
    static func list(of actor: RecordID?, limit: Int, on connection: Connection) throws -> [ImportStatus] {
        let condition: SQLFragment = actor.map { "actor = \($0)" } ?? "1 = 1"
        return try connection.rows(
            "SELECT \(raw: columns) FROM sys_import WHERE \(condition) ORDER BY id DESC LIMIT \(limit)"
        ).map(status)
    }

    static func unfinished(on connection: Connection) throws -> [ImportStatus] {
        try connection.rows(
            "SELECT \(raw: columns) FROM sys_import WHERE state IN ('waiting', 'running') ORDER BY id"
        ).map(status)
    }

    /// Writes how far an import is. `before` is the row at which this writer believes it to be: false when another
    /// writer has moved it on or a person has cancelled it.
    static func checkpoint(_ status: ImportStatus, from before: Int64, on connection: Connection) throws -> Bool {
        let counts = status.counts
        return try connection.run(
            """
            UPDATE sys_import SET state = \(status.state.rawValue), created = \(counts.created),
            updated = \(counts.updated), skipped = \(counts.skipped), failed = \(counts.failed),
            rows_done = \(status.rows), byte_offset = \(status.offset), error_bytes = \(status.errorBytes),
            finished_at = \(status.finishedAt), message = \(status.message)
            WHERE id = \(status.id) AND rows_done = \(before) AND state <> 'cancelled'
            """
        ) == 1
    }

    static func resize(_ id: RecordID, _ size: Int64, on connection: Connection) throws {
        try connection.run("UPDATE sys_import SET byte_size = \(size) WHERE id = \(id)")
    }

    static func cancel(_ id: RecordID, at now: Instant, on connection: Connection) throws -> Bool {
        try connection.run(
            """
            UPDATE sys_import SET state = 'cancelled', finished_at = \(now)
            WHERE id = \(id) AND state IN ('waiting', 'running', 'stopped')
            """
        ) == 1
    }

    private static func status(_ row: Row) throws -> ImportStatus {
        var counts = ImportCounts()
        counts.created = row.integer(9)
        counts.updated = row.integer(10)
        counts.skipped = row.integer(11)
        counts.failed = row.integer(12)
        return ImportStatus(
            id: RecordID(row.integer(0)),
            object: row.text(1),
            fileName: row.text(2),
            format: ImportFormat(text: row.text(3)),
            mapping: try ImportMapping(try JSONReader.parse(row.text(4))),
            mode: ImportMode(rawValue: row.text(5)) ?? .create,
            match: row.text(6).split(separator: ",").map(String.init),
            isDryRun: row.integer(7) != 0,
            state: ImportState(rawValue: row.text(8)) ?? .stopped,
            counts: counts,
            rows: row.integer(13),
            offset: row.integer(14),
            size: row.integer(15),
            errorBytes: row.integer(16),
            actorID: row.id(17),
            actorName: row.text(18),
            startedAt: Instant(milliseconds: row.integer(19)),
            finishedAt: row[20].integer.map(Instant.init(milliseconds:)),
            message: row[21].text
        )
    }
}
