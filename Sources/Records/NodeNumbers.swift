public import Database
import SQLText
public import Values

/// The program that a process runs, as far as stored data is concerned.
public struct Edition: Sendable, Equatable {
    /// The form of stored data that it knows.
    public let format: Int64
    /// What it makes of a workspace; programs that differ in it keep different things.
    public let mark: String

    /// A program.
    public init(format: Int64, mark: String) { (self.format, self.mark) = (format, mark) }
}

/// The processes on one PostgreSQL database: numbers tell them apart, so that no two of them draw the same id, and each
/// says which program it runs and that it still runs.
///
/// A process takes the number that has been out of use the longest, and keeps it fresh while it runs. The order is
/// counted and not read off a clock: clocks of several machines differ. What tells the time is the database alone.
public enum NodeNumbers {
    static let table = """
        CREATE TABLE IF NOT EXISTS sys_node (node INTEGER PRIMARY KEY, turn INTEGER NOT NULL, format INTEGER, mark TEXT,
            seen INTEGER, place TEXT)
        """
    /// Columns that the table of older workspaces lacks.
    static let newColumns = [("format", "INTEGER"), ("mark", "TEXT"), ("seen", "INTEGER"), ("place", "TEXT")]
    /// The table is about processes and not about the workspace's data: it is not copied and not compared.
    public static let tableName = "sys_node"
    private static let most: Int64 = 1023
    /// Seconds between two signs of life.
    public static let pulse: Int64 = 10
    /// After so many milliseconds without a sign of life a process is taken to be gone.
    public static let silence: Int64 = 60_000

    /// A process of another program that still runs.
    public struct Other: Sendable, Equatable {
        /// Its program.
        public let program: Edition
        /// Seconds since its last sign of life.
        public let silentFor: Int64

        /// A process that runs a program.
        public init(program: Edition, silentFor: Int64) { (self.program, self.silentFor) = (program, silentFor) }
    }

    /// A process that serves the workspace or runs its jobs, not a command that soon ends.
    public struct Server: Sendable, Equatable {
        /// The machine and the process.
        public let place: String
        /// Seconds since its last sign of life.
        public let silentFor: Int64
    }

    /// Takes a number from 1 to 1023 for this process, and says what it runs. Throws when its program is too old.
    public static func join(_ program: Edition, on connection: Connection) throws -> Int {
        try connection.create([table, UpgradeTable.definition])
        let known = try connection.columns(of: tableName).map(\.name)
        for (column, type) in newColumns where !known.contains(column) {
            try connection.script("ALTER TABLE sys_node ADD COLUMN \(column) \(type)")
        }
        guard try connection.storedFormat() <= program.format else { throw Problem.newerData }
        try UpgradeTable.joined(program, on: connection)
        let number = try take(on: connection)
        try connection.run(
            """
            UPDATE sys_node SET format = \(program.format), mark = \(program.mark), place = NULL
            WHERE node = \(number)
            """
        )
        try keep(number, on: connection)
        return number
    }

    /// Takes a number from 1 to 1023 for a process that says nothing about its program.
    public static func take(on connection: Connection) throws -> Int {
        let next = try connection.value("SELECT COALESCE(max(turn), 0) + 1 FROM sys_node").integer ?? 1
        let used = try connection.value("SELECT count(*) FROM sys_node").integer ?? 0
        if used < most {
            try connection.run("INSERT INTO sys_node (node, turn) VALUES (\(used + 1), \(next))")
            return Int(used + 1)
        }
        let oldest = try connection.value("SELECT node FROM sys_node ORDER BY turn LIMIT 1").integer ?? 1
        try connection.run("UPDATE sys_node SET turn = \(next) WHERE node = \(oldest)")
        return Int(oldest)
    }

    /// Says that the process with this number still runs.
    public static func keep(_ node: Int, on connection: Connection) throws {
        try connection.run(
            """
            UPDATE sys_node SET turn = (SELECT max(turn) + 1 FROM sys_node), seen = \(now(connection.dialect))
            WHERE node = \(node)
            """
        )
    }

    /// Says that the process with this number serves the workspace, and where it runs.
    public static func serve(_ node: Int, at place: String, on connection: Connection) throws {
        try connection.run("UPDATE sys_node SET place = \(place) WHERE node = \(node)")
        try keep(node, on: connection)
    }

    /// Says that the process with this number is about to end.
    public static func leave(_ node: Int, on connection: Connection) throws {
        try connection.run("UPDATE sys_node SET seen = NULL WHERE node = \(node)")
    }

    /// The processes that serve the workspace, as far as is known: on SQLite a lock tells, and not this table.
    public static func servers(on connection: Connection) throws -> [Server] {
        guard connection.dialect == .postgres,
            try connection.columns(of: tableName).contains(where: { $0.name == "place" })
        else { return [] }
        let now = now(connection.dialect)
        return try connection.rows(
            "SELECT place, (\(now) - seen) / 1000 FROM sys_node WHERE seen > \(now) - \(silence) AND place IS NOT NULL ORDER BY node"
        ).map { Server(place: $0.text(0), silentFor: max(0, $0.integer(1))) }
    }

    /// What time it is by the database.
    static func time(on connection: Connection) throws -> Instant {
        Instant(milliseconds: try connection.value("SELECT \(now(connection.dialect))").integer ?? 0)
    }

    /// What time it is by the database, in milliseconds since 1970.
    private static func now(_ dialect: Dialect) -> SQLFragment {
        switch dialect {
        case .sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
        case .postgres: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
        }
    }

    /// The processes that run and run something else than this program.
    public static func others(than program: Edition, on connection: Connection) throws -> [Other] {
        guard connection.dialect == .postgres else { return [] }
        let now = now(connection.dialect)
        return try connection.rows(
            """
            SELECT format, mark, (\(now) - seen) / 1000 FROM sys_node
            WHERE seen > \(now) - \(silence) AND mark <> \(program.mark) ORDER BY node
            """
        ).map { Other(program: Edition(format: $0.integer(0), mark: $0.text(1)), silentFor: max(0, $0.integer(2))) }
    }
}

/// Which steps of an upgrade are made, and for which the data is not as they want it yet.
///
/// `sys_upgrade` has a row per step whose tables and columns are there; `settled` says that nothing older runs any more,
/// so that all rows are as the step wants them.
public enum UpgradeTable {
    /// The table.
    public static let definition =
        "CREATE TABLE IF NOT EXISTS sys_upgrade (format INTEGER PRIMARY KEY, settled INTEGER NOT NULL)"
    /// The setting that holds the mark of the program for which all is settled.
    private static let setting = "settled"

    /// A program writes here from now on: what it does not know of is to be looked at again when it has gone.
    static func joined(_ program: Edition, on connection: Connection) throws {
        try connection.run("UPDATE sys_upgrade SET settled = 0 WHERE format > \(program.format)")
        guard try connection.hasTable("sys_setting") else { return }
        try connection.run("DELETE FROM sys_setting WHERE key = \(setting) AND value <> \(program.mark)")
    }

    /// True when nothing is to be done for this program any more.
    public static func isSettled(for program: Edition, on connection: Connection) throws -> Bool {
        try SchemaStore.setting(setting, on: connection) == program.mark
    }

    /// Says that nothing is to be done for this program any more.
    public static func settle(for program: Edition, on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_setting (key, value) VALUES (\(setting), \(program.mark))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """
        )
    }
}

extension Problem {
    /// A program is too old for the data.
    public static let newerData = Problem(
        .unavailable,
        "newer_data",
        Label(
            "This workspace was written by a newer version of Kehu. Install that version.",
            zh: "该工作区由更新版本的程序写入，请升级后再使用。"
        )
    )
}
