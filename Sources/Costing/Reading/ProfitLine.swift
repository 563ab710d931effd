public import Values

/// The lines of a statement in their order.
public enum ProfitLine: String, Sendable, CaseIterable {
    /// Sales before anything is taken off.
    case sales
    /// Discounts and rebates.
    case discounts
    /// Refunds.
    case refunds
    /// Sales less both.
    case netRevenue = "net_revenue"
    /// Cost of goods.
    case goods
    /// Net revenue less that.
    case grossMargin = "gross_margin"
    /// After-sales and support.
    case service
    /// Keeping the customer.
    case maintenance
    /// Gross margin less the cost to serve.
    case contribution
    /// This month's part of the cost of winning.
    case acquisition
    /// What is left.
    case profit
    /// Management fees charged.
    case fees
    /// Claims written off.
    case badDebt = "bad_debt"
    /// What is left with both.
    case profitAfterFees = "profit_after_fees"

    /// The name for people.
    public var label: Label {
        switch self {
        case .sales: Label("Gross sales", zh: "销售总额")
        case .discounts: Label("− Discounts and rebates", zh: "减：折扣与返利")
        case .refunds: Label("− Refunds", zh: "减：退款")
        case .netRevenue: Label("Net revenue", zh: "净收入")
        case .goods: Label("− Cost of goods", zh: "减：产品成本")
        case .grossMargin: Label("Gross margin", zh: "毛利")
        case .service: Label("− Service", zh: "减：服务成本")
        case .maintenance: Label("− Maintenance", zh: "减：维护成本")
        case .contribution: Label("Contribution after serving", zh: "服务后贡献")
        case .acquisition: Label("− Acquisition, this month's part", zh: "减：获取成本摊销")
        case .profit: Label("Customer profit", zh: "客户利润")
        case .fees: Label("+ Management fees", zh: "加：客户管理费")
        case .badDebt: Label("− Bad debt", zh: "减：坏账")
        case .profitAfterFees: Label("Profit after fees and bad debt", zh: "计入管理费与坏账后利润")
        }
    }

    /// True for a line that follows from those above it.
    public var isSum: Bool {
        switch self {
        case .netRevenue, .grossMargin, .contribution, .profit, .profitAfterFees: true
        default: false
        }
    }
}
