import Database
import Expressions
import Foundation
import SQLText
import Schema
import TestSupport
import Testing
import Values

@Suite struct PlanTests {
    private func database() async throws -> Database {
        let database = try await TestDatabase.make()
        try await database.write { connection in
            for object in SalesSchema.snapshot.objects {
                let columns = object.columns.map { column in
                    quotedName(column.name) + (column.type == .text ? " TEXT" : " INTEGER")
                        + (column.name == "id" ? " PRIMARY KEY" : "")
                }
                try connection.script("CREATE TABLE \(object.key) (\(columns.joined(separator: ", ")))")
            }
            try connection.script(
                """
                CREATE TABLE sys_user (id INTEGER PRIMARY KEY, name TEXT, email TEXT, team INTEGER);
                CREATE INDEX i1 ON opportunity (stage); CREATE INDEX i2 ON opportunity (amount_base);
                CREATE INDEX i3 ON opportunity (created_at); CREATE INDEX i4 ON opportunity (kehu_fold("name"));
                CREATE INDEX i5 ON opportunity (owner); CREATE INDEX i6 ON opportunity (close_on);
                CREATE INDEX i7 ON customer (email); CREATE INDEX i8 ON customer (phone);
                CREATE INDEX i9 ON ticket (customer);
                """
            )
        }
        return database
    }

    /// How the engine would run a query. PostgreSQL reads a table as small as these from end to end if it may.
    private func plan(of sql: SQLFragment, in database: Database) async throws -> [String] {
        try await database.read { connection in
            if connection.dialect == .postgres { try connection.script("SET LOCAL enable_seqscan = off") }
            return try connection.plan(sql)
        }
    }

    private let context = EvaluationContext(
        today: Day(daysSince1970: 20_000),
        now: Instant(milliseconds: 20_000 * 86_400_000 + 5000),
        me: RecordID(7),
        myTeams: [RecordID(3), RecordID(4)],
        zone: .fixed(28_800)
    )

    @Test(arguments: [
        ("stage = \"won\"", "opportunity"), ("stage in (\"won\", \"有意向\") and amount > 5", "opportunity"),
        ("amount >= 10000", "opportunity"), ("amount between 1.005 and 10 * 3", "opportunity"),
        ("10000.5 <= amount", "opportunity"), ("created_at >= today - 30d", "opportunity"),
        ("created_at = \"2026-01-05\"", "opportunity"), ("name = \"Ａb\"", "opportunity"),
        ("name starts with \"ab\"", "opportunity"), ("owner = me", "opportunity"),
        ("owner in my_teams", "opportunity"), ("close_on < today + 3mo", "opportunity"),
        ("stage = \"won\" or owner = me", "opportunity"), ("email = \"A@b.cn\"", "customer"),
        ("phone starts with \"138\"", "customer"), ("phone = \"138 0000 1111\"", "customer"),
        ("phone = \"0571-80000001-802\"", "customer"), ("phone in (\"0571-80000001\", \"13800001111\")", "customer"),
        ("email is empty", "customer"), ("id = \"0000000000001\"", "customer"),
    ])
    func `an index serves a simple filter`(text: String, object: String) async throws {
        let database = try await database()
        let condition = try ExpressionSQL(schema: SalesSchema.snapshot, dialect: TestDatabase.dialect, context: context)
            .condition(SalesSchema.check(text, on: object))
        let plan = try await plan(of: "SELECT id FROM \(name: object) t WHERE \(condition)", in: database)
        switch database.dialect {
        case .sqlite:
            #expect(plan.contains { $0.contains("SEARCH t") }, "\(plan) \(condition.text)")
            #expect(!plan.contains { $0.contains("SCAN t") }, "\(plan) \(condition.text)")
        case .postgres:
            #expect(plan.contains { $0.contains("Index Cond") }, "\(plan) \(condition.text)")
            #expect(!plan.contains { $0.contains("Seq Scan on \(object) t") }, "\(plan) \(condition.text)")
        }
    }

    @Test func `child records of a roll-up are found by an index`() async throws {
        let database = try await database()
        let condition = try ExpressionSQL(schema: SalesSchema.snapshot, dialect: TestDatabase.dialect, context: context)
            .condition(SalesSchema.check("count(tickets where status != \"closed\") > 3"))
        let plan = try await plan(of: "SELECT id FROM customer t WHERE \(condition)", in: database)
        let words = database.dialect == .sqlite ? "SEARCH t_1 USING INDEX i9" : "on i9"
        #expect(plan.contains { $0.contains(words) || $0.contains("using i9") }, "\(plan)")
    }

    @Test func `linked and child records that a person may not see do not count`() async throws {
        let reader = ExpressionSQL(schema: SalesSchema.snapshot, dialect: TestDatabase.dialect, context: context) {
            object,
            alias in
            "\(name: alias).owner = \(Int64(object == "customer" ? 7 : 8))"
        }
        let sql = try reader.condition(
            SalesSchema.check("customer.name = \"x\" and customer.order_total > 1", on: "opportunity")
        )
        #expect(sql.text.components(separatedBy: ".owner = ?").count == 4)
        #expect(sql.values.filter { $0 == .integer(8) }.count == 1)
        let database = try await database()
        _ = try await database.read { try $0.rows("SELECT id FROM opportunity t WHERE \(sql)") }
    }

    @Test func `what a person types never becomes SQL`() async throws {
        let database = try await database()
        let hostile = "x\"); DROP TABLE customer; --'%_\\\\"
        let checked = try SalesSchema.check("name contains \"\(hostile.replacing("\"", with: "\\\""))\"")
        let sql = try ExpressionSQL(schema: SalesSchema.snapshot, dialect: TestDatabase.dialect, context: context)
            .condition(checked)
        #expect(!sql.text.contains("DROP"))
        _ = try await database.read { try $0.rows("SELECT id FROM customer t WHERE \(sql)") }
    }
}
