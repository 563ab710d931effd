import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension RecordForm {
    /// The fields in groups: those of every record, those of one kind each, texts and the owner last.
    func sections(_ models: [FieldModel]) throws -> [FormSection] {
        let plain = models.filter { $0.definition.shownWhen == nil && !$0.definition.system }
        var sections = [FormSection(nil, plain)]
        for model in models {
            guard let condition = model.definition.shownWhen else { continue }
            let title = RecordForm.title(condition, of: object, in: context)
            if let index = sections.firstIndex(where: { $0.title == title }) {
                sections[index].fields.append(model)
            } else {
                sections.append(FormSection(title, [model]))
            }
        }
        let system = models.filter { $0.definition.system }
        if !system.isEmpty { sections.append(FormSection(context(PageTexts.responsible), system)) }
        return try sections.filter { !$0.fields.isEmpty }.map { section in
            FormSection(section.title, try section.fields.map(offering))
        }
    }

    /// What a group of fields is called that belong to some choices: the names of the choices.
    static func title(
        _ condition: FieldDefinition.Condition,
        of object: ObjectDefinition,
        in context: PageContext
    ) -> String {
        let field = object.field(condition.field)
        let names = condition.keys.map { key in
            field?.kind.choices.first { $0.key == key }.map { context($0.label) } ?? key
        }
        return field.map { context($0.label) + context(PageTexts.colon) + names.joined(separator: " / ") } ?? ""
    }

    /// Adds names to choose from to each.
    func offering(_ models: [FieldModel]) throws -> [FieldModel] { try models.map(offering) }

    /// Adds names to choose from.
    private func offering(_ model: FieldModel) throws -> FieldModel {
        var model = model
        switch model.definition.kind {
        case .link(let target):
            guard let other = session.schema.object(target), (try? session.object(other.plural)) != nil else { break }
            model.suggestAddress = Addresses.suggest(other.plural, nameField: other.nameField)
            model.suggestName = other.nameField
            var query = ListQuery()
            query.fields = [other.nameField]
            query.limit = 20
            let page = try session.list(other, query)
            model.suggestions = page.rows.map { Option($0.title(page.plan, in: context), "") }
        case .person: model.suggestions = try PeopleChoice.suggestions(identities, session)
        case .anyLink:
            model.objects = session.schema.objects.filter { (try? session.object($0.plural)) != nil }
                .map { Option($0.key, context($0.label)) }
        default: break
        }
        return model
    }

    /// Puts what is wrong beside the fields; the rest comes back to stand on top.
    func mark(_ models: inout [FieldModel], _ problem: Problem) -> [String] {
        var rest: [String] = []
        for fault in problem.fields {
            let key = fault.field.prefix { $0 != "." && $0 != "[" }
            if let index = models.firstIndex(where: { $0.definition.key == key }) {
                models[index].error = models[index].error ?? context(fault.message)
            } else {
                rest.append(context(fault.message))
            }
        }
        return problem.fields.isEmpty ? [context(problem.message)] : rest
    }

    /// Says beside each field what somebody else has saved meanwhile; what was typed stays.
    func markDifferences(_ models: inout [FieldModel], from current: AnyRecord) throws {
        let stored = try stored(current)
        let reader = CellReader(session: session, context: context)
        for index in models.indices where !RecordForm.isSame(models[index], stored[index]) {
            let field = models[index].definition
            let shown = stored[index].inputs[""].flatMap { $0.isEmpty ? nil : $0 }
            let text = RecordForm.plain(reader.value(field, current.columns(of: field), name: shown), shown, context)
            models[index].error = context(PageTexts.nowSaved(text))
        }
    }

    /// A value as one line of text.
    static func plain(_ value: CellValue, _ shown: String?, _ context: PageContext) -> String {
        switch value {
        case .empty: context(Words.empty)
        case .choices(let choices): choices.map { context($0.label) }.joined(separator: ", ")
        case .boolean(let flag): context(flag ? Words.yes : Words.no)
        case .address(let text): text
        case .tags(let tags): tags.joined(separator: ", ")
        case .money(let money): Format.money(money, context.language)
        default: shown ?? context(Words.empty)
        }
    }
}
