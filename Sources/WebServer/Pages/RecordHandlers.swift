import Foundation
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// The page of a record, and what its buttons do.
    static let records: [Route] = [
        get("/{plural}/{id}", RecordHandlers.show),
        post("/{plural}/{id}/delete", RecordHandlers.delete),
        post("/{plural}/{id}/restore", RecordHandlers.restore),
        post("/{plural}/{id}/stage", RecordHandlers.move),
        post("/{plural}/{id}/activities", RecordHandlers.compose),
        post("/{plural}/{id}/done", RecordHandlers.done),
        post("/{plural}/{id}/close", ClosingForm.close),
        post("/{plural}/{id}/verbs/{verb}", VerbForms.run),
    ]
}

/// The page of one record.
enum RecordHandlers {
    static func show(_ page: PageCall) async throws -> Reply { try await show(page, nil) }

    /// The page; `problem` is what was wrong with an entry for the timeline.
    private static func show(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        let (plural, id, actor) = (page.call.parameter("plural"), try page.call.recordID(), try page.actor)
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        do {
            return try await page.show(status: status) { session in
                let object = try session.object(plural)
                if let into = try goneInto(object, id, session) { throw MergedAway(to: into) }
                return try body(object, id, actor, problem, session, page)
            }
        } catch let moved as MergedAway {
            // The old address leads on; for now only, since a merge can be undone.
            var reply = Reply(.temporaryRedirect)
            reply.headers[.location] = Addresses.record(plural, moved.to.description)
            return reply
        }
    }

    private static func goneInto(_ object: ObjectDefinition, _ id: RecordID, _ session: ReadSession) throws -> RecordID?
    {
        try session.may(.read, object, id) ? nil : try session.mergedInto(object, id)
    }

    private static func body(
        _ object: ObjectDefinition,
        _ id: RecordID,
        _ actor: Actor,
        _ problem: Problem?,
        _ session: ReadSession,
        _ page: PageCall
    ) throws -> PageBody {
        let view = try RecordSheet(object, id, session, page)
        let mayUpdate = try !view.isDeleted && session.may(.update, object, id)
        let mayDelete = try view.isDeleted ? false : session.may(.delete, object, id)
        var composer: ComposerModel?
        let timeline = view.isDeleted ? nil : RecordTimeline(view)
        if let timeline {
            let form = ComposerForm(activity: timeline.activity, context: page.context)
            let days = try DueDays.options(session, page.context)
            composer = form.model(view.address, rights: actor.rights, days: days)
            if let problem, let fresh = composer { composer = form.refused(fresh, page.form, problem) }
        }
        var model = RecordModel(
            title: view.title,
            badges: view.badges(),
            subtitle: subtitle(view),
            edit: mayUpdate ? Addresses.edit(object.plural, id.description) : nil,
            delete: mayDelete ? Addresses.delete(object.plural, id.description) : nil,
            path: view.path(mayUpdate: mayUpdate),
            facts: view.facts(editable: mayUpdate),
            timeline: try timeline?.model(composer),
            related: view.isDeleted ? [] : try view.related(),
            version: view.version
        )
        model.actions = actions(view, mayUpdate: mayUpdate)
        if timeline != nil {
            for buttons in page.call.workspace.features.buttons {
                model.actions += try buttons(object, id, session, page.context)
            }
        }
        model.rare = rare(view, mayUpdate: mayUpdate)
        model.address = mayUpdate ? view.address : nil
        model.files = try FileHandlers.panel(view, mayUpdate: mayUpdate)
        if !view.isDeleted { model.parts = try RecordParts(view: view).models() }
        if mayUpdate { model.decision = ClosingForm.html(view) }
        model.decision += VerbForms.html(view)
        var html = Pages.RecordPage.html(model, in: page.context)
        if !view.isDeleted {
            html = try MergeHandlers.notes(object, id, mayUndo: mayUpdate, session, page) + html
        }
        var body = PageBody(view.title, html, current: Addresses.list(object.plural), crumbs: view.crumbs)
        body.scripts = [Assets.list, Assets.live]
        body.hasValidator = true
        if view.isDeleted, page.flash == nil { body.flash = Flash(.info, page.context(PageTexts.inBin)) }
        return body
    }

    private static func subtitle(_ view: RecordSheet) -> String? {
        guard let slot = view.plan.slot("owner"), let name = view.row.name(slot) else { return nil }
        return view.context(Words.owner) + view.context(PageTexts.colon) + name
    }

    /// What is often done with a record.
    private static func actions(_ view: RecordSheet, mayUpdate: Bool) -> HTML {
        let context = view.context
        let verbs = view.page.call.engine.actions(of: view.object.key)
        if mayUpdate, let convert = verbs.first(where: { $0.name == "convert" }), view.text("status") != "converted" {
            return link(context(convert.label), view.address + "/convert", "right")
        }
        let rights = view.session.actor.rights
        guard view.isDeleted else {
            let buttons = view.page.call.workspace.features.links.filter {
                $0.object == view.object.key && rights.allows($0.capability)
            }
            return HTML.each(buttons) { link(context($0.label), view.address + $0.path, $0.icon) } + invitation(view)
        }
        guard rights.on(view.object.key).delete != .none else { return .empty }
        let address = Addresses.restore(view.object.plural, view.id.description)
        return Pages.RecordPage.action(context(Words.restore), to: address, icon: "restore", in: context)
    }

    /// A meeting or visit with a time can be sent to other people's calendars.
    private static func invitation(_ view: RecordSheet) -> HTML {
        guard view.object.key == "activity", ["meeting", "visit"].contains(view.text("kind")),
            view.cell("happened_at") != .empty
        else { return .empty }
        return link(view.context(CalendarTexts.invitation), view.address + "/invitation", "calendar")
    }

    /// What is rarely done with it, for the menu.
    private static func rare(_ view: RecordSheet, mayUpdate: Bool) -> HTML {
        let context = view.context
        var html = mayUpdate ? link(context(DuplicateTexts.merge), view.address + "/merge", "copy") : .empty
        if !view.isDeleted { html += link(context(PageTexts.sharing), view.address + "/access", "team") }
        return html + link(context(RecordTexts.history), view.address + "/history", "history")
            + PrivacyHandlers.links(view)
    }

    static func link(_ label: String, _ address: String, _ icon: String) -> HTML {
        "<a class=\"k-btn\"\(href: address)>\(Icons.use(icon))\(label)</a>"
    }

    // MARK: Buttons

    static func delete(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let version = Int64(page.form.text("_version"))
        let object = try await page.write { session in
            let object = try session.object(plural)
            try session.delete(object, id, version: version)
            return object
        }
        let undo = Addresses.restore(object.plural, id.description)
        let back = page.back ?? Addresses.list(object.plural)
        return page.go(to: back, .ok, PageTexts.deleted(object.label), undo: undo)
    }

    static func restore(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let object = try await page.write { session in
            let object = try session.object(plural)
            _ = try session.restore(object, id)
            return object
        }
        return page.go(to: Addresses.record(object.plural, id.description), .ok, PageTexts.restored)
    }

    /// Moves to another stage; where that needs more, as the reason of a loss, the form asks for it.
    static func move(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let version = Int64(page.form.text("_version"))
        do {
            return try await page.write { session in
                let object = try session.object(plural)
                let view = try RecordSheet(object, id, session, page)
                guard let field = view.pathField else { throw Problem.noSuchAddress }
                let stage = page.form.text(field.key)
                let input = JSONValue.object([.init(key: field.key, value: .string(stage))])
                try session.update(object, id, input, version: version)
                let label = field.kind.choices.first { $0.key == stage }?.label ?? field.label
                return page.go(to: view.address, .ok, PageTexts.movedTo(label))
            }
        } catch let problem as Problem where problem.kind == .invalid {
            return try await FormHandlers.editAgain(page, plural, id, problem)
        } catch let problem as Problem where problem.kind == .stale {
            return page.go(to: Addresses.record(plural, id.description), .bad, problem.message)
        }
    }

    /// Writes an entry of the timeline, and the next step as a task of its own.
    static func compose(_ page: PageCall) async throws -> Reply {
        let (plural, id, form) = (page.call.parameter("plural"), try page.call.recordID(), page.form)
        do {
            return try await page.write { session in
                let view = try RecordSheet(try session.object(plural), id, session, page)
                guard let timeline = RecordTimeline(view) else { throw Problem.noSuchAddress }
                let activity = timeline.activity
                let isTask = form.text("kind") == "task"
                guard !form.text("body").isEmpty else {
                    throw Problem.invalid("body", "required", PageTexts.writeSomething)
                }
                let target = link(to: view, timeline.link)
                var members = [target]
                let keys = ["kind", "body"] + (isTask ? ["due_on"] : ["duration_minutes", "outcome"])
                for key in keys where !form.text(key).isEmpty {
                    let text = (form[key] ?? "").replacing("\r\n", with: "\n")
                    members.append(.init(key: key, value: .string(text)))
                }
                let me = JSONValue.Member(key: "assignee", value: .string(session.actor.userID?.description ?? ""))
                if isTask { members.append(me) }
                try session.create(activity, .object(members))
                let next = form.text("next_step")
                if !isTask, !next.isEmpty || !form.text("next_on").isEmpty {
                    guard !next.isEmpty else {
                        throw Problem.invalid("next_step", "required", PageTexts.whatNext)
                    }
                    let task = [
                        target, me, .init(key: "kind", value: .string("task")),
                        .init(key: "subject", value: .string(next)),
                        .init(key: "due_on", value: .string(form.text("next_on"))),
                    ]
                    try session.create(activity, .object(task))
                }
                return page.go(to: view.address + "#timeline", .ok, PageTexts.noted)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, problem)
        }
    }

    private static func link(to view: RecordSheet, _ field: String) -> JSONValue.Member {
        let id = JSONValue.string(view.id.description)
        guard field == "about" else { return .init(key: field, value: id) }
        let about = JSONValue.object([
            .init(key: "object", value: .string(view.object.key)), .init(key: "id", value: id),
        ])
        return .init(key: field, value: about)
    }

    /// Marks a task as done.
    static func done(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        return try await page.write { session in
            let object = try session.object(plural)
            let record = try session.find(object, id)
            guard object.field("done") != nil else { throw Problem.noSuchAddress }
            var members = [JSONValue.Member(key: "done", value: .bool(true))]
            if record["happened_at"].isNull, object.field("happened_at") != nil {
                members.append(.init(key: "happened_at", value: .string(session.now.description)))
            }
            try session.update(object, id, .object(members))
            return page.go(to: back(page, object, id), .ok, PageTexts.taskDone)
        }
    }

    /// The page from which a button was pressed, if the browser tells and it is one of ours.
    private static func back(_ page: PageCall, _ object: ObjectDefinition, _ id: RecordID) -> String {
        let record = Addresses.record(object.plural, id.description)
        guard let from = page.call.headers[.referer], let host = page.call.authority ?? page.call.headers[.host],
            let range = from.range(of: "//" + host + "/")
        else { return record }
        let path = "/" + from[range.upperBound...]
        return PageCall.isOwn(path) ? path : record
    }
}
