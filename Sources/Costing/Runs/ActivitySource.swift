import Database
import Expressions
import Records
import SQLText
import Schema
import Values

/// A costed activity made ready: which columns of which table it reads, and its expressions, checked.
struct ActivitySource {
    let id: RecordID
    let pool: RecordID
    let category: String
    let object: ObjectDefinition?
    private(set) var problems: [FieldProblem] = []

    private var condition: CheckedExpression?
    private var minutes: CheckedExpression?
    private var reason: CheckedExpression?
    private var logged: String?
    private var customer: String?
    private var moment: String?
    private var product: (column: String, object: String?)?

    init(_ row: AnyDraft, _ session: ReadSession) throws {
        try self.init(id: RecordID(row["id"].integer ?? 0), session) { row[$0] }
    }

    init(_ row: AnyRecord, _ session: ReadSession) throws { try self.init(id: row.id, session) { row[$0] } }

    private init(id: RecordID, _ session: ReadSession, _ value: (String) -> SQLValue) throws {
        self.id = id
        pool = RecordID(value("pool").integer ?? 0)
        category = value("category").text ?? "service"
        func text(_ key: String) -> String? { value(key).text.flatMap { $0.isEmpty ? nil : $0 } }
        object = session.schema.object(text("source") ?? "activity")
        guard let object, !object.hidden else {
            problems = [
                FieldProblem("source", "unknown_object", Label("There is no such object.", zh: "没有这个对象。"))
            ]
            return
        }
        condition = check("condition", text("condition"), object, .boolean, session)
        minutes = check("minutes", text("minutes"), object, .number, session)
        reason = check("reason", text("reason"), object, nil, session)
        logged = column("logged", text("logged"), object) { [.integer].contains($0) }
        customer = column("customer", text("customer") ?? "customer", object) { $0 == .link(to: "customer") }
        moment = column("moment", text("moment") ?? "created_at", object) { [.instant, .day].contains($0) }
        if let key = text("product") {
            let found = column("product", key, object) { $0 == .link(to: "product") || $0 == .anyLink }
            let isAny = object.field(key)?.kind == .anyLink
            product = found.map { ($0, isAny ? key + "_object" : nil) }
        }
    }

    private mutating func check(
        _ field: String,
        _ text: String?,
        _ object: ObjectDefinition,
        _ type: ValueType?,
        _ session: ReadSession
    ) -> CheckedExpression? {
        guard let text else { return nil }
        do {
            return try ExpressionChecker(schema: session.schema, object: object.key).check(text, expecting: type)
        } catch {
            let message = (error as? ExpressionError)?.problem(field: field).message
            problems.append(
                FieldProblem(field, "invalid_expression", message ?? Label("Not valid.", zh: "表达式有误。"))
            )
            return nil
        }
    }

    private mutating func column(
        _ field: String,
        _ key: String?,
        _ object: ObjectDefinition,
        _ fits: (FieldKind) -> Bool
    ) -> String? {
        guard let key else { return nil }
        guard let found = object.field(key), !found.hidden, fits(found.kind) else {
            problems.append(
                FieldProblem(
                    field,
                    "unknown_field",
                    Label(
                        "«\(object.label.en)» has no field \(key) of the right kind.",
                        zh: "“\(object.label.zh)”没有合适的字段 \(key)。"
                    )
                )
            )
            return nil
        }
        return key
    }

    /// Minutes measured and seconds by the equation, of the newest 20,000 events of some months that were measured; nil
    /// where no field holds measured time.
    func measured(from first: CostMonth, to last: CostMonth, _ session: ReadSession) throws -> SQLFragment? {
        guard problems.isEmpty, let object, let moment, let logged, let minutes else { return nil }
        let sql = ExpressionSQL(
            schema: session.schema,
            dialect: session.connection.dialect,
            context: session.expressionContext
        )
        let time: SQLFragment = "t.\(name: moment)"
        let when: SQLFragment =
            object.field(moment)?.kind == .day
            ? "\(time) >= \(first.first.description) AND \(time) <= \(last.last.description)"
            : "\(time) >= \(first.start) AND \(time) < \(last.end)"
        let which = try condition.map { try " AND (" + sql.condition($0) + ")" } ?? ""
        return """
            SELECT t.\(name: logged), CAST(round(60.0 * coalesce(\(try sql.value(minutes)), 0)) AS BIGINT)
            FROM \(name: object.key) t WHERE t."deleted_at" IS NULL AND t.\(name: logged) > 0 AND \(when)\(which)
            ORDER BY t."id" DESC LIMIT 20000
            """
    }

    /// Copies the events of a month, of records after `low` up to `high`, into the table of events: those of a bucket
    /// beside each other, so that they are later read from one place.
    func copy(
        _ month: CostMonth,
        after low: Int64,
        upTo high: Int64,
        into buckets: CustomerBuckets,
        _ session: ReadSession
    ) throws {
        guard problems.isEmpty, let object, let customer, let moment else { return }
        let sql = ExpressionSQL(
            schema: session.schema,
            dialect: session.connection.dialect,
            context: session.expressionContext
        )
        let (c, m): (SQLFragment, SQLFragment) = ("t.\(name: customer)", "t.\(name: moment)")
        let isDay = object.field(moment)?.kind == .day
        let when: SQLFragment =
            isDay
            ? "\(m) >= \(month.first.description) AND \(m) <= \(month.last.description)"
            : "\(m) >= \(month.start) AND \(m) < \(month.end)"
        let which = try condition.map { try " AND (" + sql.condition($0) + ")" } ?? ""
        let estimate = try minutes.map { try sql.value($0) } ?? "0"
        let length: SQLFragment = """
            CAST(round(60.0 * CASE WHEN coalesce(\(estimate), 0) > 0 THEN coalesce(\(estimate), 0) ELSE 0 END) AS BIGINT)
            """
        let log: SQLFragment = logged.map { "coalesce(t.\(name: $0), 0)" } ?? "0"
        let product: SQLFragment =
            switch self.product {
            case nil: "NULL"
            case (let column, nil)?: "t.\(name: column)"
            case (let column, let kind?)?: "CASE WHEN t.\(name: kind) = 'product' THEN t.\(name: column) END"
            }
        let why = try reason.map { try sql.value($0) } ?? "NULL"
        try session.connection.run(
            """
            INSERT INTO sys_cost_event (bucket, pool, customer, activity, source, seconds, logged, product, reason)
            SELECT \(buckets.place(of: "coalesce(\(c), 0)")) AS bucket, \(pool), coalesce(\(c), 0), \(id), t."id",
                CASE WHEN \(log) > 0 THEN 60 * \(log) ELSE \(length) END, CASE WHEN \(log) > 0 THEN 1 ELSE 0 END,
                \(product), \(why)
            FROM \(name: object.key) t
            WHERE t."id" > \(low) AND t."id" <= \(high) AND t."deleted_at" IS NULL AND \(when)\(which) ORDER BY bucket
            """
        )
    }
}

/// A month of the books.
struct CostMonth: Sendable, Equatable {
    /// As in `2026-06`.
    let text: String
    let first: Day
    let last: Day
    /// The first millisecond, and the first of the next month, where the workspace is at home.
    let start: Int64
    let end: Int64

    init?(_ text: String, zone: String) {
        guard text.utf8.count == 7, let first = Day(text + "-01") else { return nil }
        let zone = Zone.named(zone) ?? .fixed(28_800)
        let next = first.adding(months: 1)
        self.text = text
        self.first = first
        last = next.adding(days: -1)
        start = zone.start(of: first)
        end = zone.start(of: next)
    }

    /// The month so many months later; the text form.
    static func text(_ month: String, adding months: Int) -> String {
        guard let day = Day(month + "-01") else { return month }
        return String(day.adding(months: months).description.prefix(7))
    }
}
