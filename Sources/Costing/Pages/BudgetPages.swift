public import Pages
import Schema
import Values

/// Budgets against what was spent, and what a system costs over the years.
public enum BudgetPages {
    /// Budgets against actual.
    public static func budgets(_ lines: [BudgetReader.Line], _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let heads: [(Label, Bool)] = [
            (CostWords.what, false), (Label("Kind", zh: "类别"), false), (Label("Budget", zh: "预算"), true),
            (Label("Actual", zh: "实际"), true), (Label("Left", zh: "结余"), true), (Label("Used", zh: "执行率"), true),
        ]
        let rows = lines.enumerated().map { place, line -> (id: String, href: String?, cells: [CellValue]) in
            (
                String(place), nil,
                [
                    .text(context(line.name)), .text(context(CostChoices.label(line.kind, in: CostBudget.kinds))),
                    frame.cell(line.budget), frame.cell(line.actual), frame.cell(line.left),
                    .text(CostingFrame.percent(line.usedHundredths)),
                ]
            )
        }
        let body: HTML = """
            \(frame.panel(CostWords.budgets, frame.table(CostWords.budgets, heads, rows)))\(ProfitPages.hidden(frame))\
            \(frame.export(frame.address("/api/v1/costing/budgets", ["format": "csv"])))\
            <p class="k-row k-noprint"><a class="k-btn" href="/cost_budgets">\(context(Label("Edit budgets", zh: "维护预算")))</a></p>
            """
        return frame.page(
            CostingFrame.home + "/budgets",
            CostWords.budgets,
            text: Label(
                "What was to be spent on pools, channels and customer expenses, and what was.",
                zh: "成本池、渠道投放和客户费用的预算与实际执行情况。"
            ),
            body
        )
    }

    /// What is asked of the comparison of systems.
    public struct Assumptions: Sendable {
        /// How many years.
        public var years = 5
        /// How many people use it.
        public var users = 20
        /// The interest of a year in per cent.
        public var discount = 5

        /// The usual ones.
        public init() {}
    }

    /// Buy, subscribe or build.
    public static func ownership(
        _ ways: [OwnershipReader.Way],
        _ assumptions: Assumptions,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let years = (0..<assumptions.years).map { (Label("Year \($0 + 1)", zh: "第 \($0 + 1) 年"), true) }
        let heads: [(Label, Bool)] =
            [(Label("Way", zh: "方式"), false)] + years + [
                (Label("All years, P10", zh: "合计 P10"), true), (Label("P50", zh: "P50"), true),
                (Label("P90", zh: "P90"), true),
            ]
        let rows = ways.map { way -> (id: String, href: String?, cells: [CellValue]) in
            (
                way.label.en, nil,
                [.text(context(way.label))] + way.years.map { frame.cell($0) }
                    + [frame.cell(way.low), frame.cell(way.middle), frame.cell(way.high)]
            )
        }
        let title = Label("Cost of ownership", zh: "总拥有成本对比")
        let chart = ChartModel(
            title: context(title),
            axis: context(Label("Way", zh: "方式")),
            labels: ways.map { context($0.label) },
            series: [
                ChartSeries(
                    context(Label("All years, as likely more as less", zh: "各年合计（中位数）")),
                    ways.map { Double($0.middle) }
                )
            ],
            links: ways.map { _ in nil },
            format: frame.short
        )
        let export = WebAddress.path(
            "/api/v1/costing/ownership",
            [
                "years": String(assumptions.years), "users": String(assumptions.users),
                "discount": String(assumptions.discount), "format": "csv",
            ]
        )
        let body: HTML = """
            \(choice(assumptions, context))\(HTML.when(!ways.isEmpty, "<section class=\"k-panel\">\(Chart.bars(chart, in: context))</section>"))\
            \(frame.panel(title, frame.table(title, heads, rows)))\(frame.export(export))
            """
        return frame.page(
            CostingFrame.home + "/ownership",
            CostWords.ownership,
            text: Label(
                "Buy, subscribe or build: the likely cost of each year, and a range of all years in today's money.",
                zh: "购买、订阅还是自建：各年最可能成本，以及按现值计算的合计区间。"
            ),
            period: nil,
            body
        )
    }

    private static func choice(_ assumptions: Assumptions, _ context: PageContext) -> HTML {
        func input(_ label: Label, _ name: String, _ value: Int, _ most: Int) -> HTML {
            """
            <label>\(context(label)) <input class="k-input" type="number" name="\(name)" min="0" max="\(most)" \
            value="\(value)"></label>
            """
        }
        return """
            <form class="k-panel k-panel-pad k-row" method="get" action="/costing/ownership">\
            \(input(Label("Years", zh: "年数"), "years", assumptions.years, 20))\
            \(input(Label("People", zh: "使用人数"), "users", assumptions.users, 100_000))\
            \(input(Label("Interest (%)", zh: "折现率（%）"), "discount", assumptions.discount, 100))\
            <button class="k-btn k-btn-primary">\(context(CostWords.show))</button> \
            <a class="k-btn" href="/ownership_items">\(context(Label("Edit items", zh: "维护成本项")))</a></form>
            """
    }

    /// How well time equations follow measured time, below the pools.
    static func equations(_ fits: [EquationReader.Fit], _ frame: CostingFrame) -> HTML {
        guard !fits.isEmpty else { return .empty }
        let context = frame.context
        let title = Label("Time equations against measured time", zh: "时间方程与实际用时")
        return frame.panel(
            title,
            frame.table(
                title,
                [
                    (Label("Activity", zh: "作业"), false), (Label("Events measured", zh: "实测笔数"), true),
                    (Label("Measured (min)", zh: "实测均值（分钟）"), true), (Label("Equation (min)", zh: "方程均值（分钟）"), true),
                    (Label("R²", zh: "R²"), true), (Label("Better equation", zh: "建议方程"), false),
                ],
                fits.map { fit in
                    (
                        fit.activity.description, "/cost_activities/\(fit.activity)",
                        [
                            .text(fit.name), .number(Int64(fit.count)), .decimal(fit.measured, scale: 2),
                            .decimal(fit.estimated, scale: 2),
                            .text(fit.r2.map { FixedPoint.text($0 / 100, digits: 2) } ?? "—"),
                            .text(fit.better ?? fit.refusal.map { context($0) } ?? ""),
                        ]
                    )
                }
            ),
            text: Label(
                "By least squares without negative times, over the events with a logged time of these months.",
                zh: "对所选月份中有实际用时的业务做非负最小二乘拟合。"
            )
        ) + frame.export(frame.address("/api/v1/costing/equations", ["format": "csv"]))
    }
}
