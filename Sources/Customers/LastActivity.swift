import Database
import Records
import SQLText
import Schema
import Values

/// When a customer was last in touch, after the activity that said so has changed or gone.
enum LastActivity {
    /// Looks for the latest activity there is, unless a later one than `was` counted anyway.
    static func settle(_ customer: RecordID, was: Instant, _ session: WriteSession) throws {
        let field = Customer.fields.lastActivityAt.definition
        let stored = try session.connection.value(
            "SELECT \(name: field.key) FROM \(name: Customer.key) WHERE \"id\" = \(customer)"
        )
        guard let stored = stored.integer, stored <= was.milliseconds else { return }
        let latest = try session.connection.value(
            """
            SELECT max(CASE WHEN "kind" = 'task' THEN CASE WHEN "done" = 1 THEN "done_at" END ELSE "happened_at" END)
            FROM \(name: Activity.key) WHERE "customer" = \(customer) AND "deleted_at" IS NULL
            AND CASE WHEN "kind" = 'task' THEN "done_at" ELSE "happened_at" END <= \(session.now)
            """
        )
        try session.settle(
            field,
            of: Customer.key,
            customer,
            at: latest.integer.map { Instant(milliseconds: $0) }
        )
    }
}
