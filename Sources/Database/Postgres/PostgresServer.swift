import SQLText
import Values

/// A PostgreSQL database with its workspaces, a schema each, and the connections that they share.
public final class PostgresServer: Sendable {
    /// Where it is.
    public let address: PostgresAddress
    let pool: PostgresPool

    /// A server that is reached under an address. Connections are made when they are needed.
    public init(_ address: PostgresAddress) {
        self.address = address
        pool = PostgresPool(address)
    }

    /// Creates an empty workspace: a schema with the functions of this program.
    public func create(_ schema: String) async throws -> Database {
        let database = Database(postgres: self, schema: schema)
        try await outside { try $0.script("CREATE SCHEMA \(quotedName(schema))") }
        try await database.installFunctions()
        return database
    }

    /// Removes a workspace with all that is in it.
    public func drop(_ schema: String) async throws {
        try await outside { try $0.script("DROP SCHEMA IF EXISTS \(quotedName(schema)) CASCADE") }
    }

    /// Runs `body` outside of all workspaces, in one transaction.
    public func outside<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await Database(postgres: self, schema: "public").write(body)
    }

    /// Closes all connections. Later calls fail.
    public func close() { pool.close() }
}

extension Database {
    /// Gives a workspace in PostgreSQL the functions of this program, where it has none or older ones.
    func installFunctions() async throws {
        let known = try await read { connection -> Int64 in
            guard try connection.value("SELECT to_regproc('kehu_functions')").isNull == false else { return 0 }
            return try connection.value("SELECT kehu_functions()").integer ?? 0
        }
        if known < PostgresFunctions.version { try await write { try $0.raw(PostgresFunctions.script) } }
    }
}
