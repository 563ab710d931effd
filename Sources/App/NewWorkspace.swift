import Database
import Records

/// A workspace that this process has just given a name to, before anybody else: when making the rest fails, it is taken
/// away again, and nothing else is.
struct NewWorkspace: Sendable {
    /// The place, which knows the workspace.
    let directory: WorkspaceDirectory
    /// The name.
    let name: String
    /// What lay under the name before.
    private let found: Set<String>
    /// Nobody serves half of it, and nobody makes, restores, moves or deletes one of that name meanwhile.
    private let locks: (WorkspaceLock, WorkspaceLock?)

    /// Takes a name. Throws when there is a workspace of that name by now, however long ago the caller looked.
    ///
    /// `holdsLock` says that the caller has locked it for serving.
    init(_ name: String, in place: WorkspaceDirectory, holdsLock: Bool = false) async throws {
        try place.checkNew(name)
        let making = try await place.lockForMaking(name)
        let current = try await place.current()
        try current.checkNew(name)
        try current.checkNobodyUsesFiles(name)
        let serving = holdsLock ? nil : try current.lock(name)
        found = current.suffixes(of: name).subtracting([".lock", ".moving"])
        directory = try await current.claiming(name)
        (self.name, locks) = (name, (making, serving))
    }

    /// Opens it for `body`, which makes what is to be in it, and closes it.
    func fill<Result: Sendable>(_ body: (OpenWorkspace) async throws -> Result) async throws -> Result {
        do {
            let workspace = try await OpenWorkspace(name, in: directory, holdsLock: true)
            defer { workspace.close() }
            let result = try await body(workspace)
            workspace.engine.database.checkpoint()
            return result
        } catch {
            // Half a workspace would be in the way of the next attempt.
            await giveUp()
            throw error
        }
    }

    /// Takes away what was made here. It must be closed.
    func giveUp() async {
        guard let now = try? await directory.current(), now.schema(name) == directory.schema(name) else { return }
        try? await directory.delete(name, sparing: found)
    }
}
