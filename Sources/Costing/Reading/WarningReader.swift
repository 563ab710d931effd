import Database
import Identity
public import Records
import SQLText
import Schema
public import Values

/// Customers that somebody should look at.
public enum WarningReader {
    /// Why.
    public enum Kind: String, Sendable, CaseIterable {
        /// A loss in each of the last two months.
        case losing
        /// Serving takes more of the margin than the firm wants.
        case dear
        /// Winning cost more than three years will bring.
        case overpaid

        /// The reason in words.
        public var label: Label {
            switch self {
            case .losing: Label("A loss two months running", zh: "连续两个月亏损")
            case .dear: Label("Serving takes too much of the margin", zh: "服务成本占毛利过高")
            case .overpaid: Label("Winning cost more than it will bring", zh: "获取成本高于预计价值")
            }
        }
    }

    /// One customer with its reason.
    public struct Warning: Sendable, Equatable {
        /// Why.
        public let kind: Kind
        /// The customer.
        public let customer: RecordID
        /// Its name.
        public let name: String
        /// The loss, the cost to serve, or the cost of winning, in minor units.
        public let amount: Int64
    }

    /// At most `limit` customers for each reason, of those that the reader may see, up to a month.
    public static func list(until month: String, limit: Int = 10, _ session: ReadSession) throws -> [Warning] {
        try session.actor.require(.costs)
        return try figures(until: month, Protection(session), session.connection).flatMap { kind, figures in
            try rows(figures, limit, session).map { row in
                Warning(kind: kind, customer: RecordID(row.integer(0)), name: row.text(1), amount: row.integer(2))
            }
        }
    }

    /// Record and amount of each kind in SQL.
    static func figures(
        until month: String,
        _ protection: Protection,
        _ connection: Connection
    ) throws -> [(Kind, SQLFragment)] {
        let runs = try RunList.current(from: CostMonth.text(month, adding: -2), to: month, connection)
        guard !runs.isEmpty else { return [] }
        let (policy, profit) = (try CostPolicy(connection), protection.profit)
        var found: [(Kind, SQLFragment)] = []
        if runs.count > 1 {
            found.append((.losing, losing(runs[runs.count - 2].id, runs[runs.count - 1].id, profit)))
        }
        found.append((.dear, dear(runs.map { SQLValue($0.id) }, policy.serveWarning, profit)))
        let all = try RunList.current(from: "0001-01", to: month, connection).map { SQLValue($0.id) }
        return found + [(.overpaid, overpaid(all, profit, protection.worth))]
    }

    /// `figures` answers record and amount; the dearest first.
    private static func rows(_ figures: SQLFragment, _ limit: Int, _ session: ReadSession) throws -> [Row] {
        let object = try ProfitReader.customers(session)
        let access: SQLFragment = session.condition(.read, on: object, alias: "c").map { " AND " + $0 } ?? ""
        return try session.connection.rows(
            """
            SELECT c."id", c."name", f.amount FROM (\(figures)) f JOIN \(name: object.key) c ON c."id" = f.record
            WHERE c."deleted_at" IS NULL\(access) ORDER BY f.amount DESC, c."id" LIMIT \(limit)
            """
        )
    }

    private static func losing(_ before: RecordID, _ last: RecordID, _ table: SQLFragment) -> SQLFragment {
        func loss(_ run: RecordID) -> SQLFragment {
            """
            (SELECT record, CAST(sum(\(ProfitColumns.profit)) AS BIGINT) AS profit FROM \(table) p WHERE run = \(run)
            GROUP BY record)
            """
        }
        return """
            SELECT a.record AS record, -(a.profit + b.profit) AS amount FROM \(loss(before)) a
            JOIN \(loss(last)) b ON b.record = a.record WHERE a.profit < 0 AND b.profit < 0
            """
    }

    private static func dear(_ runs: [SQLValue], _ percent: Int64, _ table: SQLFragment) -> SQLFragment {
        """
        SELECT record, serve AS amount FROM (SELECT record, CAST(sum(service + maintenance) AS BIGINT) AS serve,
            CAST(sum(sales - discounts - refunds - goods) AS BIGINT) AS margin FROM \(table) p
            WHERE run IN \(list: runs)
            GROUP BY record) sums
        WHERE margin > 0 AND serve * 100 > margin * \(percent)
        """
    }

    private static func overpaid(_ runs: [SQLValue], _ table: SQLFragment, _ worth: SQLFragment) -> SQLFragment {
        """
        SELECT p.record AS record, p.acquired AS amount FROM (SELECT record, CAST(sum(acquired) AS BIGINT) AS acquired
            FROM \(table) t WHERE run IN \(list: runs) GROUP BY record) p
        JOIN (SELECT record, max(value) AS value FROM \(worth) WHERE value IS NOT NULL GROUP BY record) w
            ON w.record = p.record
        WHERE p.acquired > w.value
        """
    }
}
