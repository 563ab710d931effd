import Synchronization
import Values

/// Knows whether cached rights still count: each is marked with the version of all identities that it was read at.
///
/// A change raises the version in its own transaction and here at once, before the commit; so until the commit
/// nothing that is read counts as fresh. Changes by other processes are noticed when they are told,
/// and within a second where news does not get through.
final class Freshness: Sendable {
    private struct State {
        var version: Int64 = -1
        var raisedAt: Int64 = .min / 2
        var checkedAt: Int64 = .min / 2
    }
    private let state = Mutex(State())

    /// A transaction is about to commit this version.
    func expect(_ version: Int64, at now: Instant) {
        state.withLock { state in
            state.version = max(state.version, version)
            state.raisedAt = now.milliseconds
        }
    }

    /// Whether what was read at this version still counts.
    func isCurrent(_ version: Int64) -> Bool { state.withLock { $0.version == version } }

    /// True twice a second: the one who is told so reads the stored version and reports it.
    func wantsCheck(at now: Instant) -> Bool {
        state.withLock { state in
            guard now.milliseconds - state.checkedAt >= 500 else { return false }
            state.checkedAt = now.milliseconds
            return true
        }
    }

    /// Somebody has changed something: the next one who asks looks.
    func doubt() { state.withLock { $0.checkedAt = .min / 2 } }

    /// Reports the version that is stored. A lower one than expected means that a change was undone, which counts
    /// after a minute, when no transaction can still be open.
    func observe(_ version: Int64, at now: Instant) {
        state.withLock { state in
            if version > state.version || now.milliseconds - state.raisedAt > 60_000 { state.version = version }
        }
    }
}
