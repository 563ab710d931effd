import Database
import Expressions
import Records
import SQLText
import Schema
import Values

/// What becomes of a fee in the books: once approved it is income of the customer, as a line of sales of the kind «fee».
///
/// It has the line number of the fee, so that an invoice which is imported with that number changes it instead of
/// counting it twice. A month that is closed stays as it is: then the day of the decision counts.
enum FeeBooking {
    static func book(_ fee: Record<ChargeLine>, _ session: WriteSession) throws {
        guard let amount = fee.amount, try booked(fee, session) == nil else { return }
        try write(fee, amount, reference(fee), try openDay(fee.day, session), session)
    }

    /// Takes a booked fee back: the line goes, or, where its month is closed, a line against it comes.
    static func takeBack(_ fee: Record<ChargeLine>, _ session: WriteSession) throws {
        guard let row = try booked(fee, session), let id = row.id(0) else { return }
        let month = String(row.text(1).prefix(7))
        guard try ClosedMonths.isClosed(month, session.connection) else {
            return try session.delete(try session.object("sale_lines"), id)
        }
        guard let amount = fee.amount else { return }
        let against = Money(minor: -amount.minor, currency: amount.currency)
        try write(fee, against, reference(fee) + "-0", try openDay(nil, session), session)
    }

    /// The number of the line of sales.
    static func reference(_ fee: Record<ChargeLine>) -> String {
        if let reference = fee.reference, !reference.isEmpty { return "F-" + String(reference.prefix(50)) }
        return "F-" + fee.id.description
    }

    private static func booked(_ fee: Record<ChargeLine>, _ session: WriteSession) throws -> Row? {
        try session.connection.row(
            """
            SELECT "id", "day" FROM \(name: SaleLine.key) WHERE "reference" = \(reference(fee)) AND "deleted_at" IS NULL
            """
        )
    }

    private static func openDay(_ day: Day?, _ session: WriteSession) throws -> Day {
        let today = session.expressionContext.today
        guard let day, try !ClosedMonths.isClosed(String(day.description.prefix(7)), session.connection) else {
            return today
        }
        return day
    }

    private static func write(
        _ fee: Record<ChargeLine>,
        _ amount: Money,
        _ reference: String,
        _ day: Day,
        _ session: WriteSession
    ) throws {
        try session.create(SaleLine.self) { line in
            line.name = "F-" + String((fee.name ?? "").prefix(90))
            line.customer = fee.customer
            line.day = day
            line.kind = "fee"
            line.amount = amount
            line.reference = reference
        }
    }
}
