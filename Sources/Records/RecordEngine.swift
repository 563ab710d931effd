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
    private let state: Mutex<EngineState>

    /// Opens a workspace: makes the tables that are missing and brings declared objects up to date.
    public init(
        database: Database,
        modules: [Module],
        ids: IDSource = IDSource(),
        clock: Clock = .system
    ) async throws {
        self.database = database
        self.modules = modules
        self.ids = ids
        self.clock = clock
        hooks = modules.reduce(into: [:]) { $0.merge($1.hooks) { first, _ in first } }
        actions = modules.reduce(into: [:]) { $0.merge($1.actions) { first, second in first + second } }
        watches = modules.reduce(into: [:]) { $0.merge($1.watches) { first, second in first + second } }
        observers = modules.flatMap(\.observers)
        references = modules.flatMap(\.references)
        hearings = modules.reduce(into: [:]) { $0.merge($1.hearings) { first, _ in first } }
        let declared = modules.flatMap(\.objects)
        let moduleTables = modules.flatMap(\.tables)
        let snapshot = try await database.write { connection in
            try EngineTables.create(on: connection)
            try IdentityTables.create(on: connection)
            try connection.script(moduleTables.joined(separator: ";\n"))
            let snapshot = try SchemaStore.load(declared: declared, on: connection)
            try SchemaSync.bringUpToDate(snapshot, on: connection)
            return snapshot
        }
        state = Mutex(EngineState(snapshot))
    }

    /// The schema as this process knows it.
    public var schema: SchemaSnapshot { state.withLock { $0.schema } }

    /// The verbs of an object.
    public func actions(of object: String) -> [RecordAction] { (actions[object] ?? []) + (actions["*"] ?? []) }

    /// Reads at one point in time, as an actor; where that may be is `ReadPlace.chosen`.
    public func read<Result: Sendable>(
        as actor: Actor,
        _ body: @escaping @Sendable (ReadSession) throws -> Result
    ) async throws -> Result {
        try await translated {
            try await self.database.read(at: ReadPlace.chosen) { connection in
                try body(try self.session(connection, actor))
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

    /// Takes a new schema over, after its transaction has been committed or inside the one that reads it.
    func adopt(_ snapshot: SchemaSnapshot) { state.withLock { $0 = EngineState(snapshot) } }

    private func session(_ connection: Connection, _ actor: Actor) throws -> ReadSession {
        var current = state.withLock { $0 }
        let version = try SchemaStore.version(on: connection)
        if version != current.schema.version {
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

extension Problem {
    /// What the storage refused, in words.
    public init(_ failure: StorageFailure) {
        if failure.isFull {
            self.init(
                .unavailable,
                "disk_full",
                Label("The disk is full. Nothing was written.", zh: "磁盘已满，数据未写入。请清理磁盘空间后重试。")
            )
        } else if failure.isReadOnly {
            self.init(
                .unavailable,
                "read_only",
                Label("The database cannot be written at present.", zh: "数据库当前只读，无法写入。")
            )
        } else if failure.isDamage {
            self.init(
                .unavailable,
                "database_damaged",
                Label(
                    "The database is damaged. Stop the server and restore the last backup: kehu restore FILE --replace.",
                    zh: "数据库已损坏。请停止服务并恢复最近的备份：kehu restore 文件 --replace。"
                )
            )
        } else if failure.isDisk {
            self.init(
                .unavailable,
                "disk_error",
                Label(
                    "The disk refused to read or write. Nothing was written. Look at the disk and its free space.",
                    zh: "磁盘读写失败，数据未写入，请检查磁盘及剩余空间。"
                )
            )
        } else if failure.isUnknown {
            self.init(
                .unavailable,
                "outcome_unknown",
                Label(
                    "The database was lost while it stored this. Look whether it is there before you try again.",
                    zh: "保存时与数据库失去连接，结果不明。请先查看数据是否已保存，再决定是否重试。"
                )
            )
        } else if failure.isLost {
            self.init(
                .unavailable,
                "database_lost",
                Label(
                    "The database does not answer. Nothing was written. Try again in a moment.",
                    zh: "数据库暂时无法连接，数据未写入，请稍后重试。"
                ),
                retryAfter: 2
            )
        } else {
            self.init(
                .failure,
                "storage",
                Label("The database refused this: \(failure.message).", zh: "数据库拒绝了该操作：\(failure.message)。")
            )
        }
    }
}

/// Brings tables in line with the schema: for new releases of the program.
enum SchemaSync {
    /// Indexes that earlier releases made and that nothing reads any more.
    private static let retired = [
        "ix_opportunity_pipeline_stage_amount_base", "ix_opportunity_owner_pipeline_stage_amount_base",
    ]

    static func bringUpToDate(_ schema: SchemaSnapshot, on connection: Connection) throws {
        for object in schema.objects {
            let present = try connection.columns(of: object.key).map(\.name)
            if present.isEmpty {
                try connection.script(TableDDL.create(object, connection.dialect).joined(separator: ";\n"))
            } else {
                for column in object.columns where !present.contains(column.name) {
                    try connection.script(
                        "ALTER TABLE \(quotedName(object.key)) ADD COLUMN \(quotedName(column.name)) "
                            + TableDDL.type(column, connection.dialect)
                    )
                }
                try connection.script(TableDDL.indexes(object, connection.dialect).joined(separator: ";\n"))
                for name in retired where name.hasPrefix("ix_\(object.key)_") {
                    try connection.script("DROP INDEX IF EXISTS \(quotedName(name))")
                }
            }
            try SearchIndex.createTable(object.key, on: connection)
            try KeptSums.bringUpToDate(object, on: connection)
        }
    }
}
