import Duplicates
import Expressions
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// The lists of all objects, and what is done with chosen records.
    static let lists: [Route] = [
        get("/{plural}", ListHandlers.list),
        post("/{plural}/bulk", ListHandlers.bulk),
        post("/{plural}/columns", ListColumns.save),
    ]
}

/// The list of an object.
enum ListHandlers {
    private static let mine = "owner = me"
    private static let size = 50

    static func list(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        let (body, wrong, schema) = try await page.read { session in
            let object = try session.object(plural)
            let request = ListRequest(page, object)
            var list = try model(request, object, page, session, actor)
            var wrong = false
            do {
                try fill(&list, request, object, page, session)
            } catch let problem as Problem where problem.fields.first?.field == "filter" {
                list.filter.error = filterError(problem, request.filter, object, session, page.context)
                wrong = true
            }
            if !list.table.rows.isEmpty {
                let rights = actor.rights.on(object.key)
                let owners = rights.assign == .none ? [] : try PeopleChoice.options(identities, session)
                list.table.bulk = BulkModel(
                    action: Addresses.bulk(object.plural),
                    delete: rights.delete != .none,
                    owners: owners
                )
            }
            let title = page.context(object.pluralLabel)
            let html = ListPage.html(list, in: page.context)
            var body = PageBody(title, html, current: Addresses.list(object.plural))
            body.hasValidator = true
            return (body, wrong, session.schema)
        }
        return page.html(body, schema: schema, status: wrong ? .badRequest : .ok)
    }

    /// The list without rows: heading, tabs, filter bar and columns.
    private static func model(
        _ request: ListRequest,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession,
        _ actor: Actor
    ) throws -> ListModel {
        let (context, rights) = (page.context, actor.rights.on(object.key))
        let address = Addresses.list(object.plural)
        let fields = try ListColumns.of(object, session)
        let columns = fields.map { field in
            ColumnModel(
                field,
                sort: request.sorted(by: field.key),
                sortHref: isSortable(field) ? request.address(sortedBy: field.key) : nil,
                in: context
            )
        }
        let filter = FilterModel(
            action: address,
            object: object.pluralLabel,
            search: request.search,
            filter: request.filter,
            sort: request.sort,
            sorts: sorts(object, session, context),
            examples: examples(object, session)
        )
        var list = ListModel(
            object: object.label,
            objects: object.pluralLabel,
            icon: Navigation.icon(of: object),
            filter: filter,
            table: TableModel(caption: context(object.pluralLabel), columns: columns, rows: [])
        )
        if rights.read > .own {
            list.tabs = [
                TabModel(context(Words.all), address, current: request.filter != mine),
                TabModel(
                    context(PageTexts.mine),
                    WebAddress.path(address, ["filter": mine]),
                    current: request.filter == mine
                ),
            ]
        }
        list.columnChoice = try ListColumns.choice(object, fields, session, context)
        if try session.duplicateRules(of: object)?.active ?? false {
            list.duplicates = DuplicateHandlers.address(object.plural)
        }
        if rights.create { list.create = Addresses.create(object.plural) }
        if rights.importing, page.offers("/imports/new") { list.importing = Addresses.startImport(object.plural) }
        if rights.export, page.offers("/{plural}/export") { list.export = request.exportAddress }
        return list
    }

    private static func fill(
        _ list: inout ListModel,
        _ request: ListRequest,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws {
        var query = request.query(limit: size)
        query.fields = list.table.columns.map(\.key)
        let result = try session.list(object, query)
        let reader = CellReader(session: session, context: page.context)
        list.table.rows = result.rows.map { row in
            let cells = list.table.columns.map { column in
                result.plan.slot(column.key).map { reader.cell($0, of: row) } ?? .empty
            }
            let id = row.id.description
            let name = row.title(result.plan, in: page.context)
            return RowModel(id: id, href: Addresses.record(object.plural, id), name: name, cells: cells)
        }
        list.nextPage = result.next.map { request.address(cursor: $0) }
        if request.cursor != nil { list.firstPage = request.address() }
        // Counting all of a large list costs more than showing a page of it.
        if request.cursor == nil, result.next == nil { list.total = result.rows.count }
        list.firstUse = result.rows.isEmpty && request.isPlain
    }

    private static func isSortable(_ field: FieldDefinition) -> Bool {
        switch field.kind {
        case .longText, .address, .multiChoice, .tags, .link, .anyLink, .person, .file, .formula, .rollUp: false
        default: true
        }
    }

    private static func sorts(_ object: ObjectDefinition, _ session: ReadSession, _ context: PageContext) -> [Option] {
        let readable = session.readableFields(object)
        return [(object.nameField, false), ("updated_at", true), ("created_at", false)].compactMap { key, descending in
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

    // MARK: Chosen records

    static func bulk(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        let object = try await page.read { try $0.object(plural) }
        let back = Addresses.list(object.plural)
        let ids = page.form.all("id").compactMap { RecordID($0) }
        guard !ids.isEmpty else { return page.go(to: back, .bad, PageTexts.nothingChosen) }
        let selection = BulkSelection(ids: ids)
        let result: BulkResult
        switch page.form.text("_action") {
        case "delete":
            result = try await page.call.engine.deleteAll(object.plural, selection, as: page.actor)
        case "assign":
            guard let owner = RecordID(page.form.text("owner")) else {
                return page.go(to: back, .bad, PageTexts.noOwner)
            }
            let data = JSONValue.object([.init(key: "owner", value: .string(owner.description))])
            result = try await page.call.engine.updateAll(object.plural, selection, data: data, as: page.actor)
        default: throw Problem.noSuchAddress
        }
        let refused = ids.count - result.changed
        guard refused > 0 else { return page.go(to: back, .ok, PageTexts.changed(result.changed)) }
        let why = result.failed.first?.problem
        let reason = why.map { $0.fields.first?.message ?? $0.message } ?? PageTexts.notAllowed
        return page.go(to: back, .bad, PageTexts.changed(result.changed, refused: refused, why: reason))
    }
}

/// What an address asks a list for.
struct ListRequest {
    let path: String
    let search: String
    let filter: String
    let sort: String
    let cursor: String?

    /// Reads the parameters; blank ones are as if they were absent.
    init(_ page: PageCall, _ object: ObjectDefinition) {
        func text(_ name: String) -> String { page.call.query[name]?.trimmingSpaces ?? "" }
        path = Addresses.list(object.plural)
        search = text("q")
        filter = text("filter")
        sort = text("sort")
        cursor = text("cursor").isEmpty ? nil : text("cursor")
    }

    /// True when nothing is searched, filtered or turned over.
    var isPlain: Bool { search.isEmpty && filter.isEmpty && cursor == nil }

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

    /// How the list is sorted by a column now.
    func sorted(by key: String) -> ColumnModel.Sort? {
        sort == key ? .ascending : sort == "-" + key ? .descending : nil
    }

    /// The same list from its beginning or from a cursor.
    func address(cursor: String? = nil) -> String {
        WebAddress.path(path, ["q": search, "filter": filter, "sort": sort, "cursor": cursor ?? ""])
    }

    /// The same list sorted by a column; a second click turns the order round.
    func address(sortedBy key: String) -> String {
        WebAddress.path(path, ["q": search, "filter": filter, "sort": sort == key ? "-" + key : key])
    }

    /// The same selection as a file.
    var exportAddress: String { WebAddress.path(path + "/export", ["q": search, "filter": filter, "sort": sort]) }
}
