public import SQLText
import Synchronization
import Values

/// A workspace's database. Bodies are synchronous: no transaction ever waits for anything but the database.
public final class Database: Sendable {
    /// Which engine it is.
    public let dialect: Dialect
    /// Counts of statements and, when asked for, their texts.
    public let log: QueryLog
    /// The file of SQLite, or the schema of PostgreSQL.
    public let path: String
    /// How many reads run at the same time.
    public let readers: Int
    /// Tells what was committed, to whoever waits for it.
    public let news: News
    private let engine: Engine

    private enum Engine {
        case sqlite(SQLiteEngine)
        case postgres(PostgresEngine)
    }

    /// Opens (and creates where it is missing) a SQLite file.
    ///
    /// Throws a `Problem` that says what to do when the file cannot be used.
    public init(sqlite path: String, readers: Int = 8) throws {
        dialect = .sqlite
        self.path = path
        self.readers = readers
        log = QueryLog()
        let watch = SQLiteWatch(path: path)
        news = News(listening: { watch.listen($0) }, hearing: { watch.isOn })
        engine = .sqlite(try SQLiteEngine(path: path, readers: readers, log: log, news: news))
    }

    /// A workspace of a PostgreSQL database: the schema of that name, which need not exist yet.
    public init(postgres server: PostgresServer, schema: String) {
        dialect = .postgres
        path = schema
        readers = server.address.pool
        log = QueryLog()
        let carrier = server.news
        news = News(
            outward: { carrier.send($0, schema) },
            listening: { _ in carrier.listen() },
            flushing: { carrier.flush() },
            hearing: { carrier.isHearing }
        )
        carrier.add(news, schema)
        engine = .postgres(PostgresEngine(server, schema: schema, log: log, news: news))
    }

    /// Reads at one point in time; nothing written meanwhile is seen. SQLite has one place to read at.
    ///
    /// `brief` reads look up some rows by their keys: on SQLite they may run on the thread that asks.
    public func read<Result: Sendable>(
        at place: ReadPlace = .primary,
        brief: Bool = false,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        let body = Database.traced(body)
        return switch engine {
        case .sqlite(let engine): try await engine.read(isBrief: brief, body)
        case .postgres(let engine): try await engine.read(at: place, body)
        }
    }

    /// Writes in one transaction, which is on disk before this returns. A thrown error undoes all of it.
    ///
    /// Writes that wait at the same time are committed together, each in its own savepoint.
    /// `patient` ones, of work that nobody waits for, let the others go first and run alone; they should end soon when
    /// `Connection.othersWait`. While people are at work, SQLite flushes one to disk with their next write: after a power
    /// cut it may have to be done again.
    ///
    /// Throws a `Problem` where nobody may write at present (`WriteStop`), unless `always` says that this is for whoever
    /// has brought that about.
    public func write<Result: Sendable>(
        patient: Bool = false,
        always: Bool = false,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        let body = Database.traced(body)
        return switch engine {
        case .sqlite(let engine): try await engine.write(patient: patient, always: always, body)
        case .postgres(let engine): try await engine.write(patient: patient, always: always, body)
        }
    }

    /// Writes what no record, audit entry or event depends on, such as how far a job is.
    ///
    /// On PostgreSQL it does not wait for those who write records, nor they for it: nothing but the locks of rows and
    /// unique indexes keeps writes of this kind apart. `always` is for what is about processes and not about the
    /// workspace: it is written also where nobody may write at present.
    public func writeAside<Result: Sendable>(
        always: Bool = false,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        let body = Database.traced(body)
        return switch engine {
        case .sqlite(let engine): try await engine.write(patient: false, always: always, body)
        case .postgres(let engine): try await engine.writeAside(always: always, body)
        }
    }

    /// Copies a SQLite database into a file while others read and write.
    public func backup(to path: String) async throws {
        switch engine {
        case .sqlite(let engine): try await engine.backup(to: path)
        case .postgres:
            throw Problem(
                .invalid,
                "no_file",
                Label(
                    "A workspace in PostgreSQL has no file to copy. Make an archive of it: kehu backup FILE.",
                    zh: "PostgreSQL 中的工作区没有可复制的文件，请用 kehu backup 文件 备份。"
                )
            )
        }
    }

    /// Notes how far the log is now, for an answer that tells of what was written before: whoever has come so far has that.
    /// Only where others follow the server.
    public func noteNow(in own: LastWrite) async throws {
        guard case .postgres(let engine) = engine, engine.isFollowed else { return }
        let question = SQLFragment(text: Position.question, values: [])
        let text = try await engine.read(at: .primary) { try $0.value(question).text }
        own.note(text.flatMap { Position($0) } ?? .unknown)
    }

    /// Runs one statement outside of any transaction; it names the schema of all it touches. Only on PostgreSQL.
    func runAlone(_ text: String) async throws {
        log.count(text)
        if case .postgres(let engine) = engine { try await engine.runAlone(text) }
    }

    /// True when for a moment nobody has written but work that nobody waits for.
    public var isQuiet: Bool { log.traffic.isQuiet }

    /// How the connections to PostgreSQL are used, which all workspaces of a server share; nil on SQLite, where each
    /// workspace has its own.
    public var connections: PoolFigures? {
        switch engine {
        case .sqlite: nil
        case .postgres(let engine): engine.connections
        }
    }

    /// Moves SQLite's write-ahead log into the file and empties it, unless another process reads just then.
    public func checkpoint() {
        if case .sqlite(let engine) = engine { engine.checkpoint() }
    }

    /// Closes SQLite's connections, after which calls fail; those of PostgreSQL belong to the server.
    public func close() {
        news.flush()
        if case .sqlite(let engine) = engine { engine.close() }
    }
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
    /// Statements that take long.
    public let slow = SlowStatements()

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

    func count(_ text: String, times: Int = 1) {
        state.withLock { state in
            state.statements += times
            state.texts?.append(contentsOf: repeatElement(text, count: times))
        }
    }
}
