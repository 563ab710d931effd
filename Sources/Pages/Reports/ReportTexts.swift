public import Values

/// The words of reports and dashboards.
public enum ReportTexts {
    /// Figures over many records.
    public static let reports = Label("Reports", zh: "报表")
    /// A new one.
    public static let new = Label("New report", zh: "新建报表")
    /// Over which object.
    public static let object = Label("Records", zh: "统计对象")
    /// By what.
    public static let group = Label("Group by", zh: "分组")
    /// By what else.
    public static let second = Label("Then by", zh: "再按")
    /// No second grouping.
    public static let nothingElse = Label("Nothing else", zh: "不再分组")
    /// No grouping.
    public static let noGroup = Label("No grouping", zh: "不分组")
    /// What is computed.
    public static let measure = Label("Figure", zh: "指标")
    /// As what it is drawn.
    public static let kind = Label("Shown as", zh: "图表")
    /// Only some records.
    public static let filter = Label("Filter", zh: "筛选条件")
    /// A date field.
    public static let when = Label("Time field", zh: "时间字段")
    /// A span.
    public static let span = Label("Time span", zh: "时间范围")
    /// All of it.
    public static let anyTime = Label("Any time", zh: "不限时间")
    /// Against the span before.
    public static let compare = Label("Compare with the period before", zh: "与上期对比")
    /// The condition of a share.
    public static let part = Label("Share of records for which", zh: "占比条件")
    /// How the condition is written.
    public static let partHelp = Label("An expression, such as outcome = \"won\"", zh: "表达式，如 outcome = \"won\"")
    /// How many.
    public static let count = Label("Number of records", zh: "记录数")
    /// The share of those for which something holds.
    public static let share = Label("Share (%)", zh: "占比（%）")
    /// The sum of a field.
    public static func sum(_ field: String) -> Label { Label("Sum of \(field)", zh: "\(field)合计") }
    /// The average of a field.
    public static func average(_ field: String) -> Label { Label("Average \(field)", zh: "\(field)平均值") }
    /// One sum divided by another.
    public static func ratio(_ first: String, _ second: String) -> Label {
        Label("\(first) ÷ \(second)", zh: "\(first) ÷ \(second)")
    }
    /// All together.
    public static let total = Label("Total", zh: "合计")
    /// No value.
    public static let none = Label("(empty)", zh: "（空）")
    /// What is left over.
    public static let others = Label("Others", zh: "其他")
    /// The span before.
    public static let before = Label("Period before", zh: "上期")
    /// The span itself.
    public static let now = Label("This period", zh: "本期")
    /// Nothing to count.
    public static let nothing = Label("No records for this report", zh: "没有可统计的记录")
    /// Makes it.
    public static let show = Label("Show", zh: "查看")
    /// What a tile says that its reader may not see.
    public static let notYours = Label("You may not see this report.", zh: "您无权查看此报表。")
    /// The records behind.
    public static let records = Label("Records", zh: "查看明细")
    /// When it was counted.
    public static func asOf(_ time: String) -> Label { Label("As of \(time)", zh: "截至 \(time)") }
    /// Where the days are.
    public static func zone(_ zone: String, _ currency: String) -> Label {
        Label("\(zone) · \(currency)", zh: "\(zone) · \(currency)")
    }
    /// With what it is compared.
    public static func against(_ span: String) -> Label { Label("vs \(span)", zh: "对比 \(span)") }
    /// The list of kept reports.
    public static let mine = Label("Kept reports", zh: "已保存的报表")
    /// Keeps it.
    public static let keep = Label("Save report", zh: "保存报表")
    /// Keeps it as another.
    public static let keepNew = Label("Save as new", zh: "另存为")
    /// The name.
    public static let name = Label("Name", zh: "名称")
    /// With whom.
    public static let sharing = Label("Who sees it", zh: "共享范围")
    /// Was kept.
    public static let kept = Label("Report saved.", zh: "报表已保存。")
    /// Was deleted.
    public static let deleted = Label("Report deleted.", zh: "报表已删除。")
    /// Onto a dashboard.
    public static let pin = Label("Put on a dashboard", zh: "添加到仪表盘")
    /// Was put on one.
    public static let pinned = Label("It is on the dashboard.", zh: "已添加到仪表盘。")
    /// A new dashboard.
    public static let newDashboard = Label("New dashboard", zh: "新建仪表盘")
    /// Changes a dashboard.
    public static let arrange = Label("Arrange", zh: "编辑布局")
    /// Ends that.
    public static let ready = Label("Done", zh: "完成")
    /// One place forward.
    public static let forward = Label("Forward", zh: "前移")
    /// One place back.
    public static let back = Label("Back", zh: "后移")
    /// Over the whole width.
    public static let wide = Label("Full width", zh: "整行显示")
    /// Beside others.
    public static let narrow = Label("Half width", zh: "半行显示")
    /// Takes a tile away.
    public static let takeAway = Label("Take away", zh: "移除")
    /// An empty dashboard.
    public static let emptyDashboard = Label(
        "Nothing here yet. Open a report and put it on this dashboard.",
        zh: "还没有内容。打开一个报表，点“添加到仪表盘”。"
    )
    /// A copy of a standard one to change.
    public static let copy = Label("Copy to change", zh: "复制后修改")
    /// The list of a field by spans.
    public static func by(_ field: String, _ period: Label) -> Label {
        Label("\(field), \(period.en)", zh: "\(field)（\(period.zh)）")
    }
}
