import Database
import Foundation
import Operations
import Records
import SQLText
import Values

extension PostgresServer {
    /// Makes a workspace of what an archive held. One of that name is set aside first, under another name.
    func restore(
        _ unpacked: Unpacked,
        as name: String,
        in directory: WorkspaceDirectory,
        aside: String,
        replace: Bool
    ) async throws {
        let source = try Database(sqlite: unpacked.database, readers: 1)
        defer { source.close() }
        // It gets its name only when all is there.
        let waiting = name + ".arriving"
        try await remove(waiting)
        do {
            let target = try await open(schema: make(waiting))
            _ = try await Transfer(from: source, to: target, modules: Modules.all).run()
            let stamp = aside.split(separator: ".").last.map(String.init) ?? "replaced"
            if directory.has(name) { try await rename(name, to: "\(name).\(stamp)") }
            let isThere = FileManager.default.fileExists(atPath: directory.folder(name))
            try Restore.placeFiles(
                unpacked,
                files: directory.folder(name),
                keyFile: directory.keyFile(name),
                aside: isThere ? aside : nil
            )
            try await rename(waiting, to: name)
        } catch {
            try? await remove(waiting)
            throw error
        }
    }
}

/// Takes a workspace from one engine to the other. Files and keys lie in the data folder before and after.
struct WorkspaceMove {
    let name: String
    /// The files of the data folder.
    let files: WorkspaceDirectory
    /// The PostgreSQL database, beside the same folder.
    let database: WorkspaceDirectory

    /// Copies a file's workspace into PostgreSQL, compares, and sets the file aside.
    func toPostgres() async throws -> Transfer.Sent {
        guard let server = database.server else { throw Problem.notFound }
        let name = try files.choose(name)
        guard !database.has(name) else { throw taken(name) }
        let lock = try files.lock(name)
        defer { withExtendedLifetime(lock) {} }
        // Brings it to the form of this program, and says what is wrong with it.
        try await OpenWorkspace(name, in: files, holdsLock: true).close()
        let source = try Database(sqlite: files.file(name))
        defer { source.close() }
        let waiting = name + ".arriving"
        try await server.remove(waiting)
        do {
            let target = try await server.open(schema: server.make(waiting))
            let sent = try await Transfer(from: source, to: target, modules: Modules.all).run()
            try await server.rename(waiting, to: name)
            source.close()
            try WorkspaceMove.moveFile(files.file(name), to: files.file(name) + "-moved")
            return sent
        } catch {
            try? await server.remove(waiting)
            throw error
        }
    }

    /// Copies a workspace of PostgreSQL into a file, compares, and takes its name away from it there.
    func toSQLite() async throws -> Transfer.Sent {
        guard let server = database.server else { throw Problem.notFound }
        let name = try database.choose(name)
        guard !files.has(name) else { throw taken(name) }
        try await OpenWorkspace(name, in: database).close()
        let source = try await database.database(name)
        let path = files.file(name) + "-arriving"
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        let target = try Database(sqlite: path)
        let sent: Transfer.Sent
        do {
            sent = try await Transfer(from: source, to: target, modules: Modules.all).run()
            // Who still serves it there must not write what nobody will read.
            try await source.write { connection in
                guard try Transfer.lastEntry(on: connection) == sent.lastEntry else { throw WorkspaceMove.changed }
                try server.setAside(name, on: connection)
            }
        } catch {
            target.close()
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        target.checkpoint()
        target.close()
        try WorkspaceMove.moveFile(path, to: files.file(name))
        return sent
    }

    /// Moves a closed database file together with its log: a log that stays behind would be played into the next file
    /// of that name.
    private static func moveFile(_ path: String, to target: String) throws {
        let manager = FileManager.default
        for suffix in ["", "-wal", "-shm"] where manager.fileExists(atPath: target + suffix) {
            try manager.removeItem(atPath: target + suffix)
        }
        if manager.fileExists(atPath: path + "-wal") {
            try manager.moveItem(atPath: path + "-wal", toPath: target + "-wal")
        }
        try? manager.removeItem(atPath: path + "-shm")
        try manager.moveItem(atPath: path, toPath: target)
    }

    private static let changed = Problem(
        .conflict,
        "changed_meanwhile",
        Label(
            "Somebody wrote while the workspace was copied. Stop «kehu serve» and move it again.",
            zh: "复制期间有新的写入，请先停止 kehu serve 再执行。"
        )
    )

    private func taken(_ name: String) -> Problem {
        Problem(
            .conflict,
            "workspace_exists",
            Label("There already is a workspace «\(name)» there.", zh: "目标位置已存在工作区“\(name)”。")
        )
    }
}
