public import Database
import SQLText
import Values

/// Numbers that tell the processes on one PostgreSQL database apart, so that no two of them draw the same id.
///
/// A process takes the number that has been out of use the longest, and keeps it fresh while it runs. The order is
/// counted and not read off a clock: clocks of several machines differ.
public enum NodeNumbers {
    static let table = "CREATE TABLE IF NOT EXISTS sys_node (node INTEGER PRIMARY KEY, turn INTEGER NOT NULL)"
    /// The table is about processes and not about the workspace's data: it is not copied and not compared.
    public static let tableName = "sys_node"
    private static let most: Int64 = 1023

    /// Takes a number from 1 to 1023 for this process.
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
            "UPDATE sys_node SET turn = (SELECT max(turn) + 1 FROM sys_node) WHERE node = \(node)"
        )
    }
}
