import Database
import Identity
import SQLText
import Schema
import Values

/// What is done to a record, for the question whether it may be.
public enum RecordVerb: Sendable, CaseIterable { case read, update, delete, assign }

/// Turns an actor's rights into a condition on rows.
struct Access: Sendable {
    let actor: Actor
    let schema: SchemaSnapshot

    /// How far the actor's right on an object reaches.
    func scope(_ verb: RecordVerb, on object: String) -> Scope {
        let rights = actor.rights.on(object)
        return switch verb {
        case .read: rights.read
        case .update: min(rights.update, rights.read)
        case .delete: min(rights.delete, rights.read)
        case .assign: min(rights.assign, rights.read)
        }
    }

    /// The condition on rows of `object` under `alias`; nil means all rows, for reading and writing alike.
    func condition(_ verb: RecordVerb, on object: String, alias: String) -> SQLFragment? {
        let scope = scope(verb, on: object)
        switch scope {
        case .all: return nil
        case .none: return "1 = 0"
        case .own, .team, .teamTree: break
        }
        var ways: [SQLFragment] = []
        let owner: SQLFragment = "\(name: alias).\"owner\""
        if let owners = owners(scope) { ways.append(owner + owners) }
        if let shared = shared(verb, object: object, alias: alias) { ways.append(shared) }
        if let parent = parentCondition(verb, object: object, alias: alias) { ways.append(parent) }
        return ways.isEmpty ? "1 = 0" : "(" + ways.joined(" OR ") + ")"
    }

    private func owners(_ scope: Scope) -> SQLFragment? {
        guard let user = actor.userID else { return nil }
        if scope == .own || actor.teamID == nil { return " = \(user)" }
        let teams = scope == .team ? [actor.teamID ?? user] : actor.teamTree
        let list = teams.map { SQLValue.integer($0.raw) }
        return " IN (SELECT id FROM sys_user WHERE team IN \(list: list) UNION SELECT \(user))"
    }

    private func shared(_ verb: RecordVerb, object: String, alias: String) -> SQLFragment? {
        guard verb == .read || verb == .update, let user = actor.userID else { return nil }
        let edit: SQLFragment = verb == .update ? " AND can_edit = 1" : ""
        let teams = actor.teamAndAbove.map { SQLValue.integer($0.raw) }
        return """
            \(name: alias)."id" IN (SELECT record FROM sys_share WHERE user_id = \(user) AND object = \(object)\(edit) \
            UNION SELECT record FROM sys_share WHERE team_id IN \(list: teams) AND object = \(object)\(edit))
            """
    }

    /// Who may see a customer may see its contacts; who may change it may change them.
    private func parentCondition(_ verb: RecordVerb, object: String, alias: String) -> SQLFragment? {
        guard verb == .read || verb == .update, let definition = schema.object(object),
            let link = definition.parentLink, let field = definition.field(link),
            case .link(let parent) = field.kind, parent != object
        else { return nil }
        let inner = "p_" + parent
        guard let condition = condition(verb, on: parent, alias: inner) else {
            return "\(name: alias).\(name: link) IS NOT NULL"
        }
        return """
            \(name: alias).\(name: link) IN (SELECT \(name: inner)."id" FROM \(name: parent) \(name: inner) \
            WHERE \(name: inner)."deleted_at" IS NULL AND \(condition))
            """
    }

    /// What the actor may do with a field.
    func right(on field: FieldDefinition, of object: ObjectDefinition) -> FieldRight {
        if field.hidden { return .hidden }
        return min(actor.rights.field(object.key, field.key), field.isWritable ? .full : .readOnly)
    }

    /// The fields that the actor may read, in order.
    func readable(_ object: ObjectDefinition) -> [FieldDefinition] {
        object.fields.filter { right(on: $0, of: object) != .hidden }
    }

    /// The object, if the actor may read any of its records; else as if it did not exist.
    func object(plural: String) throws -> ObjectDefinition {
        guard let object = schema.object(plural: plural) ?? schema.object(plural), !object.hidden,
            actor.rights.on(object.key).read != .none
        else { throw Problem.notFound }
        return object
    }
}
