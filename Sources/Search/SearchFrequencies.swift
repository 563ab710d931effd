public import Database
import SQLText
import Values

/// What PostgreSQL's statistics say of an object's index: how many entries it has, and which tokens many of them hold.
///
/// Its planner cannot use them: it has no idea of phrases, nor of a statement that is prepared for any query.
public struct SearchFrequencies: Sendable {
    /// How many entries the index has.
    private var entries = 0.0
    /// By token, which part of the entries holds it; only of the more frequent ones.
    private(set) var shares: [String: Double] = [:]

    /// Knows nothing: whatever is looked for counts as rare.
    public init() {}

    /// Reads them; on SQLite, and before the first `ANALYZE`, nothing is known.
    public init(of object: String, on connection: Connection) throws {
        guard connection.dialect == .postgres else { return }
        let table = "search_" + object
        let size = try connection.value(
            "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = to_regclass(\(SearchIndex.table(object)))"
        )
        entries = Double(size.integer ?? 0)
        let tokens: SQLFragment = """
            SELECT token, CAST(share AS DOUBLE PRECISION) FROM pg_stats, \
            unnest(CAST(CAST(most_common_elems AS TEXT) AS TEXT[]), most_common_elem_freqs) AS common (token, share) \
            WHERE schemaname = current_schema() AND tablename = \(table) AND attname = 'tokens' AND token IS NOT NULL
            """
        try connection.each(tokens) { row in
            shares[row.text(0)] = row.real(1)
            return true
        }
    }

    /// Whether so many hits are found sooner by looking at the newest entries one by one than by collecting all hits,
    /// which must be put in order before the first is known.
    ///
    /// The one looks at `wanted / share` entries, the other one at `share * entries`.
    func isCommon(_ share: Double, wanted: Int) -> Bool { share * share * entries > Double(wanted) }
}
