import Database
import Jobs
import Synchronization
import Values

/// Notices that somebody else has queued work in workspaces that are closed here, without opening them.
///
/// In PostgreSQL by the news that all processes tell each other, and where that does not get through by a look now and
/// then; of files by the time when they were last written.
final class ClosedWorkspaces: Sendable {
    /// The file of a workspace and its log as they were at a moment; of no importance in PostgreSQL.
    struct Files: Equatable {
        let file: FileStamp
        let log: FileStamp
    }
    private struct State {
        /// Schemas that there was news of, and when to look at them: who told it may well do the work itself.
        var heard: [String: ContinuousClock.Instant] = [:]
        /// When to look at all of them.
        var allAt = ContinuousClock.now
        /// When the files of closed workspaces were last written, by workspace.
        var written: [String: Files] = [:]
        /// When the folder of the files last changed before all of them were looked at, and which workspaces it held.
        var folder: FileStamp?
        var names: (folder: FileStamp, all: [String])?
        /// What comes again by itself in a workspace, as this process is set up; known once one was opened.
        var recurring: [String]?
    }
    private let state = Mutex(State())
    private let directory: WorkspaceDirectory
    private static let patience = Duration.seconds(2)
    /// How often all are looked at where news does not get through.
    private static let round = Duration.seconds(30)
    /// What is due so soon is a reason to open a workspace.
    static let soon = Duration.seconds(5)

    init(_ directory: WorkspaceDirectory) {
        self.directory = directory
        directory.server?.follow { [weak self] schema in self?.hear(schema) }
    }

    private func hear(_ schema: String?) {
        state.withLock { state in
            if let schema {
                if state.heard[schema] == nil { state.heard[schema] = .now + ClosedWorkspaces.patience }
            } else {
                state.allAt = .now
            }
        }
    }

    // MARK: Files

    /// The files of a workspace as they are now.
    func files(_ name: String) -> Files {
        Files(file: FileStamp(directory.file(name)), log: FileStamp(directory.file(name) + "-wal"))
    }

    /// The files of a workspace are closed. True when somebody has written to them since they were like `before`.
    func rests(_ name: String, since before: Files) -> Bool {
        guard directory.server == nil else { return false }
        let now = files(name)
        state.withLock { $0.written[name] = now }
        return now.file != before.file || now.log.size > 0 && now.log != before.log
    }

    /// The names of the workspaces; a folder that has not changed is not read again.
    func names(of directory: WorkspaceDirectory) -> [String] {
        guard directory.server == nil else { return directory.names() }
        let folder = FileStamp(directory.path)
        if let known = state.withLock({ $0.names }), known.folder == folder { return known.all }
        let all = directory.names()
        state.withLock { $0.names = (folder, all) }
        return all
    }

    /// Who opens a file that nobody had open makes a log beside it, so that the folder changes. As long as it does not,
    /// only those need to be looked at which others had open when they were closed here.
    private func written(among closed: [String]) -> [String] {
        let folder = FileStamp(directory.path)
        let (known, isAll) = state.withLock { state in
            defer { state.folder = folder }
            return (state.written, state.folder != folder)
        }
        let woken = closed.filter { name in
            guard let before = known[name], isAll || before.log.exists else { return false }
            return before != files(name)
        }
        if !woken.isEmpty { state.withLock { state in for name in woken { state.written[name] = nil } } }
        return woken
    }

    // MARK: What is due

    /// Notes what comes again by itself, which is the same in all workspaces. How the files were before is forgotten: until
    /// they are closed again it is we who write to them, and who writes last opens nothing.
    func opened(_ workspace: OpenWorkspace) {
        let names = workspace.jobs.recurring.map(\.name)
        state.withLock { state in
            state.recurring = names
            state.written[workspace.name] = nil
        }
    }

    /// When something is due in a closed workspace of PostgreSQL; nil when that cannot be told.
    func due(_ name: String, of directory: WorkspaceDirectory) async -> Duration? {
        guard let server = directory.server, let schema = directory.schema(name) else { return nil }
        guard let recurring = state.withLock({ $0.recurring }) else { return nil }
        let due = try? await server.ask(BackgroundWork.due(recurring), in: schema).flatMap { Int64($0) }
        return due.map { .milliseconds(max(0, $0 - Clock.system.now().milliseconds)) }
    }

    /// Those of the closed workspaces in which something is due.
    func woken(among closed: [String], of directory: WorkspaceDirectory) async -> [String] {
        guard let server = directory.server else { return written(among: closed) }
        let now = ContinuousClock.now
        let (isAll, ripe) = state.withLock { state -> (Bool, Set<String>) in
            let isAll = state.allAt <= now
            if isAll { state.allAt = server.isHearing ? now + .seconds(86_400) : now + ClosedWorkspaces.round }
            let ripe = state.heard.filter { $0.value <= now }.keys
            for schema in ripe { state.heard[schema] = nil }
            return (isAll, Set(ripe))
        }
        guard isAll || !ripe.isEmpty else { return [] }
        var woken: [String] = []
        for name in closed {
            guard let schema = directory.schema(name), isAll || ripe.contains(schema) else { continue }
            if let due = await due(name, of: directory), due <= ClosedWorkspaces.soon { woken.append(name) }
        }
        return woken
    }
}
