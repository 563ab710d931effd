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
    private let whole = ProcessFigures()
    /// How figures of the whole process are answered; nil where nobody wants them.
    private let figured: ServerSettings?

    /// With `figures` those of the whole process are answered there.
    init(
        _ directory: WorkspaceDirectory,
        _ hosts: Hosts,
        _ settings: Settings,
        figures: FigureAddress? = nil
    ) throws {
        self.settings = settings
        var served = try ServerSettings(settings)
        served.process = whole
        self.served = served
        figured = try figures?.settings(settings)
        logger = try Serving.logger(settings)
        workspaces = try OpenWorkspaces(directory, hosts, settings, served, logger: logger)
    }

    /// Serves until the process is asked to end.
    func serve(announce: @escaping @Sendable (_ address: String) async -> Void) async throws {
        ManyWorkspaces.raiseFileLimit()
        let settings = settings
        try await workspaces.begin(serves: true)
        if let open = Diagnosis.openDoor(served) { logger.warning("\(open.text.en)") }
        let web = try WebServer.application(workspaces, served, requests) { port in
            await announce((try? Serving.address(settings, port: port)) ?? "")
        }
        var services: [any Service] = [web, Upkeeping(workspaces: workspaces), LiveEnd { await workspaces.endLive() }]
        if var figured {
            figured.process = whole
            let (logger, address) = (logger, figured)
            services.append(
                try listener(figured) { port in
                    logger.notice(
                        "figures of the process are answered",
                        metadata: ["address": "\(FigureAddress.shown(address, port))"]
                    )
                }
            )
        }
        try await run(services, served)
    }

    /// Runs what is due in any of them until the process is asked to end.
    func work() async throws {
        ManyWorkspaces.raiseFileLimit()
        try await workspaces.begin(serves: false)
        let upkeeping = Upkeeping(workspaces: workspaces)
        guard let figured else { return try await run([upkeeping], served) }
        try await run([try listener(figured) { FigureAddress.announce(figured, $0) }, upkeeping], figured)
    }

    private var requests: Logger { served.logsRequests ? logger : Server.quiet(logger) }

    /// What answers with figures; `onRunning` learns the port.
    private func listener(
        _ figured: ServerSettings,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void
    ) throws -> any Service {
        let workspaces = workspaces
        return try whole.application(figured, requests, now: { workspaces.figures }, onRunning: onRunning)
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
