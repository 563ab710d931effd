import Database
import Identity
public import Records
import SQLText
import Schema
public import Values

/// Statements by owner, channel, cohort or product, and the customers behind each figure.
public enum GroupReader {
    /// One group over the months of a range.
    public struct Group: Sendable, Equatable {
        /// Its key; `none` for what belongs to no group.
        public let key: String
        /// Its name.
        public let label: Label
        /// How many customers.
        public let customers: Int64
        /// What they brought and cost.
        public let statement: Statement
    }

    /// A customer's part in a figure.
    public struct Part: Sendable, Equatable {
        /// The customer.
        public let customer: RecordID
        /// Its name; nil where it may not be seen.
        public let name: String?
        /// In minor units.
        public let amount: Int64
    }

    /// The customers behind a figure; they sum to it.
    public struct Parts: Sendable {
        /// The largest first.
        public let parts: [Part]
        /// How many there are.
        public let count: Int64
        /// What all of them come to.
        public let total: Int64
    }

    /// The key of what belongs to no group.
    public static let none = "none"

    /// All groups, the largest profit first. Together they are the statement of the firm, or of the filter.
    public static func groups(
        by dimension: GroupDimension,
        from: String,
        to: String,
        filter: String? = nil,
        _ session: ReadSession
    ) throws -> [Group] {
        let scope = try scope(dimension, from, to, filter, session)
        let rows = try session.connection.rows(
            """
            SELECT f.grp, count(DISTINCT f.record), \(ProfitColumns.sums) FROM \(scope.facts) f
            WHERE f.run IN \(list: scope.runs.map { SQLValue($0.id) })\(scope.who) GROUP BY f.grp
            """
        )
        let names = try names(
            rows.compactMap { row in
                row[0].text.map { dimension.isRecord ? RecordID(Int64($0) ?? 0).description : $0 }
            },
            dimension,
            session
        )
        return rows.map { row in
            let key = row[0].text.map { dimension.isRecord ? RecordID(Int64($0) ?? 0).description : $0 }
            return Group(
                key: key ?? none,
                label: key.map { names[$0] ?? Label("—", zh: "—") } ?? dimension.none,
                customers: row.integer(1),
                statement: Statement(row, from: 2)
            )
        }.sorted { left, right in
            let (one, other) = (left.statement[.profit], right.statement[.profit])
            return one == other ? left.key < right.key : one > other
        }
    }

    /// One group by month. Throws `notFound` for a key that cannot be.
    public static func months(
        of key: String,
        by dimension: GroupDimension,
        from: String,
        to: String,
        filter: String? = nil,
        _ session: ReadSession
    ) throws -> (label: Label, months: [ProfitReader.Month]) {
        let scope = try scope(dimension, from, to, filter, session)
        let rows = try session.connection.rows(
            """
            SELECT f.run, \(ProfitColumns.sums) FROM \(scope.facts) f
            WHERE f.run IN \(list: scope.runs.map { SQLValue($0.id) }) AND \(try isOf(key, dimension))\(scope.who) GROUP BY f.run
            """
        )
        let label = key == none ? dimension.none : try names([key], dimension, session)[key]
        guard let label else { throw Problem.notFound }
        return (label, ProfitReader.joined(scope.runs, rows))
    }

    /// The customers behind one line of a group in a month.
    public static func parts(
        of key: String,
        by dimension: GroupDimension,
        month: String,
        line: ProfitLine,
        limit: Int = 200,
        offset: Int = 0,
        filter: String? = nil,
        _ session: ReadSession
    ) throws -> Parts {
        let scope = try scope(dimension, month, month, filter, session)
        let facts: SQLFragment = """
            (SELECT f.record, CAST(sum(\(line.amount)) AS BIGINT) AS amount FROM \(scope.facts) f
            WHERE f.run IN \(list: scope.runs.map { SQLValue($0.id) }) AND \(try isOf(key, dimension))\(scope.who) GROUP BY f.record) a
            """
        let all = try session.connection.row(
            "SELECT count(*), CAST(coalesce(sum(amount), 0) AS BIGINT) FROM \(facts) WHERE amount <> 0"
        )
        let rows = try session.connection.rows(
            """
            SELECT record, amount FROM \(facts) WHERE amount <> 0
            ORDER BY abs(amount) DESC, record LIMIT \(limit) OFFSET \(offset)
            """
        )
        let object = try ProfitReader.customers(session)
        let records = try session.records(object, rows.compactMap { $0.id(0) })
        let names = Dictionary(records.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
        return Parts(
            parts: rows.map {
                Part(
                    customer: RecordID($0.integer(0)),
                    name: names[RecordID($0.integer(0))],
                    amount: $0.integer(1)
                )
            },
            count: all?.integer(0) ?? 0,
            total: all?.integer(1) ?? 0
        )
    }

    private struct Scope {
        let runs: [RunSummary]
        let facts: SQLFragment
        let who: SQLFragment
    }

    private static func scope(
        _ dimension: GroupDimension,
        _ from: String,
        _ to: String,
        _ filter: String?,
        _ session: ReadSession
    ) throws -> Scope {
        try session.actor.require(.costs)
        let customer = "customer"
        let condition = try ProfitReader.condition(filter, session)
        let columns = ProfitColumns.names.map { "p.\(name: $0)" as SQLFragment }.joined(", ")
        let facts: SQLFragment
        if let members = dimension.members(session) {
            facts = """
                (SELECT p.run, p.record, \(columns), m.grp FROM \(Protection(session).profit) p
                LEFT JOIN \(members) m ON m.who = p.record)
                """
        } else {
            facts = """
                (SELECT p.run, p.record, \(columns), CAST(p.product AS TEXT) AS grp FROM \(try ProductFacts(from, to, session).table()) p)
                """
        }
        return Scope(
            runs: try RunList.current(from: from, to: to, session),
            facts: facts,
            who: condition.map {
                """
                 AND f.record IN (SELECT c."id" FROM \(name: customer) c WHERE c."deleted_at" IS NULL AND \($0))
                """
            } ?? ""
        )
    }

    private static func isOf(_ key: String, _ dimension: GroupDimension) throws -> SQLFragment {
        guard key != none else { return "f.grp IS NULL" }
        guard dimension.isRecord else { return "f.grp = \(key)" }
        guard let id = RecordID(key) else { throw Problem.notFound }
        return "f.grp = \(String(id.raw))"
    }

    private static func names(
        _ keys: [String],
        _ dimension: GroupDimension,
        _ session: ReadSession
    ) throws -> [String: Label] {
        func ids() -> [RecordID] { keys.compactMap { RecordID($0) } }
        switch dimension {
        case .cohort: return Dictionary(uniqueKeysWithValues: Set(keys).map { ($0, Label($0, zh: $0)) })
        case .channel:
            return Dictionary(
                uniqueKeysWithValues: Set(keys).map { ($0, CostChoices.label($0, in: CostChoices.channels)) }
            )
        case .owner:
            let rows = try session.connection.rows(
                "SELECT id, name FROM sys_user WHERE id IN \(list: ids().map { SQLValue($0) })"
            )
            return Dictionary(
                rows.map { (RecordID($0.integer(0)).description, Label($0.text(1), zh: $0.text(1))) },
                uniquingKeysWith: { $1 }
            )
        case .product:
            guard let object = session.schema.object("product") else { return [:] }
            let records = try session.records(object, ids())
            return Dictionary(
                records.map { ($0.id.description, Label($0.name, zh: $0.name)) },
                uniquingKeysWith: { $1 }
            )
        }
    }
}

extension ProfitLine {
    /// The line in SQL, from the columns of a statement.
    var amount: SQLFragment {
        switch self {
        case .sales: "sales"
        case .discounts: "discounts"
        case .refunds: "refunds"
        case .netRevenue: "sales - discounts - refunds"
        case .goods: "goods"
        case .grossMargin: "sales - discounts - refunds - goods"
        case .service: "service"
        case .maintenance: "maintenance"
        case .contribution: "sales - discounts - refunds - goods - service - maintenance"
        case .acquisition: "acquisition"
        case .profit: ProfitColumns.profit
        case .fees: "fees"
        case .badDebt: "bad_debt"
        case .profitAfterFees: ProfitColumns.profit + " + fees - bad_debt"
        }
    }
}
