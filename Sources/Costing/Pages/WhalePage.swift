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
    public static func html(
        _ curve: WhaleReader.Curve,
        places: ClosedRange<Int>? = nil,
        _ frame: CostingFrame
    ) -> HTML {
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
            ]))<section class="k-panel">\(Chart.whale(chart.wide(), in: context))</section>\
            \(brush(curve, places, frame))\
            <div id="worst">\(frame.panel(
                Label("Customers who lose most", zh: "亏损最大的客户"),
                list(curve.worst, frame),
                text: Label(
                    "Talk with them about price, service or terms.",
                    zh: "可与这些客户商讨价格、服务方式或合作条件。"
                )
            ))</div>\
            <div id="best">\(frame.panel(Label("Customers who earn most", zh: "利润最高的客户"), list(curve.best, frame)))</div>
            """
        return frame.page(CostingFrame.home + "/whale", CostWords.whale, text: text, body)
    }

    /// A stretch of the curve: its customers, to be opened as a list where they are given away, tagged or told.
    private static func brush(_ curve: WhaleReader.Curve, _ places: ClosedRange<Int>?, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let last = max(1, curve.customers)
        let shown = places ?? min(last, curve.toPeak + 1)...last
        func input(_ label: Label, _ name: String, _ value: Int) -> HTML {
            """
            <label>\(context(label)) <input class="k-input" type="number" name="\(name)" min="1" max="\(last)" \
            value="\(value)"></label>
            """
        }
        let form: HTML = """
            <form class="k-panel-pad k-row" method="get" action="/costing/whale"><input type="hidden" name="from" \
            value="\(frame.from)"><input type="hidden" name="to" value="\(frame.to)"><input type="hidden" name="filter" \
            value="\(frame.filter)">\(input(Label("From place", zh: "从第几名"), "first", shown.lowerBound))\
            \(input(Label("To place", zh: "到第几名"), "last", shown.upperBound))<button class="k-btn">\
            \(context(CostWords.show))</button>\(open(curve.chosen, context))</form>
            """
        return frame.panel(
            Label("A stretch of the curve", zh: "选取曲线中的一段客户"),
            form + HTML.when(places != nil, list(curve.chosen, frame)),
            text: Label(
                "The 100 first of these places. Opened as a list, they can be assigned, tagged or exported together.",
                zh: "显示该区间的前 100 家；在列表中打开后可批量分配、打标签或导出。"
            )
        )
    }

    private static func open(_ customers: [WhaleReader.Customer], _ context: PageContext) -> HTML {
        guard !customers.isEmpty else { return .empty }
        let ids = customers.map { "\"\($0.id)\"" }.joined(separator: ", ")
        let address = WebAddress.path("/customers", ["filter": "id in (\(ids))"])
        return """
             <a class="k-btn k-btn-primary"\(href: address)>\(context(Label("Open as a list", zh: "在列表中打开")))</a>
            """
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
