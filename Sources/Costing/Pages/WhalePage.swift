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
        mayTag: Bool = false,
        mayTask: Bool = false,
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
            ]))\(drawing(curve, chart, frame))<div id="k-brush" class="k-stack">\(brush(curve, places, frame))\
            \(HTML.when(!curve.chosen.isEmpty, actions(curve, places, mayTag, mayTask, frame)))</div>\
            <div id="worst">\(frame.panel(
                Label("Customers who lose most", zh: "亏损最大的客户"),
                list(curve.worst, frame),
                text: Label(
                    "Talk with them about price, service or terms.",
                    zh: "可与这些客户商讨价格、服务方式或合作条件。"
                )
            ))</div>\
            <div id="best">\(frame.panel(Label("Customers who earn most", zh: "利润最高的客户"), list(curve.best, frame)))</div>\
            \(frame.export(frame.address("/api/v1/costing/whale", ["format": "csv"])))\
            <script type="module" src="\(Assets.brush.path)"></script>
            """
        return frame.page(CostingFrame.home + "/whale", CostWords.whale, text: text, body)
    }

    /// The curve for wide screens and for phones; the script lets a stretch be drawn over it.
    private static func drawing(_ curve: WhaleReader.Curve, _ chart: ChartModel, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let said = Label("Places {a} to {b}: {n} customers, {sum}", zh: "第 {a}–{b} 名：{n} 家客户，利润 {sum}")
        let how = Label(
            "Profit added up. Draw over a stretch; or arrow keys, longer with Shift, then Enter.",
            zh: "累计利润曲线。拖动选取一段；也可用方向键移动、按住 Shift 扩大，回车查看。"
        )
        var json = JSONWriter()
        json.object { json in
            json.member("digits", Int64(Currency.digits(frame.currency) ?? 2))
            json.member("currency", frame.currency)
            json.member("said", context(said))
            json.key("points")
            json.array { json in
                for point in curve.points {
                    json.array { json in
                        json.integer(Int64(point.customers))
                        json.integer(point.profit)
                    }
                }
            }
        }
        return """
            <section class="k-panel" data-brush="\(json.text)" data-how="\(context(how))"><div class="k-brush-wide">\
            \(Chart.whale(chart.wide(), in: context))</div><div class="k-brush-small">\(Chart.whale(chart, in: context))</div>\
            <p class="k-brush-said" role="status"></p></section>
            """
    }

    /// What can be done with all customers of a stretch.
    private static func actions(
        _ curve: WhaleReader.Curve,
        _ places: ClosedRange<Int>?,
        _ mayTag: Bool,
        _ mayTask: Bool,
        _ frame: CostingFrame
    ) -> HTML {
        guard let places, mayTag || mayTask else { return .empty }
        let context = frame.context
        let hidden = HTML.each([
            ("from", frame.from), ("to", frame.to), ("filter", frame.filter), ("first", String(places.lowerBound)),
            ("last", String(places.upperBound)),
        ]) { "<input type=\"hidden\" name=\"\($0.0)\" value=\"\($0.1)\">" }
        func form(_ path: String, _ field: Label, _ name: String, _ most: Int, _ button: Label) -> HTML {
            """
            <form class="k-row" method="post" action="/costing/whale/\(path)">\(context.csrfField)\(hidden)\
            <label>\(context(field)) <input class="k-input" name="\(name)" maxlength="\(most)" required></label>\
            <button class="k-btn">\(context(button))</button></form>
            """
        }
        let tag = form(
            "tag",
            Label("Tag", zh: "标签"),
            "tag",
            40,
            Label("Make them a segment", zh: "打标签成为客群")
        )
        let task = form(
            "tasks",
            Label("What is to be done", zh: "任务内容"),
            "subject",
            200,
            Label("Give tasks", zh: "下达任务")
        )
        return frame.panel(
            Label("Do something with them", zh: "对这些客户采取行动"),
            "<div class=\"k-panel-pad k-stack\">\(HTML.when(mayTag, tag))\(HTML.when(mayTask, task))</div>",
            text: Label(
                "A tag can be used in every filter; it takes the first 2,000. Tasks go to who looks after the customer: the first 100, due in a week.",
                zh: "标签可用于任何筛选，最多 2000 家；任务下达给客户负责人，最多 100 家，一周内完成。"
            )
        )
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
            <form class="k-panel-pad k-row" id="k-brush-form" method="get" action="/costing/whale" data-swap-form="k-brush"><input type="hidden" name="from" \
            value="\(frame.from)"><input type="hidden" name="to" value="\(frame.to)"><input type="hidden" name="filter" \
            value="\(frame.filter)">\(input(Label("From place", zh: "从第几名"), "first", shown.lowerBound))\
            \(input(Label("To place", zh: "到第几名"), "last", shown.upperBound))<button class="k-btn">\
            \(context(CostWords.show))</button>\(open(curve.chosen, context))</form>
            """
        return frame.panel(
            Label("A stretch of the curve", zh: "选取曲线中的一段客户"),
            form + HTML.when(places != nil, sums(curve, frame) + list(curve.chosen, frame)),
            text: Label(
                "The 100 first of these places. Opened as a list, they can be assigned, tagged or exported together.",
                zh: "显示该区间的前 100 家；在列表中打开后可批量分配、打标签或导出。"
            )
        )
    }

    private static func sums(_ curve: WhaleReader.Curve, _ frame: CostingFrame) -> HTML {
        let (count, profit) = curve.stretch
        let said = Label(
            "\(count) customers, profit \(frame.money(profit))",
            zh: "共 \(count) 家客户，利润合计 \(frame.money(profit))"
        )
        return "<p class=\"k-panel-text\"><strong>\(frame.context(said))</strong></p>"
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
