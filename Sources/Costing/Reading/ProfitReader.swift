import Database
import Expressions
import Identity
public import Records
import SQLText
import Schema
public import Values

/// Statements of customers and groups of them, of those that the reader may see.
public enum ProfitReader {
    /// The statement of one month.
    public struct Month: Sendable, Equatable {
        /// As in `2026-06`.
        public let month: String
        /// The run that it comes from.
        public let run: RecordID
        /// Whether that run is closed.
        public let isClosed: Bool
        /// The statement.
        public let statement: Statement
    }

    /// The months of one customer; with `group` those of the companies below it too, as far as they may be seen.
    ///
    /// Throws `notFound` for a customer that the actor may not see, `forbidden` without the right to costs.
    public static func months(
        of customer: RecordID,
        from: String,
        to: String,
        group: Bool = false,
        _ session: ReadSession
    ) throws -> [Month] {
        try session.actor.require(.costs)
        let object = try customers(session)
        _ = try session.find(object, customer)
        var members = [customer]
        if group { members = try self.group(of: customer, object, session) }
        return try months(from, to, "p.record IN \(list: members.map { SQLValue($0) })", session)
    }

    /// The months of the whole firm, or of the customers that fit an expression. Without a filter and with a right to
    /// see all customers, kept totals answer.
    public static func months(
        from: String,
        to: String,
        filter: String? = nil,
        _ session: ReadSession
    ) throws -> [Month] {
        try session.actor.require(.costs)
        guard let condition = try condition(filter, session) else { return try totals(from, to, session) }
        let customer = "customer"
        return try months(
            from,
            to,
            "p.record IN (SELECT c.\"id\" FROM \(name: customer) c WHERE c.\"deleted_at\" IS NULL AND \(condition))",
            session
        )
    }

    /// The statement of all customers in one run.
    public static func month(of run: RunSummary, _ session: ReadSession) throws -> Month {
        try session.actor.require(.costing)
        let rows = try session.connection.rows(
            """
            SELECT \(ProfitColumns.sums) FROM \(Protection(session).totals) t WHERE run = \(run.id)
            """
        )
        return Month(
            month: run.month,
            run: run.id,
            isClosed: run.state == "closed",
            statement: rows.first.map { Statement($0, from: 0) } ?? .zero
        )
    }

    private static func totals(_ from: String, _ to: String, _ session: ReadSession) throws -> [Month] {
        let runs = try RunList.current(from: from, to: to, session)
        let rows = try session.connection.rows(
            """
            SELECT run, \(ProfitColumns.sums) FROM \(Protection(session).totals) t
            WHERE run IN \(list: runs.map { SQLValue($0.id) }) GROUP BY run
            """
        )
        return joined(runs, rows)
    }

    private static func months(
        _ from: String,
        _ to: String,
        _ who: SQLFragment,
        _ session: ReadSession
    ) throws -> [Month] {
        let runs = try RunList.current(from: from, to: to, session)
        let rows = try session.connection.rows(
            """
            SELECT p.run, \(ProfitColumns.sums) FROM \(Protection(session).profit) p
            WHERE p.run IN \(list: runs.map { SQLValue($0.id) }) AND \(who) GROUP BY p.run
            """
        )
        return joined(runs, rows)
    }

    static func joined(_ runs: [RunSummary], _ rows: [Row]) -> [Month] {
        let found = Dictionary(rows.map { ($0.integer(0), Statement($0, from: 1)) }, uniquingKeysWith: { $1 })
        return runs.map {
            Month(
                month: $0.month,
                run: $0.id,
                isClosed: $0.state == "closed",
                statement: found[$0.id.raw] ?? .zero
            )
        }
    }

    /// A company and all companies below it that the actor may see.
    static func group(of customer: RecordID, _ object: ObjectDefinition, _ session: ReadSession) throws -> [RecordID] {
        let access: SQLFragment = session.condition(.read, on: object, alias: "c").map { " AND " + $0 } ?? ""
        return try session.connection.rows(
            """
            WITH RECURSIVE tree (id) AS (SELECT CAST(\(customer) AS BIGINT) UNION
                SELECT c."id" FROM \(name: object.key) c JOIN tree ON c."parent" = tree.id
                WHERE c."deleted_at" IS NULL\(access))
            SELECT id FROM tree LIMIT 1000
            """
        ).compactMap { $0.id(0) }
    }

    static func customers(_ session: ReadSession) throws -> ObjectDefinition { try session.object("customers") }

    /// The condition on customers under the alias `c`: what may be seen and what was asked; nil for all.
    static func condition(_ filter: String?, _ session: ReadSession) throws -> SQLFragment? {
        let object = try customers(session)
        let access = session.condition(.read, on: object, alias: "c")
        guard let filter, !filter.isEmpty else { return access }
        let (schema, dialect, context) = (session.schema, session.connection.dialect, session.expressionContext)
        let expression = try session.check(filter, on: object)
        let visible = Dictionary(
            uniqueKeysWithValues: schema.objects.map { ($0.key, session.actor.rights.on($0.key).read == .all) }
        )
        // Fields of other records count only where all of them may be seen: a filter must not tell of hidden ones.
        let sql = ExpressionSQL(schema: schema, dialect: dialect, context: context) { key, _ in
            visible[key] == true ? nil : "1 = 0"
        }
        let asked = try sql.condition(expression, alias: "c")
        return access.map { "\($0) AND (\(asked))" } ?? "(\(asked))"
    }
}
