/// What one customer, or any group of them, brought and cost in a period; amounts in minor units, costs as positive
/// numbers. The layout is the same everywhere.
public struct ProfitStatement: Sendable, Equatable {
    /// The lines that are facts; all others follow from them.
    public enum Line: String, Sendable, CaseIterable {
        /// Sales before anything is taken off.
        case sales
        /// Discounts and rebates.
        case discounts
        /// Refunds.
        case refunds
        /// Cost of goods sold.
        case goods
        /// Cost of service: after-sales and support.
        case service
        /// Cost of keeping the customer.
        case maintenance
        /// The month's part of what it cost to win the customer.
        case acquisition
        /// Fees charged for managing the customer.
        case fees
        /// Claims that were written off.
        case badDebt = "bad_debt"
    }

    private var amounts: [Line: Int64] = [:]

    /// An empty statement.
    public init() {}

    /// A statement of these lines.
    public init(_ amounts: [Line: Int64]) { self.amounts = amounts }

    /// The amount of a line.
    public subscript(line: Line) -> Int64 {
        get { amounts[line] ?? 0 }
        set { amounts[line] = newValue }
    }

    /// Sales − discounts − refunds.
    public var netRevenue: Int64 { self[.sales] - self[.discounts] - self[.refunds] }
    /// Net revenue − cost of goods.
    public var grossMargin: Int64 { netRevenue - self[.goods] }
    /// Service + maintenance.
    public var costToServe: Int64 { self[.service] + self[.maintenance] }
    /// Gross margin − cost to serve.
    public var contribution: Int64 { grossMargin - costToServe }
    /// Contribution − amortised acquisition.
    public var profit: Int64 { contribution - self[.acquisition] }
    /// Profit + fees − bad debt.
    public var profitAfterFees: Int64 { profit + self[.fees] - self[.badDebt] }

    /// Profit in per cent of net revenue, in hundredths, half up; nil without revenue.
    public var marginHundredths: Int64? {
        netRevenue == 0 ? nil : Allocation.halfUp(Int128(profit) * 10_000, Int128(netRevenue))
    }

    /// The sum of two statements.
    public static func + (left: ProfitStatement, right: ProfitStatement) -> ProfitStatement {
        var sum = left
        for line in Line.allCases { sum[line] += right[line] }
        return sum
    }
}

/// What was paid at once and counts over months.
public enum Amortisation {
    /// The part of month `index` (from 0) of `months`, in a straight line; all parts sum to the amount.
    public static func part(_ amount: Int64, over months: Int, month index: Int) -> Int64 {
        let months = max(1, months)
        guard (0..<months).contains(index) else { return 0 }
        let size = Int128(amount.magnitude)
        let part = size * Int128(index + 1) / Int128(months) - size * Int128(index) / Int128(months)
        return amount < 0 ? -Int64(part) : Int64(part)
    }
}
