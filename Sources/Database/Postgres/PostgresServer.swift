import SQLText
public import Values

/// A PostgreSQL database with its workspaces, a schema each, and the connections that they share.
public final class PostgresServer: Sendable {
    /// Where it is.
    public let address: PostgresAddress
    let pool: PostgresPool
    let news: PostgresNews
    /// Those that follow it; nil for none.
    let replicas: PostgresReplicas?

    /// A server that is reached under an address, and under a `direct` one where poolers stand before it; `replicas` are
    /// others that follow it. Connections are made when they are needed.
    public init(_ address: PostgresAddress, direct: PostgresAddress? = nil, replicas: [PostgresAddress] = []) {
        self.address = address
        pool = PostgresPool(address)
        self.replicas = replicas.isEmpty ? nil : PostgresReplicas(replicas, primary: pool)
        news = PostgresNews(pool, direct: direct ?? address)
    }

    // MARK: Schemas

    /// Creates an empty workspace: a schema with the functions of this program.
    public func create(schema: String) async throws -> Database {
        let database = Database(postgres: self, schema: schema)
        try await outside { try $0.script("CREATE SCHEMA \(quotedName(schema))") }
        try await database.installFunctions()
        return database
    }

    /// Opens a workspace, and gives it the functions of this program where they are missing or older.
    public func open(schema: String) async throws -> Database {
        let database = Database(postgres: self, schema: schema)
        try await database.installFunctions()
        return database
    }

    /// Removes a schema with all that is in it.
    public func drop(schema: String) async throws {
        try await outside { try $0.script("DROP SCHEMA IF EXISTS \(quotedName(schema)) CASCADE") }
    }

    // MARK: Workspaces

    /// The workspaces by name, with their schemas.
    public func workspaces() async throws -> [String: String] {
        let directory = Database(postgres: self, schema: address.directory)
        let rows = try await directory.read { connection -> [Row] in
            // Of a database that has never been used there is nothing to read.
            try connection.hasTable("workspace") ? connection.rows("SELECT name, schema FROM workspace") : []
        }
        return Dictionary(rows.map { ($0.text(0), $0.text(1)) }) { first, _ in first }
    }

    /// Makes a workspace of a name; the answer is its schema, which is empty, or a spare one of `program` where there is
    /// one. Throws a unique `StorageFailure` when there is a workspace of that name, or of the name `other`.
    public func make(
        _ name: String,
        unless other: String? = nil,
        spareOf program: String? = nil
    ) async throws -> String {
        let (address, tables) = (address, directoryTables)
        let plain = "w_" + String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return try await outside { connection in
            try connection.script(tables)
            let names: SQLFragment = "SELECT name FROM \(raw: address.directory).workspace WHERE name = \(other)"
            if try connection.row(names) != nil {
                throw StorageFailure(state: "23505", message: "there is a workspace of that name", sql: names.text)
            }
            // Names that differ in signs only have different schemas all the same.
            var (schema, number) = (plain, 1)
            while try connection.row("SELECT 1 FROM pg_namespace WHERE nspname = \(schema)") != nil {
                number += 1
                schema = plain + "_\(number)"
            }
            try connection.run(
                "INSERT INTO \(raw: address.directory).workspace (name, schema) VALUES (\(name), \(schema))"
            )
            let isTaken = try program.map { try self.takeSpare(of: $0, as: schema, on: connection) } ?? false
            if !isTaken { try connection.script("CREATE SCHEMA \(quotedName(schema))") }
            return schema
        }
    }

    /// Removes a workspace with all that is in it.
    public func remove(_ name: String) async throws {
        guard let schema = try await workspaces()[name] else { return }
        try await drop(schema: schema)
        try await forget(name)
    }

    /// Gives a workspace another name.
    public func rename(_ name: String, to new: String) async throws {
        try await outside { try self.rename(name, to: new, on: $0) }
    }

    /// Gives a workspace another name together with what else a transaction does.
    public func rename(_ name: String, to new: String, on connection: Connection) throws {
        try connection.run("UPDATE \(raw: address.directory).workspace SET name = \(new) WHERE name = \(name)")
    }

    /// Takes its name from a workspace: nobody opens it any more. Its rows stay in their schema, where those who have it
    /// open still read them.
    public func forget(_ name: String) async throws {
        let address = address
        try await outside {
            _ = try $0.run("DELETE FROM \(raw: address.directory).workspace WHERE name = \(name)")
        }
    }

    /// Runs `body` outside of all workspaces, in one transaction.
    public func outside<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await Database(postgres: self, schema: "public").write(body)
    }

    /// Asks for one value in a schema, in one round trip and without keeping the statement: of workspaces that are closed.
    public func ask(_ text: String, in schema: String) async throws -> String? {
        try await withCheckedThrowingContinuation { continuation in
            pool.run { lane in
                continuation.resume(
                    with: Result {
                        try lane.twice { session in
                            defer { session.rollback() }
                            return try session.begin("READ ONLY", schema: schema, text)
                        }
                    }
                )
            }
        }
    }

    /// Calls `body`, which must be short, with each schema of which another process tells news, and with nil when some
    /// may have been missed.
    public func follow(_ body: @escaping @Sendable (String?) -> Void) { news.follow(body) }

    /// True while news of other processes gets through.
    public var isHearing: Bool { news.isHearing }

    /// What a database must be like so that it sorts and folds as the program does; nil when it is.
    public func fault() async throws -> Label? {
        let row = try await Database(postgres: self, schema: "").read { connection in
            try connection.row(
                """
                SELECT CAST(current_setting('server_version_num') AS BIGINT), CAST(datcollate AS TEXT),
                pg_encoding_to_char(encoding), (SELECT count(*) FROM pg_collation WHERE collname = 'C.utf8'),
                COALESCE(to_jsonb(pg_database) ->> 'datlocprovider', '') FROM pg_database WHERE datname = current_database()
                """
            )
        }
        guard let row else { return nil }
        if row.integer(0) < 150_000 {
            return Label("PostgreSQL 15 or newer is needed.", zh: "需要 PostgreSQL 15 或更高版本。")
        }
        // Where ICU sorts, the collation that the database has beside it says nothing.
        let sortsByBytes = ["C", "POSIX"].contains(row.text(1)) && row.text(4) != "i"
        if row.text(2) != "UTF8" || !sortsByBytes || row.integer(3) == 0 {
            return Label(
                "The database must be made with: CREATE DATABASE … ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0.",
                zh: "数据库须这样创建：CREATE DATABASE … ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0。"
            )
        }
        return nil
    }

    /// How many servers are to follow this one, as the settings say.
    public var replicaCount: Int { replicas?.replicas.count ?? 0 }

    /// How the connections of this process to the server are used.
    public var connections: PoolFigures { pool.figures }

    /// How those to the servers that follow it are used.
    public var replicaConnections: [(place: String, pool: PoolFigures)] {
        (replicas?.replicas ?? []).map { ($0.pool.address.shown, $0.pool.figures) }
    }

    /// Whether a server that is to follow does.
    public enum ReplicaState: Sendable {
        /// It is so many seconds behind.
        case follows(behind: Int64)
        /// It can be written to itself.
        case leads
        /// It does not answer, with libpq's words.
        case silent(String)
    }

    /// Looks at the servers that are to follow this one: how they are reached, and how it is with them.
    public func replicaStates() async -> [(place: String, state: ReplicaState)] {
        let position = try? await outside { try $0.value(SQLFragment(text: Position.question, values: [])).text }
        var found: [(place: String, state: ReplicaState)] = []
        for replica in replicas?.replicas ?? [] {
            let state = await withCheckedContinuation { continuation in
                replica.pool.run { continuation.resume(returning: PostgresServer.state($0, position ?? "0/0")) }
            }
            found.append((replica.pool.address.shown, state))
        }
        return found
    }

    private static func state(_ lane: PostgresLane, _ position: String) -> ReplicaState {
        // Without new entries it cannot be behind, however old the last one is.
        let question = """
            SELECT CASE WHEN NOT pg_is_in_recovery() THEN -1 WHEN pg_last_wal_replay_lsn() >= '\(position)' THEN 0
            ELSE greatest(extract(epoch FROM now() - pg_last_xact_replay_timestamp())::bigint, 0) END::text
            """
        do {
            let session = try lane.session()
            defer { session.rollback() }
            let behind = try session.begin("READ ONLY", schema: "", question).flatMap { Int64($0) } ?? 0
            return behind < 0 ? .leads : .follows(behind: behind)
        } catch let failure as StorageFailure {
            return .silent(failure.message)
        } catch {
            return .silent("\(error)")
        }
    }

    /// Closes all connections. Later calls fail.
    public func close() {
        news.close()
        replicas?.close()
        pool.close()
    }
}

extension Database {
    /// Gives a workspace in PostgreSQL the functions of this program, where it has none or older ones.
    func installFunctions() async throws {
        let known = try await read { connection -> Int64 in
            guard try !connection.value("SELECT to_regproc('kehu_functions')").isNull else { return 0 }
            return try connection.value("SELECT kehu_functions()").integer ?? 0
        }
        if known < PostgresFunctions.version { try await write { try $0.raw(PostgresFunctions.script) } }
    }
}
