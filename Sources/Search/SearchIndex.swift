public import Database
import SQLText
public import Values

/// The full-text index: for each object a table `search_<object>`, whose rowid is the record's id.
///
/// The texts are cut by `Tokenizer` before they are stored; the engine only splits at spaces.
public enum SearchIndex {
    static func table(_ object: String) -> String { quotedName("search_" + object) }

    /// Creates an object's table where it is missing.
    public static func createTable(_ object: String, on connection: Connection) throws {
        let table = table(object)
        // Fewer and larger merges than usual: a write costs a third less, and a look-up in more segments a little more.
        try connection.script(
            """
            CREATE VIRTUAL TABLE IF NOT EXISTS \(table)
                USING fts5(name, text, sound, digits, tokenize = 'ascii', columnsize = 0);
            INSERT INTO \(table) (\(table), rank) VALUES ('automerge', 8);
            INSERT INTO \(table) (\(table), rank) VALUES ('crisismerge', 64);
            """
        )
    }

    /// Removes an object's table with all entries.
    public static func dropTable(_ object: String, on connection: Connection) throws {
        try connection.script("DROP TABLE IF EXISTS \(table(object))")
    }

    /// Gives a table the new key of its object.
    public static func rename(_ object: String, to new: String, on connection: Connection) throws {
        try connection.script("ALTER TABLE \(table(object)) RENAME TO \(table(new))")
    }

    /// Stores a record's entry in place of the one before; an entry that did not change costs one look-up.
    public static func put(_ entry: SearchEntry, object: String, id: RecordID, on connection: Connection) throws {
        let tokens = SearchTokens(entry)
        let stored = try connection.row(
            "SELECT name, text, sound, digits FROM \(raw: table(object)) WHERE rowid = \(id)"
        )
        if let stored {
            if stored.text(0) == tokens.name, stored.text(1) == tokens.text, stored.text(2) == tokens.sound,
                stored.text(3) == tokens.digits
            {
                return
            }
            try remove(object, id, on: connection)
        }
        try insert(tokens, object, id, on: connection)
    }

    /// Stores the entry of a new record, which is known to have none.
    public static func add(_ entry: SearchEntry, object: String, id: RecordID, on connection: Connection) throws {
        try insert(SearchTokens(entry), object, id, on: connection)
    }

    /// Removes a record's entry, if there is one.
    public static func remove(_ object: String, _ id: RecordID, on connection: Connection) throws {
        try connection.run("DELETE FROM \(raw: table(object)) WHERE rowid = \(id)")
    }

    /// Removes the entries of many records.
    public static func remove(_ object: String, _ ids: [RecordID], on connection: Connection) throws {
        for id in ids { try remove(object, id, on: connection) }
    }

    /// Removes all entries of an object, before they are made anew.
    public static func clear(_ object: String, on connection: Connection) throws {
        try dropTable(object, on: connection)
        try createTable(object, on: connection)
    }

    /// Merges a part of the index's segments: what was removed from it is only marked until then. Called from the first
    /// to the last round, each in a transaction of its own, it leaves nothing of what was removed.
    public static func merge(_ object: String, isFirst: Bool, on connection: Connection) throws {
        let pages: Int64 = isFirst ? -200 : 200
        try connection.run("INSERT INTO \(raw: table(object)) (\(raw: table(object)), rank) VALUES ('merge', \(pages))")
    }

    /// How many rounds of `merge` the index takes.
    public static func mergeRounds(_ object: String, on connection: Connection) throws -> Int {
        let data = quotedName("search_" + object + "_data")
        return Int(try connection.value("SELECT count(*) FROM \(raw: data)").integer ?? 0) / 200 + 3
    }

    private static func insert(
        _ tokens: SearchTokens,
        _ object: String,
        _ id: RecordID,
        on connection: Connection
    ) throws {
        if tokens.isEmpty { return }
        try connection.run(
            """
            INSERT INTO \(raw: table(object)) (rowid, name, text, sound, digits)
            VALUES (\(id), \(tokens.name), \(tokens.text), \(tokens.sound), \(tokens.digits))
            """
        )
    }
}
