public import Pages
import Schema
public import Values

/// The statement of a customer or of the firm.
public enum ProfitPages {
    /// The overview of the firm or of a segment.
    public static func overview(_ months: [ProfitReader.Month], _ frame: CostingFrame) -> HTML {
        let total = months.reduce(Statement.zero) { $0 + $1.statement }
        let body: HTML =
            months.isEmpty
            ? nothing(frame)
            : """
            \(figures(total, frame))\(charts(months, frame, nil))\
            \(frame.panel(CostWords.statement, statement(months, total, frame)))\
            \(frame.export(frame.address("/api/v1/costing/profit", ["format": "csv"])))
            """
        return frame.page(CostingFrame.home, CostWords.costing, text: CostWords.overviewText, body)
    }

    /// The tab of one customer.
    public static func customer(
        _ id: RecordID,
        _ name: String,
        _ months: [ProfitReader.Month],
        isGroup: Bool,
        worth: CustomerWorth? = nil,
        fee: FeeReader.CustomerFee? = nil,
        forecasts: [Predictions.Forecast] = [],
        variance: VarianceReader.Variance? = nil,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let total = months.reduce(Statement.zero) { $0 + $1.statement }
        let path = "/customers/\(id)/profit"
        let box: HTML = """
            <label class="k-row"><input type="checkbox" name="group" value="1"\(attribute: "checked", if: isGroup)>\
            \(context(CostWords.group))</label>
            """
        let form: HTML = """
            <form class="k-panel k-panel-pad k-row" method="get" action="\(path)"><label>\(context(CostWords.from)) \
            <input class="k-input" type="month" name="from" value="\(frame.from)"></label>\
            <label>\(context(CostWords.to)) <input class="k-input" type="month" name="to" value="\(frame.to)"></label>\(box)\
            <button class="k-btn k-btn-primary">\(context(CostWords.show))</button></form>
            """
        let export = WebAddress.path(
            "/api/v1/costing/customers/\(id)/profit",
            ["from": frame.from, "to": frame.to, "format": "csv"]
        )
        let link: HTML = """
            <a class="k-btn" href="/customers/\(id)/acquisition">\(context(CostWords.winning))</a>\
            <a class="k-btn"\(href: export)>\(Icons.use("export"))\(context(CostWords.export))</a>
            """
        let isIdle = months.allSatisfy { $0.statement == .zero }
        let table: HTML = """
            \(charts(months, frame, isGroup ? nil : id))\
            \(frame.panel(CostWords.statement, statement(months, total, frame, isGroup ? nil : { address(id, $0, $1) })))
            """
        let body: HTML =
            months.isEmpty
            ? nothing(frame)
            : """
            \(figures(total, frame))\(HTML.with(worth) { self.worth($0, frame) })\(PredictionPage.panel(forecasts, frame))\
            \(isIdle ? nobodys(frame) : table)\(HTML.with(variance) { VariancePanel.html($0, frame) })\(CustomerFeePanel.html(fee, id, frame))
            """
        return """
            \(Layout.head("\(name)", text: context(CostWords.costing), actions: link))<div class="k-stack">\(form)\(body)</div>
            """
    }

    private static func nothing(_ frame: CostingFrame) -> HTML {
        let link: HTML = """
            <a class="k-btn k-btn-primary" href="/costing/months">\(frame.context(CostWords.months))</a>
            """
        let model = EmptyModel(
            icon: "info",
            title: frame.context(CostWords.nothing),
            text: frame.context(Label("Reckon a month first.", zh: "请先进行成本核算。")),
            actions: link
        )
        return "<section class=\"k-panel\">\(Table.empty(model))</section>"
    }

    private static func nobodys(_ frame: CostingFrame) -> HTML {
        let model = EmptyModel(
            icon: "info",
            title: frame.context(CostWords.nothing),
            text: frame.context(
                Label(
                    "No time, expense or sale of these months belongs to this customer.",
                    zh: "所选月份内没有归属该客户的工时、费用或销售。"
                )
            )
        )
        return "<section class=\"k-panel\">\(Table.empty(model))</section>"
    }

    private static func figures(_ total: Statement, _ frame: CostingFrame) -> HTML {
        frame.stats([
            (CostWords.revenue, frame.money(total[.netRevenue])), (CostWords.serve, frame.money(total.costToServe)),
            (CostWords.profit, frame.money(total[.profit])),
            (CostWords.margin, CostingFrame.percent(total.marginHundredths)),
            (CostWords.logged, CostingFrame.percent(total.loggedHundredths)),
        ])
    }

    private static func worth(_ worth: CustomerWorth, _ frame: CostingFrame) -> HTML {
        let none = frame.context(Label("no repeat purchase yet", zh: "尚无复购"))
        let ratio = worth.ratioHundredths.map { FixedPoint.text($0 / 10, digits: 1) } ?? "—"
        let purchases = worth.purchasesHundredths.map { FixedPoint.text($0, digits: 2) } ?? "—"
        let isContract = worth.method == "contract"
        let span =
            isContract
            ? Label("Worth of the contract, forecast", zh: "预计合同价值")
            : Label("Worth of three years, forecast", zh: "预计三年价值")
        return frame.stats([
            (Label("Recency, frequency, value", zh: "RFM 得分"), String(worth.rfm)),
            (Label("Still a customer", zh: "仍活跃的概率"), worth.aliveHundredths.map { CostingFrame.percent($0) } ?? none),
            (Label("Purchases in a year, forecast", zh: "预计年购买次数"), purchases),
            (span, frame.money(worth.value)),
            (Label("Worth ÷ cost of winning", zh: "价值 ÷ 获取成本"), ratio),
        ])
    }

    private static func charts(_ months: [ProfitReader.Month], _ frame: CostingFrame, _ customer: RecordID?) -> HTML {
        // Without any figure there is nothing to draw.
        guard months.contains(where: { $0.statement != .zero }) else { return .empty }
        func values(_ amount: (Statement) -> Int64) -> [Double] { months.map { Double(amount($0.statement)) } }
        let links = months.map { month in customer.map { address($0, month.month, .profit) } }
        let costs = ChartModel(
            title: frame.context(CostWords.costs),
            axis: frame.context(CostWords.month),
            labels: months.map(\.month),
            series: [
                ChartSeries(name(.service, frame), values { $0[.service] }, tone: 1),
                ChartSeries(name(.maintenance, frame), values { $0[.maintenance] }, tone: 2),
                ChartSeries(name(.acquisition, frame), values { $0[.acquisition] }, tone: 3),
            ],
            links: links,
            format: frame.short
        )
        let profit = ChartModel(
            title: frame.context(CostWords.profitByMonth),
            axis: frame.context(CostWords.month),
            labels: months.map(\.month),
            series: [ChartSeries(frame.context(CostWords.profit), values { $0[.profit] }, tone: 1)],
            links: links,
            format: frame.short
        )
        return """
            <section class="k-panel k-chart-pair">\(Chart.bars(profit, in: frame.context))\(Chart.stacked(costs, in: frame.context))</section>
            """
    }

    private static func name(_ line: ProfitLine, _ frame: CostingFrame) -> String {
        let text = frame.context(line.label)
        return String(text.drop { "−减： ".contains($0) })
    }

    private static func address(_ customer: RecordID, _ month: String, _ line: ProfitLine) -> String {
        "/customers/\(customer)/profit/\(month)/\(line.rawValue)"
    }

    /// The fixed layout, a column for each month; each figure leads to what it is made of.
    static func statement(
        _ months: [ProfitReader.Month],
        _ total: Statement,
        _ frame: CostingFrame,
        _ address: ((String, ProfitLine) -> String)? = nil
    ) -> HTML {
        let context = frame.context
        // Of one month the total would say the same again.
        let isSummed = months.count > 1
        func whole(_ cell: HTML) -> HTML { HTML.when(isSummed, cell) }
        let head = HTML.each(months) { month in
            let state = context(month.isClosed ? CostWords.closed : CostWords.open)
            return "<th scope=\"col\">\(month.month)<br><small class=\"k-muted\">\(state)</small></th>"
        }
        let lines = HTML.each(ProfitLine.allCases) { line in
            let cells = HTML.each(months) { month in
                amount(month.statement[line], address.map { $0(month.month, line) }, frame)
            }
            return row(context(line.label), cells, whole(amount(total[line], nil, frame)), isSum: line.isSum)
        }
        func extra(_ label: Label, _ value: (Statement) -> Int64) -> HTML {
            row(
                context(label),
                HTML.each(months) { amount(value($0.statement), nil, frame) },
                whole(amount(value(total), nil, frame)),
                isSum: false
            )
        }
        let logged = HTML.each(months) { "<td>\(CostingFrame.percent($0.statement.loggedHundredths))</td>" }
        return """
            <div class="k-scroll" tabindex="0" role="region" aria-label="\(context(CostWords.statement))">\
            <table class="k-statement\(isSummed ? " k-with-total" : "")"><thead><tr><th scope="col">\(context(CostWords.month))</th>\(head)\
            \(whole("<th scope=\"col\">\(context(CostWords.total))</th>"))</tr></thead><tbody>\(lines)\
            <tr class="k-part"><th scope="rowgroup" colspan="\(months.count + (isSummed ? 2 : 1))">\(context(CostWords.cashView))</th></tr>\
            \(extra(CostWords.acquired) { $0.acquired })\(extra(CostWords.cash) { $0.cash })\
            \(extra(CostWords.cashResult) { $0.cashResult })<tr><th scope="row">\(context(CostWords.logged))</th>\(logged)\
            \(whole("<td>\(CostingFrame.percent(total.loggedHundredths))</td>"))</tr></tbody></table></div>\
            <p class="k-panel-pad k-muted">\(context(CostWords.loggedNote))</p>\(hidden(frame))
            """
    }

    /// Says that small teams are left out, to whom it concerns.
    static func hidden(_ frame: CostingFrame) -> HTML {
        HTML.when(frame.hidesPay, "<p class=\"k-note\">\(frame.context(CostWords.smallTeams))</p>")
    }

    private static func row(_ name: String, _ cells: HTML, _ total: HTML, isSum: Bool) -> HTML {
        "<tr\(attribute: "class", isSum ? "k-sum" : nil)><th scope=\"row\">\(name)</th>\(cells)\(total)</tr>"
    }

    private static func amount(_ minor: Int64, _ address: String?, _ frame: CostingFrame) -> HTML {
        // A dash for nothing, as in any statement.
        let text = minor == 0 ? "—" : frame.money(minor)
        let inner: HTML =
            if let address, minor != 0 { "<a\(href: address)>\(text)</a>" } else { HTML(text: text) }
        return "<td\(attribute: "class", minor < 0 ? "k-minus" : nil)>\(inner)</td>"
    }

    /// The records behind one figure of a customer.
    public static func entries(
        _ page: EntryReader.Page,
        of name: String,
        month: String,
        line: ProfitLine,
        export: String,
        _ plural: (String) -> String?,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let table = EntryTable.html(line.label, page.entries, plural, frame)
        return """
            \(Layout.head("\(name) · \(month)", text: context(line.label)))<div class="k-stack">\
            \(frame.stats([(CostWords.total, frame.money(page.total)), (CostWords.count, Format.number(page.count))]))\
            <section class="k-panel"><p class="k-panel-pad k-muted">\(context(CostWords.entriesText))</p>\(table)</section>\
            \(frame.export(export))\(hidden(frame))</div>
            """
    }
}
