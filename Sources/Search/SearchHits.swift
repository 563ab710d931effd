public import SQLText

/// The parts of a query that is driven by the index: it reads hits from the newest on, and no more than are wanted.
public struct SearchHits: Sendable {
    /// For `FROM`: the index joined with its object.
    public let from: SQLFragment
    /// For `WHERE`.
    public let condition: SQLFragment
    /// For `ORDER BY`.
    public let order: SQLFragment
    /// The record's id in the index: a condition on this one is a range of the index.
    public let rowid: SQLFragment
}

extension SearchQuery {
    /// The ids of the records of an object that match, for `id IN (…)` in a query with any order.
    ///
    /// All hits are read. Where the newest come first, `hits` stops when the page is full.
    public func ids(of object: String, _ dialect: Dialect) -> SQLFragment {
        let table = SearchIndex.table(object)
        return "SELECT \(raw: SearchIndex.key(dialect)) FROM \(raw: table) WHERE \(matching(table, dialect))"
    }

    /// The hits as the driving table, newest first, joined with the object's table under an alias.
    ///
    /// `SELECT … FROM \(hits.from) WHERE \(hits.condition) AND … ORDER BY \(hits.order) LIMIT n` costs the same
    /// however many records match. For the next page add `AND \(hits.rowid) < lastID` to the conditions.
    public func hits(of object: String, joining alias: String, _ dialect: Dialect) -> SearchHits {
        let table = SearchIndex.table(object)
        let joined = quotedName(alias)
        let key = "\(table).\(SearchIndex.key(dialect))"
        return SearchHits(
            from: SQLFragment(
                text:
                    "\(table) \(SearchQuery.join(dialect)) \(quotedName(object)) AS \(joined) ON \(joined).\"id\" = \(key)"
            ),
            condition: matching(table, dialect),
            order: SQLFragment(text: "\(key) DESC"),
            rowid: SQLFragment(text: key)
        )
    }

    private func matching(_ table: String, _ dialect: Dialect) -> SQLFragment {
        switch dialect {
        case .sqlite: "\(raw: table) MATCH \(expression)"
        case .postgres:
            "\(raw: table).tokens @@ CAST(CAST(\(TextSearchQuery.translated(expression)) AS TEXT) AS tsquery)"
        }
    }

    /// SQLite takes a cross join in the order in which it is written: the index drives.
    private static func join(_ dialect: Dialect) -> String {
        switch dialect {
        case .sqlite: "CROSS JOIN"
        case .postgres: "JOIN"
        }
    }
}
