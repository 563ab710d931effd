import GRDBSQLite
import Synchronization

/// How the writing connection works, which depends on who writes.
///
/// A commit that somebody waits for is flushed to disk before it is answered. Work that nobody waits for leaves that to
/// the next of those while people are at work, so that they do not wait for two flushes: a power cut may undo it, and
/// since it notes how far it is in the same transaction, it goes on from there.
///
/// Once nobody has written for a moment but such work, more pages stay in memory: an import comes back to the pages of
/// its indexes.
final class WriterMode: Sendable {
    /// The memory for pages, in KiB.
    static let usualCache = 16_000
    private static let wideCache = 32_000

    // The library itself sets «normal», whatever a connection was opened with.
    private let isFlushed = Atomic(false)
    private let isWide = Atomic(false)

    /// Called between two transactions: sets what the next one needs.
    func set(isPatient: Bool, isAlone: Bool, isQuiet: Bool, of writer: OpaquePointer?) {
        let flushes = !isPatient || isAlone
        if isFlushed.exchange(flushes, ordering: .relaxed) != flushes {
            sqlite3_exec(writer, "PRAGMA synchronous = \(flushes ? "FULL" : "NORMAL")", nil, nil, nil)
        }
        let grows = isPatient && isQuiet
        if isWide.exchange(grows, ordering: .relaxed) != grows {
            let size = grows ? WriterMode.wideCache : WriterMode.usualCache
            sqlite3_exec(writer, "PRAGMA cache_size = -\(size)", nil, nil, nil)
        }
    }
}
