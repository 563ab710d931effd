import GRDB
import GRDBSQLite
import SQLText
import Values

/// SQLite's side of a connection: statements are prepared once per text and stepped without copies.
struct SQLiteSession {
    /// The statement that ran last: an import runs one again and again, and to look it up by a text of a thousand
    /// characters costs as much as a cell.
    private final class Last {
        var text = ""
        var statement: Statement?
    }

    let grdb: GRDB.Database
    private let last = Last()
    private let texts = BoundTexts()

    init(grdb: GRDB.Database) { self.grdb = grdb }

    /// How many rows the last statement changed.
    var changed: Int { Int(sqlite3_changes(grdb.sqliteConnection)) }
    /// How many rows were changed so far.
    var changes: Int64 { sqlite3_total_changes64(grdb.sqliteConnection) }

    /// How many pages had to be written before the end of their transaction so far.
    var spilled: Int {
        var (now, highest): (Int32, Int32) = (0, 0)
        sqlite3_db_status(grdb.sqliteConnection, SQLITE_DBSTATUS_CACHE_SPILL, &now, &highest, 0)
        return Int(now)
    }

    func each(_ sql: SQLFragment, _ body: (RowCursor) throws -> Bool) throws {
        let owner = try prepared(sql.text)
        let statement = owner.sqliteStatement
        bind(sql.values, to: statement)
        defer {
            withExtendedLifetime(owner) {
                sqlite3_reset(statement)
                sqlite3_clear_bindings(statement)
            }
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

    /// Runs `body` so that it sees one moment's data throughout.
    func reading<Result>(_ body: () throws -> Result) throws -> Result {
        try run("BEGIN")
        // Nothing was written, so that there is nothing to keep.
        defer { try? run("ROLLBACK") }
        return try body()
    }

    /// Runs a statement whose rows nobody reads.
    func run(_ sql: SQLFragment) throws {
        let owner = try prepared(sql.text)
        defer { sqlite3_clear_bindings(owner.sqliteStatement) }
        try execute(owner, sql.values, sql.text)
    }

    /// Runs a statement for each row of values; the answer is how many.
    func runAll(_ text: String, _ next: () -> [SQLValue]?) throws -> Int {
        var owner: Statement?
        var count = 0
        defer { if let owner { sqlite3_clear_bindings(owner.sqliteStatement) } }
        while let values = next() {
            let known = try owner ?? prepared(text)
            owner = known
            try execute(known, values, text)
            count += 1
        }
        return count
    }

    /// Steps a statement to its end. Nothing else runs meanwhile, so that SQLite need not copy each text that is bound.
    private func execute(_ owner: Statement, _ values: [SQLValue], _ text: String) throws {
        let statement = owner.sqliteStatement
        texts.begin(values)
        for (index, value) in values.enumerated() {
            if case .text(let text) = value {
                texts.bind(text, to: statement, at: Int32(index + 1))
            } else {
                bind(value, to: statement, at: Int32(index + 1))
            }
        }
        defer { withExtendedLifetime(owner) { _ = sqlite3_reset(statement) } }
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code, text) }
        }
    }

    private func prepared(_ text: String) throws -> Statement {
        do {
            let cached = try last.statement.flatMap { last.text == text ? $0 : nil } ?? grdb.cachedStatement(sql: text)
            // A statement that is still being stepped belongs to an outer loop: take another one.
            if sqlite3_stmt_busy(cached.sqliteStatement) != 0 { return try grdb.makeStatement(sql: text) }
            sqlite3_reset(cached.sqliteStatement)
            (last.text, last.statement) = (text, cached)
            return cached
        } catch let error as DatabaseError {
            throw StorageFailure(code: error.extendedResultCode.rawValue, message: error.message ?? "", sql: text)
        }
    }

    private func bind(_ values: [SQLValue], to statement: OpaquePointer) {
        for (index, value) in values.enumerated() { bind(value, to: statement, at: Int32(index + 1)) }
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

/// The texts of a row on their way into a statement: one piece of memory that is used again for each row.
private final class BoundTexts {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var used = 0

    deinit { memory.deallocate() }

    /// Makes room for the texts of a row; those of the row before are gone.
    func begin(_ values: [SQLValue]) {
        used = 0
        var size = 0
        for case .text(let text) in values { size += text.utf8.count }
        guard size > memory.count else { return }
        memory.deallocate()
        memory = .allocate(byteCount: size * 2, alignment: 1)
    }

    /// Binds a text until the next row begins.
    func bind(_ text: String, to statement: OpaquePointer, at index: Int32) {
        // An empty text has no memory of its own, and must not become a null.
        if text.isEmpty { return _ = sqlite3_bind_text(statement, index, "", 0, transient) }
        var text = text
        text.withUTF8 { bytes in
            let place = UnsafeMutableRawBufferPointer(rebasing: memory[used..<(used + bytes.count)])
            place.copyMemory(from: UnsafeRawBufferPointer(bytes))
            used += bytes.count
            let start = place.baseAddress?.assumingMemoryBound(to: CChar.self)
            sqlite3_bind_text(statement, index, start, Int32(bytes.count), nil)
        }
    }
}
