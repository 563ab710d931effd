import Pages
import Values

/// A report at its place on a dashboard.
struct DashboardTile: Sendable {
    var title: String
    var request: ReportRequest
    var isWide = false

    init(_ title: String, _ request: ReportRequest, isWide: Bool = false) {
        self.title = title
        self.request = request
        self.isWide = isWide
    }

    /// As it is kept.
    var json: JSONValue {
        .object([
            .init(key: "title", value: .string(title)), .init(key: "wide", value: .bool(isWide)),
            .init(key: "report", value: request.json),
        ])
    }

    init?(_ json: JSONValue) {
        guard let title = json["title"]?.string, let request = ReportRequest(json["report"]) else { return nil }
        self.init(title, request, isWide: json["wide"]?.bool ?? false)
    }
}

/// The dashboards that everybody finds: sales, pipeline, activity, team.
enum StandardDashboards {
    struct Dashboard {
        let key: String
        let label: Label
        let tiles: [(title: Label, request: ReportRequest, isWide: Bool)]
    }

    static let all = [sales, pipeline, activity, team]

    private static func report(
        _ object: String,
        _ shape: ReportShape,
        by group: String = "",
        then second: String = "",
        _ measure: String = "count",
        part: String = "",
        filter: String = "",
        when: String = "",
        _ span: ReportSpan? = nil,
        compares: Bool = false
    ) -> ReportRequest {
        var request = ReportRequest(object)
        (request.shape, request.group, request.second) = (shape, group, second)
        (request.measure, request.part, request.filter) = (measure, part, filter)
        (request.when, request.span, request.compares) = (when, span?.rawValue ?? "", compares)
        return request
    }

    private static let won = "outcome = \"won\""
    private static let open = "outcome = \"open\""
    private static let closed = "outcome in (\"won\", \"lost\")"

    private static let sales = Dashboard(
        key: "sales",
        label: Label("Sales", zh: "销售"),
        tiles: [
            (
                Label("Won this month", zh: "本月成交金额"),
                report(
                    "opportunities",
                    .number,
                    "sum.amount",
                    filter: won,
                    when: "closed_on",
                    .monthToDate,
                    compares: true
                ), false
            ),
            (
                Label("Win rate, last 90 days", zh: "近 90 天赢单率"),
                report(
                    "opportunities",
                    .number,
                    "share",
                    part: won,
                    filter: closed,
                    when: "closed_on",
                    .last90,
                    compares: true
                ), false
            ),
            (
                Label("Won by month", zh: "每月成交金额"),
                report(
                    "opportunities",
                    .bar,
                    by: "closed_on.month",
                    "sum.amount",
                    filter: won,
                    when: "closed_on",
                    .last12Months,
                    compares: true
                ), true
            ),
            (
                Label("Won by person this quarter", zh: "本季度个人成交"),
                report(
                    "opportunities",
                    .bar,
                    by: "owner",
                    "sum.amount",
                    filter: won,
                    when: "closed_on",
                    .thisQuarter
                ), false
            ),
            (
                Label("Won by source", zh: "成交来源"),
                report(
                    "opportunities",
                    .donut,
                    by: "source",
                    "sum.amount",
                    filter: won,
                    when: "closed_on",
                    .last12Months
                ),
                false
            ),
            (
                Label("Reasons for losing", zh: "输单原因"),
                report(
                    "opportunities",
                    .donut,
                    by: "loss_reason",
                    filter: "outcome = \"lost\"",
                    when: "closed_on",
                    .last12Months
                ), false
            ),
            (
                Label("Leads by source", zh: "线索来源"),
                report("leads", .donut, by: "source", when: "created_at", .last90), false
            ),
        ]
    )

    private static let pipeline = Dashboard(
        key: "pipeline",
        label: Label("Pipeline", zh: "商机"),
        tiles: [
            (
                Label("Open pipeline", zh: "进行中商机金额"),
                report("opportunities", .number, "sum.amount", filter: open), false
            ),
            (
                Label("Average open opportunity", zh: "进行中商机平均金额"),
                report("opportunities", .number, "avg.amount", filter: open), false
            ),
            (
                Label("Open opportunities by stage", zh: "各阶段商机金额"),
                report("opportunities", .funnel, by: "stage", "sum.amount", filter: open), false
            ),
            (
                Label("Stuck for 30 days by stage", zh: "停留超 30 天的商机"),
                report(
                    "opportunities",
                    .bar,
                    by: "stage",
                    filter: open + " and stage_changed_at < today - 30d"
                ), false
            ),
            (
                Label("Expected closes", zh: "预计成交"),
                report(
                    "opportunities",
                    .stacked,
                    by: "close_on.month",
                    then: "stage",
                    "sum.amount",
                    filter: open,
                    when: "close_on",
                    .next6Months
                ), true
            ),
            (
                Label("New opportunities by month", zh: "每月新增商机"),
                report(
                    "opportunities",
                    .line,
                    by: "created_at.month",
                    when: "created_at",
                    .last12Months,
                    compares: true
                ),
                true
            ),
        ]
    )

    private static let activity = Dashboard(
        key: "activity",
        label: Label("Activity", zh: "跟进"),
        tiles: [
            (
                Label("Activities, last 7 days", zh: "近 7 天跟进次数"),
                report("activities", .number, filter: "kind != \"task\"", when: "happened_at", .last7, compares: true),
                false
            ),
            (
                Label("New customers this month", zh: "本月新增客户"),
                report("customers", .number, when: "created_at", .monthToDate, compares: true), false
            ),
            (
                Label("Activities by week", zh: "每周跟进"),
                report(
                    "activities",
                    .stacked,
                    by: "happened_at.week",
                    then: "kind",
                    filter: "kind != \"task\"",
                    when: "happened_at",
                    .last90
                ), true
            ),
            (
                Label("Outcomes, last 30 days", zh: "近 30 天跟进结果"),
                report(
                    "activities",
                    .donut,
                    by: "outcome",
                    filter: "outcome is not empty",
                    when: "happened_at",
                    .last30
                ), false
            ),
            (
                Label("New leads by week", zh: "每周新增线索"),
                report("leads", .area, by: "created_at.week", when: "created_at", .last90), false
            ),
            (
                Label("New customers by month", zh: "每月新增客户"),
                report("customers", .line, by: "created_at.month", when: "created_at", .last12Months, compares: true),
                true
            ),
        ]
    )

    private static let team = Dashboard(
        key: "team",
        label: Label("Team", zh: "团队"),
        tiles: [
            (
                Label("Won by person this month", zh: "本月个人成交"),
                report(
                    "opportunities",
                    .bar,
                    by: "owner",
                    "sum.amount",
                    filter: won,
                    when: "closed_on",
                    .monthToDate,
                    compares: true
                ), false
            ),
            (
                Label("Open pipeline by person", zh: "各销售进行中商机"),
                report("opportunities", .stacked, by: "owner", then: "stage", "sum.amount", filter: open), false
            ),
            (
                Label("Activities by person, last 30 days", zh: "近 30 天个人跟进"),
                report(
                    "activities",
                    .stacked,
                    by: "owner",
                    then: "kind",
                    filter: "kind != \"task\"",
                    when: "happened_at",
                    .last30
                ), false
            ),
            (
                Label("Overdue tasks by person", zh: "个人逾期任务"),
                report(
                    "activities",
                    .bar,
                    by: "assignee",
                    filter: "kind = \"task\" and (done is empty or done = false) and due_on < today"
                ), false
            ),
            (
                Label("Customers by person", zh: "个人客户数"),
                report("customers", .table, by: "owner"), false
            ),
            (
                Label("Win rate by person, last 90 days", zh: "近 90 天个人赢单率"),
                report(
                    "opportunities",
                    .table,
                    by: "owner",
                    "share",
                    part: won,
                    filter: closed,
                    when: "closed_on",
                    .last90
                ), false
            ),
        ]
    )
}
