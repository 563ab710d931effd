public import Database
public import SQLText
public import Values

/// What a record is found by, as tokens; made once per write, compared and stored as texts.
public struct SearchEntry: Sendable, Equatable {
    /// Tokens of the names.
    public var name: String
    /// Tokens of the other texts.
    public var text: String
    /// How the names sound.
    public var sound: String
    /// Tokens of the telephone numbers.
    public var digits: String

    /// The entry of a record: its names (also found by pinyin), other texts such as e-mail addresses and descriptions,
    /// and telephone numbers in E.164.
    public init(names: [String], texts: [String] = [], phones: [String] = []) {
        var name = TokenWriter()
        var sound = TokenWriter()
        for text in names {
            let folded = FoldedText(text, limit: Tokenizer.limit)
            name.write(folded)
            sound.writeSounds(folded)
        }
        name.writeSingles()
        var digits = TokenWriter()
        for phone in phones { digits.write(phone: phone) }
        self.name = name.text
        self.sound = sound.text
        self.digits = digits.text
        text = texts.isEmpty ? "" : Tokenizer.tokens(texts)
    }

    /// True when nothing can be found.
    public var isEmpty: Bool { name.isEmpty && text.isEmpty && digits.isEmpty }
}

/// The full-text index of one object: the table `search_<object>`, whose rowid is the record's id.
///
/// The texts are cut by `Tokenizer` before they are stored; the engine only splits at spaces.
public struct SearchIndex: Sendable {
    /// The object's key.
    public let object: String
    private let table: String
    private let insert: String
    private let find: String
    private let delete: String

    /// The index of an object.
    public init(object: String) {
        self.object = object
        table = quotedName("search_" + object)
        insert = "INSERT INTO \(table) (rowid, name, text, sound, digits) VALUES (?, ?, ?, ?, ?)"
        find = "SELECT name, text, sound, digits FROM \(table) WHERE rowid = ?"
        delete = "DELETE FROM \(table) WHERE rowid = ?"
    }

    /// Creates the table where it is missing.
    public func create(on connection: Connection) throws {
        try connection.script(
            """
            CREATE VIRTUAL TABLE IF NOT EXISTS \(table) USING fts5(name, text, sound, digits, tokenize = 'ascii', columnsize = 0);
            INSERT INTO \(table) (\(table), rank) VALUES ('automerge', 8);
            INSERT INTO \(table) (\(table), rank) VALUES ('crisismerge', 64);
            """
        )
    }

    /// Removes the table with all entries.
    public func drop(on connection: Connection) throws { try connection.script("DROP TABLE IF EXISTS \(table)") }

    /// Gives the table the new key of its object; the answer is the index under that key.
    @discardableResult
    public func rename(to object: String, on connection: Connection) throws -> SearchIndex {
        let renamed = SearchIndex(object: object)
        try connection.script("ALTER TABLE \(table) RENAME TO \(renamed.table)")
        return renamed
    }

    /// Stores a record's entry in place of the one before; an entry that did not change costs one look-up.
    public func put(_ id: RecordID, _ entry: SearchEntry, on connection: Connection) throws {
        if let row = try connection.row(SQLFragment(text: find, values: [.integer(id.raw)])) {
            let stored = (row.text(0), row.text(1), row.text(2), row.text(3))
            if stored == (entry.name, entry.text, entry.sound, entry.digits) { return }
            try remove(id, on: connection)
        }
        try add(id, entry, on: connection)
    }

    /// Stores the entry of a record that is known to have none.
    public func add(_ id: RecordID, _ entry: SearchEntry, on connection: Connection) throws {
        if entry.isEmpty { return }
        try connection.run(
            SQLFragment(
                text: insert,
                values: [
                    .integer(id.raw), .text(entry.name), .text(entry.text), .text(entry.sound), .text(entry.digits),
                ]
            )
        )
    }

    /// Removes a record's entry, if there is one.
    public func remove(_ id: RecordID, on connection: Connection) throws {
        try connection.run(SQLFragment(text: delete, values: [.integer(id.raw)]))
    }

    /// Removes the entries of many records.
    public func remove(_ ids: [RecordID], on connection: Connection) throws {
        for id in ids { try remove(id, on: connection) }
    }

    /// Removes all entries, before a rebuild.
    public func removeAll(on connection: Connection) throws {
        try drop(on: connection)
        try create(on: connection)
    }

    /// The condition that the record whose id is in `column` matches; for a query with other conditions and any order.
    public func condition(_ query: SearchQuery, id column: SQLFragment) -> SQLFragment {
        "\(column) IN (SELECT rowid FROM \(raw: table) WHERE \(raw: table) MATCH \(query.expression))"
    }

    /// The hits as the driving table, newest first: it stops as soon as the caller has enough, however many there are.
    ///
    /// Write `SELECT … FROM \(hits.from) WHERE \(hits.condition) AND … ORDER BY \(hits.order) LIMIT n`. Any other order
    /// would read all hits.
    public func hits(_ query: SearchQuery, joining alias: String) -> SearchHits {
        SearchHits(
            from: SQLFragment(
                text:
                    "\(table) CROSS JOIN \(quotedName(object)) AS \(quotedName(alias)) ON \(quotedName(alias)).id = \(table).rowid"
            ),
            condition: "\(raw: table) MATCH \(query.expression)",
            order: SQLFragment(text: "\(table).rowid DESC")
        )
    }
}

/// The parts of a query that is driven by the index.
public struct SearchHits: Sendable {
    /// For `FROM`: the index joined with its object.
    public let from: SQLFragment
    /// For `WHERE`.
    public let condition: SQLFragment
    /// For `ORDER BY`.
    public let order: SQLFragment
}
