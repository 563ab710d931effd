import Glibc
import Logging
import ServiceLifecycle
import Values
import WebServer

/// The program when it serves all workspaces of a place by their host names.
struct ManyWorkspaces: Sendable {
    let settings: Settings
    let logger: Logger
    let workspaces: OpenWorkspaces

    init(_ directory: WorkspaceDirectory, _ hosts: Hosts, _ settings: Settings) throws {
        self.settings = settings
        logger = try Serving.logger(settings)
        workspaces = try OpenWorkspaces(directory, hosts, settings, logger: logger)
    }

    /// Serves until the process is asked to end.
    func serve(announce: @escaping @Sendable (_ address: String) async -> Void) async throws {
        ManyWorkspaces.raiseFileLimit()
        let (served, settings) = (try ServerSettings(settings), settings)
        if let open = Diagnosis.openDoor(served) { logger.warning("\(open.text.en)") }
        let web = try WebServer.application(
            workspaces,
            served,
            served.logsRequests ? logger : Server.quiet(logger)
        ) { port in await announce((try? Serving.address(settings, port: port)) ?? "") }
        try await run([web, Upkeeping(workspaces: workspaces), LiveEnd { await workspaces.endLive() }], served)
    }

    /// Runs what is due in any of them until the process is asked to end.
    func work() async throws {
        ManyWorkspaces.raiseFileLimit()
        try await run([Upkeeping(workspaces: workspaces)], ServerSettings(settings))
    }

    private func run(_ services: [any Service], _ served: ServerSettings) async throws {
        do {
            try await Server.run(services, served, logger)
        } catch {
            await workspaces.close()
            throw error
        }
        await workspaces.close()
    }

    /// Each open workspace takes some files; the usual limit is there for programs of another time.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// Opens what something is due in and closes what nobody uses.
private struct Upkeeping: Service {
    let workspaces: OpenWorkspaces

    func run() async throws { await cancelWhenGracefulShutdown { await workspaces.work() } }
}
