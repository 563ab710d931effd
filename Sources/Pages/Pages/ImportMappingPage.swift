public import Values

extension ImportPage {
    /// The second step: a field for each column, with the first values beside it.
    public static func mapping(_ model: ImportMapping, object: Label, in context: PageContext) -> HTML {
        let targets = [Option("", context(ImportTexts.skip))] + model.fields
        let rows = HTML.each(model.columns.enumerated()) { index, column in
            let select = Control.cell(
                "map.\(index)",
                context(ImportTexts.targetOf(column.heading)),
                targets,
                chosen: column.target
            )
            let error = HTML.with(column.error) { "<p class=\"k-error\">\(Icons.use("warning"))<span>\($0)</span></p>" }
            let note = HTML.with(column.note) { "<p class=\"k-help\">\($0)</p>" }
            return """
                <tr><td class="k-name">\(column.heading)\
                \(HTML.when(column.proposed, " \(Badge.html(context(ImportTexts.proposed), .ok))"))</td>\
                <td data-label="\(context(ImportTexts.sample))"><span class="k-muted">\(column.samples.prefix(3).joined(separator: " · "))</span></td>\
                <td class="k-wrap" data-label="\(context(ImportTexts.target))">\(select)\(error)\(note)\(style(column, index))\
                \(values(column, index, context))</td></tr>
                """
        }
        let modes = [
            Option("upsert", context(ImportTexts.upsert)), Option("create", context(ImportTexts.create)),
            Option("update", context(ImportTexts.update)), Option("fill", context(ImportTexts.fill)),
        ]
        let origin = HTML.with(model.origin) { "<p class=\"k-note\">\($0)</p>" }
        let handlings = [
            Option("", context(ImportTexts.likelyIgnored)), Option("flag", context(ImportTexts.likelyFlag)),
            Option("skip", context(ImportTexts.likelySkip)), Option("update", context(ImportTexts.likelyUpdate)),
        ]
        let matches = [Option("", context(ImportTexts.noMatch))] + model.matches
        return """
            <div class="k-medium">\(Layout.head("\(context(ImportTexts.title(object)))", text: context(ImportTexts.rows(model.rows, model.file))))\
            \(steps(1, context))\(Control.alert(model.error))\(origin)\(place(model, context))
            <form class="k-panel" method="post" action="\(model.action)" novalidate>\(context.csrfField)<input type="hidden" name="sheet" value="\(model.sheet)">\
            \(HTML.with(model.heading) { "<input type=\"hidden\" name=\"heading\" value=\"\(String($0))\">" })\
            \(HTML.each(model.reading) { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.chosen)\">" })
            <table class="k-table k-cards"><thead><tr><th scope="col">\(context(ImportTexts.column))</th>\
            <th scope="col">\(context(ImportTexts.sample))</th><th scope="col">\(context(ImportTexts.target))</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            <div class="k-section"><div class="k-fields">\(Control.select("match", context(ImportTexts.match), matches, chosen: model.match))\
            \(Control.select("mode", context(ImportTexts.mode), modes, chosen: model.mode))\
            \(Control.select("duplicates", context(ImportTexts.likely), handlings, chosen: model.duplicates))</div></div>\(preview(model, context))
            <div class="k-form-foot"><button class="k-btn k-btn-primary" name="_action" value="run">\(context(ImportTexts.start(model.rows)))</button>\
            <button class="k-btn" name="_action" value="try">\(context(ImportTexts.dryRun))</button>\
            <button class="k-btn k-btn-quiet" name="_action" value="look">\(context(ImportTexts.look))</button></div></form></div>
            """
    }

    /// The choice of a sheet, of the row with the headings, and of how a text table is written; without scripts too.
    private static func place(_ model: ImportMapping, _ context: PageContext) -> HTML {
        guard model.sheets.count > 1 || model.heading != nil else { return .empty }
        let sheet =
            model.sheets.count > 1
            ? Control.select("sheet", context(ImportTexts.sheet), model.sheets, chosen: model.sheet) : HTML.empty
        let heading = HTML.with(model.heading) {
            Control.input(
                "heading",
                context(ImportTexts.heading),
                type: "number",
                value: String($0),
                mode: "numeric",
                help: context(ImportTexts.headingHelp)
            )
        }
        let button: HTML = "<button class=\"k-btn\">\(context(ImportTexts.takePlace))</button>"
        guard !model.reading.isEmpty else {
            return """
                <form class="k-panel" method="get" action="\(model.action)"><div class="k-section k-row">\(sheet)\(heading)\
                \(button)</div></form>
                """
        }
        let reading = HTML.each(model.reading) { Control.select($0.name, $0.label, $0.options, chosen: $0.chosen) }
        return """
            <details class="k-panel" id="reading"\(attribute: "open", if: model.opensReading)><summary>\(Icons.use("right"))\
            \(context(ImportTexts.reading))<span class="k-count">\(model.readingNow)</span></summary>\
            <form class="k-section k-form" method="get" action="\(model.action)"><p class="k-help">\(context(ImportTexts.readingHelp))</p>\
            <div class="k-fields">\(heading)\(reading)</div><div>\(button)</div></form></details>
            """
    }

    /// What the file does not tell about a column.
    private static func style(_ column: ImportColumn, _ index: Int) -> HTML {
        HTML.with(column.style) {
            Control.select("\($0.name).\(index)", $0.label, $0.options, chosen: $0.chosen)
        }
    }

    /// The values of a column and what each becomes.
    private static func values(_ column: ImportColumn, _ index: Int, _ context: PageContext) -> HTML {
        guard !column.values.isEmpty else { return .empty }
        let open = column.values.count(where: \.isOpen)
        let rows = HTML.each(column.values.enumerated()) { position, value in
            let name = "val.\(index).\(position)"
            let select = Control.cell(
                name,
                context(ImportTexts.valueOf(value.text)),
                column.valueOptions,
                chosen: value.chosen
            )
            return """
                <tr><td class="k-name">\(value.text) <span class="k-muted">× \(Format.number(value.count))</span>\
                \(HTML.when(value.isOpen, " \(Badge.html(context(ImportTexts.lookAtIt), .warn))"))</td><td>\(select)</td></tr>
                """
        }
        return """
            <details class="k-fold"\(attribute: "open", if: open > 0)><summary>\(Icons.use("right"))\
            \(context(ImportTexts.values(column.values.count, open)))</summary><table class="k-table"><tbody>\(rows)</tbody></table></details>
            """
    }

    /// The first rows as the file has them.
    private static func preview(_ model: ImportMapping, _ context: PageContext) -> HTML {
        let count = min(100, model.columns.map(\.samples.count).max() ?? 0)
        guard count > 0 else { return .empty }
        let head = HTML.each(model.columns) { "<th scope=\"col\">\($0.heading)</th>" }
        let rows = HTML.each(0..<count) { row in
            "<tr>\(HTML.each(model.columns) { "<td>\(row < $0.samples.count ? $0.samples[row] : "")</td>" })</tr>"
        }
        return """
            <details class="k-section k-fold"><summary>\(Icons.use("right"))\(context(ImportTexts.preview))</summary>\
            <div class="k-scroll" tabindex="0" role="region" aria-label="\(context(ImportTexts.preview))"><table class="k-table">\
            <thead><tr>\(head)</tr></thead><tbody>\(rows)</tbody></table></div></details>
            """
    }
}
