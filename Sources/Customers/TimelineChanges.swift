import Database
import Records
import SQLText
import Schema
import Values

extension TimelineReader {
    /// Changes of the customer's own fields, out of the audit log.
    func changes() throws -> [TimelineItem] {
        guard let object = session.schema.object(Customer.key) else { return [] }
        var before = try session.connection.value(
            """
            SELECT max(seq) + 1 FROM sys_audit WHERE record = \(customer.id) AND at <= \(end?.at ?? Int64.max)
            """
        ).integer
        var items: [TimelineItem] = []
        while let last = before, items.count < wanted {
            let rows = try session.history(object, customer.id, limit: 200, before: last)
            let names = try LinkedNames(rows, of: object, session)
            for row in rows where row.action == "update" {
                let changes = try row.changes.map { try read($0, of: object, names) } ?? []
                if changes.isEmpty { continue }
                var item = TimelineItem(
                    kind: .changed,
                    at: row.at,
                    object: object.key,
                    id: customer.id,
                    title: Label("Changed", zh: "修改\(object.label.zh)资料"),
                    tie: row.seq
                )
                item.actorName = row.actorName
                item.changes = changes
                if isOlder(item) { items.append(item) }
            }
            before = rows.count == 200 ? rows.last?.seq : nil
        }
        return Array(items.prefix(wanted))
    }

    private func read(_ text: String, of object: ObjectDefinition, _ names: LinkedNames) throws -> [TimelineItem.Change]
    {
        try (JSONReader.parse(text).members ?? []).compactMap { member in
            guard let field = object.field(member.key), let values = member.value.array, values.count == 2 else {
                return nil
            }
            return TimelineItem.Change(
                field: field.label,
                before: show(values[0], field, names),
                after: show(values[1], field, names)
            )
        }
    }

    private func show(_ value: JSONValue, _ field: FieldDefinition, _ names: LinkedNames) -> Label {
        switch value {
        case .null: return plain("")
        case .bool(let flag): return flag ? Label("yes", zh: "是") : Label("no", zh: "否")
        case .string(let text):
            return field.kind.choices.first { $0.key == text }?.label ?? plain(text)
        case .array(let items):
            let labels = items.map { show($0, field, names) }
            return Label(labels.map(\.en).joined(separator: ", "), zh: labels.map(\.zh).joined(separator: "、"))
        case .object: return plain(text(of: value, field, names))
        case .number: return plain(value.text)
        }
    }

    private func text(of value: JSONValue, _ field: FieldDefinition, _ names: LinkedNames) -> String {
        switch field.kind {
        case .money: return (value["value"]?.string ?? "") + " " + (value["currency"]?.string ?? "")
        case .address:
            let parts = ["province", "city", "district", "street"]
            return parts.compactMap { value[$0]?.string }.joined(separator: " ")
        case .link, .person: return value["id"] == nil ? "" : names.name(value, field) ?? "…"
        default: return value["name"]?.string ?? ""
        }
    }
}
