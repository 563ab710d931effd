import Database
import Ledger
import SQLText

/// The columns of statements in SQL, in one order.
enum ProfitColumns {
    static let names = [
        "sales", "discounts", "refunds", "goods", "service", "maintenance", "acquired", "acquisition", "fees",
        "bad_debt", "cash", "logged", "estimated",
    ]

    /// The sums of all columns, in their order.
    static var sums: SQLFragment {
        names.map { "CAST(coalesce(sum(\(name: $0)), 0) AS BIGINT)" as SQLFragment }.joined(", ")
    }

    /// The profit of a row.
    static let profit: SQLFragment = "sales - discounts - refunds - goods - service - maintenance - acquisition"
}

/// What a customer or a group of them brought and cost; amounts in minor units of the base currency.
public struct Statement: Sendable, Equatable {
    /// The lines of the fixed layout.
    public var lines: [ProfitLine: Int64]
    /// What was spent on winning in this time, before it is spread over months.
    public var acquired: Int64
    /// Money received: the view of the cash box.
    public var cash: Int64
    /// Cost of time that was logged.
    public var logged: Int64
    /// Cost of time that was estimated.
    public var estimated: Int64

    /// Nothing brought and nothing cost.
    public static let zero = Statement(lines: [:], acquired: 0, cash: 0, logged: 0, estimated: 0)

    init(lines: [ProfitLine: Int64], acquired: Int64, cash: Int64, logged: Int64, estimated: Int64) {
        self.lines = lines
        self.acquired = acquired
        self.cash = cash
        self.logged = logged
        self.estimated = estimated
    }

    /// Reads the columns in the order of `ProfitColumns.names` from a place on.
    init(_ row: Row, from start: Int) {
        func at(_ place: Int) -> Int64 { row.integer(start + place) }
        let facts = ProfitStatement([
            .sales: at(0), .discounts: at(1), .refunds: at(2), .goods: at(3), .service: at(4), .maintenance: at(5),
            .acquisition: at(7), .fees: at(8), .badDebt: at(9),
        ])
        self.init(
            lines: Statement.filled(facts),
            acquired: at(6),
            cash: at(10),
            logged: at(11),
            estimated: at(12)
        )
    }

    private static func filled(_ facts: ProfitStatement) -> [ProfitLine: Int64] {
        [
            .sales: facts[.sales], .discounts: facts[.discounts], .refunds: facts[.refunds],
            .netRevenue: facts.netRevenue, .goods: facts[.goods], .grossMargin: facts.grossMargin,
            .service: facts[.service], .maintenance: facts[.maintenance], .contribution: facts.contribution,
            .acquisition: facts[.acquisition], .profit: facts.profit, .fees: facts[.fees],
            .badDebt: facts[.badDebt], .profitAfterFees: facts.profitAfterFees,
        ]
    }

    /// The amount of a line.
    public subscript(line: ProfitLine) -> Int64 { lines[line] ?? 0 }

    /// Service and maintenance.
    public var costToServe: Int64 { self[.service] + self[.maintenance] }

    /// Money received less what was really spent in the time: the view of the cash box.
    public var cashResult: Int64 { cash - self[.goods] - costToServe - acquired }

    /// Profit in per cent of net revenue, in hundredths; nil without revenue.
    public var marginHundredths: Int64? {
        self[.netRevenue] == 0 ? nil : Allocation.halfUp(Int128(self[.profit]) * 10_000, Int128(self[.netRevenue]))
    }

    /// The share of logged time in all time, in hundredths of per cent; nil without time.
    public var loggedHundredths: Int64? {
        logged + estimated == 0 ? nil : Allocation.halfUp(Int128(logged) * 10_000, Int128(logged + estimated))
    }

    /// Both together.
    public static func + (left: Statement, right: Statement) -> Statement {
        Statement(
            lines: left.lines.merging(right.lines, uniquingKeysWith: +),
            acquired: left.acquired + right.acquired,
            cash: left.cash + right.cash,
            logged: left.logged + right.logged,
            estimated: left.estimated + right.estimated
        )
    }
}
