import SQLText

/// What the engines write differently in statements of the record engine.
enum Portability {
    /// The numbers of a JSON list, for `IN`: one text for lists of all lengths keeps prepared statements few.
    static func ids(_ list: String, _ dialect: Dialect) -> SQLFragment {
        switch dialect {
        case .sqlite: "(SELECT value FROM json_each(\(list)))"
        case .postgres:
            "(SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(CAST(\(list) AS TEXT) AS JSON)))"
        }
    }
}
