import Ledger
import Pages
import Values

/// Why the profit changed, on the page of a customer.
enum VariancePanel {
    static func html(_ variance: VarianceReader.Variance, _ frame: CostingFrame) -> HTML {
        let title = Label("Why the profit changed", zh: "利润变动原因")
        let all = lines(variance)
        let rows = HTML.each(Array(all.enumerated())) { place, line in
            let isSum = place == 0 || place == all.count - 1
            let text = line.1 == 0 ? "—" : frame.money(line.1)
            return """
                <tr\(attribute: "class", isSum ? "k-sum" : nil)><th scope="row">\(frame.context(line.0))</th>\
                <td\(attribute: "class", line.1 < 0 ? "k-minus" : nil)>\(text)</td></tr>
                """
        }
        return frame.panel(
            title,
            "<div class=\"k-scroll\"><table class=\"k-statement\"><tbody>\(rows)</tbody></table></div>",
            text: Label(
                "Against \(variance.from) to \(variance.to). Below 0 lowers the profit; all lines sum to the difference.",
                zh: "与 \(variance.from) 至 \(variance.to) 相比。负数表示减少利润，各项合计等于利润差额。"
            )
        )
    }

    /// The lines in their order: from the profit then to the profit now.
    static func lines(_ variance: VarianceReader.Variance) -> [(Label, Int64)] {
        let effects = variance.effects
        let rest: [(Label, Int64)] =
            variance.rest == 0 ? [] : [(Label("Changed after reckoning", zh: "核算后变动"), variance.rest)]
        return [
            (Label("Profit then", zh: "上期利润"), variance.before), (Label("Volume", zh: "销量"), effects.volume),
            (Label("Mix of products", zh: "产品结构"), effects.mix),
            (Label("Prices and cost of goods", zh: "价格与产品成本"), effects.price),
            (Label("Rebates", zh: "返利"), variance.rebates),
            (Label("Time of our people", zh: "服务工时多少"), effects.intensity),
            (Label("Rates of our time", zh: "工时费率高低"), effects.rate),
            (Label("Expenses for keeping and serving", zh: "服务与维护费用"), variance.expenses),
            (Label("Cost of winning", zh: "获取成本摊销"), variance.acquisition),
        ] + rest + [(Label("Profit now", zh: "本期利润"), variance.after)]
    }
}
