import Ledger
public import Pages
public import Values

/// How groups of customers buy, and how sensitive they are to cost.
public enum SegmentPage {
    private static let text = Label(
        "How groups of customers buy, what dearer service would do to the profit they bring, and how they answer to prices.",
        zh: "各客户群的购买习惯、服务成本上升对利润的影响，以及对价格变动的反应。"
    )

    /// The groups by one field.
    public static func html(
        _ segments: [SegmentReader.Segment],
        by key: String,
        of dimensions: [(key: String, label: Label)],
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let options = HTML.each(dimensions) {
            "<option value=\"\($0.key)\"\(attribute: "selected", if: $0.key == key)>\(context($0.label))</option>"
        }
        let choice: HTML = """
            <label>\(context(Label("Grouped by", zh: "分组方式"))) <select class="k-input" name="by">\(options)</select></label>
            """
        let path = CostingFrame.home + "/segments"
        let export = frame.export(frame.address("/api/v1/costing/segments", ["by": key, "format": "csv"]))
        return frame.page(
            path,
            CostWords.segments,
            text: text,
            period: choice,
            costs(segments, key, frame) + habits(segments, frame) + prices(segments, frame) + ProfitPages.hidden(frame)
                + export
        )
    }

    private static let group = Label("Segment", zh: "客户群")

    private static func costs(_ segments: [SegmentReader.Segment], _ key: String, _ frame: CostingFrame) -> HTML {
        let title = Label("Sensitive to our cost", zh: "对服务成本的敏感度")
        let rise = SegmentReader.rise
        return frame.panel(
            title,
            frame.table(
                title,
                [
                    (group, false), (CostWords.customers, true), (CostWords.revenue, true),
                    (CostWords.serve, true), (Label("Of revenue", zh: "占净收入"), true), (CostWords.profit, true),
                    (Label("Profit if serving costs \(rise)% more", zh: "服务成本上升 \(rise)% 后利润"), true),
                    (Label("Rise that it bears", zh: "可承受的成本涨幅"), true),
                    (Label("Customers who lose", zh: "亏损客户"), true),
                    (Label("More would lose", zh: "将转为亏损"), true),
                ],
                segments.map { one in
                    (
                        one.key, nil,
                        [
                            .text(frame.context(one.label)), .number(one.customers), frame.cell(one.cost.revenue),
                            frame.cell(one.cost.serving), .text(CostingFrame.percent(one.cost.share)),
                            frame.cell(one.cost.profit), frame.cell(one.cost.profit(afterRise: rise)),
                            .text(CostingFrame.percent(one.cost.cushion)), .number(one.losing), .number(one.tipping),
                        ]
                    )
                }
            ),
            text: Label(
                "Cost to serve is time, expenses and goods given away for keeping and serving. The rise that a profit bears: profit ÷ cost to serve.",
                zh: "服务与维护成本包括工时、费用和赠送。可承受涨幅 = 利润 ÷ 服务与维护成本，越低越敏感。"
            )
        )
    }

    private static func habits(_ segments: [SegmentReader.Segment], _ frame: CostingFrame) -> HTML {
        let title = Label("Buying habits", zh: "购买习惯")
        func decimal(_ hundredths: Int64?) -> CellValue {
            hundredths.map { .text(FixedPoint.text($0, digits: 2)) } ?? .text("—")
        }
        return frame.panel(
            title,
            frame.table(
                title,
                [
                    (group, false), (Label("Customers who bought", zh: "购买客户"), true),
                    (Label("Purchases", zh: "购买次数"), true), (Label("Purchases each", zh: "人均次数"), true),
                    (Label("Each comes to", zh: "单次金额"), true), (Label("Days between two", zh: "平均间隔（天）"), true),
                    (Label("Discounts", zh: "折扣占比"), true),
                ],
                segments.map { one in
                    (
                        one.key, nil,
                        [
                            .text(frame.context(one.label)), .number(one.buyers), .number(one.purchases),
                            decimal(one.purchasesEach), frame.cell(one.each),
                            one.gapTenths.map { .text(FixedPoint.text($0, digits: 1)) } ?? .text("—"),
                            .text(CostingFrame.percent(one.discountShare)),
                        ]
                    )
                }
            )
        )
    }

    private static func prices(_ segments: [SegmentReader.Segment], _ frame: CostingFrame) -> HTML {
        let title = Label("Sensitive to prices", zh: "对价格的敏感度")
        let small = Label("too few to tell", zh: "样本不足")
        return frame.panel(
            title,
            frame.table(
                title,
                [
                    (group, false), (Label("1% dearer, quantity changes by", zh: "价格上升 1%，数量变化"), true),
                    (Label("±", zh: "标准误"), true), (Label("R²", zh: "R²"), true),
                    (Label("Purchases compared", zh: "比较的购买数"), true), (Label("Reads as", zh: "判断"), false),
                ],
                segments.map { one in
                    guard let response = one.response else {
                        return (
                            one.key, nil,
                            [
                                .text(frame.context(one.label)), .text("—"), .text("—"), .text("—"), .text("—"),
                                .text(frame.context(small)),
                            ]
                        )
                    }
                    func number(_ value: Double) -> String {
                        FixedPoint.text(Int64((max(-1e6, min(1e6, value)) * 100).rounded()), digits: 2)
                    }
                    return (
                        one.key, nil,
                        [
                            .text(frame.context(one.label)), .text(number(response.elasticity) + "%"),
                            .text(number(response.error)), .text(number(response.fit)),
                            .number(Int64(response.count)), .text(frame.context(reading(response))),
                        ]
                    )
                }
            ),
            text: Label(
                """
                Each customer is compared with itself on the same product, at least \(PriceResponse.fewest) purchases in a \
                segment. It tells what went together, not what caused what: a discount for a large order counts like a \
                lower price.
                """,
                zh: """
                    同一客户、同一产品前后比较，每个客户群至少 \(PriceResponse.fewest) 笔购买。结果反映相关关系而非因果：\
                    因订量大而给的折扣也会表现为低价。
                    """
            )
        )
    }

    /// What a response means in words: only where it lies two standard errors from 0.
    static func reading(_ response: PriceResponse) -> Label {
        guard abs(response.elasticity) > 2 * response.error else { return Label("no clear answer", zh: "不明显") }
        if response.elasticity >= 0 { return Label("buys no less when dearer", zh: "涨价未减少购买") }
        return response.elasticity < -1
            ? Label("sensitive: revenue falls when prices rise", zh: "敏感：涨价会减少收入")
            : Label("little sensitive", zh: "不太敏感")
    }
}
