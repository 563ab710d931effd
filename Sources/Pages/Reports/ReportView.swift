import Values

/// A report with its figures as a panel.
enum ReportView {
    /// The panel; `tools` stand below it.
    static func panel(_ report: ReportModel, isWide: Bool, tools: HTML = .empty, in context: PageContext) -> HTML {
        var report = report
        report.chart.isWide = isWide
        let title: HTML = report.href.map { "<a\(href: $0)>\(report.title)</a>" } ?? HTML(text: report.title)
        return """
            <section class="k-panel k-report\(HTML.when(isWide, " k-report-wide"))" aria-label="\(report.title)">\
            <h2 class="k-panel-head">\(title)</h2>\(body(report, context))\(foot(report, context))\(tools)</section>
            """
    }

    private static func body(_ report: ReportModel, _ context: PageContext) -> HTML {
        let sum = summary(report, context)
        guard !report.chart.labels.isEmpty || report.shape == .number else {
            return "<p class=\"k-panel-pad k-muted\">\(context(ReportTexts.nothing))</p>"
        }
        let drawn: HTML =
            switch report.shape {
            case .number: .empty
            case .table: "<div class=\"k-panel-pad\">\(Chart.figures(report.chart, context))</div>"
            case .bar: Chart.bars(report.chart, in: context)
            case .stacked: Chart.stacked(report.chart, in: context)
            case .line: Chart.line(report.chart, in: context)
            case .area: Chart.line(report.chart, isFilled: true, in: context)
            case .donut: Chart.donut(report.chart, in: context)
            case .funnel: Chart.funnel(report.chart, in: context)
            }
        return sum + drawn
    }

    private static func summary(_ report: ReportModel, _ context: PageContext) -> HTML {
        let figure: HTML = report.records.map { "<a\(href: $0)>\(report.figure)</a>" } ?? HTML(text: report.figure)
        let change = HTML.with(report.change) { change -> HTML in
            let (mark, style): (String, HTML) =
                change.direction > 0 ? ("▲ ", "k-up") : change.direction < 0 ? ("▼ ", "k-down") : ("", "k-same")
            return "<span class=\"k-num \(style)\">\(mark)\(change.text)</span>"
        }
        let against = HTML.with(report.against) { "<span>\(context(ReportTexts.against($0)))</span>" }
        let big = HTML.when(report.shape == .number, " k-report-big")
        return "<p class=\"k-report-sum\(big)\"><b>\(figure)</b>\(change)\(against)</p>"
    }

    private static func foot(_ report: ReportModel, _ context: PageContext) -> HTML {
        HTML.when(
            !report.notes.isEmpty,
            "<p class=\"k-report-foot\">\(HTML.each(report.notes) { "<span>\($0)</span>" })</p>"
        )
    }
}
