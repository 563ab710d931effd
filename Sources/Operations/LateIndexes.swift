import Database
import SQLText
import Values

/// The indexes of a table of PostgreSQL into which a transfer puts rows: once these are many they are taken away, and made
/// when all are there. Sorted at once they take a small part of the time that each row would take in each of them.
///
/// SQLite keeps them: it would sort in memory what has no bound.
struct LateIndexes {
    private let table: String
    private let many: Int
    private var count = 0
    private var definitions: [String]?

    /// Those of a table, of which `many` rows are many.
    init(of table: String, _ many: Int) { (self.table, self.many) = (table, many) }

    /// Called when so many rows more have come.
    mutating func came(_ rows: Int, on connection: Connection) throws {
        count += rows
        guard connection.dialect == .postgres, definitions == nil, count >= many else { return }
        definitions = try LateIndexes.take(of: table, on: connection)
    }

    /// Called when all rows are there.
    func finish(on connection: Connection) throws {
        if let definitions { try LateIndexes.make(definitions, of: table, on: connection) }
    }

    /// Takes a table's indexes away; the answer is what makes them.
    static func take(of table: String, on connection: Connection) throws -> [String] {
        // What belongs to a primary key or another constraint stays.
        let found = try connection.rows(
            """
            SELECT CAST(c.relname AS TEXT), pg_get_indexdef(i.indexrelid) FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = t.relnamespace
            WHERE n.nspname = current_schema() AND t.relname = \(table)
            AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
            ORDER BY c.relname
            """
        )
        for row in found { try connection.run("DROP INDEX \(name: row.text(0))") }
        // Of a divided table PostgreSQL tells only the part that is none of its partitions'.
        return found.map { $0.text(1).replacing(" ON ONLY ", with: " ON ", maxReplacements: 1) }
    }

    /// Makes a table's indexes. Its statistics are taken, too: a plan that knows nothing of many rows is a slow one.
    static func make(_ definitions: [String], of table: String, on connection: Connection) throws {
        try connection.script("SET LOCAL maintenance_work_mem = '256MB'")
        for definition in definitions { try connection.script(definition) }
        try connection.script("ANALYZE \(quotedName(table))")
    }
}
