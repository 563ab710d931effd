/// One workspace in PostgreSQL: a schema, reads side by side, and writes one after another in groups.
///
/// Nothing is kept in the state of a session, so that connections can be shared by workspaces and by a pooler.
final class PostgresEngine: Sendable {
    let schema: String
    private let pool: PostgresPool
    private let replicas: PostgresReplicas?
    private let log: QueryLog
    private let news: News
    private let writes: WriteQueue

    init(_ server: PostgresServer, schema: String, log: QueryLog, news: News) {
        let (pool, notes) = (server.pool, server.replicas != nil)
        self.schema = schema
        self.pool = pool
        replicas = server.replicas
        self.log = log
        self.news = news
        writes = WriteQueue(log: log) { waiting in
            PostgresEngine.commitAll(waiting, pool) {
                GroupCommit(lane: $0, schema: schema, log: log, news: news, notesPosition: notes)
            }
        }
    }

    /// True where others follow the server.
    var isFollowed: Bool { replicas != nil }

    /// How the connections of this process are used, by all workspaces.
    var connections: PoolFigures { pool.figures }

    /// Commits group after group; other workspaces that wait for a connection have theirs in between.
    private static func commitAll(
        _ waiting: WriteQueue,
        _ pool: PostgresPool,
        _ commit: @escaping @Sendable (PostgresLane) -> GroupCommit
    ) {
        pool.run { lane in
            // Those who wait behind would wait as long once more, and in vain as well.
            while lane.isRefusing, waiting.commitNext({ commit(lane).run($0) }) {}
            if !lane.isRefusing, waiting.commitNext({ commit(lane).run($0) }) { commitAll(waiting, pool, commit) }
        }
    }

    func read<Result: Sendable>(
        at place: ReadPlace,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        let (log, schema, pool, replicas) = (log, schema, pool, replicas)
        return try await log.traffic.reading {
            try await withCheckedThrowingContinuation { continuation in
                let atPrimary: PostgresPool.Work = { PostgresEngine.read($0, schema, log, body, continuation) }
                guard case .replica(let own) = place, let replicas else { return pool.run(atPrimary) }
                guard let chosen = replicas.choose(after: own.position) else {
                    log.traffic.readFollowing(isReached: false)
                    return pool.run(atPrimary)
                }
                chosen.replica.pool.run { lane in
                    let following = FollowingRead(lane: lane, schema: schema, log: log, chosen: chosen)
                    let isDone = following.run(body, continuation)
                    log.traffic.readFollowing(isReached: isDone)
                    if !isDone { pool.run(atPrimary) }
                }
            }
        }
    }

    func write<Result: Sendable>(
        patient: Bool,
        always: Bool,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await writes.write(patient: patient, always: always, body)
    }

    func writeAside<Result: Sendable>(
        always: Bool,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        let (log, schema, news, pool) = (log, schema, news, pool)
        return try await withCheckedThrowingContinuation { continuation in
            pool.run { lane in
                let write = PendingWrite(isPatient: false, isAlways: always, body: body, continuation: continuation)
                let commit = GroupCommit(lane: lane, schema: schema, log: log, news: news, takesTurn: false)
                write.finish(commit.run([write]))
            }
        }
    }

    /// Runs a statement that is no part of a transaction.
    func runAlone(_ text: String) async throws {
        let pool = pool
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            pool.run { lane in
                continuation.resume(
                    with: Result {
                        // Once it is sent nobody knows how far it came; whether there is somebody who takes it is found out
                        // before.
                        try lane.twice { try $0.script("SELECT 1") }
                        try lane.session().script(text)
                    }
                )
            }
        }
    }

    /// Reads at one point in time. A lost connection, a changed table and an end that was none are reasons to begin once
    /// more.
    private static func read<Result: Sendable>(
        _ lane: PostgresLane,
        _ schema: String,
        _ log: QueryLog,
        _ body: @Sendable (Connection) throws -> Result,
        _ continuation: CheckedContinuation<Result, any Error>
    ) {
        for isLast in [false, true] {
            do {
                let session = try lane.session()
                do {
                    session.beginReading(schema: schema, mayEndEarly: !isLast)
                    let result = try session.answering { try body(Connection(session, log: log, isWriting: false)) }
                    // Nothing was written: the answer need not wait for the end of the transaction.
                    continuation.resume(returning: result)
                    if !session.endReading() { lane.discard() }
                    return
                } catch {
                    session.rollback()
                    if !session.isIdle { lane.discard() }
                    throw error
                }
            } catch let failure as StorageFailure where !isLast && (failure.isLost || failure.isPassing) {
                lane.forget(failure)
            } catch is AskedOn where !isLast {
                continue
            } catch {
                return continuation.resume(throwing: error)
            }
        }
    }
}
