/// Parts of a record that are written on its page, such as the products of an opportunity.
public struct PartsModel: Sendable {
    /// The heading.
    public var title: String
    /// The icon's name.
    public var icon: String
    /// The parts there are; their actions are made with `Parts.actions`.
    public var table: TableModel
    /// What they come to together; nil when that says nothing.
    public var total: CellValue?
    /// The fields of a new part; empty when the person may not make one.
    public var fields: [FieldModel]
    /// Where a new part is sent, by POST.
    public var action: String
    /// More values to send along: the record that it belongs to and the way back.
    public var hidden: [Option]
    /// All of them, when the table does not show all.
    public var all: String?

    /// Parts of a record.
    public init(
        title: String,
        icon: String,
        table: TableModel,
        fields: [FieldModel] = [],
        action: String,
        hidden: [Option] = []
    ) {
        self.title = title
        self.icon = icon
        self.table = table
        self.fields = fields
        self.action = action
        self.hidden = hidden
    }
}

/// Parts of a record that are written on its page.
public enum Parts {
    /// A panel with the table, the total and the form of a new part.
    public static func html(_ model: PartsModel, in context: PageContext) -> HTML {
        let total = HTML.with(model.total) {
            "<p class=\"k-panel-pad k-end\">\(context(RecordTexts.total)) <strong>\($0.html(in: context))</strong></p>"
        }
        let all = HTML.with(model.all) {
            "<div class=\"k-related-foot\"><a\(href: $0)>\(context(RecordTexts.showAll))</a></div>"
        }
        let hidden = HTML.each(model.hidden) { "<input type=\"hidden\" name=\"\($0.value)\" value=\"\($0.label)\">" }
        let form: HTML = """
            <form class="k-section" method="post" action="\(model.action)" novalidate>\(context.csrfField)\(hidden)\
            <div class="k-fields">\(HTML.each(model.fields) { FieldControl.html($0, in: context) })</div>\
            <div class="k-parts-foot"><button class="k-btn">\(Icons.use("plus"))\(context(RecordTexts.add))</button></div></form>
            """
        let adding: HTML = """
            <details class="k-fold k-panel-pad"\(attribute: "open", if: model.table.rows.isEmpty)><summary>\(Icons.use("right"))\(context(RecordTexts.add))\
            </summary>\(form)</details>
            """
        let table = HTML.when(!model.table.rows.isEmpty, Table.html(model.table, in: context))
        return """
            <section class="k-panel k-parts"><h2 class="k-panel-head">\(Icons.use(model.icon))\(model.title)</h2>\
            \(table)\(total)\(all)\(HTML.when(!model.fields.isEmpty, adding))</section>
            """
    }

    /// What can be done with a part: its form, and the way into the recycle bin and back to `back`.
    public static func actions(edit: String?, delete: String?, back: String, in context: PageContext) -> HTML {
        let edit = HTML.with(edit) {
            "<a class=\"k-btn k-btn-small\"\(href: $0)>\(Icons.use("edit"))\(context(Words.edit))</a>"
        }
        let delete = HTML.with(delete) {
            """
            <form method="post" action="\($0)">\(context.csrfField)<input type="hidden" name="_back" value="\(back)">\
            <button class="k-btn k-btn-danger k-btn-small">\(Icons.use("trash"))\(context(Words.delete))</button></form>
            """
        }
        return edit + delete
    }
}
