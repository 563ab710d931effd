import Schema
public import Values

/// Search, filter and order of a list.
public struct FilterModel: Sendable {
    /// Where the form leads: the list itself, by GET with `q`, `filter` and `sort`.
    public var action: String
    /// The name of many, as «customers».
    public var object: Label
    /// What is searched.
    public var search: String
    /// The filter expression.
    public var filter: String
    /// The order, as `-created_at`.
    public var sort: String
    /// Orders to choose from: `sort` value and label.
    public var sorts: [Option]
    /// Filters that make sense here, to learn from.
    public var examples: [String]
    /// What is wrong with the filter, and at which character it begins.
    public var error: FilterError?
    /// More parameters to keep, as the chosen view.
    public var keep: [Option] = []
    /// The address of the list in another order.
    public var sortHref: @Sendable (String) -> String = { _ in "" }

    /// What is wrong with a filter.
    public struct FilterError: Sendable {
        /// In the person's language.
        public var message: String
        /// The place, counted in characters from 0.
        public var position: Int?

        /// What is wrong with a filter.
        public init(_ message: String, at position: Int? = nil) {
            self.message = message
            self.position = position
        }
    }

    /// Search, filter and order of a list.
    public init(
        action: String,
        object: Label,
        search: String = "",
        filter: String = "",
        sort: String = "",
        sorts: [Option] = [],
        examples: [String] = [],
        error: FilterError? = nil
    ) {
        self.action = action
        self.object = object
        self.search = search
        self.filter = filter
        self.sort = sort
        self.sorts = sorts
        self.examples = examples
        self.error = error
    }

    var isActive: Bool { !search.isEmpty || !filter.isEmpty }
}

/// The row above a list: search, filter, order, columns.
public enum FilterBar {
    /// Search box and the menus beside it, with the place of an error marked.
    public static func html(_ model: FilterModel, menus: HTML, in context: PageContext) -> HTML {
        """
        <div class="k-bar"><form class="k-search" role="search" action="\(model.action)" data-live="k-results">\
        \(HTML.each(model.keep) { "<input type=\"hidden\" name=\"\($0.value)\" value=\"\($0.label)\">" })\
        \(Icons.use("search"))<label class="k-hidden" for="k-q">\(context(ListTexts.search(model.object)))</label>\
        <input class="k-input" id="k-q" type="search" name="q" value="\(model.search)" autocomplete="off" enterkeyhint="search" \
        placeholder="\(context(ListTexts.search(model.object)))"></form>\(menus)</div>\(notes(model, context))
        """
    }

    /// Orders to choose from, for phones and for fields without a column.
    static func order(_ model: FilterModel, in context: PageContext) -> HTML {
        guard !model.sorts.isEmpty else { return .empty }
        let current = model.sorts.first { $0.value == model.sort }?.label
        let links = HTML.each(model.sorts) { sort in
            """
            <a\(href: model.sortHref(sort.value)) data-swap="k-list"\(attribute: "aria-current", sort.value == model.sort ? "true" : nil)>\
            \(sort.label)</a>
            """
        }
        return """
            <details class="k-menu" data-menu><summary class="k-btn">\(Icons.use("sort"))<span class="k-wide-only">\
            \(current ?? context(ListTexts.sort))</span></summary><div class="k-menu-body">\(links)</div></details>
            """
    }

    private static func notes(_ model: FilterModel, _ context: PageContext) -> HTML {
        guard let error = model.error else { return .empty }
        let examples = HTML.each(model.examples.prefix(3)) { "<div><code>\($0)</code></div>" }
        return """
            <div class="k-bar-notes"><p class="k-error" id="k-filter-error" role="alert">\(Icons.use("warning"))<span>\(error.message)</span></p>\
            \(HTML.with(error.position) { point(model.filter, at: $0) })\
            \(HTML.when(!examples.isEmpty, "<div class=\"k-examples\"><span>\(context(ListTexts.examples))</span>\(examples)</div>"))\
            <div class="k-actions"><a class="k-btn k-btn-small"\(href: model.action)>\(context(ListTexts.clear))</a></div></div>
            """
    }

    private static func point(_ filter: String, at position: Int) -> HTML {
        let place =
            filter.index(filter.startIndex, offsetBy: max(0, position), limitedBy: filter.endIndex) ?? filter.endIndex
        let rest = filter[place...]
        let word = rest.prefix { !$0.isWhitespace && $0 != ")" }
        let marked = word.isEmpty ? String(rest.prefix(1)) : String(word)
        let tail = String(rest.dropFirst(marked.count))
        return
            "<div class=\"k-point\">\(String(filter[..<place]))<mark>\(marked.isEmpty ? "▲" : marked)</mark>\(tail)</div>"
    }
}

/// The links under a list.
public enum Pager {
    /// How many are shown, the first and the next page.
    public static func html(
        shown: Int,
        total: Int? = nil,
        first: String? = nil,
        next: String? = nil,
        in context: PageContext
    ) -> HTML {
        let firstLink = HTML.with(first) {
            "<a class=\"k-btn k-btn-small\"\(href: $0)>\(context(ListTexts.firstPage))</a>"
        }
        let nextLink = HTML.with(next) {
            "<a class=\"k-btn k-btn-small\"\(href: $0) rel=\"next\">\(context(ListTexts.nextPage))\(Icons.use("right"))</a>"
        }
        return """
            <nav class="k-pager" aria-label="\(context(ListTexts.pages))"><span>\(context(ListTexts.shown(shown, of: total)))</span>\
            \(firstLink)\(nextLink)</nav>
            """
    }
}

/// A tab over a page: a view of a list or a part of the settings.
public struct TabModel: Sendable {
    /// What people see.
    public var label: String
    /// Where it leads.
    public var href: String
    /// True for the page that is shown.
    public var current: Bool

    /// A tab over a page.
    public init(_ label: String, _ href: String, current: Bool = false) {
        self.label = label
        self.href = href
        self.current = current
    }

    /// A row of tabs; nothing when there is only one.
    static func row(_ tabs: [TabModel]) -> HTML {
        guard tabs.count > 1 else { return .empty }
        let links = HTML.each(tabs) {
            "<a\(href: $0.href)\(attribute: "aria-current", $0.current ? "page" : nil)>\($0.label)</a>"
        }
        return "<nav class=\"k-tabs\">\(links)</nav>"
    }
}

/// The page with the list of an object.
public struct ListModel: Sendable {
    /// The name of one.
    public var object: Label
    /// The name of many, which is the heading.
    public var objects: Label
    /// The icon's name.
    public var icon: String
    /// Views of the list: all, mine, saved ones.
    public var views: [ViewTab] = []
    /// Keeping the list of now as a view.
    public var saveView: SaveViewModel?
    /// The conditions as sentences; nil without any.
    public var chips: FilterNode?
    /// Adds a condition.
    public var addFilter: String
    /// Takes all conditions away.
    public var clearFilter: String
    /// The panel in which a condition is made or changed.
    public var editor: FilterEditorModel?
    /// The board of the same records; nil when there is none.
    public var board: String?
    /// Figures over the whole list; empty when there is nothing to sum.
    public var sums: HTML = .empty
    /// Search, filter, order.
    public var filter: FilterModel
    /// The rows.
    public var table: TableModel
    /// How many records match; nil when not counted.
    public var total: Int?
    /// The first page; nil when this is it.
    public var firstPage: String?
    /// The next page; nil when there is none.
    public var nextPage: String?
    /// The form of a new record; nil when not allowed.
    public var create: String?
    /// The import; nil when not allowed.
    public var importing: String?
    /// The export; nil when not allowed.
    public var export: String?
    /// The list of likely duplicates; nil where there are no rules.
    public var duplicates: String?
    /// The choice of columns; nil when there is none.
    public var columnChoice: ColumnChoiceModel?
    /// True when the workspace has no record of this object that the person may see, whatever the filter.
    public var firstUse = false

    /// The page with the list of an object.
    public init(
        object: Label,
        objects: Label,
        icon: String,
        filter: FilterModel,
        table: TableModel,
        total: Int? = nil,
        firstPage: String? = nil,
        nextPage: String? = nil,
        create: String? = nil,
        importing: String? = nil,
        export: String? = nil
    ) {
        self.object = object
        self.objects = objects
        self.icon = icon
        self.filter = filter
        addFilter = ""
        clearFilter = filter.action
        self.table = table
        self.total = total
        self.firstPage = firstPage
        self.nextPage = nextPage
        self.create = create
        self.importing = importing
        self.export = export
    }
}

/// The page with the list of an object.
public enum ListPage {
    /// Heading with actions, views, filter bar, table and pager.
    public static func html(_ model: ListModel, in context: PageContext) -> HTML {
        var table = model.table
        if table.empty == nil { table.empty = empty(model, context) }
        let count = HTML.with(model.total) { " <small>\(Format.number($0))</small>" }
        let chips = HTML.with(model.chips) {
            FilterChips.html($0, add: model.addFilter, clear: model.clearFilter, in: context)
        }
        let editor = HTML.with(model.editor) { FilterEditor.html($0, examples: model.filter.examples, in: context) }
        return """
            \(Layout.head("\(context(model.objects))\(count)", actions: actions(model, context)))
            <div id="k-list">\(ListViews.html(model.views, save: model.saveView, in: context))\
            <div class="k-panel k-list">\(FilterBar.html(model.filter, menus: menus(model, context), in: context))\(chips)\(editor)
            <div id="k-results" aria-live="off">\(Table.html(table, in: context))\(model.sums)\
            \(Pager.html(shown: table.rows.count, total: model.total, first: model.firstPage, next: model.nextPage, in: context))</div></div></div>
            """
    }

    private static func menus(_ model: ListModel, _ context: PageContext) -> HTML {
        let filter: HTML = """
            <a class="k-btn"\(href: model.addFilter) data-swap="k-list">\(Icons.use("filter"))\(context(ListTexts.apply))</a>
            """
        let board = HTML.with(model.board) {
            """
            <span class="k-seg k-bar-end"><a aria-current="true"\(href: model.filter.action)>\(Icons.use("menu"))<span>\(context(ViewTexts.list))</span></a>\
            <a\(href: $0)>\(Icons.use("board"))<span>\(context(ViewTexts.board))</span></a></span>
            """
        }
        let columns = HTML.with(model.columnChoice) { ColumnChoice.html($0, in: context) }
        return "\(filter)\(FilterBar.order(model.filter, in: context))\(columns)\(board)"
    }

    private static func actions(_ model: ListModel, _ context: PageContext) -> HTML {
        let items: [(String?, String, Label)] = [
            (model.importing, "import", Words.importing), (model.export, "export", Words.export),
            (model.duplicates, "copy", DuplicateTexts.duplicates),
        ]
        let links = HTML.each(items.filter { $0.0 != nil }) {
            "<a\(href: $0.0 ?? "")>\(Icons.use($0.1))\(context($0.2))</a>"
        }
        let more: HTML = """
            <details class="k-menu" data-menu><summary class="k-btn">\(context(Words.more))\(Icons.use("down"))</summary>\
            <div class="k-menu-body">\(links)</div></details>
            """
        let create = HTML.with(model.create) {
            "<a class=\"k-btn k-btn-primary\"\(href: $0) data-key=\"c\">\(Icons.use("plus"))\(context(Words.new(model.object)))</a>"
        }
        return "\(HTML.when(!links.isEmpty, more))\(create)"
    }

    private static func empty(_ model: ListModel, _ context: PageContext) -> EmptyModel {
        if model.filter.isActive || !model.firstUse {
            let clear: HTML = "<a class=\"k-btn\"\(href: model.filter.action)>\(context(ListTexts.clear))</a>"
            return EmptyModel(
                icon: "search",
                title: context(ListTexts.noResult),
                text: context(ListTexts.noResultText),
                actions: clear
            )
        }
        guard model.create != nil || model.importing != nil else {
            return EmptyModel(
                icon: model.icon,
                title: context(ListTexts.noneVisible),
                text: context(ListTexts.noneVisibleText)
            )
        }
        return EmptyModel(
            icon: model.icon,
            title: context(ListTexts.firstUse(model.objects)),
            text: context(ListTexts.firstUseText),
            actions: """
                \(HTML.with(model.create) { "<a class=\"k-btn k-btn-primary\"\(href: $0)>\(Icons.use("plus"))\(context(Words.new(model.object)))</a>" })\
                \(HTML.with(model.importing) { "<a class=\"k-btn\"\(href: $0)>\(Icons.use("import"))\(context(Words.importing))</a>" })
                """
        )
    }
}
