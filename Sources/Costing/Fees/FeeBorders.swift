import Database
import Identity
public import Records
import SQLText
import Schema
import Values

/// The profit from which a customer is among the best fifth of those who earn, where no tiers are declared: kept per set
/// of runs, since all statements of all customers must be added up for it.
public struct FeeBorders {
    private let engine: RecordEngine

    /// The borders of a workspace.
    public init(_ engine: RecordEngine) { self.engine = engine }

    /// How many of the last months reckoned have theirs kept.
    private static let months = 2

    /// Works out those that the policy in force will be asked for, after a month was reckoned; forgets all others.
    public func keep() async throws {
        let system = Actor.system("costing")
        let found = try await engine.read(as: system) { session in try FeeBorders.wanted(session) }
        try await engine.write(as: system) { session in
            let connection = session.connection
            try connection.run(
                "DELETE FROM sys_fee_border WHERE runs NOT IN \(list: found.map { SQLValue.text($0.runs) })"
            )
            for border in found {
                try connection.run(
                    """
                    INSERT INTO sys_fee_border (runs, profit) VALUES (\(border.runs), \(border.profit))
                    ON CONFLICT (runs) DO UPDATE SET profit = excluded.profit
                    """
                )
            }
        }
    }

    private static func wanted(_ session: ReadSession) throws -> [(runs: String, profit: Int64)] {
        guard let last = try RunList.lastMonth(session), let length = try FeeReader.monthsInForce(session),
            try TierRuns.declared(session) == nil
        else { return [] }
        return try (0..<months).map { back in
            let to = CostMonth.text(last, adding: -back)
            let from = CostMonth.text(to, adding: 1 - length)
            let runs = try RunList.current(from: from, to: to, session.connection).map { SQLValue($0.id) }
            return (key(runs), try bestFifth(runs, session.connection))
        }
    }

    /// The border of some runs.
    static func border(of runs: [SQLValue], on connection: Connection) throws -> Int64 {
        try kept(runs, connection) ?? bestFifth(runs, connection)
    }

    private static func key(_ runs: [SQLValue]) -> String {
        runs.compactMap(\.integer).sorted().map(String.init).joined(separator: ",")
    }

    private static func kept(_ runs: [SQLValue], _ connection: Connection) throws -> Int64? {
        try connection.value("SELECT profit FROM sys_fee_border WHERE runs = \(key(runs))").integer
    }

    private static func bestFifth(_ runs: [SQLValue], _ connection: Connection) throws -> Int64 {
        var earning: [Int64] = []
        try connection.each(
            """
            SELECT CAST(sum(\(ProfitColumns.profit)) AS BIGINT) AS profit FROM sys_profit WHERE run IN \(list: runs)
            GROUP BY record
            """
        ) { row in
            if row.integer(0) > 0 { earning.append(row.integer(0)) }
            return true
        }
        earning.sort(by: >)
        return earning.isEmpty ? 0 : earning[max(1, earning.count / 5) - 1]
    }
}
