public import Database
public import Expressions
public import Identity
import SQLText
public import Schema
public import Values

/// One read at one point in time, by one actor. It must not leave the body that it was given to.
public class ReadSession {
    /// The connection: for system tables; objects are read through this session.
    public let connection: Connection
    /// The schema that this session began with.
    public let schema: SchemaSnapshot
    /// Who reads.
    public let actor: Actor
    /// When.
    public let now: Instant
    let access: Access
    let state: EngineState
    /// Rights on fields by object, in the order of the definition: worked out once per session.
    private var fieldRights: [String: [FieldRight]] = [:]
    /// The last record that was found, and what the actor may do with the last one asked about: a page asks for them
    /// many times, and nothing changes while one reads. Of no use to who writes.
    private var lastFound: (object: String, record: AnyRecord)?
    private var lastAllowed: (object: String, id: RecordID, verbs: Set<RecordVerb>)?
    /// So many records of one person are many: see `newestOfMany`.
    var manyOwned: Int64 = 2000
    /// False where records change under the session.
    var isSteady: Bool { true }

    init(connection: Connection, state: EngineState, actor: Actor, now: Instant) {
        self.connection = connection
        self.state = state
        schema = state.schema
        self.actor = actor
        self.now = now
        access = Access(actor: actor, schema: state.schema)
    }

    /// The object of an API plural (or key), if the actor may read any of its records; else as if there were none.
    public func object(_ plural: String) throws -> ObjectDefinition { try access.object(plural: plural) }

    /// The fields of an object that the actor may read, in order.
    public func readableFields(_ object: ObjectDefinition) -> [FieldDefinition] { access.readable(object) }

    /// What the actor may do with a field.
    public func right(on field: FieldDefinition, of object: ObjectDefinition) -> FieldRight {
        access.right(on: field, of: object)
    }

    /// What the actor may do with each field, in the order of the definition.
    func rights(onFieldsOf object: ObjectDefinition) -> [FieldRight] {
        if let known = fieldRights[object.key] { return known }
        let rights = object.fields.map { access.right(on: $0, of: object) }
        fieldRights[object.key] = rights
        return rights
    }

    /// What `today`, `now`, `me` and `my_teams` mean here.
    public var expressionContext: EvaluationContext {
        let zone = Zone.named(actor.timeZone) ?? .fixed(28_800)
        return EvaluationContext(
            today: Day(of: now, offset: zone.offset(at: now)),
            now: now,
            me: actor.userID,
            myTeams: actor.teamTree,
            zone: zone
        )
    }

    /// A reader of expressions into SQL. For what the actor wrote, linked and child records are those they may see;
    /// what an administrator defined reads all.
    func expressions(asActor: Bool) -> ExpressionSQL {
        let access = access
        return ExpressionSQL(
            schema: schema,
            dialect: connection.dialect,
            context: expressionContext,
            access: { object, alias in
                asActor ? access.condition(.read, on: object, alias: alias) : nil
            }
        )
    }

    /// Checks an expression that the actor wrote: fields they may not read are unknown.
    public func check(
        _ text: String,
        on object: ObjectDefinition,
        expecting type: ValueType? = .boolean
    ) throws -> CheckedExpression {
        let access = access
        let schema = schema
        let checker = ExpressionChecker(schema: schema, object: object.key) { objectKey, fieldKey in
            guard let object = schema.object(objectKey), let field = object.field(fieldKey) else { return false }
            return access.right(on: field, of: object) != .hidden
                && (objectKey == object.key || access.scope(.read, on: objectKey) != .none)
        }
        do {
            return try checker.check(text, expecting: type)
        } catch let error as ExpressionError {
            throw error.problem(field: "filter")
        }
    }

    /// The row with this id, in the recycle bin or not, under the actor's right to do `verb`; nil if there is none.
    func row(
        _ object: ObjectDefinition,
        _ id: RecordID,
        for verb: RecordVerb,
        deleted: Bool = false
    ) throws -> AnyRecord? {
        guard let shape = state.shapes[object.key] else { return nil }
        let state: SQLFragment = deleted ? "IS NOT NULL" : "IS NULL"
        var sql: SQLFragment = """
            SELECT \(raw: shape.columns.map { "t." + quotedName($0) }.joined(separator: ", ")) \
            FROM \(name: object.key) t WHERE t."id" = \(id) AND t."deleted_at" \(state)
            """
        if let condition = access.condition(verb, on: object.key, alias: "t") { sql += " AND " + condition }
        return try connection.row(sql).map { AnyRecord(shape: shape, values: $0.values) }
    }

    /// The record, if the actor may read it; else throws `notFound`.
    public func find(_ object: ObjectDefinition, _ id: RecordID) throws -> AnyRecord {
        if let known = remembered(object, id) { return known }
        guard let row = try row(object, id, for: .read) else { throw Problem.notFound }
        lastFound = (object.key, row)
        return row
    }

    /// The record, when it was found just before in this session.
    func remembered(_ object: ObjectDefinition, _ id: RecordID) -> AnyRecord? {
        guard isSteady, let (key, known) = lastFound, key == object.key, known.id == id else { return nil }
        return known
    }

    /// The record with the Swift types of a declared object, if the actor may read it; else throws `notFound`.
    public func find<Object: ObjectType>(_ type: Object.Type, _ id: RecordID) throws -> Record<Object> {
        guard let object = schema.object(Object.key) else { throw Problem.notFound }
        return Record(try find(object, id))
    }

    /// True when the actor may do `verb` with a record that they may read.
    public func may(_ verb: RecordVerb, _ object: ObjectDefinition, _ id: RecordID) throws -> Bool {
        guard isSteady else { return try row(object, id, for: verb) != nil }
        if let (key, known, verbs) = lastAllowed, key == object.key, known == id { return verbs.contains(verb) }
        let verbs = try allowed(object, id)
        lastAllowed = (object.key, id, verbs)
        return verbs.contains(verb)
    }

    /// All that the actor may do with a record that is not in the recycle bin: one statement.
    private func allowed(_ object: ObjectDefinition, _ id: RecordID) throws -> Set<RecordVerb> {
        guard state.shapes[object.key] != nil else { return [] }
        let answers = RecordVerb.allCases.map { verb -> SQLFragment in
            access.condition(verb, on: object.key, alias: "t").map { "CASE WHEN " + $0 + " THEN 1 ELSE 0 END" } ?? "1"
        }
        let row = try connection.row(
            "SELECT " + answers.joined(", ")
                + " FROM \(name: object.key) t WHERE t.\"id\" = \(id) AND t.\"deleted_at\" IS NULL"
        )
        return Set(RecordVerb.allCases.enumerated().filter { row?.integer($0.offset) == 1 }.map(\.element))
    }

    /// Of some records those with which the actor may do `verb`; one statement for all.
    public func those(
        _ verb: RecordVerb,
        _ object: ObjectDefinition,
        of ids: [RecordID]
    ) throws -> Set<RecordID> {
        guard !ids.isEmpty else { return [] }
        var sql: SQLFragment = """
            SELECT t."id" FROM \(name: object.key) t WHERE t."id" IN \(list: ids.map { SQLValue.integer($0.raw) }) \
            AND t."deleted_at" IS NULL
            """
        if let condition = access.condition(verb, on: object.key, alias: "t") { sql += " AND " + condition }
        return Set(try connection.rows(sql).map { RecordID($0.integer(0)) })
    }

    /// True when the actor may read the record, also where it lies in the recycle bin.
    public func isVisible(_ object: ObjectDefinition, _ id: RecordID) throws -> Bool {
        if try row(object, id, for: .read) != nil { return true }
        return try row(object, id, for: .read, deleted: true) != nil
    }

    /// The name of a linked record, if the actor may read it.
    public func name(of object: String, _ id: RecordID) throws -> String? {
        guard let definition = schema.object(object) else { return nil }
        return try row(definition, id, for: .read)?.name
    }
}
