import Values

/// Dashboards.
public enum DashboardPage {
    /// The tiles, and while it is arranged the buttons that move them; all of it works without the script.
    public static func html(_ model: DashboardModel, in context: PageContext) -> HTML {
        let tabs = HTML.each(model.tabs) {
            "<a\(href: $0.href)\(attribute: "aria-current", $0.current ? "page" : nil)>\($0.label)</a>"
        }
        let tiles = HTML.each(model.tiles) { tile($0, model, context) }
        let empty = HTML.when(
            model.tiles.isEmpty,
            "<div class=\"k-panel k-empty\">\(Icons.use("chart"))<p>\(context(ReportTexts.emptyDashboard))</p></div>"
        )
        // While it is arranged nothing moves by itself; else it is looked at again, but not with every change of others.
        let follow: HTML =
            model.isArranged
            ? " data-tiles" : " data-follow=\"\(model.follows.joined(separator: ","))\" data-follow-pause=\"10\""
        return """
            \(Layout.head(HTML(text: context(ReportTexts.reports)), actions: actions(model, context)))\
            <nav class="k-tabs" aria-label="\(context(ReportTexts.reports))">\(tabs)</nav>\
            \(HTML.when(model.isArranged, settings(model, context)))\(empty)<div class="k-dashboard" id="k-dashboard"\(follow)>\(tiles)</div>\(kept(model, context))
            """
    }

    private static func actions(_ model: DashboardModel, _ context: PageContext) -> HTML {
        let arrange = HTML.with(model.arrange) {
            "<a class=\"k-btn\"\(href: $0)>\(Icons.use("edit"))\(context(model.isArranged ? ReportTexts.ready : ReportTexts.arrange))</a>"
        }
        let copy = HTML.with(model.copy) {
            """
            <form method="post" action="\($0)">\(context.csrfField)<button class="k-btn" name="_action" value="copy">\
            \(Icons.use("copy"))\(context(ReportTexts.copy))</button></form>
            """
        }
        let new: HTML = """
            <form method="post" action="\(Addresses.dashboards)">\(context.csrfField)<button class="k-btn" name="_action" value="new">\
            \(Icons.use("plus"))\(context(ReportTexts.newDashboard))</button></form>
            """
        return """
            \(arrange)\(copy)\(new)<a class="k-btn k-btn-primary"\(href: Addresses.newReport) data-key="c">\(Icons.use("plus"))\(context(ReportTexts.new))</a>
            """
    }

    private static func settings(_ model: DashboardModel, _ context: PageContext) -> HTML {
        guard let action = model.action else { return .empty }
        let options = HTML.each(model.sharing) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == model.sharedWith)>\($0.label)</option>"
        }
        return """
            <form class="k-panel k-section k-report-form" method="post" action="\(action)">\(context.csrfField)<div class="k-inline">\
            <label class="k-field"><span class="k-label">\(context(ReportTexts.name))</span><input class="k-input" name="name" value="\(model.title)" \
            maxlength="60" required></label><label class="k-field"><span class="k-label">\(context(ReportTexts.sharing))</span>\
            <select class="k-input" name="sharing">\(options)</select></label>\
            <button class="k-btn k-btn-primary" name="_action" value="rename">\(context(Words.save))</button>\
            <button class="k-btn k-btn-danger" name="_action" value="delete" formnovalidate>\(Icons.use("trash"))\(context(Words.delete))</button></div></form>
            """
    }

    private static func tile(_ tile: TileModel, _ model: DashboardModel, _ context: PageContext) -> HTML {
        let tools = HTML.when(model.isArranged, self.tools(tile, model, context))
        guard let report = tile.report else {
            return """
                <section class="k-panel k-report" aria-label="\(tile.title)"><h2 class="k-panel-head">\(tile.title)</h2>\
                <p class="k-panel-pad k-muted">\(context(ReportTexts.notYours))</p>\(tools)</section>
                """
        }
        return ReportView.panel(report, isWide: tile.isWide, tools: tools, in: context)
    }

    private static func tools(_ tile: TileModel, _ model: DashboardModel, _ context: PageContext) -> HTML {
        guard let action = model.action else { return .empty }
        func button(_ what: StaticString, _ icon: String, _ label: Label, isOff: Bool = false) -> HTML {
            """
            <button class="k-btn k-btn-small" name="_action" value="\(raw: what)"\(attribute: "disabled", if: isOff)>\
            \(Icons.use(icon))\(context(label))</button>
            """
        }
        let width =
            tile.isWide
            ? button("narrow", "columns", ReportTexts.narrow) : button("wide", "columns", ReportTexts.wide)
        return """
            <form class="k-tile-tools" method="post" action="\(action)">\(context.csrfField)<input type="hidden" name="tile" value="\(tile.place)">\
            \(button("forward", "left", ReportTexts.forward, isOff: tile.place == 0))\
            \(button("back", "right", ReportTexts.back, isOff: tile.place == model.tiles.count - 1))\(width)\
            \(button("remove", "close", ReportTexts.takeAway))</form>
            """
    }

    private static func kept(_ model: DashboardModel, _ context: PageContext) -> HTML {
        guard !model.kept.isEmpty else { return .empty }
        let links = HTML.each(model.kept) { "<li><a\(href: $0.href)>\(Icons.use("chart"))\($0.label)</a></li>" }
        return """
            <section class="k-panel k-kept"><h2 class="k-panel-head">\(context(ReportTexts.mine))</h2><ul class="k-panel-pad">\(links)</ul></section>
            """
    }
}
