import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// The start page and the search over everything.
    static let start: [Route] = [
        get("/", StartHandlers.home),
        get(Addresses.search, StartHandlers.search),
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
                <div class="k-stack">\(try AlertHandlers.notice(session, context))\(left)\(right)</div>
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
}
