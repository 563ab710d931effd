import Database
import Expressions
import SQLText
import Schema
import TestSupport
import Testing
import Values

@Suite struct EnduranceTests {
    private func outcome(_ text: String) -> String {
        do {
            _ = try SalesSchema.check(text, expecting: nil)
            return "fine"
        } catch {
            return (error as? ExpressionError)?.code.rawValue ?? "?"
        }
    }

    @Test func `ten thousand parts give a result or a clear refusal`() {
        for word in [" or ", " and "] {
            #expect(outcome(Array(repeating: "score > 1", count: 600).joined(separator: word)) == "fine")
            #expect(outcome(Array(repeating: "a", count: 10_000).joined(separator: word)) == "too_complex")
        }
        #expect(outcome(Array(repeating: "1", count: 9_000).joined(separator: "+") + " > 1") == "too_complex")
        #expect(outcome("score in (" + Array(repeating: "1", count: 900).joined(separator: ",") + ")") == "fine")
        #expect(outcome(String(repeating: "(", count: 9_000) + "1") == "too_complex")
        #expect(outcome(String(repeating: "(", count: 9_000)) == "too_complex")
        #expect(outcome(String(repeating: "not ", count: 4_000) + "active") == "fine")
        #expect(outcome(String(repeating: "-", count: 9_001) + "1 < 0") == "fine")
        #expect(outcome(String(repeating: "abs(", count: 2_000) + "1") == "too_complex")
        #expect(outcome(String(repeating: "x", count: 20_001)) == "too_complex")
    }

    @Test func `noise gives an error or a result, never a crash`() {
        var random = Dice(seed: 7)
        let words = [
            "and", "or", "not", "in", "is", "empty", "between", "contains", "starts", "with", "(", ")", ",", ".", "\"",
            "“", "”", "\\", "+", "-", "*", "/", "=", "!=", "<", "1", "30d", "9999999999999999999", "1e5", "today", "me",
            "my_teams", "score", "name", "parent", "count", "tickets", "sum", "orders", "amount", "where", "if", "客户",
            "\u{0}", "😀", "\u{301}", "1.5", "founded_on", "1000000y", "seen_at", "phone", "tags", "heat", "loop_a",
        ]
        let context = EvaluationContext(today: Day(daysSince1970: 0), now: Instant(milliseconds: 0))
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<random.below(12) {
                text += words[random.below(words.count)] + (random.below(3) > 0 ? " " : "")
            }
            guard let checked = try? SalesSchema.check(text, expecting: nil) else { continue }
            _ = ExpressionMemory(context: context).value(checked) { _ in .null }
        }
        for _ in 0..<5_000 {
            let bytes = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
            _ = try? SalesSchema.check(String(decoding: bytes, as: UTF8.self), expecting: nil)
        }
    }

    /// A row permission as wide as the engine makes them: by owner, by share, and by the parent's permission.
    private static func access(_ alias: String, parents: Int) -> SQLFragment {
        var sql: SQLFragment = """
            (\(name: alias).id IN (SELECT id FROM customer WHERE id IN (1, 2) UNION SELECT 7) OR \(name: alias).id IN \
            (SELECT id FROM customer WHERE id = 1 AND owner = 2 UNION SELECT id FROM customer WHERE id IN (1, 2) AND owner = 1)
            """
        if parents > 0 {
            let inner = "p\(parents)"
            sql += """
                 OR \(name: alias).id IN (SELECT \(name: inner).id FROM customer \(name: inner) \
                WHERE \(name: inner).deleted_at IS NULL AND \(access(inner, parents: parents - 1)))
                """
        }
        return sql + ")"
    }

    @Test func `the longest and deepest expressions that are accepted also run`() async throws {
        let database = try await TestDatabase.make()
        let columns = SalesSchema.customer.columns.map {
            quotedName($0.name) + ($0.type == .text ? " TEXT" : " INTEGER")
        }.joined(separator: ", ")
        try await database.write { connection in
            try connection.script("CREATE TABLE customer (\(columns)); INSERT INTO customer (id) VALUES (1)")
            for object in ["order_record", "ticket"] {
                try connection.script(
                    """
                    CREATE TABLE \(object) (id INTEGER, customer INTEGER, amount_base INTEGER, ordered_on TEXT, status TEXT,
                    deleted_at INTEGER)
                    """
                )
            }
        }
        let wraps: [(String, String)] = [
            ("(1 + ", ")"), ("abs(", ")"), ("if(score > 1, 1, ", ")"), ("if(score > 1, ", ", 2)"), ("round(", ", 2)"),
            ("coalesce(score, ", ")"), ("if(not (", " > 1), 1, 2)"), ("(score / ", ")"), ("-(", " + 1)"),
            ("if(score in (1, ", "), 1, 2)"), ("if(3 between 1 and ", ", 1, 2)"),
            ("days_between(today, if(score > ", ", founded_on, today))"),
        ]
        let context = EvaluationContext(today: Day(daysSince1970: 0), now: Instant(milliseconds: 0))
        let reader = ExpressionSQL(schema: SalesSchema.snapshot, dialect: TestDatabase.dialect, context: context) {
            _,
            alias in
            EnduranceTests.access(alias, parents: 2)
        }
        var deepest = 0
        for (start, end) in wraps + [("", "")] {
            for inner in [
                "score", "count(tickets where status = \"open\")", "parent.parent.score", "sum(orders.amount) / heat",
            ] {
                for depth in 1...60 {
                    let text = String(repeating: start, count: depth) + inner + String(repeating: end, count: depth)
                    guard let checked = try? SalesSchema.check("not (\(text) > 1)") else { break }
                    deepest = max(deepest, depth)
                    let (condition, value) = (try reader.condition(checked), try reader.value(checked))
                    _ = try await database.read { connection in
                        try connection.rows(
                            "SELECT id, (\(value)) FROM customer t WHERE t.name IS NULL AND (t.id > 0 AND (\(condition)))"
                        )
                    }
                }
            }
        }
        #expect(deepest > 20)
    }
}

/// Random numbers that are the same in every run.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    mutating func below(_ limit: Int) -> Int { Int(next() >> 33) % limit }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
