public import Pages
import Schema
import Values

/// Who earns the profit and who eats it.
public enum WhalePage {
    private static let text = Label(
        """
        Profit added up from the best customer to the worst. What lies behind the highest point loses again what the \
        others earned.
        """,
        zh: "把客户按利润从高到低累加：曲线最高点之后的客户，在消耗前面客户创造的利润。"
    )

    /// The curve with the customers at both ends.
    public static func html(_ curve: WhaleReader.Curve, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let chart = ChartModel(
            title: context(CostWords.whale),
            axis: context(Label("Customers", zh: "客户数")),
            labels: curve.points.map { Format.number($0.customers) },
            series: [
                ChartSeries(context(Label("Profit so far", zh: "累计利润")), curve.points.map { Double($0.profit) })
            ],
            links: curve.points.map { point in point.customers > curve.toPeak ? "#worst" : "#best" },
            format: frame.short
        )
        let peak = curve.peakHundredths.map { CostingFrame.percent($0) } ?? frame.money(curve.peak)
        let body: HTML = """
            \(frame.stats([
                (Label("Profit of all", zh: "利润合计"), frame.money(curve.total)),
                (Label("Highest point", zh: "最高点"), peak),
                (Label("Customers up to there", zh: "达到最高点的客户数"), Format.number(curve.toPeak)),
                (Label("Customers behind it", zh: "之后的客户数"), Format.number(curve.customers - curve.toPeak)),
                (Label("Lost again", zh: "被消耗的利润"), frame.money(curve.destroyed)),
            ]))<section class="k-panel">\(Chart.whale(chart, in: context))</section>\
            <div id="worst">\(frame.panel(
                Label("Customers who lose most", zh: "亏损最大的客户"),
                list(curve.worst, frame),
                text: Label(
                    "Choose them into a list, then talk about price, service or terms.",
                    zh: "可从客户列表中筛选这些客户，再商讨价格、服务方式或合作条件。"
                )
            ))</div>\
            <div id="best">\(frame.panel(Label("Customers who earn most", zh: "利润最高的客户"), list(curve.best, frame)))</div>
            """
        return frame.page(CostingFrame.home + "/whale", CostWords.whale, text: text, body)
    }

    private static func list(_ customers: [WhaleReader.Customer], _ frame: CostingFrame) -> HTML {
        frame.table(
            CostWords.customer,
            [
                (CostWords.customer, false), (CostWords.revenue, true), (CostWords.serve, true),
                (CostWords.profit, true),
                (CostWords.margin, true), (CostWords.logged, true),
            ],
            customers.map { customer in
                (
                    customer.id.description, frame.address("/customers/\(customer.id)/profit"),
                    [
                        .text(customer.name), frame.cell(customer.statement[.netRevenue]),
                        frame.cell(customer.statement.costToServe), frame.cell(customer.statement[.profit]),
                        .text(CostingFrame.percent(customer.statement.marginHundredths)),
                        .text(CostingFrame.percent(customer.statement.loggedHundredths)),
                    ]
                )
            }
        )
    }
}
