import Database
import Identity
import Records
import SQLText
import Schema
import Values

extension CostRuns {
    /// Works out what small pools have in the statements of runs that were made before this was kept, so that those runs
    /// tell no more than others: see `Protection`. The answer is their months; nothing of the ledger changes.
    @discardableResult
    public func protect() async throws -> [String] {
        let system = Actor.system("costing")
        let runs = try await engine.read(as: system) { session in
            let policy = try CostPolicy(session.connection)
            return try session.connection.rows(
                """
                SELECT r.id, r.month, r.rules_hash, r.first_entry, r.last_entry FROM sys_allocation_run r
                WHERE r.state IN ('draft', 'closed') AND \(Protection.isUnprotected) ORDER BY r.month, r.id
                """
            ).compactMap { row -> (run: CostRun, first: Int64, last: Int64)? in
                guard let month = CostMonth(row.text(1), zone: session.schema.timeZone) else { return nil }
                let run = CostRun(id: RecordID(row.integer(0)), month: month, policy: policy, rules: row.text(2))
                return (run, row.integer(3), row.integer(4))
            }
        }
        for (run, first, last) in runs {
            try await engine.write(as: system) { session in
                // Another server may have been quicker.
                let open = try session.connection.row(
                    "SELECT r.id FROM sys_allocation_run r WHERE r.id = \(run.id) AND \(Protection.isUnprotected)"
                )
                if open == nil { return }
                try RunEntries.small(run, first, through: last, session.connection)
                try CostRuns.amortiseSmall(from: run, session)
            }
        }
        return runs.map(\.run.month.text)
    }

    /// What small pools did to win customers counts in this run and in those of later months.
    private static func amortiseSmall(from run: CostRun, _ session: WriteSession) throws {
        let table = "sys_profit_small"
        try RunTotals.amortise(run, table, session.connection)
        let last = CostMonth.text(run.month.text, adding: Int(run.policy.amortisationMonths) - 1)
        let later = CostMonth.text(run.month.text, adding: 1)
        for (month, id) in try RunList.current(from: later, to: last, session.connection) {
            guard let month = CostMonth(month, zone: session.schema.timeZone) else { continue }
            let next = CostRun(id: id, month: month, policy: run.policy, rules: "")
            try RunTotals.amortise(next, table, session.connection)
        }
    }
}
