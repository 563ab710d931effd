import CLibPQ

/// Statements that are sent one behind the other, and answered together.
extension PostgresSession {
    /// Waits for the answers of all that is underway; throws the first failure, after which the server skipped the rest.
    func settle() throws {
        guard !underway.isEmpty else { return }
        _ = try answers()
    }

    /// Commits with what is underway, in one round trip; true when it was committed.
    func commitUnderway() throws -> Bool {
        underway.append("COMMIT")
        guard PQsendQueryParams(handle, "COMMIT", 0, nil, nil, nil, nil, 0) == 1 else {
            underway = []
            throw lost("COMMIT")
        }
        return try answers().word == "COMMIT"
    }

    /// Commits, and says where the log is then, in one round trip; nil where the server does not say.
    func commitNoting() throws -> (isCommitted: Bool, position: Position?) {
        try finishRows()
        if underway.isEmpty, PQenterPipelineMode(handle) != 1 { throw lost("COMMIT") }
        for text in ["COMMIT", Position.question] {
            underway.append(text)
            guard PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 0) == 1 else {
                underway = []
                throw lost("COMMIT")
            }
        }
        let (word, noted) = try answers(noting: true)
        return (word == "COMMIT", noted.flatMap { Position($0) }?.withoutPageHead)
    }

    /// What the last statement did, in the server's word. With `noting` a question follows it, whose answer comes along
    /// and whose failure is none.
    private func answers(noting: Bool = false) throws -> (word: String, noted: String?) {
        let texts = underway
        underway = []
        guard PQpipelineSync(handle) == 1 else { throw lost(texts.last ?? "") }
        var (failure, word, noted) = (StorageFailure?.none, "", String?.none)
        for (index, text) in texts.enumerated() {
            let isNote = noting && index == texts.count - 1
            while let result = PQgetResult(handle) {
                defer { PQclear(result) }
                switch PQresultStatus(result) {
                case PGRES_TUPLES_OK where isNote:
                    noted = PQntuples(result) > 0 ? PostgresSession.words(PQgetvalue(result, 0, 0)) : nil
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                    word = PostgresSession.words(PQcmdStatus(result))
                case PGRES_PIPELINE_ABORTED: break
                default: if !isNote { failure = failure ?? PostgresSession.failure(result, handle, text) }
                }
            }
        }
        while let end = PQgetResult(handle) {
            let isEnd = PQresultStatus(end) == PGRES_PIPELINE_SYNC
            PQclear(end)
            if isEnd { break }
        }
        // Also after a failure: else not even what undoes the transaction could be sent.
        let isOver = PQexitPipelineMode(handle) == 1
        if let failure { throw failure }
        guard isOver, isAlive else { throw lost(texts.last ?? "") }
        return (word, noted)
    }
}
