import Database
import SQLText
public import Schema
public import Values

extension ReadSession {
    /// Of the links that lead to a record those through which anything does, whether the actor may see it or not: one
    /// statement tells which of many lists are worth reading.
    public func linksInUse(
        _ links: [(object: ObjectDefinition, field: FieldDefinition)],
        to id: RecordID
    ) throws -> [(object: ObjectDefinition, field: FieldDefinition)] {
        guard !links.isEmpty else { return [] }
        let parts = links.enumerated().map { place, link -> SQLFragment in
            """
            SELECT \(raw: String(place)) WHERE EXISTS (SELECT 1 FROM \(name: link.object.key) \
            WHERE \(name: link.field.key) = \(id) AND "deleted_at" IS NULL)
            """
        }
        let found = Set(try connection.rows(parts.joined(" UNION ALL ")).map { Int($0.integer(0)) })
        return links.indices.filter(found.contains).map { links[$0] }
    }
}
