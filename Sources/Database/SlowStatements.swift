import Synchronization

/// A statement that took long.
public struct SlowStatement: Sendable {
    /// Its text, without the values.
    public let text: String
    /// How long the engine took; what was done with its rows is not counted.
    public let time: Duration
    /// How the engine goes about it, whatever the values are; empty where it does not say.
    public let plan: [String]
}

/// Watches for statements that take long. Neither their texts nor the plans hold a value.
public final class SlowStatements: Sendable {
    private struct State {
        var note: (@Sendable (SlowStatement) -> Void)?
        var limit = Duration.zero
        /// When each text was told last.
        var told: [String: ContinuousClock.Instant] = [:]
    }
    private let state = Mutex(State())
    private let isOn = Atomic(false)
    /// The same text is told once in this time.
    private static let rest = Duration.seconds(60)
    private static let mostTexts = 1000

    init() {}

    /// Calls `note` for statements that take at least so long, for each text once a minute at most.
    public func watch(from limit: Duration, _ note: @escaping @Sendable (SlowStatement) -> Void) {
        state.withLock { ($0.note, $0.limit) = (note, limit) }
        isOn.store(true, ordering: .releasing)
    }

    /// Whether anybody wants to know.
    var isWatching: Bool { isOn.load(ordering: .acquiring) }

    /// A statement took so long; `plan` is asked for where that is to be told.
    func ran(_ text: String, _ time: Duration, _ plan: () -> [String]) {
        let now = ContinuousClock.now
        let note = state.withLock { state -> (@Sendable (SlowStatement) -> Void)? in
            guard time >= state.limit, state.told[text].map({ now - $0 > SlowStatements.rest }) ?? true else {
                return nil
            }
            if state.told.count >= SlowStatements.mostTexts { state.told = [:] }
            state.told[text] = now
            return state.note
        }
        note?(SlowStatement(text: text, time: time, plan: plan()))
    }
}
