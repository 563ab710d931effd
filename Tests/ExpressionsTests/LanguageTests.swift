import Expressions
import Schema
import Testing
import Values

@Suite struct LanguageTests {
    @Test(arguments: [
        ("stage in (\"potential\", \"interested\") and amount >= 10000 and owner = me", "opportunity"),
        ("customer.industry = \"retail\" and created_at >= today - 30d", "opportunity"),
        ("name contains \"科技\" or phone starts with \"138\" or not (email is empty)", "customer"),
        (
            "count(tickets where status != \"closed\") > 3 and sum(orders.amount where ordered_on >= today - 1y) < 5000",
            "customer"
        ),
        ("owner in my_teams", "customer"), ("OWNER IN (me, my_teams)".lowercased(), "customer"),
        ("name = “科技” AND （stage = 「potential」）", "opportunity"), ("stage ＝ \"有意向\"", "opportunity"),
        ("customer.parent.parent.name = \"x\"", "opportunity"), ("address.city = \"深圳\"", "customer"),
        ("tags contains \"VIP\" and channels contains \"展会\"", "customer"),
        ("regarding = \"0000000000001\"", "opportunity"),
        ("close_on between \"2026-01-01\" and today + 3mo", "opportunity"), ("stage is not empty", "opportunity"),
        ("stage not in (\"won\")", "opportunity"), ("owner.team in my_teams", "customer"), ("heat > 2", "customer"),
        ("seen_at >= now - 4h or seen_at = \"2026-01-05\"", "customer"), ("credit.currency = \"USD\"", "customer"),
        ("id = \"0000000000001\" or id in (\"0000000000002\")", "customer"), ("not active", "customer"),
        ("max(orders.ordered_on) < today - 6mo", "customer"), ("order_total / count(orders) > 100", "customer"),
        ("days_since(seen_at) > 30 and year(founded_on) < 2000 and round(score, 1) = 2.5", "customer"),
    ])
    func `a sentence of the contract is understood`(text: String, object: String) throws {
        let checked = try SalesSchema.check(text, on: object)
        #expect(checked.type == .boolean)
    }

    @Test(arguments: [
        ("stage = \"wnn\"", "opportunity", 8, "\"potential\""), ("amuont > 3", "opportunity", 0, "«amount»"),
        ("名称 = \"x\"", "customer", 0, "«name»"), ("amount > \"x\"", "opportunity", 9, "number"),
        ("amount", "opportunity", 0, "Compare it"), ("amount > ", "opportunity", 9, "missing"),
        ("(amount > 1", "opportunity", 11, "«)»"), ("amount > 1 2", "opportunity", 11, "not expected"),
        ("1 < amount < 3", "opportunity", 11, "«and»"), ("close_on = \"2026-13-01\"", "opportunity", 11, "YYYY-MM-DD"),
        ("close_on > today - 4h", "opportunity", 11, "hours"), ("close_on > 30d", "opportunity", 11, "duration"),
        ("customer = \"Acme\"", "opportunity", 11, "customer.name"), ("name > 5", "opportunity", 7, "text"),
        ("name = \"abc", "opportunity", 7, "does not end"), ("count(stages) > 1", "customer", 6, "tickets"),
        ("tickets > 1", "customer", 0, "count(tickets)"), ("loop_a > 1", "customer", 0, "uses itself"),
        ("amount > 5m", "opportunity", 9, "unit"), ("owner = my_teams", "customer", 8, "after «in»"),
        ("name + \"x\" = \"y\"", "customer", 0, "concat"), ("lenn(name) > 1", "customer", 0, "«len»"),
        ("deleted_at is empty", "customer", 0, "no field"), ("stage < \"won\"", "opportunity", 0, "order"),
        ("customer.customer.x = 1", "opportunity", 9, "no field"), ("owner.password = \"x\"", "customer", 6, "email"),
        ("name ~ 1", "customer", 5, "character"), ("stage contains \"w\"", "opportunity", 0, "Use = or in"),
        ("round(score, 99) = 1", "customer", 13, "0 to 9"), ("", "customer", 0, "empty"),
        ("tags = \"a\"", "customer", 0, "contains"), ("close_on - today > 3", "opportunity", 0, "days_between"),
    ])
    func `a mistake is shown at its place`(text: String, object: String, position: Int, part: String) throws {
        let error = try #require(throws: ExpressionError.self) { try SalesSchema.check(text, on: object) }
        #expect(error.position == position)
        #expect(error.message.en.contains(part), "\(error.message.en)")
        #expect(error.problem(field: "filter").kind == .malformed)
        #expect(error.problem(field: "filter").fields[0].code == "invalid_expression")
    }

    @Test func `a field that a person may not read is unknown to her, also behind links and in children`() {
        let checker = ExpressionChecker(schema: SalesSchema.snapshot, object: "customer") { object, field in
            !(object == "customer" && field == "score") && !(object == "order_record" && field == "amount")
        }
        for text in ["score > 1", "parent.score > 1", "sum(orders.amount) > 1", "scor > 1"] {
            let error = #expect(throws: ExpressionError.self) { try checker.check(text) }
            #expect(error?.reason.en.contains("no field") == true)
            #expect(error?.reason.en.contains("«score»?") == false)
        }
        // A formula shows what an administrator decided.
        #expect(throws: Never.self) { try checker.check("heat > 1") }
    }

    @Test func `it is known which fields an expression reads and whether it changes with time`() throws {
        let checked = try SalesSchema.check("customer.industry = \"retail\" and customer.heat > 1", on: "opportunity")
        #expect(
            checked.referencedFields == [
                "opportunity.customer", "customer.industry", "customer.heat", "customer.score", "ticket.customer",
                "ticket.status",
            ]
        )
        #expect(!checked.isVolatile)
        #expect(try SalesSchema.check("close_on < today", on: "opportunity").isVolatile)
    }

    @Test func `or is weaker than and, and than not, comparison than arithmetic`() throws {
        func tree(_ text: String) throws -> String { outline(try ExpressionParser.parse(text)) }
        #expect(try tree("a = 1 or b = 2 and not c = 3") == "any(=(a,1),all(=(b,2),not(=(c,3))))")
        #expect(try tree("1 + 2 * 3 - -x > 4 / 2 / 2") == ">(+-(1,*/(2,3),-(x)),*/(4,2,2))")
        #expect(try tree("(a = 1 or b = 2) and c = 3") == "all(any(=(a,1),=(b,2)),=(c,3))")
        #expect(try tree("not not a = 1") == "not(not(=(a,1)))")
        #expect(try tree("a between 1 and 2 and b = 3") == "all(between(a,1,2),=(b,3))")
    }

    private func outline(_ expression: Expression) -> String {
        func list(_ name: String, _ parts: [Expression]) -> String {
            name + "(" + parts.map(outline).joined(separator: ",") + ")"
        }
        return switch expression {
        case .number(let number, _): Portable.text(number)
        case .path(let names, _): names.map(\.text).joined(separator: ".")
        case .any(let parts, _): list("any", parts)
        case .all(let parts, _): list("all", parts)
        case .not(let part, _): list("not", [part])
        case .negative(let part, _): list("-", [part])
        case .comparison(let sign, let left, let right, _): list(sign.rawValue, [left, right])
        case .between(let value, let low, let high, _): list("between", [value, low, high])
        case .chain(let first, let steps, _):
            list(
                steps.contains { $0.operation == .plus || $0.operation == .minus } ? "+-" : "*/",
                [first] + steps.map(\.operand)
            )
        default: "?"
        }
    }
}
