import Database
import Expressions
public import Identity
public import Ledger
public import Records
import SQLText
import Schema
public import Values

/// Reckons what customers will bring: how likely they are still ours, how often they will buy, what that is worth.
///
/// From sales lines, by the models of repeat purchase; of customers under contract by how long such customers stay.
/// Where those refuse, every customer gets its scores of recency, frequency and value, and no forecast.
public struct WorthRuns: Sendable {
    let engine: RecordEngine

    /// The forecasts of a workspace.
    public init(_ engine: RecordEngine) { self.engine = engine }

    /// How a reckoning went.
    public struct Outcome: Sendable {
        /// How many customers have bought.
        public let customers: Int
        /// The models, if they fitted.
        public let purchases: PurchaseModel.Fit?
        /// Why there is no forecast.
        public let refusal: Label?
    }

    struct Buyer {
        let customer: Int64
        var days: [Day] = []
        /// Net revenue less goods of each day, in minor units.
        var margins: [Int64] = []
    }

    /// Reckons all customers anew.
    public func reckon(by actor: Actor) async throws -> Outcome {
        try actor.require(.costing)
        let (buyers, serving, shown, contracts, today) = try await engine.read(as: .system("costing")) { session in
            (
                try WorthRuns.buyers(session), try WorthRuns.serving(Protection(isOn: false).profit, session),
                try WorthRuns.serving(Protection(isOn: true).profit, session), try ContractBook(session),
                session.expressionContext.today
            )
        }
        let histories = buyers.map { PurchaseHistory(days: $0.days, until: today) }
        let scores = RFM.scores(
            buyers.map { buyer in
                RFM.Purchases(
                    recency: Double(today.daysSince1970 - (buyer.days.last?.daysSince1970 ?? 0)),
                    frequency: Double(buyer.days.count),
                    monetary: Double(buyer.margins.reduce(0, +))
                )
            }
        )
        var (fit, refusal): (PurchaseModel.Fit?, Label?) = (nil, nil)
        do { fit = try PurchaseModel.fit(histories.compactMap { $0 }) } catch { refusal = (error as? Problem)?.message }
        let spend = try? SpendModel.fit(zip(buyers, histories).compactMap { WorthRuns.spend($0, $1) })
        let rows = buyers.indices.map { place in
            let row = WorthRuns.row(buyers[place], histories[place], scores[place], fit?.model, spend?.model) {
                (full: serving[$0] ?? 0, shown: shown[$0] ?? 0)
            }
            return row.under(contracts)
        }
        try await write(rows, contracts.curve)
        return Outcome(customers: buyers.count, purchases: fit, refusal: refusal)
    }

    private static func buyers(_ session: ReadSession) throws -> [Buyer] {
        var buyers: [Buyer] = []
        try session.connection.each(
            """
            SELECT "customer", "day", CAST(sum("amount_base" - coalesce("discount_base", 0) - coalesce("goods_base", 0))
                AS BIGINT)
            FROM \(name: SaleLine.key) WHERE "kind" = 'sale' AND "deleted_at" IS NULL
            GROUP BY "customer", "day" ORDER BY "customer", "day"
            """
        ) { row in
            guard let day = Day(row.text(1)) else { return true }
            if buyers.last?.customer != row.integer(0) { buyers.append(Buyer(customer: row.integer(0))) }
            buyers[buyers.count - 1].days.append(day)
            buyers[buyers.count - 1].margins.append(row.integer(2))
            return true
        }
        return buyers
    }

    /// What serving a customer has cost in all reckoned months.
    private static func serving(_ table: SQLFragment, _ session: ReadSession) throws -> [Int64: Int64] {
        let runs = try RunList.current(from: "0001-01", to: "9999-12", session.connection)
        var serving: [Int64: Int64] = [:]
        try session.connection.each(
            """
            SELECT record, CAST(sum(service + maintenance) AS BIGINT) FROM \(table) t
            WHERE run IN \(list: runs.map { SQLValue($0.id) }) GROUP BY record
            """
        ) { row in
            serving[row.integer(0)] = row.integer(1)
            return true
        }
        return serving
    }

    private static func spend(_ buyer: Buyer, _ history: PurchaseHistory?) -> SpendModel.Buyer? {
        guard let history, history.repeats > 0 else { return nil }
        let repeats = buyer.margins.dropFirst()
        return SpendModel.Buyer(
            repeats: history.repeats,
            mean: Double(repeats.reduce(0, +)) / Double(max(1, repeats.count))
        )
    }

    struct Row: Sendable {
        let customer: Int64
        let rfm: Int64
        var alive: Double?
        var purchases: Double?
        var value: Int64?
        /// The same for readers who may not read pay.
        var shown: Int64?
        var isContract = false

        var method: String { isContract ? "contract" : purchases == nil ? "scores" : "bgnbd" }

        /// The same where the customer is under contract: the models of repeat purchase say nothing of it.
        func under(_ book: ContractBook) -> Row {
            guard let contract = book.contracts[customer] else { return self }
            var row = self
            let value = book.value(of: customer)
            (row.alive, row.purchases, row.isContract) = (contract.isThere ? 1 : 0, nil, true)
            (row.value, row.shown) = (value?.full, value?.shown)
            return row
        }
    }

    private static func row(
        _ buyer: Buyer,
        _ history: PurchaseHistory?,
        _ score: RFM.Score,
        _ model: PurchaseModel?,
        _ spend: SpendModel?,
        _ serving: (Int64) -> (full: Int64, shown: Int64)
    ) -> Row {
        guard let history, let model else {
            return Row(
                customer: buyer.customer,
                rfm: Int64(score.cell),
                alive: nil,
                purchases: nil,
                value: nil,
                shown: nil
            )
        }
        let own = self.spend(buyer, history)
        let all = Double(buyer.margins.reduce(0, +)) / Double(max(1, buyer.margins.count))
        let (each, times) = (spend?.expected(own) ?? all, Double(max(1, buyer.days.count)))
        var (purchases, before) = (0.0, 0.0)
        // Three years in half years, at 10 % interest a year.
        for half in 1...6 {
            let so_far = model.expected(history, in: 26 * Double(half))
            purchases += (so_far - before) / WorthRuns.interest[half]
            before = so_far
        }
        let cost = serving(buyer.customer)
        return Row(
            customer: buyer.customer,
            rfm: Int64(score.cell),
            alive: history.repeats > 0 ? model.alive(history) : nil,
            purchases: model.expected(history, in: 52),
            value: Allocation.nearest(purchases * (each - Double(cost.full) / times)),
            shown: Allocation.nearest(purchases * (each - Double(cost.shown) / times))
        )
    }

    /// 1.1 to the power of so many half years.
    private static let interest = [1, 1.0488, 1.1, 1.1537, 1.21, 1.2691, 1.331]

    private func write(_ rows: [Row], _ curve: SurvivalCurve) async throws {
        let system = Actor.system("costing")
        try await engine.write(as: system) { session in
            try session.connection.run("DELETE FROM sys_worth")
            try session.connection.run("DELETE FROM sys_worth_open")
            try ContractCurve.keep(curve, session.connection)
        }
        for start in stride(from: 0, to: rows.count, by: 5000) {
            let part = Array(rows[start..<min(start + 5000, rows.count)])
            try await engine.write(as: system) { session in
                for group in stride(from: 0, to: part.count, by: 100) {
                    let values = part[group..<min(group + 100, part.count)].map { row -> SQLFragment in
                        let number: (Double?) -> SQLValue = { $0.map(SQLValue.real) ?? .null }
                        return """
                            (\(session.nextID()), 'customer', \(row.customer), \(session.now), \(row.rfm), \
                            \(number(row.alive)), \(number(row.purchases)), \(SQLValue(row.value)), \
                            \(row.method))
                            """
                    }
                    try session.connection.run(
                        """
                        INSERT INTO sys_worth (id, object, record, at, rfm, alive, purchases, value, method)
                        VALUES \(values.joined(", "))
                        """
                    )
                    let shown = part[group..<min(group + 100, part.count)].compactMap { row in
                        row.shown.map { "(\(session.nextID()), 'customer', \(row.customer), \($0))" as SQLFragment }
                    }
                    guard !shown.isEmpty else { continue }
                    try session.connection.run(
                        "INSERT INTO sys_worth_open (id, object, record, value) VALUES \(shown.joined(", "))"
                    )
                }
            }
        }
    }
}
