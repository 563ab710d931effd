import Values

/// The page that builds a report; works without the script.
public enum ReportPage {
    /// What can be chosen, the filter as sentences, the result, and keeping it.
    public static func html(_ model: ReportBuilderModel, in context: PageContext) -> HTML {
        let wrong = HTML.with(model.error) {
            "<p class=\"k-panel-pad k-error\" role=\"alert\">\(Icons.use("warning"))<span>\($0)</span></p>"
        }
        let result = HTML.with(model.report) { ReportView.panel($0, isWide: true, in: context) }
        return """
            <div id="k-list">\(Layout.head(HTML(text: model.title), actions: actions(model, context)))\
            <div class="k-panel k-report-form">\(form(model, context))\(filter(model, context))\(wrong)</div>\(result)</div>
            """
    }

    private static func form(_ model: ReportBuilderModel, _ context: PageContext) -> HTML {
        let selects = HTML.each(model.choices) { select($0, context) }
        let part: HTML = """
            <label class="k-field" data-shown-when="what:share"><span class="k-label">\(context(ReportTexts.part))</span>\
            <input class="k-input k-mono-input" name="part" value="\(model.part)" autocomplete="off" autocapitalize="none" spellcheck="false" \
            placeholder="\(context(ReportTexts.partHelp))"></label>
            """
        let compare: HTML = """
            <label class="k-check"><input type="checkbox" name="compare" value="1"\(attribute: "checked", if: model.compares)>\
            \(context(ReportTexts.compare))</label>
            """
        return """
            <form class="k-section" action="\(Addresses.newReport)" data-swap-form="k-list">\(FilterEditor.hidden(model.keep))\
            <div class="k-fields">\(selects)\(part)</div><div class="k-actions">\(compare)\
            <button class="k-btn k-btn-primary">\(context(ReportTexts.show))</button></div></form>
            """
    }

    private static func select(_ choice: ReportChoice, _ context: PageContext) -> HTML {
        let options = HTML.each(choice.options) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == choice.value)>\($0.label)</option>"
        }
        return """
            <label class="k-field"\(attribute: "data-shown-when", choice.shownWhen)><span class="k-label">\(context(choice.label))</span>\
            <select class="k-input" name="\(choice.name)" data-submit>\(options)</select></label>
            """
    }

    private static func filter(_ model: ReportBuilderModel, _ context: PageContext) -> HTML {
        let chips: HTML =
            model.chips.map { FilterChips.html($0, add: model.addFilter, clear: model.clearFilter, in: context) } ?? """
                <div class="k-chips"><a class="k-chip-add"\(href: model.addFilter) data-swap="k-list">\(Icons.use("filter"))\
                <span>\(context(ReportTexts.filter))</span></a></div>
                """
        return chips + HTML.with(model.editor) { FilterEditor.html($0, examples: model.examples, in: context) }
    }

    private static func actions(_ model: ReportBuilderModel, _ context: PageContext) -> HTML {
        guard model.report != nil else { return .empty }
        let sharing = HTML.each(model.sharing) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == model.sharedWith)>\($0.label)</option>"
        }
        let change = HTML.when(
            model.name != nil && model.mayChange,
            """
            <button class="k-btn k-btn-primary" name="_action" value="save">\(context(Words.save))</button>\
            <button class="k-btn k-btn-danger" name="_action" value="delete" formnovalidate>\(Icons.use("trash"))\(context(Words.delete))</button>
            """
        )
        let save: HTML = """
            <details class="k-menu" data-menu><summary class="k-btn">\(Icons.use("pin"))\(context(ReportTexts.keep))</summary>\
            <form class="k-menu-body k-menu-wide k-form" method="post" action="\(Addresses.reports)">\(context.csrfField)\(FilterEditor.hidden(model.saved))\
            <label class="k-field"><span class="k-label">\(context(ReportTexts.name))</span><input class="k-input" name="name" value="\(model.name ?? model.title)" \
            maxlength="60" required></label><label class="k-field"><span class="k-label">\(context(ReportTexts.sharing))</span>\
            <select class="k-input" name="sharing">\(sharing)</select></label>\
            <div class="k-actions">\(change)<button class="k-btn" name="_action" value="new">\(context(model.name == nil ? ReportTexts.keep : ReportTexts.keepNew))</button></div></form></details>
            """
        return pin(model, context) + save
    }

    private static func pin(_ model: ReportBuilderModel, _ context: PageContext) -> HTML {
        let options = HTML.each(model.dashboards + [Option("new", context(ReportTexts.newDashboard))]) {
            "<button class=\"k-item\" name=\"dashboard\" value=\"\($0.value)\">\($0.label)</button>"
        }
        return """
            <details class="k-menu" data-menu><summary class="k-btn">\(Icons.use("columns"))\(context(ReportTexts.pin))</summary>\
            <form class="k-menu-body" method="post" action="\(Addresses.reports)">\(context.csrfField)\(FilterEditor.hidden(model.saved))\
            <input type="hidden" name="_action" value="pin"><input type="hidden" name="title" value="\(model.name ?? model.title)">\(options)</form></details>
            """
    }
}
