public import Pages
import Values

/// Customers that somebody should look at, with the reason.
public enum WarningPage {
    private static let text = Label(
        "Losses two months running, serving that eats the margin, winning that will not pay back.",
        zh: "连续亏损、服务成本过高、获客投入难以收回的客户。"
    )

    /// The list.
    public static func html(
        _ warnings: [WarningReader.Warning],
        mayReckon: Bool = false,
        _ frame: CostingFrame
    ) -> HTML {
        let form = frame.again(
            "/costing/warnings",
            Label("Look now", zh: "立即检查"),
            text: Label(
                "Done each night by itself. What is new is told to who looks after the customer.",
                zh: "系统每晚自动检查，新预警会通知客户负责人。"
            )
        )
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
            HTML.when(mayReckon, form) + frame.panel(CostWords.warnings, table)
                + frame.export("/api/v1/costing/warnings?format=csv")
        )
    }
}
