import Synchronization
import Values

/// Remembers who a token belongs to, so that a request needs no query. Bounded; what is no longer fresh does not count.
final class AccessCache: Sendable {
    /// What is known about a token.
    struct Entry: Sendable {
        var session: OpenSession
        /// The version of all identities that it was read at.
        var version: Int64
        /// When the token stops; nil for never.
        var endsAt: Instant?
        /// When it was last used.
        var seenAt: Instant
        /// The last use that is stored.
        var storedAt: Instant
    }
    private let entries = Mutex<[[UInt8]: Entry]>([:])
    private let limit: Int

    init(limit: Int = 20_000) { self.limit = limit }

    /// What is known about the token of that hash.
    func entry(_ hash: [UInt8]) -> Entry? { entries.withLock { $0[hash] } }

    /// Remembers; a full cache starts anew. Never lets a use that was seen go back in time.
    func keep(_ entry: Entry, for hash: [UInt8]) {
        entries.withLock { entries in
            if entries.count >= limit, entries[hash] == nil { entries.removeAll(keepingCapacity: true) }
            var entry = entry
            if let old = entries[hash] {
                entry.seenAt = max(entry.seenAt, old.seenAt)
                entry.storedAt = max(entry.storedAt, old.storedAt)
            }
            entries[hash] = entry
        }
    }

    /// Notes a use; true when it should be stored, which is at most once a minute.
    func touch(_ hash: [UInt8], at now: Instant) -> Bool {
        entries.withLock { entries in
            guard var entry = entries[hash] else { return false }
            entry.seenAt = max(entry.seenAt, now)
            let isDue = now.milliseconds - entry.storedAt.milliseconds >= 60_000
            if isDue { entry.storedAt = now }
            entries[hash] = entry
            return isDue
        }
    }

    func forget(_ hash: [UInt8]) { _ = entries.withLock { $0.removeValue(forKey: hash) } }
}
