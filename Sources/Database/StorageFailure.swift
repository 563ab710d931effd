/// What the engine refused. `Records` turns it into words for people.
public struct StorageFailure: Error, Sendable {
    /// SQLite's extended code; 0 of PostgreSQL.
    public let code: Int32
    /// PostgreSQL's five characters (SQLSTATE); empty of SQLite.
    public let state: String
    /// The engine's words.
    public let message: String
    /// The statement.
    public let sql: String
    /// The unique index that refused a row, on PostgreSQL; else empty. Its words depend on the language that it is set to.
    public let constraint: String
    /// True when PostgreSQL refused a prepared statement because its table has changed since.
    private let isStale: Bool

    init(code: Int32, message: String, sql: String) {
        (self.code, self.state, self.message, self.sql) = (code, "", message, sql)
        (constraint, isStale) = ("", false)
    }

    /// `routine` is the function of PostgreSQL that refused, which some poolers leave out.
    init(state: String, message: String, sql: String, constraint: String = "", routine: String? = nil) {
        (self.code, self.state, self.message, self.sql) = (0, state, message, sql)
        self.constraint = constraint
        // That it lacks a feature, as the state has it, may be for good; where it looks at its plans it is not.
        isStale = state == "26000" || state == "0A000" && ["", "RevalidateCachedQuery"].contains(routine)
    }

    /// True when a unique index refused the row.
    public var isUnique: Bool { code == 2067 || code == 1555 || state == "23505" }
    /// True when PostgreSQL cannot do what was asked, such as a unique index over a table in partitions.
    public var isUnsupported: Bool { state == "0A000" }
    /// True when the disk is full.
    public var isFull: Bool { code & 0xFF == 13 || state == "53100" }
    /// True when the file is no sound database.
    public var isDamage: Bool { code & 0xFF == 11 || code & 0xFF == 26 || state.hasPrefix("XX00") && state != "XX000" }
    /// True when the disk failed to read or write.
    public var isDisk: Bool { code & 0xFF == 10 || code & 0xFF == 14 || state == "58030" }
    /// True when the file cannot be written.
    public var isReadOnly: Bool { code & 0xFF == 8 || state == "25006" }
    /// True when a text holds what the server keeps in none, such as the character 0.
    public var isUnkeepable: Bool { state == "22021" }
    /// True when a whole number grew out of its 64 bits.
    public var isOverflow: Bool { message == "integer overflow" || state == "22003" }
    /// True when the connection to the server was lost, or there was none to be had.
    public var isLost: Bool { state.hasPrefix("08") || state.hasPrefix("57P") || state == "53300" }
    /// True when there was no connection to be had because all are in use.
    public var isBusy: Bool { state == "53300" }
    /// True when nobody can say whether a write was kept.
    public var isUnknown: Bool { state == "40003" }
    /// True when others used a table for longer than a definition waits.
    var isLockTimeout: Bool { state == "55P03" }
    /// True when the same transaction may well succeed when it is run again from its beginning.
    var isPassing: Bool { state == "40001" || state == "40P01" || isStale }
}
