import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// The start page, the search over everything, and the recycle bin.
    static let start: [Route] = [
        get("/", StartHandlers.home),
        get(Addresses.search, StartHandlers.search),
        get(Addresses.bin, StartHandlers.bin),
        post("/{plural}/purge", StartHandlers.purge),
    ]
}

/// Pages that are about no single object.
enum StartHandlers {
    // MARK: Start page

    /// What somebody needs in the morning: what is to be done, what is about to be won, who was last worked with.
    static func home(_ page: PageCall) async throws -> Reply {
        try await page.show { session in
            let context = page.context
            var panels: [RelatedModel] = []
            var tasks = try panel(
                PageTexts.myTasks,
                "activities",
                "kind = \"task\" and (done is empty or done = false) and assignee = me",
                sort: ["due_on"],
                facts: ["due_on", "customer"],
                page,
                session
            )
            let opportunities = try panel(
                PageTexts.myOpportunities,
                "opportunities",
                "owner = me and outcome = \"open\"",
                sort: ["close_on"],
                facts: ["amount", "close_on"],
                badge: "stage",
                page,
                session
            )
            let customers = try panel(
                PageTexts.myCustomers,
                "customers",
                "owner = me",
                sort: ["-updated_at"],
                facts: ["next_contact_on", "updated_at"],
                badge: "status",
                page,
                session
            )
            if let create = tasks?.create { tasks?.create = WebAddress.path(create, ["kind": "task"]) }
            panels = [tasks, opportunities, customers].compactMap { $0 }
            let name = session.actor.name
            let hello = context(PageTexts.hello(name))
            let left = HTML.each(panels.prefix(1)) { RelatedList.html($0, in: context) }
            let right = HTML.each(panels.dropFirst()) { RelatedList.html($0, in: context) }
            let html: HTML = """
                \(Layout.head(HTML(text: hello), text: Format.longDay(context.today, in: context)))\
                <div class="k-stack">\(left)\(right)</div>
                """
            return PageBody(context(PageTexts.home), html, current: "/")
        }
    }

    private static func panel(
        _ title: Label,
        _ plural: String,
        _ filter: String,
        sort: [String],
        facts: [String],
        badge: String? = nil,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> RelatedModel? {
        guard let object = try? session.object(plural) else { return nil }
        let readable = Set(session.readableFields(object).map(\.key))
        var query = ListQuery()
        query.filter = filter
        query.sort = sort
        query.fields = ([object.nameField] + facts + [badge].compactMap { $0 }).filter(readable.contains)
        query.limit = 8
        let result: Records.RecordPage
        do {
            result = try session.list(object, query)
        } catch let problem as Problem where problem.kind == .malformed {
            // An administrator has hidden a field that this panel is about.
            return nil
        }
        let reader = CellReader(session: session, context: page.context)
        func cell(_ key: String, _ row: RecordRow) -> CellValue {
            result.plan.slot(key).map { reader.cell($0, of: row) } ?? .empty
        }
        let items = result.rows.map { row in
            RelatedModel.Item(
                name: row.title(result.plan, in: page.context),
                href: Addresses.record(object.plural, row.id.description),
                badge: badge.map { cell($0, row) } ?? .empty,
                facts: facts.map { cell($0, row) }
            )
        }
        let rights = session.actor.rights.on(object.key)
        return RelatedModel(
            title: page.context(title),
            icon: Navigation.icon(of: object),
            items: items,
            create: rights.create ? Addresses.create(object.plural) : nil,
            all: WebAddress.path(
                Addresses.list(object.plural),
                ["filter": filter, "sort": sort.joined(separator: ",")]
            )
        )
    }

    // MARK: Search

    static func search(_ page: PageCall) async throws -> Reply {
        let text = page.call.query["q"]?.trimmingSpaces ?? ""
        return try await page.show { session in
            let groups = text.isEmpty ? [] : try session.schema.objects.compactMap { try hits(text, $0, page, session) }
            let html = Pages.SearchPage.html(text: text, groups: groups, in: page.context)
            var body = PageBody(page.context(ListTexts.searchTitle), html)
            body.search = text
            return body
        }
    }

    private static func hits(
        _ text: String,
        _ definition: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> HitGroup? {
        guard let object = try? session.object(definition.plural) else { return nil }
        let readable = session.readableFields(object)
        let facts = object.listFields.compactMap { key in readable.first { $0.key == key } }
            .filter { field in
                switch field.kind {
                case .phone, .link, .choice, .email: field.key != object.nameField
                default: false
                }
            }.prefix(3).map(\.key)
        var query = ListQuery()
        query.search = text
        query.fields = [object.nameField] + facts
        query.limit = 8
        let result = try session.list(object, query)
        guard !result.rows.isEmpty else { return nil }
        let reader = CellReader(session: session, context: page.context)
        let items = result.rows.map { row in
            RelatedModel.Item(
                name: row.title(result.plan, in: page.context),
                href: Addresses.record(object.plural, row.id.description),
                facts: facts.map { key in result.plan.slot(key).map { reader.cell($0, of: row) } ?? .empty }
            )
        }
        return HitGroup(
            title: page.context(object.pluralLabel),
            icon: Navigation.icon(of: object),
            items: items,
            all: result.next == nil ? nil : WebAddress.path(Addresses.list(object.plural), ["q": text])
        )
    }

    // MARK: Recycle bin

    static func bin(_ page: PageCall) async throws -> Reply {
        let (wanted, cursor) = (page.call.query["object"], page.call.query["cursor"])
        return try await page.show { session in
            let context = page.context
            let objects = session.schema.objects.filter { (try? session.object($0.plural)) != nil }
            guard let object = objects.first(where: { $0.plural == wanted }) ?? objects.first else {
                throw Problem.notFound
            }
            func address(_ plural: String, _ cursor: String = "") -> String {
                WebAddress.path(Addresses.bin, ["object": plural, "cursor": cursor])
            }
            let tabs = objects.map {
                TabModel(context($0.pluralLabel), address($0.plural), current: $0.key == object.key)
            }
            var query = ListQuery()
            query.deleted = true
            query.sort = ["-updated_at"]
            query.fields = [object.nameField, "owner", "updated_at", "updated_by"]
                .filter { key in session.readableFields(object).contains { $0.key == key } }
            query.cursor = cursor
            let result = try session.list(object, query)
            let mayRestore = session.actor.rights.on(object.key).delete != .none
            let mayPurge = session.actor.rights.allows(.purge)
            let reader = CellReader(session: session, context: context)
            let rows = result.rows.map { row in
                let id = row.id.description
                let restore = Pages.RecordPage.action(
                    context(Words.restore),
                    to: Addresses.restore(object.plural, id),
                    icon: "restore",
                    small: true,
                    in: context
                )
                let purge: HTML = """
                    <form method="post" action="/\(object.plural)/purge">\(context.csrfField)<input type="hidden" name="id" value="\(id)">\
                    <button class="k-btn k-btn-danger k-btn-small" data-confirm="\(context(ListTexts.confirmPurge))">\(context(Words.purge))</button></form>
                    """
                return RowModel(
                    id: id,
                    href: Addresses.record(object.plural, id),
                    name: row.title(result.plan, in: context),
                    cells: result.plan.slots.filter { $0.field.key != "id" }.map { reader.cell($0, of: row) },
                    actions: HTML.when(mayRestore, restore) + HTML.when(mayPurge, purge)
                )
            }
            let columns = result.plan.slots.filter { $0.field.key != "id" }.map { ColumnModel($0.field, in: context) }
            let table = TableModel(caption: context(Words.bin), columns: columns, rows: rows)
            let html = BinPage.html(
                tabs: tabs,
                table: table,
                first: cursor == nil ? nil : address(object.plural),
                next: result.next.map { address(object.plural, $0) },
                in: context
            )
            return PageBody(context(Words.bin), html, current: Addresses.bin)
        }
    }

    /// Deletes a record of the bin for ever.
    static func purge(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        guard let id = RecordID(page.form.text("id")) else { throw Problem.notFound }
        try await page.write { try $0.purge(try $0.object(plural), id) }
        return page.go(to: WebAddress.path(Addresses.bin, ["object": plural]), .ok, PageTexts.purged)
    }
}
