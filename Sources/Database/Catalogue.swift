import CLibPQ
public import SQLText
import Values

/// A column of a table, as the engine's catalogue has it.
public struct TableColumn: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The type as definitions write it: INTEGER, TEXT, BLOB or REAL.
    public let type: String
    /// The position in the primary key from 1 on; 0 outside of it.
    public let keyPosition: Int
    /// True for texts.
    public var isText: Bool { type == "TEXT" }
}

/// What the engine knows about its tables.
extension Connection {
    /// The tables that hold data, by name; not those that an index keeps for itself.
    public func tables() throws -> [String] {
        switch dialect {
        case .sqlite:
            let rows = try rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
            let virtual = rows.filter { $0.text(1).hasPrefix("CREATE VIRTUAL") }.map { $0.text(0) }
            return rows.map { $0.text(0) }.filter { name in
                !name.hasPrefix("sqlite_") && !virtual.contains(name)
                    && !virtual.contains { name.hasPrefix($0 + "_") }
            }
        case .postgres:
            return try rows(
                """
                SELECT CAST(c.relname AS TEXT) FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                WHERE \(Connection.isTable) AND c.relname NOT LIKE 'search\\_%' ORDER BY c.relname
                """
            ).map { $0.text(0) }
        }
    }

    /// What of PostgreSQL's catalogue, as `c`, is a table with rows of its own name: one that somebody has divided into
    /// partitions is one, and its partitions are none.
    public static let isTable: SQLFragment = "c.relkind IN ('r', 'p') AND NOT c.relispartition"

    /// How many bytes the workspace takes in the database, with indexes and room that is free.
    public func storedBytes() throws -> Int64 {
        let sum: SQLFragment =
            switch dialect {
            case .sqlite: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            case .postgres:
                // A divided table takes nothing itself, its partitions do.
                """
                SELECT CAST(sum(pg_total_relation_size(c.oid)) AS BIGINT) FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() WHERE c.relkind = 'r'
                """
            }
        return try value(sum).integer ?? 0
    }

    /// True when there is a table of that name.
    public func hasTable(_ name: String) throws -> Bool {
        switch dialect {
        case .sqlite: try row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = \(name)") != nil
        case .postgres:
            try row(
                """
                SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                WHERE c.relname = \(name) AND \(Connection.isTable)
                """
            ) != nil
        }
    }

    /// The columns of a table in their order; none for a table that there is not.
    public func columns(of table: String) throws -> [TableColumn] {
        switch dialect {
        case .sqlite:
            try rows("SELECT name, type, pk FROM pragma_table_info(\(table)) ORDER BY cid").map {
                TableColumn(name: $0.text(0), type: $0.text(1), keyPosition: Int($0.integer(2)))
            }
        case .postgres:
            try rows(
                """
                SELECT CAST(a.attname AS TEXT), CAST(a.atttypid AS BIGINT),
                COALESCE(array_position(CAST(i.indkey AS int2[]), a.attnum) + 1, 0)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                WHERE c.relname = \(table) AND \(Connection.isTable) ORDER BY a.attnum
                """
            ).map {
                TableColumn(name: $0.text(0), type: Connection.type($0.integer(1)), keyPosition: Int($0.integer(2)))
            }
        }
    }

    private static func type(_ number: Int64) -> String {
        switch Oid(truncatingIfNeeded: number) {
        case PostgresType.text: "TEXT"
        case PostgresType.bytes: "BLOB"
        case PostgresType.float8: "REAL"
        default: "INTEGER"
        }
    }

    /// The number of the stored form; 0 of a new database. Programs refuse a higher one than they know.
    public func storedFormat() throws -> Int64 {
        switch dialect {
        case .sqlite: try value("PRAGMA user_version").integer ?? 0
        case .postgres:
            try value("SELECT obj_description(CAST(current_schema() AS regnamespace), 'pg_namespace')").text
                .flatMap { Int64($0.drop { !$0.isNumber }) } ?? 0
        }
    }

    /// Sets the number of the stored form.
    public func setStoredFormat(_ format: Int64) throws {
        switch dialect {
        case .sqlite: try script("PRAGMA user_version = \(format)")
        case .postgres:
            let schema = try value("SELECT CAST(current_schema() AS TEXT)").text ?? ""
            try script("COMMENT ON SCHEMA \(quotedName(schema)) IS 'kehu \(format)'")
        }
    }
}
