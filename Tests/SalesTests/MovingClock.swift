import Synchronization
import Values

/// A clock that a test moves on.
final class MovingClock: Sendable {
    private let moment = Mutex(Instant(milliseconds: 1_750_000_000_000))

    /// The present moment.
    var now: Instant { moment.withLock { $0 } }

    /// The clock for the engine.
    var clock: Clock { Clock { [self] in now } }

    /// Lets days go by.
    func pass(days: Int64) { moment.withLock { $0 = $0.adding(milliseconds: days * 86_400_000) } }
}
