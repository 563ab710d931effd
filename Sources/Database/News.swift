import Synchronization

/// What happens in a workspace and somebody may wait for.
///
/// News is a reason to look, and nothing more: it may get lost, so who waits looks now and then anyway (`News.patience`).
public enum Topic: String, Sendable, CaseIterable {
    /// There are new events in the outbox.
    case records
    /// A job can be run.
    case jobs
    /// People, teams, roles or what they may do were changed.
    case people
    /// A delivery of a webhook can be sent.
    case deliveries
    /// Somebody has started or stopped a timer.
    case timers
    /// Something was written to the file of the workspace, maybe by another process: what, nobody told. SQLite only.
    case others
}

/// Tells what was committed in a workspace: to this process at once, on PostgreSQL to the others on its database too.
public final class News: Sendable {
    private struct State {
        var bells: [(topics: Set<Topic>, bell: Weak)] = []
        var followers: [(topic: Topic, body: @Sendable () -> Void)] = []
    }
    private struct Weak {
        weak var bell: Bell?
    }
    private let state = Mutex(State())
    private let outward: @Sendable (Set<Topic>) -> Void
    private let listening: @Sendable (News) -> Void
    private let flushing: @Sendable () -> Void
    private let hearing: @Sendable () -> Bool

    /// `outward` carries it to other processes, `listening` begins to hear from them, `flushing`
    /// waits until all is sent; `hearing` tells whether others get through.
    init(
        outward: @escaping @Sendable (Set<Topic>) -> Void = { _ in },
        listening: @escaping @Sendable (News) -> Void = { _ in },
        flushing: @escaping @Sendable () -> Void = {},
        hearing: @escaping @Sendable () -> Bool = { false }
    ) {
        self.outward = outward
        self.listening = listening
        self.flushing = flushing
        self.hearing = hearing
    }

    /// Begins to hear what other processes tell; without it only this process's own news is heard.
    public func listen() { listening(self) }

    /// How long who waits may go without looking: seldom where the news of other processes gets through.
    public var patience: Duration { hearing() ? .seconds(30) : .seconds(1) }

    /// Waits a moment for what was told to be on its way to other processes.
    func flush() { flushing() }

    /// A bell that rings for each of the topics from now on.
    public func bell(_ topics: Topic...) -> Bell {
        let bell = Bell()
        state.withLock { state in
            state.bells.removeAll { $0.bell.bell == nil }
            state.bells.append((Set(topics), Weak(bell: bell)))
        }
        return bell
    }

    /// Calls `body`, which must be short, whenever there is news on a topic.
    public func follow(_ topic: Topic, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.followers.append((topic, body)) }
    }

    /// This process has committed it.
    func tell(_ topics: Set<Topic>) {
        if topics.isEmpty { return }
        hear(topics)
        outward(topics)
    }

    /// Somebody has committed it.
    func hear(_ topics: Set<Topic>) {
        let (bells, followers) = state.withLock { state in
            (
                state.bells.filter { !$0.topics.isDisjoint(with: topics) }.compactMap(\.bell.bell),
                state.followers.filter { topics.contains($0.topic) }
            )
        }
        for bell in bells { bell.ring() }
        for follower in followers { follower.body() }
    }
}

/// Wakes the one who waits for it. What rings while nobody waits is remembered, once.
public final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    func ring() { wake(remember: true) }

    /// Waits until it rings, the time is over or the task is cancelled. One at a time may wait.
    public func wait(atMost limit: Duration) async {
        let timer = Task {
            try? await Task.sleep(for: limit)
            if !Task.isCancelled { self.wake(remember: false) }
        }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    if state.hasRung || Task.isCancelled { return false }
                    state.waiting = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            wake(remember: false)
        }
        state.withLock { $0.hasRung = false }
    }

    private func wake(remember: Bool) {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            if remember { state.hasRung = true }
            return state.waiting
        }
        waiting?.resume()
    }
}
