import Values

/// What a search over everything found in one object.
public struct HitGroup: Sendable {
    /// The name of many.
    public var title: String
    /// The icon's name.
    public var icon: String
    /// The records found.
    public var items: [RelatedModel.Item]
    /// The list of the object with the same search; nil when all are shown.
    public var all: String?

    /// What a search found in one object.
    public init(title: String, icon: String, items: [RelatedModel.Item], all: String? = nil) {
        self.title = title
        self.icon = icon
        self.items = items
        self.all = all
    }
}

/// The page with the results of the search over everything.
public enum SearchPage {
    /// One panel per object, or what to do when nothing was found.
    public static func html(text: String, groups: [HitGroup], in context: PageContext) -> HTML {
        let count = groups.reduce(0) { $0 + $1.items.count }
        if count == 0 {
            let asked = !text.isEmpty
            let empty = EmptyModel(
                icon: "search",
                title: context(asked ? ListTexts.noResult : ListTexts.searchPrompt),
                text: context(asked ? ListTexts.noResultText : ListTexts.searchHelp)
            )
            return
                "\(Layout.head("\(context(ListTexts.searchTitle))"))<div class=\"k-panel\">\(Table.empty(empty))</div>"
        }
        let panels = HTML.each(groups.filter { !$0.items.isEmpty }) {
            RelatedList.html(RelatedModel(title: $0.title, icon: $0.icon, items: $0.items, all: $0.all), in: context)
        }
        return """
            <div class="k-medium">\(Layout.head("\(context(ListTexts.searchTitle))", text: context(ListTexts.results(count, text))))\
            <div class="k-stack">\(panels)</div></div>
            """
    }
}

/// The page with deleted records.
public enum BinPage {
    /// Tabs for the objects, and the table of what was deleted, with restore.
    public static func html(
        tabs: [TabModel],
        table: TableModel,
        first: String? = nil,
        next: String? = nil,
        in context: PageContext
    ) -> HTML {
        var table = table
        if table.empty == nil {
            table.empty = EmptyModel(
                icon: "trash",
                title: context(AdminTexts.binEmpty),
                text: context(AdminTexts.binText)
            )
        }
        let pager = Pager.html(shown: table.rows.count, first: first, next: next, in: context)
        return """
            \(Layout.head("\(context(Words.bin))", text: context(AdminTexts.binText)))\(TabModel.row(tabs))\
            <div class="k-panel k-list">\(Table.html(table, in: context))\(pager)</div>
            """
    }
}
