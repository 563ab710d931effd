import CLibPQ
import SQLText
public import Values

extension Connection {
    /// Appends rows to a table, in the order of the columns: the quickest way that the engine has.
    public func append(_ rows: [[SQLValue]], to table: String, columns: [String]) throws {
        if rows.isEmpty { return }
        let names = columns.map(quotedName).joined(separator: ", ")
        switch dialect {
        case .sqlite:
            let places = repeatElement("?", count: columns.count).joined(separator: ", ")
            let text = "INSERT INTO \(quotedName(table)) (\(names)) VALUES (\(places))"
            for row in rows { try run(SQLFragment(text: text, values: row)) }
        case .postgres: try copy(rows, "COPY \(quotedName(table)) (\(names)) FROM STDIN (FORMAT binary)")
        }
    }
}

extension PostgresSession {
    /// Sends rows in PostgreSQL's binary form; each value must have the type of its column.
    func copy(_ rows: [[SQLValue]], _ text: String) throws {
        try begin(copying: text)
        // The signature, no flags, no extension.
        var bytes: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [UInt8](repeating: 0, count: 8)
        for row in rows {
            bytes.append(big: Int16(row.count))
            for value in row { bytes.append(copied: value) }
            if bytes.count > 1 << 16 {
                try put(bytes, text)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        bytes.append(big: Int16(-1))
        try put(bytes, text)
        try endCopy(text, rows.count)
    }
}

extension [UInt8] {
    fileprivate mutating func append(big number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(copied value: SQLValue) {
        switch value {
        case .null: append(big: Int32(-1))
        case .integer(let number):
            append(big: Int32(8))
            append(big: number)
        case .real(let number):
            append(big: Int32(8))
            append(big: number.bitPattern)
        case .text(let text):
            append(big: Int32(text.utf8.count))
            append(contentsOf: text.utf8)
        case .blob(let blob):
            append(big: Int32(blob.count))
            append(contentsOf: blob)
        }
    }
}
