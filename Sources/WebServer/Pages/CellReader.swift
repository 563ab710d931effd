import Identity
import Pages
import Records
import Schema
import Values

/// Turns rows of the engine into values that components show.
struct CellReader {
    let session: ReadSession
    let context: PageContext

    /// The value of a slot of a row.
    func cell(_ slot: ReadPlan.Slot, of row: RecordRow) -> CellValue {
        value(slot.field, row.values(slot), name: row.name(slot))
    }

    /// The value of a field from its columns; `name` is that of the linked record, nil where it may not be seen.
    func value(_ field: FieldDefinition, _ columns: [SQLValue], name: String?) -> CellValue {
        guard let first = columns.first, let raw = first.integer else { return CellValue(field.kind, columns: columns) }
        switch field.kind {
        case .link(let target): return CellValue(field.kind, columns: columns, linked: linked(target, raw, name))
        case .anyLink:
            let target = columns.count > 1 ? columns[1].text ?? "" : ""
            let found = (try? session.name(of: target, RecordID(raw))) ?? nil
            return CellValue(field.kind, columns: columns, linked: linked(target, raw, found))
        case .file:
            return CellValue(
                field.kind,
                columns: columns,
                linked: .init(name: name ?? unseen, href: name == nil ? nil : Addresses.file(RecordID(raw)))
            )
        case .person:
            return CellValue(field.kind, columns: columns, linked: .init(name: name ?? unseen))
        default: return CellValue(field.kind, columns: columns)
        }
    }

    private var unseen: String { context(PageTexts.unseen) }

    private func linked(_ target: String, _ raw: Int64, _ name: String?) -> CellValue.Linked {
        guard let name, let object = session.schema.object(target) else { return .init(name: unseen) }
        let shown = name.isEmpty ? context(object.label) : name
        return .init(name: shown, href: Addresses.record(object.plural, RecordID(raw).description))
    }
}

extension RecordRow {
    /// The name of the record, by the plan that it was read with; the name of its object when it has none.
    func title(_ plan: ReadPlan, in context: PageContext) -> String {
        let name = plan.slot(plan.object.nameField).flatMap { values($0).first?.text } ?? ""
        return name.isEmpty ? context(plan.object.label) : name
    }
}

/// The people of the workspace, to choose from.
enum PeopleChoice {
    /// The active people by name, at most 200: what is sent is the id.
    static func options(_ identities: Identities, _ session: ReadSession) throws -> [Option] {
        let query = UserQuery(state: .active, limit: 200)
        return try identities.users(query, on: session.connection).users.map { Option($0.id.description, $0.name) }
    }

    /// The active people for a text field: what is sent is the name, or the address where names are the same.
    static func suggestions(_ identities: Identities, _ session: ReadSession) throws -> [Option] {
        let people = try identities.users(UserQuery(state: .active, limit: 200), on: session.connection).users
        let counts = Dictionary(people.map { ($0.name, 1) }, uniquingKeysWith: +)
        return people.map { Option(counts[$0.name] == 1 ? $0.name : $0.email, $0.email) }
    }
}
