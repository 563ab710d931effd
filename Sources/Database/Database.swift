public import SQLText
import Synchronization
import Values

/// A workspace's database. Bodies are synchronous: no transaction ever waits for anything but the database.
public final class Database: Sendable {
    /// Which engine it is.
    public let dialect: Dialect
    /// Counts of statements and, when asked for, their texts.
    public let log: QueryLog
    /// The file.
    public let path: String
    /// How many reads run at the same time.
    public let readers: Int
    private let engine: SQLiteEngine

    /// Opens (and creates where it is missing) a SQLite file.
    ///
    /// Throws a `Problem` that says what to do when the file cannot be used.
    public init(sqlite path: String, readers: Int = 8) throws {
        dialect = .sqlite
        self.path = path
        self.readers = readers
        log = QueryLog()
        engine = try SQLiteEngine(path: path, readers: readers, log: log)
    }

    /// Reads at one point in time; nothing written meanwhile is seen.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await engine.read(body)
    }

    /// Writes in one transaction, which is on disk before this returns. A thrown error undoes all of it.
    ///
    /// Writes that wait at the same time are committed together, each in its own savepoint.
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await engine.write(body)
    }

    /// Copies the database into a file while others read and write.
    public func backup(to path: String) async throws { try await engine.backup(to: path) }

    /// Moves the write-ahead log into the file and empties it, unless another process reads just then.
    public func checkpoint() { engine.checkpoint() }

    /// Closes all connections. Later calls fail.
    public func close() { engine.close() }
}

/// What was asked of a database: for budgets in tests and figures in metrics.
public final class QueryLog: Sendable {
    private struct State {
        var statements = 0
        var texts: [String]?
    }
    private let state = Mutex(State())
    /// What goes through the connections.
    public let traffic = Traffic()

    /// Statements run so far.
    public var statements: Int { state.withLock { $0.statements } }

    /// Runs `body` and returns the texts of the statements that ran meanwhile.
    public func recording<Result: Sendable>(
        _ body: () async throws -> Result
    ) async rethrows -> (result: Result, statements: [String]) {
        state.withLock { $0.texts = [] }
        let result = try await body()
        let texts = state.withLock { state in
            defer { state.texts = nil }
            return state.texts ?? []
        }
        return (result, texts)
    }

    func count(_ text: String) {
        state.withLock { state in
            state.statements += 1
            state.texts?.append(text)
        }
    }
}
