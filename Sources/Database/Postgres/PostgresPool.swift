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
    private struct State {
        var idle: [PostgresLane] = []
        var open = 0
        var waiting: [Waiting] = []
        var isClosed = false
        /// The waits that have ended; what is now is put in when somebody asks.
        var figures = PoolFigures()
    }
    private let state = Mutex(State())
    let address: PostgresAddress

    init(_ address: PostgresAddress) { self.address = address }

    /// Runs work on a free connection, or when one becomes free. Closed, it runs with one that refuses.
    func run(_ work: @escaping Work) {
        let lane = state.withLock { state -> PostgresLane? in
            // The one used last has the warmest statements; those at the front may be closed for idling.
            if let lane = state.idle.popLast() {
                state.figures.waited(.zero)
                return lane
            }
            if state.open < address.pool {
                state.open += 1
                state.figures.waited(.zero)
                return PostgresLane(address, isClosed: state.isClosed)
            }
            state.waiting.append(Waiting(work: work))
            return nil
        }
        lane?.queue.async { [self] in serve(lane, work) }
    }

    private func serve(_ lane: PostgresLane?, _ first: Work) {
        guard let lane else { return }
        first(lane)
        while let next = next(for: lane) { next(lane) }
    }

    private func next(for lane: PostgresLane) -> Work? {
        state.withLock { state in
            if !state.waiting.isEmpty {
                let next = state.waiting.removeFirst()
                state.figures.waited(ContinuousClock.now - next.since)
                return next.work
            }
            if state.isClosed {
                lane.close()
                state.open -= 1
            } else {
                state.idle.append(lane)
            }
            return nil
        }
    }

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
        for lane in idle { lane.queue.sync { lane.close() } }
    }
}

/// A place for one connection, and the queue that alone uses it.
final class PostgresLane: @unchecked Sendable {
    let queue = DispatchQueue(label: "kehu.postgres", qos: .userInitiated)
    private let address: PostgresAddress
    private var isClosed: Bool
    private var current: PostgresSession?

    init(_ address: PostgresAddress, isClosed: Bool) {
        self.address = address
        self.isClosed = isClosed
    }

    /// The connection, made anew where the last one was lost.
    func session() throws -> PostgresSession {
        if isClosed { throw StorageFailure(state: "08003", message: "the database is closed", sql: "connect") }
        if let current, current.isAlive { return current }
        current = nil
        let session = try PostgresSession(address)
        current = session
        return session
    }

    /// Runs what may be done twice: once more where the connection turns out to be lost, as one that has idled may be.
    func twice<Result>(_ body: (PostgresSession) throws -> Result) throws -> Result {
        do {
            return try body(session())
        } catch let failure as StorageFailure where failure.isLost || failure.isPassing {
            forget(failure)
            return try body(session())
        }
    }

    /// Makes ready for one more try after a failure.
    func forget(_ failure: StorageFailure) {
        if failure.isLost { current = nil } else { try? current?.forgetStatements() }
    }

    /// Gives a connection up whose state is not known.
    func discard() { current = nil }

    func close() {
        isClosed = true
        current = nil
    }
}
