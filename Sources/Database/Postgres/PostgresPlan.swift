import CLibPQ
import SQLText
import Values

extension PostgresSession {
    /// How the server would run a statement whatever its values are, so that the plan holds none; empty when it refuses.
    func plan(ofAny sql: SQLFragment) -> [String] {
        if hasEnded {
            // It is of a read that is over.
            defer {
                rollback()
                endWasSent = true
            }
            do { try begin("READ ONLY", schema: schema) } catch { return [] }
            return plan(ofAny: sql)
        }
        let types = sql.values.map { value in
            switch value {
            case .null: "unknown"
            case .integer: "bigint"
            case .real: "double precision"
            case .text: "text"
            case .blob: "bytea"
            }
        }
        let list = types.isEmpty ? "" : "(" + types.joined(separator: ", ") + ")"
        let values = types.isEmpty ? "" : "(" + types.map { _ in "NULL" }.joined(separator: ", ") + ")"
        // What it refuses must not undo the transaction.
        guard (try? script("SAVEPOINT slow; SET LOCAL plan_cache_mode = force_generic_plan")) != nil else { return [] }
        var lines: [String] = []
        do {
            try script("PREPARE kehu_slow \(list) AS \(Dialect.numbered(sql.text))")
            defer { try? script("ROLLBACK TO SAVEPOINT slow; DEALLOCATE kehu_slow; RELEASE SAVEPOINT slow") }
            lines = try self.lines("EXPLAIN EXECUTE kehu_slow \(values)")
        } catch {
            if isFailed { try? script("ROLLBACK TO SAVEPOINT slow; RELEASE SAVEPOINT slow") }
        }
        return lines
    }

    /// The first column of what a statement answers in the simple protocol.
    private func lines(_ text: String) throws -> [String] {
        guard let result = PQexec(handle, text) else { throw lost(text) }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw PostgresSession.failure(result, handle, text) }
        return (0..<PQntuples(result)).map { PostgresSession.words(PQgetvalue(result, $0, 0)) }
    }
}
