import Database
import Hummingbird
public import Logging
import Privacy
import Records
import ServiceLifecycle
import UnixSignals
import Values
public import WebServer

/// The serving program, put together.
public struct Server: Sendable {
    let workspace: OpenWorkspace
    let settings: ServerSettings
    let logger: Logger
    /// How long requests that are being answered have when the server is to stop.
    static let patience = Duration.seconds(20)

    /// A server for an open workspace.
    public init(workspace: OpenWorkspace, settings: ServerSettings, logger: Logger) {
        self.workspace = workspace
        self.settings = settings
        self.logger = logger
    }

    /// Serves until the process is asked to end; `onRunning` learns the port once requests are answered. Requests
    /// that are being answered are answered.
    public func run(onRunning: @escaping @Sendable (_ port: Int) async -> Void) async throws {
        let behind = (workspace.lastUse.milliseconds - workspace.engine.clock.now().milliseconds) / 1000
        if behind > Diagnosis.tolerance {
            logger.warning("the clock of this machine was set back", metadata: ["seconds": "\(behind)"])
        }
        if let open = Diagnosis.openDoor(settings) { logger.warning("\(open.text.en)") }
        let erased = try await workspace.privacy.catchUp()
        if erased > 0 { logger.warning("erasures were ended or repeated", metadata: ["count": "\(erased)"]) }
        let web = WebServer(
            workspace: workspace.served,
            settings: settings,
            logger: settings.logsRequests ? logger : Server.quiet(logger)
        )
        defer { workspace.close() }
        try await Server.run(
            [
                try web.application(onRunning: onRunning), BackgroundWork(workspace: workspace, logger: logger),
                LiveEnd { await web.endLive() },
            ],
            settings,
            logger
        )
        workspace.engine.database.checkpoint()
    }

    /// What the libraries have to say about starting and stopping is of use only when looking for a fault.
    static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        if logger.logLevel == .info { quiet.logLevel = .warning }
        return quiet
    }

    /// Runs services until the process is asked to end.
    static func run(_ services: [any Service], _ settings: ServerSettings, _ logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            // What sends spans ends last.
            services: SpanExport.begun(settings, logger) + services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet(logger)
        )
        configuration.maximumGracefulShutdownDuration = Server.patience
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch is CancellationError {
            // Somebody did not get ready in time; what was acknowledged is on disk.
            logger.warning("stopped before all requests were answered")
        } catch {
            throw WebServer.problem(
                startingFailed: error,
                host: settings.host,
                port: settings.port,
                option: FigureAddress.option(settings)
            ) ?? error
        }
    }
}

/// Ends the connections of open pages before the server waits for all others.
struct LiveEnd: Service {
    let end: @Sendable () async -> Void

    func run() async throws {
        try? await gracefulShutdown()
        await end()
    }
}

extension ServerSettings {
    /// What flags, environment and file say.
    public init(_ settings: Settings) throws {
        self.init()
        host = settings.text("host")
        port = try settings.number("port", 0...65_535)
        behindProxy = try settings.flag("behind_proxy")
        requestsPerSecond = try settings.number("rate_limit", 0...1_000_000)
        logsRequests = try settings.flag("log_requests")
        metricsToken = settings.text("metrics_token")
        traceAddress = settings.text("trace_address")
        tracePercent = try settings.number("trace_percent", 0...100)
        slowMilliseconds = try settings.number("slow_ms", 0...3_600_000)
        let (chain, key) = (settings.text("tls_cert"), settings.text("tls_key"))
        guard chain.isEmpty == key.isEmpty else {
            throw Problem(
                .invalid,
                "half_certificate",
                Label(
                    "TLS needs both files: --tls-cert CHAIN.pem --tls-key KEY.pem.",
                    zh: "启用 TLS 需要同时提供证书和私钥：--tls-cert CHAIN.pem --tls-key KEY.pem。"
                )
            )
        }
        if !chain.isEmpty { certificate = try Certificate(chain: chain, key: key) }
        version = Version.text
    }
}

/// The version of the program.
public enum Version {
    /// As in the changelog.
    public static let text = "0.1.0"
}
