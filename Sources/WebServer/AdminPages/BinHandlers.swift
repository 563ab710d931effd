import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The recycle bin of each object.
enum BinHandlers {
    private static let size = 50

    static func address(_ plural: String) -> String { WebAddress.path(Addresses.bin, ["object": plural]) }

    static func show(_ page: PageCall) async throws -> Reply {
        let actor = try page.actor
        let (wanted, cursor) = (page.call.query["object"] ?? "", page.call.query["cursor"])
        return try await page.show { session in
            let objects = session.schema.objects.filter { object in
                let rights = actor.rights.on(object.key)
                return !object.hidden && rights.read != .none && rights.delete != .none
            }
            let title = page.context(Words.bin)
            guard let object = objects.first(where: { $0.plural == wanted }) ?? objects.first else {
                let table = TableModel(caption: title, columns: [], rows: [])
                return PageBody(title, BinPage.html(tabs: [], table: table, in: page.context), current: Addresses.bin)
            }
            let tabs = objects.map {
                TabModel(page.context($0.pluralLabel), address($0.plural), current: $0.key == object.key)
            }
            var query = ListQuery()
            query.deleted = true
            query.limit = size
            query.cursor = cursor
            query.fields = [object.nameField, "owner"]
            let result = try session.list(object, query)
            let html = BinPage.html(
                tabs: tabs,
                table: try table(result, object, page, session),
                first: cursor == nil ? nil : address(object.plural),
                next: result.next.map { WebAddress.path(Addresses.bin, ["object": object.plural, "cursor": $0]) },
                in: page.context
            )
            return PageBody(title, html, current: Addresses.bin)
        }
    }

    private static func table(
        _ result: Records.RecordPage,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> TableModel {
        let context = page.context
        let ids = result.rows.map { SQLValue($0.id) }
        let stamps = try session.connection.rows(
            """
            SELECT t."id", t."deleted_at", u.name FROM \(name: object.key) t
            LEFT JOIN sys_user u ON u.id = t."deleted_by" WHERE t."id" IN \(list: ids)
            """
        )
        let deleted = Dictionary(stamps.map { (RecordID($0.integer(0)), ($0.integer(1), $0[2].text)) }) { _, last in
            last
        }
        let reader = CellReader(session: session, context: context)
        let columns = [
            ColumnModel("name", context(object.field(object.nameField)?.label ?? Words.name)),
            ColumnModel("owner", context(Words.owner)), ColumnModel("deleted_at", context(AdminWords.deleted)),
            ColumnModel("deleted_by", context(AdminWords.deletedBy)),
        ]
        let rows = result.rows.map { row in
            let owner = result.plan.slot("owner").map { reader.cell($0, of: row) } ?? .empty
            let stamp = deleted[row.id]
            let name = row.title(result.plan, in: context)
            return RowModel(
                id: row.id.description,
                name: name,
                cells: [
                    .text(name), owner, stamp.map { .instant(Instant(milliseconds: $0.0)) } ?? .empty,
                    stamp?.1.map(CellValue.person) ?? .empty,
                ]
            )
        }
        let bulk = BulkModel(
            action: Addresses.bin + "/" + object.plural,
            restore: true,
            purge: session.actor.rights.allows(.purge)
        )
        return TableModel(caption: context(Words.bin), columns: columns, rows: rows, bulk: bulk)
    }

    /// Restores the chosen records or deletes them for ever; those that cannot be are left and the reason is said.
    static func bulk(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        let ids = page.form.all("id").compactMap { RecordID($0) }.prefix(200)
        guard !ids.isEmpty else { return page.go(to: address(plural), .bad, PageTexts.nothingChosen) }
        let purges = page.form.text("_action") == "purge"
        guard purges || page.form.text("_action") == "restore" else { throw Problem.noSuchAddress }
        var done = 0
        var refused: Problem?
        for id in ids {
            do {
                try await page.write { session in
                    let object = try session.object(plural)
                    if purges { try session.purge(object, id) } else { try session.restore(object, id) }
                }
                done += 1
            } catch let problem as Problem where problem.isAboutInput || problem.kind == .forbidden {
                refused = problem
            } catch let problem as Problem where problem.kind == .notFound {
                refused = problem
            }
        }
        if let refused {
            let reason = refused.fields.first?.message ?? refused.message
            return page.go(
                to: address(plural),
                .bad,
                PageTexts.changed(done, refused: ids.count - done, why: reason)
            )
        }
        return page.go(to: address(plural), .ok, purges ? AdminWords.purged(done) : AdminWords.restored(done))
    }
}
