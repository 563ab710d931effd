public import Pages
public import Values

/// How much of each team's time went to customers, and what the rest cost.
public enum PoolPage {
    private static let text = Label(
        "Time that nobody used is shown here and never spread over customers.",
        zh: "没有用在客户身上的产能在此单独列示，不会摊到客户头上。"
    )

    /// The pools of a month.
    public static func html(
        _ pools: [PoolReader.Pool],
        _ residuals: [PoolReader.Residual],
        fits: [EquationReader.Fit] = [],
        month: String,
        run: RecordID? = nil,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let known = pools.filter { $0.cost != nil }
        let chart = ChartModel(
            title: context(Label("Used and unused capacity", zh: "已用与闲置产能")) + " · " + month,
            axis: context(Label("Pool", zh: "成本池")),
            labels: known.map(\.name),
            series: [
                ChartSeries(
                    context(Label("For customers", zh: "用于客户")),
                    known.map { Double($0.assigned ?? 0) },
                    tone: 2
                ),
                ChartSeries(context(Label("Unused", zh: "闲置")), known.map { Double($0.unused ?? 0) }, tone: 3),
            ],
            links: known.map { "/cost_pools/\($0.id)" },
            format: frame.short
        )
        let rows = pools.map { pool -> (id: String, href: String?, cells: [CellValue]) in
            (
                pool.id.description, "/cost_pools/\(pool.id)",
                [
                    .text(pool.name), .decimal(pool.people, scale: 2), frame.cell(pool.cost),
                    .decimal(pool.capacity / 360, scale: 1), .decimal(pool.used / 360, scale: 1),
                    .text(CostingFrame.percent(pool.usedHundredths)),
                    .text(CostingFrame.percent(pool.used == 0 ? nil : pool.logged * 10_000 / pool.used)),
                    frame.cell(pool.assigned), frame.cell(pool.unused),
                ]
            )
        }
        let heads: [(Label, Bool)] = [
            (Label("Pool", zh: "成本池"), false), (Label("People", zh: "人数"), true), (Label("Cost", zh: "成本"), true),
            (Label("Hours possible", zh: "可用工时"), true), (Label("Hours used", zh: "已用工时"), true),
            (Label("Used", zh: "利用率"), true), (CostWords.logged, true),
            (Label("For customers", zh: "用于客户"), true), (Label("Unused", zh: "闲置成本"), true),
        ]
        let hidden = pools.contains { $0.cost == nil }
        let note: HTML = """
            <p class="k-note">\(context(Label(
                "Amounts of pools with fewer than three people are hidden: they would tell what somebody earns.",
                zh: "人数少于 3 人的成本池不显示金额，以免推算出个人薪酬。"
            )))</p>
            """
        let body: HTML = """
            <section class="k-panel">\(Chart.stacked(chart, in: context))</section>\
            \(frame.panel(CostWords.pools, frame.table(CostWords.pools, heads, rows)))\(HTML.when(hidden, note))\
            \(residual(residuals, frame))\(HTML.with(run) { frame.export("/api/v1/costing/runs/\($0)/pools?format=csv") })\
            \(BudgetPages.equations(fits, frame))
            """
        return frame.page(CostingFrame.home + "/pools", CostWords.pools, text: text, body)
    }

    /// What no customer bears.
    static func residual(_ residuals: [PoolReader.Residual], _ frame: CostingFrame) -> HTML {
        frame.panel(
            Label("What no customer bears", zh: "未归集到客户的成本"),
            frame.table(
                Label("What no customer bears", zh: "未归集到客户的成本"),
                [(CostWords.what, false), (Label("Of", zh: "所属"), false), (CostWords.amount, true)],
                residuals.enumerated().map { place, line in
                    (
                        String(place), nil,
                        [
                            .text(frame.context(line.label)), .text(line.of.map { frame.context($0) } ?? ""),
                            frame.cell(line.amount),
                        ]
                    )
                }
            )
        )
    }
}
