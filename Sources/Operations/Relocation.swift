public import Database
public import Records
import SQLText
import Search
import Values

/// Takes a workspace from one database into another for good: nobody writes to the source from the beginning on, and what
/// is broken off goes on where it was when it is run again.
///
/// Rows are copied in the order of their keys, some in each transaction; a table of the target says how far it is. What
/// has arrived is counted and hashed in the end, and compared with what the source holds then.
public struct Relocation: Sendable {
    /// The table of a target that says what has arrived. As long as it is there, not all has.
    public static let progressTable = "sys_arriving"

    private let source: Database
    private let target: Database
    private let transfer: Transfer
    /// How many rows go in one transaction.
    var portion = 2000
    /// How many bytes, at most some more.
    var bytes = 4_000_000
    /// Of so many rows a table's indexes are made when all are there.
    var many: Int64 = 10_000
    /// Called after each transaction, which is kept also when this throws and so breaks the move off.
    public var afterPortion: @Sendable () throws -> Void = {}

    /// A move from `source` into `target`, which is empty or holds what an earlier try of the same move has put there;
    /// `modules` are those of the program.
    public init(from source: Database, to target: Database, modules: [Module]) {
        (self.source, self.target) = (source, target)
        transfer = Transfer(from: source, to: target, modules: modules)
    }

    /// The number of the move that has put something into a target; nil for none, and where all has arrived.
    public static func number(of target: Database) async throws -> Int64? {
        try await target.read { connection -> Int64? in
            guard try connection.hasTable(progressTable) else { return nil }
            return try connection.value("SELECT number FROM sys_arriving WHERE name = ''").integer
        }
    }

    /// Copies what has not arrived yet, and compares all. Afterwards nobody may write to the source still, and the target
    /// is not to be used before `settle`.
    public func run() async throws -> Transfer.Sent {
        let number = try await source.stopWrites()
        try await source.write(always: true) { connection in
            // What waits for the index has no place in the order of its entries.
            if try connection.hasTable(SearchIndex.waitingTable) { try SearchIndex.settle(on: connection) }
        }
        try await begin(number)
        let states = try await states()
        var load = Load()
        for table in try await source.read({ try Inspection.tables(on: $0) }) where states[table] != .done {
            try await copy(table, isBegun: states[table] == .begun, &load)
        }
        try await send(&load)
        for object in try await source.read({ try SearchIndex.objects(on: $0) }) {
            let state = states[SearchIndex.mark + object]
            if state != .done { try await copyEntries(of: object, isBegun: state == .begun) }
        }
        let sent = try await source.read { try Relocation.content($0) }
        let format = sent.format
        try await target.write { try $0.setStoredFormat(format) }
        try await transfer.compare(sent)
        return sent
    }

    /// Says that all has arrived.
    public static func settle(on target: Connection) throws {
        try target.script("DROP TABLE IF EXISTS \(progressTable)")
    }

    /// Makes the tables of the target, unless this move has done so.
    private func begin(_ number: Int64) async throws {
        if try await Relocation.number(of: target) == number { return }
        try await transfer.prepare()
        try await target.write { connection in
            try connection.create([
                """
                CREATE TABLE IF NOT EXISTS sys_arriving (name TEXT PRIMARY KEY, number INTEGER NOT NULL, indexes TEXT)
                """
            ])
            try connection.run("DELETE FROM sys_arriving")
            try connection.run("INSERT INTO sys_arriving (name, number) VALUES ('', \(number))")
        }
    }

    /// What the source holds: counts and hashes of all tables at one moment.
    private static func content(_ connection: Connection) throws -> Transfer.Sent {
        var sent = Transfer.Sent()
        sent.format = try connection.storedFormat()
        sent.lastEntry = try Transfer.lastEntry(on: connection)
        for table in try Inspection.tables(on: connection) {
            var count: Int64 = 0
            sent.content[table] = try Inspection.hash(of: table, on: connection) { _ in count += 1 }
            sent.rows[table] = count
        }
        return sent
    }

    // MARK: How far it is

    /// How far the rows of a table are.
    private enum State: Int64 {
        case begun = 0
        case done = 1
    }

    private func states() async throws -> [String: State] {
        let rows = try await target.read { try $0.rows("SELECT name, number FROM sys_arriving WHERE name <> ''") }
        return Dictionary(rows.map { ($0.text(0), State(rawValue: $0.integer(1)) ?? .begun) }) { first, _ in first }
    }

    /// Notes how far a table is; `indexes` are those to be made when all rows are there.
    private static func note(_ name: String, _ state: State, _ indexes: [String], on connection: Connection) throws {
        let text: String? = indexes.isEmpty ? nil : indexes.joined(separator: separator)
        try connection.run(
            """
            INSERT INTO sys_arriving (name, number, indexes) VALUES (\(name), \(state.rawValue), \(text))
            ON CONFLICT (name) DO UPDATE SET number = excluded.number, indexes = excluded.indexes
            """
        )
    }

    private static func indexes(_ name: String, on connection: Connection) throws -> [String] {
        let text = try connection.value("SELECT indexes FROM sys_arriving WHERE name = \(name)").text
        return text.map { $0.split(separator: separator).map(String.init) } ?? []
    }

    // No definition holds it.
    private static let separator = "\u{1E}"

    // MARK: Rows

    /// A table of the source.
    private struct Shape: Sendable {
        let table: String
        /// Its columns by name, as they are hashed.
        let columns: [TableColumn]
        /// The columns of its key.
        let keys: [String]
        let isMany: Bool

        var names: [String] { columns.map(\.name) }
        /// The columns by which it is copied.
        var order: [String] { keys.isEmpty ? names : keys }

        /// The key of a row.
        func key(of row: [SQLValue]) -> [SQLValue] {
            keys.compactMap { key in columns.firstIndex { $0.name == key }.map { row[$0] } }
        }
    }

    /// Rows of one table on their way.
    private struct Piece: Sendable {
        let shape: Shape
        let rows: [[SQLValue]]
        let isFirst: Bool
        let isLast: Bool
    }

    /// What goes in the next transaction: many tables have few rows.
    private struct Load {
        var pieces: [Piece] = []
        var rows: Int { pieces.reduce(0) { $0 + $1.rows.count } }
    }

    private func copy(_ table: String, isBegun: Bool, _ load: inout Load) async throws {
        let shape = try await shape(table)
        var isFirst = !isBegun
        var last = isBegun ? try await lastKey(shape) : nil
        while true {
            let (rows, isEnd) = try await rows(shape, after: last)
            load.pieces.append(Piece(shape: shape, rows: rows, isFirst: isFirst, isLast: isEnd))
            if !isEnd || load.rows >= portion { try await send(&load) }
            if isEnd { return }
            last = rows.last.map { shape.key(of: $0) }
            isFirst = false
        }
    }

    private func shape(_ table: String) async throws -> Shape {
        let many = many
        return try await source.read { connection in
            let columns = try connection.columns(of: table)
            let keys = columns.filter { $0.keyPosition > 0 }.sorted { $0.keyPosition < $1.keyPosition }
            let count = try connection.value("SELECT count(*) FROM \(name: table)").integer ?? 0
            return Shape(
                table: table,
                columns: columns.sorted { $0.name < $1.name },
                keys: keys.map(\.name),
                isMany: count >= many
            )
        }
    }

    /// Rows behind a key, and whether they are the last ones. A table without a key is read as a whole.
    private func rows(_ shape: Shape, after key: [SQLValue]?) async throws -> (rows: [[SQLValue]], isEnd: Bool) {
        let (portion, bytes) = (portion, bytes)
        return try await source.read { connection in
            let names = shape.names.map(quotedName).joined(separator: ", ")
            let order = shape.order.map(quotedName).joined(separator: ", ")
            var sql: SQLFragment = "SELECT \(raw: names) FROM \(name: shape.table)"
            if let key { sql += " WHERE (\(raw: order)) > \(list: key)" }
            sql += " ORDER BY \(raw: order)"
            if !shape.keys.isEmpty { sql += " LIMIT \(portion)" }
            var (rows, size, isCut) = ([[SQLValue]](), 0, false)
            try connection.each(sql) { cursor in
                let values = cursor.row.values
                rows.append(values)
                size += Relocation.size(of: values)
                isCut = size >= bytes && !shape.keys.isEmpty
                return !isCut
            }
            return (rows, shape.keys.isEmpty || !isCut && rows.count < portion)
        }
    }

    private static func size(of row: [SQLValue]) -> Int {
        row.reduce(0) { sum, value in
            switch value {
            case .text(let text): sum + text.utf8.count
            case .blob(let bytes): sum + bytes.count
            case .null, .integer, .real: sum + 8
            }
        }
    }

    /// The key of the last row that has arrived; nil when none has.
    private func lastKey(_ shape: Shape) async throws -> [SQLValue]? {
        if shape.keys.isEmpty { return nil }
        return try await target.read { connection -> [SQLValue]? in
            let keys = shape.keys.map(quotedName)
            let order = keys.map { $0 + " DESC" }.joined(separator: ", ")
            return try connection.row(
                "SELECT \(raw: keys.joined(separator: ", ")) FROM \(name: shape.table) ORDER BY \(raw: order) LIMIT 1"
            )?.values
        }
    }

    private func send(_ load: inout Load) async throws {
        let pieces = load.pieces
        if pieces.isEmpty { return }
        load.pieces = []
        try await target.write { connection in
            for piece in pieces { try Relocation.receive(piece, on: connection) }
        }
        try afterPortion()
    }

    private static func receive(_ piece: Piece, on connection: Connection) throws {
        let (shape, table) = (piece.shape, piece.shape.table)
        var late: [String] = []
        if piece.isFirst {
            try Transfer.makeRoom(
                for: .init(table: table, columns: shape.names, types: shape.columns.map(\.type), rows: []),
                on: connection
            )
            if shape.isMany, connection.dialect == .postgres {
                late = try LateIndexes.take(of: table, on: connection)
            }
        } else {
            late = try indexes(table, on: connection)
        }
        try connection.append(piece.rows, to: table, columns: shape.names)
        if piece.isLast, !late.isEmpty { try LateIndexes.make(late, of: table, on: connection) }
        try note(table, piece.isLast ? .done : .begun, piece.isLast ? [] : late, on: connection)
    }

    // MARK: Search entries

    private func copyEntries(of object: String, isBegun: Bool) async throws {
        let (name, storage) = (SearchIndex.mark + object, SearchIndex.storage(of: object))
        let (portion, many) = (portion, many)
        var isFirst = !isBegun
        var last: Int64 = isBegun ? try await target.read { try SearchIndex.lastEntry(object, on: $0) } : 0
        let isMany = try await source.read { connection in
            guard try connection.hasTable(object) else { return false }
            return try connection.value("SELECT count(*) FROM \(name: object)").integer ?? 0 >= many
        }
        while true {
            let after = last
            let rows = try await source.read {
                try SearchIndex.entries(object, after: after, atMost: portion, on: $0)
            }
            let (begins, ends) = (isFirst, rows.count < portion)
            try await target.write { connection in
                var late: [String] = []
                if begins {
                    try SearchIndex.clear(object, on: connection)
                    if isMany, connection.dialect == .postgres {
                        late = try LateIndexes.take(of: storage, on: connection)
                    }
                } else {
                    late = try Relocation.indexes(name, on: connection)
                }
                for row in rows { try SearchIndex.load(row, object: object, on: connection) }
                if ends, !late.isEmpty { try LateIndexes.make(late, of: storage, on: connection) }
                try Relocation.note(name, ends ? .done : .begun, ends ? [] : late, on: connection)
            }
            try afterPortion()
            guard !ends, let next = rows.last?.first?.integer else { return }
            (last, isFirst) = (next, false)
        }
    }
}
