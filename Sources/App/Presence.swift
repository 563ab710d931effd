import Database
import Logging
import Records
import Synchronization
import Values

/// This process among all that open workspaces of a PostgreSQL database when somebody asks for them.
///
/// It may open again any that it has closed: so as long as it runs no newer version takes away what it needs, in any of
/// them. It says so in one place for all of them, and not in each.
final class Presence: Sendable {
    private let server: PostgresServer
    private let program: Edition
    private let id = String(UInt64.random(in: .min ... .max), radix: 36)
    private struct State {
        var serves = false
        /// True once a workspace was too new for this program.
        var hasMetNewer = false
    }
    private let state = Mutex(State())

    /// A process that runs a program.
    init(_ server: PostgresServer, _ program: Edition) { (self.server, self.program) = (server, program) }

    /// Says that this process runs and, if it `serves`, answers requests: before it opens anything.
    func begin(serves: Bool) async throws {
        state.withLock { $0.serves = serves }
        do {
            try await server.prepareVisits()
            try await say()
        } catch let failure as StorageFailure {
            throw Problem(failure)
        }
    }

    /// Goes on saying so until the task is cancelled.
    func keep(_ logger: Logger) async {
        while (try? await Task.sleep(for: .seconds(NodeNumbers.pulse))) != nil {
            do {
                try await say()
            } catch {
                logger.warning("the database does not learn that this process runs", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Says that this process is about to end.
    func end() async { try? await server.leave(id) }

    /// Notes that a workspace could not be opened.
    func note(_ error: any Error) {
        if let problem = error as? Problem, problem.code == Problem.newerData.code { meetNewer() }
    }

    /// Notes that a workspace has become too new for this program.
    func meetNewer() { state.withLock { $0.hasMetNewer = true } }

    /// Throws when a workspace is too new for this program and a server of a newer one is there, to which people can be
    /// sent. Without one this program goes on with all other workspaces.
    func check() async throws {
        guard state.withLock({ $0.hasMetNewer }) else { return }
        let others = try await server.visitors(within: NodeNumbers.silence)
        if others.contains(where: { $0.serves && $0.format > program.format }) { throw Problem.newerData }
    }

    private func say() async throws {
        let serves = state.withLock { $0.serves }
        let own = PostgresServer.Visitor(format: program.format, mark: program.mark, serves: serves)
        try await server.keep(own, id: id, at: Rollout.place)
    }
}
