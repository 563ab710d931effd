import Database
import Records

/// An open workspace and the lock on it, for as long as anybody uses it.
final class KeptWorkspace: Sendable {
    let workspace: OpenWorkspace
    private let lock: WorkspaceLock
    private let closed: ClosedWorkspaces
    private let onClose: @Sendable (Duration?) -> Void

    /// `onClose` is called once the database is closed, with the time until something is due in it, or nil when another
    /// process has written to it meanwhile.
    init(
        _ workspace: OpenWorkspace,
        _ lock: WorkspaceLock,
        _ closed: ClosedWorkspaces,
        onClose: @escaping @Sendable (Duration?) -> Void
    ) {
        (self.workspace, self.lock, self.closed, self.onClose) = (workspace, lock, closed, onClose)
    }

    deinit {
        // Not on the thread of whoever lets go last: closing may wait for the disk.
        Task.detached { [workspace, lock, closed, onClose] in
            // Of thousands of files most are closed: their logs would take more room than they themselves.
            workspace.engine.database.checkpoint()
            let files = closed.files(workspace.name)
            let due = await BackgroundWork.nextDue(workspace)
            workspace.close()
            onClose(closed.rests(workspace.name, since: files) ? nil : due)
            withExtendedLifetime(lock) {}
        }
    }
}
