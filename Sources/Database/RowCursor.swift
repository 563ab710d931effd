import GRDBSQLite
public import Values

/// The row that a statement stands on: typed reads without copies, for loops that write bytes.
public struct RowCursor {
    /// SQLite's statement, or PostgreSQL's result.
    private let statement: OpaquePointer
    /// True for SQLite: one comparison per value, so that neither engine pays for the other.
    private let isSQLite: Bool
    /// Which of the rows of PostgreSQL's result.
    private let place: Int32

    init(statement: OpaquePointer) {
        self.statement = statement
        isSQLite = true
        place = 0
    }

    init(result: OpaquePointer, row: Int32) {
        statement = result
        isSQLite = false
        place = row
    }

    @inline(__always)
    private var postgres: PostgresRow { PostgresRow(result: statement, row: place) }

    /// The number of columns.
    @inline(__always)
    public var count: Int { isSQLite ? Int(sqlite3_column_count(statement)) : postgres.count }

    /// True for null.
    @inline(__always)
    public func isNull(_ index: Int) -> Bool {
        isSQLite ? sqlite3_column_type(statement, Int32(index)) == SQLITE_NULL : postgres.isNull(index)
    }

    /// The whole number; 0 for null.
    @inline(__always)
    public func integer(_ index: Int) -> Int64 {
        isSQLite ? sqlite3_column_int64(statement, Int32(index)) : postgres.integer(index)
    }

    /// The number; 0 for null.
    @inline(__always)
    public func real(_ index: Int) -> Double {
        isSQLite ? sqlite3_column_double(statement, Int32(index)) : postgres.real(index)
    }

    /// True when the stored value is a floating-point number.
    @inline(__always)
    public func isReal(_ index: Int) -> Bool {
        isSQLite ? sqlite3_column_type(statement, Int32(index)) == SQLITE_FLOAT : postgres.isReal(index)
    }

    /// Lends the bytes of the text or blob; empty for null.
    @inline(__always)
    public func withText<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result
    {
        guard isSQLite else { return try postgres.withText(index, body) }
        // To ask for the text of a blob would make a text of it for all who read it afterwards.
        let isBlob = sqlite3_column_type(statement, Int32(index)) == SQLITE_BLOB
        let start =
            isBlob
            ? sqlite3_column_blob(statement, Int32(index))?.assumingMemoryBound(to: UInt8.self)
            : sqlite3_column_text(statement, Int32(index))
        return try body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(index)))))
    }

    /// The text; empty for null.
    public func text(_ index: Int) -> String { withText(index) { String(decoding: $0, as: UTF8.self) } }

    /// The value, copied.
    public func value(_ index: Int) -> SQLValue {
        guard isSQLite else { return postgres.value(index) }
        switch sqlite3_column_type(statement, Int32(index)) {
        case SQLITE_INTEGER: return .integer(integer(index))
        case SQLITE_FLOAT: return .real(real(index))
        case SQLITE_TEXT: return .text(text(index))
        case SQLITE_BLOB:
            return .blob(
                Array(
                    UnsafeRawBufferPointer(
                        start: sqlite3_column_blob(statement, Int32(index)),
                        count: Int(sqlite3_column_bytes(statement, Int32(index)))
                    )
                )
            )
        default: return .null
        }
    }

    /// The row, copied.
    public var row: Row { Row((0..<count).map(value)) }
}
