import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// The start page and the search over everything.
    static let start: [Route] = [
        list("/", TodayHandlers.show),
        list(Addresses.search, StartHandlers.search),
    ]
}

/// Pages that are about no single object.
enum StartHandlers {
    // MARK: Search

    static func search(_ page: PageCall) async throws -> Reply {
        let text = page.call.query["q"]?.trimmingSpaces ?? ""
        return try await page.show { session in
            let groups = try session.objectsWithHits(text, among: session.schema.objects)
                .compactMap { try hits(text, $0, page, session) }
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
