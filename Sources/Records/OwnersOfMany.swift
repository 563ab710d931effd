import Database
import Expressions
import Identity
import SQLText
public import Schema
import Values

/// Lists of somebody who owns very many records, in an order in which no index has the records of one person.
///
/// SQLite would read all records of that person and sort them. Here it is asked for the ids of the page first, where that
/// leads there sooner: among the newest records of all, or in ranges of indexes that hold everybody's. Whatever it
/// looks at is bounded; where that does not tell the page, all records of the person are looked at after all. PostgreSQL
/// chooses by its statistics.
extension ReadSession {
    /// The first records of a list whose filter holds only where one of some other conditions does, each a range of an
    /// indexed field. What fits the first of these comes first in the list's order.
    public func list(_ object: ObjectDefinition, _ query: ListQuery, amid ranges: [String]) throws -> RecordPage {
        try list(object, query, ids: idsOfMany(object, query, amid: ranges))
    }

    /// The ids of a page, newest first; nil where the list is not one of these.
    func newestOfMany(_ object: ObjectDefinition, _ query: ListQuery, _ order: SortOrder) throws -> [RecordID]? {
        guard order.isNewestFirst, let share = try share(object, query) else { return nil }
        let after = try query.cursor.map { try order.after($0) }
        let count = Int64(query.limit + 1)
        let look = 2 * count * (share.all / share.owned + 1)
        // Reading a record costs as much as reading some ten entries of an index.
        if look * 10 < share.owned {
            let newest = idsIn(object, after.map { [$0] } ?? [], order, look, "NOT INDEXED")
            let found = try ids(of: newest, object, query, order)
            if found.count == count { return found }
        }
        let conditions = [try matching(object, query)] + (after.map { [$0] } ?? [])
        return try ids(idsIn(object, conditions, order, count))
    }

    private func idsOfMany(_ object: ObjectDefinition, _ query: ListQuery, amid ranges: [String]) throws -> [RecordID]?
    {
        guard query.cursor == nil, let share = try share(object, query, orEverybody: true) else { return nil }
        let order = try sortTerms(object, query)
        let bound = max(manyOwned, min(share.owned / 8, 20_000))
        let conditions = try ranges.map { text -> [SQLFragment] in
            let checked = try check(text, on: object)
            return ["t.\"deleted_at\" IS NULL", try expressions(asActor: true).condition(checked, alias: "t")]
        }
        guard let first = conditions.first else { return nil }
        let found = try ids(of: idsIn(object, first, order, bound), object, query, order)
        if found.count > query.limit { return found }
        for range in conditions {
            let sql: SQLFragment = "SELECT count(*) FROM (\(idsIn(object, range, nil, bound))) AS found"
            if try connection.value(sql).integer == bound { return nil }
        }
        let all = conditions.map { "SELECT t.\"id\" FROM \(name: object.key) t WHERE " + $0.joined(" AND ") }
        let some: SQLFragment = "t.\"id\" IN (" + all.joined(" UNION ") + ")"
        return try ids(idsIn(object, [some, try matching(object, query)], order, Int64(query.limit + 1)))
    }

    private func idsIn(
        _ object: ObjectDefinition,
        _ conditions: [SQLFragment],
        _ order: SortOrder?,
        _ limit: Int64,
        _ hint: SQLFragment = ""
    ) -> SQLFragment {
        var sql: SQLFragment = "SELECT t.\"id\" AS one FROM \(name: object.key) t " + hint
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(" AND ") }
        if let order { sql += " ORDER BY " + order.orderBy }
        return sql + " LIMIT \(limit)"
    }

    /// The ids of the page among some records.
    private func ids(of some: SQLFragment, _ object: ObjectDefinition, _ query: ListQuery, _ order: SortOrder) throws
        -> [RecordID]
    {
        try ids(
            "SELECT t.\"id\" FROM (" + some + ") AS some CROSS JOIN \(name: object.key) t ON t.\"id\" = some.one WHERE "
                + (try matching(object, query)) + " ORDER BY " + order.orderBy + " LIMIT \(query.limit + 1)"
        )
    }

    private func ids(_ sql: SQLFragment) throws -> [RecordID] {
        try connection.rows(sql).map { RecordID($0.integer(0)) }
    }

    /// How many records those have whose list it is, or all where it is everybody's, of how many; nil where they are few,
    /// or there is no need to know.
    private func share(_ object: ObjectDefinition, _ query: ListQuery, orEverybody: Bool = false) throws
        -> (owned: Int64, all: Int64)?
    {
        guard connection.dialect == .sqlite, !query.deleted, (query.search ?? "").allSatisfy(\.isWhitespace) else {
            return nil
        }
        let owners = owners(object, query)
        if owners == nil, !orEverybody { return nil }
        let theirs: SQLFragment = owners.map { "CASE WHEN owner IN \(list: $0) THEN records ELSE 0 END" } ?? "records"
        let row = try connection.row(
            """
            SELECT sum(\(theirs)), sum(records) FROM sys_kept
            WHERE object = \(object.key) AND kind = '' AND owner >= 0
            """
        )
        guard let row, let owned = row[0].integer, let all = row[1].integer, owned >= manyOwned else { return nil }
        return (owned, all)
    }

    /// The people whose records a list shows alone; nil also for those that belong to one record, such as the contacts of a
    /// customer, which an index finds.
    private func owners(_ object: ObjectDefinition, _ query: ListQuery) -> [SQLValue]? {
        let parts = parts(of: query)
        if parts.contains(where: { isLinked($0, object) }) { return nil }
        for part in parts { if let some = conditions(part, object)?["owner"] { return Array(some) } }
        guard access.scope(.read, on: object.key) == .own, let me = actor.userID else { return nil }
        return [.integer(me.raw)]
    }

    /// True for a list of what belongs to one record, such as the contacts of a customer: an index finds those.
    func isOfOneRecord(_ object: ObjectDefinition, _ query: ListQuery) -> Bool {
        parts(of: query).contains { isLinked($0, object) }
    }

    /// What a filter asks for, all of it; nothing where it is empty or wrong.
    private func parts(of query: ListQuery) -> [Expression] {
        let text = query.filter ?? ""
        guard !text.allSatisfy(\.isWhitespace), text.utf8.count < 1000, let parsed = try? ExpressionParser.parse(text)
        else { return [] }
        return if case .all(let parts, _) = parsed { parts } else { [parsed] }
    }

    private func isLinked(_ part: Expression, _ object: ObjectDefinition) -> Bool {
        guard case .comparison(.equal, .path(let path, _), _, _) = part, path.count == 1, let key = path.first?.text
        else { return false }
        return switch object.field(key)?.kind {
        case .link, .anyLink: true
        default: false
        }
    }
}
