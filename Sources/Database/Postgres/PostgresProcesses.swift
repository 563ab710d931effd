import SQLText

/// The processes that open workspaces when somebody asks for them. What they have open now says nothing about what they
/// need next, so each says in the directory that it runs, once for all workspaces.
extension PostgresServer {
    /// A process that may open any workspace.
    public struct Visitor: Sendable, Equatable {
        /// The form of stored data that its program knows.
        public let format: Int64
        /// What its program makes of a workspace.
        public let mark: String
        /// Whether it answers requests, and is no worker.
        public let serves: Bool
        /// Seconds since its last sign of life.
        public let silentFor: Int64

        /// A process that gave its last sign of life so many seconds ago.
        public init(format: Int64, mark: String, serves: Bool, silentFor: Int64 = 0) {
            (self.format, self.mark, self.serves, self.silentFor) = (format, mark, serves, silentFor)
        }
    }

    private static let processes = "process"
    private static let now = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    /// After so many milliseconds those that never said that they end are forgotten.
    private static let oblivion: Int64 = 86_400_000

    /// The table of the processes, where it is missing.
    var processTable: String {
        """
        CREATE TABLE IF NOT EXISTS \(address.directory).\(PostgresServer.processes)
            (id TEXT PRIMARY KEY, format BIGINT NOT NULL, mark TEXT NOT NULL, serves BIGINT NOT NULL,
            place TEXT NOT NULL, seen BIGINT NOT NULL);
        """
    }

    /// Makes ready for processes that say that they run.
    public func prepareVisits() async throws {
        let (tables, table) = (directoryTables, "\"\(address.directory)\".\(PostgresServer.processes)")
        // Whoever has no right to make schemas needs none where all is there.
        let known = try await ask("SELECT to_regclass('\(table)')::text", in: "public")
        if known == nil { try await outside { try $0.script(tables) } }
        let directory = Database(postgres: self, schema: address.directory)
        try await directory.writeAside(always: true) { connection in
            _ = try connection.run(
                "DELETE FROM process WHERE seen < \(raw: PostgresServer.now) - \(PostgresServer.oblivion)"
            )
        }
    }

    /// Says that a process runs, and where.
    public func keep(_ visitor: Visitor, id: String, at place: String) async throws {
        let directory = Database(postgres: self, schema: address.directory)
        let serves: Int64 = visitor.serves ? 1 : 0
        try await directory.writeAside(always: true) { connection in
            _ = try connection.run(
                """
                INSERT INTO process (id, format, mark, serves, place, seen)
                VALUES (\(id), \(visitor.format), \(visitor.mark), \(serves), \(place), \(raw: PostgresServer.now))
                ON CONFLICT (id) DO UPDATE SET seen = excluded.seen
                """
            )
        }
    }

    /// Says that a process is about to end.
    public func leave(_ id: String) async throws {
        let directory = Database(postgres: self, schema: address.directory)
        try await directory.writeAside(always: true) { _ = try $0.run("DELETE FROM process WHERE id = \(id)") }
    }

    /// The processes that have given a sign of life within so many milliseconds.
    public func visitors(within milliseconds: Int64) async throws -> [Visitor] {
        let directory = Database(postgres: self, schema: address.directory)
        return try await directory.read { connection in
            // Where only single workspaces have ever been served there is none.
            guard try connection.hasTable(PostgresServer.processes) else { return [] }
            return try connection.rows(
                """
                SELECT format, mark, serves, (\(raw: PostgresServer.now) - seen) / 1000 FROM process
                WHERE seen > \(raw: PostgresServer.now) - \(milliseconds) ORDER BY id
                """
            ).map { row in
                Visitor(
                    format: row.integer(0),
                    mark: row.text(1),
                    serves: row.integer(2) == 1,
                    silentFor: max(0, row.integer(3))
                )
            }
        }
    }
}
