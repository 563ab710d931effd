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
        comparison: Comparison?,
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
            \(frame.panel(CostWords.drivers, list(drivers, dimension, frame)))\(HTML.with(comparison) { compared($0, frame) })
            """
        return frame.page(
            CostingFrame.home + "/drivers",
            CostWords.drivers,
            text: text,
            period: fields(dimension, category, frame),
            body
        )
    }

    /// What a product cost in the months before and after it was mended.
    public struct Comparison: Sendable {
        /// The month in which it was mended.
        public let month: String
        /// The name of what is compared.
        public let name: String
        /// Average per month before and after, in minor units.
        public let before: Int64
        /// After.
        public let after: Int64

        /// What something cost before and after a month.
        public init(month: String, name: String, before: Int64, after: Int64) {
            self.month = month
            self.name = name
            self.before = before
            self.after = after
        }
    }

    private static func fields(_ dimension: DriverReader.Dimension, _ category: String, _ frame: CostingFrame) -> HTML {
        let context = frame.context
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
            <label>\(context(Label("Mended in", zh: "整改月份"))) <input class="k-input" type="month" name="since"></label>
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

    private static func compared(_ comparison: Comparison, _ frame: CostingFrame) -> HTML {
        frame.panel(
            Label(
                "Before and after \(comparison.month): \(comparison.name)",
                zh: "\(comparison.month) 整改前后：\(comparison.name)"
            ),
            frame.stats([
                (Label("A month before", zh: "整改前月均"), frame.money(comparison.before)),
                (Label("A month after", zh: "整改后月均"), frame.money(comparison.after)),
                (Label("Difference", zh: "变化"), frame.money(comparison.after - comparison.before)),
            ])
        )
    }
}
