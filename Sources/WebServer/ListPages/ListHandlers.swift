import Duplicates
import Expressions
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// The lists of all objects.
    static let lists: [Route] =
        [list("/{plural}", ListHandlers.list), post("/{plural}/columns", ListColumns.save)]
        + filters + savedViews + bulkActions + cells
}

/// The list of an object.
enum ListHandlers {
    private static let size = 50

    static func list(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        let (body, wrong, schema) = try await page.read { session in
            let object = try session.object(plural)
            let state = try state(page, object, session)
            var list = try model(state, object, page, session)
            var wrong = false
            do {
                try fill(&list, state, object, page, session)
            } catch let problem as Problem where problem.fields.first?.field == "filter" {
                list.filter.error = filterError(problem, state.filter, object, session, page.context)
                list.chips = nil
                wrong = true
            }
            if !list.table.rows.isEmpty { list.table.bulk = try bulk(list, state, object, page, session) }
            let name = state.saved.map { $0.name + " · " } ?? ""
            let html = ListPage.html(list, in: page.context)
            var body = PageBody(name + page.context(object.pluralLabel), html, current: Addresses.list(object.plural))
            body.scripts = [Assets.list, Assets.live]
            body.hasValidator = true
            body.bar = try page.bar(session)
            return (body, wrong, session.schema)
        }
        return page.html(body, schema: schema, status: wrong ? .badRequest : .ok)
    }

    /// What the address asks for, by the views that the person has.
    static func state(_ page: PageCall, _ object: ObjectDefinition, _ session: ReadSession) throws -> ListState {
        let views = try session.savedViews(object)
        let chosen = views.isEmpty ? nil : try session.preference(ViewHandlers.preference(object))
        return ListState(page, object, views, chosen: chosen)
    }

    /// The list without rows: heading, views, filter and columns.
    private static func model(
        _ state: ListState,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> ListModel {
        let (context, rights) = (page.context, session.actor.rights.on(object.key))
        let fields = try ListColumns.of(object, state, session)
        let mayChange = rights.update != .none
        let columns = fields.map { field in
            var column = ColumnModel(
                field,
                sort: state.order(of: field.key),
                sortHref: isSortable(field) ? state.sorted(by: field.key).address() : nil,
                in: context
            )
            column.editable = mayChange && CellHandlers.isEditable(field, of: object, session)
            return column
        }
        var filter = FilterModel(
            action: state.path,
            object: object.pluralLabel,
            search: state.search,
            filter: state.filter,
            sort: state.sort,
            sorts: sorts(object, session, context),
            examples: examples(object, session)
        )
        filter.keep = state.hidden(without: ["q"])
        filter.sortHref = { key in
            var other = state
            other.sort = key
            return other.address()
        }
        var list = ListModel(
            object: object.label,
            objects: object.pluralLabel,
            icon: Navigation.icon(of: object),
            filter: filter,
            table: TableModel(caption: context(object.pluralLabel), columns: columns, rows: [])
        )
        try views(&list, state, object, page, session)
        let chips = FilterChipBuilder(state, object, session, page)
        list.chips = chips?.node()
        list.addFilter = chips?.addAddress ?? state.address(("edit", "new"))
        list.clearFilter = state.with(filter: "").address()
        list.editor = try FilterHandlers.editor(state, object, session, page)
        list.columnChoice = try ListColumns.choice(object, fields, state, session, context)
        links(&list, state, object, page, rights)
        if try session.duplicateRules(of: object)?.active ?? false {
            list.duplicates = DuplicateHandlers.address(object.plural)
        }
        return list
    }

    private static func links(
        _ list: inout ListModel,
        _ state: ListState,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ rights: ObjectRights
    ) {
        if rights.create { list.create = Addresses.create(object.plural) }
        if rights.importing, page.offers("/imports/new") { list.importing = Addresses.startImport(object.plural) }
        if rights.export, page.offers("/{plural}/export") {
            let query: KeyValuePairs = ["q": state.search, "filter": state.filter, "sort": state.sort]
            list.export = WebAddress.path(state.path + "/export", query)
        }
        if page.offers("/{plural}/board"), StageField.of(object) != nil {
            list.board = state.address(state.path + "/board")
        }
    }

    private static func views(
        _ list: inout ListModel,
        _ state: ListState,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws {
        list.views = try tabs(state, object, page, session)
        let chosen = try session.preference(ViewHandlers.preference(object))
        list.saveView = ViewHandlers.model(state, object, page, session, chosen)
    }

    /// The views of a list as tabs.
    static func tabs(
        _ state: ListState,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> [ViewTab] {
        let context = page.context
        let views = try session.savedViews(object)
        let isAll = state.base == .all && state.filter.isEmpty
        let all = state.hasDefault ? WebAddress.path(state.path, ["view": "all"]) : state.path
        var tabs = [ViewTab(context(Words.all), all, current: isAll, changed: false)]
        if session.actor.rights.on(object.key).read > .own {
            let mine = WebAddress.path(state.path, ["filter": ListState.mine])
            tabs.append(ViewTab(context(PageTexts.mine), mine, current: state.base == .mine))
        }
        tabs += views.map { view in
            ViewTab(
                view.name,
                WebAddress.path(state.path, ["view": view.id.description]),
                current: state.saved?.id == view.id,
                changed: state.saved?.id == view.id && state.isChanged,
                shared: view.sharing != .own
            )
        }
        return tabs
    }

    private static func fill(
        _ list: inout ListModel,
        _ state: ListState,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws {
        var query = state.query(limit: size)
        query.fields = list.table.columns.map(\.key) + ["version"]
        let result = try session.list(object, query)
        let reader = CellReader(session: session, context: page.context)
        let version = result.plan.slot("version")
        list.table.rows = result.rows.map { row in
            let cells = list.table.columns.map { column in
                result.plan.slot(column.key).map { reader.cell($0, of: row) } ?? .empty
            }
            let id = row.id.description
            let name = row.title(result.plan, in: page.context)
            let address = Addresses.record(object.plural, id)
            var model = RowModel(id: id, href: address, name: name, cells: cells)
            model.version = version.flatMap { row.values($0).first?.integer }.map { String($0) }
            model.peek = address + "/peek"
            return model
        }
        list.nextPage = result.next.map { state.address(("cursor", $0)) }
        if state.cursor != nil { list.firstPage = state.address() }
        // Counting all of a large list costs more than showing a page of it.
        if state.cursor == nil, result.next == nil {
            list.total = result.rows.count
        } else if state.search.isEmpty {
            list.total = try session.knownCount(object, query).map { Int($0) }
        }
        list.firstUse = result.rows.isEmpty && state.isPlain
        try ListSumsRow.add(to: &list, state, object, page, session)
    }

    private static func bulk(
        _ list: ListModel,
        _ state: ListState,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> BulkModel {
        let rights = session.actor.rights.on(object.key)
        let people = rights.assign == .none ? [] : try PeopleChoice.options(page.call.workspace.identities, session)
        var bulk = BulkModel(action: Addresses.bulk(object.plural), delete: rights.delete != .none, owners: people)
        bulk.edit = rights.update != .none
        bulk.export = rights.export
        bulk.merge = rights.update != .none && rights.delete != .none
        bulk.hasMore = list.nextPage != nil
        bulk.keep = [Option("q", state.search), Option("filter", state.filter), Option("_back", state.address())]
            .filter { !$0.label.isEmpty }
        return bulk
    }

    private static func isSortable(_ field: FieldDefinition) -> Bool {
        switch field.kind {
        case .longText, .address, .multiChoice, .tags, .link, .anyLink, .person, .file, .formula, .rollUp: false
        default: true
        }
    }

    private static func sorts(_ object: ObjectDefinition, _ session: ReadSession, _ context: PageContext) -> [Option] {
        let readable = session.readableFields(object)
        let own = object.listFields.filter { $0 != object.nameField }.compactMap { object.field($0) }
            .filter { field in
                switch field.kind {
                case .day, .money, .instant: true
                default: false
                }
            }.flatMap { [($0.key, true), ($0.key, false)] }
        let keys = [(object.nameField, false), ("updated_at", true), ("created_at", true), ("created_at", false)] + own
        return [Option("", context(ListTexts.defaultSort))]
            + keys.compactMap { key, descending in
                guard let field = readable.first(where: { $0.key == key }) else { return nil }
                let label = ListTexts.sort(context(field.label), descending: descending)
                return Option((descending ? "-" : "") + key, context(label))
            }
    }

    /// Filters that make sense for the object: one for a choice, one for the owner, one for a name.
    private static func examples(_ object: ObjectDefinition, _ session: ReadSession) -> [String] {
        var examples: [String] = []
        for field in session.readableFields(object) {
            if case .choice(let choices) = field.kind, let choice = choices.first(where: { !$0.hidden }) {
                examples.append("\(field.key) = \"\(choice.key)\" and owner = me")
                break
            }
        }
        return examples + ["created_at >= today - 30d", "\(object.nameField) contains \"科技\""]
    }

    /// The error beside the filter. Its place is asked for again, since a problem only tells it in words.
    private static func filterError(
        _ problem: Problem,
        _ filter: String,
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ context: PageContext
    ) -> FilterModel.FilterError {
        var position: Int?
        do {
            let checker = ExpressionChecker(schema: session.schema, object: object.key) { _, _ in true }
            _ = try checker.check(filter, expecting: .boolean)
        } catch {
            position = (error as? ExpressionError)?.position
        }
        return .init(context(problem.message), at: position)
    }
}

/// The field along which records of an object move from stage to stage.
enum StageField {
    /// A choice field whose choices end in winning; nil when there is none.
    static func of(_ object: ObjectDefinition) -> FieldDefinition? {
        object.visibleFields.first { field in
            guard case .choice(let choices) = field.kind else { return false }
            return choices.contains { $0.outcome == "won" }
                && choices.contains { $0.outcome == "open" || $0.group != nil }
        }
    }
}
