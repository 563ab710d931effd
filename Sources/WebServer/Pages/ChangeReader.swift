import Identity
import Pages
import Records
import Schema
import Values

/// Puts the changes of an entry of the audit log into words.
struct ChangeReader {
    private let object: ObjectDefinition
    private let session: ReadSession
    private let page: PageCall
    /// The record's address where its fields may be put back; nil elsewhere.
    private let address: String?
    /// The names of what the changes link to, as far as the person may read them.
    private let names: LinkedNames

    /// A reader of these entries: what they name is looked up at once for all of them.
    init(
        _ rows: [Records.AuditRow],
        of object: ObjectDefinition,
        session: ReadSession,
        page: PageCall,
        address: String?
    ) throws {
        self.object = object
        self.session = session
        self.page = page
        self.address = address
        names = try LinkedNames(rows, of: object, session)
    }

    /// A line per field with the value before and after.
    func html(_ row: Records.AuditRow) throws -> HTML {
        guard let text = row.changes, case .object(let members) = try JSONReader.parse(text) else { return .empty }
        if let lines = fileLines(row, members) { return lines }
        let lines = try members.compactMap { member -> HTML? in
            guard let field = object.field(member.key), case .array(let pair) = member.value, pair.count == 2 else {
                return nil
            }
            let (before, after) = (try words(pair[0], field), try words(pair[1], field))
            let label = page.context(field.label) + page.context(PageTexts.colon)
            if pair[0].isNull { return "<div><span class=\"k-muted\">\(label)</span>\(after)</div>" }
            return
                "<div><span class=\"k-muted\">\(label)</span><del>\(before)</del> → \(after)\(putBack(row, field))</div>"
        }
        return lines.joined()
    }

    private func putBack(_ row: Records.AuditRow, _ field: FieldDefinition) -> HTML {
        guard let address, row.action == "update", RollBackHandlers.isPossible(field, object, session) else {
            return .empty
        }
        return RollBackHandlers.button(address, seq: row.seq, field: field, page.context)
    }

    /// A file that was attached or deleted; nil for entries about fields.
    private func fileLines(_ row: Records.AuditRow, _ members: [JSONValue.Member]) -> HTML? {
        guard row.action == "attach" || row.action == "detach" else { return nil }
        return members.compactMap { $0.value.array }.joined().compactMap { $0["name"]?.string }.map { name -> HTML in
            row.action == "attach" ? "<div>\(name)</div>" : "<div><del>\(name)</del></div>"
        }.joined()
    }

    private func words(_ value: JSONValue, _ field: FieldDefinition) throws -> String {
        switch value {
        case .null: return page.context(Words.empty)
        case .bool(let flag): return page.context(flag ? Words.yes : Words.no)
        case .number(let text): return text
        case .string(let text): return choice(text, field) ?? moment(text, field) ?? text
        case .array(let items): return try items.map { try words($0, field) }.joined(separator: ", ")
        case .object(let members):
            if let currency = value["currency"]?.string, let amount = value["value"]?.string {
                return amount + " " + currency
            }
            if value["id"] != nil {
                return names.name(value, field) ?? value["name"]?.string ?? page.context(PageTexts.unseen)
            }
            return members.compactMap(\.value.string).joined(separator: " ")
        }
    }

    private func choice(_ key: String, _ field: FieldDefinition) -> String? {
        field.kind.choices.first { $0.key == key }.map { page.context($0.label) }
    }

    private func moment(_ text: String, _ field: FieldDefinition) -> String? {
        guard case .instant = field.kind else { return nil }
        return Instant(text).map { Format.instant($0, in: page.context) }
    }
}
