import Database
public import Identity
import SQLText
public import Schema
public import Values

extension ReadSession {
    /// Reads in the same transaction as another actor: for what is done under the rights of somebody else.
    public func reading<Result>(as other: Actor, _ body: (ReadSession) throws -> Result) rethrows -> Result {
        try body(ReadSession(connection: connection, state: state, actor: other, now: now))
    }

    /// The JSON of the records with these ids that the actor may read and that `filter` holds for, in the recycle bin or
    /// not; at most 1,000. Of `fields`, those that the actor may not read, or that there are no longer, are left out.
    public func captured(
        _ object: ObjectDefinition,
        _ ids: [RecordID],
        filter: String?,
        fields: [String]?
    ) throws -> [RecordID: [UInt8]] {
        let readable = Set(readableFields(object).map(\.key))
        let plan = try plan(object, fields: fields.map { $0.filter(readable.contains) })
        var found: [RecordID: [UInt8]] = [:]
        for isDeleted in [false, true] {
            let wanted = ids.filter { found[$0] == nil }
            if wanted.isEmpty { break }
            var query = ListQuery()
            query.filter = filter
            query.deleted = isDeleted
            let sql =
                "SELECT " + plan.select + " FROM \(name: object.key) t WHERE " + (try matching(object, query))
                + " AND t.\"id\" IN \(list: padded(wanted))"
            try connection.each(sql) { cursor in
                var json = JSONWriter(capacity: 1024)
                plan.write(cursor, to: &json)
                found[RecordID(cursor.integer(0))] = json.bytes
                return true
            }
        }
        return found
    }

    /// The ids with the last one repeated, so that there are few lengths and so few statements to prepare.
    private func padded(_ ids: [RecordID]) -> [SQLValue] {
        let values = ids.prefix(1000).map { SQLValue.integer($0.raw) }
        guard let last = values.last, let length = [1, 10, 100, 1000].first(where: { $0 >= values.count }) else {
            return []
        }
        return values + repeatElement(last, count: length - values.count)
    }
}
