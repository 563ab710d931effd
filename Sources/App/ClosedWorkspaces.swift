import Database
import Foundation
import Synchronization
import Values

/// Notices that somebody else has queued work in workspaces that are closed here, without opening them.
///
/// In PostgreSQL by the news that all processes tell each other, and where that does not get through by a look now and
/// then; of files by the time when they were last written.
final class ClosedWorkspaces: Sendable {
    private struct State {
        /// Schemas that there was news of, and when to look at them: who told it may well do the work itself.
        var heard: [String: ContinuousClock.Instant] = [:]
        /// When to look at all of them.
        var allAt = ContinuousClock.now
        /// When the files of closed workspaces were last written, by workspace.
        var written: [String: [Date]] = [:]
    }
    private let state = Mutex(State())
    private let directory: WorkspaceDirectory
    private static let patience = Duration.seconds(2)
    /// How often all are looked at where news does not get through.
    private static let round = Duration.seconds(30)
    /// What is due so soon is a reason to open a workspace.
    private static let soon: Int64 = 5000

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

    /// The files of a workspace are closed.
    func rests(_ name: String) {
        guard directory.server == nil else { return }
        let written = written(name)
        state.withLock { $0.written[name] = written }
    }

    /// Those of the closed workspaces in which something is due.
    func woken(among closed: [String], of directory: WorkspaceDirectory) async -> [String] {
        guard let server = directory.server else {
            return closed.filter { name in
                guard let known = state.withLock({ $0.written[name] }), known != written(name) else { return false }
                state.withLock { $0.written[name] = nil }
                return true
            }
        }
        let now = ContinuousClock.now
        let (isAll, ripe) = state.withLock { state -> (Bool, Set<String>) in
            let isAll = state.allAt <= now
            if isAll { state.allAt = server.isHearing ? now + .seconds(86_400) : now + ClosedWorkspaces.round }
            let ripe = state.heard.filter { $0.value <= now }.keys
            for schema in ripe { state.heard[schema] = nil }
            return (isAll, Set(ripe))
        }
        var woken: [String] = []
        for name in closed {
            guard let schema = directory.schema(name), isAll || ripe.contains(schema) else { continue }
            let due = try? await server.ask(BackgroundWork.due, in: schema).flatMap { Int64($0) }
            if let due, due <= Clock.system.now().milliseconds + ClosedWorkspaces.soon { woken.append(name) }
        }
        return woken
    }

    private func written(_ name: String) -> [Date] {
        ["", "-wal"].map { suffix in
            let facts = try? FileManager.default.attributesOfItem(atPath: directory.file(name) + suffix)
            return facts?[.modificationDate] as? Date ?? .distantPast
        }
    }
}
