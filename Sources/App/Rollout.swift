import Database
import Glibc
import Operations
public import Records
import SQLText
import Values

/// The part of a process in the upgrade of a workspace that others serve too: it says that it runs and what, and does
/// what is left to do once nothing older runs any more. On SQLite, where a workspace is one process's, it does nothing.
public struct Rollout: Sendable {
    /// How it stands with an upgrade.
    public enum State: Sendable, Equatable {
        /// All is done.
        case settled
        /// The rest waits for processes of other versions, which still run.
        case waiting([NodeNumbers.Other])
        /// The data is of a newer form than this program knows: it must not touch it any more.
        case outdated
        /// The workspace has moved to another database: what is here is to be written to by nobody.
        case moved
    }

    private let database: Database
    private let modules: [Module]
    private let migrations: [Migration]
    private let upgrade: RollingUpgrade
    /// Where processes say that they may open the workspace; nil on SQLite.
    private let server: PostgresServer?
    private var program: Edition { upgrade.program }

    init(_ database: Database, _ modules: [Module], _ migrations: [Migration], _ server: PostgresServer?) {
        (self.database, self.modules, self.migrations, self.server) = (database, modules, migrations, server)
        upgrade = RollingUpgrade(database, migrations, program: WorkspaceFile.edition(modules, migrations))
    }

    /// Says that this process runs, and takes its number for ids; false when others run something else.
    ///
    /// Throws when this program is too old.
    func begin(_ ids: IDSource) async throws -> Bool {
        guard database.dialect == .postgres else { return true }
        let program = program
        let (node, isAlone) = try await database.define { connection in
            let node = try NodeNumbers.join(program, on: connection)
            return (node, try NodeNumbers.others(than: program, on: connection).isEmpty)
        }
        ids.use(node: node)
        return isAlone
    }

    /// Processes that run something else and may open the workspace, also those that do not have it open.
    func visitors() async throws -> [NodeNumbers.Other] {
        guard let server else { return [] }
        let mark = program.mark
        return try await server.visitors(within: NodeNumbers.silence).filter { $0.mark != mark }.map {
            NodeNumbers.Other(program: Edition(format: $0.format, mark: $0.mark), silentFor: $0.silentFor)
        }
    }

    /// The record engine of this program.
    func engine(_ ids: IDSource, _ clock: Clock, isNew: Bool, isAlone: Bool) async throws -> RecordEngine {
        // Of a new workspace nobody else has kept anything otherwise.
        var isAlone = isAlone
        if isAlone, !isNew { isAlone = try await visitors().isEmpty }
        let engine = try await RecordEngine(
            database: database,
            modules: modules,
            ids: ids,
            clock: clock,
            format: program.format,
            isAlone: isAlone
        )
        try await WorkspaceFile.catchUp(engine, modules, isNew: isNew, isAlone: isAlone)
        return engine
    }

    /// Notes that a new workspace is as this program makes it.
    func noteNew(on connection: Connection) throws {
        try WorkspaceFile.note(program, on: connection)
        try UpgradeTable.settle(for: program, on: connection)
        try RollingUpgrade.noteNew(migrations, on: connection)
    }

    /// Gives a sign of life, and does what is left to do when nothing stands against it.
    public func beat(_ engine: RecordEngine) async throws -> State {
        guard database.dialect == .postgres else { return .settled }
        let (node, program) = (engine.ids.node, program)
        let (isOutdated, stop) = try await database.writeAside(always: true) { connection in
            try NodeNumbers.keep(node, on: connection)
            return (try connection.storedFormat() > program.format, try connection.writeStop())
        }
        if isOutdated { return .outdated }
        return switch stop {
        case .moved: .moved
        // Whatever is left to do is left until it has moved, or stays.
        case .moving: .settled
        case nil: try await settle(engine)
        }
    }

    /// Does what is left to do, or says what it waits for.
    func settle(_ engine: RecordEngine) async throws -> State {
        guard database.dialect == .postgres else { return .settled }
        let program = program
        if try await database.read({ try UpgradeTable.isSettled(for: program, on: $0) }) { return .settled }
        let older = try await upgrade.settle(visitors: visitors)
        if !older.isEmpty { return .waiting(older) }
        let others = try await database.read { try NodeNumbers.others(than: program, on: $0) }
        guard others.isEmpty else { return .waiting(others) }
        let resting = try await visitors()
        guard resting.isEmpty else { return .waiting(resting) }
        try await engine.settle()
        try await WorkspaceFile.catchUp(engine, modules, isNew: false, isAlone: true)
        let late = try await database.write { connection -> [NodeNumbers.Other] in
            let others = try NodeNumbers.others(than: program, on: connection)
            if others.isEmpty { try UpgradeTable.settle(for: program, on: connection) }
            return others
        }
        return late.isEmpty ? .settled : .waiting(late)
    }

    /// Says that this process serves the workspace, and where. It goes on saying so also where nobody may write.
    public func serve(_ engine: RecordEngine) async throws {
        guard database.dialect == .postgres else { return }
        let node = engine.ids.node
        try await database.writeAside(always: true) { try NodeNumbers.serve(node, at: Rollout.place, on: $0) }
    }

    /// The name of this machine.
    static let host: String = {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { name -> String in
            name.initialize(repeating: 0)
            guard let start = name.baseAddress, gethostname(start, 255) == 0 else { return "?" }
            return String(cString: start)
        }
    }()

    /// This machine and process, as an administrator looks for it.
    static let place = "\(host) (pid \(getpid()))"

    /// Says that this process is about to end.
    public func end(_ engine: RecordEngine) async {
        guard database.dialect == .postgres else { return }
        let node = engine.ids.node
        try? await database.writeAside(always: true) { try NodeNumbers.leave(node, on: $0) }
    }
}

extension Rollout.State {
    /// True when something is left to do.
    var isWaiting: Bool { if case .waiting = self { true } else { false } }

    /// In words.
    var text: Label {
        switch self {
        case .settled: return Label("The upgrade is done.", zh: "升级已完成。")
        case .outdated: return Problem.newerData.message
        case .moved: return Problem(WriteStop.moved).message
        case .waiting(let others):
            let marks = others.map { String($0.program.mark.prefix { $0 != "+" }) }
            let versions = Set(marks).sorted().joined(separator: ", ")
            let seconds = others.map(\.silentFor).max() ?? 0
            return Label(
                "The last part of the upgrade waits for \(others.count) processes of another version (\(versions)), seen \(seconds) s ago. It is done by itself once they have ended.",
                zh: "还有 \(others.count) 个其他版本（\(versions)）的进程在运行，最近一次心跳在 \(seconds) 秒前；全部停止后，升级的最后一步会自动完成。"
            )
        }
    }
}

extension [NodeNumbers.Server] {
    /// The machines and processes, in a list.
    func places(_ separator: String) -> String {
        map { $0.silentFor > NodeNumbers.pulse ? "\($0.place), \($0.silentFor) s" : $0.place }
            .joined(separator: separator)
    }
}

extension Problem {
    /// What others serve is not deleted below them.
    static func served(_ name: String, by servers: [NodeNumbers.Server]) -> Problem {
        Problem(
            .conflict,
            "workspace_in_use",
            Label(
                "The workspace «\(name)» is being served: \(servers.places("; ")). Stop these first. One that was killed is forgotten after a minute; --force does not wait.",
                zh: "工作区“\(name)”正在使用中：\(servers.places("；"))。请先停止这些进程。异常终止的进程会在一分钟后自动失效；加 --force 可不再等待。"
            )
        )
    }
}
