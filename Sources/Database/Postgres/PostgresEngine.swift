/// One workspace in PostgreSQL: a schema, reads side by side, and writes one after another in groups.
///
/// Nothing is kept in the state of a session, so that connections can be shared by workspaces and by a pooler.
final class PostgresEngine: Sendable {
    let schema: String
    private let pool: PostgresPool
    private let log: QueryLog
    private let writes: WriteQueue

    init(_ pool: PostgresPool, schema: String, log: QueryLog) {
        self.schema = schema
        self.pool = pool
        self.log = log
        writes = WriteQueue(log: log) { PostgresEngine.commitAll($0, pool, schema, log) }
    }

    /// Commits group after group; other workspaces that wait for a connection have theirs in between.
    private static func commitAll(_ waiting: WriteQueue, _ pool: PostgresPool, _ schema: String, _ log: QueryLog) {
        pool.run { lane in
            if waiting.commitNext({ GroupCommit(lane: lane, schema: schema, log: log).run($0) }) {
                commitAll(waiting, pool, schema, log)
            }
        }
    }

    func read<Result: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Result) async throws -> Result {
        let (log, schema, pool) = (log, schema, pool)
        return try await log.traffic.reading {
            try await withCheckedThrowingContinuation { continuation in
                pool.run { PostgresEngine.read($0, schema, log, body, continuation) }
            }
        }
    }

    func write<Result: Sendable>(
        patient: Bool,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await writes.write(patient: patient, body)
    }

    /// Reads at one point in time. A lost connection or a changed table is a reason to begin once more.
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
                    try session.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY", schema: schema)
                    let result = try body(Connection(session, log: log, isWriting: false))
                    // Nothing was written: the answer need not wait for the end of the transaction.
                    continuation.resume(returning: result)
                    if (try? session.commit()) != true { lane.discard() }
                    return
                } catch {
                    session.rollback()
                    if !session.isIdle { lane.discard() }
                    throw error
                }
            } catch let failure as StorageFailure where !isLast && (failure.isLost || failure.isPassing) {
                lane.forget(failure)
            } catch {
                return continuation.resume(throwing: error)
            }
        }
    }
}
