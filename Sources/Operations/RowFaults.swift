public import Database
import SQLText
public import Values

/// Rows that differ from the indexes over them, as after a byte of either has changed on the disk.
public enum RowFaults {
    /// The most that are named.
    private static let most = 20

    /// What differs, each with the record where it is one. Reads every index once; PostgreSQL has means of its own.
    public static func find(in database: Database) async throws -> [Label] {
        try await database.read { connection in
            guard connection.dialect == .sqlite else { return [] }
            var faults: [Label] = []
            var unnamed: [String] = []
            for row in try connection.rows("PRAGMA integrity_check(100)") where row.text(0) != "ok" {
                if let fault = try named(row.text(0), on: connection) {
                    if faults.count < most { faults.append(fault) }
                } else {
                    unnamed.append(row.text(0))
                }
            }
            // The number of entries differs because rows do, which are named already.
            return faults.isEmpty ? unnamed.prefix(most).map(Inspection.damage) : faults
        }
    }

    /// The fault of `row 12 missing from index ix_customer_phone`: the record, by its place in the table.
    private static func named(_ words: String, on connection: Connection) throws -> Label? {
        let parts = words.split(separator: " ")
        guard parts.count == 6, parts[0] == "row", parts[2] == "missing", let place = Int64(parts[1]) else {
            return nil
        }
        let index = String(parts[5])
        let table = try connection.value(
            "SELECT tbl_name FROM sqlite_master WHERE type = 'index' AND name = \(index)"
        )
        guard let table = table.text,
            let id = try connection.value(
                "SELECT rowid FROM \(name: table) ORDER BY rowid LIMIT 1 OFFSET \(place - 1)"
            ).integer
        else { return nil }
        let record = "\(table) \(RecordID(id))"
        return Label(
            "«\(record)» differs from its index \(index): a byte of one of them changed on the disk. Compare the record with an archive: kehu restore FILE --workspace OTHER.",
            zh: "“\(record)”与索引 \(index) 不符：磁盘上其中一处的字节已改变。请与备份中的记录比对：kehu restore 文件 --workspace 另一名称。"
        )
    }
}
