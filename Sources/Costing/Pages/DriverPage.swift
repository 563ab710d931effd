public import Pages
import Schema
import Values

/// What makes customers dear.
public enum DriverPage {
    private static let text = Label(
        "Which work, products and reasons cost most. The first few usually make up most of it.",
        zh: "哪些作业、产品和原因消耗最多。通常前几项就占了大部分成本。"
    )

    /// The drivers with a choice of dimension; `before` and `after` compare the same months around a day.
    public static func html(
        _ drivers: [DriverReader.Driver],
        by dimension: DriverReader.Dimension,
        category: String,
        comparison: DriverReader.Comparison?,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let shown = drivers.prefix(12)
        let chart = ChartModel(
            title: context(CostWords.drivers) + " · " + context(dimension.label),
            axis: context(dimension.label),
            labels: shown.map { context($0.name) },
            series: [ChartSeries(context(CostWords.amount), shown.map { Double($0.amount) }, tone: 1)],
            links: shown.map { driver in driver.record.map { "/\($0.object)/\($0.id)" } },
            format: frame.short
        )
        let reached = shown.map { Double($0.reached) / 100 }
        let body: HTML = """
            <section class="k-panel">\(Chart.pareto(chart.wide(), reached: reached, in: context))</section>\
            \(frame.panel(CostWords.drivers, list(drivers, dimension, frame)))\(HTML.with(comparison) { compared($0, frame) })\
            \(frame.export(frame.address("/api/v1/costing/drivers", ["by": dimension.rawValue, "category": category, "format": "csv"])))
            """
        return frame.page(
            CostingFrame.home + "/drivers",
            CostWords.drivers,
            text: text,
            period: fields(drivers, dimension, category, comparison, frame),
            body
        )
    }

    private static func fields(
        _ drivers: [DriverReader.Driver],
        _ dimension: DriverReader.Dimension,
        _ category: String,
        _ comparison: DriverReader.Comparison?,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let choices = HTML.each(drivers) {
            "<option value=\"\($0.key)\"\(attribute: "selected", if: $0.key == comparison?.driver.key)>\(context($0.name))</option>"
        }
        let dimensions = HTML.each(DriverReader.Dimension.allCases) {
            "<option value=\"\($0.rawValue)\"\(attribute: "selected", if: $0 == dimension)>\(context($0.label))</option>"
        }
        let categories = HTML.each(CostChoices.categories) {
            "<option value=\"\($0.key)\"\(attribute: "selected", if: $0.key == category)>\(context($0.label))</option>"
        }
        return """
            <label>\(context(Label("By", zh: "按"))) <select class="k-input" name="by">\(dimensions)</select></label>\
            <label>\(context(Label("Costs", zh: "成本"))) <select class="k-input" name="category">\
            <option value="">\(context(Label("All", zh: "全部")))</option>\(categories)</select></label>\
            <label>\(context(Label("Mended in", zh: "整改月份"))) \
            <input class="k-input" type="month" name="since" value="\(comparison?.month ?? "")"></label>\
            <label>\(context(Label("What was mended", zh: "整改对象"))) <select class="k-input" name="of">\
            <option value="">\(context(Label("The largest", zh: "成本最高的一项")))</option>\(choices)</select></label>
            """
    }

    private static func list(
        _ drivers: [DriverReader.Driver],
        _ dimension: DriverReader.Dimension,
        _ frame: CostingFrame
    ) -> HTML {
        frame.table(
            dimension.label,
            [
                (dimension.label, false), (CostWords.amount, true), (CostWords.count, true),
                (Label("Together", zh: "累计占比"), true),
            ],
            drivers.enumerated().map { place, driver in
                (
                    String(place), driver.record.map { "/\($0.object)/\($0.id)" },
                    [
                        .text(frame.context(driver.name)), frame.cell(driver.amount), .number(driver.count),
                        .text(CostingFrame.percent(driver.reached)),
                    ]
                )
            }
        )
    }

    private static func compared(_ comparison: DriverReader.Comparison, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let name = context(comparison.driver.name)
        func hundredths(_ value: Int64) -> String { FixedPoint.text(value, digits: 2) }
        func share(_ cost: Int64, _ sales: Int64?) -> String {
            guard let sales, sales > 0 else { return "—" }
            return CostingFrame.percent(cost * 10_000 / sales)
        }
        var rows: [(Label, [CellValue])] = [
            (
                Label("Cost of a month", zh: "月均成本"),
                [
                    frame.cell(comparison.before), frame.cell(comparison.after),
                    frame.cell(comparison.after - comparison.before),
                ]
            ),
            (
                Label("Entries of a month", zh: "月均笔数"),
                [comparison.countBefore, comparison.countAfter, comparison.countAfter - comparison.countBefore].map {
                    .text(hundredths($0))
                }
            ),
        ]
        if comparison.salesBefore != nil {
            rows.append(
                (
                    Label("Cost in sales", zh: "成本占销售额"),
                    [
                        .text(share(comparison.before, comparison.salesBefore)),
                        .text(share(comparison.after, comparison.salesAfter)), .text(""),
                    ]
                )
            )
        }
        let title = Label("Before and after \(comparison.month): \(name)", zh: "\(comparison.month) 整改前后：\(name)")
        let heads: [(Label, Bool)] = [
            (CostWords.what, false), (Label("Before", zh: "整改前"), true), (Label("After", zh: "整改后"), true),
            (Label("Difference", zh: "变化"), true),
        ]
        let cells = rows.enumerated().map { place, row -> (id: String, href: String?, cells: [CellValue]) in
            (String(place), nil, [.text(context(row.0))] + row.1)
        }
        return frame.panel(title, frame.table(title, heads, cells))
    }
}
