public import Database
import Records
import SQLText
import Search
public import Values

/// What was found in a database.
public struct Inspection: Sendable {
    /// How many rows each table has.
    public var rows: [String: Int64] = [:]
    /// The SHA-256 of each table's rows in the order of their keys; empty unless asked for.
    public var content: [String: String] = [:]
    /// How many entries the audit log has.
    public var auditEntries: Int64 = 0
    /// What is wrong, in words.
    public var faults: [Label] = []

    /// Looks at a database: its pages, the audit chain, the rows of each table.
    ///
    /// `content` asks for the hash of each table, which takes longer.
    public static func of(_ database: Database, content: Bool = false) async throws -> Inspection {
        do {
            return try await database.read { connection in
                var result = Inspection()
                if connection.dialect == .sqlite {
                    for row in try connection.rows("PRAGMA quick_check(20)") where row.text(0) != "ok" {
                        result.faults.append(damage(row.text(0)))
                    }
                }
                if result.faults.isEmpty {
                    for table in try tables(on: connection) {
                        result.rows[table] = try connection.value("SELECT count(*) FROM \(name: table)").integer
                        if content { result.content[table] = try hash(of: table, on: connection) }
                    }
                    let (entries, faults) = try Audit.verify(on: connection)
                    result.auditEntries = entries
                    result.faults += faults
                }
                return result
            }
        } catch let failure as StorageFailure {
            var result = Inspection()
            result.faults = [damage(failure.message)]
            return result
        }
    }

    /// What is about processes and moves and not about the workspace.
    private static let others: Set<String> = [
        NodeNumbers.tableName, SearchIndex.waitingTable, WriteStop.tableName, Relocation.progressTable,
    ]

    /// The tables with the workspace's data. Search entries can be made anew, and have ways of their own.
    static func tables(on connection: Connection) throws -> [String] {
        try connection.tables().filter { !others.contains($0) }
    }

    static func damage(_ words: String) -> Label {
        Label(
            "The database file is damaged (\(words)). Stop the server and restore the last backup: kehu restore.",
            zh: "数据库文件已损坏（\(words)），请停止服务并用 kehu restore 恢复最近的备份。"
        )
    }

    /// The hash over all values of a table, columns by name and rows by key; the same on every machine and engine that
    /// holds the same rows. `visit` sees each row on the way.
    static func hash(
        of table: String,
        on connection: Connection,
        _ visit: (RowCursor) throws -> Void = { _ in }
    ) throws -> String {
        let columns = try connection.columns(of: table)
        let keys = columns.filter { $0.keyPosition > 0 }.sorted { $0.keyPosition < $1.keyPosition }.map(\.name)
        let names = columns.map(\.name).sorted()
        let list = names.map(quotedName).joined(separator: ", ")
        let order = (keys.isEmpty ? names : keys).map(quotedName).joined(separator: ", ")
        var digest = Digest()
        try connection.each("SELECT \(raw: list) FROM \(name: table) ORDER BY \(raw: order)") { cursor in
            for index in 0..<cursor.count {
                if cursor.isNull(index) {
                    digest.add([0])
                } else {
                    cursor.withText(index) { text in
                        digest.add([1] + withUnsafeBytes(of: UInt32(text.count).littleEndian) { Array($0) })
                        digest.add(text)
                    }
                }
            }
            try visit(cursor)
            return true
        }
        return digest.text()
    }
}
