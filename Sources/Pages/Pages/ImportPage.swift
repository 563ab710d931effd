public import Values

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
            "<p><a class=\"k-btn k-btn-quiet k-btn-lines\"\(href: $0)>\(Icons.use("export"))<span>\(context(ImportTexts.template))</span></a></p>"
        }
        return """
            <div class="k-narrow">\(Layout.head("\(context(ImportTexts.title(object)))"))\(steps(0, context))
            <form class="k-panel" method="post" action="\(action)" enctype="multipart/form-data" novalidate>\(context.csrfField)\
            <input type="hidden" name="object" value="\(objectKey)"><div class="k-section k-form">\
            \(Control.input("file", context(ImportTexts.file), type: "file", error: error, help: context(ImportTexts.fileHelp)))\(sample)</div>
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(ImportTexts.read))</button></div></form></div>
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

    static func steps(_ current: Int, _ context: PageContext) -> HTML {
        let items = HTML.each(ImportTexts.steps.enumerated()) { index, label in
            """
            <li\(attribute: "class", index < current ? "k-done" : nil)\(attribute: "aria-current", index == current ? "step" : nil)>\
            <b>\(index + 1)</b>\(context(label))</li>
            """
        }
        return "<ol class=\"k-steps\" aria-label=\"\(context(ImportTexts.stepsLabel))\">\(items)</ol>"
    }
}
