import CLibPQ
import SQLText
import Values

/// A read was taken for ended that had not: it is to be done once more, and its end to be waited for.
struct AskedOn: Error {}

/// What is sent in one round trip: how a read begins, what is asked beside, and its first statement.
extension PostgresSession {
    /// What the server answers to something that was sent together with others.
    private enum Awaited {
        case nothing(String)
        case answer(String, ([Row]) throws -> Void)
    }

    /// Begins a read at one point in time, together with its first statement.
    func beginReading(schema: String, mayEndEarly: Bool) {
        self.schema = schema
        self.mayEndEarly = mayEndEarly
        endWasSent = false
        opening = [PostgresSession.reading]
        if !schema.isEmpty { opening.append("SET LOCAL search_path = \(quotedName(schema))") }
    }

    /// Runs a read. Whatever it comes to, what its questions say comes first.
    func answering<Result>(_ body: () throws -> Result) throws -> Result {
        let result: Result
        do {
            result = try body()
        } catch {
            // What the server refused may well be what the answer explains; then all before it was answered.
            if isAlive, !isFailed { try answerAll() }
            if let refusal { throw refusal }
            throw error
        }
        try answerAll()
        return result
    }

    /// Asks what was not asked yet; throws what who looks at the answers throws, also where that was caught before.
    private func answerAll() throws {
        if !questions.isEmpty {
            let sql = questions.removeLast()
            var rows: [Row] = []
            try each(sql.sql) { cursor in
                rows.append(cursor.row)
                return true
            }
            try look(rows, sql.then)
        }
        if let refusal { throw refusal }
    }

    /// Ends a read without waiting until the server has done so; false where the connection is of no more use.
    func endReading() -> Bool {
        do {
            try finishRows()
            if !opening.isEmpty {
                opening = []
                return true
            }
            if hasEnded {
                endWasSent = false
                return true
            }
            // A pooler may give the next transaction another server than this one, which must have ended then.
            guard isPreparing else { return try commit() }
            let end = SQLFragment(text: "COMMIT")
            let statement = try statement(end)
            guard PQenterPipelineMode(handle) == 1 else { return false }
            isEnding = true
            try dispatch(end, statement)
            return PQpipelineSync(handle) == 1
        } catch {
            return false
        }
    }

    /// Waits for the answer to the end of the read before.
    func endAnswered() throws {
        guard isEnding else { return }
        isEnding = false
        let failure = taken("COMMIT") { _ in }
        let isOver = PostgresSession.endTogether(handle)
        if let failure { throw failure }
        if !isOver { throw lost("COMMIT") }
    }

    /// True when the last statement of the read took its end along, and all is answered.
    var hasEnded: Bool { endWasSent && isIdle }

    /// Refuses to ask on after the end of a read: what came then would be of another point in time. Whoever catches that
    /// gets it all the same.
    func goOn() throws {
        guard hasEnded else { return }
        refusal = AskedOn()
        throw AskedOn()
    }

    /// Begins the read that has no statement yet.
    func open() throws {
        try goOn()
        try endAnswered()
        guard !opening.isEmpty else { return }
        let texts = opening
        opening = []
        guard PQenterPipelineMode(handle) == 1 else { throw lost("BEGIN") }
        for text in texts { try sendPlain(text) }
        try sync()
        var failure: StorageFailure?
        for text in texts { failure = taken(text) { _ in } ?? failure }
        let isOver = PostgresSession.endTogether(handle)
        if let failure { throw failure }
        if !isOver { throw lost("BEGIN") }
    }

    /// Sends a statement behind what begins the read and what is asked beside; the answers to those are taken. It may be
    /// followed by what `ends` the read.
    func sendTogether(_ sql: SQLFragment, ends: Bool) throws -> PostgresRows {
        try endAnswered()
        let asked = questions
        questions = []
        if isPreparing {
            try forgetMany()
            // Of what a place without a value stands for only the server knows.
            for one in asked.map(\.sql) + [sql] where one.values.contains(.null) && known(one) == nil {
                try open()
                _ = try statement(one)
            }
        }
        let texts = opening
        opening = []
        guard PQenterPipelineMode(handle) == 1 else { throw lost(sql.text) }
        var (awaited, fresh) = ([Awaited](), [SQLFragment]())
        for text in texts {
            try sendPrepared(SQLFragment(text: text), &awaited, &fresh)
            awaited.append(.nothing(text))
        }
        for question in asked {
            try sendPrepared(question.sql, &awaited, &fresh)
            awaited.append(.answer(question.sql.text, question.then))
        }
        let end = SQLFragment(text: "COMMIT")
        if ends { try prepareIfNew(end, &awaited, &fresh) }
        try sendPrepared(sql, &awaited, &fresh)
        if ends {
            try dispatch(end, isPreparing ? known(end) : nil)
            endWasSent = true
        }
        try sync()
        try take(awaited, before: ends ? [sql, end] : [sql], fresh)
        return PostgresRows(handle, sql, isTogether: true, isFollowed: ends)
    }

    private func sendPrepared(
        _ sql: SQLFragment,
        _ awaited: inout [Awaited],
        _ fresh: inout [SQLFragment]
    ) throws {
        try prepareIfNew(sql, &awaited, &fresh)
        try dispatch(sql, isPreparing ? known(sql) : nil)
    }

    private func prepareIfNew(
        _ sql: SQLFragment,
        _ awaited: inout [Awaited],
        _ fresh: inout [SQLFragment]
    ) throws {
        guard isPreparing, known(sql) == nil else { return }
        _ = try prepareTogether(sql)
        fresh.append(sql)
        awaited.append(.nothing(sql.text))
    }

    private func sendPlain(_ text: String) throws {
        guard PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 0) == 1 else { throw lost(text) }
    }

    private func sync() throws {
        guard PQpipelineSync(handle) == 1 else { throw lost("") }
    }

    /// Takes the answers before those to the last statements. After a failure there is no other: the server skips the rest.
    private func take(_ awaited: [Awaited], before last: [SQLFragment], _ fresh: [SQLFragment]) throws {
        var (failure, refused) = (StorageFailure?.none, (any Error)?.none)
        for one in awaited {
            switch one {
            case .nothing(let text): failure = failure ?? taken(text) { _ in }
            case .answer(let text, let then):
                var rows: [Row] = []
                let found = taken(text) { result in
                    rows = (0..<PQntuples(result)).map { RowCursor(result: result, row: $0).row }
                }
                failure = failure ?? found
                guard failure == nil, refused == nil else { continue }
                do { try look(rows, then) } catch { refused = error }
            }
        }
        guard failure != nil || refused != nil else { return }
        for sql in last { _ = taken(sql.text) { _ in } }
        _ = PostgresSession.endTogether(handle)
        if failure != nil { unlearn(fresh) }
        if let refused { throw refused }
        if let failure { throw failure }
    }

    private func look(_ rows: [Row], _ then: ([Row]) throws -> Void) throws {
        do {
            try then(rows)
        } catch {
            refusal = error
            throw error
        }
    }

    /// Takes the whole answer to one statement; the answer is why the server refused it.
    private func taken(_ text: String, _ body: (OpaquePointer) -> Void) -> StorageFailure? {
        var failure: StorageFailure?
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK: body(result)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_ABORTED: break
            default: failure = failure ?? PostgresSession.failure(result, handle, text)
            }
        }
        return isAlive ? failure : failure ?? lost(text)
    }

    /// Takes the end of what was sent together; false where the connection is of no more use.
    static func endTogether(_ handle: OpaquePointer) -> Bool {
        while let end = PQgetResult(handle) {
            let isEnd = PQresultStatus(end) == PGRES_PIPELINE_SYNC
            PQclear(end)
            if isEnd { break }
        }
        return PQexitPipelineMode(handle) == 1 && PQstatus(handle) == CONNECTION_OK
    }
}
