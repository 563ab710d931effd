import Dispatch
import Synchronization

/// The connections to one PostgreSQL server, shared by all workspaces in it. Who waits is served in order.
///
/// libpq blocks, so each connection has a lane: a queue of its own, which never is a thread of Swift's pool.
final class PostgresPool: Sendable {
    /// Work for a connection, on its lane.
    typealias Work = @Sendable (PostgresLane) -> Void

    private struct Waiting {
        let work: Work
        let since = ContinuousClock.now
    }
    private struct Idle {
        let lane: PostgresLane
        let since = ContinuousClock.now
    }
    private struct State {
        /// The one that was used last stands last.
        var idle: [Idle] = []
        var open = 0
        var waiting: [Waiting] = []
        var isClosed = false
        /// True while a look at those that wait is to come.
        var isWatching = false
        /// True while a look at those that idle is to come.
        var isSweeping = false
        /// The waits that have ended; what is now is put in when somebody asks.
        var figures = PoolFigures()

        /// A lane that is free, or a new one; nil when there are as many as there may be.
        mutating func free(_ address: PostgresAddress) -> PostgresLane? {
            // The one used last has the warmest statements; those at the front may be closed for idling.
            if let last = idle.popLast() { return last.lane }
            guard open < address.pool else { return nil }
            open += 1
            return PostgresLane(address, refusal: isClosed ? .closed : nil)
        }
    }
    private let state = Mutex(State())
    let address: PostgresAddress
    private static let timer = DispatchQueue(label: "kehu.postgres.timer", qos: .userInitiated)

    init(_ address: PostgresAddress) { self.address = address }

    /// Runs work on a free connection, or when one becomes free. Closed, or when none becomes free for too long, it runs
    /// with one that refuses.
    func run(_ work: @escaping Work) {
        let (lane, mustWatch) = state.withLock { state -> (PostgresLane?, Bool) in
            if let lane = state.free(address) {
                state.figures.waited(.zero)
                return (lane, false)
            }
            state.waiting.append(Waiting(work: work))
            defer { state.isWatching = true }
            return (nil, !state.isWatching)
        }
        if mustWatch { watchLater() }
        lane?.queue.async { [self] in serve(lane, work) }
    }

    private func serve(_ lane: PostgresLane?, _ first: Work) {
        guard let lane else { return }
        first(lane)
        while let next = next(for: lane) { next(lane) }
    }

    private func next(for lane: PostgresLane) -> Work? {
        let made = lane.endUse()
        let (next, mustSweep) = state.withLock { state -> (Work?, Bool) in
            state.figures.opened += made
            if !state.waiting.isEmpty {
                let next = state.waiting.removeFirst()
                state.figures.waited(ContinuousClock.now - next.since)
                return (next.work, false)
            }
            // One that has ended its life leaves its place to one that is made when somebody needs it.
            if state.isClosed || !lane.isConnected {
                lane.close()
                state.open -= 1
                return (nil, false)
            }
            state.idle.append(Idle(lane: lane))
            guard !state.isSweeping, state.open > address.life.kept else { return (nil, false) }
            state.isSweeping = true
            return (nil, true)
        }
        if mustSweep { sweepLater() }
        return next
    }

    // MARK: Closing

    private func sweepLater() {
        PostgresPool.timer.asyncAfter(deadline: .now() + address.life.idle.inSeconds) { [weak self] in self?.sweep() }
    }

    /// Closes connections that nobody has used for long, all but a few.
    private func sweep() {
        let (ended, hasMore) = state.withLock { state -> ([PostgresLane], Bool) in
            let (now, life) = (ContinuousClock.now, address.life)
            let ended = state.idle.prefix(max(0, state.open - life.kept)).prefix { now - $0.since >= life.idle }
            let lanes = ended.map(\.lane)
            state.idle.removeFirst(lanes.count)
            state.open -= lanes.count
            // Where all are at work, the first one that idles again has the next look made.
            state.isSweeping = !state.idle.isEmpty && state.open > life.kept
            return (lanes, state.isSweeping)
        }
        for lane in ended { lane.queue.async { lane.close() } }
        if hasMore { sweepLater() }
    }

    // MARK: Watching

    private func watchLater() {
        PostgresPool.timer.asyncAfter(deadline: .now() + .milliseconds(500)) { [weak self] in self?.watch() }
    }

    /// Tells those who have waited too long that they wait in vain.
    private func watch() {
        let (late, goesOn) = state.withLock { state -> ([Waiting], Bool) in
            let now = ContinuousClock.now
            let late = Array(state.waiting.prefix { now - $0.since >= address.life.wait })
            state.waiting.removeFirst(late.count)
            for one in late { state.figures.waited(now - one.since) }
            state.figures.refused += late.count
            state.isWatching = !state.waiting.isEmpty
            return (late, state.isWatching)
        }
        for one in late {
            let lane = PostgresLane(address, refusal: .noConnection)
            lane.queue.async { one.work(lane) }
        }
        if goesOn { watchLater() }
    }

    // MARK: Figures

    /// How the connections are used.
    var figures: PoolFigures {
        state.withLock { state in
            var figures = state.figures
            figures.most = address.pool
            (figures.open, figures.used) = (state.open, state.open - state.idle.count)
            figures.waiting = state.waiting.count
            return figures
        }
    }

    /// Closes the connections that idle, and each other one after its work. Later work is refused.
    func close() {
        let idle = state.withLock { state in
            defer {
                state.isClosed = true
                state.open -= state.idle.count
                state.idle = []
            }
            return state.idle
        }
        for one in idle { one.lane.queue.sync { one.lane.close() } }
    }
}
