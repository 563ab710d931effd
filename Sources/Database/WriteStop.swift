import SQLText
public import Values

/// Why nobody may write to a workspace, which may be read all the same. It stands in the database itself, so that every
/// process that writes there finds it with its next write, and it outlives whoever has put it there.
public enum WriteStop: Sendable, Equatable {
    /// It is being copied to another database; the number tells one such move from the next.
    case moving(Int64)
    /// It lies in another database now: what is here was left behind.
    case moved

    /// The number of a move, which is never 0.
    static func number() -> Int64 { Int64.random(in: 1...WriteStop.places) }

    // SQLite keeps the stop where it costs a write nothing to look: in the file's head, which is read anyway.
    private static let places: Int64 = 0xFF_FFFF
    private static let movingMark: Int64 = 0x6B00_0000
    private static let movedMark: Int64 = 0x6C00_0000

    /// What a SQLite file of this `application_id` says; nil where everybody may write.
    init?(mark: Int64) {
        if mark == WriteStop.movedMark {
            self = .moved
        } else if (WriteStop.movingMark + 1...WriteStop.movingMark + WriteStop.places).contains(mark) {
            self = .moving(mark - WriteStop.movingMark)
        } else {
            return nil
        }
    }

    /// The `application_id` of a SQLite file.
    static func mark(_ stop: WriteStop?) -> Int64 {
        switch stop {
        case .moving(let number): movingMark + number
        case .moved: movedMark
        case nil: 0
        }
    }

    /// The table of PostgreSQL that is there while nobody may write.
    public static let tableName = "sys_moving"
    /// What those hold who write aside, and whoever stops all writes takes for itself alone.
    static let asideLock = "hashtextextended('kehu.aside.' || current_schema(), 0)"
    /// Answers the number of the transaction, with a word behind it where nobody may write. The catalogue is asked, since
    /// the table is not there as a rule. It is asked after a writer's turn has come, so that it sees what was committed
    /// while it waited.
    static let question = """
        SELECT pg_current_xact_id()::text || CASE WHEN EXISTS (SELECT 1 FROM pg_class WHERE relname = '\(tableName)'
        AND relnamespace = to_regnamespace(quote_ident(current_schema()))) THEN ' stopped' ELSE '' END
        """
}

extension Connection {
    /// Why nobody may write here; nil where everybody may.
    public func writeStop() throws -> WriteStop? {
        switch dialect {
        case .sqlite: return WriteStop(mark: try value("PRAGMA application_id").integer ?? 0)
        case .postgres:
            guard try hasTable(WriteStop.tableName) else { return nil }
            let number = try value("SELECT max(number) FROM sys_moving").integer ?? 0
            return number == 0 ? .moved : .moving(number)
        }
    }

    /// Lets nobody write from the end of this transaction on, or everybody again.
    public func setWriteStop(_ stop: WriteStop?) throws {
        if dialect == .sqlite { return try script("PRAGMA application_id = \(WriteStop.mark(stop))") }
        guard let stop else { return try script("DROP TABLE IF EXISTS sys_moving") }
        try create(["CREATE TABLE IF NOT EXISTS sys_moving (number INTEGER NOT NULL)"])
        try run("DELETE FROM sys_moving")
        let number: Int64 = if case .moving(let number) = stop { number } else { 0 }
        try run("INSERT INTO sys_moving (number) VALUES (\(number))")
    }
}

extension Database {
    /// Lets nobody write any more, in any process, until `allowWrites`: when this returns, what was being written is
    /// committed. The answer is the number of the move; where one goes on it is that one's.
    ///
    /// Throws where the workspace has moved already.
    public func stopWrites() async throws -> Int64 {
        try await write(always: true) { connection in
            switch try connection.writeStop() {
            case .moving(let number): return number
            case .moved: throw Problem(WriteStop.moved)
            case nil: break
            }
            if connection.dialect == .postgres {
                // Whoever writes aside takes no turn: they end first.
                try connection.run("SELECT CAST(pg_advisory_xact_lock(\(raw: WriteStop.asideLock)) AS TEXT)")
            }
            let number = WriteStop.number()
            try connection.setWriteStop(.moving(number))
            return number
        }
    }

    /// Lets everybody write again.
    public func allowWrites() async throws { try await write(always: true) { try $0.setWriteStop(nil) } }

    /// Why nobody may write; nil where everybody may.
    public func writeStop() async throws -> WriteStop? { try await read { try $0.writeStop() } }
}

extension Problem {
    /// What whoever wants to write is told.
    public init(_ stop: WriteStop) {
        switch stop {
        case .moving:
            self.init(
                .unavailable,
                "workspace_moving",
                Label(
                    "This workspace is being moved to another database. It can be read meanwhile; nothing was written. Try again later.",
                    zh: "该工作区正在迁移到另一数据库，期间只能查看；数据未写入，请稍后重试。"
                ),
                retryAfter: 60
            )
        case .moved:
            self.init(
                .unavailable,
                "workspace_moved",
                Label(
                    "This workspace has moved to another database. This is the old copy, which can only be read; nothing was written. The administrator stops this server and starts one with the new database.",
                    zh: "该工作区已迁移到另一数据库。这里是旧副本，只能查看，数据未写入。请管理员停止本服务，改用新数据库启动。"
                ),
                retryAfter: 60
            )
        }
    }
}
