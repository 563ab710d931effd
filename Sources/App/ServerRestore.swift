import Database
import Foundation
import Identity
import Operations
import Records
import SQLText
import Values

extension PostgresServer {
    /// Makes a workspace of what an archive held. One of that name is set aside first, under another name, and its files
    /// in the folder `aside`.
    func restore(
        _ unpacked: Unpacked,
        as name: String,
        in directory: WorkspaceDirectory,
        aside: String?
    ) async throws {
        let source = try Database(sqlite: unpacked.database, readers: 1)
        defer { source.close() }
        // It gets its name only when all is there.
        let waiting = WorkspaceDirectory.waiting(name)
        // What was broken off; nobody else is at it, says the lock.
        try await remove(waiting)
        let schema: String
        do {
            // From now on nobody else gets the name.
            schema = try await make(waiting, unless: directory.has(name) ? nil : name)
        } catch let failure as StorageFailure where failure.isUnique {
            throw directory.exists(name)
        }
        do {
            let target = try await open(schema: schema)
            _ = try await Transfer(from: source, to: target, modules: Modules.all).run()
            if !unpacked.manifest.hasKey, !FileManager.default.fileExists(atPath: directory.keyFile(name)) {
                try await target.write { try Identities.forgetKey(on: $0) }
            }
            try directory.restoreMark(name).begin(aside: aside)
            if directory.has(name) {
                let stamp = aside?.split(separator: ".").last.map(String.init) ?? "replaced"
                try await rename(name, to: "\(name).\(stamp)")
            }
            try Restore.placeFiles(
                unpacked,
                files: directory.folder(name),
                keyFile: directory.keyFile(name),
                aside: aside
            )
            try await rename(waiting, to: name)
        } catch {
            try? await remove(waiting)
            throw error
        }
    }
}
