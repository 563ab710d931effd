public import Database
public import Records
import SQLText
import Search
import Values

/// Copies a workspace from one database into another, of the same engine or the other one: definitions, rows, audit
/// chain and search index, as they are at one moment.
///
/// What has arrived is counted and hashed, table by table, and compared with what was sent.
public struct Transfer: Sendable {
    let source: Database
    let target: Database
    let modules: [Module]
    /// Of so many rows a table's indexes are made when all are there.
    var many = 10_000

    /// What was sent: rows and hashes by table.
    public struct Sent: Sendable {
        /// How many rows each table has.
        public var rows: [String: Int64] = [:]
        /// The SHA-256 of each table's rows.
        public var content: [String: String] = [:]
        /// The form of the stored data.
        public var format: Int64 = 0
        /// The last entry of the audit log: when it is still the last, nothing was written since.
        public var lastEntry: Int64 = 0
    }

    static let portion = 500
    /// Tables that a program makes by itself when it opens a workspace, and what must be there before the others.
    private static let definitions = ["sys_setting", "sys_counter", "sys_object", "sys_field"]

    /// A copy from `source` into `target`, which is empty; `modules` are those of the program.
    public init(from source: Database, to target: Database, modules: [Module]) {
        (self.source, self.target, self.modules) = (source, target, modules)
    }

    /// Copies while others read and write the source: they are not seen.
    public func run() async throws -> Sent {
        try await prepare()
        let sent = try await copied()
        let format = sent.format
        try await target.write { try $0.setStoredFormat(format) }
        try await compare(sent)
        return sent
    }

    /// Makes the tables: those of the program, then those that the workspace's own definitions add.
    func prepare() async throws {
        _ = try await RecordEngine(database: target, modules: modules)
        for table in Transfer.definitions {
            let (columns, rows) = try await source.read { connection in
                let columns = try connection.columns(of: table).map(\.name)
                let list = columns.map(quotedName).joined(separator: ", ")
                return (columns, try connection.rows("SELECT \(raw: list) FROM \(name: table)").map(\.values))
            }
            try await target.write { connection in
                try connection.run("DELETE FROM \(name: table)")
                try connection.append(rows, to: table, columns: columns)
            }
        }
        _ = try await RecordEngine(database: target, modules: modules)
    }

    /// Sends from one read of the source to one write of the target.
    private func copied() async throws -> Sent {
        let pipe = RowPipe()
        let (source, target, many) = (source, target, many)
        async let received: Void = {
            do {
                try await target.write { try Transfer.receive(from: pipe, many, on: $0) }
            } catch {
                pipe.cancel()
                throw error
            }
        }()
        var sent = Sent()
        var failure: (any Error)?
        do {
            sent = try await source.read { try Transfer.send($0, into: pipe) }
            pipe.finish()
        } catch {
            failure = error
            pipe.cancel()
        }
        do {
            try await received
        } catch {
            // Of two failures the one that came first says more than that the other side stopped.
            if failure == nil || failure is CancellationError { failure = error }
        }
        if let failure { throw failure }
        return sent
    }

    func compare(_ sent: Sent) async throws {
        let found = try await Inspection.of(target, content: true)
        if let fault = found.faults.first { throw Problem(.failure, "copy_differs", fault) }
        let wrong = sent.rows.keys.filter {
            found.rows[$0] != sent.rows[$0] || found.content[$0] != sent.content[$0]
        }
        if let table = wrong.min() {
            throw Problem(
                .failure,
                "copy_differs",
                Label(
                    "The copy differs from the original in «\(table)», so it was given up. Nothing was changed.",
                    zh: "表“\(table)”的副本与原数据不一致，已放弃本次操作，原数据未变。"
                )
            )
        }
    }

    // MARK: Sending

    private static func send(_ connection: Connection, into pipe: RowPipe) throws -> Sent {
        var sent = Sent()
        sent.format = try connection.storedFormat()
        sent.lastEntry = try lastEntry(on: connection)
        for table in try Inspection.tables(on: connection) {
            let columns = try connection.columns(of: table).sorted { $0.name < $1.name }
            let names = columns.map(\.name)
            var rows: [[SQLValue]] = []
            var count: Int64 = 0
            // An empty portion tells that the table is there.
            try pipe.put(.init(table: table, columns: names, types: columns.map(\.type), rows: []))
            sent.content[table] = try Inspection.hash(of: table, on: connection) { row in
                rows.append(row.row.values)
                count += 1
                guard rows.count == portion else { return }
                try pipe.put(.init(table: table, columns: names, types: columns.map(\.type), rows: rows))
                rows.removeAll(keepingCapacity: true)
            }
            try pipe.put(.init(table: table, columns: names, types: columns.map(\.type), rows: rows))
            sent.rows[table] = count
        }
        for object in try SearchIndex.objects(on: connection) {
            try SearchIndex.eachEntry(object, by: portion, on: connection) { rows in
                try pipe.put(.init(table: SearchIndex.mark + object, columns: [], types: [], rows: rows))
            }
        }
        return sent
    }

    /// The last entry of the audit log.
    public static func lastEntry(on connection: Connection) throws -> Int64 {
        try connection.value("SELECT seq FROM sys_audit_head WHERE one = 1").integer ?? 0
    }

    // MARK: Receiving

    private static func receive(from pipe: RowPipe, _ many: Int, on connection: Connection) throws {
        var table: String?
        var indexes: LateIndexes?
        while let portion = try pipe.take() {
            let entries = portion.table.hasPrefix(SearchIndex.mark)
            let object = String(portion.table.dropFirst(SearchIndex.mark.count))
            if portion.table != table {
                try indexes?.finish(on: connection)
                table = portion.table
                indexes = LateIndexes(of: entries ? SearchIndex.storage(of: object) : portion.table, many)
                try entries ? SearchIndex.clear(object, on: connection) : makeRoom(for: portion, on: connection)
            }
            if entries {
                for row in portion.rows { try SearchIndex.load(row, object: object, on: connection) }
            } else {
                try connection.append(portion.rows, to: portion.table, columns: portion.columns)
            }
            try indexes?.came(portion.rows.count, on: connection)
        }
        try indexes?.finish(on: connection)
    }

    /// Empties a table, and adds what this program would not have made: tables and columns of definitions that were
    /// removed and can still be restored.
    static func makeRoom(for portion: RowPipe.Portion, on connection: Connection) throws {
        let table = quotedName(portion.table)
        let present = Set(try connection.columns(of: portion.table).map(\.name))
        if present.isEmpty {
            let columns = zip(portion.columns, portion.types).map { name, type in
                quotedName(name) + " " + type + (name == "id" ? " PRIMARY KEY" : "")
            }
            return try connection.script("CREATE TABLE \(table) (\(columns.joined(separator: ", ")))")
        }
        for (name, type) in zip(portion.columns, portion.types) where !present.contains(name) {
            try connection.script("ALTER TABLE \(table) ADD COLUMN \(quotedName(name)) \(type)")
        }
        try connection.run("DELETE FROM \(name: portion.table)")
    }
}
