public import Database
import Foundation
public import SQLText

/// Empty databases for tests, of the engine that the run is for: SQLite, or PostgreSQL where `KEHU_TEST_DATABASE` says
/// where one is (see scripts/with-postgres).
public enum TestDatabase {
    private static let address = ProcessInfo.processInfo.environment["KEHU_TEST_DATABASE"]
    /// Hundreds of tests at once share its connections: the last one waits long.
    private static let server = Result { try address.map { PostgresServer(try PostgresAddress($0 + "&wait=600")) } }

    /// The engine of this run.
    public static let dialect: Dialect = address == nil ? .sqlite : .postgres

    /// An empty database of its own: a file in the temporary folder, or a schema.
    public static func make(_ dialect: Dialect = dialect) async throws -> Database {
        switch dialect {
        case .sqlite:
            return try Database(sqlite: TestFolder.path(".db"), readers: 4)
        case .postgres:
            guard let server = try server.get() else { throw NoServer() }
            let name = UUID().uuidString.lowercased().filter { $0 != "-" }
            return try await server.create(schema: "test_" + name)
        }
    }

    /// A schema that `make` has made, as another process sees it.
    public static func again(_ database: Database) throws -> Database {
        guard let address else { throw NoServer() }
        return Database(postgres: PostgresServer(try PostgresAddress(address)), schema: database.path)
    }

    /// The address of a PostgreSQL whose directory of workspaces nobody else uses; nil for a run on SQLite.
    public static func freshAddress() -> String? {
        let name = UUID().uuidString.lowercased().filter { $0 != "-" }
        return address.map { $0 + "&directory=d_" + name }
    }

    /// A test asks for PostgreSQL, and the run has none: start it with scripts/with-postgres.
    public struct NoServer: Error {}
}
