import Glibc

/// A group of writes in one transaction of a workspace, whose writers in all processes take turns.
struct GroupCommit {
    let lane: PostgresLane
    let schema: String
    let log: QueryLog
    let news: News
    /// False for a write that keeps out of the way of the others.
    var takesTurn = true
    /// True where others follow this server, so that it counts how far they have come.
    var notesPosition = false

    /// How often a group is tried when the server says that a next try may well succeed.
    private static let tries = 5
    /// Tells the servers of before and after a failover apart, by the first eight characters, and those of before and
    /// after a crash: then statistics begin anew.
    static let history = """
        left(pg_walfile_name(pg_current_wal_lsn()), 8) || ' ' || extract(epoch FROM pg_postmaster_start_time()) || ' '
        || COALESCE((SELECT CAST(extract(epoch FROM stats_reset) AS TEXT) FROM pg_stat_wal), '')
        """

    /// Runs the group; the answer is why it could not be committed.
    func run(_ group: [any QueuedWrite]) -> (any Error)? {
        for attempt in 1...GroupCommit.tries {
            do {
                try once(group)
                return nil
            } catch let failure as StorageFailure where failure.isLost || failure.isPassing {
                lane.forget(failure)
                if attempt == GroupCommit.tries || lane.isRefusing { return failure }
                usleep(UInt32.random(in: 5_000...20_000) << UInt32(attempt))
            } catch {
                return error
            }
        }
        return nil
    }

    private func once(_ group: [any QueuedWrite]) throws {
        let session = try lane.session()
        let number: String
        let told: Set<Topic>
        let allowed: [any QueuedWrite]
        do {
            // One after another, because each entry of the audit chain needs the hash of the one before. The lock ends
            // with the transaction, and the number tells later whether that was committed.
            let turn =
                takesTurn
                ? "SELECT pg_advisory_xact_lock(hashtextextended('kehu.' || current_schema(), 0));"
                : "SELECT pg_advisory_xact_lock_shared(\(WriteStop.asideLock));"
            let history = try session.history()
            let begun = try session.begin("", schema: schema, turn + WriteStop.question) ?? ""
            let own = begun.prefix { $0 != " " }
            number = String(own) + " " + history
            let connection = Connection(session, log: log, isWriting: true)
            let stop = own.count < begun.count ? try connection.writeStop() : nil
            allowed = stop.map { group.spared(by: $0) } ?? group
            if allowed.isEmpty { return try undo(session) }
            if allowed.count == 1 {
                if try !alone(allowed[0], connection, session) { return try undo(session) }
            } else {
                for write in allowed { try run(write, connection, session) }
            }
            told = connection.told
        } catch {
            try? undo(session)
            throw error
        }
        try commit(session, number, notesPosition ? allowed.compactMap(\.lastWrite) : [])
        news.tell(told)
    }

    /// Runs a write that has the transaction for itself; false when it is to be undone.
    private func alone(_ write: any QueuedWrite, _ connection: Connection, _ session: PostgresSession) throws -> Bool {
        let isKept = write.run(on: connection)
        try throwPassing(write)
        if isKept, session.isFailed { write.fail(GroupCommit.swallowed) }
        return isKept && !session.isFailed
    }

    private func run(_ write: any QueuedWrite, _ connection: Connection, _ session: PostgresSession) throws {
        try session.script("SAVEPOINT one")
        let isKept = write.run(on: connection)
        do { try session.settle() } catch { if isKept { write.fail(error) } }
        try throwPassing(write)
        if isKept, session.isFailed, write.thrown == nil { write.fail(GroupCommit.swallowed) }
        let isGood = isKept && !session.isFailed
        try session.script(isGood ? "RELEASE SAVEPOINT one" : "ROLLBACK TO SAVEPOINT one; RELEASE SAVEPOINT one")
    }

    /// What the server may do next time is no fault of the write: the whole group begins again.
    private func throwPassing(_ write: any QueuedWrite) throws {
        if let failure = write.thrown as? StorageFailure, failure.isLost || failure.isPassing { throw failure }
    }

    /// A body caught what the server refused and went on: the server has undone all it did before.
    private static let swallowed = StorageFailure(
        state: "25P02",
        message: "the transaction was aborted by an error inside it",
        sql: "COMMIT"
    )

    private func undo(_ session: PostgresSession) throws {
        session.rollback()
        if !session.isIdle { lane.discard() }
    }

    /// Commits, and notes for the writers where their writes stand.
    private func commit(_ session: PostgresSession, _ number: String, _ writers: [LastWrite]) throws {
        var position: Position?
        do {
            var isCommitted = false
            if writers.isEmpty {
                isCommitted = try session.commit()
            } else {
                (isCommitted, position) = try session.commitNoting()
            }
            guard isCommitted else { throw GroupCommit.swallowed }
        } catch let failure as StorageFailure where failure.isLost {
            lane.discard()
            // Nobody knows whether the server got so far. Only it can say.
            guard try wasCommitted(number) else { throw failure }
        } catch {
            try? undo(session)
            throw error
        }
        for writer in writers { writer.note(position ?? .unknown) }
    }

    /// Asks the server how a transaction ended, for as long as it may take to come back.
    ///
    /// Another server that has taken its place cannot say: there the number may be that of another transaction. So it may
    /// be after a crash, if nothing of this one had come to the disk; but a number that was not committed, or is still to
    /// be given out, says that this one was not.
    private func wasCommitted(_ number: String) throws -> Bool {
        let (transaction, history) = (number.prefix { $0 != " " }, number.drop { $0 != " " }.dropFirst())
        let question = """
            SELECT CASE WHEN left(history, 8) <> '\(history.prefix(8))' THEN 'moved'
            WHEN '\(transaction)'::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) THEN 'aborted'
            WHEN history <> '\(history)' AND pg_xact_status('\(transaction)'::xid8) = 'committed' THEN 'moved'
            ELSE pg_xact_status('\(transaction)'::xid8) END FROM (SELECT \(GroupCommit.history) AS history) AS now
            """
        for attempt in 0..<60 {
            usleep(attempt == 0 ? 1_000 : 500_000)
            guard let session = try? lane.session() else { continue }
            let found = try? session.begin("READ ONLY", schema: "", question)
            session.rollback()
            switch found ?? "" {
            case "committed": return true
            case "aborted": return false
            case "moved": throw GroupCommit.unknown
            default: lane.discard()
            }
        }
        throw GroupCommit.unknown
    }

    private static let unknown = StorageFailure(
        state: "40003",
        message: "the server was lost while it committed, and does not say whether it did",
        sql: "COMMIT"
    )
}
