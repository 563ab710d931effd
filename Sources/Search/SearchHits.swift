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
    public func ids(of object: String, _ dialect: Dialect, _ waiting: WaitingEntries) -> SQLFragment {
        let indexed = ids(of: object, dialect)
        let others = waiting.ids(of: object, self)
        if others.isEmpty { return indexed }
        return indexed + " UNION ALL SELECT value FROM json_each(\(WaitingEntries.list(others)))"
    }

    /// The same of those that are in the index.
    public func ids(of object: String, _ dialect: Dialect) -> SQLFragment {
        let table = SearchIndex.table(object)
        return "SELECT \(raw: SearchIndex.key(dialect)) FROM \(raw: table) WHERE \(matching(table, dialect))"
    }

    /// The hits in the index as the driving table, newest first, joined with the object's table under an alias; those that
    /// wait are not among them.
    ///
    /// `SELECT … FROM \(hits.from) WHERE \(hits.condition) AND … ORDER BY \(hits.order) LIMIT n` costs the same
    /// however many records match. For the next page add `AND \(hits.rowid) < lastID` to the conditions.
    /// `wanted` is the number `n`, and `frequencies` what is known of the index of PostgreSQL.
    public func hits(
        of object: String,
        joining alias: String,
        _ dialect: Dialect,
        wanted: Int = 100,
        _ frequencies: SearchFrequencies = SearchFrequencies()
    ) -> SearchHits {
        let (table, joined) = (SearchIndex.table(object), quotedName(alias))
        switch dialect {
        case .sqlite:
            // A cross join is taken in the order in which it is written: the index drives.
            let key = "\(table).rowid"
            return SearchHits(
                from: SQLFragment(
                    text: "\(table) CROSS JOIN \(quotedName(object)) AS \(joined) ON \(joined).\"id\" = \(key)"
                ),
                condition: matching(table, dialect),
                order: SQLFragment(text: "\(key) DESC"),
                rowid: SQLFragment(text: key)
            )
        case .postgres: return postgresHits(object, table, joined, wanted, frequencies)
        }
    }

    /// `OFFSET 0` keeps the planner from another order: not knowing how many hits there are, it would rather read the
    /// whole table of the records from its end. `id + 0` keeps it from taking the hits in the order of the key.
    private func postgresHits(
        _ object: String,
        _ table: String,
        _ joined: String,
        _ wanted: Int,
        _ frequencies: SearchFrequencies
    ) -> SearchHits {
        let query = TextSearchQuery.translated(expression, frequencies)
        let matches: SQLFragment = "tokens @@ CAST(CAST(\(query.text) AS TEXT) AS tsquery)"
        let isCommon = frequencies.isCommon(query.share, wanted: wanted)
        let entries: SQLFragment =
            isCommon
            ? "SELECT id, id AS place, tokens FROM \(raw: table) ORDER BY id DESC OFFSET 0"
            : "SELECT id, id + 0 AS place FROM \(raw: table) WHERE \(matches) ORDER BY place DESC OFFSET 0"
        return SearchHits(
            from: """
                (\(entries)) AS hit CROSS JOIN LATERAL \
                (SELECT o.* FROM \(name: object) o WHERE o.id = hit.id OFFSET 0) AS \(raw: joined)
                """,
            condition: isCommon ? "hit." + matches : "hit.id IS NOT NULL",
            order: "hit.place DESC",
            rowid: "hit.id"
        )
    }

    private func matching(_ table: String, _ dialect: Dialect) -> SQLFragment {
        switch dialect {
        case .sqlite: "\(raw: table) MATCH \(expression)"
        case .postgres:
            "\(raw: table).tokens @@ CAST(CAST(\(TextSearchQuery.translated(expression).text) AS TEXT) AS tsquery)"
        }
    }
}
