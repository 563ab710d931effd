import Schema
import Values

extension Checking {
    /// Operands joined by `+ -` or `* /`.
    mutating func chain(
        _ first: Expression,
        _ steps: [Expression.Step],
        in scope: Scope,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        guard steps.count <= 200 else {
            throw ExpressionError(
                span,
                Label("At most 200 operands can be joined by + - or * /.", zh: "加减乘除最多连接 200 项。"),
                code: .tooComplex
            )
        }
        var left: Node
        var steps = steps[...]
        if case .duration(let duration, _) = first, let step = steps.first, step.operation == .plus {
            left = try moved(node(step.operand, in: scope), step.operand.span, by: duration)
            steps = steps.dropFirst()
        } else {
            left = try node(first, in: scope)
        }
        var operands: [(operation: Expression.Operation, operand: Node)] = []
        for step in steps {
            if case .duration(let duration, let place) = step.operand {
                guard step.operation == .plus || step.operation == .minus, operands.isEmpty else {
                    throw mismatch(place, .duration, needed: .number)
                }
                left = try moved(left, first.span, by: step.operation == .plus ? duration : duration.negated)
                continue
            }
            let right = try node(step.operand, in: scope)
            try needNumbers(left, first.span, right, step.operand.span)
            operands.append((step.operation, right))
        }
        return operands.isEmpty ? left : try make(.number, .chain(left, operands), span)
    }

    private func needNumbers(_ left: Node, _ leftSpan: Span, _ right: Node, _ rightSpan: Span) throws(ExpressionError) {
        for (node, span) in [(left, leftSpan), (right, rightSpan)] where node.type != .number {
            switch node.type {
            case .day, .instant:
                throw ExpressionError(
                    span,
                    Label(
                        "Add durations to dates, as in today - 30d; between dates use days_between(a, b).",
                        zh: "日期只能与时长相加减，例如 today - 30d；两个日期相差的天数请用 days_between(a, b)。"
                    )
                )
            case .text, .choice:
                throw ExpressionError(
                    span,
                    Label("Texts are joined with concat(a, b).", zh: "文本请用 concat(a, b) 连接。")
                )
            default: throw mismatch(span, node.type, needed: .number)
            }
        }
    }

    private func moved(_ node: Node, _ span: Span, by duration: TimeSpan) throws(ExpressionError) -> Node {
        switch node.type {
        case .instant: return try make(.instant, .moved(node, duration), span)
        case .day:
            guard duration.days != nil else {
                throw ExpressionError(
                    span,
                    Label("A date has no hours. Use now instead of today, or whole days.", zh: "日期不含小时，请改用 now 或整天数。")
                )
            }
            return try make(.day, .moved(node, duration), span)
        default: throw mismatch(span, node.type, needed: .day)
        }
    }

    private static let functions = [
        "if", "coalesce", "round", "floor", "ceil", "abs", "len", "lower", "upper", "concat", "year", "month", "day",
        "days_between", "days_since",
    ]

    mutating func call(
        _ name: Expression.Name,
        _ arguments: [Expression],
        in scope: Scope,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        switch name.text {
        case "if":
            try count(name, arguments, 3...3, span)
            let condition = try self.condition(arguments[0], in: scope)
            let branches = try unified([operand(arguments[1], in: scope), operand(arguments[2], in: scope)])
            return try make(branches[0].type, .choose(condition, branches[0], branches[1]), span)
        case "coalesce":
            try count(name, arguments, 1...50, span)
            var operands: [Operand] = []
            for argument in arguments { operands.append(try operand(argument, in: scope)) }
            let nodes = try unified(operands)
            return try make(nodes[0].type, .firstOf(nodes), span)
        case "round":
            try count(name, arguments, 1...2, span)
            let places = arguments.count == 2 ? try self.places(arguments[1]) : 0
            return try make(.number, .function(.round(places), [number(arguments[0], in: scope)]), span)
        case "floor": return try numeric(.floor, name, arguments, in: scope, span)
        case "ceil": return try numeric(.ceil, name, arguments, in: scope, span)
        case "abs": return try numeric(.abs, name, arguments, in: scope, span)
        case "len": return try make(.number, .function(.length, [text(name, arguments, in: scope, span)]), span)
        case "lower": return try make(.text, .function(.lower, [text(name, arguments, in: scope, span)]), span)
        case "upper": return try make(.text, .function(.upper, [text(name, arguments, in: scope, span)]), span)
        case "concat":
            try count(name, arguments, 1...50, span)
            var nodes: [Node] = []
            for argument in arguments { nodes.append(try joinable(operand(argument, in: scope))) }
            return try make(.text, .function(.concat, nodes), span)
        case "year": return try datePart(.year, name, arguments, in: scope, span)
        case "month": return try datePart(.month, name, arguments, in: scope, span)
        case "day": return try datePart(.day, name, arguments, in: scope, span)
        case "days_between":
            try count(name, arguments, 2...2, span)
            let days = [try day(arguments[0], in: scope), try day(arguments[1], in: scope)]
            return try make(.number, .function(.daysBetween, days), span)
        case "days_since":
            try count(name, arguments, 1...1, span)
            isVolatile = true
            let days = [try day(arguments[0], in: scope), Node(.day, .today)]
            return try make(.number, .function(.daysBetween, days), span)
        default: throw unknownFunction(name)
        }
    }

    private func unknownFunction(_ name: Expression.Name) -> ExpressionError {
        let all = Checking.functions + Expression.Aggregate.allCases.map(\.rawValue)
        guard let near = Spelling.nearest(name.text, among: all) else {
            return ExpressionError(
                name.span,
                Label("There is no function «\(name.text)».", zh: "没有函数“\(name.text)”。")
            )
        }
        return ExpressionError(
            name.span,
            Label(
                "There is no function «\(name.text)». Did you mean «\(near)»?",
                zh: "没有函数“\(name.text)”，您是否想写“\(near)”？"
            )
        )
    }

    private func count(
        _ name: Expression.Name,
        _ arguments: [Expression],
        _ range: ClosedRange<Int>,
        _ span: Span
    ) throws(ExpressionError) {
        guard !range.contains(arguments.count) else { return }
        let expected = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound)"
        throw ExpressionError(
            span,
            Label(
                "\(name.text) takes \(expected) values, not \(arguments.count).",
                zh: "函数 \(name.text) 需要 \(expected) 个参数，现有 \(arguments.count) 个。"
            )
        )
    }

    private mutating func number(_ argument: Expression, in scope: Scope) throws(ExpressionError) -> Node {
        try adapt(node(argument, in: scope), argument.span, to: .number)
    }

    private mutating func numeric(
        _ function: Shape.Function,
        _ name: Expression.Name,
        _ arguments: [Expression],
        in scope: Scope,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        try count(name, arguments, 1...1, span)
        return try make(.number, .function(function, [number(arguments[0], in: scope)]), span)
    }

    private mutating func text(
        _ name: Expression.Name,
        _ arguments: [Expression],
        in scope: Scope,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        try count(name, arguments, 1...1, span)
        return try adapt(node(arguments[0], in: scope), arguments[0].span, to: .text)
    }

    /// A day; a moment counts as the day on which it falls.
    private mutating func day(_ argument: Expression, in scope: Scope) throws(ExpressionError) -> Node {
        let node = try self.node(argument, in: scope)
        if node.type == .instant { return try make(.day, .dayOf(node), argument.span) }
        return try adapt(node, argument.span, to: .day)
    }

    private mutating func datePart(
        _ function: Shape.Function,
        _ name: Expression.Name,
        _ arguments: [Expression],
        in scope: Scope,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        try count(name, arguments, 1...1, span)
        return try make(.number, .function(function, [day(arguments[0], in: scope)]), span)
    }

    private func places(_ argument: Expression) throws(ExpressionError) -> Int {
        guard case .number(let number, _) = argument, let places = Int(exactly: number), (0...9).contains(places) else {
            throw ExpressionError(
                argument.span,
                Label("The decimals are a number from 0 to 9.", zh: "小数位数须为 0 到 9 的数字。")
            )
        }
        return places
    }

    private func joinable(_ operand: Operand) throws(ExpressionError) -> Node {
        switch operand.node.type {
        case .number: return try make(.text, .function(.numberText, [operand.node]), operand.span)
        case .day: return try make(.text, .retyped(operand.node), operand.span)
        default: return try adapt(operand.node, operand.span, to: .text)
        }
    }

    /// All in one type: that of the first that is no text literal.
    private func unified(_ operands: [Operand]) throws(ExpressionError) -> [Node] {
        guard var type = (operands.first { $0.node.literalText == nil } ?? operands.first)?.node.type else { return [] }
        if case .choice(let choices) = type {
            let same = operands.allSatisfy { $0.node.literalText != nil || $0.node.type == .choice(choices) }
            if !same { type = .text }
        }
        var nodes: [Node] = []
        for operand in operands {
            let node = try adapt(operand.node, operand.span, to: type)
            // A day beside moments stays a day; the two cannot be mixed in one result.
            guard node.type.matches(type) else { throw mismatch(operand.span, node.type, needed: type) }
            nodes.append(node)
        }
        return nodes
    }
}
