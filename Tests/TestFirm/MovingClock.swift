import Synchronization
public import Values

/// A clock that a test moves on.
public final class MovingClock: Sendable {
    private let moment = Mutex(Instant(milliseconds: 1_750_000_000_000))

    /// A clock that stands at a moment of June 2025.
    public init() {}

    /// The present moment.
    public var now: Instant { moment.withLock { $0 } }

    /// The clock for the engine.
    public var clock: Clock { Clock { [self] in now } }

    /// Lets seconds go by.
    public func pass(seconds: Int64) { moment.withLock { $0 = $0.adding(milliseconds: seconds * 1000) } }
    /// Lets days go by.
    public func pass(days: Int64) { moment.withLock { $0 = $0.adding(milliseconds: days * 86_400_000) } }
}
