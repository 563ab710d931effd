import Schema
import Values

/// The words of the pages of costs.
enum CostWords {
    static let costing = Label("Cost & profit", zh: "成本与利润")
    static let overview = Label("Overview", zh: "概览")
    static let whale = Label("Whale curve", zh: "客户利润曲线")
    static let channels = Label("Channels", zh: "渠道获客")
    static let groups = Label("Breakdown", zh: "分组利润")
    static let customers = Label("Customers", zh: "客户数")
    static let drivers = Label("Cost drivers", zh: "成本动因")
    static let pools = Label("Capacity", zh: "产能")
    static let winning = Label("What winning it cost", zh: "获取成本明细")
    static let worth = Label("Worth", zh: "客户价值")
    static let segments = Label("Segments", zh: "客群分析")
    static let warnings = Label("Warnings", zh: "预警")
    static let budgets = Label("Budgets", zh: "预算执行")
    static let ownership = Label("Systems", zh: "系统选型")
    static let predictions = Label("Forecasts", zh: "流失与购买预测")
    static let months = Label("Months", zh: "月结")
    static let fees = Label("Fee policy", zh: "收费测算")
    static let from = Label("From", zh: "从")
    static let to = Label("To", zh: "到")
    static let filter = Label("Customers", zh: "客户范围")
    static let filterExample = Label("e.g. industry = \"retail\"", zh: "例如 industry = \"retail\"")
    static let show = Label("Show", zh: "查看")
    static let nothing = Label("Nothing in these months", zh: "所选月份暂无数据")
    static let overviewText = Label(
        "What customers bring and cost, month by month. Every figure opens what it is made of.",
        zh: "按月查看客户带来的收入与消耗的成本，每个数字都可以点开看明细。"
    )
    static let month = Label("Month", zh: "月份")
    static let statement = Label("Profit statement", zh: "利润表")
    static let costs = Label("Costs by month", zh: "每月成本")
    static let profitByMonth = Label("Profit by month", zh: "每月利润")
    static let cashView = Label("Cash view", zh: "现金口径")
    static let cash = Label("Money received", zh: "回款")
    static let acquired = Label("Spent on winning", zh: "当期获客支出")
    static let cashResult = Label("Received less spent", zh: "回款减支出")
    static let logged = Label("Time that was logged", zh: "实际工时占比")
    static let loggedNote = Label(
        "The rest of the time is estimated by time equations: read such figures as estimates.",
        zh: "其余工时由时间方程估算，相关金额请按估算值理解。"
    )
    static let margin = Label("Margin", zh: "利润率")
    static let total = Label("Total", zh: "合计")
    static let open = Label("draft", zh: "草稿")
    static let closed = Label("closed", zh: "已结账")
    static let customer = Label("Customer", zh: "客户")
    static let profit = Label("Profit", zh: "利润")
    static let revenue = Label("Net revenue", zh: "净收入")
    static let serve = Label("Cost to serve", zh: "服务与维护成本")
    static let group = Label("With the companies below it", zh: "含下级公司")
    static let amount = Label("Amount", zh: "金额")
    static let count = Label("Entries", zh: "笔数")
    static let method = Label("How it is known", zh: "取得方式")
    static let confidence = Label("Confidence", zh: "可信度")
    static let what = Label("What", zh: "内容")
    static let record = Label("Record", zh: "来源记录")
    static let minutes = Label("Minutes", zh: "分钟")
    static let entriesText = Label(
        "The records behind this figure; they sum to it.",
        zh: "构成该数字的全部记录，合计与之相等。"
    )
    static let smallTeams = Label(
        "Without the time of teams of fewer than three people: it would tell what somebody earns.",
        zh: "不含人数少于 3 人的团队的工时成本，以免推算出个人薪酬。"
    )
    static let export = Label("Export as CSV", zh: "导出 CSV")

    /// How an entry is known; of logged time also whether it was measured or told.
    static func method(of entry: EntryReader.Entry) -> Label {
        let method = method(entry.method)
        guard let way = entry.minutesBy?.label else { return method }
        return Label("\(method.en) · \(way.en)", zh: "\(method.zh) · \(way.zh)")
    }

    /// How a figure is known, in words.
    static func method(_ key: String) -> Label {
        switch key {
        case "direct": Label("Expense", zh: "直接费用")
        case "logged": Label("Logged time", zh: "实际工时")
        case "estimated": Label("Estimated time", zh: "估算工时")
        case "allocated": Label("Share of spend", zh: "投放分摊")
        default: Label("Document", zh: "单据")
        }
    }
}
