import Database
import Expressions
import Identity
import Records
import SQLText
import Schema
import Values

/// Tells the people concerned of warnings that are new: webhooks hear `customer.warned`, and whoever looks after the
/// customer gets a task. What somebody may not read of costs they are not told either.
struct WarningNotices {
    /// The most customers of one night, the dearest first.
    static let most = 5000
    /// The most tasks of one person in one night.
    static let tasks = 5

    /// A customer of which new warnings have come: reasons as `full:losing` for who may read pay, `open:losing` else.
    struct Notice: Sendable {
        let customer: RecordID
        let owner: RecordID?
        let reasons: [String]
    }

    /// Of an announcement's reasons those that somebody may hear.
    static let hearing: Hearing = { reasons, session in
        WarningNotices.heard(reasons, session.actor)
    }

    static func heard(_ reasons: [String], _ actor: Actor) -> [String] {
        guard actor.rights.allows(.costs) else { return [] }
        let mark = CostSettings.hidesPay(from: actor) ? "open:" : "full:"
        return reasons.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }

    /// What is new in a round of reckoning, the dearest first.
    static func new(in round: Int64, _ session: ReadSession) throws -> [Notice] {
        let object = try ProfitReader.customers(session)
        let rows = try session.connection.rows(
            """
            SELECT w.record, w.kind, w.open, c."owner" FROM sys_cost_warning w
            JOIN \(name: object.key) c ON c."id" = w.record AND c."deleted_at" IS NULL
            WHERE w.round = \(-round) AND \(isNew)
            ORDER BY w.amount DESC, w.id LIMIT \(2 * most)
            """
        )
        var (order, reasons, owners): ([Int64], [Int64: [String]], [Int64: RecordID]) = ([], [:], [:])
        for row in rows {
            let customer = row.integer(0)
            if reasons[customer] == nil { order.append(customer) }
            reasons[customer, default: []].append((row.integer(2) == 1 ? "open:" : "full:") + row.text(1))
            owners[customer] = row.id(3)
        }
        return order.prefix(most).map {
            Notice(customer: RecordID($0), owner: owners[$0], reasons: (reasons[$0] ?? []).sorted())
        }
    }

    /// Nobody has been told of it yet.
    private static let isNew: SQLFragment = """
        NOT EXISTS (SELECT 1 FROM sys_cost_warning o WHERE o.record = w.record AND o.kind = w.kind AND o.open = w.open
            AND o.round > 0)
        """

    /// Announces those that nobody has announced meanwhile, and notes that it was done.
    static func announce(_ notices: [Notice], of round: Int64, _ session: WriteSession) throws {
        let (object, connection) = (try ProfitReader.customers(session), session.connection)
        let customers = notices.map { SQLValue.integer($0.customer.raw) }
        let rows = try connection.rows(
            """
            SELECT DISTINCT w.record FROM sys_cost_warning w
            WHERE w.round = \(-round) AND w.record IN \(list: customers) AND \(isNew)
            """
        )
        let left = Set(rows.map { $0.integer(0) })
        if left.isEmpty { return }
        for notice in notices where left.contains(notice.customer.raw) {
            session.announce("warn", of: object, notice.customer, notice.reasons)
        }
        try connection.run(
            "UPDATE sys_cost_warning SET round = \(round) WHERE round = \(-round) AND record IN \(list: customers)"
        )
        // The log says how many, not who: a customer's history is read by people who may not read costs.
        try session.note(AuditEntry("cost_warnings", changes: #"{"customers":\#(left.count)}"#))
    }

    // MARK: Tasks

    private static let subject = Label("Look at the warning under Cost & profit", zh: "请查看“成本与利润”中的成本预警")

    /// Gives a task for each of these customers of one person, unless one is open.
    static func give(_ notices: [Notice], to actor: Actor, _ session: WriteSession) throws {
        let (key, text) = ("activity", subject.text(actor.language))
        guard let object = session.schema.object(key), let person = actor.userID else { return }
        let due = session.expressionContext.today.adding(days: 7)
        var given = 0
        for notice in notices where given < tasks {
            let open = try session.connection.row(
                """
                SELECT "id" FROM \(name: key) WHERE "customer" = \(notice.customer) AND "kind" = 'task'
                AND "subject" = \(text) AND coalesce("done", 0) = 0 AND "deleted_at" IS NULL LIMIT 1
                """
            )
            if open != nil { continue }
            var json = JSONWriter()
            json.object { json in
                json.member("kind", "task")
                json.member("subject", text)
                json.member("customer", notice.customer.description)
                json.member("assignee", person.description)
                json.member("owner", person.description)
                json.member("due_on", due.description)
            }
            _ = try session.create(object, try JSONReader.parse(Array(json.text.utf8)))
            given += 1
        }
    }
}
