public import Pages
import Values

/// Who is likely to leave and who to buy, why, and how far that can be trusted.
public enum PredictionPage {
    private static let text = Label(
        "Chances from what customers bought, gave back and talked with us, with the reasons; tested on a time the model had not seen.",
        zh: "根据购买、退款和跟进情况估算概率并给出原因；准确度用模型未见过的时间段检验。"
    )

    /// The quality of each kind with the customers of whom it is most likely.
    public static func html(
        _ kinds: [(quality: PredictionQuality, likeliest: [Predictions.Forecast])],
        mayReckon: Bool,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let parts = HTML.each(kinds) { kind in
            frame.panel(kind.quality.kind.label, quality(kind.quality, frame) + list(kind.likeliest, frame))
        }
        let empty: HTML = HTML.when(
            kinds.isEmpty,
            "<p class=\"k-note\">\(context(Label("Nothing has been forecast yet.", zh: "尚未进行预测。")))</p>"
        )
        return frame.page(
            CostingFrame.home + "/predictions",
            CostWords.predictions,
            text: text,
            period: nil,
            HTML.when(mayReckon, frame.again("/costing/predictions")) + empty + parts
                + HTML.when(!kinds.isEmpty, frame.export("/api/v1/costing/predictions?format=csv"))
        )
    }

    private static func quality(_ quality: PredictionQuality, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        if let refusal = quality.refusal {
            let head = Label("No forecast: ", zh: "暂不预测：")
            return "<p class=\"k-note\">\(context(head))\(context(refusal))</p>"
        }
        return frame.stats([
            (Label("Tested on", zh: "检验客户数"), Format.number(quality.rows)),
            (Label("Came true of", zh: "实际发生"), Format.number(quality.happened)),
            (Label("Area under the curve", zh: "AUC"), FixedPoint.text(quality.auc / 10, digits: 3)),
            (Label("Lift of the top tenth", zh: "前 10% 提升度"), FixedPoint.text(quality.lift, digits: 2) + "×"),
            (Label("Off by, on average", zh: "平均校准误差"), CostingFrame.percent(quality.calibration)),
        ])
    }

    private static func list(_ forecasts: [Predictions.Forecast], _ frame: CostingFrame) -> HTML {
        guard !forecasts.isEmpty else { return .empty }
        return frame.table(
            CostWords.predictions,
            [(CostWords.customer, false), (Label("Chance", zh: "概率"), true), (Label("Why", zh: "主要原因"), false)],
            forecasts.map { one in
                (
                    one.customer.description, "/customers/\(one.customer)/profit",
                    [.text(one.name), .text(CostingFrame.percent(one.chance)), .text(why(one, frame.context))]
                )
            }
        )
    }

    private static func why(_ forecast: Predictions.Forecast, _ context: PageContext) -> String {
        forecast.reasons.map { ($0.raises ? "↑ " : "↓ ") + context($0.label) }.joined(separator: " · ")
    }

    /// The forecasts of one customer, on the page of its profit.
    static func panel(_ forecasts: [Predictions.Forecast], _ frame: CostingFrame) -> HTML {
        guard !forecasts.isEmpty else { return .empty }
        let context = frame.context
        let rows = HTML.each(forecasts) { one in
            """
            <div><dt>\(context(one.kind.label))</dt><dd>\(CostingFrame.percent(one.chance))<br>\
            <small class="k-muted">\(why(one, context))</small></dd></div>
            """
        }
        return frame.panel(CostWords.predictions, "<dl class=\"k-stats\">\(rows)</dl>")
    }
}
