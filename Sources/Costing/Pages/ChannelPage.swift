import Ledger
public import Pages
import Schema
import Values

/// What customers cost by channel, and what would come of moving budget.
public enum ChannelPage {
    /// A shift of budget to be tried.
    public struct Shift: Sendable {
        /// From which channel.
        public var from: String
        /// To which.
        public var to: String
        /// How much of the budget, in per cent.
        public var percent: Int64

        /// A shift of budget.
        public init(from: String, to: String, percent: Int64) {
            self.from = from
            self.to = to
            self.percent = percent
        }
    }

    private static let text = Label(
        """
        Spend is matched by the month of the touch, not of the win. What a customer costs includes the leads that were \
        lost on the same way; beside it the cost without them.
        """,
        zh: "投放按触点发生的月份匹配，而不是成交月份。单客成本已包含同渠道流失线索的成本，旁边另列不含流失线索的成本。"
    )

    /// The table of channels with the simulator.
    public static func html(_ table: ChannelReader.Table, _ shift: Shift?, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let unknown = table.won == 0 ? nil : Int64(table.unknown) * 10_000 / Int64(table.won)
        let model = CostPolicy.models.first { $0.key == table.model }?.label ?? Label(table.model, zh: table.model)
        let small = table.channels.contains { $0.isSmall }
        let warning: HTML = """
            <p class="k-note">\(context(Label(
                "Lines with fewer than ten customers are marked *: chance plays a large part there.",
                zh: "带 * 的行成交客户不足 10 家，受偶然因素影响较大。"
            )))</p>
            """
        let body: HTML = """
            \(frame.stats([
                (Label("Customers won", zh: "成交客户"), Format.number(table.won)),
                (Label("All spend ÷ all customers", zh: "综合获客成本"), frame.money(table.blended)),
                (Label("Source unknown", zh: "来源不明占比"), CostingFrame.percent(unknown)),
                (Label("Model in use", zh: "当前归因模型"), context(model)),
            ]))\(chart(table, frame))\(frame.panel(CostWords.channels, list(table, frame)))\(models(table, frame))\(HTML.when(small, warning))\
            \(HTML.when(table.dimension == .channel, simulator(table, shift, frame)))
            """
        let options = HTML.each(ChannelReader.Dimension.allCases) {
            "<option value=\"\($0.rawValue)\"\(attribute: "selected", if: $0 == table.dimension)>\(context($0.label))</option>"
        }
        let choice: HTML = """
            <label>\(context(Label("Grouped by", zh: "分组方式"))) <select class="k-input" name="by">\(options)</select></label>
            """
        let export = frame.address(
            "/api/v1/costing/channels",
            ["by": table.dimension.rawValue, "format": "csv"]
        )
        return frame.page(
            CostingFrame.home + "/channels",
            CostWords.channels,
            text: text,
            period: choice,
            body + frame.export(export)
        )
    }

    private static func chart(_ table: ChannelReader.Table, _ frame: CostingFrame) -> HTML {
        let place = CostPolicy.models.firstIndex { $0.key == table.model } ?? 2
        let shown = table.channels.filter { $0.costs[place] != nil }
        let model = ChartModel(
            title: frame.context(Label("Cost of a customer and what customers contributed", zh: "单客获取成本与客均贡献")),
            axis: frame.context(table.dimension.label),
            labels: shown.map { frame.context($0.label) },
            series: [
                ChartSeries(
                    frame.context(Label("Cost of a customer", zh: "单客获取成本")),
                    shown.map { Double($0.costs[place] ?? 0) },
                    tone: 3
                ),
                ChartSeries(
                    frame.context(Label("Contribution of a customer", zh: "客均贡献")),
                    shown.map { $0.customers == 0 ? 0 : Double($0.contribution) / Double($0.customers) },
                    tone: 1
                ),
            ],
            links: shown.map { "/channel_spends?filter=" + WebAddress.encoded($0.filter) },
            format: frame.short
        )
        return "<section class=\"k-panel\">\(Chart.bars(model.wide(), in: frame.context))</section>"
    }

    private static func list(_ table: ChannelReader.Table, _ frame: CostingFrame) -> HTML {
        let place = CostPolicy.models.firstIndex { $0.key == table.model } ?? 2
        let heads: [(Label, Bool)] = [
            (table.dimension.label, false), (Label("Spend", zh: "投放"), true), (Label("Touches", zh: "触点"), true),
            (Label("Won", zh: "成交"), true), (Label("A customer costs", zh: "单客获取成本"), true),
            (Label("Without lost leads", zh: "不含流失线索"), true), (Label("Contribution", zh: "客户贡献"), true),
            (Label("Worth ÷ cost", zh: "价值 ÷ 成本"), true),
            (Label("Paid back after (months)", zh: "回本（月）"), true), (Label("Touched nobody", zh: "未触达"), true),
        ]
        return frame.table(
            CostWords.channels,
            heads,
            table.channels.map { channel in
                let payback = channel.paybackMonths.map { CellValue.number(Int64($0)) } ?? .text("—")
                return (
                    channel.key, address(channel),
                    [
                        name(channel, frame), frame.cell(channel.spend), .number(channel.touches),
                        .decimal(channel.wonThousandths / 10, scale: 2), frame.cell(channel.costs[place]),
                        frame.cell(channel.directCost), frame.cell(channel.contribution),
                        ratio(channel.ratioHundredths(place), frame), payback, frame.cell(channel.untouched),
                    ]
                )
            }
        )
    }

    /// What a customer costs under each model.
    private static func models(_ table: ChannelReader.Table, _ frame: CostingFrame) -> HTML {
        let title = Label("What a customer costs, by model", zh: "各归因模型下的单客获取成本")
        return frame.panel(
            title,
            frame.table(
                title,
                [(table.dimension.label, false)] + CostPolicy.models.map { ($0.label, true) },
                table.channels.map { channel in
                    (channel.key, address(channel), [name(channel, frame)] + channel.costs.map { frame.cell($0) })
                }
            )
        )
    }

    /// Marked where a customer costs more than it will bring.
    private static func ratio(_ hundredths: Int64?, _ frame: CostingFrame) -> CellValue {
        guard let hundredths else { return .text("—") }
        let text = FixedPoint.text(hundredths / 10, digits: 1)
        return hundredths < 100 ? .html(Badge.html(text, .bad)) : .text(text)
    }

    private static func name(_ channel: ChannelReader.Channel, _ frame: CostingFrame) -> CellValue {
        .text(frame.context(channel.label) + (channel.isSmall ? " *" : ""))
    }

    private static func address(_ channel: ChannelReader.Channel) -> String {
        "/channel_spends?filter=" + WebAddress.encoded(channel.filter)
    }

    private static func simulator(_ table: ChannelReader.Table, _ shift: Shift?, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let wanted =
            shift ?? Shift(from: table.channels.first?.key ?? "", to: table.channels.last?.key ?? "", percent: 50)
        func choice(_ name: StaticString, _ chosen: String) -> HTML {
            """
            <select class="k-input" name="\(raw: name)">\(HTML.each(table.channels) {
                "<option value=\"\($0.key)\"\(attribute: "selected", if: $0.key == chosen)>\(context($0.label))</option>"
            })</select>
            """
        }
        let form: HTML = """
            <form class="k-panel-pad k-row" method="get" action="/costing/channels"><input type="hidden" name="from" \
            value="\(frame.from)"><input type="hidden" name="to" value="\(frame.to)"><label>\
            \(context(Label("Move (% of the budget)", zh: "转移预算比例（%）"))) <input class="k-input" type="number" name="percent" \
            min="0" max="100" value="\(wanted.percent)"></label><label>\(context(Label("from", zh: "从"))) \
            \(choice("shift_from", wanted.from))</label><label>\(context(Label("to", zh: "转到"))) \
            \(choice("shift_to", wanted.to))</label>\
            <button class="k-btn k-btn-primary">\(context(Label("Try", zh: "测算")))</button></form>
            """
        return frame.panel(
            Label("Try another budget", zh: "预算调整测算"),
            form + HTML.with(shift) { result($0, table, frame) },
            text: Label(
                """
                Reckoned with customers growing with the 0.8th power of spend: a channel takes more money less well. \
                Nothing is changed.
                """,
                zh: "按投放与成交呈 0.8 次方关系测算：渠道追加投放时效果会递减。仅为测算，不会改动任何数据。"
            )
        )
    }

    private static func result(_ shift: Shift, _ table: ChannelReader.Table, _ frame: CostingFrame) -> HTML {
        func figures(_ keys: (String) -> Bool) -> (spend: Int64, customers: Double) {
            let found = table.channels.filter { keys($0.key) }
            return (found.reduce(0) { $0 + $1.spend }, found.reduce(0) { $0 + Double($1.wonThousandths) / 1000 })
        }
        let effect = AcquisitionCost.shift(
            percent: Double(shift.percent),
            from: figures { $0 == shift.from },
            to: figures { $0 == shift.to },
            others: figures { $0 != shift.from && $0 != shift.to },
            response: 0.8
        )
        return frame.stats([
            (Label("A customer costs now", zh: "当前单客成本"), frame.money(effect.before.map { Int64($0.rounded()) })),
            (Label("It would cost", zh: "调整后单客成本"), frame.money(effect.after.map { Int64($0.rounded()) })),
        ])
    }
}
