import Database
import Identity
public import Ledger
public import Records
import SQLText
import Schema
public import Values

/// How groups of customers buy, and how sensitive they are to cost: ours and theirs.
public enum SegmentReader {
    /// One group over the months of a range.
    public struct Segment: Sendable, Equatable {
        /// The choice's key; empty for customers without one.
        public let key: String
        /// Its name.
        public let label: Label
        /// Customers with a statement.
        public var customers: Int64 = 0
        /// How many of them lose.
        public var losing: Int64 = 0
        /// How many more would lose if serving became `rise` per cent dearer.
        public var tipping: Int64 = 0
        /// What its statements say.
        public var cost = CostSensitivity(revenue: 0, serving: 0, profit: 0)
        /// Customers who bought.
        public var buyers: Int64 = 0
        /// Days on which one of them bought.
        public var purchases: Int64 = 0
        /// Sales before discounts, and discounts.
        public var sales: Int64 = 0, discounts: Int64 = 0
        /// The days between two purchases of a customer, in tenths; nil without a second purchase.
        public var gapTenths: Int64?
        /// How quantities follow prices; nil where too little was compared.
        public var response: PriceResponse?

        /// What a purchase comes to after discounts; nil without one.
        public var each: Int64? {
            purchases > 0 ? Allocation.halfUp(Int128(sales - discounts), Int128(purchases)) : nil
        }
        /// Discounts in hundredths of per cent of sales; nil without sales.
        public var discountShare: Int64? {
            sales > 0 ? Allocation.halfUp(Int128(discounts) * 10_000, Int128(sales)) : nil
        }
        /// Purchases of a buyer, in hundredths; nil without a buyer.
        public var purchasesEach: Int64? {
            buyers > 0 ? Allocation.halfUp(Int128(purchases) * 100, Int128(buyers)) : nil
        }
    }

    /// By how many per cent serving becomes dearer in the trial.
    public static let rise: Int64 = 10

    /// What customers can be grouped by: their choices, and the value tier where tiers are declared.
    public static func dimensions(_ session: ReadSession) throws -> [(key: String, label: Label)] {
        try session.actor.require(.costs)
        let object = try ProfitReader.customers(session)
        let choices = session.readableFields(object).filter { field in
            if case .choice = field.kind { return !field.hidden }
            return false
        }
        let tiers = try TierRuns.declared(session) == nil ? [] : [(tier, Label("Value tier", zh: "客户等级"))]
        return choices.map { ($0.key, $0.label) } + tiers
    }

    private static let tier = "tier"

    /// The groups, the one with most revenue first. Throws `forbidden` without the right to costs, `invalid_parameter` for
    /// what customers cannot be grouped by.
    public static func segments(
        by key: String,
        from: String,
        to: String,
        filter: String? = nil,
        _ session: ReadSession
    ) throws -> [Segment] {
        let known = try dimensions(session)
        guard known.contains(where: { $0.key == key }) else {
            let names = known.map(\.key).joined(separator: ", ")
            throw Problem.malformed(
                "invalid_parameter",
                Label("Customers can be grouped by \(names).", zh: "可用的分组方式：\(names)。")
            )
        }
        let scope = try Scope(key, from, to, filter, session)
        var segments: [String: Segment] = [:]
        func change(_ key: String, _ body: (inout Segment) -> Void) {
            var segment = segments[key] ?? Segment(key: key, label: scope.label(key))
            body(&segment)
            segments[key] = segment
        }
        try statements(scope, change)
        try habits(scope, change)
        for (key, sum) in try prices(scope) { change(key) { $0.response = sum.response } }
        return segments.values.sorted {
            $0.cost.revenue == $1.cost.revenue ? $0.key < $1.key : $0.cost.revenue > $1.cost.revenue
        }
    }

    /// What all three statements have in common.
    private struct Scope {
        let session: ReadSession
        let runs: [SQLValue]
        let (first, last): (String, String)
        /// Customers under `c` with their group, and the condition on them.
        let customers: SQLFragment, group: SQLFragment, condition: SQLFragment
        private let choices: [Choice]
        private let isTier: Bool

        init(_ key: String, _ from: String, _ to: String, _ filter: String?, _ session: ReadSession) throws {
            self.session = session
            let object = try ProfitReader.customers(session)
            runs = try RunList.current(from: from, to: to, session.connection).map { SQLValue($0.id) }
            (first, last) = (from + "-01", to + "-31")
            isTier = key == SegmentReader.tier && !object.fields.contains { $0.key == key }
            choices = object.fields.first { $0.key == key }?.kind.choices ?? []
            let tiers: SQLFragment =
                isTier
                ? " LEFT JOIN (SELECT record, max(tier) AS tier FROM sys_tier GROUP BY record) g ON g.record = c.\"id\""
                : ""
            customers = "\(name: object.key) c\(tiers)"
            group = isTier ? "coalesce(g.tier, '')" : "coalesce(c.\(name: key), '')"
            let asked = try ProfitReader.condition(filter, session)
            condition = asked.map { "c.\"deleted_at\" IS NULL AND \($0)" } ?? "c.\"deleted_at\" IS NULL"
        }

        func label(_ key: String) -> Label {
            if key.isEmpty { return Label("Without", zh: "未填写") }
            return choices.first { $0.key == key }?.label ?? Label(key, zh: key)
        }
    }

    private static func statements(_ scope: Scope, _ change: (String, (inout Segment) -> Void) -> Void) throws {
        let net: SQLFragment = "CAST(sum(sales - discounts - refunds) AS BIGINT)"
        try scope.session.connection.each(
            """
            SELECT grp, count(*), CAST(sum(net) AS BIGINT), CAST(sum(serving) AS BIGINT), CAST(sum(profit) AS BIGINT),
                CAST(sum(CASE WHEN profit < 0 THEN 1 ELSE 0 END) AS BIGINT),
                CAST(sum(CASE WHEN profit >= 0 AND profit * 100 < serving * \(rise) THEN 1 ELSE 0 END) AS BIGINT)
            FROM (SELECT \(scope.group) AS grp, p.record, \(net) AS net,
                    CAST(sum(service + maintenance) AS BIGINT) AS serving,
                    CAST(sum(\(ProfitColumns.profit)) AS BIGINT) AS profit
                FROM \(Protection(scope.session).profit) p JOIN \(scope.customers) ON c."id" = p.record
                WHERE p.run IN \(list: scope.runs) AND \(scope.condition) GROUP BY \(scope.group), p.record) sums
            GROUP BY grp
            """
        ) { row in
            change(row.text(0)) { segment in
                segment.customers = row.integer(1)
                segment.cost = CostSensitivity(
                    revenue: row.integer(2),
                    serving: row.integer(3),
                    profit: row.integer(4)
                )
                (segment.losing, segment.tipping) = (row.integer(5), row.integer(6))
            }
            return true
        }
    }

    /// What one customer bought in the months, read day by day.
    private struct Habit {
        var customer: Int64 = 0
        var group = ""
        var first = ""
        var last = ""
        var days: Int64 = 0
        var sales: Int64 = 0
        var discounts: Int64 = 0

        mutating func add(_ day: String, _ amount: Int64, _ discount: Int64) {
            if day != last { days += 1 }
            if first.isEmpty { first = day }
            (last, sales, discounts) = (day, sales + amount, discounts + discount)
        }
    }

    /// Sales are sorted by the database and added up here: for counting the days of each customer it would keep them a
    /// second time, which took four times as long.
    private static func habits(_ scope: Scope, _ change: (String, (inout Segment) -> Void) -> Void) throws {
        var gaps: [String: (days: Int64, count: Int64)] = [:]
        var habit = Habit()
        func end() {
            guard habit.days > 0 else { return }
            change(habit.group) { segment in
                segment.buyers += 1
                segment.purchases += habit.days
                segment.sales += habit.sales
                segment.discounts += habit.discounts
            }
            guard habit.days > 1, let first = Day(habit.first), let last = Day(habit.last) else { return }
            gaps[habit.group, default: (0, 0)].days += Int64(last.daysSince1970 - first.daysSince1970)
            gaps[habit.group, default: (0, 0)].count += habit.days - 1
        }
        try scope.session.connection.each(
            """
            SELECT s."customer", \(scope.group), s."day", coalesce(s."amount_base", 0), coalesce(s."discount_base", 0)
            FROM \(name: SaleLine.key) s JOIN \(scope.customers) ON c."id" = s."customer"
            WHERE s."kind" = 'sale' AND s."deleted_at" IS NULL AND s."day" >= \(scope.first) AND s."day" <= \(scope.last)
                AND \(scope.condition) ORDER BY s."customer", s."day"
            """
        ) { row in
            if row.integer(0) != habit.customer {
                end()
                habit = Habit(customer: row.integer(0), group: row.text(1))
            }
            habit.add(row.text(2), row.integer(3), row.integer(4))
            return true
        }
        end()
        for (key, gap) in gaps where gap.count > 0 {
            change(key) { $0.gapTenths = Allocation.halfUp(Int128(gap.days) * 10, Int128(gap.count)) }
        }
    }

    private static func prices(_ scope: Scope) throws -> [String: PriceResponse.Sum] {
        var sums: [String: PriceResponse.Sum] = [:]
        var (pair, group, purchases) = ((Int64(0), Int64(0)), "", [(price: Double, quantity: Double)]())
        func end() {
            if purchases.count > 1 { sums[group, default: .init()].add(purchases) }
            purchases = []
        }
        try scope.session.connection.each(
            """
            SELECT \(scope.group), s."customer", s."product", s."amount_base" - coalesce(s."discount_base", 0),
                s."quantity"
            FROM \(name: SaleLine.key) s JOIN \(scope.customers) ON c."id" = s."customer"
            WHERE s."kind" = 'sale' AND s."deleted_at" IS NULL AND s."day" >= \(scope.first) AND s."day" <= \(scope.last)
                AND s."product" IS NOT NULL AND s."quantity" > 0 AND s."amount_base" > coalesce(s."discount_base", 0)
                AND \(scope.condition) ORDER BY s."customer", s."product", s."id"
            """
        ) { row in
            let next = (row.integer(1), row.integer(2))
            if next != pair { end() }
            (pair, group) = (next, row.text(0))
            let quantity = Double(row.integer(4)) / 1000
            // What one customer buys of one product more often than that adds nothing to the picture.
            if purchases.count < 10_000 { purchases.append((Double(row.integer(3)) / quantity, quantity)) }
            return true
        }
        end()
        return sums
    }
}
