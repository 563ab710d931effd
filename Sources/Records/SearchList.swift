import Database
import Identity
import SQLText
import Schema
import Search
import Synchronization
import Values

/// A page of what the search box finds: of the newest hits the best ones first, behind them the older ones.
///
/// Only a bounded number of hits is read and ranked, so that a word that half of all records hold costs no more than
/// a rare one.
struct SearchPage {
    /// Where a page begins.
    private enum Place {
        /// Among the ranked hits, of which the newest is `top`.
        case ranked(offset: Int, top: Int64?)
        /// Behind them: older than this id.
        case older(than: Int64)
    }

    private static let rankedHits = 300

    let ids: [RecordID]
    let next: String?

    init(
        _ search: SearchQuery,
        of object: ObjectDefinition,
        limit: Int,
        cursor: String?,
        condition: SQLFragment,
        frequencies: SearchFrequencies,
        on connection: Connection
    ) throws {
        let waiting = try WaitingEntries(of: object.key, on: connection).ids(of: object.key, search)
        func newest(_ bound: (SQLFragment) -> SQLFragment, _ count: Int) throws -> [Row] {
            let hits = search.hits(of: object.key, joining: "t", connection.dialect, wanted: count, frequencies)
            let found = try connection.rows(
                "SELECT \(hits.rowid), t.\(name: object.nameField) FROM \(hits.from) WHERE \(hits.condition) AND "
                    + condition + bound(hits.rowid) + " ORDER BY \(hits.order) LIMIT \(count)"
            )
            if waiting.isEmpty { return found }
            let more = try connection.rows(
                "SELECT t.\"id\", t.\(name: object.nameField) FROM \(name: object.key) t WHERE t.\"id\" IN "
                    + "(SELECT value FROM json_each(\(WaitingEntries.list(waiting)))) AND " + condition
                    + bound("t.\"id\"")
            )
            return Array((found + more).sorted { $0.integer(0) > $1.integer(0) }.prefix(count))
        }
        switch try SearchPage.place(cursor) {
        case .ranked(let offset, let top):
            if cursor == nil, let first = try SearchPage.first(search, object, limit, newest, on: connection) {
                (ids, next) = (first.ids, first.next)
                return
            }
            let rows = try newest({ key in top.map { " AND \(key) <= \($0)" } ?? "" }, SearchPage.rankedHits + 1)
            let head = Array(rows.prefix(SearchPage.rankedHits))
            let ranked = Ranking(search).sorted(head, id: { RecordID($0.integer(0)) }, name: { $0.text(1) })
            let page = ranked.dropFirst(offset).prefix(limit)
            ids = page.map { RecordID($0.integer(0)) }
            if offset + page.count < ranked.count {
                next = "r.\(offset + page.count).\(head.first?.integer(0) ?? 0)"
            } else {
                next = rows.count > head.count ? "o.\(head.last?.integer(0) ?? 0)" : nil
            }
        case .older(let last):
            let rows = try newest({ " AND \($0) < \(last)" }, limit + 1)
            ids = rows.prefix(limit).map { RecordID($0.integer(0)) }
            next = rows.count > limit ? "o.\(rows[limit - 1].integer(0))" : nil
        }
    }

    /// The first page without reading all the hits that are ranked, where as many as are wanted fit as well as any can:
    /// whether a name begins with the query at all, its sort key tells.
    private static func first(
        _ search: SearchQuery,
        _ object: ObjectDefinition,
        _ limit: Int,
        _ newest: ((SQLFragment) -> SQLFragment, Int) throws -> [Row],
        on connection: Connection
    ) throws -> (ids: [RecordID], next: String)? {
        guard limit < 100, let key = SortKey.beginning(search) else { return nil }
        let column: SQLFragment = "t.\(name: ObjectDefinition.nameSortColumn)"
        let beginnings = try connection.rows(
            """
            SELECT \(column) FROM \(name: object.key) t WHERE t."deleted_at" IS NULL \
            AND \(column) >= \(key) AND \(column) < \(key + "\u{10FFFD}") ORDER BY \(column) LIMIT 1
            """
        )
        let best: Ranking.Fit
        if let first = beginnings.first {
            // A name that is the query itself comes before all others.
            if first.text(0) == key { return nil }
            best = .begins
        } else {
            best = .contains
        }
        let ranking = Ranking(search)
        let rows = try newest({ _ in "" }, limit * 2)
        let fitting = rows.filter { ranking.fit($0.text(1)) >= best }
        guard fitting.count > limit, let top = rows.first else { return nil }
        return (fitting.prefix(limit).map { RecordID($0.integer(0)) }, "r.\(limit).\(top.integer(0))")
    }

    private static func place(_ cursor: String?) throws -> Place {
        guard let cursor else { return .ranked(offset: 0, top: nil) }
        let parts = cursor.utf8.count < 60 ? cursor.split(separator: ".") : []
        if parts.count == 3, parts[0] == "r", let offset = Int(parts[1]), offset >= 0, let top = Int64(parts[2]) {
            return .ranked(offset: offset, top: top)
        }
        if parts.count == 2, parts[0] == "o", let last = Int64(parts[1]) { return .older(than: last) }
        throw Problem.invalidCursor
    }
}

extension ReadSession {
    /// What was typed, as a query of what the actor may read: a column of the index that holds the value of a field
    /// that is hidden from them, if only on some records, is not searched at all.
    func searchQuery(_ text: String, _ object: ObjectDefinition) -> SearchQuery? {
        guard let query = SearchQuery.parse(text), let shape = state.shapes[object.key] else { return nil }
        var columns = Set(SearchColumn.allCases)
        for place in shape.searched {
            let field = place.field
            guard access.right(on: field, of: object) == .hidden || actor.rights.differs(object.key, field.key)
            else { continue }
            if case .phone = field.kind {
                columns.remove(.phones)
            } else {
                columns.remove(field.key == object.nameField ? .names : .texts)
            }
        }
        return query.over(columns)
    }
}

extension Problem {
    /// A cursor of another list, or rubbish.
    static let invalidCursor = Problem.malformed(
        "invalid_cursor",
        Label(
            "This cursor does not belong to this list. Begin again without it.",
            zh: "翻页游标与当前列表不符，请从第一页重新开始。"
        )
    )
}

/// What is known of how frequent tokens are, for some minutes.
final class FrequencyMemory: Sendable {
    private let known = Mutex<[String: (until: Instant, found: SearchFrequencies)]>([:])
    private static let minutes: Int64 = 10

    func of(_ object: String, at now: Instant, on connection: Connection) throws -> SearchFrequencies {
        if let known = known.withLock({ $0[object] }), known.until > now { return known.found }
        let found = try SearchFrequencies(of: object, on: connection)
        let until = now.adding(milliseconds: FrequencyMemory.minutes * 60_000)
        known.withLock { $0[object] = (until, found) }
        return found
    }
}
