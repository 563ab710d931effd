import Pages
import Values

/// The fee of a customer, on the page of its profit.
enum CustomerFeePanel {
    static func html(_ fee: FeeReader.CustomerFee?, _ id: RecordID, _ frame: CostingFrame) -> HTML {
        guard let fee else { return .empty }
        let context = frame.context
        let steps = HTML.each(fee.steps) { "<li>\(context($0))</li>" }
        let address = WebAddress.path("/charge_lines", ["filter": "customer = \"\(id)\""])
        return frame.panel(
            Label("Management fee under the policy in force", zh: "现行政策下的客户管理费"),
            """
            <div class="k-panel-pad"><p><strong>\(frame.money(fee.amount))</strong> \(fee.tier)</p><ul>\(steps)</ul>\
            <p class="k-row"><a class="k-btn"\(href: address)>\(context(Label("Fees charged", zh: "管理费明细")))</a></p></div>
            """
        )
    }
}
