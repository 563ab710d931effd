import Database
public import Identity
public import SQLText
public import Schema
import Search
public import Values

/// A change of the schema while the program runs. The JSON members are those of `GET /schema`.
public enum SchemaChange: Sendable {
    /// A new custom object.
    case addObject(JSONValue)
    /// Labels, icon, list fields, rules or hiding of an object.
    case updateObject(String, JSONValue)
    /// A custom object goes away; it can be restored for 30 days.
    case removeObject(String)
    /// A removed object comes back with its records.
    case restoreObject(String)
    /// A new field.
    case addField(object: String, JSONValue)
    /// Another label, key, hint, choice list, rule of an existing field.
    case updateField(object: String, key: String, JSONValue)
    /// A custom field goes away; it can be restored for 30 days.
    case removeField(object: String, key: String)
    /// A removed field comes back with its values.
    case restoreField(object: String, id: String)
    /// A choice goes away; records that have it move to another one.
    case removeChoice(object: String, field: String, choice: String, moveTo: String?)
}

extension SchemaChange {
    /// Another list of choices for a field.
    public static func choices(_ choices: [Choice], of field: FieldDefinition, on object: String) throws -> SchemaChange
    {
        var changed = field
        if case .multiChoice = field.kind {
            changed.kind = .multiChoice(choices)
        } else {
            changed.kind = .choice(choices)
        }
        var json = JSONWriter()
        json.object { DefinitionJSON.writeMembers(changed, to: &$0) }
        let members = (try JSONReader.parse(json.text).members ?? []).filter { $0.key == "choices" }
        return .updateField(object: object, key: field.key, .object(members))
    }
}

/// One step of a change, as it is shown before it is done.
public struct SchemaStep: Sendable {
    /// What happens, in words.
    public let text: Label
    /// The statement, if it is one.
    public let sql: SQLFragment?
}

/// A planned change.
public struct SchemaPlan: Sendable {
    /// What will be done, in order.
    public internal(set) var steps: [SchemaStep] = []
    /// The object concerned.
    public internal(set) var object = ""
    /// True when the search index of the object must be filled anew afterwards.
    var rebuildsSearch = false

    mutating func add(_ text: Label, _ sql: SQLFragment? = nil) { steps.append(SchemaStep(text: text, sql: sql)) }

    mutating func add(_ text: Label, _ statement: String) { add(text, SQLFragment(text: statement)) }
}

extension RecordEngine {
    /// Plans a change without doing it. Needs the right to change the schema.
    public func plan(_ change: SchemaChange, as actor: Actor) async throws -> SchemaPlan {
        let marker = PlanOnly()
        do {
            _ = try await write(as: actor) { session in
                let plan = try SchemaPlanner(session: session).run(change)
                marker.keep(plan)
                throw marker
            }
        } catch is PlanOnly {}
        return marker.plan ?? SchemaPlan()
    }

    /// Does a change in one transaction; from then on every request sees it. Needs the right to change the schema.
    @discardableResult
    public func apply(_ change: SchemaChange, as actor: Actor) async throws -> SchemaSnapshot {
        try await apply([change], as: actor)
    }

    /// Does several changes in one transaction, all or none.
    @discardableResult
    public func apply(_ changes: [SchemaChange], as actor: Actor) async throws -> SchemaSnapshot {
        let declared = modules.flatMap(\.objects)
        let (snapshot, plans) = try await write(as: actor) { session in
            let plans = try changes.map { try SchemaPlanner(session: session).run($0) }
            return (try SchemaStore.load(declared: declared, on: session.connection), plans)
        }
        adopt(snapshot)
        for plan in plans where plan.rebuildsSearch { try await rebuildSearch(plan.object) }
        return snapshot
    }

    /// Fills the search index of an object anew, in small batches so that nobody waits.
    public func rebuildSearch(_ object: String) async throws {
        var last: Int64 = 0
        while true {
            let from = last
            let reached = try await write(as: .system("search index")) { session -> Int64? in
                guard let definition = session.schema.object(object) else { return nil }
                let shape = try session.shape(definition)
                let columns = shape.columns.map { "\(name: $0)" as SQLFragment }.joined(", ")
                let rows = try session.connection.rows(
                    "SELECT " + columns + " FROM \(name: object) WHERE \"id\" > \(from) AND \"deleted_at\" IS NULL "
                        + "ORDER BY \"id\" LIMIT 500"
                )
                for row in rows {
                    try SearchFeed.put(AnyRecord(shape: shape, values: row.values), definition, on: session.connection)
                }
                return rows.last?.integer(0)
            }
            guard let reached else { return }
            last = reached
        }
    }
}

/// Undoes a transaction that was only made to see what it would do.
private final class PlanOnly: Error, Sendable {
    private let kept = Kept<SchemaPlan>()
    var plan: SchemaPlan? { kept.value }
    func keep(_ plan: SchemaPlan) { kept.value = plan }
}
