import Database
public import SQLText
public import Schema
public import Values

extension ReadSession {
    /// The records with these ids that the actor may do `verb` with, in one statement and in no order; at most 1,000.
    public func records(_ object: ObjectDefinition, _ ids: [RecordID], for verb: RecordVerb = .read) throws
        -> [AnyRecord]
    {
        try rows(object, ids, access.condition(verb, on: object.key, alias: "t"))
    }

    /// The same whatever the actor may see: for comparing. Nothing of it may be shown.
    public func anyRecords(_ object: ObjectDefinition, _ ids: [RecordID]) throws -> [AnyRecord] {
        try rows(object, ids, nil)
    }

    private func rows(_ object: ObjectDefinition, _ ids: [RecordID], _ condition: SQLFragment?) throws -> [AnyRecord] {
        guard let shape = state.shapes[object.key], !ids.isEmpty else { return [] }
        // One text for all lengths keeps the number of prepared statements small.
        let list = "[" + ids.prefix(1000).map { String($0.raw) }.joined(separator: ",") + "]"
        var sql: SQLFragment = """
            SELECT \(raw: shape.columns.map { "t." + quotedName($0) }.joined(separator: ", ")) \
            FROM \(name: object.key) t WHERE t."id" IN \(Portability.ids(list, connection.dialect)) AND t."deleted_at" IS NULL
            """
        if let condition { sql += " AND " + condition }
        return try connection.rows(sql).map { AnyRecord(shape: shape, values: $0.values) }
    }

    /// The records of an object that follow an id, oldest first, whatever the actor may see: for going through all.
    public func anyRecords(_ object: ObjectDefinition, after id: RecordID, limit: Int) throws -> [AnyRecord] {
        guard let shape = state.shapes[object.key] else { return [] }
        return try connection.rows(
            """
            SELECT \(raw: shape.columns.map { "t." + quotedName($0) }.joined(separator: ", ")) \
            FROM \(name: object.key) t WHERE t."id" > \(id) AND t."deleted_at" IS NULL ORDER BY t."id" LIMIT \(limit)
            """
        ).map { AnyRecord(shape: shape, values: $0.values) }
    }

    /// The condition on rows with which the actor may do `verb`, for a table of the object under `alias`; nil for all.
    public func condition(_ verb: RecordVerb, on object: ObjectDefinition, alias: String) -> SQLFragment? {
        access.condition(verb, on: object.key, alias: alias)
    }
}
