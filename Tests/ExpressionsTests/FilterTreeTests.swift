import Expressions
import Testing

@Suite struct FilterTreeTests {
    @Test(arguments: [
        "status in (\"won\", \"open\")", "not (a = 1) and b != \"x\"", "name not contains \"科\\\"技\"",
        "(a = 1 or b = 2) and (c is empty or d is not empty)", "created_at between today - 30d and today",
        "created_at between month_start + 1mo and month_start + 2mo - 1d",
        "owner in (my_teams)", "owner in my_teams and owner = me", "count(tickets where status != \"closed\") > 3",
        "not (a = 1 or b = 2)", "amount >= -12.50", "a between 1 and 2 or a not between 3 and 4", "vip = true", "vip",
        "customer.industry = \"retail\"", "round(a, 2) > 3 and (b + 1) * 2 = 4", "phone not starts with \"138\"",
    ])
    func `a filter taken apart and written again means the same`(text: String) throws {
        let tree = try #require(try FilterTree.parse(text))
        let again = try #require(try FilterTree.parse(tree.text))
        #expect(again.text == tree.text)
        let (one, other) = (try ExpressionParser.parse(text), try ExpressionParser.parse(tree.text))
        #expect(FilterTreeTests.shape(one) == FilterTreeTests.shape(other))
    }

    @Test func `parts are put in, changed and taken away at their places`() throws {
        let tree = try #require(try FilterTree.parse("a = 1 and (b = 2 or c = 3)"))
        #expect(tree.replacing(at: [1, 0], with: nil)?.text == "a = 1 and c = 3")
        let more = FilterTree.condition(FilterCondition("d", .isEmpty))
        #expect(tree.replacing(at: [1, 2], with: more)?.text == "a = 1 and (b = 2 or c = 3 or d is empty)")
        #expect(tree.replacing(at: [7, 1], with: more)?.text == tree.text)
        #expect(tree.replacing(at: [0], with: nil)?.replacing(at: [0], with: nil) == nil)
        #expect(tree.part(at: [1, 1]) == .condition(FilterCondition("c", .equal, [.code("3")])))
        #expect(tree.part(at: [4]) == nil)
    }

    @Test func `a value cannot break out of its quotation marks`() throws {
        let text = "\" or owner = me or name = \"\\"
        let condition = FilterCondition("name", .equal, [.text(text)])
        #expect(try FilterTree.parse(condition.text) == .condition(condition))
    }

    /// An expression without its places.
    private static func shape(_ expression: Expression) -> String {
        "\(expression)".replacing(/Span\(start: \d+, end: \d+\)/, with: "")
    }
}
