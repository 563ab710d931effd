public import Schema
public import Values

/// The page on which several records become one.
public struct MergeModel: Sendable {
    /// One of the records.
    public struct Column: Sendable {
        /// Its id.
        public var id: String
        /// Its name.
        public var name: String
        /// Its page.
        public var href: String

        /// One of the records.
        public init(id: String, name: String, href: String) {
            self.id = id
            self.name = name
            self.href = href
        }
    }

    /// A field and its value in each record.
    public struct Line: Sendable {
        /// The field.
        public var field: FieldDefinition
        /// The values, one per column.
        public var values: [CellValue]
        /// The id of the record whose value stays; nil for all together.
        public var chosen: String?
        /// Whether the person may choose.
        public var open: Bool

        /// A field and its value in each record.
        public init(field: FieldDefinition, values: [CellValue], chosen: String?, open: Bool) {
            self.field = field
            self.values = values
            self.chosen = chosen
            self.open = open
        }
    }

    /// The object's name.
    public var objects: Label
    /// Where it is sent: `survivor`, `id` repeated, and `f.KEY` with the id of a record.
    public var action: String
    /// The records.
    public var columns: [Column]
    /// The id of the record that stays unless another one is chosen.
    public var survivor: String
    /// The fields in which they differ.
    public var lines: [Line]
    /// What is wrong.
    public var problem: String?
    /// Where «Cancel» leads.
    public var cancel: String

    /// The page on which several records become one.
    public init(
        objects: Label,
        action: String,
        columns: [Column],
        survivor: String,
        lines: [Line],
        problem: String? = nil,
        cancel: String
    ) {
        self.objects = objects
        self.action = action
        self.columns = columns
        self.survivor = survivor
        self.lines = lines
        self.problem = problem
        self.cancel = cancel
    }
}

/// The page on which several records become one.
public enum MergePage {
    /// The records side by side, a line per field; on phones a card per field.
    public static func html(_ model: MergeModel, in context: PageContext) -> HTML {
        let head = HTML.each(model.columns) { "<th scope=\"col\"><a\(href: $0.href)>\($0.name)</a></th>" }
        let ids = HTML.each(model.columns) { "<input type=\"hidden\" name=\"id\" value=\"\($0.id)\">" }
        let stays = HTML.each(model.columns) { column in
            let radio = radio(
                "survivor",
                column.id,
                column.id == model.survivor,
                text: "\(context(DuplicateTexts.stays))"
            )
            return "<td class=\"k-wrap\" data-label=\"\(column.name)\">\(radio)</td>"
        }
        let caption = context(DuplicateTexts.mergeTitle(model.objects))
        return """
            \(Layout.head(HTML(text: caption), text: context(DuplicateTexts.mergeIntro)))\(Control.alert(model.problem))
            <form class="k-panel" method="post" action="\(model.action)">\(context.csrfField)\(ids)
            <div class="k-scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="k-table k-cards">\
            <caption class="k-hidden">\(caption)</caption>
            <thead><tr><th scope="col">\(context(DuplicateTexts.field))</th>\(head)</tr></thead><tbody>
            <tr><td class="k-name">\(context(DuplicateTexts.merge))</td>\(stays)</tr>
            \(HTML.each(model.lines) { line($0, model, context) })</tbody></table></div>
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(DuplicateTexts.doMerge))</button>\
            <a class="k-btn"\(href: model.cancel)>\(context(Words.cancel))</a></div></form>
            """
    }

    private static func line(_ line: MergeModel.Line, _ model: MergeModel, _ context: PageContext) -> HTML {
        let name = "f." + line.field.key
        let label = context(line.field.label)
        let cells = HTML.each(zip(model.columns, line.values)) { column, value in
            let text: HTML = value == .empty ? "<span class=\"k-muted\">—</span>" : value.html(in: context)
            let hint = label + " " + column.name
            let cell = line.open ? radio(name, column.id, column.id == line.chosen, text: text, label: hint) : text
            return "<td class=\"k-wrap\" data-label=\"\(column.name)\">\(cell)</td>"
        }
        let all = radio(name, "", line.chosen == nil, text: "\(context(DuplicateTexts.together))")
        let isUnion = if case .tags = line.field.kind { line.open } else { false }
        return "<tr><td class=\"k-name\">\(label)\(HTML.when(isUnion, " \(all)"))</td>\(cells)</tr>"
    }

    private static func radio(_ name: String, _ value: String, _ checked: Bool, text: HTML, label: String? = nil)
        -> HTML
    {
        """
        <label class="k-option"><input type="radio" name="\(name)" value="\(value)"\(attribute: "checked", if: checked)\
        \(attribute: "aria-label", label)><span>\(text)</span></label>
        """
    }

    /// The choice of the other record: those that are alike, and a search.
    public static func choose(
        _ objects: Label,
        found: [(name: String, href: String, text: String)],
        action: String,
        text: String,
        in context: PageContext
    ) -> HTML {
        let items = HTML.each(found) {
            "<li><a\(href: $0.href)>\($0.name)</a><span></span><div><span>\($0.text)</span></div></li>"
        }
        let list: HTML =
            found.isEmpty
            ? "<p class=\"k-panel-pad k-muted\">\(context(DuplicateTexts.noOther))</p>"
            : "<ul class=\"k-related\">\(items)</ul>"
        return """
            <div class="k-narrow">\(Layout.head("\(context(DuplicateTexts.mergeTitle(objects)))"))\
            <section class="k-panel"><h2 class="k-panel-head">\(context(DuplicateTexts.chooseOther))</h2>\(list)\
            <form class="k-section k-form" method="get" action="\(action)">\
            \(Control.input("q", context(DuplicateTexts.findOther), type: "search", value: text))\
            <div><button class="k-btn">\(Icons.use("search"))\(context(ListTexts.searchTitle))</button></div></form></section></div>
            """
    }

    /// What stands on a record that others went into.
    public static func merged(
        _ count: Int,
        by: String,
        at: Instant,
        undo: String?,
        merge: String? = nil,
        in context: PageContext
    ) -> HTML {
        let button = HTML.with(undo) {
            RecordPage.action(
                context(DuplicateTexts.undo),
                to: $0,
                icon: "restore",
                ask: context(DuplicateTexts.undoAsk),
                small: true,
                hidden: merge.map { ("merge", $0) },
                in: context
            )
        }
        return """
            <div class="k-flash k-flash-info" role="note">\(Icons.use("info"))<p>\(context(DuplicateTexts.mergedFrom(count, by))) · \
            \(CellValue.instant(at).html(in: context))</p>\(button)</div>
            """
    }
}
