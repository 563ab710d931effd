import Dispatch
import GRDB
import GRDBSQLite
import SQLText
import Synchronization
import Values

/// SQLite in WAL mode: many readers, one writer that commits in groups.
final class SQLiteEngine: Sendable {
    private let pool: DatabasePool
    private let log: QueryLog
    private let writes: WriteQueue
    private let reads: ReadQueue
    private let checkpoints: SQLiteCheckpoints
    /// A transaction may keep so many pages in memory until it ends. One that has more writes some of them to the log
    /// beforehand, and again when they change again; then the sums of all that follow are made anew, too.
    private static let spill = 8000
    private let isClosed = Atomic(false)

    init(path: String, readers: Int, log: QueryLog, news: News) throws {
        let checkpoints = SQLiteCheckpoints(path: path, traffic: log.traffic)
        self.checkpoints = checkpoints
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(sql: SQLiteEngine.settings(isReading: database.configuration.readonly))
            if !database.configuration.readonly { checkpoints.follow(database.sqliteConnection) }
            installFold(on: database.sqliteConnection)
            installExpressionFunctions(on: database.sqliteConnection)
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            throw Problem(
                .unavailable,
                "database_damaged",
                Label(
                    "The database \(path) is damaged. Restore the last backup: kehu restore FILE --replace.",
                    zh: "数据库 \(path) 已损坏，请恢复最近的备份：kehu restore 文件 --replace。"
                )
            )
        } catch let error as DatabaseError {
            throw Problem(
                .unavailable,
                "database_unusable",
                Label(
                    "The database \(path) cannot be opened: \(error.message ?? "unknown reason").",
                    zh: "无法打开数据库 \(path)：\(error.message ?? "原因不明")。"
                )
            )
        }
        self.log = log
        reads = ReadQueue(limit: readers)
        let queue = DispatchQueue(label: "kehu.writer", qos: .userInitiated)
        let mode = WriterMode()
        writes = WriteQueue(log: log) { [pool] waiting in
            queue.async {
                repeat {
                    if checkpoints.isDue(waiting) {
                        pool.writeWithoutTransaction { checkpoints.finish($0.sqliteConnection, waiting) }
                    }
                } while waiting.commitNext { SQLiteEngine.commit($0, pool, log, news, mode) }
            }
        }
    }

    private static func settings(isReading: Bool) -> String {
        // Nothing is mapped into memory: a mapped file counts as the program's memory once per connection, and an error of
        // the disk would end the program. Readers need little, since the system keeps the file's pages: enough for those
        // by which a million records are found. What is deleted is overwritten, not only given free: somebody may have
        // asked for it.
        """
        PRAGMA mmap_size = 0; PRAGMA cache_size = -\(isReading ? 1500 : WriterMode.usualCache); PRAGMA temp_store = MEMORY;
        PRAGMA secure_delete = ON; PRAGMA cache_spill = \(spill);
        PRAGMA journal_size_limit = \(SQLiteCheckpoints.longestLog);
        """
    }

    func read<Result: Sendable>(
        isBrief: Bool,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        let (log, pool) = (log, pool)
        let read = { @Sendable () throws -> Result in
            try pool.unsafeRead { database in
                let session = SQLiteSession(grdb: database)
                return try session.reading { try body(Connection(session, log: log, isWriting: false)) }
            }
        }
        return try await log.traffic.reading {
            if isBrief, let result = try reads.readHere(read) { return result }
            return try await reads.read(read)
        }
    }

    func write<Result: Sendable>(
        patient: Bool,
        always: Bool,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await writes.write(patient: patient, always: always, body)
    }

    /// Runs the group in one transaction; the answer is why it could not be committed.
    private static func commit(
        _ group: [any QueuedWrite],
        _ pool: DatabasePool,
        _ log: QueryLog,
        _ news: News,
        _ mode: WriterMode
    ) -> (any Error)? {
        do {
            let told = try pool.writeWithoutTransaction { database -> Set<Topic> in
                let session = SQLiteSession(grdb: database)
                let connection = Connection(session, log: log, isWriting: true)
                let isPatient = group.allSatisfy(\.isPatient)
                mode.set(
                    isPatient: isPatient,
                    isAlone: connection.isAlone,
                    isQuiet: log.traffic.isQuiet,
                    of: database.sqliteConnection
                )
                try connection.script("BEGIN IMMEDIATE")
                do {
                    let allowed = try SQLiteEngine.allowed(group, session)
                    if allowed.isEmpty {
                        try connection.script("ROLLBACK")
                        return []
                    }
                    for write in allowed {
                        if allowed.count == 1 {
                            if !write.run(on: connection) {
                                try connection.script("ROLLBACK")
                                return []
                            }
                        } else {
                            try connection.script("SAVEPOINT one")
                            let kept = write.run(on: connection)
                            try connection.script(kept ? "RELEASE one" : "ROLLBACK TO one; RELEASE one")
                        }
                    }
                    try connection.script("COMMIT")
                    return connection.told
                } catch {
                    try? connection.script("ROLLBACK")
                    throw error
                }
            }
            news.tell(told)
            return nil
        } catch {
            return error
        }
    }

    /// Those of a group that may write. Another process may have stopped all others since the last transaction.
    private static func allowed(_ group: [any QueuedWrite], _ session: SQLiteSession) throws -> [any QueuedWrite] {
        var stop: WriteStop?
        try session.each("PRAGMA application_id") { cursor in
            stop = WriteStop(mark: cursor.integer(0))
            return true
        }
        return stop.map { group.spared(by: $0) } ?? group
    }

    func backup(to path: String) async throws {
        try await SQLiteBackup.run(from: pool, to: path)
    }

    func checkpoint() {
        if isClosed.load(ordering: .acquiring) { return }
        try? pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    /// Closes the connections; a second time does nothing.
    func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        checkpoints.close()
        // The library closes the readers last, and they may not move the log into the file.
        try? pool.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
        try? pool.close()
    }
}

/// Makes `kehu_fold(text)` known to SQLite: `Values.Fold`, deterministic, so that indexes may use it.
private func installFold(on connection: OpaquePointer?) {
    sqlite3_create_function_v2(
        connection,
        "kehu_fold",
        1,
        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
        nil,
        { context, _, arguments in
            guard let argument = arguments?[0], sqlite3_value_type(argument) != SQLITE_NULL,
                let start = sqlite3_value_text(argument)
            else { return sqlite3_result_null(context) }
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(argument)))
            // What is folded already, as most values are, needs no text of its own.
            if sqlite3_value_type(argument) == SQLITE_TEXT, Fold.isFolded(bytes) {
                return sqlite3_result_value(context, argument)
            }
            var folded = Fold.fold(String(decoding: bytes, as: UTF8.self))
            folded.withUTF8 { result in
                result.withMemoryRebound(to: CChar.self) { characters in
                    sqlite3_result_text(
                        context,
                        characters.baseAddress ?? UnsafePointer(bitPattern: 1),
                        Int32(result.count),
                        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
                    )
                }
            }
        },
        nil,
        nil,
        nil
    )
}
