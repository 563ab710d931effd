import Database
import Identity
import SQLText
public import Schema
public import Values

/// The names of what values of links, people and files lead to, as far as the actor may read it: looked up at once for
/// all values of a page.
public struct LinkedNames {
    private struct Target: Hashable {
        /// The key of an object, `sys_user` or `sys_file`.
        let of: String
        let id: RecordID
    }

    private var names: [Target: String] = [:]

    /// Looks up what these values lead to, each as the audit log writes it: `{"id": …}`. Other values are passed over.
    public init(_ values: [(field: FieldDefinition, value: JSONValue)], _ session: ReadSession) throws {
        let targets = Set(values.compactMap { LinkedNames.target($0.value, $0.field) })
        for (key, group) in Dictionary(grouping: targets, by: \.of) {
            for (id, name) in try LinkedNames.look(key, group.map(\.id), session) {
                names[Target(of: key, id: id)] = name
            }
        }
    }

    /// Looks up what the values before and after of entries of the audit log of an object lead to.
    public init(_ rows: [AuditRow], of object: ObjectDefinition, _ session: ReadSession) throws {
        let values = rows.flatMap { row -> [(field: FieldDefinition, value: JSONValue)] in
            guard let text = row.changes, case .object(let members)? = try? JSONReader.parse(text) else { return [] }
            return members.flatMap { member in
                object.field(member.key).map { field in (member.value.array ?? []).map { (field, $0) } } ?? []
            }
        }
        try self.init(values, session)
    }

    /// The name of what a value of a field leads to; nil when the actor may not see it, or there is none.
    public func name(_ value: JSONValue, _ field: FieldDefinition) -> String? {
        LinkedNames.target(value, field).flatMap { names[$0] }
    }

    private static func target(_ value: JSONValue, _ field: FieldDefinition) -> Target? {
        guard let id = value["id"]?.string.flatMap({ RecordID($0) }) else { return nil }
        return switch field.kind {
        case .link(let target): Target(of: target, id: id)
        case .anyLink: value["object"]?.string.map { Target(of: $0, id: id) }
        case .person: Target(of: "sys_user", id: id)
        case .file: Target(of: "sys_file", id: id)
        default: nil
        }
    }

    private static func look(_ key: String, _ ids: [RecordID], _ session: ReadSession) throws -> [RecordID: String] {
        guard key == "sys_user" || key == "sys_file" else { return try session.names(of: key, ids) }
        let wanted = ids.sorted().map { SQLValue.integer($0.raw) }
        let rows = try session.connection.rows("SELECT id, name FROM \(name: key) WHERE id IN \(list: wanted)")
        return Dictionary(rows.map { (RecordID($0.integer(0)), $0.text(1)) }) { first, _ in first }
    }
}

extension ReadSession {
    /// The names of records of an object that the actor may read and that are not in the recycle bin: a statement for
    /// each two hundred.
    public func names(of key: String, _ ids: some Collection<RecordID>) throws -> [RecordID: String] {
        guard let known = schema.object(key), let object = try? object(known.plural) else { return [:] }
        let sorted = ids.sorted()
        var names: [RecordID: String] = [:]
        for start in stride(from: 0, to: sorted.count, by: 200) {
            let some = sorted[start..<min(start + 200, sorted.count)]
            var query = ListQuery()
            query.filter = "id in (" + some.map { "\"\($0)\"" }.joined(separator: ", ") + ")"
            query.fields = ["id", object.nameField]
            query.limit = 200
            let page = try list(object, query)
            let name = page.plan.slot(object.nameField)
            for row in page.rows { names[row.id] = name.flatMap(row.values)?.first?.text ?? "" }
        }
        return names
    }
}
