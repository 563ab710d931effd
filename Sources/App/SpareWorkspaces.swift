import Database
import Foundation
import Identity
import Records
import Values

/// Keeps some empty workspaces ready in PostgreSQL, so that a new one is there at once.
struct SpareWorkspaces {
    let directory: WorkspaceDirectory
    private let program = WorkspaceFile.program
    /// After this time what another version left, or somebody broke off, is cleared away.
    private static let age: Int64 = 3_600_000

    init(_ directory: WorkspaceDirectory) { self.directory = directory }

    /// Makes them until there are so many; the answer is how many it made.
    @discardableResult
    func keep(_ wanted: Int) async throws -> Int {
        guard let server = directory.server, wanted > 0 else { return 0 }
        try await server.dropSpares(notOf: program, olderThan: SpareWorkspaces.age)
        var made = 0
        while try await server.spares(of: program) < wanted, !Task.isCancelled {
            try await make(server)
            made += 1
        }
        return made
    }

    private func make(_ server: PostgresServer) async throws {
        let schema = try await server.beginSpare(of: program)
        // Its files come with its name.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kehu-" + schema).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let spare = try await OpenWorkspace("spare", in: directory.spare(schema, folder: folder))
            defer { spare.close() }
            // Its key goes with the folder.
            try await spare.engine.database.write { try Identities.forgetKey(on: $0) }
            try await server.ready(spare: schema)
        } catch {
            try? await server.drop(spare: schema)
            throw error
        }
    }
}
