import Alerts
import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// Turns entries of the audit log into words.
struct AuditReader {
    private let session: ReadSession
    private let context: PageContext
    /// The names of the records of the entries, by object, as far as the person may read them.
    private let records: [String: [RecordID: String]]
    /// The names of the people and teams that the changes name.
    private let people: [RecordID: String]

    /// A reader of these entries: what they name is looked up at once for all of them.
    init(_ entries: [Records.AuditRow], session: ReadSession, context: PageContext) throws {
        self.session = session
        self.context = context
        let touched = Dictionary(grouping: entries.filter { $0.record != nil }, by: { $0.object ?? "" })
        records = try touched.reduce(into: [:]) { names, group in
            names[group.key] = try session.names(of: group.key, Set(group.value.compactMap(\.record)))
        }
        let changes = entries.compactMap { $0.changes.flatMap { try? JSONReader.parse($0) } }
        let ids = Set(changes.flatMap(Self.ids)).sorted().prefix(1000).map { SQLValue.integer($0.raw) }
        let found =
            ids.isEmpty
            ? []
            : try session.connection.rows(
                """
                SELECT id, name FROM sys_user WHERE id IN \(list: ids)
                UNION ALL SELECT id, name FROM sys_team WHERE id IN \(list: ids)
                """
            )
        people = Dictionary(found.map { (RecordID($0.integer(0)), $0.text(1)) }) { first, _ in first }
    }

    /// What may be the id of a person or a team.
    private static func ids(_ value: JSONValue) -> [RecordID] {
        switch value {
        case .string(let text): text.utf8.count == 13 ? RecordID(text).map { [$0] } ?? [] : []
        case .array(let items): items.flatMap(ids)
        case .object(let members): members.flatMap { ids($0.value) }
        case .null, .bool, .number: []
        }
    }

    /// One row of the page.
    func row(_ entry: Records.AuditRow) -> Pages.AuditRow {
        let object = entry.object.flatMap { session.schema.object($0) }
        return Pages.AuditRow(
            at: entry.at,
            actor: AuditWords.actor(entry, context),
            action: action(entry, object),
            record: record(entry, object),
            changes: changes(entry, object),
            origin: origin(entry)
        )
    }

    private func action(_ entry: Records.AuditRow, _ object: ObjectDefinition?) -> String {
        let known = context(AuditWords.action(entry.action))
        let subject = object?.label ?? entry.object.flatMap { AuditWords.subjects[$0] }
        return subject.map { known + " · " + context($0) } ?? known
    }

    private func record(_ entry: Records.AuditRow, _ object: ObjectDefinition?) -> CellValue.Linked? {
        guard let id = entry.record else { return nil }
        if let object {
            if let name = records[object.key]?[id] {
                let href = Addresses.record(object.plural, id.description)
                return .init(name: name.isEmpty ? context(object.label) : name, href: href)
            }
            return .init(name: id.description)
        }
        let name = entry.changes.flatMap { try? JSONReader.parse($0) }?["name"]?.array?.last?.string
        guard let name else { return nil }
        let href = entry.object == "sys_user" && session.actor.rights.allows(.users)
        return .init(name: name, href: href ? Addresses.users + "/" + id.description : nil)
    }

    private func origin(_ entry: Records.AuditRow) -> String {
        let place: Label =
            switch entry.origin.prefix(while: { $0 != ":" }) {
            case "page": Label("Page", zh: "页面")
            case "api": Label("API", zh: "接口")
            case "command": Label("Command line", zh: "命令行")
            case "import": Label("Import", zh: "导入")
            case "rule": Label("Automatic", zh: "自动")
            default: Label(entry.origin, zh: entry.origin)
            }
        return [context(place), entry.address ?? ""].filter { !$0.isEmpty }.joined(separator: " · ")
    }

    // MARK: Changes

    private func changes(_ entry: Records.AuditRow, _ object: ObjectDefinition?) -> [Pages.AuditRow.Change] {
        guard let text = entry.changes, let json = try? JSONReader.parse(text) else { return [] }
        if let items = json.array {
            return items.prefix(5).map { .init(context(AdminTexts.change), before: "", after: shown($0, nil)) }
        }
        let isSystem = object == nil
        let isErasure = entry.action == "erase"
        return (json.members ?? []).filter { !isErasure || $0.key != "sealed" }.prefix(12).compactMap { member in
            let field = object?.field(member.key)
            let name = field?.label ?? AuditWords.member(member.key, of: entry)
            let label = name.map { context($0) } ?? member.key
            if entry.action == "alert", member.key == "kind",
                let kind = (member.value.string ?? member.value.array?.last?.string).flatMap(Alert.Kind.init)
            {
                return .init(label, before: "", after: context(kind.label))
            }
            guard let pair = member.value.array, pair.count == 2 else {
                return .init(label, before: "", after: shown(member.value, field))
            }
            if isSystem, member.key == "name", pair[0] == pair[1] { return nil }
            if pair.allSatisfy({ $0.isNull || $0.string == "" }) { return nil }
            // Deleting notes what the record was: the same on both sides.
            if pair[0] == pair[1] { return .init(label, before: shown(pair[0], field), after: "") }
            return .init(label, before: shown(pair[0], field), after: shown(pair[1], field))
        }
    }

    private func shown(_ value: JSONValue, _ field: FieldDefinition?) -> String {
        switch value {
        case .null: return ""
        case .bool(let flag): return context(flag ? Words.yes : Words.no)
        case .number(let text): return text
        case .string(let text):
            if let choice = field?.kind.choices.first(where: { $0.key == text }) { return context(choice.label) }
            return named(text) ?? String(text.prefix(200))
        case .array(let items): return items.prefix(10).map { shown($0, field) }.joined(separator: ", ")
        case .object(let members):
            if let en = value["en"]?.string, let zh = value["zh"]?.string { return context(Label(en, zh: zh)) }
            if let name = value["name"]?.string { return name }
            if let id = value["id"]?.string { return named(id) ?? id }
            if let amount = value["value"]?.string, let currency = value["currency"]?.string {
                return amount + " " + currency
            }
            return members.prefix(6).map { shown($0.value, nil) }.filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// The name of the user or team whose id a text is.
    private func named(_ text: String) -> String? {
        text.utf8.count == 13 ? RecordID(text).flatMap { people[$0] } : nil
    }
}
