public import Ledger
public import Pages
import Values

/// What customers will bring, and how long those under contract stay.
public enum WorthPage {
    private static let text = Label(
        """
        Customers who buy again and again by their rhythm, over three years; customers under contract by how long such \
        customers stay. Margins after cost to serve, later money discounted.
        """,
        zh: "非合同客户按购买节奏估算未来三年，合同客户按留存曲线估算；均为扣除服务与维护成本后的折现毛利。"
    )

    /// The customers with most worth, and the curve.
    public static func html(
        _ lines: [WorthList.Line],
        _ curve: SurvivalCurve?,
        mayReckon: Bool,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let at = lines.first.map { Format.instant($0.worth.at, in: context) }
        let when = HTML.with(at) {
            "<p class=\"k-panel-pad k-muted\">\(context(Label("Reckoned on \($0)", zh: "预测时间：\($0)")))</p>"
        }
        return frame.page(
            CostingFrame.home + "/worth",
            CostWords.worth,
            text: text,
            period: nil,
            HTML.when(mayReckon, frame.again("/costing/worth")) + contracts(curve, frame)
                + frame.panel(Label("Customers with most worth", zh: "价值最高的客户"), when + list(lines, frame))
                + ProfitPages.hidden(frame) + frame.export("/api/v1/costing/worth?format=csv")
        )
    }

    private static func contracts(_ curve: SurvivalCurve?, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let title = Label("How long customers under contract stay", zh: "合同客户留存曲线")
        guard let curve else {
            let none = Label(
                "No customers are under contract by the rules. Say under Months › Rules which they are.",
                zh: "尚未设定合同客户范围，请在“月结 › 核算规则”中填写。"
            )
            return frame.panel(
                title,
                "<p class=\"k-panel-pad\">\(context(none)) <a href=\"/costing/months\">\(context(CostWords.months))</a></p>"
            )
        }
        if let refusal = ContractCurve.refusal(curve) {
            return frame.panel(title, "<p class=\"k-panel-pad\">\(context(refusal))</p>")
        }
        let shown = min(curve.known, 61)
        let model = ChartModel(
            title: context(title),
            axis: context(Label("Months since the first invoice", zh: "首次开票后月数")),
            labels: (0..<shown).map(String.init),
            series: [
                ChartSeries(context(Label("Still there", zh: "留存率")), (0..<shown).map { curve.shares[$0] * 100 })
            ],
            format: { CostingFrame.percent(Int64(($0 * 100).rounded())) }
        )
        func percent(_ share: Double) -> String { CostingFrame.percent(Int64((share * 10_000).rounded())) }
        let stats = frame.stats([
            (Label("Customers seen", zh: "合同客户数"), Format.number(curve.atRisk.first ?? 0)),
            (Label("Of whom left", zh: "其中已流失"), Format.number(curve.left.reduce(0, +))),
            (Label("Still there after a year", zh: "一年后留存"), percent(curve.share(after: 12))),
            (Label("After two years", zh: "两年后留存"), percent(curve.share(after: 24))),
            (Label("Monthly retention at the end", zh: "末段月留存率"), percent(curve.lastRetention ?? 0)),
        ])
        let note = Label(
            """
            By Kaplan and Meier: who is still there counts for as long as was seen. Beyond month \(max(0, curve.known - 1)) \
            fewer than \(SurvivalCurve.fewest) customers stand behind it, and the last retention goes on.
            """,
            zh: """
                按 Kaplan–Meier 法估计，未流失客户按已观察月数计入。第 \(max(0, curve.known - 1)) 个月之后样本不足 \
                \(SurvivalCurve.fewest) 家，按末段留存率延伸。
                """
        )
        return stats
            + "<section class=\"k-panel\">\(Chart.line(model.wide(), in: context))<p class=\"k-panel-pad k-muted\">\(context(note))</p></section>"
    }

    private static func list(_ lines: [WorthList.Line], _ frame: CostingFrame) -> HTML {
        frame.table(
            CostWords.worth,
            [
                (CostWords.customer, false), (Label("By", zh: "估算方法"), false), (Label("RFM", zh: "RFM"), true),
                (Label("Still a customer", zh: "仍活跃的概率"), true),
                (Label("Purchases in a year", zh: "预计年购买次数"), true), (Label("Worth", zh: "预计价值"), true),
                (Label("Cost of winning", zh: "获取成本"), true), (Label("Worth ÷ cost", zh: "价值 ÷ 成本"), true),
            ],
            lines.map { line in
                let worth = line.worth
                return (
                    line.customer.description, "/customers/\(line.customer)/profit",
                    [
                        .text(line.name), .text(frame.context(method(worth.method))), .number(worth.rfm),
                        .text(CostingFrame.percent(worth.aliveHundredths)),
                        .text(worth.purchasesHundredths.map { FixedPoint.text($0, digits: 2) } ?? "—"),
                        frame.cell(worth.value), frame.cell(worth.acquired),
                        .text(worth.ratioHundredths.map { FixedPoint.text($0 / 10, digits: 1) } ?? "—"),
                    ]
                )
            },
            empty: Label("Nothing has been forecast yet", zh: "尚未进行预测")
        )
    }

    /// By what a worth was reckoned.
    static func method(_ key: String) -> Label {
        switch key {
        case "contract": Label("Contract", zh: "合同留存")
        case "bgnbd": Label("Rhythm of purchases", zh: "购买节奏")
        default: Label("Scores only", zh: "仅评分")
        }
    }
}
