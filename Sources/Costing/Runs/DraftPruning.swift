import Database
import Identity
import Records
import SQLText
import Values

extension CostRuns {
    /// How many drafts of a month are kept to be compared.
    public static let keptDrafts = 3

    /// How many rows one transaction removes.
    private static let portion = 20_000

    /// Removes drafts that later ones have overtaken: of each month all but the newest three, and those from before it
    /// was closed. A closed run is never touched. The answer is how many drafts went.
    ///
    /// Each draft is first taken out of sight and then emptied in small steps, between which people write; what a crash
    /// leaves half emptied goes the next time.
    @discardableResult
    public func prune() async throws -> Int {
        let system = Actor.system("costing")
        let drafts = try await engine.write(as: system) { session -> [RecordID] in
            let overtaken = try CostRuns.overtaken(session.connection).map { SQLValue($0) }
            if !overtaken.isEmpty {
                try session.connection.run(
                    """
                    UPDATE sys_allocation_run SET state = 'dropped' WHERE state = 'draft' AND id IN \(list: overtaken)
                    """
                )
            }
            return try session.connection.rows("SELECT id FROM sys_allocation_run WHERE state = 'dropped' ORDER BY id")
                .compactMap { $0.id(0) }
        }
        for draft in drafts { try await empty(draft) }
        return drafts.count
    }

    private static func overtaken(_ connection: Connection) throws -> [RecordID] {
        let rows = try connection.rows(
            """
            SELECT d.id, d.month, (SELECT max(c.id) FROM sys_allocation_run c WHERE c.month = d.month
                AND c.state = 'closed') FROM sys_allocation_run d WHERE d.state = 'draft' ORDER BY d.id DESC
            """
        )
        var kept: [String: Int] = [:]
        return rows.compactMap { row in
            let isOlder = row[2].integer.map { row.integer(0) < $0 } ?? false
            kept[row.text(1), default: 0] += isOlder ? 0 : 1
            return isOlder || kept[row.text(1), default: 0] > keptDrafts ? row.id(0) : nil
        }
    }

    private func empty(_ run: RecordID) async throws {
        let system = Actor.system("costing")
        let border = try await engine.read(as: system) { session in
            try session.connection.row("SELECT first_entry, last_entry FROM sys_allocation_run WHERE id = \(run)")
        }
        // The entries of a run stand beside each other.
        if let border, border.integer(0) > 0 {
            for low in stride(from: border.integer(0), through: border.integer(1), by: Int64.Stride(CostRuns.portion)) {
                try Task.checkCancellation()
                _ = try await engine.write(as: system, patient: true) { session in
                    try session.connection.run(
                        """
                        DELETE FROM sys_cost_entry WHERE id >= \(low) AND id <= \(border.integer(1))
                        AND id < \(low + Int64(CostRuns.portion)) AND run = \(run)
                        """
                    )
                }
            }
        }
        for table in ["sys_profit", "sys_profit_small", "sys_cost_residual"] {
            var removed = CostRuns.portion
            while removed == CostRuns.portion {
                try Task.checkCancellation()
                removed = try await engine.write(as: system, patient: true) { session in
                    try session.connection.run(
                        """
                        DELETE FROM \(name: table) WHERE id IN (SELECT id FROM \(name: table) WHERE run = \(run)
                        LIMIT \(CostRuns.portion))
                        """
                    )
                }
            }
        }
        try await engine.write(as: system) { session in
            for table in ["sys_run_pool", "sys_run_total", "sys_run_carry", "sys_run_progress"] {
                try session.connection.run("DELETE FROM \(name: table) WHERE run = \(run)")
            }
            try session.connection.run("DELETE FROM sys_allocation_run WHERE id = \(run) AND state = 'dropped'")
        }
    }
}
