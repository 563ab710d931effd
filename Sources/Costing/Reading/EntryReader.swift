import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// The entries behind a figure, of customers that the reader may see. They sum to it.
public enum EntryReader {
    /// One entry of the ledger, or one line of sales.
    public struct Entry: Sendable, Equatable {
        /// The amount in minor units of the base currency, in the sense of the line.
        public internal(set) var amount: Int64
        /// What it is for: a category, or the kind of a sales line.
        public let category: String
        /// What it is.
        public let nature: String
        /// `direct`, `logged`, `estimated`, `allocated` or `document`.
        public let method: String
        /// A to D.
        public let confidence: String
        /// The object of the record that caused it.
        public let object: String
        /// That record.
        public let source: RecordID
        /// Its name, where the reader may see it.
        public let name: String?
        /// The costed activity.
        public let activity: String?
        /// Seconds; nil for what is no time.
        public let seconds: Int64?
        /// The channel.
        public let channel: String?

        func with(amount: Int64) -> Entry {
            var copy = self
            copy.amount = amount
            return copy
        }
    }

    /// A page of entries.
    public struct Page: Sendable {
        /// The entries, the largest first.
        public let entries: [Entry]
        /// How many there are.
        public let count: Int64
        /// What all of them come to.
        public let total: Int64
    }

    /// Whose entries of a customer are asked for.
    public enum ProductScope: Sendable, Equatable {
        /// All.
        case all
        /// Those of no product.
        case none
        /// Those of one product.
        case of(RecordID)

        func condition(_ column: SQLFragment) -> SQLFragment {
            switch self {
            case .all: ""
            case .none: " AND \(column) IS NULL"
            case .of(let product): " AND \(column) = \(product)"
            }
        }
    }

    /// The entries behind one line of a customer's month, or of one product in it. Throws `notFound` and `forbidden` like the statement.
    public static func page(
        of customer: RecordID,
        month: String,
        line: ProfitLine,
        product: ProductScope = .all,
        limit: Int = 200,
        offset: Int = 0,
        _ session: ReadSession
    ) throws -> Page {
        try session.actor.require(.costs)
        let object = try ProfitReader.customers(session)
        _ = try session.find(object, customer)
        let parts = try components(of: line).flatMap { part, sign in
            try leaf(Asked(customer: customer, month: month, line: part, product: product), session).map {
                $0.with(amount: sign * $0.amount)
            }
        }
        return page(parts, limit, offset)
    }

    /// The lines that a line is made of, with their signs; a line that is a fact is made of itself.
    private static func components(of line: ProfitLine) -> [(ProfitLine, Int64)] {
        let steps: [(ProfitLine, Int64)] = [
            (.sales, 1), (.discounts, -1), (.refunds, -1), (.goods, -1), (.service, -1), (.maintenance, -1),
            (.acquisition, -1), (.fees, 1), (.badDebt, -1),
        ]
        switch line {
        case .netRevenue: return Array(steps.prefix(3))
        case .grossMargin: return Array(steps.prefix(4))
        case .contribution: return Array(steps.prefix(6))
        case .profit: return Array(steps.prefix(7))
        case .profitAfterFees: return steps
        default: return [(line, 1)]
        }
    }

    /// What is asked for: one line that is a fact.
    private struct Asked {
        let customer: RecordID
        var month: String
        var line: ProfitLine
        var product: ProductScope
    }

    private static func leaf(_ asked: Asked, _ session: ReadSession) throws -> [Entry] {
        switch asked.line {
        case .service, .maintenance: try costs(asked, session)
        case .acquisition: try winning(asked, session)
        default: try documents(asked, session) + costs(asked, session)
        }
    }

    /// The month's part of what each entry for winning came to, in a straight line from the month it was spent in.
    private static func winning(_ asked: Asked, _ session: ReadSession) throws -> [Entry] {
        let months = Int(try CostPolicy(session.connection).amortisationMonths)
        return try (0..<months).flatMap { age -> [Entry] in
            var spent = asked
            spent.month = CostMonth.text(asked.month, adding: -age)
            let entries = try costs(spent, session)
            let part = try part(spent, entries, over: months, age: age, session)
            guard part != 0 else { return [] }
            guard let parts = Allocation.split(part, by: entries.map(\.amount)) else {
                // What is left over where all entries have a product are fractions of fen.
                spent.product = .all
                return try costs(spent, session).prefix(1).map { $0.with(amount: part) }
            }
            return zip(entries, parts).filter { $1 != 0 }.map { $0.with(amount: $1) }
        }
    }

    private static func part(
        _ spent: Asked,
        _ entries: [Entry],
        over months: Int,
        age: Int,
        _ session: ReadSession
    ) throws -> Int64 {
        func part(_ amount: Int64) -> Int64 { Amortisation.part(amount, over: months, month: age) }
        if case .of = spent.product { return part(entries.reduce(0) { $0 + $1.amount }) }
        guard let run = try RunList.current(from: spent.month, to: spent.month, session.connection).first else {
            return 0
        }
        // Customers that were merged have a part each; they are cut to whole fen one by one.
        let whole = try session.connection.rows(
            "SELECT acquired FROM \(Protection(session).profit) p WHERE run = \(run.id) AND record = \(spent.customer)"
        ).reduce(Int64(0)) { $0 + part($1.integer(0)) }
        guard spent.product == .none else { return whole }
        let products = try session.connection.rows(
            """
            SELECT CAST(sum(e.amount) AS BIGINT) FROM sys_cost_entry e WHERE e.record = \(spent.customer)
            AND e.run = \(run.id) AND e.reverses IS NULL AND \(condition(.acquisition) ?? "1 = 0")
            AND e.product IS NOT NULL\(Protection(session).entries) GROUP BY e.product
            """
        )
        return products.reduce(whole) { $0 - part($1.integer(0)) }
    }

    private static func page(_ all: [Entry], _ limit: Int, _ offset: Int) -> Page {
        let sorted = all.sorted {
            abs($0.amount) == abs($1.amount) ? $0.source < $1.source : abs($0.amount) > abs($1.amount)
        }
        return Page(
            entries: Array(sorted.dropFirst(offset).prefix(limit)),
            count: Int64(all.count),
            total: all.reduce(0) { $0 + $1.amount }
        )
    }

    private static func documents(_ asked: Asked, _ session: ReadSession) throws -> [Entry] {
        let (customer, line) = (asked.customer, asked.line)
        guard let border = CostMonth(asked.month, zone: session.schema.timeZone) else { return [] }
        let (kinds, column): ([String], String) =
            switch line {
            case .discounts: (["sale"], "discount_base")
            case .goods: (["sale", "refund"], "goods_base")
            case .refunds: (["refund"], "amount_base")
            case .fees: (["fee"], "amount_base")
            case .badDebt: (["bad_debt"], "amount_base")
            default: (["sale"], "amount_base")
            }
        let rows = try session.connection.rows(
            """
            SELECT "id", "name", "kind", coalesce(\(name: column), 0) FROM \(name: SaleLine.key)
            WHERE "customer" = \(customer) AND "day" >= \(border.first.description)
            AND "day" <= \(border.last.description) AND "deleted_at" IS NULL AND "kind" IN \(list: kinds.map { .text($0) })\
            \(asked.product.condition("\"product\"")) ORDER BY "id" LIMIT 100000
            """
        )
        return rows.filter { $0.integer(3) != 0 }.map { row in
            let sign: Int64 = line == .goods && row.text(2) == "refund" ? -1 : 1
            return Entry(
                amount: sign * row.integer(3),
                category: row.text(2),
                nature: "",
                method: "document",
                confidence: "A",
                object: SaleLine.key,
                source: RecordID(row.integer(0)),
                name: row.text(1),
                activity: nil,
                seconds: nil,
                channel: nil
            )
        }
    }

    /// Which entries of the ledger a line holds; nil for a line that holds none.
    private static func condition(_ line: ProfitLine) -> SQLFragment? {
        switch line {
        case .service, .maintenance, .acquisition:
            "e.category = \(line.rawValue) AND e.nature NOT IN ('rebate', 'bad_debt')"
        case .discounts: "e.nature = 'rebate'"
        case .badDebt: "e.nature = 'bad_debt'"
        default: nil
        }
    }

    private static func costs(_ asked: Asked, _ session: ReadSession) throws -> [Entry] {
        guard let condition = condition(asked.line) else { return [] }
        let customer = asked.customer
        let runs = try RunList.current(from: asked.month, to: asked.month, session.connection)
        let rows = try session.connection.rows(
            """
            SELECT e.amount, e.category, e.nature, e.method, e.confidence, e.source_object, e.source, a."name",
                e.seconds, e.channel, e.pool FROM sys_cost_entry e
            LEFT JOIN \(name: CostActivity.key) a ON a."id" = e.activity
            WHERE e.record = \(customer) AND e.run IN \(list: runs.map { SQLValue($0.id) }) AND e.reverses IS NULL
            AND \(condition)\(Protection(session).entries)\(asked.product.condition("e.product")) ORDER BY e.id LIMIT 100000
            """
        )
        let names = try names(rows.map { ($0.text(5), $0.integer(6)) }, session)
        return rows.map { row in
            Entry(
                amount: row.integer(0),
                category: row.text(1),
                nature: row.text(2),
                method: row.text(3),
                confidence: row.text(4),
                object: row.text(5),
                source: RecordID(row.integer(6)),
                name: names[row.integer(6)],
                activity: row[7].text,
                seconds: row[10].integer == nil ? nil : row.integer(8),
                channel: row[9].text
            )
        }
    }

    /// The names of records of several objects, of those that the reader may see: one statement for each object.
    private static func names(_ sources: [(String, Int64)], _ session: ReadSession) throws -> [Int64: String] {
        var names: [Int64: String] = [:]
        for (key, group) in Dictionary(grouping: sources, by: \.0) {
            guard let object = session.schema.object(key), session.actor.rights.on(key).read != .none else { continue }
            let ids = Set(group.map { RecordID($0.1) }).sorted()
            for start in stride(from: 0, to: min(ids.count, 5000), by: 1000) {
                let part = Array(ids[start..<min(start + 1000, ids.count)])
                for record in try session.records(object, part) { names[record.id.raw] = record.name }
            }
        }
        return names
    }
}
