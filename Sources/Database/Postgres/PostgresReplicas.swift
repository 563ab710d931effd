import CLibPQ
import SQLText
import Synchronization

/// Servers that follow the one that is written to, for reads that may be a second old.
///
/// One is asked only if it has what the caller wrote and what the leading server had a moment ago, at most a second: so
/// nobody misses an own write, and what somebody may no longer see is gone after a second. Else the leading server is asked.
final class PostgresReplicas: Sendable {
    /// A server that follows.
    final class Replica: Sendable {
        let pool: PostgresPool
        private let state: Mutex<(restsUntil: ContinuousClock.Instant, isDoubtful: Bool)> = Mutex((.now, true))

        init(_ address: PostgresAddress) { pool = PostgresPool(address) }

        /// False while it rests. After it did not answer one read tries it first, while the others go elsewhere.
        func mayTry(_ now: ContinuousClock.Instant) -> Bool {
            state.withLock { state in
                guard state.restsUntil <= now else { return false }
                if state.isDoubtful { state.restsUntil = now + PostgresReplicas.illness }
                return true
            }
        }

        /// It has answered.
        func isWell() {
            state.withLock { state in
                if state.isDoubtful { state = (.now, false) }
            }
        }

        /// It did not answer, or does not follow.
        func isIll() { state.withLock { $0 = (.now + PostgresReplicas.illness, true) } }

        /// It is further behind than anybody may be.
        func lags() { state.withLock { $0.restsUntil = .now + PostgresReplicas.lag } }
    }
    private struct State {
        /// Where the leading server was, the newest last.
        var samples: [(at: ContinuousClock.Instant, position: Position)] = []
        var isSampling = false
        var turn = 0
    }
    let replicas: [Replica]
    private let primary: PostgresPool
    private let state = Mutex(State())
    /// How old what a replica shows may be.
    private static let age = Duration.seconds(1)
    private static let pause = Duration.milliseconds(300)
    /// How long one that does not answer is left alone.
    private static let illness = Duration.seconds(5)
    /// How long one that lags is left alone.
    private static let lag = Duration.milliseconds(200)

    init(_ addresses: [PostgresAddress], primary: PostgresPool) {
        replicas = addresses.map(Replica.init)
        self.primary = primary
    }

    func close() { for replica in replicas { replica.pool.close() } }

    /// A server to ask, and how far it must have come: for the caller, and for anybody. Nil when none is to be asked.
    func choose(after own: Position) -> (replica: Replica, needed: Position, floor: Position)? {
        let now = ContinuousClock.now
        let (floor, turn, mustSample) = state.withLock { state -> (Position?, Int, Bool) in
            state.turn = (state.turn + 1) % 1_000_000
            let fresh = state.samples.filter { now - $0.at <= PostgresReplicas.age }
            // Not the newest one, so that what was written just now need not be there yet.
            let floor = fresh.count > 1 ? fresh[fresh.count - 2] : fresh.last
            let isDue = fresh.last.map { now - $0.at >= PostgresReplicas.pause } ?? true
            defer { if isDue { state.isSampling = true } }
            return (floor?.position, state.turn, isDue && !state.isSampling)
        }
        if mustSample { sample() }
        guard let floor, own < .unknown else { return nil }
        for offset in replicas.indices {
            let replica = replicas[(turn + offset) % replicas.count]
            if replica.mayTry(now) { return (replica, max(own, floor), floor) }
        }
        return nil
    }

    /// Where a server is; nil when it does not say.
    static func position(_ lane: PostgresLane) -> Position? { try? lane.twice { try $0.position() } }

    private func sample() {
        primary.run { [self] lane in
            // What was acknowledged before this moment lies before the place that is answered.
            let now = ContinuousClock.now
            let position = PostgresReplicas.position(lane)
            state.withLock { state in
                state.isSampling = false
                guard let position else { return state.samples = [] }
                state.samples = state.samples.suffix(3) + [(now, position)]
            }
        }
    }
}

extension PostgresSession {
    /// How far one that follows has come.
    enum Progress: String { case reached, behind, leads }

    /// Where the log is.
    func position() throws -> Position? {
        let answer = try values(Position.question).first
        return answer.flatMap { Position($0) }?.withoutPageHead
    }

    /// Begins a read at one point in time, which has all up to a position if the answer is `reached`; if it is not, the
    /// transaction is of no use. How far the server has come is asked before that point in time is taken.
    func begin(following position: Position, schema: String) throws -> Progress {
        self.schema = schema
        (mayEndEarly, endWasSent) = (true, false)
        let answer = try values(
            """
            BEGIN READ ONLY; SELECT CASE WHEN NOT pg_is_in_recovery() THEN 'leads'
            WHEN pg_last_wal_replay_lsn() >= '\(position)' THEN 'reached' ELSE 'behind' END; COMMIT;
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = \(quotedName(schema))
            """
        )
        return answer.first.flatMap(Progress.init) ?? .behind
    }

    /// Runs statements in the simple protocol; the answers are the first values of those that have rows.
    private func values(_ text: String) throws -> [String] {
        try endAnswered()
        guard PQsendQuery(handle, text) == 1 else { throw lost(text) }
        var (found, failure) = ([String](), StorageFailure?.none)
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK:
                if PQntuples(result) > 0 { found.append(PostgresSession.words(PQgetvalue(result, 0, 0))) }
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default: failure = failure ?? PostgresSession.failure(result, handle, text)
            }
        }
        if let failure { throw failure }
        guard isAlive else { throw lost(text) }
        return found
    }
}
