public import Pages
import Schema
public import Values

/// What it cost to win one customer, with the touches and records behind it.
public enum AcquisitionPage {
    /// The page.
    public static func html(
        _ acquisition: AcquisitionReader.Acquisition,
        worth: CustomerWorth?,
        of customer: RecordID,
        _ name: String,
        _ plural: (String) -> String?,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let ratio = worth.flatMap(\.value).flatMap { value in
            acquisition.full > 0 ? FixedPoint.text(value * 10 / acquisition.full, digits: 1) : nil
        }
        let export = WebAddress.path("/api/v1/costing/customers/\(customer)/acquisition", ["format": "csv"])
        let link: HTML = "<a class=\"k-btn\"\(href: export)>\(Icons.use("export"))\(context(CostWords.export))</a>"
        return """
            \(Layout.head("\(name)", text: context(CostWords.winning), actions: link))<div class="k-stack">\(frame.stats([
                (Label("Spend on its touches", zh: "触点投放"), frame.money(acquisition.spend)),
                (Label("Our time", zh: "售前工时"), frame.money(acquisition.time)),
                (Label("Commission and expenses", zh: "提成与费用"), frame.money(acquisition.expenses)),
                (Label("Its own cost", zh: "直接获取成本"), frame.money(acquisition.direct)),
                (Label("Share of lost leads", zh: "分摊流失线索"), frame.money(acquisition.lost)),
                (Label("Cost in full", zh: "完全获取成本"), frame.money(acquisition.full)),
                (Label("Worth ÷ cost in full", zh: "价值 ÷ 完全成本"), ratio ?? "—"),
            ]))\(frame.panel(Label("Touches", zh: "营销触点"), touches(acquisition.touches, frame), text: touchText))\
            \(frame.panel(
                Label("What the cost is made of", zh: "成本构成"),
                EntryTable.html(CostWords.winning, acquisition.entries, plural, frame),
                text: CostWords.entriesText
            ))\(ProfitPages.hidden(frame))</div>
            """
    }

    private static let touchText = Label(
        "With their part of the credit under the model in use. A customer without touches is of unknown source.",
        zh: "按当前归因模型列出各触点权重；没有触点的客户来源不明。"
    )

    private static func touches(_ touches: [AcquisitionReader.Touched], _ frame: CostingFrame) -> HTML {
        let context = frame.context
        return frame.table(
            Label("Touches", zh: "营销触点"),
            [
                (Label("Channel", zh: "渠道"), false), (Label("Campaign", zh: "营销活动"), false),
                (Label("Kind", zh: "触点类型"), false), (Label("Time", zh: "时间"), false),
                (Label("Credit", zh: "权重"), true),
            ],
            touches.map { touch in
                (
                    touch.id.description, "/touches/\(touch.id)",
                    [
                        .text(context(CostChoices.label(touch.channel, in: CostChoices.channels))),
                        .text(touch.campaign),
                        .text(context(CostChoices.label(touch.kind, in: CostChoices.touchKinds))),
                        .instant(touch.at), .text(CostingFrame.percent(touch.weight)),
                    ]
                )
            },
            empty: Label("No touch is known", zh: "没有触点记录")
        )
    }
}
