public import Schema
public import Values

/// What an object does when its records are saved. Hooks are named and run in the order listed.
///
/// `beforeSave` may change the draft and read, `validate` may only complain, `afterSave` runs in the transaction and
/// may write through the session it is given; so do those around deletion. None can do anything outside the database.
public struct ObjectHooks: Sendable {
    /// Changes a draft.
    public typealias Before = @Sendable (inout AnyDraft, WriteSession) throws -> Void
    /// Complains about a draft.
    public typealias Validate = @Sendable (AnyDraft, WriteSession) throws -> [FieldProblem]
    /// Follows a saved record.
    public typealias After = @Sendable (SavedRecord, WriteSession) throws -> Void

    var before: [(name: String, run: Before)] = []
    var validations: [(name: String, run: Validate)] = []
    var after: [(name: String, run: After)] = []
    var locks: [(name: String, run: Lock)] = []
    var deletion: [Deletion: [(name: String, run: AtDeletion)]] = [:]

    /// No hooks.
    public init() {}

    /// Adds a hook that changes the draft.
    public func beforeSave(_ name: String, _ run: @escaping Before) -> ObjectHooks {
        var copy = self
        copy.before.append((name, run))
        return copy
    }

    /// Adds a hook that complains.
    public func validate(_ name: String, _ run: @escaping Validate) -> ObjectHooks {
        var copy = self
        copy.validations.append((name, run))
        return copy
    }

    /// Adds a hook that follows a saved record.
    public func afterSave(_ name: String, _ run: @escaping After) -> ObjectHooks {
        var copy = self
        copy.after.append((name, run))
        return copy
    }
}

/// The same with the Swift types of a declared object.
public struct Hooks<Object: ObjectType>: Sendable {
    /// The hooks as the engine runs them.
    public private(set) var untyped = ObjectHooks()

    /// No hooks.
    public init() {}

    init(_ untyped: ObjectHooks) { self.untyped = untyped }

    /// Adds a hook that changes the draft.
    public func beforeSave(
        _ name: String,
        _ run: @escaping @Sendable (inout Draft<Object>, WriteSession) throws -> Void
    ) -> Hooks {
        var copy = self
        copy.untyped = untyped.beforeSave(name) { draft, session in
            var typed = Draft<Object>(draft)
            try run(&typed, session)
            draft = typed.row
        }
        return copy
    }

    /// Adds a hook that complains.
    public func validate(
        _ name: String,
        _ run: @escaping @Sendable (Draft<Object>, WriteSession) throws -> [FieldProblem]
    ) -> Hooks {
        var copy = self
        copy.untyped = untyped.validate(name) { try run(Draft($0), $1) }
        return copy
    }

    /// Adds a hook that follows a saved record.
    public func afterSave(
        _ name: String,
        _ run: @escaping @Sendable (Record<Object>?, Record<Object>, WriteSession) throws -> Void
    ) -> Hooks {
        var copy = self
        copy.untyped = untyped.afterSave(name) { saved, session in
            try run(saved.before.map(Record.init), Record(saved.record), session)
        }
        return copy
    }
}

/// A verb under a record of one object, such as `POST /leads/{id}/convert`.
public struct RecordAction: Sendable {
    /// The name in the address.
    public let name: String
    /// The text on a button.
    public let label: Label
    /// The body's members, for the API description: name to JSON schema text.
    public let parameters: [String: String]
    /// Runs in one transaction; the answer is written as the response's JSON.
    public let run: @Sendable (RecordID, JSONValue, WriteSession) throws -> JSONValue
    /// The same, told which object the record is of.
    public let runOn: @Sendable (ObjectDefinition, RecordID, JSONValue, WriteSession) throws -> JSONValue

    /// A verb under a record.
    public init(
        _ name: String,
        _ label: Label,
        parameters: [String: String] = [:],
        run: @escaping @Sendable (RecordID, JSONValue, WriteSession) throws -> JSONValue
    ) {
        self.name = name
        self.label = label
        self.parameters = parameters
        self.run = run
        runOn = { _, id, body, session in try run(id, body, session) }
    }

    /// A verb of every object.
    public init(
        every name: String,
        _ label: Label,
        parameters: [String: String] = [:],
        run: @escaping @Sendable (ObjectDefinition, RecordID, JSONValue, WriteSession) throws -> JSONValue
    ) {
        self.name = name
        self.label = label
        self.parameters = parameters
        runOn = run
        self.run = { _, _, _ in throw Problem.notFound }
    }
}

/// A feature: its objects and what they do.
public struct Module: Sendable {
    /// The name, for logs.
    public let name: String
    /// The objects it declares.
    public let objects: [ObjectDefinition]
    /// Hooks by object key.
    public var hooks: [String: ObjectHooks]
    /// Verbs by object key; those under `*` belong to every object.
    public var actions: [String: [RecordAction]]
    /// DDL of its system tables, repeatable (`CREATE TABLE IF NOT EXISTS …`).
    public var tables: [String]
    /// What follows entries of the audit log, by their action.
    public var watches: [String: [AuditWatch]]
    /// What follows the records of every object.
    public var observers: [RecordObserver]
    /// Columns of its system tables that name records, so that a merge takes them along.
    public var references: [RecordColumns]
    /// Who may hear of announcements, by their action.
    public var hearings: [String: Hearing]

    /// A feature.
    public init(
        name: String,
        objects: [ObjectDefinition],
        hooks: [String: ObjectHooks] = [:],
        actions: [String: [RecordAction]] = [:],
        tables: [String] = [],
        watches: [String: [AuditWatch]] = [:],
        observers: [RecordObserver] = [],
        references: [RecordColumns] = [],
        hearings: [String: Hearing] = [:]
    ) {
        self.hearings = hearings
        self.observers = observers
        self.references = references
        self.name = name
        self.objects = objects
        self.hooks = hooks
        self.actions = actions
        self.tables = tables
        self.watches = watches
    }
}
