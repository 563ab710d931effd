import Database
import Identity
public import Records
import SQLText
import Schema
public import Values

/// Customers by what they will bring.
public enum WorthList {
    /// One customer.
    public struct Line: Sendable, Equatable {
        /// The customer.
        public let customer: RecordID
        /// Its name.
        public let name: String
        /// What it is worth.
        public let worth: CustomerWorth
    }

    /// The customers of most worth that the reader may see, at most `limit`; where nothing could be forecast, those with
    /// the best scores. Throws `forbidden` without the right to costs.
    public static func lines(limit: Int, filter: String? = nil, _ session: ReadSession) throws -> [Line] {
        try session.actor.require(.costs)
        let valued = try lines("v.value IS NOT NULL", "v.value DESC", limit, filter, session)
        return valued.isEmpty ? try lines("1 = 1", "w.rfm DESC", limit, filter, session) : valued
    }

    private static func lines(
        _ which: SQLFragment,
        _ order: SQLFragment,
        _ limit: Int,
        _ filter: String?,
        _ session: ReadSession
    ) throws -> [Line] {
        let customer = "customer"
        let condition = try ProfitReader.condition(filter, session)
        let access: SQLFragment = condition.map { " AND " + $0 } ?? ""
        let rows = try session.connection.rows(
            """
            SELECT w.record, c."name", w.at, w.rfm, w.alive, w.purchases, w.method, v.value FROM sys_worth w
            LEFT JOIN \(Protection(session).worth) v ON v.record = w.record
            JOIN \(name: customer) c ON c."id" = w.record
            WHERE \(which) AND c."deleted_at" IS NULL\(access) ORDER BY \(order), w.record LIMIT \(limit)
            """
        )
        let acquired = try acquired(by: rows.map { $0.integer(0) }, session)
        return rows.map { row in
            func hundredths(_ place: Int, _ factor: Double) -> Int64? {
                row[place].number.map { Int64(($0 * factor).rounded()) }
            }
            return Line(
                customer: RecordID(row.integer(0)),
                name: row.text(1),
                worth: CustomerWorth(
                    at: Instant(milliseconds: row.integer(2)),
                    method: row.text(6),
                    rfm: row.integer(3),
                    aliveHundredths: hundredths(4, 10_000),
                    purchasesHundredths: hundredths(5, 100),
                    value: row[7].integer,
                    acquired: acquired[row.integer(0)] ?? 0
                )
            )
        }
    }

    private static func acquired(by customers: [Int64], _ session: ReadSession) throws -> [Int64: Int64] {
        let runs = try RunList.current(from: "0001-01", to: "9999-12", session.connection)
        var acquired: [Int64: Int64] = [:]
        for start in stride(from: 0, to: customers.count, by: 1000) {
            let part = customers[start..<min(start + 1000, customers.count)].map { SQLValue.integer($0) }
            let rows = try session.connection.rows(
                """
                SELECT record, CAST(sum(acquired) AS BIGINT) FROM \(Protection(session).profit) p
                WHERE record IN \(list: part) AND run IN \(list: runs.map { SQLValue($0.id) }) GROUP BY record
                """
            )
            for row in rows { acquired[row.integer(0)] = row.integer(1) }
        }
        return acquired
    }
}
