import Database
import Foundation
import Operations
import Records
import SQLText
import Values

/// Takes a workspace from one engine to the other. Files and keys lie in the data folder before and after.
///
/// First nobody may write to the source any more, in any process, and it is copied (`Relocation`). When all is there and
/// the same, the source is marked as left behind, then the target gets the workspace's name, and last the source loses
/// it. Wherever the program ends, the same command goes on from there; at no time both can be written to.
struct WorkspaceMove {
    let name: String
    /// The files of the data folder.
    let files: WorkspaceDirectory
    /// The PostgreSQL database, beside the same folder.
    let database: WorkspaceDirectory
    /// Called after each transaction of the copying.
    var afterPortion: @Sendable () throws -> Void = {}

    /// What became of a move.
    struct Outcome: Sendable {
        /// How many rows each table has.
        let rows: [String: Int64]
        /// The file or schema that was left behind.
        let left: String
        /// Those who still serve what was left behind, in PostgreSQL.
        var servers: [NodeNumbers.Server] = []
        /// True when a process still serves the file that was left behind, so that it could not be set aside.
        var isFileServed = false
    }

    // MARK: There and back

    /// Copies a file's workspace into PostgreSQL, compares, and sets the file aside. A server that runs may read it all the
    /// while; then the file is set aside when this is called again.
    func toPostgres() async throws -> Outcome {
        let server = try server
        let name = try files.choose(name)
        let move = try files.lockForMove(name)
        // Nobody can begin to serve the file meanwhile.
        let lock = try files.lockUnlessHeeded(name)
        defer { withExtendedLifetime((move, lock)) {} }
        let (file, database) = (files.file(name), try await database.current())
        let stop = try await files.writeStop(of: name)
        // What has arrived has the name, unless it still waits for it: then the name is another one's.
        let isFree = !database.has(name) || stop == .moved && hasArrived(name, database)
        guard isFree else { throw WorkspaceMove.taken(name) }
        // Brings it to the form of this program, and says what is wrong with it.
        if stop == nil { try await OpenWorkspace(name, in: files, holdsLock: lock != nil).close() }
        let source = try Database(sqlite: file)
        defer { source.close() }
        let waiting = WorkspaceDirectory.waiting(name)
        let rows = try await carried(source, stop) { number in
            try await WorkspaceMove.target(on: server, name, number)
        } removal: {
            try await server.remove(waiting)
        }
        if !database.has(name) {
            guard let schema = try await server.workspaces()[waiting] else { throw Problem(WriteStop.moved) }
            do {
                try await Database(postgres: server, schema: schema).write { connection in
                    try Relocation.settle(on: connection)
                    try server.rename(waiting, to: name, on: connection)
                }
            } catch let failure as StorageFailure where failure.isUnique {
                throw WorkspaceMove.taken(name)
            }
        }
        source.close()
        // Below a process that has it open its log would be torn from it.
        guard lock != nil else { return Outcome(rows: rows, left: file, isFileServed: true) }
        try WorkspaceMove.moveFile(file, to: file + "-moved")
        return Outcome(rows: rows, left: file + "-moved")
    }

    /// Copies a workspace of PostgreSQL into a file, compares, and takes its name away from it there. Servers that run may
    /// read it all the while.
    func toSQLite() async throws -> Outcome {
        let server = try server
        let name = try database.choose(name)
        guard let schema = database.schema(name) else { throw Problem.notFound }
        let move = try files.lockForMove(name)
        defer { withExtendedLifetime(move) {} }
        let source = Database(postgres: server, schema: schema)
        let stop = try await source.writeStop()
        guard !files.has(name) || stop == .moved && hasArrived(name, files) else { throw WorkspaceMove.taken(name) }
        if stop == nil { try await OpenWorkspace(name, in: database).close() }
        let path = files.arrivingFile(name)
        let rows = try await carried(source, stop) { number in
            try await WorkspaceMove.target(path, number)
        } removal: {
            WorkspaceMove.removeFile(path)
        }
        if !files.has(name) {
            guard FileManager.default.fileExists(atPath: path) else { throw Problem(WriteStop.moved) }
            let target = try Database(sqlite: path)
            try await target.write { try Relocation.settle(on: $0) }
            target.checkpoint()
            target.close()
            try WorkspaceMove.moveFile(path, to: files.file(name), replaces: false)
        }
        let servers = try await database.servers(of: name)
        try await server.forget(name)
        return Outcome(rows: rows, left: schema, servers: servers)
    }

    /// Copies all, unless that was done before, and marks the source as left behind. What is given up for good is removed
    /// by `removal`.
    private func carried(
        _ source: Database,
        _ stop: WriteStop?,
        into place: (Int64) async throws -> Database,
        removal: () async throws -> Void
    ) async throws -> [String: Int64] {
        if stop == .moved { return try await Inspection.of(source).rows }
        try await checkPrograms(source)
        let number = try await source.stopWrites()
        do {
            let target = try await place(number)
            // Its connections are closed before it gets its name.
            defer { target.close() }
            var relocation = Relocation(from: source, to: target, modules: Modules.all)
            relocation.afterPortion = afterPortion
            let sent = try await relocation.run()
            try await source.write(always: true) { connection in
                guard try Transfer.lastEntry(on: connection) == sent.lastEntry else { throw WorkspaceMove.changed }
                try connection.setWriteStop(.moved)
            }
            return sent.rows
        } catch let problem as Problem where WorkspaceMove.ends.contains(problem.code) {
            try await removal()
            try await source.allowWrites()
            throw problem
        } catch {
            throw interrupted(error)
        }
    }

    /// All who write must know that nobody may, and a move must go on as it began.
    private func checkPrograms(_ source: Database) async throws {
        let program = WorkspaceFile.edition(Modules.all, Migrations.all)
        let (mark, others) = try await source.read { connection in
            let others = try NodeNumbers.others(than: program, on: connection)
            return (try connection.value("SELECT value FROM sys_setting WHERE key = 'program'").text, others)
        }
        guard mark == program.mark, others.isEmpty else {
            throw Problem(
                .conflict,
                "other_version",
                Label(
                    "Another version of Kehu serves this workspace, or has begun this move. Stop it (one that was killed is forgotten after a minute), or go on with that version, or give the move up: --give-up.",
                    zh: "有其他版本的 Kehu 正在使用该工作区，或迁移由其他版本开始。请停止该版本的进程（异常终止的进程一分钟后自动失效），或用原版本继续，也可加 --give-up 放弃迁移。"
                )
            )
        }
    }

    /// What an earlier try of the same move has put into PostgreSQL, or an empty schema.
    private static func target(on server: PostgresServer, _ name: String, _ number: Int64) async throws -> Database {
        let waiting = WorkspaceDirectory.waiting(name)
        if let schema = try await server.workspaces()[waiting] {
            let known = try await server.open(schema: schema)
            if try await Relocation.number(of: known) == number { return known }
            try await server.remove(waiting)
        }
        do {
            // From now on nobody else gets the name.
            return try await server.open(schema: server.make(waiting, unless: name))
        } catch let failure as StorageFailure where failure.isUnique {
            throw taken(name)
        }
    }

    /// What an earlier try of the same move has put into a file, or an empty one.
    private static func target(_ path: String, _ number: Int64) async throws -> Database {
        if FileManager.default.fileExists(atPath: path), let known = try? Database(sqlite: path) {
            if let found = try? await Relocation.number(of: known), found == number { return known }
            known.close()
        }
        removeFile(path)
        return try Database(sqlite: path)
    }

    // MARK: Giving up

    /// Ends a move that was not finished: what has arrived is removed, and the workspace may be written to again.
    func giveUp() async throws {
        let server = try server
        let (waiting, path) = (WorkspaceDirectory.waiting(name), files.arrivingFile(name))
        guard WorkspaceDirectory.isName(name) else { throw nothing }
        let move = try files.lockForMove(name)
        defer { withExtendedLifetime(move) {} }
        var isFound = false
        if files.has(name) {
            let source = try Database(sqlite: files.file(name))
            defer { source.close() }
            isFound = try await freed(source, isThere: hasArrived(name, database)) {
                try await server.remove(waiting)
            }
        }
        if let schema = database.schema(name) {
            let source = Database(postgres: server, schema: schema)
            let isFreed = try await freed(source, isThere: hasArrived(name, files)) {
                WorkspaceMove.removeFile(path)
            }
            isFound = isFound || isFreed
        }
        // What a restore or a move has left of which the source is gone.
        if !database.has(name), database.isArriving(name) {
            try await server.remove(waiting)
            isFound = true
        }
        if !files.has(name), files.isArriving(name) {
            WorkspaceMove.removeFile(path)
            isFound = true
        }
        guard isFound else { throw nothing }
    }

    /// The same for a file whose database on the other side cannot be reached any more: nothing that has arrived there is
    /// ever used, since the next move has another number.
    static func giveUp(_ name: String, in files: WorkspaceDirectory) async throws {
        let name = try files.choose(name)
        let move = try files.lockForMove(name)
        defer { withExtendedLifetime(move) {} }
        let source = try Database(sqlite: files.file(name))
        defer { source.close() }
        switch try await source.writeStop() {
        case .moving: try await source.allowWrites()
        case .moved: throw Problem(WriteStop.moved)
        case nil: throw nothing(name)
        }
    }

    /// Whether the workspace has its name there: not another one while this still waits for it.
    private func hasArrived(_ name: String, _ place: WorkspaceDirectory) -> Bool {
        place.has(name) && !place.isArriving(name)
    }

    /// Lets everybody write to a source again; false when nobody has stopped them.
    private func freed(
        _ source: Database,
        isThere: Bool,
        _ removal: () async throws -> Void
    ) async throws -> Bool {
        switch try await source.writeStop() {
        case nil: return false
        case .moved where isThere: throw ended
        case .moved, .moving:
            try await removal()
            try await source.allowWrites()
            return true
        }
    }

    // MARK: Files

    /// Moves a closed database file together with its log: a log that stays behind would be played into the next file
    /// of that name. Unless it `replaces` one, this throws where there is a file.
    private static func moveFile(_ path: String, to target: String, replaces: Bool = true) throws {
        let manager = FileManager.default
        let old = (replaces ? [""] : []) + ["-wal", "-shm"]
        for suffix in old where manager.fileExists(atPath: target + suffix) {
            try manager.removeItem(atPath: target + suffix)
        }
        if manager.fileExists(atPath: path + "-wal") {
            try manager.moveItem(atPath: path + "-wal", toPath: target + "-wal")
        }
        try? manager.removeItem(atPath: path + "-shm")
        try manager.moveItem(atPath: path, toPath: target)
    }

    private static func removeFile(_ path: String) {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    // MARK: Problems

    /// Problems after which a move cannot go on.
    private static let ends: Set<String> = ["copy_differs", WorkspaceMove.changed.code]

    private static let changed = Problem(
        .conflict,
        "changed_meanwhile",
        Label(
            "A program that does not know of the move wrote while the workspace was copied. Stop it and move the workspace again.",
            zh: "复制期间有不支持迁移的旧程序写入了数据。请停止该程序后重新迁移。"
        )
    )

    private var server: PostgresServer {
        get throws {
            guard let server = database.server else { throw Problem.notFound }
            return server
        }
    }

    private func interrupted(_ error: any Error) -> Problem {
        let reason =
            switch error {
            case let problem as Problem: problem.message
            case let failure as StorageFailure: Problem(failure).message
            default: Label("\(error)", zh: "\(error)")
            }
        return Problem(
            .unavailable,
            "move_interrupted",
            Label(
                "The move was broken off: \(reason.en) Until it goes on, «\(name)» can only be read. Repeat the command, which goes on where it was, or give the move up with --give-up.",
                zh: "迁移中断：\(reason.zh) 在继续之前，工作区“\(name)”只能查看。请重新执行该命令从中断处继续，或加 --give-up 放弃迁移。"
            )
        )
    }

    private static func taken(_ name: String) -> Problem {
        Problem(
            .conflict,
            "workspace_exists",
            Label("There already is a workspace «\(name)» there.", zh: "目标位置已存在工作区“\(name)”。")
        )
    }

    private var ended: Problem {
        Problem(
            .conflict,
            "move_ended",
            Label(
                "«\(name)» has moved already; there is nothing to give up. Repeat the move, which does what little is left.",
                zh: "工作区“\(name)”已迁移完成，无法放弃。请重新执行迁移命令以完成收尾。"
            )
        )
    }

    private var nothing: Problem { WorkspaceMove.nothing(name) }

    private static func nothing(_ name: String) -> Problem {
        Problem(
            .notFound,
            "no_move",
            Label("No move of «\(name)» is under way.", zh: "工作区“\(name)”没有进行中的迁移。")
        )
    }
}
