import CLibPQ
import SQLText
import Values

/// One connection to PostgreSQL. It is used by one thread at a time, the one of its lane, and never leaves it.
final class PostgresSession {
    let handle: OpaquePointer
    /// False through a pooler that does not keep prepared statements.
    let isPreparing: Bool
    private var prepared: [StatementKey: [PreparedStatement]] = [:]
    /// How many statements were ever prepared: their names are never used again.
    private var count = 0
    /// How many the server may keep.
    private var kept = 0
    private var rows: PostgresRows?
    /// What begins the read whose first statement has not been sent yet.
    var opening: [String] = []
    /// What is asked along with the next statement, and who looks at the answers.
    var questions: [(sql: SQLFragment, then: ([Row]) throws -> Void)] = []
    /// Why who looked at an answer wants nothing more.
    var refusal: (any Error)?
    /// True while the end of a read is sent and not answered yet.
    var isEnding = false
    /// Whether the last statement of a read takes the end of the read along.
    var mayEndEarly = false
    /// True once it has done so.
    var endWasSent = false
    /// The statements that were sent and not answered yet.
    var underway: [String] = []
    private var knownHistory: String?
    /// The schema of the transaction that runs.
    var schema = "" {
        didSet { if schema != oldValue, !schema.isEmpty { visited.insert(schema) } }
    }
    /// The schemas that it has worked in, of whose tables the server remembers something for as long as it lasts.
    private var visited: Set<String> = []
    private let visits: Int
    private let endsAt: ContinuousClock.Instant
    /// How many rows were changed so far.
    var changes: Int64 = 0

    /// The most statements that are kept prepared; then all are dropped and begun anew.
    private static let limit = 1000
    /// What begins a read.
    static let reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    /// The most statements that are underway at once.
    private static let most = 200

    private struct StatementKey: Hashable {
        let schema: String
        let text: String

        init(_ sql: SQLFragment, in schema: String) {
            // What begins and ends a transaction names no table.
            self.schema = sql.text == PostgresSession.reading || sql.text == "COMMIT" ? "" : schema
            text = sql.text
        }
    }

    /// Connects; throws a `StorageFailure` when the server does not answer or refuses.
    init(_ address: PostgresAddress) throws {
        guard let handle = PQconnectdb(address.connection) else {
            throw StorageFailure(state: "08001", message: "out of memory", sql: "connect")
        }
        self.handle = handle
        isPreparing = address.preparesStatements
        (visits, endsAt) = (address.life.visits, address.life.end())
        guard PQstatus(handle) == CONNECTION_OK else {
            // What has all its parts is taken down by `deinit`, also from here.
            let message = PostgresSession.words(PQerrorMessage(handle))
            throw StorageFailure(state: "08001", message: message, sql: "connect")
        }
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        _ = PQsetNoticeReceiver(handle, { _, _ in }, nil)
        // Of millions of rows PostgreSQL expects so many hits that it compiles the statement and starts helpers, which
        // takes ten times as long as most reads. What indexes of words put off, every search looks through: 64 kB of it
        // cost less than can be measured, the 4 MB that are usual half a millisecond. Through a pooler nothing of a
        // session lasts.
        if isPreparing { PQclear(PQexec(handle, PostgresSession.habits)) }
    }

    private static let habits =
        "SET jit = off; SET parallel_setup_cost = 100000; SET gin_pending_list_limit = 64"

    deinit { PQfinish(handle) }

    /// True while the connection can be used.
    var isAlive: Bool { PQstatus(handle) == CONNECTION_OK }
    /// True when it has visited enough workspaces, or is old enough, to be given up.
    var isSpent: Bool { visited.count >= visits || ContinuousClock.now >= endsAt }
    /// True between transactions.
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }
    /// True when the server refuses all until the transaction, or its part, is undone.
    var isFailed: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }
    /// The server's version, as 150004.
    var version: Int { Int(PQserverVersion(handle)) }

    // MARK: Transactions

    /// Begins a transaction in a schema; `more` is sent along, and the answer is the first value of its last row.
    @discardableResult
    func begin(_ mode: String, schema: String, _ more: String = "") throws -> String? {
        self.schema = schema
        endWasSent = false
        let path = schema.isEmpty ? "" : "SET LOCAL search_path = \(quotedName(schema));"
        return try simple("BEGIN \(mode); \(path) \(more)")
    }

    /// The history that the server writes, which is another one after a failover. A connection does not outlive that, and
    /// one through a pooler at worst makes what became of a lost commit unknown.
    func history() throws -> String {
        if let knownHistory { return knownHistory }
        let found = try begin("READ ONLY", schema: "", "SELECT \(GroupCommit.history)") ?? ""
        rollback()
        knownHistory = found
        return found
    }

    /// Ends a transaction; true when it was committed, false when the server had to undo it.
    func commit() throws -> Bool {
        try finishRows()
        if !underway.isEmpty { return try commitUnderway() }
        try endAnswered()
        guard let result = PQexec(handle, "COMMIT") else { throw lost("COMMIT") }
        defer { PQclear(result) }
        try check(result, "COMMIT")
        return PostgresSession.words(PQcmdStatus(result)) == "COMMIT"
    }

    /// Undoes a transaction; what fails is the connection's end and nothing else.
    func rollback() {
        try? finishRows()
        try? settle()
        try? endAnswered()
        (questions, refusal) = ([], nil)
        if !opening.isEmpty { return opening = [] }
        defer { endWasSent = false }
        if !hasEnded { _ = try? simple("ROLLBACK") }
    }

    // MARK: Statements

    /// Runs a statement, which may be the last of a read, and lends its rows; the answer is how many rows it changed.
    @discardableResult
    func each(_ sql: SQLFragment, isLast: Bool = false, _ body: (RowCursor) throws -> Bool) throws -> Int {
        try rows?.keepRest()
        try settle()
        let rows = try send(sql, ends: isLast && mayEndEarly)
        self.rows = rows
        defer { if self.rows === rows { self.rows = nil } }
        while let result = try rows.next() {
            var wantsMore = true
            do {
                defer { PQclear(result) }
                var row: Int32 = 0
                while wantsMore, row < PQntuples(result) {
                    wantsMore = try body(RowCursor(result: result, row: row))
                    row += 1
                }
            } catch {
                try? rows.drop()
                throw error
            }
            if !wantsMore { try rows.drop() }
        }
        changes += Int64(rows.changed)
        return rows.changed
    }

    /// Runs statements without values.
    func script(_ text: String) throws {
        try rows?.keepRest()
        try settle()
        try open()
        try simple(text)
        // What was prepared for the columns of before may not fit those of now.
        let start = text.drop { $0 == " " || $0 == "\n" }
        if start.hasPrefix("ALTER") || start.hasPrefix("DROP") { try forgetStatements() }
    }

    /// Runs statements in the simple protocol; the answer is the first value of the last one.
    @discardableResult
    private func simple(_ text: String) throws -> String? {
        try endAnswered()
        guard let result = PQexec(handle, text) else { throw lost(text) }
        defer { PQclear(result) }
        try check(result, text)
        guard PQntuples(result) > 0, PQgetisnull(result, 0, 0) == 0 else { return nil }
        return PostgresSession.words(PQgetvalue(result, 0, 0))
    }

    // MARK: Copying

    func begin(copying text: String) throws {
        try rows?.keepRest()
        try settle()
        try open()
        guard let result = PQexec(handle, text) else { throw lost(text) }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COPY_IN else { throw PostgresSession.failure(result, handle, text) }
    }

    func put(_ bytes: [UInt8], _ text: String) throws {
        let sent = bytes.withUnsafeBytes { raw in
            PQputCopyData(handle, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count))
        }
        guard sent == 1 else { throw lost(text) }
    }

    func endCopy(_ text: String, _ count: Int) throws {
        guard PQputCopyEnd(handle, nil) == 1 else { throw lost(text) }
        let end = PostgresRows(handle, SQLFragment(text: text))
        while let result = try end.next() { PQclear(result) }
        changes += Int64(count)
    }

    /// Drops what is prepared.
    func forgetStatements() throws {
        guard kept > 0 else { return }
        try settle()
        prepared = [:]
        try simple("DEALLOCATE ALL")
        kept = 0
    }

    // MARK: Sending

    private func send(_ sql: SQLFragment, ends: Bool) throws -> PostgresRows {
        try goOn()
        if !opening.isEmpty || !questions.isEmpty || ends { return try sendTogether(sql, ends: ends) }
        try dispatch(sql, isPreparing ? statement(sql) : nil)
        return PostgresRows(handle, sql)
    }

    /// Runs a statement some time before the next one whose answer is wanted.
    func later(_ sql: SQLFragment) throws {
        try rows?.keepRest()
        if underway.isEmpty { try open() }
        let statement = isPreparing ? try statement(sql) : nil
        if underway.isEmpty, PQenterPipelineMode(handle) != 1 { throw lost(sql.text) }
        try dispatch(sql, statement)
        underway.append(sql.text)
        changes += 1
        if underway.count == PostgresSession.most { try settle() }
    }

    func dispatch(_ sql: SQLFragment, _ statement: PreparedStatement?) throws {
        if let statement {
            try Parameters(sql.values, statement.types).withPointers { count, values, lengths, formats in
                guard PQsendQueryPrepared(handle, statement.name, count, values, lengths, formats, 1) == 1 else {
                    throw lost(sql.text)
                }
            }
        } else {
            let types = sql.values.map(PostgresType.of)
            try Parameters(sql.values, types).withPointers { count, values, lengths, formats in
                let text = Dialect.numbered(sql.text)
                guard PQsendQueryParams(handle, text, count, types, values, lengths, formats, 1) == 1 else {
                    throw lost(sql.text)
                }
            }
        }
    }

    /// The statement as it is prepared; prepares it, in one round trip, where it is not.
    func statement(_ sql: SQLFragment) throws -> PreparedStatement {
        if let known = known(sql) { return known }
        try forgetMany()
        (count, kept) = (count + 1, kept + 1)
        let statement = try prepare(sql, "s\(count)")
        prepared[StatementKey(sql, in: schema), default: []].append(statement)
        return statement
    }

    /// The statement, where it is prepared.
    func known(_ sql: SQLFragment) -> PreparedStatement? {
        prepared[StatementKey(sql, in: schema)]?.first { $0.takes(sql.values) }
    }

    /// Prepares a statement together with what is sent before and after it. Only where the types of all values are known.
    func prepareTogether(_ sql: SQLFragment) throws -> PreparedStatement {
        (count, kept) = (count + 1, kept + 1)
        let statement = PreparedStatement(name: "s\(count)", types: sql.values.map(PostgresType.of), inferred: [])
        let (text, places) = (Dialect.numbered(sql.text), Int32(statement.types.count))
        guard PQsendPrepare(handle, statement.name, text, places, statement.types) == 1 else { throw lost(sql.text) }
        prepared[StatementKey(sql, in: schema), default: []].append(statement)
        return statement
    }

    /// Takes statements for not prepared: the server has refused something meanwhile.
    func unlearn(_ statements: [SQLFragment]) {
        for sql in statements { prepared[StatementKey(sql, in: schema)] = nil }
    }

    /// Begins anew where too many statements are prepared.
    func forgetMany() throws {
        guard kept >= PostgresSession.limit else { return }
        try forgetStatements()
    }

    private func prepare(_ sql: SQLFragment, _ name: String) throws -> PreparedStatement {
        // The server cannot be asked for more than that while statements are underway.
        try settle()
        var types = sql.values.map(PostgresType.of)
        guard let result = PQprepare(handle, name, Dialect.numbered(sql.text), Int32(types.count), types) else {
            throw lost(sql.text)
        }
        defer { PQclear(result) }
        try check(result, sql.text)
        let inferred = Set(types.indices.filter { types[$0] == 0 })
        if !inferred.isEmpty {
            // The server says what a place without a value stands for.
            guard let description = PQdescribePrepared(handle, name) else { throw lost(sql.text) }
            defer { PQclear(description) }
            try check(description, sql.text)
            types = types.indices.map { PQparamtype(description, Int32($0)) }
        }
        return PreparedStatement(name: name, types: types, inferred: inferred)
    }

    func finishRows() throws {
        try rows?.drop()
        rows = nil
    }

    // MARK: Errors

    private func check(_ result: OpaquePointer, _ text: String) throws {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: throw PostgresSession.failure(result, handle, text)
        }
    }

    func lost(_ text: String) -> StorageFailure {
        StorageFailure(state: "08006", message: PostgresSession.words(PQerrorMessage(handle)), sql: text)
    }

    static func failure(_ result: OpaquePointer, _ handle: OpaquePointer, _ text: String) -> StorageFailure {
        let state = words(PQresultErrorField(result, Int32(UInt8(ascii: "C"))))
        let message = words(PQresultErrorField(result, Int32(UInt8(ascii: "M"))))
        let constraint = words(PQresultErrorField(result, Int32(UInt8(ascii: "n"))))
        let routine = words(PQresultErrorField(result, Int32(UInt8(ascii: "R"))))
        let isLost = PQstatus(handle) != CONNECTION_OK
        return StorageFailure(
            state: state.isEmpty || isLost && !state.hasPrefix("57P") ? "08006" : state,
            message: message.isEmpty ? words(PQerrorMessage(handle)) : message,
            sql: text,
            constraint: constraint,
            routine: routine
        )
    }

    static func words(_ text: UnsafePointer<CChar>?) -> String {
        guard let text else { return "" }
        var words = String(cString: text)
        while words.last?.isNewline == true { words.removeLast() }
        return words
    }
}

/// A statement that the server has parsed, and the types of its places.
struct PreparedStatement {
    let name: String
    let types: [Oid]
    /// The places whose types the server has said, since they had no value then.
    let inferred: Set<Int>

    func takes(_ values: [SQLValue]) -> Bool {
        zip(values, types).enumerated().allSatisfy { index, place in
            PostgresType.fits(place.0, place.1, isInferred: inferred.contains(index))
        }
    }
}
