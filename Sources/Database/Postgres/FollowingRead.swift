/// A read at a server that follows the one that is written to.
struct FollowingRead {
    let lane: PostgresLane
    let schema: String
    let log: QueryLog
    let chosen: (replica: PostgresReplicas.Replica, needed: Position, floor: Position)

    /// Reads; false when it could not be done here, and nobody was answered.
    func run<Result: Sendable>(
        _ body: @Sendable (Connection) throws -> Result,
        _ continuation: CheckedContinuation<Result, any Error>
    ) -> Bool {
        do {
            let session = try lane.session()
            do {
                guard try isReached(session) else {
                    end(session)
                    return false
                }
                let result = try session.answering { try body(Connection(session, log: log, isWriting: false)) }
                continuation.resume(returning: result)
                if !session.endReading() { lane.discard() }
                return true
            } catch {
                end(session)
                throw error
            }
        } catch let failure as StorageFailure {
            // Whatever it could not do, such as go on with a read in the way of what it is to take over, the leading
            // server can.
            lane.forget(failure)
            // One whose connections are all in use is well.
            if failure.isLost, !lane.isRefusing { chosen.replica.isIll() }
            return false
        } catch is AskedOn {
            return false
        } catch {
            continuation.resume(throwing: error)
            return true
        }
    }

    private func isReached(_ session: PostgresSession) throws -> Bool {
        switch try session.begin(following: chosen.needed, schema: schema) {
        case .reached:
            chosen.replica.isWell()
            return true
        case .leads:
            // It leads now, or it is not what the settings say: the next connection may find another one.
            lane.discard()
            chosen.replica.isIll()
        case .behind:
            chosen.replica.isWell()
            // Who misses nothing but an own write may find it in a moment.
            if chosen.needed == chosen.floor { chosen.replica.lags() }
        }
        return false
    }

    private func end(_ session: PostgresSession) {
        session.rollback()
        if !session.isIdle { lane.discard() }
    }
}
