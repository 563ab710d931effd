import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log into the file in the background, so that no write waits until thousands of pages are
/// copied and flushed.
///
/// A connection of its own copies what is in the log while people go on writing; what they wrote meanwhile, which is
/// little, the writer copies between two transactions. Then the log begins anew, unless somebody still reads its end.
/// So that it is little beside an import, too, work that nobody waits for pauses while the end is copied.
final class SQLiteCheckpoints: Sendable {
    private struct State {
        var isRunning = false
        /// The log has been copied but for its end.
        var isNearlyDone = false
        /// The pages in the log when it was last copied as a whole.
        var copied: Int32 = 0
    }

    /// A page that many writes change is copied once per checkpoint: rare ones halve the work of a write.
    private static let threshold: Int32 = 16_000
    /// The same while nobody works but an import, which changes the same pages again and again.
    private static let patience: Int32 = 48_000
    /// To so many bytes the log's file is cut when it begins anew.
    static let longestLog = 100_000_000
    /// So few pages the writer copies itself: those of a transaction of an import.
    private static let rest: Int32 = 1000
    private static let rounds = 8

    private let path: String
    private let traffic: Traffic
    private let pages = Atomic<Int32>(0)
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "kehu.checkpoints", qos: .utility)
    private let connection = Mutex<DatabaseQueue?>(nil)

    init(path: String, traffic: Traffic) {
        self.path = path
        self.traffic = traffic
    }

    /// Follows the log of the writing connection, in the place of SQLite's own checkpoints.
    func follow(_ writer: OpaquePointer?) {
        let counter = Unmanaged.passUnretained(self).toOpaque()
        _ = sqlite3_wal_hook(
            writer,
            { counter, _, _, pages in
                guard let counter else { return SQLITE_OK }
                let checkpoints = Unmanaged<SQLiteCheckpoints>.fromOpaque(counter).takeUnretainedValue()
                checkpoints.pages.store(pages, ordering: .relaxed)
                return SQLITE_OK
            },
            counter
        )
    }

    /// Called by the writer between two transactions; true when it has to call `finish`.
    func isDue(_ writes: WriteQueue) -> Bool {
        let pages = pages.load(ordering: .relaxed)
        let limit = traffic.isAlone ? SQLiteCheckpoints.patience : SQLiteCheckpoints.threshold
        let (starts, ends) = state.withLock { state -> (Bool, Bool) in
            if pages < state.copied { state.copied = 0 }
            if state.isNearlyDone {
                (state.isNearlyDone, state.copied) = (false, pages)
                return (false, true)
            }
            guard !state.isRunning, pages - state.copied >= limit else { return (false, false) }
            state.isRunning = true
            return (true, false)
        }
        if starts { queue.async { self.copy(writes) } }
        return ends
    }

    /// Copies the end of the log.
    func finish(_ writer: OpaquePointer?, _ writes: WriteQueue) {
        defer { writes.release() }
        // There is none any more where the database was closed since the last transaction.
        guard let writer else { return }
        sqlite3_wal_checkpoint_v2(writer, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }

    /// Ends what runs and closes its connection.
    func close() {
        queue.sync {
            connection.withLock { connection in
                try? connection?.close()
                connection = nil
            }
        }
    }

    private func copy(_ writes: WriteQueue) {
        opened()?.inDatabase { database in
            for _ in 0..<SQLiteCheckpoints.rounds {
                guard let left = copy(database.sqliteConnection) else { return }
                // While the disk was busy others wrote on: each round has less to do than the one before.
                if left <= SQLiteCheckpoints.rest { break }
            }
            // Where all who write wait for it, or nobody does, nothing is gained.
            guard traffic.isMixed else { return }
            writes.hold()
            _ = copy(database.sqliteConnection)
        }
        // Where it fails, as on a full disk, it is tried again when as many pages have come.
        state.withLock { state in
            (state.isRunning, state.isNearlyDone) = (false, true)
        }
        writes.wake()
    }

    /// Copies what is in the log now; the answer is how many pages came meanwhile, nil where it failed.
    private func copy(_ connection: OpaquePointer?) -> Int32? {
        var (all, copied): (Int32, Int32) = (0, 0)
        let code = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, &all, &copied)
        guard code == SQLITE_OK else { return nil }
        WriteBack.write(path)
        flush(connection)
        return pages.load(ordering: .relaxed) - copied
    }

    /// Flushes what was copied to disk: SQLite does so only after the end of the log, and the writer would have to wait
    /// for all of it.
    private func flush(_ connection: OpaquePointer?) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
            let methods = file.pointee.pMethods
        else { return }
        _ = methods.pointee.xSync?(file, SQLITE_SYNC_NORMAL)
    }

    private func opened() -> DatabaseQueue? {
        connection.withLock { connection in
            if connection == nil {
                var configuration = Configuration()
                configuration.busyMode = .timeout(5)
                configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -100; PRAGMA mmap_size = 0") }
                connection = try? DatabaseQueue(path: path, configuration: configuration)
            }
            return connection
        }
    }
}
