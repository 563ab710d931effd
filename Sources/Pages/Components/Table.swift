public import Schema
import Values

/// A column of a table.
public struct ColumnModel: Sendable {
    /// How the list is sorted by this column.
    public enum Sort: Sendable {
        /// From small to large.
        case ascending
        /// From large to small.
        case descending
    }

    /// The field's key.
    public var key: String
    /// The heading.
    public var label: String
    /// Numbers stand at the right edge.
    public var numeric: Bool
    /// Its text may take several lines.
    public var wide = false
    /// How the list is sorted by it now, if it is.
    public var sort: Sort?
    /// Sorts by it, or turns the order; nil when the column cannot be sorted.
    public var sortHref: String?

    /// A column of a table.
    public init(_ key: String, _ label: String, numeric: Bool = false, sort: Sort? = nil, sortHref: String? = nil) {
        self.key = key
        self.label = label
        self.numeric = numeric
        self.sort = sort
        self.sortHref = sortHref
    }

    /// The column of a field.
    public init(_ field: FieldDefinition, sort: Sort? = nil, sortHref: String? = nil, in context: PageContext) {
        self.init(
            field.key,
            context(field.label),
            numeric: CellValue.isNumeric(field.kind),
            sort: sort,
            sortHref: sortHref
        )
    }
}

/// A row of a table. The first cell is its name.
public struct RowModel: Sendable {
    /// The record's id, sent when the row is chosen.
    public var id: String
    /// The record's page; nil when there is none.
    public var href: String?
    /// The name, for screen readers.
    public var name: String
    /// The values, one per column.
    public var cells: [CellValue]
    /// Was just made or changed: marked for two seconds.
    public var fresh = false
    /// Switched off: shown in grey.
    public var off = false
    /// Small forms and links at the end.
    public var actions: HTML = .empty

    /// A row of a table.
    public init(
        id: String,
        href: String? = nil,
        name: String,
        cells: [CellValue],
        actions: HTML = .empty,
        off: Bool = false
    ) {
        self.id = id
        self.href = href
        self.name = name
        self.cells = cells
        self.actions = actions
        self.off = off
    }
}

/// What is shown in place of a table without rows: why, and the next step.
public struct EmptyModel: Sendable {
    /// The icon's name.
    public var icon: String
    /// What is missing.
    public var title: String
    /// What to do.
    public var text: String
    /// Links that do it.
    public var actions: HTML

    /// What is shown in place of a table without rows.
    public init(icon: String, title: String, text: String = "", actions: HTML = .empty) {
        self.icon = icon
        self.title = title
        self.text = text
        self.actions = actions
    }
}

/// What may be done with chosen rows.
public struct BulkModel: Sendable {
    /// Where the choice is sent: `id` repeated and `_action` = `delete`, `assign` (with `owner`) or `restore`, `purge`.
    public var action: String
    /// May delete.
    public var delete: Bool
    /// The people to whom records may be given, by id; empty when this is not allowed.
    public var owners: [Option]
    /// In the recycle bin: restore and delete for ever.
    public var restore: Bool
    /// In the recycle bin: may delete for ever.
    public var purge: Bool

    /// What may be done with chosen rows.
    public init(
        action: String,
        delete: Bool = false,
        owners: [Option] = [],
        restore: Bool = false,
        purge: Bool = false
    ) {
        self.action = action
        self.delete = delete
        self.owners = owners
        self.restore = restore
        self.purge = purge
    }

    var isEmpty: Bool { !delete && owners.isEmpty && !restore && !purge }
}

/// A table of records.
public struct TableModel: Sendable {
    /// What the table shows, for screen readers.
    public var caption: String
    /// The columns; the first names the rows.
    public var columns: [ColumnModel]
    /// The rows.
    public var rows: [RowModel]
    /// What may be done with chosen rows; nil when rows cannot be chosen.
    public var bulk: BulkModel?
    /// What is shown when there are no rows.
    public var empty: EmptyModel?

    /// A table of records.
    public init(
        caption: String,
        columns: [ColumnModel],
        rows: [RowModel],
        bulk: BulkModel? = nil,
        empty: EmptyModel? = nil
    ) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.bulk = bulk
        self.empty = empty
    }
}

/// A table, which becomes a list of cards on phones.
public enum Table {
    /// The table with its bulk bar, or what stands for it when it is empty.
    public static func html(_ model: TableModel, in context: PageContext) -> HTML {
        if model.rows.isEmpty, let empty = model.empty { return Table.empty(empty) }
        let pick = model.bulk.map { !$0.isEmpty } ?? false
        let actions = model.rows.contains { !$0.actions.isEmpty }
        let pickHead: HTML = """
            <th scope="col" class="k-pick-cell"><label data-needs-script hidden>\
            <input type="checkbox" data-pick-all aria-label="\(context(ListTexts.pickAll))"></label></th>
            """
        let head = HTML.each(model.columns) { heading($0) }
        let last: HTML = "<th scope=\"col\"><span class=\"k-hidden\">\(context(Words.actions))</span></th>"
        return """
            <div class="k-scroll"\(scrollLabel(model))><table class="k-table k-cards"><caption class="k-hidden">\(model.caption)</caption>
            <thead><tr>\(HTML.when(pick, pickHead))\(head)\(HTML.when(actions, last))</tr></thead>
            <tbody>\(HTML.each(model.rows) { row($0, model, pick: pick, actions: actions, context) })</tbody></table></div>\
            \(HTML.with(pick ? model.bulk : nil) { bulk($0, context) })
            """
    }

    /// Why there is nothing, and the next step.
    public static func empty(_ model: EmptyModel) -> HTML {
        """
        <div class="k-empty">\(Icons.use(model.icon))<h2>\(model.title)</h2>\
        \(HTML.when(!model.text.isEmpty, "<p>\(model.text)</p>"))\
        \(HTML.when(!model.actions.isEmpty, "<div class=\"k-actions\">\(model.actions)</div>"))</div>
        """
    }

    /// A container that scrolls must be reachable with the keyboard, and so must have a name.
    private static func scrollLabel(_ model: TableModel) -> HTML {
        " tabindex=\"0\" role=\"region\" aria-label=\"\(model.caption)\""
    }

    private static func heading(_ column: ColumnModel) -> HTML {
        let sorted: String? = column.sort.map { $0 == .ascending ? "ascending" : "descending" }
        let icon = column.sort.map { $0 == .ascending ? "up" : "down" } ?? "sort"
        let text: HTML =
            if let href = column.sortHref {
                "<a\(href: href)>\(column.label)\(Icons.use(icon))</a>"
            } else {
                HTML(text: column.label)
            }
        return """
            <th scope="col"\(attribute: "class", column.numeric ? "k-end" : nil)\(attribute: "aria-sort", sorted)>\(text)</th>
            """
    }

    private static func row(
        _ row: RowModel,
        _ model: TableModel,
        pick: Bool,
        actions: Bool,
        _ context: PageContext
    ) -> HTML {
        let box: HTML = """
            <td class="k-pick-cell"><label><input class="k-pick" type="checkbox" name="id" value="\(row.id)" form="k-bulk" \
            aria-label="\(context(Words.pick(row.name)))"></label></td>
            """
        let style = [row.fresh ? "k-new" : "", row.off ? "k-off" : ""].filter { !$0.isEmpty }.joined(separator: " ")
        let cells = HTML.each(zip(model.columns, row.cells).enumerated()) { index, pair in
            index == 0 ? name(pair.1, row, context) : cell(pair.1, column: pair.0, context)
        }
        return """
            <tr\(attribute: "data-href", row.href)\(attribute: "class", style.isEmpty ? nil : style)>\(HTML.when(pick, box))\(cells)\
            \(HTML.when(actions, "<td><div class=\"k-cell-actions\">\(row.actions)</div></td>"))</tr>

            """
    }

    private static func name(_ value: CellValue, _ row: RowModel, _ context: PageContext) -> HTML {
        guard let href = row.href else { return "<td class=\"k-name\">\(value.html(in: context, short: true))</td>" }
        let html: HTML =
            switch value {
            case .text, .choices, .number, .day: value.html(in: context, short: true)
            default: HTML(text: row.name)
            }
        return "<td class=\"k-name\"><a\(href: href)>\(html)</a></td>"
    }

    private static func cell(_ value: CellValue, column: ColumnModel, _ context: PageContext) -> HTML {
        let html = value.html(in: context, short: true)
        let style: String? =
            switch value {
            case _ where column.wide: "k-wrap"
            case .longText, .address, .tags, .email: column.numeric ? "k-end k-cell-wide" : "k-cell-wide"
            default: column.numeric ? "k-end" : nil
            }
        return "<td\(attribute: "class", style) data-label=\"\(column.label)\">\(html)</td>"
    }

    private static func bulk(_ bulk: BulkModel, _ context: PageContext) -> HTML {
        let owners: HTML = """
            <label class="k-hidden" for="k-bulk-owner">\(context(ListTexts.newOwner))</label>\
            <select class="k-input" id="k-bulk-owner" name="owner"><option value="">\(context(ListTexts.newOwner))</option>\
            \(HTML.each(bulk.owners) { "<option value=\"\($0.value)\">\($0.label)</option>" })</select>\
            \(button("assign", Words.assign, "user", "k-btn", nil, context))
            """
        return """
            <form class="k-bulk" id="k-bulk" method="post" action="\(bulk.action)">\(context.csrfField)\
            <span class="k-bulk-count" role="status" data-picked="\(context(ListTexts.picked))">\(context(ListTexts.pickedRows))</span>\
            \(HTML.when(!bulk.owners.isEmpty, owners))\
            \(HTML.when(bulk.restore, button("restore", Words.restore, "restore", "k-btn", nil, context)))\
            \(HTML.when(bulk.delete, button("delete", Words.delete, "trash", "k-btn k-btn-danger", ListTexts.confirmDelete, context)))\
            \(HTML.when(bulk.purge, button("purge", Words.purge, "trash", "k-btn k-btn-danger", ListTexts.confirmPurge, context)))</form>
            """
    }

    private static func button(
        _ action: StaticString,
        _ label: Label,
        _ icon: String,
        _ style: StaticString,
        _ ask: Label?,
        _ context: PageContext
    ) -> HTML {
        """
        <button class="\(raw: style)" name="_action" value="\(raw: action)"\(attribute: "data-confirm", ask.map { context($0) })>\
        \(Icons.use(icon))\(context(label))</button>
        """
    }
}
