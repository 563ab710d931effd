public import Values

/// A column of a file that is to be imported.
public struct ImportColumn: Sendable {
    /// Its heading in the file.
    public var heading: String
    /// Its first values.
    public var samples: [String]
    /// The field that it goes into; empty to leave it out.
    public var target: String
    /// True when the program proposed the field.
    public var proposed: Bool
    /// What is wrong with the choice.
    public var error: String?

    /// A column of a file that is to be imported.
    public init(heading: String, samples: [String], target: String = "", proposed: Bool = false, error: String? = nil) {
        self.heading = heading
        self.samples = samples
        self.target = target
        self.proposed = proposed
        self.error = error
    }
}

/// The step in which columns are matched to fields.
public struct ImportMapping: Sendable {
    /// Where it is sent, by POST: `map.0`, `map.1` … by position, `mode`, `match`, and `_action` = `run` or `try`.
    public var action: String
    /// The name of the file.
    public var file: String
    /// How many rows it has.
    public var rows: Int
    /// Its columns.
    public var columns: [ImportColumn]
    /// The fields to choose from, with `key` or `link.key`.
    public var fields: [Option]
    /// The fields by which existing records may be recognised.
    public var matches: [Option]
    /// `upsert`, `create`, `update` or `fill`.
    public var mode: String
    /// The field by which existing records are recognised; empty for none.
    public var match: String
    /// What is wrong as a whole.
    public var error: String?
    /// The sheets of a workbook to choose from; empty when there is no choice.
    public var sheets: [Option] = []
    /// The sheet that is shown.
    public var sheet = ""

    /// The step in which columns are matched to fields.
    public init(
        action: String,
        file: String,
        rows: Int,
        columns: [ImportColumn],
        fields: [Option],
        matches: [Option],
        mode: String = "upsert",
        match: String = "",
        error: String? = nil
    ) {
        self.action = action
        self.file = file
        self.rows = rows
        self.columns = columns
        self.fields = fields
        self.matches = matches
        self.mode = mode
        self.match = match
        self.error = error
    }
}

/// A row that was not taken.
public struct ImportError: Sendable {
    /// Its number in the file, the heading being 1.
    public var row: Int
    /// The field in question.
    public var field: String
    /// The value in the file.
    public var value: String
    /// What is wrong, in the person's language.
    public var message: String

    /// A row that was not taken.
    public init(row: Int, field: String, value: String, message: String) {
        self.row = row
        self.field = field
        self.value = value
        self.message = message
    }
}

/// What an import has done so far.
public struct ImportResult: Sendable {
    /// How it stands.
    public enum State: Sendable {
        /// Still at work.
        case running
        /// Done.
        case finished
        /// A trial is done.
        case tried
        /// Stopped by a fault.
        case failed
    }

    /// How it stands.
    public var state: State
    /// The name of the file.
    public var file: String
    /// Rows in the file.
    public var total: Int
    /// New records.
    public var created: Int
    /// Changed records.
    public var updated: Int
    /// Rows without effect.
    public var skipped: Int
    /// Rows that were not taken.
    public var failed: Int
    /// The first rows that were not taken.
    public var errors: [ImportError] = []
    /// The file of rows that were not taken; nil when there are none.
    public var errorFile: String?
    /// The list of the records.
    public var records: String?
    /// Takes the import back, by POST; nil when that is not possible.
    public var undo: String?
    /// After a trial: does it in earnest, by POST.
    public var run: String?
    /// This page.
    public var address: String

    /// What an import has done so far.
    public init(
        _ state: State,
        file: String,
        total: Int,
        created: Int,
        updated: Int,
        skipped: Int,
        failed: Int,
        address: String
    ) {
        self.state = state
        self.file = file
        self.total = total
        self.created = created
        self.updated = updated
        self.skipped = skipped
        self.failed = failed
        self.address = address
    }
}

/// The pages of an import: file, columns, result.
public enum ImportPage {
    /// The first step; posts `object` and `file` as multipart to `action`.
    public static func upload(
        object: Label,
        objectKey: String,
        action: String = Addresses.imports,
        template: String? = nil,
        error: String? = nil,
        in context: PageContext
    ) -> HTML {
        let sample = HTML.with(template) {
            "<p><a\(href: $0)>\(Icons.use("export"))\(context(ImportTexts.template))</a></p>"
        }
        return """
            <div class="k-narrow">\(Layout.head("\(context(ImportTexts.title(object)))"))\(steps(0, context))
            <form class="k-panel" method="post" action="\(action)" enctype="multipart/form-data" novalidate>\(context.csrfField)\
            <input type="hidden" name="object" value="\(objectKey)"><div class="k-section k-form">\
            \(Control.input("file", context(ImportTexts.file), type: "file", error: error, help: context(ImportTexts.fileHelp)))\(sample)</div>
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(ImportTexts.read))</button></div></form></div>
            """
    }

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
            let note = HTML.with(column.error) { "<p class=\"k-error\">\(Icons.use("warning"))<span>\($0)</span></p>" }
            return """
                <tr><td class="k-name">\(column.heading)\
                \(HTML.when(column.proposed, " \(Badge.html(context(ImportTexts.proposed), .ok))"))</td>\
                <td data-label="\(context(ImportTexts.sample))"><span class="k-muted">\(column.samples.prefix(3).joined(separator: " · "))</span></td>\
                <td class="k-wrap" data-label="\(context(ImportTexts.target))">\(select)\(note)</td></tr>
                """
        }
        let modes = [
            Option("upsert", context(ImportTexts.upsert)), Option("create", context(ImportTexts.create)),
            Option("update", context(ImportTexts.update)), Option("fill", context(ImportTexts.fill)),
        ]
        let matches = [Option("", context(ImportTexts.noMatch))] + model.matches
        return """
            <div class="k-medium">\(Layout.head("\(context(ImportTexts.title(object)))", text: context(ImportTexts.rows(model.rows, model.file))))\
            \(steps(1, context))\(Control.alert(model.error))\(sheets(model, context))
            <form class="k-panel" method="post" action="\(model.action)" novalidate>\(context.csrfField)<input type="hidden" name="sheet" value="\(model.sheet)">
            <table class="k-table k-cards"><thead><tr><th scope="col">\(context(ImportTexts.column))</th>\
            <th scope="col">\(context(ImportTexts.sample))</th><th scope="col">\(context(ImportTexts.target))</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            <div class="k-section"><div class="k-fields">\(Control.select("match", context(ImportTexts.match), matches, chosen: model.match))\
            \(Control.select("mode", context(ImportTexts.mode), modes, chosen: model.mode))</div></div>\(preview(model, context))
            <div class="k-form-foot"><button class="k-btn k-btn-primary" name="_action" value="run">\(context(ImportTexts.start(model.rows)))</button>\
            <button class="k-btn" name="_action" value="try">\(context(ImportTexts.dryRun))</button></div></form></div>
            """
    }

    /// The choice of a sheet; without scripts too.
    private static func sheets(_ model: ImportMapping, _ context: PageContext) -> HTML {
        guard model.sheets.count > 1 else { return .empty }
        return """
            <form class="k-panel" method="get" action="\(model.action)"><div class="k-section k-row">\
            \(Control.select("sheet", context(ImportTexts.sheet), model.sheets, chosen: model.sheet))\
            <button class="k-btn">\(context(ImportTexts.takeSheet))</button></div></form>
            """
    }

    /// The third step: counts, and the rows that were not taken with the reason.
    public static func result(_ model: ImportResult, object: Label, in context: PageContext) -> HTML {
        let title: Label =
            switch model.state {
            case .running: ImportTexts.running
            case .finished: ImportTexts.finished
            case .tried: ImportTexts.tried
            case .failed: ImportTexts.failed
            }
        let counts = [
            (ImportTexts.created, model.created), (ImportTexts.updated, model.updated),
            (ImportTexts.skipped, model.skipped), (ImportTexts.rejected, model.failed),
        ]
        let stats = HTML.each(counts) { "<div><dt>\(context($0.0))</dt><dd>\(Format.number($0.1))</dd></div>" }
        let done = model.created + model.updated + model.skipped + model.failed
        let progress: HTML = """
            <p class="k-note" role="status">\(context(ImportTexts.progress(done, model.total)))\
             <progress max="\(max(1, model.total))" value="\(done)" aria-label="\(context(ImportTexts.running))"></progress>\
             <a href="\(model.address)">\(context(ImportTexts.refresh))</a></p>
            """
        return """
            <div class="k-medium k-stack"><div>\(Layout.head("\(context(title))", text: model.file, actions: actions(model, context)))\
            \(steps(2, context))\(HTML.when(model.state == .running, progress))<dl class="k-stats k-panel">\(stats)</dl></div>\
            \(HTML.when(!model.errors.isEmpty, errors(model, context)))</div>
            """
    }

    /// All imports of the workspace, newest first.
    public static func history(_ table: TableModel, in context: PageContext) -> HTML {
        var table = table
        if table.empty == nil { table.empty = EmptyModel(icon: "import", title: context(ImportTexts.none)) }
        return """
            \(Layout.head("\(context(ImportTexts.history))"))<div class="k-panel">\(Table.html(table, in: context))</div>
            """
    }

    private static func actions(_ model: ImportResult, _ context: PageContext) -> HTML {
        let show = HTML.with(model.records) {
            "<a class=\"k-btn k-btn-primary\"\(href: $0)>\(context(ImportTexts.show))</a>"
        }
        let run = HTML.with(model.run) {
            """
            <form method="post" action="\($0)">\(context.csrfField)<button class="k-btn k-btn-primary" name="_action" value="run">\
            \(context(ImportTexts.start(model.total)))</button></form>
            """
        }
        let undo = HTML.with(model.undo) {
            RecordPage.action(
                context(ImportTexts.undo),
                to: $0,
                icon: "restore",
                ask: context(ImportTexts.confirmUndo),
                in: context
            )
        }
        return "\(undo)\(run)\(show)"
    }

    private static func errors(_ model: ImportResult, _ context: PageContext) -> HTML {
        let hasValues = model.errors.contains { !$0.value.isEmpty }
        let rows = HTML.each(model.errors) { error in
            let value: HTML = "<td data-label=\"\(context(ImportTexts.value))\">\(error.value)</td>"
            return """
                <tr><td class="k-name">\(error.row)</td><td data-label="\(context(ImportTexts.field))">\(error.field)</td>\
                \(HTML.when(hasValues, value))<td class="k-wrap" data-label="\(context(ImportTexts.problem))">\(error.message)</td></tr>
                """
        }
        let file = HTML.with(model.errorFile) {
            """
            <p class="k-panel-pad k-row"><a class="k-btn"\(href: $0)>\(Icons.use("export"))\(context(ImportTexts.errorFile))</a> \
            <span class="k-help">\(context(ImportTexts.errorFileHelp))</span></p>
            """
        }
        return """
            <section class="k-panel"><h2 class="k-panel-head">\(context(ImportTexts.errors))<span class="k-count">\(Format.number(model.failed))</span></h2>\
            <div class="k-scroll" tabindex="0" role="region" aria-label="\(context(ImportTexts.errors))"><table class="k-table k-cards"><thead><tr>\
            <th scope="col">\(context(ImportTexts.row))</th><th scope="col">\(context(ImportTexts.field))</th>\
            \(HTML.when(hasValues, "<th scope=\"col\">\(context(ImportTexts.value))</th>"))<th scope="col">\(context(ImportTexts.problem))</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div>\(file)</section>
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

    private static func steps(_ current: Int, _ context: PageContext) -> HTML {
        let items = HTML.each(ImportTexts.steps.enumerated()) { index, label in
            """
            <li\(attribute: "class", index < current ? "k-done" : nil)\(attribute: "aria-current", index == current ? "step" : nil)>\
            <b>\(index + 1)</b>\(context(label))</li>
            """
        }
        return "<ol class=\"k-steps\" aria-label=\"\(context(ImportTexts.stepsLabel))\">\(items)</ol>"
    }
}
