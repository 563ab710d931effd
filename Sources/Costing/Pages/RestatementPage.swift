import Pages
import Values

/// Closing and restating: the form that ends a month, and what has to follow it.
enum RestatementPage {
    /// The form that closes a month; where later months are closed and count a part of it, they are named. A draft that
    /// rests on an earlier month as it was is reckoned again instead.
    static func closing(_ report: MonthPages.Report, _ frame: CostingFrame) -> HTML {
        let (context, run, following) = (frame.context, report.run, report.following)
        if !report.changed.isEmpty { return again(run, report.changed.joined(separator: ", "), context) }
        let months = following.map(\.month).joined(separator: ", ")
        let later: HTML = """
            <label><input type="checkbox" name="following" value="1" required> \(context(Label(
                "Restate \(months) with it: closed already, and counting a part of what winning cost in \(run.month)",
                zh: "一并依次重述 \(months)：这些月份已结账，且摊销了 \(run.month) 的获取成本"
            )))</label>
            """
        let wasClosed = report.others.contains { $0.month == run.month && $0.state == "closed" }
        let reason: HTML = """
            <label>\(context(Label("Why it is restated", zh: "重述原因"))) \
            <input class="k-input" name="reason" maxlength="500" required></label>
            """
        return """
            <form class="k-panel k-panel-pad k-row k-noprint" method="post" action="/costing/months/\(run.id)/close">\(context.csrfField)\
            \(HTML.when(wasClosed || !following.isEmpty, reason))\(HTML.when(!following.isEmpty, later))\
            <button class="k-btn k-btn-primary">\
            \(context(Label("Close \(run.month)", zh: "结账 \(run.month)")))</button></form>
            """
    }

    private static func again(_ run: RunSummary, _ months: String, _ context: PageContext) -> HTML {
        """
        <form class="k-panel k-panel-pad k-row k-noprint" method="post" action="/costing/months">\(context.csrfField)<p>\
        \(context(Label(
            "\(months) has changed since this draft, and with it what is left to count here.",
            zh: "\(months) 在此草稿之后有变化，会影响本月的获取成本摊销。"
        )))</p><input type="hidden" name="month" value="\(run.month)"><button class="k-btn k-btn-primary">\
        \(context(Label("Reckon again", zh: "重新核算")))</button></form>
        """
    }

    /// Closed months that count what an earlier month no longer says, with the button that restates them.
    static func outdated(_ months: [OutdatedMonths.Month], _ frame: CostingFrame) -> HTML {
        guard !months.isEmpty else { return .empty }
        let context = frame.context
        let title = Label("Closed months to restate", zh: "需要重述的已结账月份")
        let text = Label(
            "An earlier month was restated since; these still count what winning customers cost before that.",
            zh: "更早的月份已重述，以下月份仍按旧金额摊销获取成本。"
        )
        let rows = months.map { month -> (id: String, href: String?, cells: [CellValue]) in
            (
                month.month, "/costing/months/\(month.run)",
                [.text(month.month), .text(month.because.joined(separator: ", "))]
            )
        }
        let form: HTML = """
            <form class="k-panel-pad k-row" method="post" action="/costing/restate">\(context.csrfField)<label>\
            \(context(Label("Reason", zh: "重述原因"))) <input class="k-input" name="reason" maxlength="500" required></label>\
            <button class="k-btn k-btn-primary">\
            \(context(Label("Restate them in order", zh: "依次重述")))</button></form>
            """
        let heads: [(Label, Bool)] = [(CostWords.month, false), (Label("Changed since", zh: "此后有变化的月份"), false)]
        return frame.panel(title, frame.table(title, heads, rows) + form, text: text)
    }
}
