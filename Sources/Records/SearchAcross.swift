import Database
import SQLText
public import Schema
import Search

extension ReadSession {
    /// Of some objects those in which anything is found, whether the actor may see it or not: one statement tells which
    /// of many are worth a search of their own. An object that the actor may not read at all is left out.
    public func objectsWithHits(_ text: String, among objects: [ObjectDefinition]) throws -> [ObjectDefinition] {
        let asked = objects.compactMap { object -> (object: ObjectDefinition, query: SearchQuery)? in
            guard (try? self.object(object.plural)) != nil else { return nil }
            return searchQuery(text, object).map { (object, $0) }
        }
        guard !asked.isEmpty else { return [] }
        let waiting = try WaitingEntries(on: connection)
        let parts = asked.enumerated().map { place, entry -> SQLFragment in
            let ids = entry.query.ids(of: entry.object.key, connection.dialect)
            return "SELECT \(raw: String(place)) WHERE EXISTS (\(ids))"
        }
        var found = Set(try connection.rows(parts.joined(" UNION ALL ")).map { Int($0.integer(0)) })
        for (place, entry) in asked.enumerated() where !waiting.ids(of: entry.object.key, entry.query).isEmpty {
            found.insert(place)
        }
        return asked.indices.filter(found.contains).map { asked[$0].object }
    }
}
