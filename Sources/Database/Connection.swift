public import SQLText
import Tracing
public import Values

/// A connection inside a read or write body. It must not leave the body.
public final class Connection {
    private enum Session {
        case sqlite(SQLiteSession)
        case postgres(PostgresSession)
    }
    private let session: Session
    private let log: QueryLog
    /// True inside a write.
    public let isWriting: Bool
    /// What there is to tell once this is committed.
    private(set) var told: Set<Topic> = []

    /// The trace of the request or job on whose behalf this runs; nil where nobody traces.
    var context: ServiceContext?

    init(_ sqlite: SQLiteSession, log: QueryLog, isWriting: Bool) {
        session = .sqlite(sqlite)
        self.log = log
        self.isWriting = isWriting
    }

    init(_ postgres: PostgresSession, log: QueryLog, isWriting: Bool) {
        session = .postgres(postgres)
        self.log = log
        self.isWriting = isWriting
    }

    /// Which engine it is.
    public var dialect: Dialect {
        switch session {
        case .sqlite: .sqlite
        case .postgres: .postgres
        }
    }

    /// All rows.
    public func rows(_ sql: SQLFragment) throws -> [Row] {
        var rows: [Row] = []
        try each(sql) { cursor in
            rows.append(cursor.row)
            return true
        }
        return rows
    }

    /// The first row.
    public func row(_ sql: SQLFragment) throws -> Row? {
        var row: Row?
        try each(sql) { cursor in
            row = cursor.row
            return false
        }
        return row
    }

    /// The first value of the first row.
    public func value(_ sql: SQLFragment) throws -> SQLValue {
        try row(sql)?.values.first ?? .null
    }

    /// Steps through the rows without keeping them; `body` answers false to stop.
    public func each(_ sql: SQLFragment, _ body: (RowCursor) throws -> Bool) throws {
        try each(sql, isLast: false, body)
    }

    /// As `each`, of the statement that a read ends with: PostgreSQL gets the end along with it, which saves a round trip.
    /// Where something is asked on after it, the whole read is done once more.
    public func last(_ sql: SQLFragment, _ body: (RowCursor) throws -> Bool) throws {
        try each(sql, isLast: !isWriting, body)
    }

    private func each(_ sql: SQLFragment, isLast: Bool, _ body: (RowCursor) throws -> Bool) throws {
        log.count(sql.text)
        let span = span(sql.text)
        defer { span?.end() }
        _ = log.slow.isWatching ? try watched(sql, isLast: isLast, body) : try step(sql, isLast: isLast, body)
    }

    private func step(_ sql: SQLFragment, isLast: Bool, _ body: (RowCursor) throws -> Bool) throws -> Int {
        switch session {
        case .sqlite(let session):
            try session.each(sql, body)
            return session.changed
        case .postgres(let session): return try session.each(sql, isLast: isLast, body)
        }
    }

    /// Runs a statement and tells when it takes long.
    private func watched(_ sql: SQLFragment, isLast: Bool, _ body: (RowCursor) throws -> Bool) throws -> Int {
        var own = Duration.zero
        let start = ContinuousClock.now
        let changed = try step(sql, isLast: isLast) { cursor in
            let start = ContinuousClock.now
            defer { own += ContinuousClock.now - start }
            return try body(cursor)
        }
        log.slow.ran(sql.text, ContinuousClock.now - start - own) { plan(ofAny: sql) }
        return changed
    }

    /// The plan of a statement for any values; empty where there is none.
    private func plan(ofAny sql: SQLFragment) -> [String] {
        switch session {
        case .sqlite(let session):
            var lines: [String] = []
            try? session.each(SQLFragment(text: "EXPLAIN QUERY PLAN " + sql.text, values: sql.values)) { cursor in
                lines.append(cursor.text(3))
                return true
            }
            return lines
        case .postgres(let session): return session.plan(ofAny: sql)
        }
    }

    /// Runs a statement; the answer is the number of rows changed.
    @discardableResult
    public func run(_ sql: SQLFragment) throws -> Int {
        log.count(sql.text)
        let span = span(sql.text)
        defer { span?.end() }
        if log.slow.isWatching { return try watched(sql, isLast: false) { _ in true } }
        switch session {
        case .sqlite(let session):
            try session.run(sql)
            return session.changed
        case .postgres(let session): return try session.each(sql) { _ in true }
        }
    }

    /// Runs a statement whose answer nobody needs. PostgreSQL gets it with those that follow, in one round trip; what it
    /// refuses is thrown by a later one, or by the commit.
    public func later(_ sql: SQLFragment) throws {
        switch session {
        case .sqlite: try run(sql)
        case .postgres(let session):
            log.count(sql.text)
            let span = span(sql.text)
            defer { span?.end() }
            try session.later(sql)
        }
    }

    /// Asks beside the next statement, whose answer comes after this one: one round trip to PostgreSQL for both. What `then`
    /// throws ends the read. Within a write it is asked at once.
    public func ask(_ sql: SQLFragment, then: @escaping ([Row]) throws -> Void) throws {
        if !isWriting, case .postgres(let session) = session {
            log.count(sql.text)
            session.questions.append((sql, then))
        } else {
            try then(try rows(sql))
        }
    }

    /// Runs one statement for each row of values, as `later` does; it is looked up once.
    @inlinable
    public func runAll(_ text: String, _ rows: some Sequence<[SQLValue]>) throws {
        var rows = rows.makeIterator()
        try runAll(text) { rows.next() }
    }

    /// Runs one statement for each row of values until there is none.
    public func runAll(_ text: String, next: () -> [SQLValue]?) throws {
        switch session {
        case .sqlite(let session): log.count(text, times: try session.runAll(text, next))
        case .postgres: try runTogether(text, next)
        }
    }

    // For PostgreSQL a statement with many rows costs a third of as many statements.
    private func runTogether(_ text: String, _ next: () -> [SQLValue]?) throws {
        guard let many = ManyRows(text) else {
            while let values = next() { try later(SQLFragment(text: text, values: values)) }
            return
        }
        var isOver = false
        while !isOver {
            var rows: [[SQLValue]] = []
            while rows.count < ManyRows.most, !isOver {
                if let row = next() { rows.append(row) } else { isOver = true }
            }
            var start = 0
            for part in many.statements(rows.count) {
                let values = rows[start..<start + part.rows].flatMap { $0 }
                try later(SQLFragment(text: part.text, values: values))
                start += part.rows
            }
        }
    }

    /// True when the transaction can only be undone: PostgreSQL takes nothing more after a statement that failed.
    public var isBroken: Bool {
        if case .postgres(let session) = session { session.isFailed } else { false }
    }

    /// True when other writes have come and wait until this one ends.
    public var othersWait: Bool { isWriting && log.traffic.now.waiting > 1 }

    /// True when for some seconds nobody has written but work that nobody waits for.
    public var isAlone: Bool { isWriting && log.traffic.isAlone }

    /// Once the transaction is committed, whoever waits for the topic looks.
    public func tell(_ topic: Topic) { told.insert(topic) }

    /// How many pages SQLite had to write to its log before the transaction's end, since there was no room for them.
    public var spilled: Int {
        switch session {
        case .sqlite(let session): session.spilled
        case .postgres: 0
        }
    }

    /// How many rows this connection has changed since it was opened: tells whether anything was written meanwhile.
    public var changes: Int64 {
        switch session {
        case .sqlite(let session): session.changes
        case .postgres(let session): session.changes
        }
    }

    /// Runs statements without values, one after another: for DDL, in the words of `Dialect.definition`.
    public func script(_ text: String) throws {
        log.count(text)
        switch session {
        case .sqlite(let session): try session.script(text)
        case .postgres(let session): try session.script(Dialect.postgres.definition(text))
        }
    }

    /// Runs statements that are written in the engine's own words.
    func raw(_ text: String) throws {
        switch session {
        case .sqlite(let session): try session.script(text)
        case .postgres(let session): try session.script(text)
        }
    }

    /// Sends rows to PostgreSQL.
    func copy(_ rows: [[SQLValue]], _ text: String) throws {
        log.count(text)
        guard case .postgres(let session) = session else { return }
        try session.copy(rows, text)
    }

    /// Runs `body` so that an error undoes just what it did.
    public func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        try script("SAVEPOINT part")
        do {
            let result = try body()
            try script("RELEASE SAVEPOINT part")
            return result
        } catch {
            try script("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")
            throw error
        }
    }

    /// The plan of a query in the engine's words, for tests that forbid full scans.
    public func plan(_ sql: SQLFragment) throws -> [String] {
        switch dialect {
        case .sqlite:
            try rows(SQLFragment(text: "EXPLAIN QUERY PLAN " + sql.text, values: sql.values)).map { $0.text(3) }
        case .postgres: try rows(SQLFragment(text: "EXPLAIN " + sql.text, values: sql.values)).map { $0.text(0) }
        }
    }
}
