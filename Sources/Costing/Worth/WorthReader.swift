import Database
import Identity
public import Records
import SQLText
import Schema
public import Values

/// What a customer is likely to bring.
public struct CustomerWorth: Sendable, Equatable {
    /// When it was reckoned.
    public let at: Instant
    /// By what: `bgnbd`, `contract`, or `scores` alone.
    public let method: String
    /// Recency, frequency and value, 1 to 5 each, as in 543.
    public let rfm: Int64
    /// The chance that it still is a customer, in hundredths of per cent; nil without a repeat purchase. Under contract it
    /// is known: 10,000 or 0.
    public let aliveHundredths: Int64?
    /// Purchases to expect in a year, in hundredths; nil without a forecast.
    public let purchasesHundredths: Int64?
    /// What three years will bring after serving, of a contract all years, in minor units; nil without a forecast.
    public let value: Int64?
    /// What winning it has cost so far, in minor units.
    public let acquired: Int64

    /// Value ÷ cost of winning, in hundredths; nil where one of them is missing.
    public var ratioHundredths: Int64? {
        guard let value, acquired > 0 else { return nil }
        return value * 100 / acquired
    }

    /// The worth of a customer; nil where it has not been reckoned. Throws like the statement.
    public static func of(_ customer: RecordID, _ session: ReadSession) throws -> CustomerWorth? {
        try session.actor.require(.costs)
        _ = try session.find(try ProfitReader.customers(session), customer)
        let rows = try session.connection.rows(
            "SELECT at, rfm, alive, purchases, method FROM sys_worth WHERE record = \(customer) ORDER BY id DESC LIMIT 1"
        )
        guard let row = rows.first else { return nil }
        let runs = try RunList.current(from: "0001-01", to: "9999-12", session.connection)
        let acquired =
            try session.connection.value(
                """
                SELECT CAST(sum(acquired) AS BIGINT) FROM \(Protection(session).profit) p WHERE record = \(customer)
                AND run IN \(list: runs.map { SQLValue($0.id) })
                """
            ).integer ?? 0
        let value = try session.connection.value(
            "SELECT value FROM \(Protection(session).worth) WHERE record = \(customer) ORDER BY id DESC LIMIT 1"
        )
        func hundredths(_ value: SQLValue, _ factor: Double) -> Int64? {
            value.number.map { Int64(($0 * factor).rounded()) }
        }
        return CustomerWorth(
            at: Instant(milliseconds: row.integer(0)),
            method: row.text(4),
            rfm: row.integer(1),
            aliveHundredths: hundredths(row[2], 10_000),
            purchasesHundredths: hundredths(row[3], 100),
            value: value.integer,
            acquired: acquired
        )
    }
}
