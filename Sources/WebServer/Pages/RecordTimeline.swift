import Identity
import Pages
import Records
import Schema
import Values

/// What happened with a record and what is still to be done.
struct RecordTimeline {
    let view: RecordSheet
    let activity: ObjectDefinition
    /// The field of activities that points to the record.
    let link: String

    /// Nil for activities themselves, and for whoever may not read activities.
    init?(_ view: RecordSheet) {
        guard view.object.key != "activity", let activity = try? view.session.object("activities"),
            activity.key == "activity"
        else { return nil }
        let readable = view.session.readableFields(activity)
        let own = readable.first { $0.kind == .link(to: view.object.key) }
        guard let link = own ?? readable.first(where: { $0.kind == .anyLink }) else { return nil }
        self.view = view
        self.activity = activity
        self.link = link.key
    }

    var context: PageContext { view.context }
    private static let open = "kind = \"task\" and (done is empty or done = false)"
    static let shown = 30

    /// Open tasks, then what happened, newest first; `?before=` continues.
    func model(_ composer: ComposerModel?, limit: Int = RecordTimeline.shown) throws -> TimelineModel {
        let before = view.page.call.query["before"]
        let kind = kinds.first { $0.key == view.page.call.query["kind"] }
        if let kind { return try only(kind, before, limit) }
        var entries: [EntryModel] = []
        if before == nil {
            let tasks = try list("\(RecordTimeline.open)", sort: ["due_on"], limit: 20, cursor: nil)
            entries = try models(tasks).sorted { $0.at > $1.at }
        }
        let (past, next) = try happened(before, limit)
        entries += past
        let older = next.map { WebAddress.path(view.address, ["before": $0]) + "#timeline" }
        let filters = limit == RecordTimeline.shown && !entries.isEmpty ? filters(nil) : []
        return TimelineModel(entries: entries, composer: before == nil ? composer : nil, filters: filters, older: older)
    }

    private var kinds: [Choice] { activity.field("kind")?.kind.choices.filter { !$0.hidden } ?? [] }

    private func filters(_ current: Choice?) -> [TabModel] {
        let all = TabModel(context(Words.all), view.address + "#timeline", current: current == nil)
        return [all]
            + kinds.map { kind in
                let address = WebAddress.path(view.address, ["kind": kind.key]) + "#timeline"
                return TabModel(context(kind.label), address, current: kind.key == current?.key)
            }
    }

    /// Activities of one kind, newest first.
    private func only(_ kind: Choice, _ before: String?, _ limit: Int) throws -> TimelineModel {
        let order = kind.key == "task" ? "-due_on" : "-happened_at"
        let page = try list("kind = \"\(kind.key)\"", sort: [order], limit: limit, cursor: before)
        let older = page.next.map { WebAddress.path(view.address, ["kind": kind.key, "before": $0]) + "#timeline" }
        return TimelineModel(entries: try models(page), filters: filters(kind), older: older)
    }

    /// What happened: everything where a feature tells of it, else the activities.
    private func happened(_ before: String?, _ limit: Int) throws -> (entries: [EntryModel], next: String?) {
        if let whole = WholeTimeline(self) { return try whole.page(before, limit: limit) }
        let past = try list(
            "not (\(RecordTimeline.open))",
            sort: ["-happened_at"],
            limit: limit,
            cursor: before
        )
        return (try models(past), past.next)
    }

    /// Activities by their ids, at most 200, as far as the person may read them.
    func activities(_ ids: [String]) throws -> [String: EntryModel] {
        guard !ids.isEmpty else { return [:] }
        let page = try list(
            "id in (" + ids.map { "\"\($0)\"" }.joined(separator: ", ") + ")",
            sort: [],
            limit: 200,
            cursor: nil
        )
        let ids = page.rows.map(\.id.description)
        return Dictionary(zip(ids, try models(page))) { first, _ in first }
    }

    private func list(_ condition: String, sort: [String], limit: Int, cursor: String?) throws -> Records.RecordPage {
        let readable = Set(view.session.readableFields(activity).map(\.key))
        let wanted = [
            "subject", "kind", "body", "happened_at", "duration_minutes", "outcome", "due_on", "done", "owner",
            "assignee", "contact", "opportunity", "customer", "created_at", "version",
        ]
        var query = ListQuery()
        query.filter = "\(link) = \"\(view.id)\" and \(condition)"
        query.fields = wanted.filter(readable.contains)
        query.sort = sort
        query.limit = limit
        query.cursor = cursor
        return try view.session.list(activity, query)
    }

    private func models(_ page: Records.RecordPage) throws -> [EntryModel] {
        func value(_ key: String, _ row: RecordRow) -> SQLValue? {
            page.plan.slot(key).flatMap { row.values($0).first }
        }
        let open = page.rows.filter { value("kind", $0)?.text == "task" && value("done", $0)?.integer != 1 }
        let mine = try view.session.those(.update, activity, of: open.map(\.id))
        return page.rows.map { entry($0, page.plan, mayEnd: mine.contains($0.id)) }
    }

    private func entry(_ row: RecordRow, _ plan: ReadPlan, mayEnd: Bool) -> EntryModel {
        func first(_ key: String) -> SQLValue { plan.slot(key).flatMap { row.values($0).first } ?? .null }
        func name(_ key: String) -> String? { plan.slot(key).flatMap { row.name($0) } }
        let kind = first("kind").text ?? "note"
        let isTask = kind == "task"
        let due = first("due_on").text.flatMap { Day($0) }.map(endOfWork)
        let made = Instant(milliseconds: first("created_at").integer ?? 0)
        let done = first("done").integer == 1
        let happened = first("happened_at").integer.map(Instant.init(milliseconds:))
        let title = row.title(plan, in: context)
        let body = first("body").text ?? ""
        var entry = EntryModel(
            id: row.id.description,
            kind: kind == "email" ? "mail" : kind,
            title: title,
            href: Addresses.record(activity.plural, row.id.description),
            // A subject that was made of one short line has said it all.
            body: title.hasSuffix(body) ? "" : body,
            person: name(isTask ? "assignee" : "owner") ?? name("owner") ?? "",
            at: happened ?? (isTask && !done ? due : nil) ?? made,
            minutes: first("duration_minutes").integer.map { Int(clamping: $0) }
        )
        let reader = CellReader(session: view.session, context: context)
        let facts = ["outcome", "contact", "opportunity", "customer"].filter { $0 != link && $0 != view.object.key }
        entry.facts = facts.compactMap { key in
            plan.slot(key).map { reader.cell($0, of: row) }.flatMap { $0 == .empty ? nil : $0 }
        }
        if isTask {
            entry.due = due
            entry.done = done
            if !done, mayEnd {
                entry.doneAction = Addresses.record(activity.plural, row.id.description) + "/done"
            }
        }
        return entry
    }

    /// Six in the evening of a day, where the person is.
    private func endOfWork(_ day: Day) -> Instant {
        let noon = Instant(milliseconds: (Int64(day.daysSince1970) * 86_400 + 64_800) * 1000)
        return noon.adding(milliseconds: -Int64(context.offset(at: noon)) * 1000)
    }
}

/// The short form for an entry of the timeline.
struct ComposerForm {
    let activity: ObjectDefinition
    let context: PageContext

    private static let order = ["note", "call", "visit", "meeting", "message", "email", "task"]

    /// The form; nil when the person may not make activities.
    func model(_ address: String, rights: Rights, days: [Option] = []) -> ComposerModel? {
        guard rights.on(activity.key).create else { return nil }
        let choices = activity.field("kind")?.kind.choices.filter { !$0.hidden } ?? []
        let known = ComposerForm.order.compactMap { key in choices.first { $0.key == key } }
        let kinds = known + choices.filter { choice in !known.contains { $0.key == choice.key } }
        guard !kinds.isEmpty else { return nil }
        var model = ComposerModel(
            action: address + "/activities",
            kinds: kinds.map { choice in
                let icon = choice.key == "email" ? "mail" : choice.key
                return .init(choice.key, context(choice.label), icon: Icons.names.contains(icon) ? icon : "activity")
            }
        )
        model.fields = fields.map { field in
            var model = FieldModel(field)
            if case .day = field.kind { model.usualDays = days }
            return model
        }
        return model
    }

    /// Minutes and outcome for talks, the day for tasks, and the next step for what is no task.
    private var fields: [FieldDefinition] {
        let talks = FieldDefinition.Condition("kind", in: ["call", "visit", "meeting"])
        let step = FieldDefinition.Condition("kind", in: ComposerForm.order.filter { $0 != "task" })
        let task = FieldDefinition.Condition("kind", in: ["task"])
        var fields: [FieldDefinition] = []
        for (key, condition) in [("duration_minutes", talks), ("outcome", talks), ("due_on", task)] {
            guard var field = activity.field(key), !field.hidden else { continue }
            field.shownWhen = condition
            fields.append(field)
        }
        for (key, label, kind) in [
            ("next_step", PageTexts.nextStep, FieldKind.text(max: 200)), ("next_on", PageTexts.nextOn, .day),
        ] {
            var field = FieldDefinition(id: key, key: key, label: label, kind: kind)
            field.shownWhen = step
            fields.append(field)
        }
        return fields
    }

    /// The same form with what was typed and what is wrong with it.
    func refused(_ model: ComposerModel, _ form: FormFields, _ problem: Problem) -> ComposerModel {
        var model = model
        model.chosen = form.text("kind").isEmpty ? model.chosen : form.text("kind")
        model.body = form["body"] ?? ""
        var rest: [String] = []
        for index in model.fields.indices {
            model.fields[index].inputs[""] = form.text(model.fields[index].definition.key)
        }
        for fault in problem.fields {
            if let index = model.fields.firstIndex(where: { $0.definition.key == fault.field }) {
                model.fields[index].error = context(fault.message)
            } else {
                rest.append(context(fault.message))
            }
        }
        if problem.fields.isEmpty { rest = [context(problem.message)] }
        model.error = rest.isEmpty ? nil : rest.joined(separator: " ")
        return model
    }
}
