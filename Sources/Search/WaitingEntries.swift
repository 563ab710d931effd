public import Database
import SQLText
import Values

/// The entries of the newest records on SQLite, before they go into the full-text index.
///
/// The index makes a segment of what each transaction adds, however little it is, and merges segments by how many there
/// are: 32 entries at once take a third of the time that each takes alone, and no longer in a large index than in a
/// small one. Until there are as many they stand in a table, and whoever searches looks through that, too.
public struct WaitingEntries: Sendable {
    struct Entry {
        let object: String
        let id: RecordID
        let tokens: SearchTokens
    }

    /// The newest first.
    let entries: [Entry]

    /// Reads those of an object, or of all, in the read in which the index is asked.
    public init(of object: String? = nil, on connection: Connection) throws {
        guard connection.dialect == .sqlite else {
            entries = []
            return
        }
        var sql: SQLFragment = "SELECT id, object, name, text, sound, digits FROM sys_search_waiting"
        if let object { sql += " WHERE object = \(object)" }
        entries = try connection.rows(sql + " ORDER BY id DESC").map {
            Entry(object: $0.text(1), id: RecordID($0.integer(0)), tokens: SearchTokens($0, from: 2))
        }
    }

    /// The records of an object that a query finds among them, the newest first.
    public func ids(of object: String, _ query: SearchQuery) -> [Int64] {
        let own = entries.filter { $0.object == object }
        if own.isEmpty { return [] }
        let expression = SearchExpression(query.expression)
        return own.filter { expression.matches($0.tokens) }.map(\.id.raw)
    }

    /// Ids as one value, for `json_each`: a statement for each number of them would be kept.
    public static func list(_ ids: [Int64]) -> String { "[" + ids.map(String.init).joined(separator: ",") + "]" }

    /// How many may wait. Each is read in every search.
    static let most: Int64 = 32
    /// The longest tokens that may wait, in bytes.
    static let longest = 4000

    static let name = "sys_search_waiting"

    static let definition = """
        CREATE TABLE IF NOT EXISTS \(name) (id INTEGER PRIMARY KEY, object TEXT NOT NULL, name TEXT NOT NULL,
            text TEXT NOT NULL, sound TEXT NOT NULL, digits TEXT NOT NULL)
        """

    /// Stores the entry of a new record; true when there are as many as may wait.
    static func add(_ tokens: SearchTokens, _ object: String, _ id: RecordID, on connection: Connection) throws -> Bool
    {
        try connection.run(
            """
            INSERT INTO sys_search_waiting (id, object, name, text, sound, digits)
            VALUES (\(id), \(object), \(tokens.name), \(tokens.text), \(tokens.sound), \(tokens.digits))
            """
        )
        return try connection.value("SELECT count(*) FROM sys_search_waiting").integer ?? 0 >= most
    }

    /// Stores a changed entry if the one before it waits; false where it does not.
    static func put(_ tokens: SearchTokens, _ id: RecordID, on connection: Connection) throws -> Bool {
        if connection.dialect == .postgres { return false }
        if tokens.isEmpty { return try remove(id, on: connection) }
        return try connection.run(
            """
            UPDATE sys_search_waiting SET name = \(tokens.name), text = \(tokens.text), sound = \(tokens.sound),
            digits = \(tokens.digits) WHERE id = \(id)
            """
        ) > 0
    }

    /// Removes an entry; false where it does not wait.
    static func remove(_ id: RecordID, on connection: Connection) throws -> Bool {
        if connection.dialect == .postgres { return false }
        return try connection.run("DELETE FROM sys_search_waiting WHERE id = \(id)") > 0
    }

    /// Removes the entries of an object.
    static func removeAll(_ object: String, on connection: Connection) throws {
        if connection.dialect == .postgres { return }
        try connection.run("DELETE FROM sys_search_waiting WHERE object = \(object)")
    }

    /// The records within a range of ids whose entries wait.
    static func ids(from first: Int64, through last: Int64, on connection: Connection) throws -> [Int64] {
        if connection.dialect == .postgres { return [] }
        return try connection.rows("SELECT id FROM sys_search_waiting WHERE id BETWEEN \(first) AND \(last)")
            .map { $0.integer(0) }
    }

    /// Removes those of records that are not there: a program of before they waited, on the same file, knows none of them.
    static func removeStrays(_ object: String, on connection: Connection) throws {
        if connection.dialect == .postgres { return }
        try connection.run(
            """
            DELETE FROM sys_search_waiting WHERE object = \(object) AND NOT EXISTS
            (SELECT 1 FROM \(name: object) o WHERE o.id = sys_search_waiting.id AND o.deleted_at IS NULL)
            """
        )
    }

    /// Removes all of them and answers with them.
    static func take(on connection: Connection) throws -> WaitingEntries {
        let all = try WaitingEntries(on: connection)
        if !all.entries.isEmpty { try connection.run("DELETE FROM sys_search_waiting") }
        return all
    }
}
