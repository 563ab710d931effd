import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Search
import Values

extension PageRoutes {
    /// The palette, and the page of keys.
    static let palette: [Route] = [
        list(Addresses.palette, PaletteHandlers.find), get(Addresses.keys, PaletteHandlers.keys),
    ]
}

/// Finding records and actions from everywhere.
enum PaletteHandlers {
    /// How many records of one object, and how many recent ones.
    private static let size = 5

    /// Records whose names, numbers or pinyin match `q`, and actions whose names do; without `q` those that `recent`
    /// names, as `customers/ID`.
    static func find(_ page: PageCall) async throws -> Reply {
        let text = page.call.query["q"]?.trimmingSpaces ?? ""
        return try await page.read { session in
            var groups: [(title: String, items: [PaletteItem])] = []
            if text.isEmpty {
                groups.append((page.context(PaletteTexts.recent), try recent(page, session)))
            } else {
                let objects = session.schema.objects.filter { !$0.hidden && $0.partOf == nil }
                for object in try session.objectsWithHits(text, among: objects) {
                    groups.append((page.context(object.pluralLabel), try hits(text, object, page, session)))
                }
            }
            let actions = actions(page, session).filter { matches($0.label, text) }
            groups.append((page.context(PaletteTexts.actions), Array(actions.prefix(text.isEmpty ? 20 : 6))))
            var reply = Reply.html(Palette.html(groups, in: page.context).bytes)
            reply.headers[.contentSecurityPolicy] = Assets.contentSecurityPolicy
            return reply
        }
    }

    private static func hits(
        _ text: String,
        _ definition: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> [PaletteItem] {
        guard let object = try? session.object(definition.plural) else { return [] }
        let detail = detail(of: object, session)
        var query = ListQuery()
        query.search = text
        query.fields = [object.nameField] + [detail].compactMap(\.self)
        query.limit = size
        let result = try session.list(object, query)
        return result.rows.map { item($0, result.plan, detail, object, page, session) }
    }

    /// The field that tells namesakes apart: a link, a phone number or a choice.
    private static func detail(of object: ObjectDefinition, _ session: ReadSession) -> String? {
        let readable = Set(session.readableFields(object).map(\.key))
        return object.listFields.first { key in
            guard readable.contains(key), key != object.nameField, let field = object.field(key) else { return false }
            switch field.kind {
            case .link, .phone: return true
            default: return false
            }
        }
    }

    private static func item(
        _ row: RecordRow,
        _ plan: ReadPlan,
        _ detail: String?,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) -> PaletteItem {
        let reader = CellReader(session: session, context: page.context)
        let cell = detail.flatMap { plan.slot($0) }.map { reader.cell($0, of: row) } ?? .empty
        let text: String =
            switch cell {
            case .link(let name, _): name
            case .phone(let number): Format.phone(number, in: page.context)
            default: ""
            }
        return PaletteItem(
            row.title(plan, in: page.context),
            Addresses.record(object.plural, row.id.description),
            icon: Navigation.icon(of: object),
            detail: text
        )
    }

    /// The records that the browser remembers by their ids, one statement per kind of record.
    private static func recent(_ page: PageCall, _ session: ReadSession) throws -> [PaletteItem] {
        let asked = (page.call.query["recent"] ?? "").split(separator: ",").prefix(8).map(String.init)
        var ids: [String: [String]] = [:]
        for entry in asked {
            let parts = entry.split(separator: "/").map(String.init)
            if parts.count == 2, RecordID(parts[1]) != nil { ids[parts[0], default: []].append(parts[1]) }
        }
        var found: [String: PaletteItem] = [:]
        for (plural, list) in ids {
            guard let object = try? session.object(plural) else { continue }
            var query = ListQuery()
            query.filter = "id in (" + list.map { "\"\($0)\"" }.joined(separator: ", ") + ")"
            query.fields = [object.nameField]
            let result = try session.list(object, query)
            for row in result.rows {
                found[plural + "/" + row.id.description] = item(row, result.plan, nil, object, page, session)
            }
        }
        return asked.compactMap { found[$0] }
    }

    // MARK: Actions

    private static func actions(_ page: PageCall, _ session: ReadSession) -> [PaletteItem] {
        let context = page.context
        let pages =
            Navigation.objects(session.schema, page, session.actor, current: nil)
            + Navigation.more(page, session.actor, current: nil)
        let creating = session.schema.objects.filter {
            !$0.hidden && $0.partOf == nil && session.actor.rights.on($0.key).create
        }.map { PaletteItem(context(Words.new($0.label)), Addresses.create($0.plural), icon: "plus") }
        let own = [
            PaletteItem(context(FrameTexts.account), Addresses.account, icon: "user"),
            PaletteItem(context(PaletteTexts.shortcuts), Addresses.keys, icon: "keyboard"),
        ]
        return pages.flatMap(\.leaves).map { PaletteItem($0.label, $0.href, icon: $0.icon) } + creating + own
    }

    /// True when a label has the text in it, or its pinyin or their first letters do.
    private static func matches(_ label: String, _ text: String) -> Bool {
        let wanted = Fold.fold(text).filter { !$0.isWhitespace }
        if wanted.isEmpty || Fold.fold(label).contains(wanted) { return true }
        let syllables = SortKey.spelled(label).split(separator: "~").map { $0.prefix { $0.isASCII && $0.isLetter } }
        return syllables.joined().contains(wanted) || String(syllables.compactMap(\.first)).contains(wanted)
    }

    static func keys(_ page: PageCall) async throws -> Reply {
        _ = try page.actor
        let isOff = Cookies(page.call.headers)["kehu_keys"] == "off"
        return page.html(PageBody(page.context(PaletteTexts.shortcuts), Palette.keys(isOff: isOff, in: page.context)))
    }
}
