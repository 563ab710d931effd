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
        return try answers() == "COMMIT"
    }

    /// What the last statement did, in the server's word.
    private func answers() throws -> String {
        let texts = underway
        underway = []
        guard PQpipelineSync(handle) == 1 else { throw lost(texts.last ?? "") }
        var (failure, word) = (StorageFailure?.none, "")
        for text in texts {
            while let result = PQgetResult(handle) {
                defer { PQclear(result) }
                switch PQresultStatus(result) {
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                    word = PostgresSession.words(PQcmdStatus(result))
                case PGRES_PIPELINE_ABORTED: break
                default: failure = failure ?? PostgresSession.failure(result, handle, text)
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
        return word
    }
}
