import Database
public import Identity
public import Records
import SQLText
public import Values

extension CostRuns {
    /// Closes the month of a draft: from now on nothing of it changes.
    ///
    /// Where the month was closed before, this is a restatement: the entries of the run before are reversed one by one
    /// in the new run, and the old run stays as it was. It needs a reason. Throws `not_a_draft`, `outdated` for a draft
    /// that is not the newest, `reason_missing`.
    public func close(_ id: RecordID, reason: String = "", by actor: Actor) async throws {
        try actor.require(.costing)
        let old = try await engine.write(as: actor) { session -> RecordID? in
            let run = try RunList.one(id, session)
            guard run.state == "draft" else {
                throw Problem(.conflict, "not_a_draft", Label("Only a draft can be closed.", zh: "只有草稿可以结账。"))
            }
            let before = try session.connection.row(
                """
                SELECT id FROM sys_allocation_run WHERE month = \(run.month) AND state = 'closed'
                ORDER BY closed_at DESC, id DESC LIMIT 1
                """
            )?.id(0)
            if before != nil, reason.isEmpty {
                throw Problem.invalid(
                    "reason",
                    "reason_missing",
                    Label("The month is closed already. Say why it is restated.", zh: "该月已结账，请填写重述原因。")
                )
            }
            return before
        }
        if let old { try await reverse(old, in: id) }
        _ = try await engine.write(as: actor) { session in
            try session.connection.run(
                """
                UPDATE sys_allocation_run SET state = 'closed', closed_at = \(session.now), closed_by = \(actor.userID),
                    closed_name = \(actor.name), replaces = \(old),
                    note = CASE WHEN \(reason) = '' THEN note ELSE \(String(reason.prefix(500))) END
                WHERE id = \(id) AND state = 'draft'
                """
            )
        }
    }

    /// Negates each entry of a closed run in the run that replaces it, a portion at a time; a repeat adds nothing.
    private func reverse(_ old: RecordID, in new: RecordID) async throws {
        var last: Int64 = 0
        while true {
            let after = last
            let reached = try await engine.write(as: .system("costing")) { session -> Int64? in
                let connection = session.connection
                let border = try connection.value(
                    """
                    SELECT max(id) FROM (SELECT id FROM sys_cost_entry WHERE run = \(old) AND reverses IS NULL
                        AND id > \(after) ORDER BY id LIMIT 50000) part
                    """
                ).integer
                guard let border else { return nil }
                let base = try RunEntries.firstFree(connection) - 1
                try connection.run(
                    """
                    INSERT INTO sys_cost_entry (id, run, object, record, month, category, nature, amount, method,
                        confidence, source_object, source, pool, activity, seconds, product, reason, channel, reverses)
                    SELECT \(base) + row_number() OVER (ORDER BY e.id), \(new), e.object, e.record, e.month, e.category,
                        e.nature, -e.amount, e.method, e.confidence, e.source_object, e.source, e.pool, e.activity,
                        -e.seconds, e.product, e.reason, e.channel, e.id
                    FROM sys_cost_entry e WHERE e.run = \(old) AND e.reverses IS NULL AND e.id > \(after)
                        AND e.id <= \(border)
                        AND NOT EXISTS (SELECT 1 FROM sys_cost_entry r WHERE r.record = e.record AND r.run = \(new)
                            AND r.reverses = e.id)
                    """
                )
                return border
            }
            guard let reached else { return }
            last = reached
        }
    }

    /// A customer whose place by profit differs between two runs.
    public struct RankChange: Sendable, Equatable {
        /// The customer.
        public let customer: RecordID
        /// Its name.
        public let name: String
        /// The profit in each run.
        public let before: Int64, after: Int64
        /// The place in each run, from 1.
        public let placeBefore: Int64, placeAfter: Int64
    }

    /// Who changes places between two runs, the largest change of profit first.
    public static func compare(
        _ first: RecordID,
        _ second: RecordID,
        limit: Int = 50,
        _ session: ReadSession
    ) throws -> [RankChange] {
        try session.actor.require(.costing)
        let profits = Protection(session).profit
        func ranked(_ run: RecordID) -> SQLFragment {
            """
            (SELECT record, profit, row_number() OVER (ORDER BY profit DESC, record) AS place FROM
                (SELECT record, CAST(sum(\(ProfitColumns.profit)) AS BIGINT) AS profit FROM \(profits) t
                    WHERE run = \(run) GROUP BY record) sums)
            """
        }
        let customer = "customer"
        return try session.connection.rows(
            """
            SELECT a.record, c."name", a.profit, b.profit, a.place, b.place
            FROM \(ranked(first)) a JOIN \(ranked(second)) b ON b.record = a.record
            JOIN \(name: customer) c ON c."id" = a.record
            WHERE a.place <> b.place OR a.profit <> b.profit
            ORDER BY abs(b.profit - a.profit) DESC, a.record LIMIT \(limit)
            """
        ).map { row in
            RankChange(
                customer: RecordID(row.integer(0)),
                name: row.text(1),
                before: row.integer(2),
                after: row.integer(3),
                placeBefore: row.integer(4),
                placeAfter: row.integer(5)
            )
        }
    }
}
