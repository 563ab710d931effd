import Database
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
        try await remove(waiting)
        do {
            let target = try await open(schema: make(waiting))
            _ = try await Transfer(from: source, to: target, modules: Modules.all).run()
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
