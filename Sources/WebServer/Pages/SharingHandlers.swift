import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

extension PageRoutes {
    /// Who sees a record, with whom it is shared, and what happened to it.
    static let sharing: [Route] = [
        get("/{plural}/{id}/access", SharingHandlers.access),
        post("/{plural}/{id}/share", SharingHandlers.share),
        post("/{plural}/{id}/unshare", SharingHandlers.unshare),
        get("/{plural}/{id}/history", SharingHandlers.history),
    ]
}

/// Who sees a record and why; the log of its changes.
enum SharingHandlers {
    static func access(_ page: PageCall) async throws -> Reply { try await access(page, nil) }

    private static func access(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let identities = page.call.workspace.identities
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let object = try session.object(plural)
            let record = try session.find(object, id)
            let shares = try session.shares(object, id)
            let with = shares.map { SharedWith(user: $0.user, team: $0.team) }
            let readers = try identities.readers(
                of: object.key,
                owner: record.owner,
                shares: with,
                on: session.connection
            )
            let mayShare = try session.may(.update, object, id)
            let address = Addresses.record(object.plural, id.description)
            let context = page.context
            let form = mayShare ? try shareForm(address, identities, session, context, problem) : .empty
            let html: HTML = """
                <div class="k-medium">\(Layout.head(HTML(text: context(PageTexts.sharing))))<div class="k-stack">\
                <section class="k-panel"><h2 class="k-panel-head">\(context(PageTexts.sharedWith))</h2>\
                \(sharesTable(shares, address, mayShare, context))\(form)</section>
                <section class="k-panel"><h2 class="k-panel-head">\(context(RecordTexts.access))</h2>\
                \(readersTable(readers, context))</section></div></div>
                """
            return body(page, object, record, PageTexts.sharing, html)
        }
    }

    private static func body(
        _ page: PageCall,
        _ object: ObjectDefinition,
        _ record: AnyRecord,
        _ title: Label,
        _ html: HTML
    ) -> PageBody {
        let (context, list) = (page.context, Addresses.list(object.plural))
        let name = record.name.isEmpty ? context(object.label) : record.name
        let crumbs = [
            Crumb(context(object.pluralLabel), list),
            Crumb(name, Addresses.record(object.plural, record.id.description)),
        ]
        return PageBody(context(title) + " · " + name, html, current: list, crumbs: crumbs)
    }

    private static func readersTable(_ readers: [Reader], _ context: PageContext) -> HTML {
        let rows = readers.map { reader in
            let why = reader.reasons.map { context($0) }.joined(separator: context(PageTexts.semicolon))
            return RowModel(id: reader.user.description, name: reader.name, cells: [.person(reader.name), .text(why)])
        }
        let columns = [ColumnModel("name", context(PageTexts.person)), ColumnModel("why", context(PageTexts.why))]
        return Table.html(TableModel(caption: context(RecordTexts.access), columns: columns, rows: rows), in: context)
    }

    private static func sharesTable(_ shares: [Share], _ address: String, _ mayShare: Bool, _ context: PageContext)
        -> HTML
    {
        if shares.isEmpty { return "<p class=\"k-panel-pad k-muted\">\(context(PageTexts.notShared))</p>" }
        let rows = shares.map { share in
            let hidden = Option("share", share.id.description)
            return RowModel(
                id: share.id.description,
                name: share.name,
                cells: [
                    share.team == nil ? .person(share.name) : .text(context(PageTexts.team(share.name))),
                    .text(context(share.canEdit ? PageTexts.mayEdit : PageTexts.maySee)),
                ],
                actions: mayShare ? button(PageTexts.unshare, address + "/unshare", hidden, context) : .empty
            )
        }
        let columns = [ColumnModel("name", context(PageTexts.with)), ColumnModel("right", context(PageTexts.right))]
        let table = TableModel(caption: context(PageTexts.sharedWith), columns: columns, rows: rows)
        return Table.html(table, in: context)
    }

    private static func button(_ label: Label, _ address: String, _ hidden: Option, _ context: PageContext) -> HTML {
        """
        <form method="post" action="\(address)">\(context.csrfField)<input type="hidden" name="\(hidden.value)" value="\(hidden.label)">\
        <button class="k-btn k-btn-small">\(context(label))</button></form>
        """
    }

    private static func shareForm(
        _ address: String,
        _ identities: Identities,
        _ session: ReadSession,
        _ context: PageContext,
        _ problem: Problem?
    ) throws -> HTML {
        let people = try PeopleChoice.options(identities, session).filter {
            $0.value != session.actor.userID?.description
        }
        let teams = try identities.teams(on: session.connection)
        let error = HTML.with(problem.map { context($0.fields.first?.message ?? $0.message) }) {
            "<p class=\"k-error\" id=\"k-share-error\" role=\"alert\">\(Icons.use("warning"))<span>\($0)</span></p>"
        }
        return """
            <form class="k-section" method="post" action="\(address)/share">\(context.csrfField)<div class="k-inline">\
            <div class="k-field"><label class="k-label" for="k-share-with">\(context(PageTexts.with))</label>\
            <select class="k-input" id="k-share-with" name="with"\(attribute: "aria-describedby", problem == nil ? nil : "k-share-error")>\
            <option value="">\(context(Words.choose))</option>\
            <optgroup label="\(context(PageTexts.people))">\(HTML.each(people) { "<option value=\"user:\($0.value)\">\($0.label)</option>" })</optgroup>\
            <optgroup label="\(context(PageTexts.teams))">\(HTML.each(teams) { "<option value=\"team:\($0.id)\">\($0.name)</option>" })</optgroup>\
            </select>\(error)</div><button class="k-btn k-btn-primary">\(context(PageTexts.share))</button></div>\
            <label class="k-check"><input type="checkbox" name="can_edit" value="true">\(context(PageTexts.mayEdit))</label></form>
            """
    }

    static func share(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let chosen = page.form.text("with").split(separator: ":")
        let target = chosen.count == 2 ? RecordID(String(chosen[1])) : nil
        let (user, team) = (chosen.first == "user" ? target : nil, chosen.first == "team" ? target : nil)
        let canEdit = page.form.isOn("can_edit")
        do {
            try await page.write { session in
                try session.share(try session.object(plural), id, user: user, team: team, canEdit: canEdit)
            }
        } catch let problem as Problem where problem.kind == .invalid {
            return try await access(page, problem)
        }
        return page.go(to: Addresses.record(plural, id.description) + "/access", .ok, PageTexts.shared)
    }

    static func unshare(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        guard let share = RecordID(page.form.text("share")) else { throw Problem.notFound }
        try await page.write { try $0.unshare(try $0.object(plural), id, share) }
        return page.go(to: Addresses.record(plural, id.description) + "/access", .ok, PageTexts.unshared)
    }

    // MARK: History

    static func history(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let before = Int64(page.call.query["before"] ?? "")
        return try await page.show { session in
            let view = try RecordSheet(try session.object(plural), id, session, page)
            let rows = try session.history(view.object, id, limit: 50, before: before)
            let mayPutBack = try !view.isDeleted && session.may(.update, view.object, id)
            let address = mayPutBack ? view.address : nil
            let reader = try ChangeReader(rows, of: view.object, session: session, page: page, address: address)
            let context = page.context
            let columns = [
                ColumnModel("at", context(Words.time)), ColumnModel("who", context(PageTexts.person)),
                ColumnModel("what", context(PageTexts.what)), ColumnModel("changes", context(PageTexts.changes)),
            ]
            let table = TableModel(
                caption: context(RecordTexts.history),
                columns: columns,
                rows: try rows.map { row in
                    let cells: [CellValue] = [
                        .instant(row.at), .person(AuditWords.actor(row, context)),
                        .text(context(AuditWords.action(row.action))),
                        .html(try reader.html(row)),
                    ]
                    return RowModel(id: String(row.seq), name: row.action, cells: cells)
                },
                empty: EmptyModel(icon: "history", title: context(PageTexts.noChanges))
            )
            let next = rows.count == 50 ? rows.last.map { view.address + "/history?before=\($0.seq)" } : nil
            let html: HTML = """
                \(Layout.head(HTML(text: context(RecordTexts.history))))<div class="k-panel k-list">\(Table.html(table, in: context))\
                \(Pager.html(shown: rows.count, first: before == nil ? nil : view.address + "/history", next: next, in: context))</div>
                """
            return PageBody(
                context(RecordTexts.history) + " · " + view.title,
                html,
                current: Addresses.list(view.object.plural),
                crumbs: view.crumbs + [Crumb(view.title, view.address)]
            )
        }
    }
}
