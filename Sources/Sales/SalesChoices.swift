public import Schema
import Values

/// Choices that several sales objects share.
public enum SalesChoices {
    /// Where leads and opportunities come from; the keys are those of a customer's source.
    public static let sources = [
        Choice("website", Label("Website", zh: "官网")),
        Choice("search", Label("Search engine", zh: "搜索引擎")),
        Choice("advertising", Label("Advertising", zh: "广告投放")),
        Choice("wechat", Label("WeChat", zh: "微信")),
        Choice("exhibition", Label("Trade fair", zh: "展会")),
        Choice("event", Label("Event", zh: "市场活动")),
        Choice("referral", Label("Referral by a customer", zh: "客户转介绍")),
        Choice("partner", Label("Partner", zh: "渠道伙伴")),
        Choice("cold_call", Label("Cold call", zh: "电话拓客")),
        Choice("visit", Label("Visit", zh: "陌生拜访")),
        Choice("tender", Label("Tender", zh: "招投标")),
        Choice("existing", Label("Existing customer", zh: "老客户复购")),
        Choice("other", Label("Other", zh: "其他")),
    ]

    /// The pipelines of a new workspace.
    public static let pipelines = [Choice("standard", Label("Sales", zh: "销售流程"))]

    /// The stages of a new workspace.
    public static let stages = [
        Choice("potential", Label("Potential", zh: "潜在客户"), group: "standard", probability: 10, outcome: "open"),
        Choice("interested", Label("Interested", zh: "意向客户"), group: "standard", probability: 30, outcome: "open"),
        Choice("negotiating", Label("Negotiating", zh: "谈判中"), group: "standard", probability: 60, outcome: "open"),
        Choice("won", Label("Won", zh: "已成交"), group: "standard", probability: 100, outcome: "won"),
        Choice("lost", Label("Lost", zh: "已输单"), group: "standard", probability: 0, outcome: "lost"),
    ]

    /// How an opportunity stands.
    public static let outcomes = [
        Choice("open", Label("Open", zh: "进行中")),
        Choice("won", Label("Won", zh: "赢单")),
        Choice("lost", Label("Lost", zh: "输单")),
    ]

    /// Why opportunities are lost.
    public static let lossReasons = [
        Choice("price", Label("Price too high", zh: "价格过高")),
        Choice("competitor", Label("Lost to a competitor", zh: "输给竞争对手")),
        Choice("no_budget", Label("No budget", zh: "客户预算取消")),
        Choice("no_need", Label("Need has gone", zh: "需求变化或取消")),
        Choice("product", Label("Product does not fit", zh: "产品不满足需求")),
        Choice("timing", Label("Wrong time", zh: "时机不合适")),
        Choice("no_response", Label("No response", zh: "客户失联")),
        Choice("service", Label("Our service", zh: "服务不到位")),
        Choice("other", Label("Other", zh: "其他")),
        Choice("unknown", Label("Not recorded", zh: "未记录")),
    ]
}
