import Expressions
public import Identity
import SQLText
public import Schema
public import Values

/// Fields on which the roles of a person differ: one role may show everything of few records, another little of many.
/// What each role says of a field holds for the records that this role reaches.
extension Access {
    /// The actor with the rights of one of their roles.
    private func part(_ rights: Rights) -> Access {
        var actor = actor
        actor.rights = rights
        return Access(actor: actor, schema: schema)
    }

    /// The condition under which the value of a field may be read on a row; nil where it may on every row that may
    /// be read.
    func condition(ofReading field: FieldDefinition, of object: ObjectDefinition, alias: String) -> SQLFragment? {
        guard actor.rights.differs(object.key, field.key) else { return nil }
        let parts = actor.rights.parts.filter { $0.on(object.key).read != .none }
        let showing = parts.filter { $0.field(object.key, field.key) != .hidden }
        if showing.count == parts.count { return nil }
        var ways: [SQLFragment] = []
        for rights in showing {
            guard let way = part(rights).condition(.read, on: object.key, alias: alias) else { return nil }
            ways.append(way)
        }
        return ways.isEmpty ? "1 = 0" : "(" + ways.joined(" OR ") + ")"
    }

    /// A value of a field on a row, or null where it may not be read.
    func guarded(
        _ value: SQLFragment,
        _ field: FieldDefinition,
        of object: ObjectDefinition,
        alias: String
    ) -> SQLFragment {
        guard let condition = condition(ofReading: field, of: object, alias: alias) else { return value }
        return "CASE WHEN " + condition + " THEN " + value + " END"
    }

    /// The accesses of the roles that reach something, each with its right on a field.
    func parts(for field: FieldDefinition, of object: ObjectDefinition) -> [(access: Access, right: FieldRight)] {
        actor.rights.parts.map { rights in
            let own = part(rights)
            return (own, own.right(on: field, of: object))
        }
    }
}

extension ReadSession {
    /// What the actor may do with a field of one record: where their roles differ, only those count that reach it.
    public func right(
        on field: FieldDefinition,
        of object: ObjectDefinition,
        record id: RecordID
    ) throws -> FieldRight {
        guard access.actor.rights.differs(object.key, field.key) else { return right(on: field, of: object) }
        var best = FieldRight.hidden
        for (part, right) in access.parts(for: field, of: object) where right > best {
            let session = ReadSession(connection: connection, state: state, actor: part.actor, now: now)
            func reaches(_ verb: RecordVerb) throws -> Bool {
                try session.row(object, id, for: verb) != nil
                    || session.row(object, id, for: verb, deleted: true) != nil
            }
            if right == .full, try reaches(.update) {
                best = .full
            } else if best == .hidden, try reaches(.read) {
                best = .readOnly
            }
        }
        return best
    }

    /// The keys of the fields of one record that the actor may read.
    func readableKeys(_ object: ObjectDefinition, record id: RecordID) throws -> Set<String> {
        try Set(
            readableFields(object).filter { field in
                guard access.actor.rights.differs(object.key, field.key) else { return true }
                return try right(on: field, of: object, record: id) != .hidden
            }.map(\.key)
        )
    }

    /// The conditions under which a filter may look at the fields that it names: on other records it finds nothing.
    /// A linked or child record's field on which roles differ is as if there were none.
    func conditions(ofReading checked: CheckedExpression, on object: ObjectDefinition) throws -> [SQLFragment] {
        guard !access.actor.rights.parts.isEmpty else { return [] }
        for (key, columns) in checked.linkedColumns {
            guard let other = schema.object(key) else { continue }
            if let field = fields(columns, of: other).first(where: { access.actor.rights.differs(key, $0.key) }) {
                throw Problem.unknownField(field.key, of: other)
            }
        }
        return fields(checked.ownColumns, of: object).compactMap {
            access.condition(ofReading: $0, of: object, alias: "t")
        }
    }

    private func fields(_ columns: Set<String>, of object: ObjectDefinition) -> [FieldDefinition] {
        object.fields.filter { field in
            columns.contains(field.key) || field.columns.contains { columns.contains($0.name) }
        }
    }
}

extension WriteSession {
    /// What the actor may do with a field in a draft: of a record that exists by the roles that reach it, of a new
    /// one by the roles that may make some.
    func right(on field: FieldDefinition, of object: ObjectDefinition, in draft: AnyDraft) throws -> FieldRight {
        guard access.actor.rights.differs(object.key, field.key) else { return right(on: field, of: object) }
        if let id = draft.before?.id { return try right(on: field, of: object, record: id) }
        return access.parts(for: field, of: object).filter { $0.access.actor.rights.on(object.key).create }
            .map(\.right).max() ?? .hidden
    }
}
