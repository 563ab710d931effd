import GRDB
import GRDBSQLite
import SQLText
import Values

/// SQLite's side of a connection: statements are prepared once per text and stepped without copies.
struct SQLiteSession {
    let grdb: GRDB.Database

    /// How many rows the last statement changed.
    var changed: Int { Int(sqlite3_changes(grdb.sqliteConnection)) }
    /// How many rows were changed so far.
    var changes: Int64 { sqlite3_total_changes64(grdb.sqliteConnection) }

    func each(_ sql: SQLFragment, _ body: (RowCursor) throws -> Bool) throws {
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

    func script(_ text: String) throws {
        let code = sqlite3_exec(grdb.sqliteConnection, text, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, text) }
    }

    private func prepared(_ sql: SQLFragment) throws -> OpaquePointer {
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
