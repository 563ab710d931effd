public import Database
public import Identity
import SQLText
public import Schema
import Search
import Synchronization
public import Values

/// The record engine of one workspace: every read starts from an actor, every write takes the one path.
public final class RecordEngine: Sendable {
    /// The workspace's database.
    public let database: Database
    /// Where new ids come from.
    public let ids: IDSource
    /// What time it is.
    public let clock: Clock
    /// The features.
    public let modules: [Module]

    let hooks: [String: ObjectHooks]
    let actions: [String: [RecordAction]]
    let watches: [String: [AuditWatch]]
    let observers: [RecordObserver]
    let references: [RecordColumns]
    let hearings: [String: Hearing]
    /// The form of stored data that the program knows.
    private let format: Int64
    private let state: Mutex<EngineState>

    /// Opens a workspace: makes the tables that are missing and brings declared objects up to date.
    ///
    /// `format` is the form of stored data that the program knows. With `isAlone` false other programs write beside it,
    /// which do not keep what only this one keeps: that is left to `settle`.
    public init(
        database: Database,
        modules: [Module],
        ids: IDSource = IDSource(),
        clock: Clock = .system,
        format: Int64 = .max,
        isAlone: Bool = true
    ) async throws {
        self.database = database
        self.format = format
        self.modules = modules
        self.ids = ids
        self.clock = clock
        hooks = modules.reduce(into: [:]) { $0.merge($1.hooks) { first, _ in first } }
        actions = modules.reduce(into: [:]) { $0.merge($1.actions) { first, second in first + second } }
        watches = modules.reduce(into: [:]) { $0.merge($1.watches) { first, second in first + second } }
        observers = modules.flatMap(\.observers)
        references = modules.flatMap(\.references)
        hearings = modules.reduce(into: [:]) { $0.merge($1.hearings) { first, _ in first } }
        let snapshot = try await SchemaSync(database, modules).bringUpToDate(isAlone: isAlone)
        state = Mutex(EngineState(snapshot))
    }

    /// The schema as this process knows it.
    public var schema: SchemaSnapshot { state.withLock { $0.schema } }

    /// The verbs of an object.
    public func actions(of object: String) -> [RecordAction] { (actions[object] ?? []) + (actions["*"] ?? []) }

    /// Reads at one point in time, as an actor; where that may be is `ReadPlace.chosen`. For `brief` see `Database.read`.
    public func read<Result: Sendable>(
        as actor: Actor,
        brief: Bool = false,
        _ body: @escaping @Sendable (ReadSession) throws -> Result
    ) async throws -> Result {
        try await translated {
            do {
                return try await self.database.read(at: ReadPlace.chosen, brief: brief) { connection in
                    let state = self.state.withLock { $0 }
                    try SchemaStore.expect(state.schema.version, on: connection)
                    let session = ReadSession(connection: connection, state: state, actor: actor, now: self.clock.now())
                    return try body(session)
                }
            } catch is SchemaStore.Outdated {
                return try await self.database.read(at: ReadPlace.chosen) { connection in
                    try body(try self.session(connection, actor))
                }
            }
        }
    }

    /// Writes in one transaction, as an actor; a thrown error undoes all of it. `patient` writes let others go first.
    public func write<Result: Sendable>(
        as actor: Actor,
        patient: Bool = false,
        _ body: @escaping @Sendable (WriteSession) throws -> Result
    ) async throws -> Result {
        try await translated {
            try await self.database.write(patient: patient) { connection in
                let session = WriteSession(engine: self, read: try self.session(connection, actor))
                let result = try body(session)
                try session.finish()
                return result
            }
        }
    }

    /// Keeps what only this program keeps, once no other writes any more.
    public func settle() async throws {
        let schema = schema
        try await translated { try await SchemaSync(self.database, self.modules).keepAll(schema) }
    }

    /// Takes a new schema over, after its transaction has been committed or inside the one that reads it.
    func adopt(_ snapshot: SchemaSnapshot) { state.withLock { $0 = EngineState(snapshot) } }

    private func session(_ connection: Connection, _ actor: Actor) throws -> ReadSession {
        var current = state.withLock { $0 }
        let version = try SchemaStore.version(on: connection)
        if version != current.schema.version {
            // What a newer program no longer keeps in the old form, this one would misread.
            guard try connection.storedFormat() <= format else { throw Problem.newerData }
            // Another process or an earlier writer has changed the schema: nobody keeps an old one.
            current = EngineState(
                try SchemaStore.load(declared: modules.flatMap(\.objects), on: connection)
            )
            let newer = current
            state.withLock { if $0.schema.version < newer.schema.version { $0 = newer } }
        }
        return ReadSession(connection: connection, state: current, actor: actor, now: clock.now())
    }

    private func translated<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let failure as StorageFailure {
            throw Problem(failure)
        }
    }
}

/// A schema with the shapes of its tables and the plans that were made for it.
struct EngineState: Sendable {
    let schema: SchemaSnapshot
    let shapes: [String: Shape]
    let plans = PlanCache()
    let memory = SchemaMemory()
    let frequencies = FrequencyMemory()

    init(_ schema: SchemaSnapshot) {
        self.schema = schema
        shapes = Dictionary(
            uniqueKeysWithValues: schema.objects.map { ($0.key, Shape($0, baseCurrency: schema.baseCurrency)) }
        )
    }
}
