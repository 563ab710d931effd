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
    /// A cell can be changed in place.
    public var editable = false
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
    /// The record's version, for changes in place.
    public var version: String?
    /// A look at the record beside the list; nil when there is none.
    public var peek: String?
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
    /// Figures under the columns; empty when there are none.
    public var foot: [HTML] = []

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
            <tbody>\(HTML.each(model.rows) { row($0, model, pick: pick, actions: actions, context) })</tbody>\
            \(foot(model, pick: pick, actions: actions))</table></div>\
            \(HTML.with(pick ? model.bulk : nil) { BulkBar.html($0, in: context) })
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

    private static func foot(_ model: TableModel, pick: Bool, actions: Bool) -> HTML {
        guard !model.foot.isEmpty else { return .empty }
        let cells = HTML.each(zip(model.columns, model.foot)) { column, html in
            "<td\(attribute: "class", column.numeric ? "k-end" : nil)\(attribute: "data-label", html.isEmpty ? nil : column.label)>\(html)</td>"
        }
        return """
            <tfoot><tr>\(HTML.when(pick, "<td class=\"k-pick-cell\"></td>"))\(cells)\(HTML.when(actions, "<td></td>"))</tr></tfoot>
            """
    }

    private static func heading(_ column: ColumnModel) -> HTML {
        let sorted: String? = column.sort.map { $0 == .ascending ? "ascending" : "descending" }
        let icon = column.sort.map { $0 == .ascending ? "up" : "down" } ?? "sort"
        let text: HTML =
            if let href = column.sortHref {
                "<a\(href: href) data-swap=\"k-list\">\(column.label)\(Icons.use(icon))</a>"
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
            <tr\(attribute: "data-href", row.href)\(attribute: "data-id", row.version == nil ? nil : row.id)\
            \(attribute: "data-version", row.version)\(attribute: "class", style.isEmpty ? nil : style)>\(HTML.when(pick, box))\(cells)\
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
        let peek = HTML.with(row.peek) {
            """
            <a class="k-peek"\(href: href) data-peek="\($0)" aria-label="\(context(ListTexts.peek(row.name)))" title="\(context(ListTexts.peekTitle))">\
            \(Icons.use("eye"))</a>
            """
        }
        return "<td class=\"k-name\"><a\(href: href)>\(html)</a>\(peek)</td>"
    }

    private static func cell(_ value: CellValue, column: ColumnModel, _ context: PageContext) -> HTML {
        let html = value.html(in: context, short: true)
        let style: String? =
            switch value {
            case _ where column.wide: "k-wrap"
            case .longText, .address, .tags, .email: column.numeric ? "k-end k-cell-wide" : "k-cell-wide"
            default: column.numeric ? "k-end" : nil
            }
        return """
            <td\(attribute: "class", style)\(attribute: "data-field", column.editable ? column.key : nil) data-label="\(column.label)">\(html)</td>
            """
    }
}
