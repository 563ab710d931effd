public import Pages
import Values

/// Customers that somebody should look at, with the reason.
public enum WarningPage {
    private static let text = Label(
        "Losses two months running, serving that eats the margin, winning that will not pay back.",
        zh: "连续亏损、服务成本过高、获客投入难以收回的客户。"
    )

    /// The list.
    public static func html(_ warnings: [WarningReader.Warning], _ frame: CostingFrame) -> HTML {
        let table = frame.table(
            CostWords.warnings,
            [(CostWords.customer, false), (Label("Why", zh: "原因"), false), (CostWords.amount, true)],
            warnings.map { warning in
                (
                    warning.customer.description, "/customers/\(warning.customer)/profit",
                    [.text(warning.name), .text(frame.context(warning.kind.label)), frame.cell(warning.amount)]
                )
            },
            empty: Label("Nobody", zh: "暂无需要关注的客户")
        )
        return frame.page(
            CostingFrame.home + "/warnings",
            CostWords.warnings,
            text: text,
            period: nil,
            frame.panel(CostWords.warnings, table)
                + frame.export(frame.address("/api/v1/costing/warnings", ["format": "csv"]))
        )
    }
}
