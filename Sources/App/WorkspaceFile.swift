import Costing
import Database
import Foundation
import Identity
import Operations
import Records
import SQLText
import Schema
import Search
import Values

/// The database file of a workspace on its way to being open.
struct WorkspaceFile {
    /// What a file says before the program does anything with it.
    struct State: Sendable {
        /// The form of the stored data; 0 for a new file.
        var format: Int64 = 0
        /// What program wrote it last.
        var program = ""
        /// When something was last written.
        var lastUse = Instant(milliseconds: 0)
    }

    let directory: WorkspaceDirectory
    let name: String
    private var file: String { directory.file(name) }

    init(_ directory: WorkspaceDirectory, _ name: String) { (self.directory, self.name) = (directory, name) }

    /// The form of the stored data that a program with these migrations knows.
    static func format(_ migrations: [Migration]) -> Int64 { migrations.map(\.format).max() ?? 1 }

    /// Opens the file unless something speaks against it.
    func open() async throws -> Database {
        if let half = directory.half(name) { throw half }
        if directory.server != nil { return try await directory.database(name) }
        let upgrade = Upgrade(file: file)
        guard !upgrade.isHalfDone else { throw upgrade.halfDone }
        if directory.has(name), let fault = DiskState.fault(ofDatabase: file) { throw fault }
        try DiskState.require(0, in: directory.path)
        return try await directory.database(name)
    }

    /// Opens the engine with `body`. An older file is copied before; when anything fails, the copy comes back.
    func upgraded<Result: Sendable>(
        _ database: Database,
        _ modules: [Module],
        _ migrations: [Migration],
        holdsLock: Bool,
        _ body: (State) async throws -> Result
    ) async throws -> (Result, State) {
        let state = try await read(database)
        guard state.format <= WorkspaceFile.format(migrations) else {
            database.close()
            throw newer
        }
        let program = WorkspaceFile.edition(modules, migrations)
        if directory.server != nil {
            // Others may be at work: what only they need is taken away by `Rollout`, when they have gone.
            if state.format > 0 { try await RollingUpgrade(database, migrations, program: program).expand() }
            let result = try await body(state)
            if state.program != program.mark, state.format > 0 {
                try await database.write { try WorkspaceFile.note(program, on: $0) }
            }
            return (result, state)
        }
        if state.format == 0 || state.program == program.mark { return (try await body(state), state) }
        let lock = holdsLock ? nil : try directory.lock(name)
        defer { withExtendedLifetime(lock) {} }
        let upgrade = Upgrade(file: file)
        try await upgrade.begin(
            database,
            from: "\(state.format) \(state.program)",
            to: "\(program.format) \(program.mark)"
        )
        do {
            try await Upgrade.run(migrations, on: database)
            let result = try await body(state)
            try await database.write { try WorkspaceFile.note(program, on: $0) }
            try upgrade.end()
            return (result, state)
        } catch {
            database.close()
            try upgrade.goBack()
            throw upgrade.undone(error)
        }
    }

    /// Works out anew what older versions of the program kept otherwise, or not at all.
    ///
    /// With `isAlone` false others still write it as they know it, so that it is to be done again.
    static func catchUp(_ engine: RecordEngine, _ modules: [Module], isNew: Bool, isAlone: Bool) async throws {
        try await renewSortKeys(engine, isNew: isNew, isAlone: isAlone)
        // Runs of costs from before small pools were protected tell no more than later ones.
        if modules.contains(where: { $0.name == CostingModule.module.name }) { try await CostRuns(engine).protect() }
    }

    /// Makes the keys by which names are put in order anew after an upgrade that makes them differently.
    private static func renewSortKeys(_ engine: RecordEngine, isNew: Bool, isAlone: Bool) async throws {
        let version = String(SortKey.version)
        let known = try await engine.database.read { connection in
            try connection.value("SELECT value FROM sys_setting WHERE key = 'sort_keys'").text
        }
        if known == version { return }
        if !isNew { try await engine.renewSortKeys() }
        guard isAlone else { return }
        try await engine.database.write { connection in
            _ = try connection.run(
                """
                INSERT INTO sys_setting (key, value) VALUES ('sort_keys', \(version))
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """
            )
        }
    }

    /// Archives of the open workspace.
    func backup(of database: Database, _ modules: [Module], _ clock: Clock) -> Backup {
        Backup(
            database,
            modules: modules,
            workspace: name,
            folder: directory.folder(name),
            keyFile: directory.keyFile(name),
            ledger: directory.ledgerFile(name),
            program: Version.text,
            clock: clock
        )
    }

    /// Notes the program that made the data what it is.
    static func note(_ program: Edition, on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_setting (key, value) VALUES ('program', \(program.mark))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """
        )
    }

    private func read(_ database: Database) async throws -> State {
        let halfArrived = directory.halfArrived(name)
        do {
            return try await database.read { connection in
                // Whatever name it has been given.
                if try connection.hasTable(Relocation.progressTable) { throw halfArrived }
                var state = State()
                state.format = try connection.storedFormat()
                guard state.format > 0 else { return state }
                state.program = try connection.value("SELECT value FROM sys_setting WHERE key = 'program'").text ?? ""
                let audit = try connection.value(
                    "SELECT max(at) FROM (SELECT at FROM sys_audit ORDER BY seq DESC LIMIT 1000) AS last"
                )
                let event = try connection.value("SELECT max(id) FROM sys_outbox").integer ?? 0
                state.lastUse = max(
                    Instant(milliseconds: audit.integer ?? 0),
                    event == 0 ? state.lastUse : IDSource.instant(of: RecordID(event))
                )
                return state
            }
        } catch let failure as StorageFailure {
            database.close()
            throw Problem(failure)
        }
    }

    /// What this program makes of a new workspace.
    static let program = "\(format(Migrations.all)) \(edition(Modules.all, Migrations.all).mark)"

    /// A program with these features and migrations.
    static func edition(_ modules: [Module], _ migrations: [Migration]) -> Edition {
        Edition(format: format(migrations), mark: mark(modules, migrations))
    }

    /// What a program makes of a workspace: its version, the tables it declares and the migrations it knows.
    private static func mark(_ modules: [Module], _ migrations: [Migration]) -> String {
        let objects = modules.flatMap(\.objects).map { object in
            object.key + "(" + object.columns.map(\.name).joined(separator: ",") + ")"
        }
        let keys = ["sort keys \(SortKey.version)"] + migrations.map { "form \($0.format)" }
        let text = (objects + modules.flatMap(\.tables) + keys).joined(separator: "\n")
        let hash = ContentHash.sha256(Array(text.utf8)).prefix(6).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return Version.text + "+" + hash.joined()
    }

    private var newer: Problem {
        Problem(
            .unavailable,
            "newer_data",
            Label(
                "The workspace «\(name)» was written by a newer version of Kehu. Install that version.",
                zh: "工作区“\(name)”由更新版本的程序写入，请升级后再打开。"
            )
        )
    }
}
