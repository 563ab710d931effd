import SQLText
import Values

extension SQLWriter {
    /// A condition; null counts as false.
    mutating func condition(_ node: Node, _ alias: String) throws -> SQLPiece {
        if node.isConstant { return constant(node).isTrue ? .always : .never }
        switch node.shape {
        case .all(let nodes): return .joined(try nodes.map { try condition($0, alias) }, " AND ")
        case .any(let nodes): return .joined(try nodes.map { try condition($0, alias) }, " OR ")
        case .not(let inner):
            if case .isEmpty(let value) = inner.shape { return try isNotEmpty(value, alias) }
            return try condition(inner, alias).negated
        case .compare(let comparison, let left, let right): return try compare(comparison, left, right, alias)
        case .compareDay(let comparison, let instant, let day):
            return try compareDay(comparison, instant, day, alias)
        case .among(let left, let list): return try among(left, list, alias)
        case .inMyTeams(let inner): return try inMyTeams(inner, alias)
        case .phoneIs(let inner, let numbers):
            return try phone(inner, numbers, alias)
        case .phoneStarts(let inner, let prefixes):
            return .joined(try prefixes.map { try starts(inner, try value(inner, alias), with: $0) }, " OR ")
        case .contains(let left, let right):
            return .infix(position(of: try folded(right, alias), in: try folded(left, alias)), ">", SQLPiece("0"))
        case .startsWith(let left, let right):
            if right.isConstant, case .text(let prefix) = constant(right) {
                return try starts(left, folded(left, alias), with: Fold.fold(prefix))
            }
            return .infix(position(of: try folded(right, alias), in: try folded(left, alias)), "=", SQLPiece("1"))
        case .hasEntry(let inner, let entry):
            let value = try value(inner, alias)
            return .infix(
                position(of: .bound(.text(entry)), in: inner.isTags ? fold(value) : value),
                ">",
                SQLPiece("0")
            )
        case .isEmpty(let inner): return try isEmpty(inner, alias)
        default: return .infix(try value(node, alias), "=", SQLPiece("1"))
        }
    }

    /// One of the numbers, with any extension where none was asked for.
    private mutating func phone(_ node: Node, _ numbers: [String], _ alias: String) throws -> SQLPiece {
        let text = try value(node, alias)
        var ways = [list(text, numbers.map { .bound(.text($0)) })]
        for number in numbers where !number.contains(";") { ways.append(try starts(node, text, with: number + ";")) }
        let any = SQLPiece.joined(ways, " OR ")
        guard case .column = node.shape, let first = numbers.min(), let last = numbers.max() else { return any }
        // A range around all of them, which an index serves; several ranges joined by OR it does not.
        let range: [SQLPiece] = [
            .infix(text, ">=", .bound(.text(first))), .infix(text, "<", .bound(.text(last + "<"))),
        ]
        return .joined(range + [any], " AND ")
    }

    // MARK: - Texts

    private func fold(_ piece: SQLPiece) -> SQLPiece {
        SQLPiece(SQLFragment(text: dialect.fold(piece.sql.text), values: piece.sql.values), depth: piece.depth + 3)
    }

    /// A text as it is compared.
    private mutating func folded(_ node: Node, _ alias: String) throws -> SQLPiece {
        if node.isConstant {
            guard case .text(let text) = constant(node) else { return .bound(.null) }
            return .bound(.text(Fold.fold(text)))
        }
        let piece = try value(node, alias)
        return node.isStoredFolded ? piece : fold(piece)
    }

    private func position(of part: SQLPiece, in text: SQLPiece) -> SQLPiece {
        .call("instr", [text, part])
    }

    /// A range over a plain column, which an index serves; otherwise the part's position.
    private func starts(_ node: Node, _ text: SQLPiece, with prefix: String) throws -> SQLPiece {
        guard case .column = node.shape else {
            return .infix(position(of: .bound(.text(prefix)), in: text), "=", SQLPiece("1"))
        }
        let from = SQLPiece.infix(text, ">=", .bound(.text(prefix)))
        guard let end = Self.successor(of: prefix) else { return from }
        return .joined([from, .infix(text, "<", .bound(.text(end)))], " AND ")
    }

    /// The smallest text that is larger than all that start with `prefix`.
    static func successor(of prefix: String) -> String? {
        var scalars = Array(prefix.unicodeScalars)
        while let last = scalars.popLast() {
            let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
            guard let scalar = Unicode.Scalar(next) else { continue }
            scalars.append(scalar)
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            return String(view)
        }
        return nil
    }

    private mutating func isEmpty(_ node: Node, _ alias: String) throws -> SQLPiece {
        let piece = try value(node, alias)
        guard node.isTextual else { return .isNull(piece) }
        if case .column = node.shape {
            return .joined([.isNull(piece), .infix(piece, "=", SQLPiece("''"), isTotal: true)], " OR ")
        }
        return .infix(.call("COALESCE", [piece, SQLPiece("''")]), "=", SQLPiece("''"), isTotal: true)
    }

    private mutating func isNotEmpty(_ node: Node, _ alias: String) throws -> SQLPiece {
        let piece = try value(node, alias)
        return node.isTextual ? .infix(piece, "<>", SQLPiece("''")) : .isNotNull(piece)
    }

    // MARK: - Comparisons

    private func sign(_ comparison: Expression.Comparison) -> StaticString {
        switch comparison {
        case .equal: "="
        case .notEqual: "IS DISTINCT FROM"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }

    private func compared(_ comparison: Expression.Comparison, _ left: SQLPiece, _ right: SQLPiece) -> SQLPiece {
        .infix(left, sign(comparison), right, isTotal: comparison == .notEqual)
    }

    private mutating func compare(
        _ comparison: Expression.Comparison,
        _ left: Node,
        _ right: Node,
        _ alias: String
    ) throws -> SQLPiece {
        if left.isConstant, !right.isConstant { return try compare(comparison.flipped, right, left, alias) }
        if right.isConstant {
            let value = constant(right)
            if value == .empty {
                return comparison == .notEqual ? .isNotNull(try self.value(left, alias)) : .never
            }
            if case .number(let number) = value, let (piece, digits) = try stored(left, alias) {
                return bounded(comparison, piece, ScaledBound(number, digits: digits))
            }
        }
        return try compared(comparison, side(left, alias), side(right, alias))
    }

    /// One side of a comparison: texts folded, everything else as it is.
    private mutating func side(_ node: Node, _ alias: String) throws -> SQLPiece {
        node.type == .text ? try folded(node, alias) : try value(node, alias)
    }

    /// A stored whole number against the bounds that a number means for it.
    private func bounded(_ comparison: Expression.Comparison, _ piece: SQLPiece, _ bound: ScaledBound) -> SQLPiece {
        func atLeast(_ value: Int64?) -> SQLPiece {
            value.map { .infix(piece, ">=", .bound(.integer($0))) } ?? .never
        }
        func below(_ value: Int64?) -> SQLPiece {
            value.map { .infix(piece, "<", .bound(.integer($0))) } ?? .isNotNull(piece)
        }
        switch comparison {
        case .greaterOrEqual: return atLeast(bound.from)
        case .greater: return atLeast(bound.beyond)
        case .less: return below(bound.from)
        case .lessOrEqual: return below(bound.beyond)
        case .equal, .notEqual:
            guard let range = bound.equal else { return comparison == .equal ? .never : .always }
            return within(range, piece, negated: comparison == .notEqual)
        }
    }

    private func within(_ range: ClosedRange<Int64>, _ piece: SQLPiece, negated: Bool) -> SQLPiece {
        let (low, high) = (SQLPiece.bound(.integer(range.lowerBound)), SQLPiece.bound(.integer(range.upperBound)))
        if range.lowerBound == range.upperBound { return compared(negated ? .notEqual : .equal, piece, low) }
        let inside = SQLPiece.joined([.infix(piece, ">=", low), .infix(piece, "<=", high)], " AND ")
        return negated ? inside.negated : inside
    }

    private mutating func compareDay(
        _ comparison: Expression.Comparison,
        _ instant: Node,
        _ day: Node,
        _ alias: String
    ) throws -> SQLPiece {
        if day.isConstant {
            guard case .day(let text) = constant(day), let day = Day(text) else {
                return comparison == .notEqual ? .isNotNull(try value(instant, alias)) : .never
            }
            let piece = try value(instant, alias)
            let start = context.start(of: day)
            let (from, beyond) = (SQLPiece.bound(.integer(start)), SQLPiece.bound(.integer(start + TimeSpan.day)))
            switch comparison {
            case .equal: return within(start...(start + TimeSpan.day - 1), piece, negated: false)
            case .notEqual: return within(start...(start + TimeSpan.day - 1), piece, negated: true)
            case .less: return .infix(piece, "<", from)
            case .lessOrEqual: return .infix(piece, "<", beyond)
            case .greater: return .infix(piece, ">=", beyond)
            case .greaterOrEqual: return .infix(piece, ">=", from)
            }
        }
        let falls = try value(Node(.day, .dayOf(instant)), alias)
        return try compared(comparison, falls, value(day, alias))
    }

    // MARK: - Lists

    private func list(_ left: SQLPiece, _ elements: [SQLPiece]) -> SQLPiece {
        guard !elements.isEmpty else { return .never }
        let depth = max(left.depth + 1, (elements.map(\.depth).max() ?? 0) + 7)
        return SQLPiece("(\(left.sql) IN (\(elements.map(\.sql).joined(", "))))", depth: depth)
    }

    private mutating func among(_ left: Node, _ elements: [Node], _ alias: String) throws -> SQLPiece {
        let given = elements.filter { !$0.isConstant || constant($0) != .empty }
        if left.isConstant, constant(left) == .empty { return .never }
        if left.type == .number, let whole = wholeNumbers(given, left), let (piece, _) = try stored(left, alias) {
            return list(piece, whole.map { .bound(.integer($0)) })
        }
        return list(try side(left, alias), try given.map { try side($0, alias) })
    }

    /// The stored whole numbers that equal constants; nil when that cannot be said one by one.
    private func wholeNumbers(_ nodes: [Node], _ left: Node) -> [Int64]? {
        guard case .scaled(let digits) = left.column?.storage else { return nil }
        var result: [Int64] = []
        for node in nodes {
            guard node.isConstant, case .number(let number) = constant(node) else { return nil }
            guard let range = ScaledBound(number, digits: digits).equal else { continue }
            guard range.lowerBound == range.upperBound else { return nil }
            result.append(range.lowerBound)
        }
        return result
    }

    private mutating func inMyTeams(_ node: Node, _ alias: String) throws -> SQLPiece {
        let teams = context.myTeams.map { SQLValue.integer($0.raw) }
        guard !teams.isEmpty else { return .never }
        let piece = try value(node, alias)
        if node.type == .record("sys_team") { return list(piece, teams.map(SQLPiece.bound)) }
        return SQLPiece(
            "(\(piece.sql) IN (SELECT \"id\" FROM \"sys_user\" WHERE \"team\" IN \(list: teams)))",
            depth: max(piece.depth + 1, 16)
        )
    }
}

extension Node {
    fileprivate var isTextual: Bool {
        switch type {
        case .text, .choice, .several: true
        default: false
        }
    }
}
