public import Pages
import Schema
public import Values

/// Profit by owner, channel, cohort and product.
public enum GroupPage {
    private static let path = CostingFrame.home + "/groups"

    private static let text = Label(
        "The same statement, taken apart. All groups together are the whole; each figure opens the customers behind it.",
        zh: "同一张利润表，按不同维度拆开。各组合计等于全部，每个数字都可以点开看客户明细。"
    )

    /// The address of a group, or of one figure of it.
    private static func address(
        _ dimension: GroupDimension,
        _ key: String,
        _ frame: CostingFrame,
        _ figure: (month: String, line: ProfitLine)? = nil
    ) -> String {
        let group = "\(path)/\(dimension.rawValue)/\(key)"
        guard let figure else { return frame.address(group) }
        return frame.address("\(group)/\(figure.month)/\(figure.line.rawValue)")
    }

    /// All groups of a dimension.
    public static func list(
        _ groups: [GroupReader.Group],
        by dimension: GroupDimension,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let total = groups.reduce(Statement.zero) { $0 + $1.statement }
        let shown = groups.prefix(30)
        let chart = ChartModel(
            title: context(CostWords.profit) + " · " + context(dimension.label),
            axis: context(dimension.label),
            labels: shown.map { context($0.label) },
            series: [ChartSeries(context(CostWords.profit), shown.map { Double($0.statement[.profit]) }, tone: 1)],
            links: shown.map { address(dimension, $0.key, frame) },
            format: frame.short
        )
        let rows =
            groups.map { group in
                (id: group.key, href: Optional(address(dimension, group.key, frame)), cells: cells(group, frame))
            } + [
                (
                    id: "total", href: nil,
                    cells: [CellValue.text(context(CostWords.total)), .text("")] + amounts(total, frame)
                )
            ]
        let heads: [(Label, Bool)] = [
            (dimension.label, false), (CostWords.customers, true), (CostWords.revenue, true),
            (Label("Gross margin", zh: "毛利"), true), (CostWords.serve, true),
            (Label("Contribution", zh: "服务后贡献"), true), (Label("Acquisition", zh: "获取成本摊销"), true),
            (CostWords.profit, true), (CostWords.margin, true),
        ]
        let export = WebAddress.path(
            "/api/v1/costing/groups",
            ["by": dimension.rawValue, "from": frame.from, "to": frame.to, "filter": frame.filter, "format": "csv"]
        )
        let body: HTML = """
            <section class="k-panel">\(Chart.bars(chart.wide(), in: context))</section>\
            \(frame.panel(dimension.label, frame.table(dimension.label, heads, rows)))\
            \(frame.export(export))\(ProfitPages.hidden(frame))
            """
        return frame.page(path, CostWords.groups, text: text, period: choice(dimension, frame), body)
    }

    private static func cells(_ group: GroupReader.Group, _ frame: CostingFrame) -> [CellValue] {
        [.text(frame.context(group.label)), .number(group.customers)] + amounts(group.statement, frame)
    }

    private static func amounts(_ statement: Statement, _ frame: CostingFrame) -> [CellValue] {
        [
            frame.cell(statement[.netRevenue]), frame.cell(statement[.grossMargin]), frame.cell(statement.costToServe),
            frame.cell(statement[.contribution]), frame.cell(statement[.acquisition]), frame.cell(statement[.profit]),
            .text(CostingFrame.percent(statement.marginHundredths)),
        ]
    }

    private static func choice(_ dimension: GroupDimension, _ frame: CostingFrame) -> HTML {
        let options = HTML.each(GroupDimension.allCases) {
            "<option value=\"\($0.rawValue)\"\(attribute: "selected", if: $0 == dimension)>\(frame.context($0.label))</option>"
        }
        return """
            <label>\(frame.context(Label("By", zh: "按"))) <select class="k-input" name="by">\(options)</select></label>
            """
    }

    /// One group by month.
    public static func group(
        _ months: [ProfitReader.Month],
        _ key: String,
        _ label: Label,
        by dimension: GroupDimension,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let total = months.reduce(Statement.zero) { $0 + $1.statement }
        let statement = ProfitPages.statement(months, total, frame) { address(dimension, key, frame, ($0, $1)) }
        let export = WebAddress.path(
            "/api/v1/costing/groups/\(dimension.rawValue)/\(key)",
            ["from": frame.from, "to": frame.to, "filter": frame.filter, "format": "csv"]
        )
        return """
            \(Layout.head("\(context(label))", text: context(dimension.label)))<div class="k-stack">\(frame.navigation(path))\
            \(frame.period("\(path)/\(dimension.rawValue)/\(key)"))\(frame.panel(CostWords.statement, statement))\
            \(frame.export(export))</div>
            """
    }

    /// The customers behind one figure of a group.
    public static func parts(
        _ parts: GroupReader.Parts,
        _ label: Label,
        _ key: String,
        by dimension: GroupDimension,
        month: String,
        line: ProfitLine,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let product: KeyValuePairs<String, String> = dimension == .product ? ["product": key] : [:]
        let rows = parts.parts.map { part -> (id: String, href: String?, cells: [CellValue]) in
            let address = WebAddress.path("/customers/\(part.customer)/profit/\(month)/\(line.rawValue)", product)
            return (
                part.customer.description, part.name == nil ? nil : address,
                [.text(part.name ?? part.customer.description), frame.cell(part.amount)]
            )
        }
        let table = frame.table(line.label, [(CostWords.customer, false), (CostWords.amount, true)], rows)
        let export = WebAddress.path(
            "/api/v1/costing/groups/\(dimension.rawValue)/\(key)/customers",
            ["month": month, "line": line.rawValue, "filter": frame.filter, "format": "csv"]
        )
        return """
            \(Layout.head("\(context(label)) · \(month)", text: context(line.label)))<div class="k-stack">\
            \(frame.stats([(CostWords.total, frame.money(parts.total)), (CostWords.count, Format.number(parts.count))]))\
            <section class="k-panel"><p class="k-panel-pad k-muted">\(context(Label(
                "The customers behind this figure; they sum to it. Each opens its records.",
                zh: "构成该数字的客户，合计与之相等；点开可看明细记录。"
            )))</p>\(table)</section>\(frame.export(export))\(ProfitPages.hidden(frame))</div>
            """
    }
}
