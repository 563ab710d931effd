import Database
import FieldKinds
import Records
import SQLText
import Schema
import Values

extension ImportMapping {
    /// Ids of another workspace or system say nothing here, unless their records were imported before. A record's own
    /// id is kept as where it comes from, if its form tells it from those of other systems; columns that link by ids nobody knows are left out, and the columns with the
    /// names take their place. The samples tell.
    mutating func leaveForeignIDs(
        _ headers: [String],
        _ rows: [[String]],
        _ object: ObjectDefinition,
        _ session: ReadSession
    ) throws {
        try preferNames(rows, object, session)
        for index in columns.indices {
            guard let target = columns[index].field, target == "id" || target.hasSuffix(".id") else { continue }
            let key = String(target.prefix { $0 != "." })
            // No column has the names of what a link to any object leads to: each row finds its record by the id.
            if case .anyLink = object.field(key)?.kind { continue }
            let texts = rows.compactMap { $0.indices.contains(index) ? $0[index].trimmed : nil }.filter { !$0.isEmpty }
            guard !texts.isEmpty else { continue }
            // Ids of other systems do not even look like ours.
            let ids = Set(texts.compactMap { RecordID($0) })
            guard try ids.isEmpty || !ImportMapping.isKnown(ids, key, object, session) else { continue }
            if texts.allSatisfy(ForeignRecords.isUnmistakable) {
                if target == "id" {
                    columns[index].field = ForeignRecords.target
                    continue
                }
                if try ImportMapping.wereImported(Set(texts), key, object, session) { continue }
            }
            columns[index].field = nil
            columns[index].note = Label("These ids are of another system or workspace.", zh: "这些编号属于其他系统或工作区，未使用。")
            guard target != "id" else { continue }
            for other in columns.indices where columns[other].field == nil && other != index {
                guard ImportMapping.names(key, headers[other], object) else { continue }
                (columns[other].field, columns[other].note) = (key, nil)
                break
            }
        }
    }

    /// Links of JSON Lines are objects with id and name.
    private mutating func preferNames(
        _ rows: [[String]],
        _ object: ObjectDefinition,
        _ session: ReadSession
    ) throws {
        for index in columns.indices where !prefersNames {
            guard let target = columns[index].field, object.field(target) != nil else { continue }
            let ids = rows.compactMap { row -> RecordID? in
                guard row.indices.contains(index), row[index].hasPrefix("{"),
                    let id = (try? JSONReader.parse(row[index]))?["id"]?.string
                else { return nil }
                return RecordID(id)
            }
            guard try !ids.isEmpty && !ImportMapping.isKnown(Set(ids), target, object, session) else { continue }
            // Links by id are looked up among what was imported before; persons only have names.
            prefersNames = true
        }
    }

    /// Whether records that a link may lead to came with these ids.
    private static func wereImported(
        _ ids: Set<String>,
        _ key: String,
        _ object: ObjectDefinition,
        _ session: ReadSession
    ) throws -> Bool {
        guard case .link(let target) = object.field(key)?.kind, let linked = session.schema.object(target) else {
            return false
        }
        return try !ForeignRecords.find(ids, linked, session).isEmpty
    }

    private static func names(_ key: String, _ header: String, _ object: ObjectDefinition) -> Bool {
        guard let field = object.field(key) else { return false }
        let header = ReducedHeader(header).text
        return [key, field.label.en, field.label.zh].contains { ReducedHeader($0).text == header }
    }

    private static func isKnown(
        _ ids: Set<RecordID>,
        _ key: String,
        _ object: ObjectDefinition,
        _ session: ReadSession
    ) throws -> Bool {
        let table: String
        switch object.field(key)?.kind {
        case _ where key == "id": table = object.key
        case .link(let target): table = target
        case .person: table = "sys_user"
        default: return true
        }
        let list = ids.map { SQLValue.integer($0.raw) }
        return try session.connection.row("SELECT 1 FROM \(name: table) WHERE id IN \(list: list) LIMIT 1") != nil
    }
}
