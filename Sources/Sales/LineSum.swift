import Database
import Records
import SQLText
import Schema
import Values

/// What the lines of an opportunity come to.
enum LineSum {
    /// The sum of the lines' amounts, read with the rights of the system; nil without a line that has an amount.
    /// Lines in several currencies are summed in the base currency.
    static func of(_ opportunity: RecordID, _ session: ReadSession) throws -> Money? {
        let rows = try session.connection.rows(
            """
            SELECT "amount", "amount_currency", "amount_base" FROM \(name: OpportunityLine.key)
            WHERE "opportunity" = \(opportunity) AND "deleted_at" IS NULL AND "amount" IS NOT NULL
            """
        )
        guard let currency = rows.first?.text(1) else { return nil }
        let isOne = rows.allSatisfy { $0.text(1) == currency }
        let sum = rows.reduce(Int128(0)) { $0 + Int128($1.integer(isOne ? 0 : 2)) }
        guard let minor = Int64(exactly: sum) else {
            throw Problem.invalid(
                "quantity",
                "out_of_range",
                Label("The amount is too large.", zh: "金额超出范围，请检查数量和单价。")
            )
        }
        return Money(minor: minor, currency: isOne ? currency : session.schema.baseCurrency)
    }

    /// Brings the opportunity's amount in line. Without lines it stays as it is and can be written again.
    static func carry(to opportunity: RecordID?, _ session: WriteSession) throws {
        guard let opportunity, let sum = try of(opportunity, session) else { return }
        let isThere = try session.connection.value(
            "SELECT 1 FROM \(name: Opportunity.key) WHERE \"id\" = \(opportunity) AND \"deleted_at\" IS NULL"
        )
        guard isThere.integer == 1 else { return }
        try session.asSystem { _ = try session.update(Opportunity.self, opportunity) { $0.amount = sum } }
    }
}
