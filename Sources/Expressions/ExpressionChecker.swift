import SQLText
public import Schema
import Values

/// Checks expressions against the schema and the rights of the person who writes them.
public struct ExpressionChecker: Sendable {
    private let schema: SchemaSnapshot
    private let object: String
    private let readable: @Sendable (_ object: String, _ field: String) -> Bool

    /// A checker for expressions over records of `object` (its key). A field that is not `readable` is unknown.
    ///
    /// Formula and roll-up fields may read fields that the person may not: they show what an administrator decided.
    public init(
        schema: SchemaSnapshot,
        object: String,
        readable: @escaping @Sendable (_ object: String, _ field: String) -> Bool = { _, _ in true }
    ) {
        self.schema = schema
        self.object = object
        self.readable = readable
    }

    /// Parses and checks `text`; `expecting` nil takes any type. Throws `ExpressionError`, which points at the place.
    public func check(_ text: String, expecting: ValueType? = .boolean) throws -> CheckedExpression {
        let expression = try ExpressionParser.parse(text)
        do throws(ExpressionError) {
            return try checked(expression, text, expecting)
        } catch {
            throw error.locating(in: text)
        }
    }

    private func checked(
        _ expression: Expression,
        _ text: String,
        _ expecting: ValueType?
    ) throws(ExpressionError) -> CheckedExpression {
        guard let definition = schema.object(object) else {
            throw ExpressionError(
                Span(0, 0),
                Label("There is no object «\(object)».", zh: "没有“\(object)”这个对象。")
            )
        }
        var checking = Checking(schema: schema, readable: readable)
        let root = try checking.whole(expression, in: Checking.Scope(object: definition), expecting: expecting)
        let checked = CheckedExpression(
            text: text,
            type: root.type,
            referencedFields: checking.referenced,
            isVolatile: checking.isVolatile,
            root: root
        )
        try ExpressionSQL.verifyDepth(of: checked, schema: schema, span: expression.span)
        return checked
    }
}

/// One check on its way through an expression.
struct Checking {
    let schema: SchemaSnapshot
    let readable: @Sendable (String, String) -> Bool
    var referenced: Set<String> = []
    var isVolatile = false
    /// The computed fields that are being worked out, to find circles.
    var open: [String] = []
    var known: [String: Node] = [:]

    static let maximumWeight = 20_000
    static let maximumDepth = 100
    static let maximumLinks = 3
    static let maximumFormulas = 10

    init(schema: SchemaSnapshot, readable: @escaping @Sendable (String, String) -> Bool) {
        self.schema = schema
        self.readable = readable
    }

    /// The record that names refer to.
    struct Scope {
        let object: ObjectDefinition
        /// Inside a computed field rights on fields do not count.
        var trusted = false
    }

    mutating func whole(
        _ expression: Expression,
        in scope: Scope,
        expecting: ValueType?
    ) throws(ExpressionError) -> Node {
        let node = try self.node(expression, in: scope)
        guard let expecting else { return node }
        if expecting == .boolean, node.type != .boolean {
            throw ExpressionError(
                expression.span,
                Label(
                    "A condition is needed here, but this is \(node.type.label.en). Compare it with something.",
                    zh: "这里需要一个条件，而此处是\(node.type.label.zh)，请写成比较式。"
                )
            )
        }
        let result = try adapt(node, expression.span, to: expecting)
        // Where a moment is expected a literal may become a day, which only comparisons can use.
        guard result.type.matches(expecting) else { throw mismatch(expression.span, result.type, needed: expecting) }
        return result
    }

    /// Makes a part, unless the whole becomes too large.
    func make(_ type: ValueType, _ shape: Shape, _ span: Span) throws(ExpressionError) -> Node {
        let node = Node(type, shape)
        guard node.weight <= Checking.maximumWeight, node.depth <= Checking.maximumDepth else {
            throw ExpressionError(
                span,
                Label(
                    "The expression, with the formulas that it uses, has too many parts or is nested too deeply.",
                    zh: "表达式（含其引用的公式）内容过多或嵌套过深。"
                ),
                code: .tooComplex
            )
        }
        return node
    }

    mutating func node(_ expression: Expression, in scope: Scope) throws(ExpressionError) -> Node {
        let span = expression.span
        switch expression {
        case .text(let text, _): return .constant(.text, .text(text))
        case .number(let number, _): return .constant(.number, .number(number))
        case .truth(let flag, _): return .constant(.boolean, .boolean(flag))
        case .duration:
            throw ExpressionError(
                span,
                Label(
                    "A duration can only be added to or subtracted from a date, as in today - 30d.",
                    zh: "时长只能与日期相加减，例如 today - 30d。"
                )
            )
        case .word(let word, _): return try self.word(word, span)
        case .path(let names, _): return try path(names[...], in: scope, links: 0)
        case .any(let parts, _): return try make(.boolean, .any(conditions(parts, in: scope)), span)
        case .all(let parts, _): return try make(.boolean, .all(conditions(parts, in: scope)), span)
        case .not(let part, _): return try make(.boolean, .not(condition(part, in: scope)), span)
        case .comparison(let comparison, let left, let right, _):
            return try compare(comparison, operand(left, in: scope), operand(right, in: scope), span)
        case .among(let left, let list, _): return try among(operand(left, in: scope), list, in: scope, span)
        case .contains(let left, let right, _):
            return try contains(operand(left, in: scope), operand(right, in: scope), span)
        case .startsWith(let left, let right, _):
            return try startsWith(operand(left, in: scope), operand(right, in: scope), span)
        case .between(let value, let low, let high, _):
            let value = try operand(value, in: scope)
            let from = try compare(.greaterOrEqual, value, operand(low, in: scope), span)
            let to = try compare(.lessOrEqual, value, operand(high, in: scope), span)
            return try make(.boolean, .all([from, to]), span)
        case .isEmpty(let value, _): return try make(.boolean, .isEmpty(node(value, in: scope)), span)
        case .chain(let first, let steps, _): return try chain(first, steps, in: scope, span)
        case .negative(let value, _):
            let inner = try adapt(node(value, in: scope), value.span, to: .number)
            return try make(.number, .negative(inner), span)
        case .call(let name, let arguments, _): return try call(name, arguments, in: scope, span)
        case .aggregate(let aggregate, let names, let condition, _):
            return try rollUp(aggregate, names, condition, in: scope, span)
        }
    }

    private mutating func word(_ word: Expression.Word, _ span: Span) throws(ExpressionError) -> Node {
        isVolatile = true
        switch word {
        case .today: return Node(.day, .today)
        case .now: return Node(.instant, .now)
        case .me: return Node(.record("sys_user"), .me)
        case .weekStart, .weekEnd, .monthStart, .monthEnd, .quarterStart, .quarterEnd, .yearStart, .yearEnd:
            return Node(.day, .border(word))
        case .myTeams:
            throw ExpressionError(
                span,
                Label(
                    "Write my_teams after «in», as in owner in my_teams.",
                    zh: "my_teams 须写在 in 之后，例如 owner in my_teams。"
                )
            )
        }
    }

    /// A part with its place, for messages.
    struct Operand {
        let node: Node
        let span: Span
    }

    mutating func operand(_ expression: Expression, in scope: Scope) throws(ExpressionError) -> Operand {
        Operand(node: try node(expression, in: scope), span: expression.span)
    }

    mutating func condition(_ expression: Expression, in scope: Scope) throws(ExpressionError) -> Node {
        try whole(expression, in: scope, expecting: .boolean)
    }

    private mutating func conditions(_ parts: [Expression], in scope: Scope) throws(ExpressionError) -> [Node] {
        var nodes: [Node] = []
        for part in parts { nodes.append(try condition(part, in: scope)) }
        return nodes
    }
}
