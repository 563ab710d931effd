import FieldKinds
import Files
import Identity
import Pages
import Records
import Schema
import Values

/// The form of a record: which fields it has, what stands in them, and what a sent form says in the API's terms.
struct RecordForm {
    let object: ObjectDefinition
    let session: ReadSession
    let context: PageContext
    let identities: Identities
    let engine: RecordEngine

    init(_ object: ObjectDefinition, _ session: ReadSession, _ page: PageCall) {
        self.object = object
        self.session = session
        context = page.context
        identities = page.call.workspace.identities
        engine = page.call.engine
    }

    // MARK: Fields

    /// The fields that the person may write, in order. Who may not give records away is not asked for the owner.
    var fields: [FieldDefinition] {
        let mayAssign = session.actor.rights.on(object.key).assign != .none
        let writable = object.visibleFields.filter { field in
            session.right(on: field, of: object) == .full && (field.key != "owner" || mayAssign)
        }
        return writable.filter { !$0.system } + writable.filter(\.system)
    }

    /// The controls with what is stored.
    func stored(_ record: AnyRecord) throws -> [FieldModel] {
        let locked = try engine.lockedFields(of: record, session)
        let writable = try fields.filter { try session.right(on: $0, of: object, record: record.id) == .full }
        return try writable.map { field in
            var model = FieldModel(field, currencies: currencies)
            model.locked = locked.contains(field.key)
            let columns = record.columns(of: field)
            model.fill(columns: columns, linkedName: try linkedName(field, columns), in: context)
            return model
        }
    }

    /// The controls of a new record: usual values, and what the address says, as in `?customer=ID`.
    func fresh(_ query: Query) throws -> [FieldModel] {
        let style = style
        return try fields.map { field in
            var model = FieldModel(field, currencies: currencies)
            var value = try field.defaultJSON.map { try JSONReader.parse($0) }
            if let given = query[field.key] { value = .string(given) }
            // As forms write moments: where the person is.
            if case .instant = field.kind, let moment = query[field.key].flatMap({ context.instant(local: $0) }) {
                value = .string(moment.description)
            }
            if field.key == "owner", value == nil, let me = session.actor.userID { value = .string(me.description) }
            if let value, let columns = try? field.read(value, style: style) {
                model.fill(columns: columns, linkedName: try linkedName(field, columns), in: context)
            }
            return model
        }
    }

    /// The controls with what was typed. A field that the form did not have keeps what `before` says.
    func typed(_ form: FormFields, before: [FieldModel]) -> [FieldModel] {
        before.map { old in
            var model = old
            let key = old.definition.key
            if case .multiChoice = old.definition.kind {
                model.selected = form.all(key)
                return model
            }
            if case .file = old.definition.kind {
                typedFile(&model, form)
                return model
            }
            for part in old.definition.kind.columns where form[key + part.suffix] != nil {
                model.inputs[part.suffix] = RecordForm.cleaned(form[key + part.suffix] ?? "", old.definition.kind)
            }
            if let id = form["_id_" + key] {
                model.linkedID = form["_was_" + key] == model.inputs[""] ? id : nil
            } else if model.inputs[""] != old.inputs[""] {
                model.linkedID = nil
            }
            return model
        }
    }

    /// A new file wins over the one that was there; a tick takes that away.
    private func typedFile(_ model: inout FieldModel, _ form: FormFields) {
        let key = model.definition.key
        if form.isOn("_remove_" + key) { (model.linkedID, model.inputs[""]) = (nil, "") }
        let kept = form.isOn("_remove_" + key) ? "" : form.text("_id_" + key)
        guard let id = [form.text(key), kept].first(where: { !$0.isEmpty }), id != model.linkedID else { return }
        model.linkedID = id
        let name = RecordID(id).flatMap { id in try? Files.find(id, session).name }
        model.inputs[""] = name ?? id
    }

    /// Browsers send line breaks as two characters; blanks around one line mean nothing.
    private static func cleaned(_ text: String, _ kind: FieldKind) -> String {
        if case .longText = kind { return text.replacing("\r\n", with: "\n") }
        return text.trimmingSpaces
    }

    private var currencies: [String] {
        let base = session.schema.baseCurrency
        return [base] + FieldModel.usualCurrencies.filter { $0 != base }
    }

    /// The name of what a link points to; nil for other kinds and for what the person may not see.
    /// The name behind a link or person, if the person who looks may see it.
    func linkedName(_ field: FieldDefinition, _ columns: [SQLValue]) throws -> String? {
        guard let raw = columns.first?.integer else { return nil }
        let id = RecordID(raw)
        switch field.kind {
        case .link(let target): return try session.name(of: target, id)
        case .anyLink: return try session.name(of: columns.count > 1 ? columns[1].text ?? "" : "", id)
        case .person: return try identities.user(id, on: session.connection)?.name
        case .file: return try? Files.find(id, session).name
        default: return nil
        }
    }

    // MARK: The form as input

    /// What was typed as the API's JSON, without what is as it was; throws what cannot be read.
    func input(_ typed: [FieldModel], before: [FieldModel]) throws -> JSONValue {
        var members: [JSONValue.Member] = []
        var problems: [FieldProblem] = []
        let old = Dictionary(before.map { ($0.definition.key, $0) }, uniquingKeysWith: { first, _ in first })
        for model in typed {
            if let same = old[model.definition.key], RecordForm.isSame(model, same) { continue }
            do {
                let value = try value(model)
                // The engine reads it once more; here all that cannot be read is named at once.
                _ = try model.definition.read(value, style: style)
                members.append(.init(key: model.definition.key, value: value))
            } catch let problem as FieldProblem {
                problems.append(problem)
            }
        }
        if !problems.isEmpty { throw Problem.invalid(missing(typed) + problems) }
        return .object(members)
    }

    /// Texts that must be there and are not. Hooks may fill what is missing, so this is only said with other faults.
    private func missing(_ typed: [FieldModel]) -> [FieldProblem] {
        typed.compactMap { model in
            guard case .text = model.definition.kind, model.definition.required, model.definition.shownWhen == nil,
                (model.inputs[""] ?? "").isEmpty
            else { return nil }
            let label = model.definition.label
            let message = Label("«\(label.en)» must have a value.", zh: "请填写“\(label.zh)”。")
            return FieldProblem(model.definition.key, "required", message)
        }
    }

    private var style: InputStyle {
        InputStyle(baseCurrency: session.schema.baseCurrency, country: session.schema.country, lenient: true)
    }

    /// True when two controls hold the same.
    static func isSame(_ one: FieldModel, _ other: FieldModel) -> Bool {
        func parts(_ model: FieldModel) -> [String: String] {
            let isAddress = if case .address = model.definition.kind { true } else { false }
            // A currency or kind of record without a value says nothing.
            if !isAddress, (model.inputs[""] ?? "").isEmpty { return [:] }
            return model.inputs.filter { !$0.value.isEmpty }
        }
        return parts(one) == parts(other) && one.selected == other.selected && one.linkedID == other.linkedID
    }

    private func value(_ model: FieldModel) throws -> JSONValue {
        let text = model.inputs[""] ?? ""
        switch model.definition.kind {
        case .multiChoice: return .array(model.selected.filter { !$0.isEmpty }.map(JSONValue.string))
        case .address: return address(model)
        case .link(let target) where !text.isEmpty:
            return .string(try record(text, of: target, model).description)
        case .anyLink where !text.isEmpty:
            let target = model.inputs["_object"] ?? ""
            return .object([
                .init(key: "object", value: .string(target)),
                .init(key: "id", value: .string(try record(text, of: target, model).description)),
            ])
        case .person where !text.isEmpty: return .string(try person(text, model).description)
        case .money where !text.isEmpty:
            let currency = model.inputs["_currency"] ?? session.schema.baseCurrency
            return .object([
                .init(key: "value", value: .string(text)), .init(key: "currency", value: .string(currency)),
            ])
        case .file: return model.linkedID.map(JSONValue.string) ?? .null
        case .instant: return .string(context.instant(local: text)?.description ?? text)
        default: return text.isEmpty ? .null : .string(text)
        }
    }

    private func address(_ model: FieldModel) -> JSONValue {
        let names = ["street", "country", "province", "city", "district", "postal_code"]
        let members = zip(names, model.definition.kind.columns).compactMap { name, part -> JSONValue.Member? in
            guard let text = model.inputs[part.suffix], !text.isEmpty else { return nil }
            return .init(key: name, value: .string(text))
        }
        return members.isEmpty ? .null : .object(members)
    }

    /// The record that a text means: by its id, or by its whole name if only one that the person sees has it.
    private func record(_ text: String, of target: String, _ model: FieldModel) throws -> RecordID {
        let key = model.definition.key
        guard let other = session.schema.object(target), !other.hidden else {
            throw FieldProblem(key, "required", PageTexts.chooseObject)
        }
        if let id = model.linkedID.flatMap({ RecordID($0) }) { return id }
        if let id = RecordID(text), try session.name(of: target, id) != nil { return id }
        let found = try namesakes(text, of: other)
        if found.count == 1 { return found[0] }
        throw FieldProblem(
            key,
            found.isEmpty ? "unknown_link" : "ambiguous_link",
            found.isEmpty ? PageTexts.noSuch(other.label, text) : PageTexts.several(other.label, text)
        )
    }

    private func namesakes(_ text: String, of other: ObjectDefinition) throws -> [RecordID] {
        guard (try? session.object(other.plural)) != nil else { return [] }
        var query = ListQuery()
        let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        query.filter = "\(other.nameField) = \"\(quoted)\""
        query.fields = [other.nameField]
        query.limit = 2
        return try session.list(other, query).rows.map(\.id)
    }

    private func person(_ text: String, _ model: FieldModel) throws -> RecordID {
        if let id = model.linkedID.flatMap({ RecordID($0) }) { return id }
        if text.contains("@"), let user = try identities.user(email: text, on: session.connection) { return user.id }
        if let id = RecordID(text), try identities.user(id, on: session.connection) != nil { return id }
        let folded = Fold.fold(text)
        let found = try identities.users(UserQuery(text: text, state: .active, limit: 50), on: session.connection)
            .users.filter { Fold.fold($0.name) == folded }
        if found.count == 1 { return found[0].id }
        throw FieldProblem(
            model.definition.key,
            found.isEmpty ? "unknown_link" : "ambiguous_link",
            found.isEmpty ? PageTexts.noPerson(text) : PageTexts.severalPeople(text)
        )
    }
}
