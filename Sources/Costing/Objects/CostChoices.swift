import Schema
import Values

/// The words that costs are classed by.
enum CostChoices {
    /// What a cost is for: exactly one for each entry of the ledger.
    static let categories = [
        Choice("acquisition", Label("Acquisition", zh: "获取成本")),
        Choice("maintenance", Label("Maintenance", zh: "维护成本")),
        Choice("service", Label("Service", zh: "服务成本")),
    ]

    /// What a cost is, whatever it is for.
    static let natures = [
        Choice("ads", Label("Advertising", zh: "广告费")),
        Choice("promotion", Label("Promotion", zh: "促销费")),
        Choice("research", Label("Market research", zh: "市场调研费")),
        Choice("exhibition", Label("Exhibition", zh: "展会费")),
        Choice("pay", Label("People's time", zh: "人员时间")),
        Choice("commission", Label("Commission and bonus", zh: "提成与奖金")),
        Choice("training", Label("Training", zh: "培训费")),
        Choice("system", Label("CRM system", zh: "系统费用")),
        Choice("survey", Label("Satisfaction survey", zh: "满意度调查")),
        Choice("loyalty", Label("Loyalty programme", zh: "会员权益")),
        Choice("expense", Label("Travel and expenses", zh: "差旅费用")),
        Choice("gift", Label("Gift and entertaining", zh: "礼品招待")),
        Choice("freight", Label("Freight", zh: "运费")),
        Choice("payment_fee", Label("Payment fee", zh: "支付手续费")),
        Choice("warranty", Label("Repair and replacement", zh: "维修换货")),
        Choice("rebate", Label("Rebate", zh: "返利")),
        Choice("bad_debt", Label("Bad debt", zh: "坏账")),
        Choice("other", Label("Other", zh: "其他")),
    ]

    /// Which category a nature belongs to unless somebody says otherwise. The two lists of the trade class support pay
    /// twice; here a nature has one place, and time has the place of its activity.
    static func category(of nature: String) -> String {
        switch nature {
        case "ads", "promotion", "research", "exhibition", "commission": "acquisition"
        case "warranty", "survey", "freight", "training": "service"
        default: "maintenance"
        }
    }

    /// Where customers come from.
    static let channels = [
        Choice("search", Label("Search ads", zh: "搜索广告")),
        Choice("social", Label("Social media", zh: "社交媒体")),
        Choice("exhibition", Label("Exhibition", zh: "展会")),
        Choice("event", Label("Event", zh: "市场活动")),
        Choice("referral", Label("Referral", zh: "客户转介绍")),
        Choice("partner", Label("Partner", zh: "渠道伙伴")),
        Choice("website", Label("Website", zh: "官网")),
        Choice("phone", Label("Cold call", zh: "电话开发")),
        Choice("other", Label("Other", zh: "其他")),
    ]

    /// How a touch came about.
    static let touchKinds = [
        Choice("click", Label("Click", zh: "点击")),
        Choice("form", Label("Form", zh: "表单提交")),
        Choice("event", Label("Event", zh: "参加活动")),
        Choice("referral", Label("Referral", zh: "转介绍")),
        Choice("contact", Label("First contact", zh: "首次联系")),
        Choice("other", Label("Other", zh: "其他")),
    ]

    /// What a cost of a pool is.
    static let lineKinds = [
        Choice("pay", Label("Pay", zh: "工资")),
        Choice("social", Label("Social insurance and housing fund", zh: "五险一金")),
        Choice("bonus", Label("Bonus", zh: "奖金")),
        Choice("training", Label("Training", zh: "培训")),
        Choice("tools", Label("Tools", zh: "工具设备")),
        Choice("rent", Label("Rent", zh: "房租分摊")),
        Choice("system", Label("CRM system", zh: "系统费用")),
        Choice("other", Label("Other", zh: "其他")),
    ]

    /// What a line of sales is.
    static let saleKinds = [
        Choice("sale", Label("Sale", zh: "销售")),
        Choice("refund", Label("Refund", zh: "退款")),
        Choice("payment", Label("Money received", zh: "回款")),
        Choice("fee", Label("Management fee", zh: "客户管理费")),
        Choice("bad_debt", Label("Bad debt", zh: "坏账核销")),
    ]

    /// The way of an expense.
    static let states = [
        Choice("draft", Label("Draft", zh: "草稿")),
        Choice("submitted", Label("Submitted", zh: "待审批")),
        Choice("approved", Label("Approved", zh: "已审批")),
        Choice("rejected", Label("Rejected", zh: "已驳回")),
    ]

    /// What a fee is reckoned by.
    static let feeBases = [
        Choice("fixed", Label("Fixed amount", zh: "固定金额")),
        Choice("revenue", Label("Per cent of revenue", zh: "按销售额比例")),
        Choice("managed", Label("Per managed customer", zh: "按管理客户数")),
        Choice("hours", Label("Per service hour above the allowance", zh: "按超出免费额度的服务小时")),
        Choice("project", Label("Per project hour", zh: "按项目工时")),
    ]

    /// The name of a choice; its key where it is unknown.
    static func label(_ key: String, in choices: [Choice]) -> Label {
        choices.first { $0.key == key }?.label ?? Label(key, zh: key)
    }
}
