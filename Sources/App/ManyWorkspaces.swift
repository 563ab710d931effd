import Glibc
import Logging
import ServiceLifecycle
import Values
import WebServer

/// The program when it serves all workspaces of a place, by their host names or by log-in.
struct ManyWorkspaces: Sendable {
    let settings: Settings
    let served: ServerSettings
    let logger: Logger
    let workspaces: OpenWorkspaces

    /// With `figures` nothing but figures is answered, and that there.
    init(
        _ directory: WorkspaceDirectory,
        _ hosts: Hosts,
        _ settings: Settings,
        figures: FigureAddress? = nil
    ) throws {
        self.settings = settings
        served = try figures?.settings(settings) ?? ServerSettings(settings)
        logger = try Serving.logger(settings)
        workspaces = try OpenWorkspaces(directory, hosts, settings, served, logger: logger)
    }

    /// Serves until the process is asked to end.
    func serve(announce: @escaping @Sendable (_ address: String) async -> Void) async throws {
        ManyWorkspaces.raiseFileLimit()
        let settings = settings
        try await workspaces.begin(serves: true)
        if let open = Diagnosis.openDoor(served) { logger.warning("\(open.text.en)") }
        let web = try listener { port in await announce((try? Serving.address(settings, port: port)) ?? "") }
        try await run([web, Upkeeping(workspaces: workspaces), LiveEnd { await workspaces.endLive() }])
    }

    /// Runs what is due in any of them until the process is asked to end.
    func work() async throws {
        ManyWorkspaces.raiseFileLimit()
        try await workspaces.begin(serves: false)
        let (served, upkeeping) = (served, Upkeeping(workspaces: workspaces))
        guard served.onlyFigures else { return try await run([upkeeping]) }
        try await run([try listener { FigureAddress.announce(served, $0) }, upkeeping])
    }

    /// What listens; `onRunning` learns the port.
    private func listener(onRunning: @escaping @Sendable (_ port: Int) async -> Void) throws -> any Service {
        let logger = served.logsRequests ? logger : Server.quiet(logger)
        return try WebServer.application(workspaces, served, logger, onRunning: onRunning)
    }

    private func run(_ services: [any Service]) async throws {
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
