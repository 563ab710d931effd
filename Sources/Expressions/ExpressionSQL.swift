public import SQLText
public import Schema
import Values

/// Compiles checked expressions to SQL. No text of a person becomes SQL: values are bound, names come from the schema.
public struct ExpressionSQL: Sendable {
    /// The condition under which the person sees a record of an object (its key) under a table's alias; nil: always.
    public typealias Access = @Sendable (_ object: String, _ alias: String) throws -> SQLFragment?

    let schema: SchemaSnapshot
    let dialect: Dialect
    let context: EvaluationContext
    let access: Access

    /// A reader for one moment and person. `access` guards linked and child records, not the record itself.
    public init(
        schema: SchemaSnapshot,
        dialect: Dialect,
        context: EvaluationContext,
        access: @escaping Access = { _, _ in nil }
    ) {
        self.schema = schema
        self.dialect = dialect
        self.context = context
        self.access = access
    }

    /// The condition for a `WHERE` over the object's table under `alias`: not true may be null.
    ///
    /// Comparisons of plain columns stay bare, so that indexes serve them. Throws only what `access` throws.
    public func condition(_ expression: CheckedExpression, alias: String = "t") throws -> SQLFragment {
        var writer = SQLWriter(reader: self)
        return try writer.condition(expression.root, alias).sql
    }

    /// The value as a column: numbers are floating-point, yes and no are 1 and 0. Throws only what `access` throws.
    public func value(_ expression: CheckedExpression, alias: String = "t") throws -> SQLFragment {
        var writer = SQLWriter(reader: self)
        return try writer.value(expression.root, alias).sql
    }

    /// Refuses an expression that an engine's parser could not hold.
    static func verifyDepth(
        of expression: CheckedExpression,
        schema: SchemaSnapshot,
        span: Span
    ) throws(ExpressionError) {
        let moment = EvaluationContext(today: Day(daysSince1970: 0), now: Instant(milliseconds: 0))
        var writer = SQLWriter(reader: ExpressionSQL(schema: schema, dialect: .sqlite, context: moment))
        let depth = (try? writer.value(expression.root, "t").total.depth) ?? 0
        guard depth <= 78 else {
            throw ExpressionError(
                span,
                Label("The expression is nested too deeply.", zh: "表达式嵌套过深。"),
                code: .tooComplex
            )
        }
    }
}

/// One expression on its way to SQL.
struct SQLWriter {
    let reader: ExpressionSQL
    /// Tables in subqueries so far; their aliases extend the outer one, so none is ever hidden by another.
    private var tables = 0

    init(reader: ExpressionSQL) { self.reader = reader }

    var dialect: Dialect { reader.dialect }
    var context: EvaluationContext { reader.context }

    func constant(_ node: Node) -> EvaluatedValue { ExpressionMemory(context: context).constant(node) }

    func column(_ name: String, _ alias: String) -> SQLPiece { SQLPiece("\(name: alias).\(name: name)", depth: 3) }

    mutating func value(_ node: Node, _ alias: String) throws -> SQLPiece {
        if node.isConstant { return bound(node) }
        switch node.shape {
        case .constant, .today, .now, .me, .border: return bound(node)
        case .column(let column):
            let plain = self.column(column.name, alias)
            guard case .scaled(let digits) = column.storage else { return plain }
            return scaled(plain, digits)
        case .linked(let column, let target, let inner):
            return try linked(column, target, alias) { writer, alias in try writer.value(inner, alias) }
        case .rollUp(let rollUp): return try self.rollUp(rollUp, alias)
        case .all, .any, .not, .compare, .compareDay, .among, .inMyTeams, .phoneIs, .phoneStarts, .contains,
            .startsWith, .hasEntry, .isEmpty:
            return try yesOrNo(condition(node, alias))
        case .chain(let first, let steps): return finite(try chain(first, steps, alias), node)
        case .negative(let inner):
            return try SQLPiece.infix(SQLPiece("0.0"), "-", value(inner, alias))
        case .moved(let inner, let span): return try moved(inner, span, alias)
        case .dayOf(let inner):
            return try .call("kehu_day_of", [value(inner, alias), .bound(.text(context.zone.name))])
        case .retyped(let inner): return try value(inner, alias)
        case .choose: return try choose(node, alias)
        case .firstOf(let nodes):
            guard nodes.count > 1 else { return try value(nodes[0], alias) }
            return try .call("COALESCE", nodes.map { try value($0, alias) })
        case .function(let function, let nodes):
            return try self.function(function, nodes.map { try value($0, alias) })
        }
    }

    /// A condition as 1 or 0.
    private func yesOrNo(_ condition: SQLPiece) -> SQLPiece {
        switch dialect {
        case .sqlite: condition.total
        case .postgres: SQLPiece("(CASE WHEN \(condition.sql) THEN 1 ELSE 0 END)", depth: condition.depth + 4)
        }
    }

    /// A constant. PostgreSQL wants to know of what type nothing is.
    private func bound(_ node: Node) -> SQLPiece {
        let value = constant(node).sqlValue
        guard value.isNull, dialect == .postgres else { return .bound(value) }
        switch node.type {
        case .number: return SQLPiece("CAST(NULL AS DOUBLE PRECISION)")
        case .text, .choice, .several, .day: return SQLPiece("CAST(NULL AS TEXT)")
        default: return SQLPiece("CAST(NULL AS BIGINT)")
        }
    }

    private func scaled(_ piece: SQLPiece, _ digits: Int) -> SQLPiece {
        let real = SQLPiece.cast(piece)
        return digits == 0 ? real : .infix(real, "/", SQLPiece("\(raw: "\(FixedPoint.power(digits)).0")"))
    }

    /// The stored whole number of a column, here or in a linked record.
    mutating func stored(_ node: Node, _ alias: String) throws -> (piece: SQLPiece, digits: Int)? {
        switch node.shape {
        case .column(let column):
            guard case .scaled(let digits) = column.storage else { return nil }
            return (self.column(column.name, alias), digits)
        case .linked(let column, let target, let inner):
            guard case .scaled(let digits) = inner.column?.storage else { return nil }
            let piece = try linked(column, target, alias) { writer, alias in
                try writer.stored(inner, alias)?.piece ?? .bound(.null)
            }
            return (piece, digits)
        default: return nil
        }
    }

    private mutating func innerAlias(_ alias: String) -> String {
        tables += 1
        return "\(alias)_\(tables)"
    }

    /// A value of a linked record that exists and that the person may see; otherwise null.
    private mutating func linked(
        _ link: String,
        _ target: String,
        _ alias: String,
        _ inner: (inout SQLWriter, String) throws -> SQLPiece
    ) throws -> SQLPiece {
        let own = innerAlias(alias)
        let value = try inner(&self, own)
        var sql: SQLFragment =
            "(SELECT \(value.sql) FROM \(name: target) \(name: own) WHERE "
        sql += "\(name: own).\"id\" = \(name: alias).\(name: link)"
        if reader.schema.object(target) != nil { sql += " AND \(name: own).\"deleted_at\" IS NULL" }
        if let guarded = try reader.access(target, own) { sql += " AND (\(guarded))" }
        return SQLPiece(sql + ")", depth: max(value.depth + 5, SQLPiece.guardedDepth))
    }

    private mutating func rollUp(_ rollUp: Shape.RollUp, _ alias: String) throws -> SQLPiece {
        let own = innerAlias(alias)
        let result = try aggregate(rollUp, own)
        var depth = result.depth
        var sql: SQLFragment =
            "(SELECT \(result.sql) FROM \(name: rollUp.object) \(name: own) WHERE "
        sql += "\(name: own).\(name: rollUp.link) = \(name: alias).\"id\" AND \(name: own).\"deleted_at\" IS NULL"
        if let guarded = try reader.access(rollUp.object, own) { sql += " AND (\(guarded))" }
        if let condition = rollUp.condition {
            let condition = try self.condition(condition, own)
            depth = max(depth, condition.depth + 5)
            sql += " AND \(condition.sql)"
        }
        return SQLPiece(sql + ")", depth: max(depth + 5, SQLPiece.guardedDepth))
    }

    private mutating func aggregate(_ rollUp: Shape.RollUp, _ alias: String) throws -> SQLPiece {
        guard let node = rollUp.value else { return SQLPiece("CAST(COUNT(*) AS DOUBLE PRECISION)", depth: 6) }
        let plain = try stored(node, alias)
        let piece = try plain?.piece ?? value(node, alias)
        let digits = plain?.digits ?? 0
        let divisor: SQLFragment = digits == 0 ? "" : " / \(raw: "\(FixedPoint.power(digits)).0")"
        let total = total(piece.sql, isStored: plain != nil)
        switch rollUp.aggregate {
        case .count: return SQLPiece("CAST(COUNT(*) AS DOUBLE PRECISION)", depth: 6)
        case .sum:
            let sum = SQLPiece("\(total)\(divisor)", depth: piece.depth + 4)
            return plain == nil ? finite(sum) : sum
        case .avg:
            let average: SQLFragment = "\(total) / NULLIF(COUNT(\(piece.sql)), 0)\(divisor)"
            return finite(SQLPiece(average, depth: piece.depth + 8))
        case .min, .max:
            let name = rollUp.aggregate == .min ? "MIN" : "MAX"
            let extreme = SQLPiece.call(name, [piece])
            return plain.map { scaled(extreme, $0.digits) } ?? extreme
        }
    }

    /// A sum in floating point: it cannot overflow as whole numbers do, and an empty one is 0.
    private func total(_ piece: SQLFragment, isStored: Bool) -> SQLFragment {
        switch dialect {
        case .sqlite: "TOTAL(\(piece))"
        case .postgres:
            isStored ? "COALESCE(SUM(CAST(\(piece) AS DOUBLE PRECISION)), 0)" : "kehu_total(\(piece))"
        }
    }

    // MARK: - Numbers, dates, functions

    private mutating func chain(
        _ first: Node,
        _ steps: [(operation: Expression.Operation, operand: Node)],
        _ alias: String
    ) throws -> SQLPiece {
        let start = try value(first, alias)
        var (sql, depth) = (start.sql, start.depth + 1)
        for step in steps {
            let operand = try value(step.operand, alias)
            sql = calculated(sql, step.operation, operand.sql)
            depth = max(depth, operand.depth + 3)
        }
        return SQLPiece("(\(sql))", depth: depth)
    }

    /// PostgreSQL raises an error where floating point has an answer for everything; its functions give that answer.
    private func calculated(
        _ left: SQLFragment,
        _ operation: Expression.Operation,
        _ right: SQLFragment
    ) -> SQLFragment {
        switch dialect {
        case .sqlite: return "\(left) \(raw: operation.rawValue) \(right)"
        case .postgres:
            let name =
                switch operation {
                case .plus: "kehu_plus"
                case .minus: "kehu_minus"
                case .times: "kehu_times"
                case .divided: "kehu_over"
                }
            return "\(raw: name)(\(left), \(right))"
        }
    }

    /// Null instead of infinity, where the parts could reach it.
    private func finite(_ piece: SQLPiece, _ node: Node) -> SQLPiece { node.magnitude < 1e300 ? piece : finite(piece) }

    private func finite(_ piece: SQLPiece) -> SQLPiece {
        switch dialect {
        case .sqlite: SQLPiece("NULLIF(NULLIF(\(piece.sql), 9e999), -9e999)", depth: piece.depth + 6)
        case .postgres:
            SQLPiece(
                "NULLIF(NULLIF(\(piece.sql), CAST('Infinity' AS DOUBLE PRECISION)), CAST('-Infinity' AS DOUBLE PRECISION))",
                depth: piece.depth + 6
            )
        }
    }

    private mutating func moved(_ node: Node, _ span: TimeSpan, _ alias: String) throws -> SQLPiece {
        let months = SQLPiece.bound(.integer(Int64(span.months)))
        if node.type == .day {
            return try .call("kehu_move_day", [value(node, alias), months, .bound(.integer(Int64(span.days ?? 0)))])
        }
        return try .call(
            "kehu_move_instant",
            [
                value(node, alias), months, .bound(.integer(span.milliseconds)),
                .bound(.text(context.zone.name)),
            ]
        )
    }

    /// `if`, with a further one in its last place written as one more `WHEN`.
    private mutating func choose(_ node: Node, _ alias: String) throws -> SQLPiece {
        var (sql, depth, rest) = ("CASE" as SQLFragment, 1, node)
        while case .choose(let condition, let yes, let no) = rest.shape {
            let (test, result) = (try self.condition(condition, alias), try value(yes, alias))
            sql += " WHEN \(test.sql) THEN \(result.sql)"
            depth = max(depth, test.depth + 4, result.depth + 6)
            rest = no
        }
        let last = try value(rest, alias)
        return SQLPiece("\(sql) ELSE \(last.sql) END", depth: max(depth, last.depth + 4))
    }

    private func function(_ function: Shape.Function, _ pieces: [SQLPiece]) -> SQLPiece {
        func part(_ number: Int64) -> SQLPiece { .call("kehu_day_part", pieces + [SQLPiece("\(raw: "\(number)")")]) }
        switch function {
        case .round(let places): return .call("kehu_round", pieces + [SQLPiece("\(raw: "\(places)")")])
        case .floor: return .call("kehu_floor", pieces)
        case .ceil: return .call("kehu_ceil", pieces)
        case .abs: return .call("abs", pieces)
        case .numberText: return .call("kehu_number_text", pieces)
        case .length: return .cast(.call("length", pieces))
        case .lower:
            return SQLPiece(
                SQLFragment(text: dialect.fold(pieces[0].sql.text), values: pieces[0].sql.values),
                depth: pieces[0].depth + 3
            )
        case .upper: return .call("kehu_upper", pieces)
        case .concat:
            let texts = pieces.map { SQLPiece.call("COALESCE", [$0, SQLPiece("''")]) }
            return texts.count == 1 ? texts[0] : .joined(texts, " || ")
        case .year: return part(0)
        case .month: return part(1)
        case .day: return part(2)
        case .daysBetween:
            return .cast(.infix(.call("kehu_days", [pieces[1]]), "-", .call("kehu_days", [pieces[0]])))
        }
    }
}
