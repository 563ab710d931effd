import Expressions
import Schema
import Testing
import Values

@Suite struct SemanticsTests {
    private let context = EvaluationContext(
        today: Day("2026-01-10") ?? Day(daysSince1970: 0),
        now: Instant(milliseconds: 1_768_000_000_000),
        me: RecordID(7),
        myTeams: [RecordID(3)],
        zone: .fixed(28_800)
    )

    private func value(
        _ text: String,
        on object: String = "customer",
        _ row: [String: SQLValue],
        expecting: ValueType? = nil
    ) throws -> EvaluatedValue {
        let firm: [String: SQLValue] = ["id": .integer(9), "industry": .text("retail"), "name": .text("ＡＣＭＥ")]
        let users: [Int64: SQLValue] = [7: .integer(3), 8: .integer(4)]
        let memory = ExpressionMemory(
            context: context,
            follow: { target, id in
                if target == "sys_user" { return { $0 == "team" ? users[id.raw] ?? .null : .null } }
                return id.raw == 9 ? { firm[$0] ?? .null } : nil
            },
            children: { child, _, _ in
                child == "order_record" ? [{ $0 == "amount_base" ? .integer(120_050) : .null }, { _ in .null }] : []
            }
        )
        return memory.value(try SalesSchema.check(text, on: object, expecting: expecting)) { row[$0] ?? .null }
    }

    @Test(arguments: [
        ("score = 1", false), ("score != 1", true), ("score < 1", false), ("score >= 1", false),
        ("not (score = 1)", true), ("not (score < 1)", true), ("score = score", false), ("score != score", false),
        ("score + 1 > 0", false), ("score is empty", true), ("score is not empty", false), ("score in (1, 2)", false),
        ("score not in (1, 2)", true), ("score between 0 and 9", false), ("name contains \"a\"", false),
        ("name = \"\"", true), ("name != \"\"", false), ("email is empty", true), ("active", false),
        ("not active", true), ("active = false", false), ("industry != \"retail\"", true), ("1 / 0 is empty", true),
        ("coalesce(score, 0) = 0", true), ("concat(name, \"x\") = \"X\"", true), ("tags contains \"a\"", false),
        ("parent.name is empty", true), ("owner = me", false), ("owner in my_teams", false),
        ("sum(orders.amount where ordered_on is not empty) = 0", true), ("avg(tickets.version) is empty", true),
        ("phone != \"138\"", true), ("if(score > 1, 1, 2) = 2", true), ("days_since(founded_on) is empty", true),
    ])
    func `an empty field is neither equal, nor smaller, nor larger`(text: String, expected: Bool) throws {
        #expect(try value(text, ["id": .integer(1)]).isTrue == expected, "\(text)")
    }

    @Test(arguments: [
        ("week_start", "2026-01-05"), ("week_end", "2026-01-11"), ("month_start", "2026-01-01"),
        ("month_end", "2026-01-31"), ("quarter_start", "2026-01-01"), ("quarter_end", "2026-03-31"),
        ("year_start", "2026-01-01"), ("year_end", "2026-12-31"), ("month_start - 1mo", "2025-12-01"),
        ("month_start + 2mo - 1d", "2026-02-28"), ("quarter_start - 3mo", "2025-10-01"),
    ])
    func `the borders of week, month, quarter and year move with the day`(text: String, day: String) throws {
        #expect(try value(text, ["id": .integer(1)]) == .day(day))
    }

    @Test(arguments: [
        ("name = \"北京ABC\"", true), ("name contains \"bc\"", true), ("name starts with \"北京ａ\"", true),
        ("phone starts with \"138\"", true), ("phone = \"138-1234-5678\"", true), ("phone contains \"3456\"", true),
        ("phone starts with \"+86\"", true), ("phone = \"+8613812345679\"", false), ("email = \"Ada@X.cn\"", true),
        ("credit = 1200.5", true), ("credit > 1200.49 and credit <= 1200.50", true), ("score = 0.1", true),
        ("score * 3 = 0.3", false), ("round(score * 3, 2) = 0.3", true), ("industry = \"零售\"", true),
        ("industry in (\"Finance\", \"RETAIL\")", true), ("tags contains \"vip\"", true),
        ("tags contains \"vi\"", false),
        ("channels contains \"web\"", true), ("founded_on = \"2000-02-29\"", true),
        ("founded_on + 1y = \"2001-02-28\"", true),
        ("seen_at = \"2026-01-10\"", true), ("seen_at < \"2026-01-10\"", false), ("seen_at > today - 1d", true),
        ("seen_at >= now - 4h", false), ("days_since(founded_on) = 9447", true), ("year(founded_on) = 2000", true),
        ("parent.industry = \"retail\"", true), ("parent.name = \"acme\"", true), ("owner = me", true),
        ("owner in my_teams", true), ("created_by in my_teams", false), ("count(orders) = 2", true),
        ("sum(orders.amount) = 1200.5", true), ("order_total / count(orders) = 600.25", true),
        ("address.city contains \"圳\"", true), ("len(name) = 5", true), ("upper(\"é\") = \"É\"", true),
        ("concat(name, score, founded_on) = \"北京abc0.12000-02-29\"", true), ("active", true), ("not active", false),
        ("id = \"0000000000001\"", true), ("round(-2.5) = -3 and floor(-2.5) = -3 and ceil(-2.5) = -2", true),
    ])
    func `a customer is found by what she is`(text: String, expected: Bool) throws {
        let row: [String: SQLValue] = [
            "id": .integer(1), "name": .text("北京Ａbc"), "phone": .text("+8613812345678"), "email": .text("ada@x.cn"),
            "credit": .integer(99), "credit_base": .integer(120_050), "score": .integer(10),
            "industry": .text("retail"),
            "tags": .text("|ＶＩＰ|老|"), "channels": .text("|fair|web|"), "founded_on": .text("2000-02-29"),
            "seen_at": .integer(1_767_974_400_000), "parent": .integer(9), "owner": .integer(7),
            "created_by": .integer(8), "address_city": .text("深圳"), "active": .integer(1),
        ]
        #expect(try value(text, row) == .boolean(expected), "\(text)")
    }

    @Test(arguments: [
        ("phone = \"0571-80000001\"", true), ("phone = \"(0571) 8000 0001\"", true),
        ("phone = \"+8657180000001\"", true),
        ("phone in (\"13800000000\", \"057180000001\")", true), ("phone = \"0571-80000001-802\"", true),
        ("phone = \"0571-80000001 转 802\"", true), ("phone = \"0571-80000001-803\"", false),
        ("phone = \"0571-8000000\"", false), ("phone != \"0571-80000001\"", false),
        ("phone starts with \"0571\"", true),
    ])
    func `a number is found with and without its extension`(text: String, expected: Bool) throws {
        #expect(try value(text, ["phone": .text("+8657180000001;ext=802")]) == .boolean(expected), "\(text)")
    }

    @Test func `values that nobody should have stored give empty, not a crash`() throws {
        let broken: [[String: SQLValue]] = [
            ["founded_on": .text("soon"), "seen_at": .integer(.max), "score": .integer(.min), "tags": .text("|")],
            ["founded_on": .integer(5), "seen_at": .text("x"), "score": .text("x"), "tags": .blob([1])],
            ["founded_on": .text("9999-12-31"), "seen_at": .integer(.min), "score": .integer(.max)],
        ]
        for row in broken {
            for text in [
                "founded_on + 1y", "founded_on - 1000000y", "seen_at + 1000000y", "seen_at + 1d", "seen_at - 1d",
                "year(seen_at)", "days_since(seen_at)", "days_between(founded_on, seen_at)", "score * score * score",
                "round(score / 0.00000001, 9)", "seen_at = founded_on", "seen_at < \"0001-01-01\"", "-score",
                "concat(score * score, \"x\")", "founded_on <= today", "tags contains \"a\"",
            ] {
                _ = try value(text, row)
            }
        }
        #expect(try value("founded_on + 1y", broken[2]) == .empty)
        #expect(try value("seen_at + 1d", broken[0]) == .empty)
    }

    @Test func `a result has the type that was asked for`() throws {
        #expect(try value("round(score, 1)", ["score": .integer(125)], expecting: .number) == .number(1.3))
        #expect(try value("industry", ["industry": .text("retail")], expecting: .text) == .text("retail"))
        #expect(try value("\"2026-01-01\"", [:], expecting: .day) == .day("2026-01-01"))
        #expect(throws: ExpressionError.self) { try value("score", [:], expecting: .text) }
        #expect(throws: ExpressionError.self) { try value("\"2026-01-01\"", [:], expecting: .instant) }
    }
}
