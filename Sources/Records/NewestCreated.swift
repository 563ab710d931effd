import Database
import SQLText
import Schema
import Values

/// Lists with the newest creation first, for which there is no index: ids tell the time, too.
///
/// A record is never younger than its id. So whatever comes before some record in this order has an id of that record's
/// time or later, and only those are looked at: from the last of as many records as the page holds, taken from the
/// newest ids. Where those do not fill the page, all records are sorted.
extension ReadSession {
    private static let look: Int64 = 1000
    /// How far the clock may have gone back while a record was written, in milliseconds.
    private static let slack: Int64 = 3_600_000

    /// The ids of a page; nil where the list is not one of these.
    func newestCreated(_ object: ObjectDefinition, _ query: ListQuery, _ order: SortOrder) throws -> [RecordID]? {
        guard order.isNewestCreatedFirst, !query.deleted, (query.search ?? "").allSatisfy(\.isWhitespace),
            !isOfOneRecord(object, query)
        else { return nil }
        var conditions = [try matching(object, query)]
        var last = RecordID(.max)
        if let cursor = query.cursor {
            conditions.append(try order.after(cursor))
            guard let moment = try order.first(of: cursor).integer else { return nil }
            last = IDSource.floor(at: Instant(milliseconds: moment + ReadSession.slack))
        }
        // SQLite would read all records of a person for their sake.
        let from: SQLFragment = connection.dialect == .sqlite ? " t NOT INDEXED WHERE " : " t WHERE "
        let start: SQLFragment = """
            SELECT "id" FROM \(name: object.key) WHERE "id" <= \(last) ORDER BY "id" DESC LIMIT 1 OFFSET \(ReadSession.look)
            """
        let some = try connection.row(
            "SELECT t.\"created_at\" FROM \(name: object.key)" + from + conditions.joined(" AND ")
                + " AND t.\"id\" >= coalesce((" + start + "), 0) AND t.\"id\" <= \(last)"
                + " ORDER BY t.\"created_at\" DESC LIMIT 1 OFFSET \(query.limit)"
        )
        guard let moment = some?[0].integer else { return nil }
        let first = IDSource.floor(at: Instant(milliseconds: moment - ReadSession.slack))
        return try connection.rows(
            "SELECT t.\"id\" FROM \(name: object.key)" + from + conditions.joined(" AND ")
                + " AND t.\"id\" >= \(first) ORDER BY " + order.orderBy + " LIMIT \(query.limit + 1)"
        ).map { RecordID($0.integer(0)) }
    }
}
