import Database
import Expressions
public import Identity
public import Records
import SQLText
import Schema
import Values

/// Warnings kept for the people whom they concern: reckoned each night, read on their start page.
public struct WarningRuns: Sendable {
    let engine: RecordEngine

    /// The most customers that are kept for each reason, the dearest.
    private static let most = 100_000

    /// The warnings of a workspace.
    public init(_ engine: RecordEngine) { self.engine = engine }

    /// Reckons them anew; the answer is how many there are. A warning that goes on keeps the day on which it came; of one
    /// that is new webhooks are told, and with `identities` whoever looks after the customer gets a task.
    ///
    /// The round of a warning is below 0 until it has been told: what a reckoning that broke off did not come to, the next
    /// one tells.
    @discardableResult
    public func reckon(telling identities: Identities? = nil) async throws -> Int64 {
        let system = Actor.system("costing")
        let (month, round) = try await engine.read(as: system) { session in
            let last = try session.connection.value("SELECT max(abs(round)) FROM sys_cost_warning").integer ?? 0
            return (try RunList.lastMonth(session), last + 1)
        }
        for isOpen in [false, true] {
            let figures = try await engine.read(as: system) { session in
                try month.map { try WarningReader.figures(until: $0, Protection(isOn: isOpen), session.connection) }
                    ?? []
            }
            for (kind, figures) in figures {
                try await engine.write(as: system) { try WarningRuns.add(kind, figures, isOpen, round, $0) }
            }
        }
        try await tell(round, identities)
        return try await engine.write(as: system) { session in
            try session.connection.run("DELETE FROM sys_cost_warning WHERE abs(round) < \(round)")
            try session.connection.run("UPDATE sys_cost_warning SET round = \(round) WHERE round = \(-round)")
            return try session.connection.value("SELECT count(*) FROM sys_cost_warning WHERE open = 0").integer ?? 0
        }
    }

    private func tell(_ round: Int64, _ identities: Identities?) async throws {
        let system = Actor.system("costing")
        let (notices, policy) = try await engine.read(as: system) { session in
            (try WarningNotices.new(in: round, session), try CostPolicy(session.connection))
        }
        // Tasks come first: of one that is open no second one is given.
        if let identities, policy.givesTasks { try await give(notices, identities) }
        for start in stride(from: 0, to: notices.count, by: 500) {
            let part = Array(notices[start..<min(start + 500, notices.count)])
            try await engine.write(as: system) { try WarningNotices.announce(part, of: round, $0) }
        }
    }

    private func give(_ notices: [WarningNotices.Notice], _ identities: Identities) async throws {
        for (owner, own) in Dictionary(grouping: notices, by: \.owner) {
            guard let owner, let actor = try await identities.actor(for: owner) else { continue }
            let heard = own.filter { !WarningNotices.heard($0.reasons, actor).isEmpty }
            if heard.isEmpty { continue }
            try await engine.write(as: .system("costing")) { try WarningNotices.give(heard, to: actor, $0) }
        }
    }

    private static func add(
        _ kind: WarningReader.Kind,
        _ figures: SQLFragment,
        _ isOpen: Bool,
        _ round: Int64,
        _ session: WriteSession
    ) throws {
        let (connection, open) = (session.connection, isOpen ? 1 : 0)
        let base = try connection.value("SELECT max(id) FROM sys_cost_warning").integer ?? 0
        let today = session.expressionContext.today.description
        try connection.run(
            """
            INSERT INTO sys_cost_warning (id, object, record, kind, amount, open, since, round)
            SELECT \(base) + row_number() OVER (ORDER BY f.amount DESC, f.record), 'customer', f.record,
                \(kind.rawValue), f.amount, \(open), coalesce((SELECT min(o.since) FROM sys_cost_warning o
                    WHERE o.record = f.record AND o.kind = \(kind.rawValue) AND o.open = \(open)
                    AND abs(o.round) < \(round)), \(today)), \(-round)
            FROM (\(figures)) f WHERE f.amount > 0 ORDER BY f.amount DESC, f.record LIMIT \(most)
            """
        )
    }

    /// A warning with the day on which it came.
    public struct Kept: Sendable, Equatable {
        /// What and whom it is about.
        public let warning: WarningReader.Warning
        /// As in `2026-06-30`.
        public let since: String
    }

    /// What has been told. While a reckoning is under way, or where one broke off, it stands beside what was told before:
    /// a warning of both is shown as it was.
    private static let isShown: SQLFragment = """
        w.round > 0 AND NOT EXISTS (SELECT 1 FROM sys_cost_warning o WHERE o.record = w.record AND o.kind = w.kind
            AND o.open = w.open AND o.round > 0 AND o.round < w.round)
        """

    /// As they were last reckoned, at most `limit` for each reason, of customers that the reader may see; nil where that
    /// never happened. No statement of a customer is read for it.
    public static func kept(limit: Int, _ session: ReadSession) throws -> [WarningReader.Warning]? {
        try session.actor.require(.costs)
        let object = try ProfitReader.customers(session)
        let access: SQLFragment = session.condition(.read, on: object, alias: "c").map { " AND " + $0 } ?? ""
        let open = Protection(session).isOn ? 1 : 0
        let told = try session.connection.row("SELECT id FROM sys_cost_warning WHERE round > 0 LIMIT 1")
        guard told != nil else { return nil }
        return try WarningReader.Kind.allCases.flatMap { kind in
            try session.connection.rows(
                """
                SELECT c."id", c."name", w.amount FROM sys_cost_warning w JOIN \(name: object.key) c ON c."id" = w.record
                WHERE w.open = \(open) AND w.kind = \(kind.rawValue) AND c."deleted_at" IS NULL\(access) AND \(isShown)
                ORDER BY w.amount DESC, w.id LIMIT \(limit)
                """
            ).map { .init(kind: kind, customer: RecordID($0.integer(0)), name: $0.text(1), amount: $0.integer(2)) }
        }
    }

    /// The warnings about customers of the reader, or with `everybody` about all that they may see, the dearest first.
    /// Nothing for who may not read costs.
    public static func concerning(everybody: Bool, limit: Int, _ session: ReadSession) throws -> [Kept] {
        guard session.actor.rights.allows(.costs), let user = session.actor.userID else { return [] }
        let object = try ProfitReader.customers(session)
        let access: SQLFragment = session.condition(.read, on: object, alias: "c").map { " AND " + $0 } ?? ""
        let own: SQLFragment = everybody ? "" : " AND c.\"owner\" = \(user)"
        let open = Protection(session).isOn ? 1 : 0
        return try session.connection.rows(
            """
            SELECT w.kind, c."id", c."name", w.amount, w.since FROM sys_cost_warning w
            JOIN \(name: object.key) c ON c."id" = w.record
            WHERE w.open = \(open) AND c."deleted_at" IS NULL\(access)\(own) AND \(isShown)
            ORDER BY w.amount DESC, w.id LIMIT \(limit)
            """
        ).compactMap { row in
            guard let kind = WarningReader.Kind(rawValue: row.text(0)) else { return nil }
            let customer = RecordID(row.integer(1))
            return Kept(
                warning: .init(kind: kind, customer: customer, name: row.text(2), amount: row.integer(3)),
                since: row.text(4)
            )
        }
    }
}
