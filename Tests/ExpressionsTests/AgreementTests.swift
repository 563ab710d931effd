import Database
import Expressions
import SQLText
import Schema
import TestSupport
import Testing
import Values

@Suite struct AgreementTests {
    @Test(arguments: 1...12)
    func `the database and the memory reader give the same for every row`(seed: Int) async throws {
        let world = RandomWorld(seed: UInt64(seed))
        let database = try await world.database()
        var writer = RandomExpression(snapshot: world.snapshot, dice: Dice(seed: UInt64(seed) + 100))
        let checker = ExpressionChecker(schema: world.snapshot, object: "thing")
        let reader = ExpressionSQL(schema: world.snapshot, dialect: TestDatabase.dialect, context: world.context)
        let memory = world.memory
        var (tried, refused) = (0, 0)
        while tried < 200 {
            let kind: RandomExpression.Kind =
                writer.dice.below(3) > 0 ? .boolean : writer.dice.pick([.number, .text, .day, .instant])
            let text = writer.write(kind, on: "thing", depth: 1 + writer.dice.below(4))
            guard !text.isEmpty else { continue }
            let expression: CheckedExpression
            do {
                expression = try checker.check(text, expecting: nil)
            } catch let error as ExpressionError {
                // The writer does not know all rules; what it gets wrong must stay the exception.
                refused += 1
                #expect(refused < 30, "\(text): \(error.message.en)")
                continue
            }
            tried += 1
            let value = try reader.value(expression)
            var sql: SQLFragment = "SELECT t.\"id\", (\(value))"
            if expression.type == .boolean, let opposite = try? checker.check("not (\(text))") {
                let negated = try reader.condition(opposite)
                sql +=
                    ", CASE WHEN (\(try reader.condition(expression))) THEN 1 ELSE 0 END, CASE WHEN (\(negated)) THEN 1 ELSE 0 END"
            }
            let query: SQLFragment = "\(sql) FROM thing t ORDER BY t.\"id\""
            let rows = try await database.read { try $0.rows(query) }
            #expect(rows.count == 20)
            for row in rows {
                let record = world.thing(row.integer(0))
                let expected = memory.value(expression, of: record)
                #expect(row[1] == expected.sqlValue, "\(text) for \(row.integer(0)): \(value.text)")
                guard row.values.count > 2 else { continue }
                #expect(row[2] == SQLValue(expected.isTrue), "\(text) as a condition for \(row.integer(0))")
                #expect(row[3] == SQLValue(!expected.isTrue), "not \(text) for \(row.integer(0))")
            }
            guard expression.type == .boolean else { continue }
            let condition = try reader.condition(expression)
            let found = try await database.read { try $0.rows("SELECT id FROM thing t WHERE \(condition) ORDER BY id") }
            let expected = (1...20).filter { memory.isTrue(expression, of: world.thing(Int64($0))) }
            #expect(found.map { Int($0.integer(0)) } == expected, "\(text)")
        }
    }
}
