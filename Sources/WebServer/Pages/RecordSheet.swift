import Identity
import Pages
import Records
import Schema
import Values

/// One record as its page shows it: everything comes from lists and reads of the engine, as the person.
struct RecordSheet {
    let object: ObjectDefinition
    let session: ReadSession
    let page: PageCall
    let plan: ReadPlan
    let row: RecordRow
    let isDeleted: Bool

    /// Reads the record, from the recycle bin too; throws `notFound` when the person may not see it.
    init(_ object: ObjectDefinition, _ id: RecordID, _ session: ReadSession, _ page: PageCall) throws {
        var query = ListQuery()
        query.filter = "id = \"\(id)\""
        query.limit = 1
        var result = try session.list(object, query)
        let isAlive = !result.rows.isEmpty
        if !isAlive {
            query.deleted = true
            result = try session.list(object, query)
        }
        guard let row = result.rows.first else { throw Problem.notFound }
        self.object = object
        self.session = session
        self.page = page
        plan = result.plan
        self.row = row
        isDeleted = !isAlive
    }

    var id: RecordID { row.id }
    var context: PageContext { page.context }
    var address: String { Addresses.record(object.plural, id.description) }
    var title: String { row.title(plan, in: context) }
    /// The path to the list.
    var crumbs: [Crumb] { [Crumb(context(object.pluralLabel), Addresses.list(object.plural))] }

    /// The version, for forms.
    var version: String? { plan.slot("version").flatMap { row.values($0).first?.integer }.map { String($0) } }

    /// The first column of a field as text.
    func text(_ key: String) -> String? { plan.slot(key).flatMap { row.values($0).first?.text } }

    /// The value of a field.
    func cell(_ key: String) -> CellValue {
        plan.slot(key).map { CellReader(session: session, context: context).cell($0, of: row) } ?? .empty
    }

    // MARK: Facts

    /// The fields in groups: those of every record, those of its kind, and what the system keeps. Fields that lists
    /// show stand there even when they are empty; the others only with a value.
    func facts(editable: Bool = false) -> [FactsModel] {
        var groups: [FactsModel] = [FactsModel(nil, [])]
        var system: [Fact] = []
        for slot in plan.slots where !["id", "version", object.nameField].contains(slot.field.key) {
            let field = slot.field
            let value = cell(field.key)
            let isEditable = editable && CellHandlers.isEditable(field, of: object, session)
            let fact = Fact(context(field.label), value, field: isEditable ? field.key : nil)
            if field.system {
                if value != .empty { system.append(fact) }
                continue
            }
            guard value != .empty || object.listFields.contains(field.key) else { continue }
            guard let condition = field.shownWhen else {
                groups[0].facts.append(fact)
                continue
            }
            guard text(condition.field).map(condition.keys.contains) ?? false else { continue }
            let title = RecordForm.title(condition, of: object, in: context)
            if let index = groups.firstIndex(where: { $0.title == title }) {
                groups[index].facts.append(fact)
            } else {
                groups.append(FactsModel(title, [fact]))
            }
        }
        groups.append(FactsModel(context(PageTexts.recordFacts), system))
        return groups.filter { !$0.facts.isEmpty }
    }

    /// The choices that say most about a record: the first two that lists show.
    func badges() -> [CellValue] {
        let path = pathField?.key
        return object.listFields.filter { $0 != path }.compactMap { key -> CellValue? in
            guard case .choices(let choices) = cell(key), !choices.isEmpty else { return nil }
            return .choices(choices)
        }.prefix(2).map { $0 }
    }

    // MARK: Stages

    /// The choice field whose choices end in winning or losing.
    var pathField: FieldDefinition? {
        plan.slots.first { slot in
            guard case .choice(let choices) = slot.field.kind else { return false }
            return choices.contains { $0.outcome == "won" }
                && choices.contains { $0.outcome == "open" || $0.group != nil }
        }?.field
    }

    /// The stages of the record's pipeline and where it stands.
    func path(mayUpdate: Bool) -> StagePathModel? {
        guard let field = pathField, let current = text(field.key) else { return nil }
        let group = field.kind.choices.first { $0.key == current }?.group
        let stages = field.kind.choices.filter { ($0.group == group && !$0.hidden) || $0.key == current }
        let mayWrite = mayUpdate && session.right(on: field, of: object) == .full
        return StagePathModel(
            stages: stages.map { .init(key: $0.key, label: context($0.label), outcome: $0.outcome) },
            current: current,
            action: mayWrite ? address + "/stage" : nil,
            field: field.key,
            version: version
        )
    }

    // MARK: Related records

    /// The newest five of each kind of record that points here.
    func related() throws -> [RelatedModel] {
        let links = session.schema.children(of: object.key).compactMap { child, field in
            guard child.key != "activity", child.partOf?.key != field.key,
                let other = try? session.object(child.plural),
                session.right(on: field, of: other) != .hidden
            else { return nil as (object: ObjectDefinition, field: FieldDefinition)? }
            return (other, field)
        }
        // Most links lead to most records from nowhere: those need no list.
        let used = Set(try session.linksInUse(links, to: id).map { $0.object.key + "." + $0.field.key })
        return try links.compactMap { other, field in
            try related(other, field, hasRows: used.contains(other.key + "." + field.key))
        }
    }

    private func related(_ other: ObjectDefinition, _ field: FieldDefinition, hasRows: Bool) throws -> RelatedModel? {
        let mayCreate = session.actor.rights.on(other.key).create && session.right(on: field, of: other) == .full
        let isOffered = mayCreate && (other.parentLink != nil || other.partOf != nil)
        guard hasRows || isOffered else { return nil }
        let readable = session.readableFields(other)
        let shown = other.listFields.compactMap { key in readable.first { $0.key == key } }
            .filter { $0.key != other.nameField && $0.key != field.key }
        let badge = shown.first { if case .choice = $0.kind { true } else { false } }
        let facts = shown.filter { isShort($0.kind) && $0.key != badge?.key }.prefix(2)
        var query = ListQuery()
        query.filter = "\(field.key) = \"\(id)\""
        query.fields = [other.nameField] + [badge].compactMap { $0?.key } + facts.map(\.key)
        query.limit = 5
        let result = hasRows ? try session.list(other, query) : nil
        let rows = result?.rows ?? []
        if rows.isEmpty, !isOffered { return nil }
        let reader = CellReader(session: session, context: context)
        func cell(_ key: String, _ row: RecordRow) -> CellValue {
            result?.plan.slot(key).map { reader.cell($0, of: row) } ?? .empty
        }
        let items = rows.map { row in
            RelatedModel.Item(
                name: result.map { row.title($0.plan, in: context) } ?? "",
                href: Addresses.record(other.plural, row.id.description),
                badge: badge.map { cell($0.key, row) } ?? .empty,
                facts: facts.map { cell($0.key, row) }
            )
        }
        let several = session.schema.children(of: object.key).filter { $0.object.key == other.key }.count > 1
        let title = context(other.pluralLabel) + (several ? context(PageTexts.by(field.label)) : "")
        let all = WebAddress.path(Addresses.list(other.plural), ["filter": query.filter ?? ""])
        let known = try result?.next == nil ? (items.count, false) : counted(other, query)
        var model = RelatedModel(
            title: title,
            icon: Navigation.icon(of: other),
            items: items,
            count: known.0,
            create: mayCreate ? WebAddress.path(Addresses.create(other.plural), [field.key: id.description]) : nil,
            all: items.isEmpty ? nil : all
        )
        model.hasMore = known.1
        return model
    }

    /// How many records a related list has, as far as a hundred: nothing that grows with them is read.
    private func counted(_ other: ObjectDefinition, _ query: ListQuery) throws -> (Int, Bool) {
        var query = query
        (query.fields, query.limit) = (["id"], 100)
        let result = try session.list(other, query)
        return (result.rows.count, result.next != nil)
    }

    private func isShort(_ kind: FieldKind) -> Bool {
        switch kind {
        case .money, .day, .decimal, .phone, .text, .person, .boolean: true
        default: false
        }
    }
}
