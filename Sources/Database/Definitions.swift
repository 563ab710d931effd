import SQLText
import Values

/// One statement that makes a table or an index where there is none of that name.
struct Definition: Equatable {
    /// The statement.
    let text: String
    /// What it makes; nil for a statement of another kind.
    let name: String?
    /// The table that an index lies over; nil for other statements.
    let table: String?

    private static let guarded = "IF NOT EXISTS "

    /// A statement in the engine's own words.
    init(_ text: some StringProtocol) {
        self.text = String(text)
        guard let start = text.firstRange(of: Definition.guarded)?.upperBound else {
            (name, table) = (nil, nil)
            return
        }
        name = Definition.name(text[start...])
        let isIndex = text.prefix { $0 != "(" }.contains("INDEX \(Definition.guarded)")
        let over = isIndex ? text[start...].firstRange(of: " ON ")?.upperBound : nil
        table = over.map { Definition.name(text[$0...]) }
    }

    /// All statements of a text, which are apart by semicolons outside of quotes.
    static func all(_ text: String) -> [Definition] {
        var (found, part, quote) = ([Definition](), "", Character?.none)
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == ";" {
                found.append(Definition(part))
                part = ""
                continue
            }
            part.append(character)
        }
        return (found + [Definition(part)]).filter { $0.text.contains { !$0.isWhitespace } }
    }

    /// The statement that makes an index in a schema while others write to its table.
    func concurrently(in schema: String) -> String? {
        guard let name, let table else { return nil }
        let place = quotedName(schema)
        let (index, over) = (quotedName(name), "\(place).\(quotedName(table))")
        guard let rest = text.firstRange(of: " ON ").map({ text[$0.upperBound...] }) else { return nil }
        let kind = text.contains("UNIQUE INDEX") ? "UNIQUE INDEX" : "INDEX"
        // Outside of a transaction nothing says in which schema functions are.
        let tail = rest.drop { $0 != "(" && $0 != " " }.replacing("kehu_", with: "\(place).kehu_")
        return "CREATE \(kind) CONCURRENTLY IF NOT EXISTS \(index) ON \(over) \(tail)"
    }

    private static func name(_ text: some StringProtocol) -> String {
        if text.hasPrefix("\"") { return String(text.dropFirst().prefix { $0 != "\"" }) }
        return String(text.prefix { $0 != " " && $0 != "(" && $0 != "\n" })
    }
}

extension Connection {
    /// Makes the tables and indexes that are missing: statements `CREATE … IF NOT EXISTS`, in the words of
    /// `Dialect.definition`.
    ///
    /// PostgreSQL is not asked for those that there are: even to find that out, it waits for all who write to the table.
    public func create(_ statements: [String]) throws {
        guard dialect == .postgres else { return try script(statements.joined(separator: ";\n")) }
        let wanted = statements.flatMap { Definition.all(Dialect.postgres.definition($0)) }
        let known = try relations(wanted.compactMap(\.name))
        let missing = wanted.filter { definition in definition.name.map { !known.contains($0) } ?? true }
        if !missing.isEmpty { try raw(missing.map(\.text).joined(separator: ";\n")) }
    }

    /// Which tables and indexes of these names the schema has. Asked by name: the catalogue has those of all workspaces,
    /// and an index by names only.
    func relations(_ names: [String]) throws -> Set<String> {
        // «p» and «I» are those that somebody has divided into partitions.
        let rows = try rows(
            """
            SELECT CAST(c.relname AS TEXT) FROM pg_class c WHERE \(Connection.named(names)) \
            AND c.relkind IN ('r', 'p', 'i', 'I', 'v')
            """
        )
        return Set(rows.map { $0.text(0) })
    }

    fileprivate static func named(_ names: some Sequence<String>) -> SQLFragment {
        """
        c.relname IN \(list: Set(names).map { .text($0) }) \
        AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        """
    }
}

extension Database {
    /// How long a definition waits for those who use a table. Who comes later waits behind it, so this is short; longer
    /// than the second after which PostgreSQL breaks its own clean-up off for it.
    private static let patience = "1500ms"
    /// How often it is tried: reports may run for long.
    private static let tries = 100
    /// How many connections make the tables of an empty workspace.
    private static let sides = 8
    /// Tables of more bytes get new indexes while others write to them.
    private static let large: Int64 = 8_000_000

    /// Changes definitions in one transaction, while others read and write. Where somebody uses a table for long, it lets
    /// them, and all who come meanwhile, go first.
    public func define<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        guard dialect == .postgres else { return try await write(body) }
        for _ in 1..<Database.tries {
            do {
                return try await defineAtOnce(body)
            } catch let failure as StorageFailure where failure.isLockTimeout {
                try await Task.sleep(for: .milliseconds(Int.random(in: 200...1000)))
            }
        }
        return try await defineAtOnce(body)
    }

    /// A patient write runs alone: no other is refused because a lock takes long.
    private func defineAtOnce<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await write(patient: true) { connection in
            try connection.raw("SET LOCAL lock_timeout = '\(Database.patience)'")
            return try body(connection)
        }
    }

    /// Makes the tables and indexes of an empty workspace, those of several tables side by side: PostgreSQL before 17 waits
    /// for the disk for each index that it makes, and a disk that is to flush many at once does so together.
    ///
    /// What is missing afterwards, because this was broken off, `Connection.create` makes.
    public func createSideBySide(_ statements: [String]) async throws {
        guard dialect == .postgres else { return }
        // A server that flushes nothing has nothing to wait for.
        let isFlushing = try await read { try $0.value("SELECT current_setting('fsync')").text != "off" }
        guard isFlushing else { return }
        var byTable: [String: [String]] = [:]
        for definition in statements.flatMap({ Definition.all(Dialect.postgres.definition($0)) }) {
            guard let table = definition.table ?? definition.name else { continue }
            byTable[table, default: []].append(definition.text)
        }
        var parts = [[String]](repeating: [], count: Database.sides)
        for (_, texts) in byTable.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
            let least = parts.indices.min { parts[$0].count < parts[$1].count } ?? 0
            parts[least] += texts
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in parts where !part.isEmpty {
                group.addTask { try await self.writeAside { try $0.raw(part.joined(separator: ";\n")) } }
            }
            try await group.waitForAll()
        }
    }

    /// Makes the missing indexes over large tables, while others read and write these. Those over small ones, and on
    /// SQLite all, are left to `Connection.create`; so are those over tables that somebody has divided into partitions, for
    /// which PostgreSQL knows no other way than one that lets writers wait.
    public func createLargeIndexes(_ statements: [String]) async throws {
        guard dialect == .postgres else { return }
        let wanted = statements.flatMap { Definition.all(Dialect.postgres.definition($0)) }
        let large = try await read { connection in
            let rows = try connection.rows(
                """
                SELECT CAST(c.relname AS TEXT) FROM pg_class c WHERE \(Connection.named(wanted.compactMap(\.table))) \
                AND c.relkind = 'r' AND pg_relation_size(c.oid) > \(Database.large)
                """
            )
            return Set(rows.map { $0.text(0) })
        }
        let indexes = wanted.filter { $0.table.map(large.contains) ?? false }
        if indexes.isEmpty { return }
        let state = try await read { connection in
            let rows = try connection.rows(
                """
                SELECT CAST(c.relname AS TEXT), CAST(CAST(i.indisvalid AS INTEGER) AS BIGINT) FROM pg_class c
                JOIN pg_index i ON i.indexrelid = c.oid WHERE \(Connection.named(indexes.compactMap(\.name)))
                """
            )
            return Dictionary(rows.map { ($0.text(0), $0.integer(1) == 1) }) { first, _ in first }
        }
        for index in indexes {
            guard let name = index.name, state[name] != true, let text = index.concurrently(in: path) else { continue }
            let removal = "DROP INDEX CONCURRENTLY IF EXISTS \(quotedName(path)).\(quotedName(name))"
            // One whose building was broken off is there and never used.
            if state[name] == false { try await runAlone(removal) }
            do { try await runAlone(text) } catch {
                try? await runAlone(removal)
                throw error
            }
        }
    }
}
