import GRDB
import GRDBSQLite
public import SQLText
public import Values

/// A connection inside a read or write body. It must not leave the body.
public final class Connection {
    private let grdb: GRDB.Database
    private let log: QueryLog
    /// True inside a write.
    public let isWriting: Bool

    init(_ grdb: GRDB.Database, log: QueryLog, isWriting: Bool) {
        self.grdb = grdb
        self.log = log
        self.isWriting = isWriting
    }

    /// Which engine it is.
    public var dialect: Dialect { .sqlite }

    /// All rows.
    public func rows(_ sql: SQLFragment) throws -> [Row] {
        var rows: [Row] = []
        try each(sql) { cursor in
            rows.append(cursor.row)
            return true
        }
        return rows
    }

    /// The first row.
    public func row(_ sql: SQLFragment) throws -> Row? {
        var row: Row?
        try each(sql) { cursor in
            row = cursor.row
            return false
        }
        return row
    }

    /// The first value of the first row.
    public func value(_ sql: SQLFragment) throws -> SQLValue {
        try row(sql)?.values.first ?? .null
    }

    /// Steps through the rows without keeping them; `body` answers false to stop.
    public func each(_ sql: SQLFragment, _ body: (RowCursor) throws -> Bool) throws {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code, sql.text) }
            if try !body(RowCursor(statement: statement)) { return }
        }
    }

    /// Runs a statement; the answer is the number of rows changed.
    @discardableResult
    public func run(_ sql: SQLFragment) throws -> Int {
        try each(sql) { _ in true }
        return Int(sqlite3_changes(grdb.sqliteConnection))
    }

    /// How many rows this connection has changed since it was opened: tells whether anything was written meanwhile.
    public var changes: Int64 { sqlite3_total_changes64(grdb.sqliteConnection) }

    /// Runs statements without values, one after another: for DDL.
    public func script(_ text: String) throws {
        log.count(text)
        let code = sqlite3_exec(grdb.sqliteConnection, text, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, text) }
    }

    /// Runs `body` so that an error undoes just what it did.
    public func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        try script("SAVEPOINT part")
        do {
            let result = try body()
            try script("RELEASE part")
            return result
        } catch {
            try script("ROLLBACK TO part; RELEASE part")
            throw error
        }
    }

    /// The plan of a query in the engine's words, for tests that forbid full scans.
    public func plan(_ sql: SQLFragment) throws -> [String] {
        try rows(SQLFragment(text: "EXPLAIN QUERY PLAN " + sql.text, values: sql.values)).map { $0.text(3) }
    }

    private func prepared(_ sql: SQLFragment) throws -> OpaquePointer {
        log.count(sql.text)
        let statement: OpaquePointer
        do {
            let cached = try grdb.cachedStatement(sql: sql.text).sqliteStatement
            // A statement that is still being stepped belongs to an outer loop: take another one.
            statement = sqlite3_stmt_busy(cached) == 0 ? cached : try grdb.makeStatement(sql: sql.text).sqliteStatement
        } catch let error as DatabaseError {
            throw StorageFailure(code: error.extendedResultCode.rawValue, message: error.message ?? "", sql: sql.text)
        }
        sqlite3_reset(statement)
        for (index, value) in sql.values.enumerated() { bind(value, to: statement, at: Int32(index + 1)) }
        return statement
    }

    private func bind(_ value: SQLValue, to statement: OpaquePointer, at index: Int32) {
        switch value {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let value): sqlite3_bind_int64(statement, index, value)
        case .real(let value): sqlite3_bind_double(statement, index, value)
        case .text(var value):
            value.withUTF8 { bytes in
                _ = bytes.withMemoryRebound(to: CChar.self) { characters in
                    sqlite3_bind_text(statement, index, characters.baseAddress, Int32(bytes.count), transient)
                }
            }
            if value.isEmpty { sqlite3_bind_text(statement, index, "", 0, transient) }
        case .blob(let bytes):
            if bytes.isEmpty {
                sqlite3_bind_zeroblob(statement, index, 0)
            } else {
                _ = bytes.withUnsafeBytes { raw in
                    sqlite3_bind_blob(statement, index, raw.baseAddress, Int32(raw.count), transient)
                }
            }
        }
    }

    private func failure(_ code: Int32, _ sql: String) -> StorageFailure {
        StorageFailure(
            code: sqlite3_extended_errcode(grdb.sqliteConnection),
            message: String(cString: sqlite3_errmsg(grdb.sqliteConnection)),
            sql: sql
        )
    }
}

/// Tells SQLite to copy what is bound.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// What the engine refused. `Records` turns it into words for people.
public struct StorageFailure: Error, Sendable {
    /// The engine's extended code.
    public let code: Int32
    /// The engine's words.
    public let message: String
    /// The statement.
    public let sql: String

    /// True when a unique index refused the row.
    public var isUnique: Bool { code == 2067 || code == 1555 }
    /// True when the disk is full.
    public var isFull: Bool { code & 0xFF == 13 }
    /// True when the file is no sound database.
    public var isDamage: Bool { code & 0xFF == 11 || code & 0xFF == 26 }
    /// True when the disk failed to read or write.
    public var isDisk: Bool { code & 0xFF == 10 || code & 0xFF == 14 }
    /// True when the file cannot be written.
    public var isReadOnly: Bool { code & 0xFF == 8 }
}

/// The row that a statement stands on: typed reads without copies, for loops that write bytes.
public struct RowCursor {
    let statement: OpaquePointer

    /// The number of columns.
    @inline(__always)
    public var count: Int { Int(sqlite3_column_count(statement)) }

    /// True for null.
    @inline(__always)
    public func isNull(_ index: Int) -> Bool { sqlite3_column_type(statement, Int32(index)) == SQLITE_NULL }

    /// The whole number; 0 for null.
    @inline(__always)
    public func integer(_ index: Int) -> Int64 { sqlite3_column_int64(statement, Int32(index)) }

    /// The number; 0 for null.
    @inline(__always)
    public func real(_ index: Int) -> Double { sqlite3_column_double(statement, Int32(index)) }

    /// True when the stored value is a floating-point number.
    @inline(__always)
    public func isReal(_ index: Int) -> Bool { sqlite3_column_type(statement, Int32(index)) == SQLITE_FLOAT }

    /// Lends the bytes of the text; empty for null.
    @inline(__always)
    public func withText<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result
    {
        let start = sqlite3_column_text(statement, Int32(index))
        return try body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(index)))))
    }

    /// The text; empty for null.
    public func text(_ index: Int) -> String { withText(index) { String(decoding: $0, as: UTF8.self) } }

    /// The value, copied.
    public func value(_ index: Int) -> SQLValue {
        switch sqlite3_column_type(statement, Int32(index)) {
        case SQLITE_INTEGER: .integer(integer(index))
        case SQLITE_FLOAT: .real(real(index))
        case SQLITE_TEXT: .text(text(index))
        case SQLITE_BLOB:
            .blob(
                Array(
                    UnsafeRawBufferPointer(
                        start: sqlite3_column_blob(statement, Int32(index)),
                        count: Int(sqlite3_column_bytes(statement, Int32(index)))
                    )
                )
            )
        default: .null
        }
    }

    /// The row, copied.
    public var row: Row { Row((0..<count).map(value)) }
}
