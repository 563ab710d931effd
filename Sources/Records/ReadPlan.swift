import Database
import Expressions
import FieldKinds
import Identity
import SQLText
public import Schema
public import Values

/// What a read selects and how a row of it becomes fields: made once, used for every row.
public struct ReadPlan: Sendable {
    /// A field and where its values stand in the row.
    public struct Slot: Sendable {
        /// The field.
        public let field: FieldDefinition
        /// The position of its first column.
        public let start: Int
        /// How many columns it has.
        public let count: Int
        /// The position of the linked record's or person's name.
        public let name: Int?
    }

    /// The object.
    public let object: ObjectDefinition
    /// The fields in order.
    public let slots: [Slot]
    let select: SQLFragment
    /// The same for many records at once: names of people are joined, which PostgreSQL looks up once for each person
    /// instead of once for each record.
    let many: (select: SQLFragment, joins: SQLFragment)
    let width: Int
    private let writer: RowWriter

    init(
        object: ObjectDefinition,
        slots: [Slot],
        select: SQLFragment,
        many: (select: SQLFragment, joins: SQLFragment),
        width: Int
    ) {
        (self.object, self.slots, self.select, self.many, self.width) = (object, slots, select, many, width)
        writer = RowWriter(slots)
    }

    /// Writes the row under the cursor as a JSON object, straight from the statement's memory.
    func write(_ cursor: RowCursor, to json: inout JSONWriter) { writer.write(cursor, of: slots, to: &json) }

    /// The slot of a field.
    public func slot(_ key: String) -> Slot? { slots.first { $0.field.key == key } }
}

/// One record as a list or page shows it: values and names in the order of a plan.
public struct RecordRow: Sendable {
    /// The values, to be read through the plan's slots.
    public let values: [SQLValue]
    /// The record's id.
    public let id: RecordID

    /// The values of a slot.
    public func values(_ slot: ReadPlan.Slot) -> [SQLValue] { Array(values[slot.start..<(slot.start + slot.count)]) }
    /// The display name of what a slot links to.
    public func name(_ slot: ReadPlan.Slot) -> String? { slot.name.flatMap { values[$0].text } }
}

extension ReadSession {
    /// Plans a read of `fields` (all readable ones if nil). An unknown or unreadable field is an error that names it.
    public func plan(_ object: ObjectDefinition, fields keys: [String]? = nil) throws -> ReadPlan {
        try state.plans.plan(object, keys, for: actor) { try newPlan(object, keys) }
    }

    private func newPlan(_ object: ObjectDefinition, _ keys: [String]?) throws -> ReadPlan {
        let readable = access.readable(object)
        var fields = readable
        if let keys {
            fields = try (["id"] + keys.filter { $0 != "id" }).map { key in
                guard let field = readable.first(where: { $0.key == key }) else {
                    throw Problem.unknownField(key, of: object)
                }
                return field
            }
        }
        var parts: [SQLFragment] = []
        var joined: [Int: SQLFragment] = [:]
        var joins: [SQLFragment] = []
        var slots: [ReadPlan.Slot] = []
        let computed = expressions(asActor: false)
        for field in fields {
            let start = parts.count
            parts += try select(field, of: object, computed).map { access.guarded($0, field, of: object, alias: "t") }
            let count = parts.count - start
            var name: Int?
            if let subquery = nameQuery(field) {
                name = parts.count
                parts.append(access.guarded(subquery, field, of: object, alias: "t"))
                // With more tables the server takes longer to find a plan.
                if case .person = field.kind, connection.dialect == .postgres, joins.count < 4 {
                    let alias = "p\(joins.count)"
                    joined[parts.count - 1] = access.guarded("\(raw: alias).name", field, of: object, alias: "t")
                    joins.append(" LEFT JOIN sys_user \(raw: alias) ON \(raw: alias).id = t.\(name: field.key)")
                }
            }
            slots.append(.init(field: field, start: start, count: count, name: name))
        }
        let many = parts.indices.map { joined[$0] ?? parts[$0] }.joined(", ")
        return ReadPlan(
            object: object,
            slots: slots,
            select: parts.joined(", "),
            many: (many, joins.joined("")),
            width: parts.count
        )
    }

    private func select(
        _ field: FieldDefinition,
        of object: ObjectDefinition,
        _ computed: ExpressionSQL
    ) throws -> [SQLFragment] {
        switch field.kind {
        case .formula(let text, _), .rollUp(let text, _):
            // A definition that no longer fits the schema shows as empty; the administrator's page says why.
            let checker = ExpressionChecker(schema: schema, object: object.key) { _, _ in true }
            guard let checked = try? checker.check(text, expecting: nil) else { return ["NULL"] }
            return ["(" + (try computed.value(checked, alias: "t")) + ")"]
        default:
            return field.columns.map { "t.\(name: $0.name)" }
        }
    }

    private func nameQuery(_ field: FieldDefinition) -> SQLFragment? {
        switch field.kind {
        case .person:
            return "(SELECT u.name FROM sys_user u WHERE u.id = t.\(name: field.key))"
        case .file:
            return "(SELECT f.name FROM sys_file f WHERE f.id = t.\(name: field.key))"
        case .link(let target):
            guard let linked = schema.object(target) else { return nil }
            var sql: SQLFragment = """
                (SELECT l.\(name: linked.nameField) FROM \(name: target) l WHERE l."id" = t.\(name: field.key) \
                AND l."deleted_at" IS NULL
                """
            if let condition = access.condition(.read, on: target, alias: "l") { sql += " AND " + condition }
            return sql + ")"
        default: return nil
        }
    }
}

extension Problem {
    /// A field that there is not, or that the actor may not read.
    static func unknownField(_ key: String, of object: ObjectDefinition) -> Problem {
        let shown = String(key.prefix(60))
        return Problem(
            .malformed,
            "unknown_field",
            Label(
                "«\(object.label.en)» has no field «\(shown)».",
                zh: "“\(object.label.zh)”没有字段“\(shown)”。"
            ),
            fields: [FieldProblem(shown, "unknown_field", Label("There is no such field.", zh: "没有这个字段。"))]
        )
    }
}
