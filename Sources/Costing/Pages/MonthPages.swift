public import Pages
public import Values

/// Reckoning and closing months.
public enum MonthPages {
    private static let text = Label(
        "Reckon a month as a draft as often as needed, compare, then close it. A closed month never changes.",
        zh: "可反复核算草稿、比较差异，确认后结账。已结账的月份不会再变化。"
    )

    /// All runs with the form that makes one.
    public static func list(
        _ runs: [RunSummary],
        _ policy: CostPolicy,
        outdated: [OutdatedMonths.Month] = [],
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let month = String(frame.context.today.adding(months: -1).description.prefix(7))
        let form: HTML = """
            <form class="k-panel k-panel-pad k-row" method="post" action="/costing/months">\(context.csrfField)\
            <label>\(context(CostWords.month)) <input class="k-input" type="month" name="month" value="\(month)" required></label>\
            <label>\(context(Label("Note", zh: "备注"))) <input class="k-input" name="note" maxlength="500"></label>\
            <button class="k-btn k-btn-primary">\(context(Label("Reckon a draft", zh: "核算草稿")))</button></form>
            """
        let rows = runs.map { run -> (id: String, href: String?, cells: [CellValue]) in
            (
                run.id.description, "/costing/months/\(run.id)",
                [
                    .text(run.month), .html(badge(run, context)), .instant(run.createdAt), .text(run.createdBy),
                    frame.cell(run.poolCost + run.spend + run.direct), frame.cell(run.assigned),
                    .text(CostingFrame.percent(run.loggedShare)), .text(run.problem ?? run.note),
                ]
            )
        }
        let heads: [(Label, Bool)] = [
            (CostWords.month, false), (Label("State", zh: "状态"), false), (Label("Reckoned", zh: "核算时间"), false),
            (Label("By", zh: "操作人"), false), (Label("Cost put in", zh: "投入成本"), true),
            (Label("Borne by customers", zh: "归集到客户"), true), (CostWords.logged, true),
            (Label("Note", zh: "备注"), false),
        ]
        let body =
            RestatementPage.outdated(outdated, frame) + form + settings(policy, frame)
            + frame.panel(CostWords.months, frame.table(CostWords.months, heads, rows))
        return frame.page(CostingFrame.home + "/months", CostWords.months, text: text, period: nil, body)
    }

    private static func badge(_ run: RunSummary, _ context: PageContext) -> HTML {
        switch run.state {
        case "closed":
            Badge.html(context(run.replaces == nil ? CostWords.closed : Label("restated", zh: "已重述")), .ok)
        case "draft": Badge.html(context(CostWords.open), .accent)
        case "running": Badge.html(context(Label("running", zh: "核算中")))
        default: Badge.html(context(Label("failed", zh: "失败")), .bad)
        }
    }

    private static func settings(_ policy: CostPolicy, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        func number(_ label: Label, _ key: String, _ range: ClosedRange<Int>) -> HTML {
            """
            <label>\(context(label)) <input class="k-input" type="number" name="\(key)" min="\(range.lowerBound)" \
            max="\(range.upperBound)" value="\(policy[key])"></label>
            """
        }
        let models = HTML.each(CostPolicy.models) {
            "<option value=\"\($0.key)\"\(attribute: "selected", if: $0.key == policy.model)>\(context($0.label))</option>"
        }
        return """
            <details class="k-panel"><summary>\(Icons.use("right"))\(context(Label("Rules", zh: "核算规则")))</summary>\
            <form class="k-panel-pad k-row" method="post" action="/costing/policy">\(context.csrfField)<label>\
            \(context(Label("Credit to touches", zh: "归因模型"))) <select class="k-input" name="model">\(models)</select></label>\
            \(number(Label("Half-life (days)", zh: "半衰期（天）"), "half_life_days", 1...365))\
            \(number(Label("Own weight: first", zh: "自定义权重：首次"), "custom_first", 0...100))\
            \(number(Label("those between", zh: "中间"), "custom_middle", 0...100))\
            \(number(Label("last", zh: "末次"), "custom_last", 0...100))\
            \(number(Label("Winning counts over (months)", zh: "获取成本摊销（月）"), "amortisation_months", 1...120))\
            \(number(Label("Warn when serving takes (% of margin)", zh: "服务成本预警线（占毛利 %）"), "serve_warning", 1...1000))\
            <label class="k-row"><input type="checkbox" name="warning_tasks" value="1"\(attribute: "checked", if: policy.givesTasks)>\
            \(context(Label("Give a task for a new warning", zh: "新预警时给负责人建任务")))</label>\
            <label>\(context(Label("Customers under contract", zh: "合同客户范围"))) <input class="k-input" name="contract_filter" \
            maxlength="1000" value="\(policy.contractFilter)" placeholder="\(context(CostWords.filterExample))"></label>\
            \(number(Label("An invoice covers (months)", zh: "一张账单覆盖（月）"), "contract_months", 1...36))\
            \(number(Label("Interest of a year (%)", zh: "年折现率（%）"), "interest", 0...100))\
            <button class="k-btn">\(context(Label("Save", zh: "保存")))</button></form></details>
            """
    }

    /// A run that is under way, or what went wrong with it.
    public static func running(_ run: RunSummary, _ progress: RunProgress?, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let head = Layout.head("\(context(Label("Costs of \(run.month)", zh: "\(run.month) 客户成本核算")))", text: run.note)
        guard run.state == "running" else {
            return head + Control.alert(run.problem ?? context(Label("The run has failed.", zh: "核算失败。")))
        }
        let step = context(progress?.step.label ?? Label("Waiting for its turn", zh: "正在排队"))
        let percent = progress?.percent ?? 0
        return """
            \(head)<section class="k-panel k-panel-pad"><p class="k-note" role="status">\(step) \
            <progress max="100" value="\(percent)" aria-label="\(step)"></progress> \(percent)%</p><p class="k-muted">\
            \(context(Label(
                "You may leave this page; the run goes on by itself.",
                zh: "可以离开本页，核算会在后台继续。"
            ))) <a href="/costing/months/\(run.id)">\(context(Label("Look again", zh: "刷新")))</a></p></section>
            """
    }

    /// All that the report of one run shows.
    public struct Report: Sendable {
        /// The run.
        public var run: RunSummary
        /// The statement of the firm.
        public var months: [ProfitReader.Month]
        /// The pools.
        public var pools: [PoolReader.Pool]
        /// What no customer bears.
        public var residuals: [PoolReader.Residual]
        /// What to look at.
        public var checks: [MonthChecks.Check]
        /// Who moved most.
        public var movers: [CostRuns.RankChange]
        /// Who changes rank against another run.
        public var changes: [CostRuns.RankChange]
        /// The run that is compared with.
        public var with: RecordID?
        /// Other runs of the month.
        public var others: [RunSummary]
        /// Later closed months that have to be restated when this one is closed.
        public var following: [OutdatedMonths.Month]
        /// Earlier months that have changed since this draft.
        public var changed: [String]

        /// The report of one run.
        public init(
            run: RunSummary,
            months: [ProfitReader.Month],
            pools: [PoolReader.Pool],
            residuals: [PoolReader.Residual],
            checks: [MonthChecks.Check],
            movers: [CostRuns.RankChange],
            changes: [CostRuns.RankChange],
            others: [RunSummary],
            following: [OutdatedMonths.Month] = [],
            changed: [String] = []
        ) {
            self.run = run
            self.months = months
            self.pools = pools
            self.residuals = residuals
            self.checks = checks
            self.movers = movers
            self.changes = changes
            self.others = others
            self.following = following
            self.changed = changed
        }
    }

    /// The report of a run: what to look at, what came out, and the form that closes it. Made to be printed.
    public static func report(_ report: Report, _ frame: CostingFrame) -> HTML {
        let (context, run) = (frame.context, report.run)
        let total = report.months.reduce(Statement.zero) { $0 + $1.statement }
        let state = context(run.state == "closed" ? CostWords.closed : CostWords.open)
        let title = context(Label("Costs of \(run.month)", zh: "\(run.month) 客户成本月结报告"))
        return """
            \(Layout.head("\(title) · \(state)", text: run.note, actions: printing(run)))<div class="k-stack">\
            \(HTML.when(run.state == "draft", checks(report.checks, frame)))\
            \(frame.stats([
                (Label("Pools", zh: "成本池"), frame.money(run.poolCost)),
                (Label("Spend", zh: "渠道投放"), frame.money(run.spend)),
                (Label("Expenses", zh: "客户费用"), frame.money(run.direct)),
                (Label("Borne by customers", zh: "归集到客户"), frame.money(run.assigned)),
                (CostWords.logged, CostingFrame.percent(run.loggedShare)),
            ]))\(frame.panel(CostWords.statement, ProfitPages.statement(report.months, total, frame)))\
            \(PoolPage.residual(report.residuals, frame))\
            \(HTML.when(!report.movers.isEmpty, changes(report.movers, Label("Who moved most since the month before", zh: "与上月相比变化最大的客户"), frame)))\
            \(comparison(report, frame))\(HTML.when(run.state == "draft", RestatementPage.closing(report, frame)))\(signature(run, frame))</div>
            """
    }

    /// The report in either language, whatever the reader's own is, and on paper.
    private static func printing(_ run: RunSummary) -> HTML {
        """
        <a class="k-btn" href="/costing/months/\(run.id)?in=zh" lang="zh">中文报告</a>\
        <a class="k-btn" href="/costing/months/\(run.id)?in=en" lang="en">Report in English</a>\
        <button class="k-btn" type="button" data-print data-needs-script hidden>打印 / Print</button>
        """
    }

    private static func checks(_ checks: [MonthChecks.Check], _ frame: CostingFrame) -> HTML {
        frame.panel(
            Label("Look at this before closing", zh: "结账前检查"),
            frame.table(
                Label("Look at this before closing", zh: "结账前检查"),
                [(CostWords.what, false), (Label("Figure", zh: "数值"), true), (Label("State", zh: "结论"), false)],
                checks.enumerated().map { place, check in
                    let state: HTML =
                        check.isFine
                        ? Badge.html(frame.context(Label("fine", zh: "正常")), .ok)
                        : Badge.html(frame.context(Label("look at it", zh: "请检查")), .warn)
                    return (
                        String(place), check.address,
                        [.text(frame.context(check.label)), .text(check.figure), .html(state)]
                    )
                }
            )
        )
    }

    private static func changes(_ changes: [CostRuns.RankChange], _ title: Label, _ frame: CostingFrame) -> HTML {
        frame.panel(
            title,
            frame.table(
                title,
                [
                    (CostWords.customer, false), (Label("Place before", zh: "原名次"), true),
                    (Label("Place now", zh: "现名次"), true), (Label("Profit before", zh: "原利润"), true),
                    (Label("Profit now", zh: "现利润"), true), (Label("Difference", zh: "差额"), true),
                ],
                changes.map { change in
                    (
                        change.customer.description, "/customers/\(change.customer)/profit",
                        [
                            .text(change.name), .number(change.placeBefore), .number(change.placeAfter),
                            frame.cell(change.before), frame.cell(change.after),
                            frame.cell(change.after - change.before),
                        ]
                    )
                }
            )
        )
    }

    private static func comparison(_ report: Report, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let others = report.others.filter { $0.id != report.run.id && $0.month == report.run.month }
        let links = HTML.each(others) { other in
            let address = WebAddress.path("/costing/months/\(report.run.id)", ["with": other.id.description])
            return """
                <a class="k-btn"\(href: address)>\(Format.instant(other.createdAt, in: context)) \
                \(context(other.state == "closed" ? CostWords.closed : CostWords.open))</a>
                """
        }
        let title = Label("Compare with another run", zh: "与其他核算比较")
        let choose = HTML.when(
            !others.isEmpty,
            "<div class=\"k-noprint\">\(frame.panel(title, "<div class=\"k-panel-pad k-row\">\(links)</div>"))</div>"
        )
        return choose
            + HTML.when(
                !report.changes.isEmpty,
                changes(report.changes, Label("Who changes places", zh: "名次变化的客户"), frame)
            )
            + frame.export(
                WebAddress.path(
                    "/api/v1/costing/runs/\(report.run.id)/changes",
                    ["with": report.changes.isEmpty ? "" : report.with?.description ?? "", "format": "csv"]
                )
            )
    }

    /// Who answers for the figures, and the marks by which they can be checked.
    private static func signature(_ run: RunSummary, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let closed = run.closedAt.map { Format.instant($0, in: context) + " · " + (run.closedBy ?? "") } ?? "—"
        return """
            <section class="k-panel k-panel-pad"><dl class="k-facts"><div><dt>\(context(Label("Reckoned", zh: "核算")))</dt>\
            <dd>\(Format.instant(run.createdAt, in: context)) · \(run.createdBy)</dd></div><div><dt>\
            \(context(Label("Closed", zh: "结账")))</dt><dd>\(closed)</dd></div><div><dt>\(context(Label("Mark of the inputs", zh: "数据指纹")))\
            </dt><dd><code>\(run.inputHash)</code></dd></div><div><dt>\(context(Label("Mark of the rules", zh: "规则指纹")))</dt>\
            <dd><code>\(run.rulesHash)</code></dd></div><div><dt>\(context(Label("Signature", zh: "签字")))</dt><dd>____________________</dd>\
            </div></dl></section>
            """
    }
}
