import Database
public import Identity
public import Records
import SQLText
public import Values

extension CostRuns {
    /// Closes the month of a draft: from now on nothing of it changes.
    ///
    /// Where the month was closed before, this is a restatement: the entries of the run before are reversed one by one
    /// in the new run, and the old run stays as it was. It needs a reason.
    ///
    /// Later months that are closed count a part of what winning cost in this one. Where that changes, they have to be
    /// restated, too: with `following` that is done here, one after another, or by `enqueue`, which is called in the
    /// transaction that closes. Throws `not_a_draft`, `outdated` for a draft that rests on an earlier month which has
    /// changed since, `reason_missing`, and `later_months_closed` without `following`.
    public func close(
        _ id: RecordID,
        reason: String = "",
        following: Bool = false,
        by actor: Actor,
        _ enqueue: (@Sendable (WriteSession) throws -> Void)? = nil
    ) async throws {
        try actor.require(.costing)
        let (old, later) = try await engine.write(as: actor) { session in
            let run = try RunList.one(id, session)
            guard run.state == "draft" else {
                throw Problem(.conflict, "not_a_draft", Label("Only a draft can be closed.", zh: "只有草稿可以结账。"))
            }
            return (
                try CostRuns.closed(before: run, reason, session),
                try CostRuns.later(than: run, following, session)
            )
        }
        if let old { try await reverse(old, in: id) }
        try await engine.write(as: actor) { session in
            let closed = try session.connection.run(
                """
                UPDATE sys_allocation_run SET state = 'closed', closed_at = \(session.now), closed_by = \(actor.userID),
                    closed_name = \(actor.name), replaces = \(old),
                    note = CASE WHEN \(reason) = '' THEN note ELSE \(String(reason.prefix(500))) END
                WHERE id = \(id) AND state = 'draft'
                """
            )
            guard closed == 1 else { throw Problem.notFound }
            if !later.isEmpty { try enqueue?(session) }
        }
        if !later.isEmpty, enqueue == nil { try await carry(reason: reason, by: actor) }
    }

    /// Restates the closed months that rest on what an earlier month no longer says, one after another, each by
    /// reversal; the answer is which. What was recorded late in them comes in, too. A repeat goes on where it broke off.
    @discardableResult
    public func carry(reason: String, by actor: Actor) async throws -> [String] {
        try actor.require(.costing)
        var done: [String] = []
        while let next = try await engine.read(as: actor, { try OutdatedMonths.list($0).first }) {
            guard !done.contains(next.month) else {
                throw Problem(
                    .conflict,
                    "outdated",
                    Label("Somebody else changes months meanwhile. Try again.", zh: "月份正被他人改动，请稍后再试。")
                )
            }
            let earlier = next.because.joined(separator: ", ")
            let why = Label("Follows \(earlier): \(reason)", zh: "随 \(earlier) 重述：\(reason)").text(actor.language)
            let draft = try await reckon(next.month, note: why, by: actor)
            try await close(draft, reason: why, following: true, by: actor) { _ in }
            done.append(next.month)
        }
        return done
    }

    /// The run that closed the month of a draft before; nil where none did.
    private static func closed(before run: RunSummary, _ reason: String, _ session: WriteSession) throws -> RecordID? {
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

    /// The later months that have to be restated when a draft is closed.
    private static func later(
        than run: RunSummary,
        _ following: Bool,
        _ session: WriteSession
    ) throws -> [OutdatedMonths.Month] {
        let earlier = try OutdatedMonths.changed(since: run.id, of: run.month, session.connection)
        guard earlier.isEmpty else {
            let months = earlier.joined(separator: ", ")
            throw Problem(
                .conflict,
                "outdated",
                Label(
                    "\(months) has changed since this draft, and with it what is left to count here. Reckon it again.",
                    zh: "\(months) 在此草稿之后有变化，会影响本月的获取成本摊销，请重新核算本月。"
                )
            )
        }
        let later = try OutdatedMonths.following(run, session)
        guard later.isEmpty || following else {
            let months = later.map(\.month).joined(separator: ", ")
            throw Problem(
                .conflict,
                "later_months_closed",
                Label(
                    """
                    \(months) is closed and counts a part of what winning cost in \(run.month). Restate it with this \
                    month, in that order (`following`).
                    """,
                    zh: "\(months) 已结账，其中摊销了 \(run.month) 的获取成本。请连同这些月份依次重述（following）。"
                )
            )
        }
        return later
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
                let count = try connection.run(
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
                // Where its entries end: a draft that is never closed after all is found there when it goes.
                try connection.run(
                    "UPDATE sys_allocation_run SET last_entry = \(base + Int64(count)) WHERE id = \(new) AND \(count) > 0"
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
