import Database
import Ledger
import Records
import SQLText
import Schema
public import Values

/// By what customers or their sales are taken together.
public enum GroupDimension: String, Sendable, CaseIterable {
    /// Who looks after the customer today.
    case owner
    /// The channel of its first touch.
    case channel
    /// The month of its first purchase.
    case cohort
    /// The product that was sold, or that caused the cost.
    case product

    /// Whether a group is a record or a person, named by its id.
    var isRecord: Bool { self == .owner || self == .product }

    /// The name for people.
    public var label: Label {
        switch self {
        case .owner: Label("Owner", zh: "负责人")
        case .channel: Label("Channel of the first touch", zh: "首次触点渠道")
        case .cohort: Label("Month of the first purchase", zh: "首购月份")
        case .product: Label("Product", zh: "产品")
        }
    }

    /// What stands for those without any.
    public var none: Label {
        switch self {
        case .owner: Label("Without an owner", zh: "无负责人")
        case .channel: Label("Unknown", zh: "未知来源")
        case .cohort: Label("No purchase yet", zh: "尚未购买")
        case .product: Label("Of no product", zh: "不属于任何产品")
        }
    }

    /// Customers (`who`) with their group (`grp`, text); nil where one customer is in many groups.
    func members(_ session: ReadSession) -> SQLFragment? {
        let (customer, lead) = ("customer", "lead")
        switch self {
        case .owner:
            return "(SELECT \"id\" AS who, CAST(\"owner\" AS TEXT) AS grp FROM \(name: customer))"
        case .cohort:
            return """
                (SELECT "customer" AS who, substr(min("day"), 1, 7) AS grp FROM \(name: SaleLine.key)
                WHERE "kind" = 'sale' AND "deleted_at" IS NULL GROUP BY "customer")
                """
        case .channel:
            let knowsLeads = session.schema.object(lead) != nil
            let who: SQLFragment = knowsLeads ? "coalesce(t.\"customer\", l.\"converted_customer\")" : "t.\"customer\""
            let join: SQLFragment = knowsLeads ? " LEFT JOIN \(name: lead) l ON l.\"id\" = t.\"lead\"" : ""
            return """
                (SELECT who, channel AS grp FROM (SELECT \(who) AS who, t."channel" AS channel,
                    row_number() OVER (PARTITION BY \(who) ORDER BY t."happened_at", t."id") AS place
                    FROM \(name: Touch.key) t\(join) WHERE t."deleted_at" IS NULL) ways
                WHERE place = 1 AND who IS NOT NULL)
                """
        case .product: return nil
        }
    }
}

/// The statements of customers taken apart by product, as a table with the columns of `sys_profit` and `product`.
///
/// Sales lines and entries name their product. What it cost to win a customer counts over months; the part of a product
/// is that of its own entries, and what remains of the customer's part is of no product, so that all come to the whole.
struct ProductFacts {
    private let runs: [(month: String, id: RecordID)]
    private let session: ReadSession
    private let ids: [SQLValue]

    init(_ from: String, _ to: String, _ session: ReadSession) throws {
        self.session = session
        runs = try RunList.current(from: from, to: to, session.connection)
        ids = runs.map { SQLValue($0.id) }
    }

    func table() throws -> SQLFragment {
        let winning = try winning()
        return """
            (\(sales) UNION ALL \(costs) UNION ALL SELECT run, record, product, \(row([.acquisition: "part"])) FROM \(winning) w
            UNION ALL SELECT run, record, CAST(NULL AS BIGINT), \(row([.acquisition: "-part"])) FROM \(winning) w
            UNION ALL SELECT run, record, CAST(NULL AS BIGINT), \(row([.acquisition: "acquisition"]))
                FROM \(Protection(session).profit) p WHERE run IN \(list: ids))
            """
    }

    private enum Column: String {
        case sales, discounts, refunds, goods, service, maintenance, acquired, acquisition, fees, cash, logged,
            estimated
        case badDebt = "bad_debt"
    }

    /// The columns in their order: those given, and 0.
    private func row(_ given: [Column: SQLFragment]) -> SQLFragment {
        ProfitColumns.names.map { name -> SQLFragment in
            "\(Column(rawValue: name).flatMap { given[$0] } ?? "0") AS \(name: name)"
        }.joined(", ")
    }

    private var sales: SQLFragment {
        func sum(_ kind: String, _ column: String) -> SQLFragment {
            "CASE WHEN s.\"kind\" = \(kind) THEN coalesce(s.\(name: column), 0) ELSE 0 END"
        }
        let columns = row([
            .sales: sum("sale", "amount_base"), .discounts: sum("sale", "discount_base"),
            .refunds: sum("refund", "amount_base"),
            .goods: "\(sum("sale", "goods_base")) - \(sum("refund", "goods_base"))",
            .fees: sum("fee", "amount_base"), .badDebt: sum("bad_debt", "amount_base"),
            .cash: sum("payment", "amount_base"),
        ])
        let months = runs.map(\.month)
        return """
            SELECT r.id AS run, s."customer" AS record, s."product" AS product, \(columns) FROM \(name: SaleLine.key) s
            JOIN sys_allocation_run r ON r.month = substr(s."day", 1, 7) AND r.id IN \(list: ids)
            WHERE s."deleted_at" IS NULL AND s."day" >= \((months.first ?? "9") + "-01")
                AND s."day" <= \((months.last ?? "0") + "-31")
            """
    }

    private var costs: SQLFragment {
        func sum(_ condition: SQLFragment) -> SQLFragment { "CASE WHEN \(condition) THEN e.amount ELSE 0 END" }
        let plain: SQLFragment = "e.nature NOT IN ('rebate', 'bad_debt')"
        let columns = row([
            .discounts: sum("e.nature = 'rebate'"), .service: sum("e.category = 'service' AND \(plain)"),
            .maintenance: sum("e.category = 'maintenance' AND \(plain)"),
            .acquired: sum("e.category = 'acquisition' AND \(plain)"), .badDebt: sum("e.nature = 'bad_debt'"),
            .logged: sum("e.method = 'logged'"), .estimated: sum("e.method = 'estimated'"),
        ])
        return """
            SELECT e.run, e.record, e.product, \(columns) FROM sys_cost_entry e
            WHERE e.run IN \(list: ids) AND e.reverses IS NULL\(Protection(session).entries)
            """
    }

    /// The part of each product in each month of what winning a customer came to: `run`, `record`, `product`, `part`.
    private func winning() throws -> SQLFragment {
        let months = Int(try CostPolicy(session.connection).amortisationMonths)
        let first = CostMonth.text(runs.first?.month ?? "0001-01", adding: -months + 1)
        let earlier = try RunList.current(from: first, to: runs.last?.month ?? "0001-01", session.connection)
        let parts = runs.flatMap { run in
            earlier.compactMap { spent -> SQLFragment? in
                let age = RunTotals.distance(spent.month, run.month)
                guard (0..<Int64(months)).contains(age) else { return nil }
                return """
                    SELECT CAST(\(run.id) AS BIGINT) AS run, record, product,
                        acquired * \(age + 1) / \(months) - acquired * \(age) / \(months) AS part
                    FROM won WHERE run = \(spent.id)
                    """
            }
        }
        guard !parts.isEmpty else {
            return "(SELECT run, record, product, 0 AS part FROM sys_cost_entry WHERE 1 = 0)"
        }
        return """
            (WITH won AS (SELECT e.run, e.record, e.product, CAST(sum(e.amount) AS BIGINT) AS acquired
                FROM sys_cost_entry e WHERE e.run IN \(list: earlier.map { SQLValue($0.id) }) AND e.reverses IS NULL
                AND e.category = 'acquisition' AND e.nature NOT IN ('rebate', 'bad_debt') AND e.product IS NOT NULL\
            \(Protection(session).entries) GROUP BY e.run, e.record, e.product)
            \(parts.joined(" UNION ALL ")))
            """
    }
}
