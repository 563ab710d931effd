import Expressions
import Pages
import Records
import Schema
import Values

/// What an address asks a list for: a view, or a view with changes, a search and a page.
///
/// `view=ID` means just that view. `from=ID` means a list that began as that view: then `filter`, `sort` and `columns`
/// stand in the address in full, and what is absent is empty.
struct ListState: Sendable {
    /// The view that a list begins as.
    enum Base: Equatable, Sendable {
        /// All records.
        case all
        /// Those of whoever looks.
        case mine
        /// A saved view.
        case saved(SavedView)
    }

    static let mine = "owner = me"

    /// Where the list, or the board of the same records, is.
    var path: String
    var base: Base
    /// True when the person has chosen a view to begin with, so that «all» must be asked for by name.
    let hasDefault: Bool
    let search: String
    var filter: String
    var sort: String
    /// The columns asked for; nil for the usual ones.
    var columns: [String]?
    let cursor: String?
    /// More that an address of it says, where the filter is that of a report.
    var extra: [(String, String)] = []

    /// What an address of a list says that began as a view.
    init(query: Query, _ object: ObjectDefinition, _ view: SavedView) {
        self.init(query: query, object, [view], chosen: nil)
        base = .saved(view)
    }

    init(_ page: PageCall, _ object: ObjectDefinition, _ views: [SavedView], chosen: String?) {
        self.init(query: page.call.query, object, views, chosen: chosen)
    }

    private init(query: Query, _ object: ObjectDefinition, _ views: [SavedView], chosen: String?) {
        func text(_ name: String) -> String { query[name]?.trimmingSpaces ?? "" }
        func saved(_ id: String) -> SavedView? { views.first { $0.id.description == id } }
        path = Addresses.list(object.plural)
        search = text("q")
        cursor = text("cursor").isEmpty ? nil : text("cursor")
        let usual = chosen.flatMap(saved) ?? views.first { $0.isDefault }
        hasDefault = usual != nil
        let isBare = query.items.allSatisfy { ["q", "cursor", "edit", "in", "wrap", "field"].contains($0.name) }
        let name = isBare ? usual?.id.description ?? "" : text("view")
        if let view = saved(name) {
            base = .saved(view)
            (filter, sort) = (view.filter, view.sort)
            columns = view.columns.isEmpty ? nil : view.columns
            return
        }
        filter = name == "mine" ? ListState.mine : text("filter")
        sort = text("sort")
        columns = text("columns").isEmpty ? nil : text("columns").split(separator: ",").map(String.init)
        base = saved(text("from")).map(Base.saved) ?? (filter == ListState.mine ? .mine : .all)
    }

    /// True when nothing is searched, filtered or turned over.
    var isPlain: Bool { search.isEmpty && filter.isEmpty && cursor == nil }

    /// The saved view and whether the list differs from it.
    var saved: SavedView? { if case .saved(let view) = base { view } else { nil } }

    /// True when saving would change the view, or make one.
    var isChanged: Bool {
        guard let view = saved else { return !sort.isEmpty || columns != nil || (base == .all && !filter.isEmpty) }
        return view.filter != filter || view.sort != sort || view.columns != (columns ?? [])
    }

    /// What the engine is asked for.
    func query(limit: Int) -> ListQuery {
        var query = ListQuery()
        query.search = search.isEmpty ? nil : search
        query.filter = filter.isEmpty ? nil : filter
        query.sort = sort.split(separator: ",").map(\.trimmingSpaces)
        query.cursor = cursor
        query.limit = limit
        return query
    }

    // MARK: Addresses

    /// The parameters that say which list this is, without search and page.
    var parameters: [(String, String)] {
        if let view = saved {
            if !isChanged { return [("view", view.id.description)] }
            return [
                ("from", view.id.description), ("filter", filter), ("sort", sort),
                ("columns", columns?.joined(separator: ",") ?? ""),
            ]
        }
        let rest = [("filter", filter), ("sort", sort), ("columns", columns?.joined(separator: ",") ?? "")]
        return rest.allSatisfy(\.1.isEmpty) && hasDefault ? [("view", "all")] : rest
    }

    /// The same list, with more parameters.
    func address(_ more: (String, String)...) -> String { address(path, more) }

    func address(_ path: String, _ more: [(String, String)] = []) -> String {
        let items = ([("q", search)] + parameters + extra + more).filter { !$0.1.isEmpty }
        guard !items.isEmpty else { return path }
        return path + "?"
            + items.map { PercentCoding.encode($0.0) + "=" + PercentCoding.encode($0.1) }
            .joined(separator: "&")
    }

    /// What a form that leads back to this list carries along.
    func hidden(without names: Set<String> = []) -> [Option] {
        ([("q", search)] + parameters + extra).filter { !$0.1.isEmpty && !names.contains($0.0) }.map {
            Option($0.0, $0.1)
        }
    }

    /// The same list with another filter.
    func with(filter: String) -> ListState {
        var copy = self
        copy.filter = filter
        if copy.saved == nil { copy.base = filter == ListState.mine ? .mine : .all }
        return copy
    }

    /// The same list in another order; a second time turns it round.
    func sorted(by key: String) -> ListState {
        var copy = self
        copy.sort = sort == key ? "-" + key : key
        return copy
    }

    /// The same list with other columns.
    func with(columns: [String]?) -> ListState {
        var copy = self
        copy.columns = columns
        return copy
    }

    /// How the list is sorted by a column now.
    func order(of key: String) -> ColumnModel.Sort? {
        sort == key ? .ascending : sort == "-" + key ? .descending : nil
    }
}
