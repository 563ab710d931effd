import Values

/// Reads the one expression language of filters, segments, formulas, rules, workflows and roll-ups.
///
/// - Operators by rising strength: `or`, `and`, `not`, comparisons (`= != < <= > >=`, `in (…)`, `contains`,
///   `starts with`, `is empty`, `is not empty`, `between … and …`), `+ -`, `* /`, unary `-`. Keywords in any case.
/// - Literals: `"text"` with `\"` and `\\`, numbers, `true`, `false`, durations `4h 30d 2w 3mo 1y`, `today`, `now`,
///   `me`, `my_teams`; days and ids as text where one is expected.
/// - Every expression has two truth values and always ends. A comparison with an empty side is false; `!=` is true
///   when exactly one side is empty; `not` turns that round. Arithmetic with empty is empty, so are division by zero
///   and results out of range. `is empty` is true for no value and for an empty text; `= ""` means the same.
/// - Text comparison ignores case and width, and orders by the folded text's bytes. `contains` looks for a part of a
///   text, or for one entry of several choices or tags.
/// - An amount of money counts in the workspace's currency. Instants are compared with days by the days of the
///   reader's time zone; so `created_at = "2026-01-05"` means within that day.
public enum ExpressionParser {
    /// The longest expression, in UTF-8 bytes.
    public static let maximumLength = 20_000
    /// The most parts that an expression may have.
    public static let maximumParts = 2_000
    /// How deeply parentheses and functions may be nested.
    public static let maximumDepth = 60

    /// Reads `text`; the error points at the place.
    public static func parse(_ text: String) throws(ExpressionError) -> Expression {
        guard text.utf8.count <= maximumLength else {
            throw ExpressionError(
                Span(0, 0),
                Label(
                    "The expression is longer than \(maximumLength) bytes.",
                    zh: "表达式过长，最多 \(maximumLength) 字节。"
                ),
                code: .tooComplex
            )
        }
        do throws(ExpressionError) {
            var state = ParserState(tokens: try Lexer.tokens(of: text))
            return try state.whole()
        } catch {
            throw error.locating(in: text)
        }
    }
}

/// Where the parser stands.
struct ParserState {
    private let tokens: [Token]
    private var index = 0
    private var parts = 0
    private var depth = 0

    init(tokens: [Token]) { self.tokens = tokens }

    private var token: Token { tokens[index] }
    private var previousEnd: Int { index > 0 ? tokens[index - 1].span.end : 0 }

    mutating func whole() throws(ExpressionError) -> Expression {
        if token.kind == .end {
            throw ExpressionError(token.span, Label("The expression is empty.", zh: "表达式为空。"))
        }
        let expression = try disjunction()
        guard token.kind == .end else { throw unexpected() }
        return expression
    }

    private func unexpected() -> ExpressionError {
        switch token.kind {
        case .end:
            return ExpressionError(
                token.span,
                Label("Something is missing here.", zh: "这里缺少内容。")
            )
        case .sign("="), .sign("!="), .sign("<"), .sign("<="), .sign(">"), .sign(">="):
            return ExpressionError(
                token.span,
                Label("Join two comparisons with «and».", zh: "两个比较之间请用 and 连接。")
            )
        default:
            return ExpressionError(
                token.span,
                Label(
                    "This was not expected here. An operator such as «and» or a parenthesis may be missing.",
                    zh: "此处不应出现这个内容，可能缺少 and 等运算符或括号。"
                )
            )
        }
    }

    private mutating func part(_ expression: Expression) throws(ExpressionError) -> Expression {
        parts += 1
        guard parts <= ExpressionParser.maximumParts else { throw tooComplex(expression.span) }
        return expression
    }

    private func tooComplex(_ span: Span) -> ExpressionError {
        ExpressionError(
            span,
            Label("The expression has too many parts or is nested too deeply.", zh: "表达式内容过多或嵌套过深。"),
            code: .tooComplex
        )
    }

    private func isWord(_ word: String, ahead: Int = 0) -> Bool {
        guard index + ahead < tokens.count, case .name(let name) = tokens[index + ahead].kind else { return false }
        return name.utf8.count == word.utf8.count && name.lowercased() == word
    }

    private func isSign(_ sign: String, ahead: Int = 0) -> Bool {
        index + ahead < tokens.count && tokens[index + ahead].kind == .sign(sign)
    }

    private mutating func take(word: String) -> Bool {
        guard isWord(word) else { return false }
        index += 1
        return true
    }

    private mutating func take(sign: String) -> Bool {
        guard isSign(sign) else { return false }
        index += 1
        return true
    }

    private mutating func need(word: String) throws(ExpressionError) {
        guard take(word: word) else {
            throw ExpressionError(token.span, Label("«\(word)» is missing here.", zh: "这里缺少“\(word)”。"))
        }
    }

    private mutating func need(sign: String) throws(ExpressionError) {
        guard take(sign: sign) else {
            throw ExpressionError(token.span, Label("«\(sign)» is missing here.", zh: "这里缺少“\(sign)”。"))
        }
    }

    private mutating func deeper(
        _ body: (inout ParserState) throws(ExpressionError) -> Expression
    ) throws(ExpressionError) -> Expression {
        depth += 1
        guard depth <= ExpressionParser.maximumDepth else { throw tooComplex(token.span) }
        let result = try body(&self)
        depth -= 1
        return result
    }

    // MARK: - Logic

    private mutating func disjunction() throws(ExpressionError) -> Expression {
        let first = try conjunction()
        guard isWord("or") else { return first }
        var parts = [first]
        while take(word: "or") { parts.append(try conjunction()) }
        return .any(parts, Span(first.span.start, previousEnd))
    }

    private mutating func conjunction() throws(ExpressionError) -> Expression {
        let first = try negation()
        guard isWord("and") else { return first }
        var parts = [first]
        while take(word: "and") { parts.append(try negation()) }
        return .all(parts, Span(first.span.start, previousEnd))
    }

    private mutating func negation() throws(ExpressionError) -> Expression {
        let start = token.span.start
        var count = 0
        while take(word: "not") { count += 1 }
        let inner = try comparison()
        guard count > 0 else { return inner }
        let once = Expression.not(inner, Span(start, previousEnd))
        return try part(count % 2 == 1 ? once : .not(once, once.span))
    }

    // MARK: - Comparisons

    private mutating func comparison() throws(ExpressionError) -> Expression {
        let left = try sum()
        if case .sign(let sign) = token.kind, let comparison = Expression.Comparison(rawValue: sign) {
            index += 1
            let right = try sum()
            return try part(.comparison(comparison, left, right, Span(left.span.start, previousEnd)))
        }
        if take(word: "is") {
            let negated = take(word: "not")
            try need(word: "empty")
            return try finish(.isEmpty(left, Span(left.span.start, previousEnd)), negated: negated)
        }
        let negated = isWord("not") && ["in", "contains", "starts", "between"].contains { isWord($0, ahead: 1) }
        if negated { index += 1 }
        guard let test = try test(of: left) else { return left }
        return try finish(test, negated: negated)
    }

    private mutating func finish(_ test: Expression, negated: Bool) throws(ExpressionError) -> Expression {
        let test = try part(test)
        return negated ? try part(.not(test, test.span)) : test
    }

    private mutating func test(of left: Expression) throws(ExpressionError) -> Expression? {
        let start = left.span.start
        if take(word: "in") {
            if isWord("my_teams") { return .among(left, [try primary()], Span(start, previousEnd)) }
            let list = try arguments()
            return .among(left, list, Span(start, previousEnd))
        }
        if take(word: "contains") {
            let right = try sum()
            return .contains(left, right, Span(start, previousEnd))
        }
        if isWord("starts"), isWord("with", ahead: 1) {
            index += 2
            let right = try sum()
            return .startsWith(left, right, Span(start, previousEnd))
        }
        if take(word: "between") {
            let low = try sum()
            try need(word: "and")
            let high = try sum()
            return .between(left, low, high, Span(start, previousEnd))
        }
        return nil
    }

    /// `(a, b, c)`.
    private mutating func arguments() throws(ExpressionError) -> [Expression] {
        try need(sign: "(")
        var list: [Expression] = []
        if take(sign: ")") { return list }
        repeat {
            list.append(try deeper { state throws(ExpressionError) in try state.disjunction() })
        } while take(sign: ",")
        try need(sign: ")")
        return list
    }

    // MARK: - Arithmetic

    private mutating func sum() throws(ExpressionError) -> Expression {
        let first = try product()
        var steps: [Expression.Step] = []
        while let operation = operation(.plus, .minus) {
            steps.append(Expression.Step(operation: operation, operand: try product()))
        }
        return steps.isEmpty ? first : try part(.chain(first, steps, Span(first.span.start, previousEnd)))
    }

    private mutating func product() throws(ExpressionError) -> Expression {
        let first = try unary()
        var steps: [Expression.Step] = []
        while let operation = operation(.times, .divided) {
            steps.append(Expression.Step(operation: operation, operand: try unary()))
        }
        return steps.isEmpty ? first : try part(.chain(first, steps, Span(first.span.start, previousEnd)))
    }

    private mutating func operation(_ one: Expression.Operation, _ other: Expression.Operation) -> Expression.Operation?
    {
        if take(sign: one.rawValue) { return one }
        return take(sign: other.rawValue) ? other : nil
    }

    private mutating func unary() throws(ExpressionError) -> Expression {
        let start = token.span.start
        var count = 0
        while take(sign: "-") { count += 1 }
        let inner = try primary()
        guard count % 2 == 1 else { return inner }
        let span = Span(start, previousEnd)
        if case .number(let value, _) = inner { return .number(-value, span) }
        return try part(.negative(inner, span))
    }

    private mutating func primary() throws(ExpressionError) -> Expression {
        let start = token
        switch start.kind {
        case .text(let text):
            index += 1
            return try part(.text(text, start.span))
        case .number(let number):
            index += 1
            return try part(.number(number, start.span))
        case .duration(let duration):
            index += 1
            return try part(.duration(duration, start.span))
        case .sign("("):
            index += 1
            let inner = try deeper { state throws(ExpressionError) in try state.disjunction() }
            try need(sign: ")")
            return inner
        case .name(let name):
            return try part(try named(name))
        default: throw unexpected()
        }
    }

    private static let reserved: Set<String> = [
        "or", "and", "not", "in", "contains", "is", "between", "where",
    ]

    private mutating func named(_ name: String) throws(ExpressionError) -> Expression {
        let start = token.span
        let lower = name.lowercased()
        if isSign("(", ahead: 1) {
            if let aggregate = Expression.Aggregate(rawValue: lower) { return try rollUp(aggregate) }
            if !ParserState.reserved.contains(lower) {
                index += 1
                let list = try arguments()
                return .call(Expression.Name(text: lower, span: start), list, Span(start.start, previousEnd))
            }
        }
        if ParserState.reserved.contains(lower) { throw unexpected() }
        if !isSign(".", ahead: 1) {
            if lower == "true" || lower == "false" {
                index += 1
                return .truth(lower == "true", start)
            }
            if let word = Expression.Word(rawValue: lower) {
                index += 1
                return .word(word, start)
            }
        }
        return try .path(path(), Span(start.start, previousEnd))
    }

    private mutating func path() throws(ExpressionError) -> [Expression.Name] {
        var names: [Expression.Name] = []
        repeat {
            guard case .name(let name) = token.kind else { throw unexpected() }
            names.append(Expression.Name(text: name, span: token.span))
            index += 1
        } while take(sign: ".")
        return names
    }

    private mutating func rollUp(_ aggregate: Expression.Aggregate) throws(ExpressionError) -> Expression {
        let start = token.span.start
        index += 2
        let names = try path()
        var condition: Expression?
        if take(word: "where") {
            condition = try deeper { state throws(ExpressionError) in try state.disjunction() }
        }
        try need(sign: ")")
        return .aggregate(aggregate, names, condition: condition, Span(start, previousEnd))
    }
}
