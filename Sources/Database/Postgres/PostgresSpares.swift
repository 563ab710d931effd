import SQLText
import Values

/// Empty workspaces that are made beforehand: PostgreSQL before 17 waits for the disk once for each index that it makes,
/// of which a workspace has hundreds.
extension PostgresServer {
    private static let table = "spare"
    /// The database's time: processes on several machines make them and clear them away, and their clocks may differ.
    private static let now: SQLFragment = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

    /// The directory's tables, where they are missing.
    var directoryTables: String {
        """
        CREATE SCHEMA IF NOT EXISTS \(address.directory);
        CREATE TABLE IF NOT EXISTS \(address.directory).workspace
            (name TEXT PRIMARY KEY, schema TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS \(address.directory).\(PostgresServer.table)
            (schema TEXT PRIMARY KEY, program TEXT NOT NULL, made_at BIGINT NOT NULL, ready BIGINT NOT NULL);
        \(processTable)
        """
    }

    /// How many a program has, those included that are being made.
    public func spares(of program: String) async throws -> Int {
        let directory = Database(postgres: self, schema: address.directory)
        return try await directory.read { connection in
            guard try connection.hasTable(PostgresServer.table) else { return 0 }
            return Int(
                try connection.value("SELECT count(*) FROM spare WHERE program = \(program)").integer ?? 0
            )
        }
    }

    /// Makes the schema of one, which nobody takes until it is `ready`.
    public func beginSpare(of program: String) async throws -> String {
        let (address, tables) = (address, directoryTables)
        let schema = "spare_" + String(UInt64.random(in: .min ... .max), radix: 36)
        try await outside { connection in
            try connection.script(tables)
            try connection.run(
                """
                INSERT INTO \(raw: address.directory).spare (schema, program, made_at, ready)
                VALUES (\(schema), \(program), \(PostgresServer.now), 0)
                """
            )
            try connection.script("CREATE SCHEMA \(quotedName(schema))")
        }
        return schema
    }

    /// It can be taken.
    public func ready(spare schema: String) async throws {
        let address = address
        try await outside {
            _ = try $0.run("UPDATE \(raw: address.directory).spare SET ready = 1 WHERE schema = \(schema)")
        }
    }

    /// Removes one.
    public func drop(spare schema: String) async throws {
        let address = address
        try await drop(schema: schema)
        try await outside {
            _ = try $0.run("DELETE FROM \(raw: address.directory).spare WHERE schema = \(schema)")
        }
    }

    /// Removes those that are older than so many milliseconds, if other programs left them behind or they were never
    /// finished.
    public func dropSpares(notOf program: String, olderThan age: Int64) async throws {
        let directory = Database(postgres: self, schema: address.directory)
        let left = try await directory.read { connection -> [String] in
            guard try connection.hasTable(PostgresServer.table) else { return [] }
            return try connection.rows(
                """
                SELECT schema FROM spare WHERE made_at < \(PostgresServer.now) - \(age)
                AND (program <> \(program) OR ready = 0)
                """
            ).map { $0.text(0) }
        }
        for schema in left { try await drop(spare: schema) }
    }

    /// Gives a spare one of a program the name of a schema, in the transaction of the caller; false when there is none.
    func takeSpare(of program: String, as schema: String, on connection: Connection) throws -> Bool {
        let spare = try connection.value(
            """
            SELECT schema FROM \(raw: address.directory).spare WHERE program = \(program) AND ready = 1
            ORDER BY made_at LIMIT 1 FOR UPDATE SKIP LOCKED
            """
        ).text
        guard let spare else { return false }
        try connection.run("DELETE FROM \(raw: address.directory).spare WHERE schema = \(spare)")
        try connection.script("ALTER SCHEMA \(quotedName(spare)) RENAME TO \(quotedName(schema))")
        return true
    }
}
