public import Database
import SQLText
public import Values

/// The full-text index: for each object a table `search_<object>`, whose rowid is the record's id.
///
/// The texts are cut by `Tokenizer` before they are stored; the engine only splits at spaces.
public enum SearchIndex {
    /// The table of the entries that wait to go into the index.
    public static let waitingTable = WaitingEntries.name

    static func table(_ object: String) -> String { quotedName(storage(of: object)) }

    /// The name of an object's table.
    public static func storage(of object: String) -> String { "search_" + object }

    /// Creates an object's table where it is missing.
    public static func createTable(_ object: String, on connection: Connection) throws {
        let table = table(object)
        if connection.dialect == .postgres { return try connection.create([postgresTable(object)]) }
        // Fewer and larger merges than usual: a write costs a third less, and a look-up in more segments a little more.
        // However many segments there are, no write merges all of a level: with some that an import made, one write in a
        // thousand would take a third of a second. What a transaction adds stays in memory up to 4 MB, which are some 15
        // with what belongs to it, before it becomes a segment: of many entries, fewer segments have to be merged.
        try connection.script(
            """
            \(WaitingEntries.definition);
            CREATE VIRTUAL TABLE IF NOT EXISTS \(table)
                USING fts5(name, text, sound, digits, tokenize = 'ascii', columnsize = 0);
            INSERT INTO \(table) (\(table), rank) VALUES ('automerge', 8);
            INSERT INTO \(table) (\(table), rank) VALUES ('usermerge', 8);
            INSERT INTO \(table) (\(table), rank) VALUES ('crisismerge', 1000);
            INSERT INTO \(table) (\(table), rank) VALUES ('hashsize', 4194304);
            """
        )
    }

    /// Creates the tables of several objects.
    public static func createTables(_ objects: [String], on connection: Connection) throws {
        switch connection.dialect {
        case .sqlite: for object in objects { try createTable(object, on: connection) }
        case .postgres: try connection.create(postgresTables(objects))
        }
    }

    /// The definitions of the tables of several objects in PostgreSQL.
    public static func postgresTables(_ objects: [String]) -> [String] { objects.map(postgresTable) }

    // What may wait for an index of words while many entries are added, in kB.
    private static let manyPending = "1024"

    private static func postgresTable(_ object: String) -> String {
        // Entries are put off and go into the index some at a time, which costs half of what each alone costs. How many
        // may wait is said by the session (`PostgresSession`): every search reads them, and for very many of them the
        // planner rather scans the table.
        """
        CREATE TABLE IF NOT EXISTS \(table(object)) (id BIGINT PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL,
            sound TEXT NOT NULL, digits TEXT NOT NULL, tokens tsvector NOT NULL);
        CREATE INDEX IF NOT EXISTS \(quotedName("search_" + object + "_tokens")) ON \(table(object)) USING gin (tokens)
            WITH (fastupdate = on)
        """
    }

    /// The column with the record's id.
    static func key(_ dialect: Dialect) -> String {
        switch dialect {
        case .sqlite: "rowid"
        case .postgres: "id"
        }
    }

    /// Removes an object's table with all entries.
    public static func dropTable(_ object: String, on connection: Connection) throws {
        try connection.script("DROP TABLE IF EXISTS \(table(object))")
        try WaitingEntries.removeAll(object, on: connection)
    }

    /// Gives a table the new key of its object.
    public static func rename(_ object: String, to new: String, on connection: Connection) throws {
        try settle(on: connection)
        try connection.script("ALTER TABLE \(table(object)) RENAME TO \(table(new))")
        if connection.dialect == .postgres {
            let (old, new) = (quotedName("search_" + object + "_tokens"), quotedName("search_" + new + "_tokens"))
            try connection.script("ALTER INDEX \(old) RENAME TO \(new)")
        }
    }

    /// Stores a record's entry in place of the one before; an entry that did not change costs one look-up.
    public static func put(_ entry: SearchEntry, object: String, id: RecordID, on connection: Connection) throws {
        let tokens = SearchTokens(entry)
        if try WaitingEntries.put(tokens, id, on: connection) { return }
        let stored = try connection.row(
            "SELECT name, text, sound, digits FROM \(raw: table(object)) WHERE \(raw: key(connection.dialect)) = \(id)"
        )
        if let stored {
            if SearchTokens(stored, from: 0) == tokens { return }
            try remove(object, id, on: connection)
        }
        try insert(tokens, object, id, on: connection)
    }

    /// Stores the entry of a new record, which is known to have none; on SQLite it waits for others to go with.
    public static func add(_ entry: SearchEntry, object: String, id: RecordID, on connection: Connection) throws {
        let tokens = SearchTokens(entry)
        if connection.dialect == .postgres || tokens.size > WaitingEntries.longest {
            return try insert(tokens, object, id, on: connection)
        }
        if !tokens.isEmpty, try WaitingEntries.add(tokens, object, id, on: connection) { try settle(on: connection) }
    }

    /// Puts all entries that wait into the index. One that is there already, which only a program of before they waited
    /// has made, gives way.
    public static func settle(on connection: Connection) throws {
        let waiting = try WaitingEntries.take(on: connection).entries.reversed()
        for (object, entries) in Dictionary(grouping: waiting, by: \.object).sorted(by: { $0.key < $1.key }) {
            try add(entries.lazy.map { ($0.tokens, $0.id) }, or: "OR REPLACE", object: object, on: connection)
        }
    }

    /// Stores the entries of many new records, which are known to have none; on SQLite with one statement that is looked
    /// up once.
    public static func add(
        _ entries: some Sequence<(entry: SearchEntry, id: RecordID)>,
        object: String,
        on connection: Connection
    ) throws {
        if connection.dialect == .postgres {
            // Twice as many at a time cost two thirds; sixteen times as many could be felt by the next write.
            try connection.run("SET LOCAL gin_pending_list_limit = \(raw: manyPending)")
        }
        let rows = entries.lazy.map { (tokens: SearchTokens($0.entry), id: $0.id) }.filter { !$0.tokens.isEmpty }
        try add(rows, object: object, on: connection)
    }

    private static func add(
        _ entries: some Sequence<(tokens: SearchTokens, id: RecordID)>,
        or conflict: String = "",
        object: String,
        on connection: Connection
    ) throws {
        if connection.dialect == .postgres {
            return try connection.runAll(
                "\(postgresInsert(object)) VALUES (?, ?, ?, ?, ?, CAST(CAST(? AS TEXT) AS tsvector))",
                entries.lazy.map { entry in
                    [.integer(entry.id.raw)] + entry.tokens.values + [.text(vector(entry.tokens))]
                }
            )
        }
        try connection.runAll(
            "INSERT \(conflict) INTO \(table(object)) (rowid, name, text, sound, digits) VALUES (?, ?, ?, ?, ?)",
            entries.lazy.map { entry in [.integer(entry.id.raw)] + entry.tokens.values }
        )
    }

    /// The records within a range of ids that have an entry.
    public static func ids(
        _ object: String,
        from first: Int64,
        through last: Int64,
        on connection: Connection
    ) throws -> Set<Int64> {
        var ids = Set(try WaitingEntries.ids(from: first, through: last, on: connection))
        let key = key(connection.dialect)
        try connection.each(
            "SELECT \(raw: key) FROM \(raw: table(object)) WHERE \(raw: key) BETWEEN \(first) AND \(last)"
        ) {
            ids.insert($0.integer(0))
            return true
        }
        return ids
    }

    /// Removes a record's entry, if there is one.
    public static func remove(_ object: String, _ id: RecordID, on connection: Connection) throws {
        if try WaitingEntries.remove(id, on: connection) { return }
        try connection.run("DELETE FROM \(raw: table(object)) WHERE \(raw: key(connection.dialect)) = \(id)")
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

    /// Puts what waits into the index, of an object only what belongs to a record.
    public static func settle(knowing objects: [String], on connection: Connection) throws {
        for object in objects { try WaitingEntries.removeStrays(object, on: connection) }
        try settle(on: connection)
    }

    /// Merges some of the index's segments, where many are of one size: a search looks into each. False when there was
    /// nothing to do.
    public static func mergeSome(_ object: String, on connection: Connection) throws -> Bool {
        if connection.dialect == .postgres { return false }
        // It tells of work by more than one row changed.
        let before = connection.changes
        try connection.run("INSERT INTO \(raw: table(object)) (\(raw: table(object)), rank) VALUES ('merge', 100)")
        return connection.changes - before > 1
    }

    /// Merges a part of the index's segments: what was removed from it is only marked until then. Called from the first
    /// to the last round, each in a transaction of its own, it leaves nothing of what was removed.
    public static func merge(_ object: String, isFirst: Bool, on connection: Connection) throws {
        if connection.dialect == .postgres { return }
        let pages: Int64 = isFirst ? -200 : 200
        try connection.run("INSERT INTO \(raw: table(object)) (\(raw: table(object)), rank) VALUES ('merge', \(pages))")
    }

    /// How many rounds of `merge` the index takes.
    public static func mergeRounds(_ object: String, on connection: Connection) throws -> Int {
        // PostgreSQL's own clean-up does it.
        if connection.dialect == .postgres { return 0 }
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
        if connection.dialect == .postgres {
            return try connection.later(
                """
                \(raw: postgresInsert(object)) VALUES (\(id), \(tokens.name), \(tokens.text), \(tokens.sound), \(tokens.digits),
                CAST(CAST(\(vector(tokens)) AS TEXT) AS tsvector))
                """
            )
        }
        try connection.run(
            """
            INSERT INTO \(raw: table(object)) (rowid, name, text, sound, digits)
            VALUES (\(id), \(tokens.name), \(tokens.text), \(tokens.sound), \(tokens.digits))
            """
        )
    }

    private static func postgresInsert(_ object: String) -> String {
        "INSERT INTO \(table(object)) (id, name, text, sound, digits, tokens)"
    }

    private static func vector(_ tokens: SearchTokens) -> String {
        TextSearchVector.text([tokens.name, tokens.text, tokens.sound, tokens.digits])
    }

    // MARK: - Copying

    /// What stands before an object's key where its entries travel among tables.
    public static let mark = "search:"

    /// The objects that have an index.
    public static func objects(on connection: Connection) throws -> [String] {
        let names: SQLFragment =
            switch connection.dialect {
            case .sqlite:
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%' AND name LIKE 'search\\_%' ESCAPE '\\' ORDER BY name"
            case .postgres:
                """
                SELECT CAST(c.relname AS TEXT) FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                WHERE \(Connection.isTable) AND c.relname LIKE 'search\\_%' ESCAPE '\\' ORDER BY 1
                """
            }
        return try connection.rows(names).map { String($0.text(0).dropFirst("search_".count)) }
    }

    /// Lends all entries of an object, some at a time: the id and the tokens of each column.
    public static func eachEntry(
        _ object: String,
        by portion: Int,
        on connection: Connection,
        _ body: ([[SQLValue]]) throws -> Void
    ) throws {
        var rows: [[SQLValue]] = []
        // A workspace of an earlier version has no such table.
        let waiting =
            try connection.hasTable(WaitingEntries.name) ? WaitingEntries(of: object, on: connection).entries : []
        rows = waiting.map { [.integer($0.id.raw)] + $0.tokens.values }
        let known = Set(waiting.map(\.id.raw))
        try connection.each(
            "SELECT \(raw: key(connection.dialect)), name, text, sound, digits FROM \(raw: table(object))"
        ) { cursor in
            if !known.isEmpty, known.contains(cursor.integer(0)) { return true }
            rows.append(cursor.row.values)
            if rows.count >= portion {
                try body(rows)
                rows.removeAll(keepingCapacity: true)
            }
            return true
        }
        try body(rows)
    }

    /// Some entries of an object in the order of their ids, as `eachEntry` lends them, from behind an id on. Those that
    /// wait are not among them: `settle` puts them there.
    public static func entries(
        _ object: String,
        after id: Int64,
        atMost count: Int,
        on connection: Connection
    ) throws -> [[SQLValue]] {
        let key = key(connection.dialect)
        return try connection.rows(
            """
            SELECT \(raw: key), name, text, sound, digits FROM \(raw: table(object))
            WHERE \(raw: key) > \(id) ORDER BY \(raw: key) LIMIT \(count)
            """
        ).map(\.values)
    }

    /// The highest id of an object that has an entry; 0 without one.
    public static func lastEntry(_ object: String, on connection: Connection) throws -> Int64 {
        let key = key(connection.dialect)
        return try connection.value(
            "SELECT \(raw: key) FROM \(raw: table(object)) ORDER BY \(raw: key) DESC LIMIT 1"
        ).integer ?? 0
    }

    /// Stores an entry that `eachEntry` lent.
    public static func load(_ entry: [SQLValue], object: String, on connection: Connection) throws {
        guard entry.count == 5, let id = entry[0].integer else { return }
        let texts = entry.dropFirst().map { $0.text ?? "" }
        let tokens = SearchTokens(name: texts[0], text: texts[1], sound: texts[2], digits: texts[3])
        try insert(tokens, object, RecordID(id), on: connection)
    }
}
