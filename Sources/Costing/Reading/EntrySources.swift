import Database
import Ledger
import Records
import SQLText
import Schema
import Values

/// What the entries behind a customer's figures are taken from, read by three statements whatever the number of months.
struct EntrySources {
    /// A line of sales.
    private struct Document {
        let id: RecordID
        let name: String
        let kind: String
        let amount: Int64
        let discount: Int64
        let goods: Int64
        let product: RecordID?
    }

    /// An entry of the ledger.
    private struct Cost {
        let run: RecordID
        let product: RecordID?
        let entry: EntryReader.Entry
    }

    /// The runs that count: of the month, and before it of those months whose cost of winning it still counts.
    private let runs: [(month: String, id: RecordID)]
    private let month: String
    private let months: Int
    private let documents: [Document]
    private let costs: [Cost]
    /// What winning came to by run: one amount for each statement, since merged customers have several.
    private let acquired: [Int64: [Int64]]

    init(of customer: RecordID, month: String, for lines: [ProfitLine], _ session: ReadSession) throws {
        let isWinning = lines.contains(.acquisition)
        self.month = month
        months = isWinning ? Int(try CostPolicy(session.connection).amortisationMonths) : 1
        let first = CostMonth.text(month, adding: -months + 1)
        runs = try RunList.current(from: first, to: month, session.connection)
        documents =
            lines.contains { EntrySources.documents[$0] != nil }
            ? try EntrySources.documents(of: customer, month, session) : []
        costs = try EntrySources.costs(of: customer, runs, month, session)
        acquired = isWinning ? try EntrySources.acquired(by: customer, runs, session) : [:]
    }

    /// The entries of a line that is a fact.
    func entries(of line: ProfitLine, _ product: EntryReader.ProductScope) -> [EntryReader.Entry] {
        guard line != .acquisition else { return winning(product) }
        let run = runs.last { $0.month == month }?.id
        return documents(line, product)
            + (run.map { costs(line, in: $0, product).map(\.entry) } ?? [])
    }

    // MARK: Documents

    /// The kinds of sales lines that a line holds.
    private static let documents: [ProfitLine: [String]] = [
        .sales: ["sale"], .discounts: ["sale"], .refunds: ["refund"], .goods: ["sale", "refund"], .fees: ["fee"],
        .badDebt: ["bad_debt"],
    ]

    private static func documents(of customer: RecordID, _ month: String, _ session: ReadSession) throws -> [Document] {
        guard let border = CostMonth(month, zone: session.schema.timeZone) else { return [] }
        return try session.connection.rows(
            """
            SELECT "id", "name", "kind", coalesce("amount_base", 0), coalesce("discount_base", 0),
                coalesce("goods_base", 0), "product" FROM \(name: SaleLine.key)
            WHERE "customer" = \(customer) AND "day" >= \(border.first.description)
            AND "day" <= \(border.last.description) AND "deleted_at" IS NULL ORDER BY "id" LIMIT 100000
            """
        ).map { row in
            Document(
                id: RecordID(row.integer(0)),
                name: row.text(1),
                kind: row.text(2),
                amount: row.integer(3),
                discount: row.integer(4),
                goods: row.integer(5),
                product: row.id(6)
            )
        }
    }

    private func documents(_ line: ProfitLine, _ product: EntryReader.ProductScope) -> [EntryReader.Entry] {
        guard let kinds = EntrySources.documents[line] else { return [] }
        return documents.compactMap { document in
            let amount =
                switch line {
                case .discounts: document.discount
                case .goods: document.kind == "refund" ? -document.goods : document.goods
                default: document.amount
                }
            guard amount != 0, kinds.contains(document.kind), product.holds(document.product) else { return nil }
            return EntryReader.Entry(
                amount: amount,
                category: document.kind,
                nature: "",
                method: "document",
                confidence: "A",
                object: SaleLine.key,
                source: document.id,
                name: document.name,
                activity: nil,
                seconds: nil,
                channel: nil
            )
        }
    }

    // MARK: Costs

    /// The entries of the month, and of earlier months those for winning.
    private static func costs(
        of customer: RecordID,
        _ runs: [(month: String, id: RecordID)],
        _ month: String,
        _ session: ReadSession
    ) throws -> [Cost] {
        let own = runs.last { $0.month == month }?.id
        return try session.connection.rows(
            """
            SELECT e.amount, e.category, e.nature, e.method, e.confidence, e.source_object, e.source, a."name",
                e.seconds, e.channel, e.pool, e.run, e.product FROM sys_cost_entry e
            LEFT JOIN \(name: CostActivity.key) a ON a."id" = e.activity
            WHERE e.record = \(customer) AND e.run IN \(list: runs.map { SQLValue($0.id) }) AND e.reverses IS NULL
            AND (e.run = \(own ?? RecordID(0)) OR e.category = 'acquisition')\(Protection(session).entries)
            ORDER BY e.id LIMIT 100000
            """
        ).map { row in
            Cost(
                run: RecordID(row.integer(11)),
                product: row.id(12),
                entry: EntryReader.Entry(row)
            )
        }
    }

    private func costs(_ line: ProfitLine, in run: RecordID, _ product: EntryReader.ProductScope) -> [Cost] {
        costs.filter { cost in
            guard cost.run == run, product.holds(cost.product) else { return false }
            return switch (line, cost.entry.nature) {
            case (.discounts, let nature): nature == "rebate"
            case (.badDebt, let nature): nature == "bad_debt"
            case (.service, "rebate"), (.maintenance, "rebate"), (.acquisition, "rebate"): false
            case (.service, "bad_debt"), (.maintenance, "bad_debt"), (.acquisition, "bad_debt"): false
            default: cost.entry.category == line.rawValue
            }
        }
    }

    // MARK: Winning

    private static func acquired(
        by customer: RecordID,
        _ runs: [(month: String, id: RecordID)],
        _ session: ReadSession
    ) throws -> [Int64: [Int64]] {
        let rows = try session.connection.rows(
            """
            SELECT run, acquired FROM \(Protection(session).profit) p
            WHERE run IN \(list: runs.map { SQLValue($0.id) }) AND record = \(customer)
            """
        )
        return Dictionary(grouping: rows) { $0.integer(0) }.mapValues { $0.map { $0.integer(1) } }
    }

    /// The month's part of what each entry for winning came to, in a straight line from the month it was spent in.
    private func winning(_ product: EntryReader.ProductScope) -> [EntryReader.Entry] {
        runs.reversed().flatMap { month, run -> [EntryReader.Entry] in
            let age = Int(RunTotals.distance(month, self.month))
            let entries = costs(.acquisition, in: run, product).map(\.entry)
            let part = part(of: run, age, product, entries)
            guard part != 0 else { return [] }
            guard let parts = Allocation.split(part, by: entries.map(\.amount)) else {
                // What is left over where all entries have a product are fractions of fen.
                return costs(.acquisition, in: run, .all).prefix(1).map { $0.entry.with(amount: part) }
            }
            return zip(entries, parts).filter { $1 != 0 }.map { $0.with(amount: $1) }
        }
    }

    private func part(
        of run: RecordID,
        _ age: Int,
        _ product: EntryReader.ProductScope,
        _ entries: [EntryReader.Entry]
    ) -> Int64 {
        func part(_ amount: Int64) -> Int64 { Amortisation.part(amount, over: months, month: age) }
        if case .of = product { return part(entries.reduce(0) { $0 + $1.amount }) }
        // Customers that were merged have a part each; they are cut to whole fen one by one.
        let whole = (acquired[run.raw] ?? []).reduce(0) { $0 + part($1) }
        guard product == .none else { return whole }
        var products: [RecordID: Int64] = [:]
        for cost in costs(.acquisition, in: run, .all) {
            if let product = cost.product { products[product, default: 0] += cost.entry.amount }
        }
        return products.values.reduce(whole) { $0 - part($1) }
    }
}

extension EntryReader.Entry {
    /// Reads amount, category, nature, method, confidence, object and id of the source, activity, seconds, channel and
    /// pool, in this order.
    init(_ row: Row) {
        self.init(
            amount: row.integer(0),
            category: row.text(1),
            nature: row.text(2),
            method: row.text(3),
            confidence: row.text(4),
            object: row.text(5),
            source: RecordID(row.integer(6)),
            name: nil,
            activity: row[7].text,
            seconds: row[10].integer == nil ? nil : row.integer(8),
            channel: row[9].text
        )
    }
}
