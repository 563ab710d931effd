public import Exchange
public import Files
public import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Identity
public import Jobs
public import Logging
import NIOCore
public import Privacy
public import Records
import Synchronization
public import Values
public import Webhooks

/// An archive of a workspace that was made by itself.
public struct MadeArchive: Sendable {
    /// When it was made.
    public let at: Instant
    /// Whether attachments are missing or damaged in it.
    public let hasFaults: Bool

    /// One that lies there.
    public init(at: Instant, hasFaults: Bool) { (self.at, self.hasFaults) = (at, hasFaults) }
}

/// What a server serves: one workspace with its people and its record engine.
public struct Workspace: Sendable {
    /// The name, as in the data directory.
    public let name: String
    /// The record engine.
    public let engine: RecordEngine
    /// People, teams and roles.
    public let identities: Identities
    /// Logging in.
    public let logIn: LogIn
    /// Hashing of passwords.
    public let passwords: PasswordHash
    /// Where uploads are kept while they arrive.
    public let temporaryFolder: String
    /// Figures over many records, by name.
    public let reports: [String: @Sendable (ReadSession) throws -> JSONValue]
    /// What features show of one record, by name.
    public let views: [String: RecordView]
    /// Pages of features at addresses of their own.
    public let features: FeaturePages
    /// Files that come in.
    public let imports: Imports
    /// Stored files.
    public let files: Files
    /// Personal data: erasing, giving out, keeping.
    public let privacy: Privacy
    /// Webhooks: subscriptions and deliveries.
    public let webhooks: Webhooks
    /// Background jobs.
    public let jobs: JobQueue
    /// Finds the newest archive that was made by itself.
    public let newestArchive: @Sendable () -> MadeArchive?

    /// A workspace to be served.
    public init(
        name: String,
        engine: RecordEngine,
        identities: Identities,
        logIn: LogIn,
        passwords: PasswordHash,
        temporaryFolder: String,
        imports: Imports,
        files: Files,
        privacy: Privacy,
        webhooks: Webhooks,
        jobs: JobQueue,
        newestArchive: @escaping @Sendable () -> MadeArchive? = { nil },
        reports: [String: @Sendable (ReadSession) throws -> JSONValue] = [:],
        views: [String: RecordView] = [:],
        features: FeaturePages = FeaturePages()
    ) {
        self.features = features
        self.name = name
        self.engine = engine
        self.identities = identities
        self.logIn = logIn
        self.passwords = passwords
        self.temporaryFolder = temporaryFolder
        self.reports = reports
        self.views = views
        self.imports = imports
        self.files = files
        self.privacy = privacy
        self.webhooks = webhooks
        self.jobs = jobs
        self.newestArchive = newestArchive
    }
}

/// How a server behaves.
public struct ServerSettings: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    public var port = 8080
    /// Whether a proxy in front says who the client is (`X-Forwarded-For`, `X-Forwarded-Proto`).
    public var behindProxy = false
    /// Requests per second that one caller may make in the long run; 0 for no limit. Ten times as many at once.
    public var requestsPerSecond = 1000
    /// Whether the log has a line for each request.
    public var logsRequests = false
    /// What the program proves itself with when it speaks TLS itself; nil for plain HTTP.
    public var certificate: Certificate?
    /// What opens `/metrics` to other machines; empty for nothing but an administrator.
    public var metricsToken = ""
    /// Whether nothing but `/healthz` and `/metrics` is answered, and that without figures of requests: beside work that
    /// is no serving.
    public var onlyFigures = false
    /// Statements that take so many milliseconds go into the log; 0 for none.
    public var slowMilliseconds = 0
    /// Where spans are sent, as `http://127.0.0.1:4318/v1/traces`; empty for nowhere.
    public var traceAddress = ""
    /// Of how many in a hundred requests that come without a trace.
    public var tracePercent = 10
    /// Where the process counts requests over all workspaces; nil where one is served, which counts its own.
    public var process: ProcessFigures?
    /// The version of the program.
    public var version = "0.1.0"

    /// The defaults: loopback, port 8080.
    public init() {}
}

/// The HTTP server: API, pages and health of one workspace.
public final class WebServer: Sendable {
    /// What is served.
    public let workspace: Workspace
    let settings: ServerSettings
    let logger: Logger
    let table: RouteTable
    let limits: RateLimit
    let metrics = Metrics()
    let running = RunningKeys()
    let live: LiveChanges
    /// What is to be there for as long as anybody uses this.
    public let kept: (any Sendable)?

    /// A server for a workspace; it listens once its `application` is run, or the one of a finder that knows it.
    public init(
        workspace: Workspace,
        settings: ServerSettings = ServerSettings(),
        logger: Logger,
        kept: (any Sendable)? = nil
    ) {
        self.kept = kept
        self.workspace = workspace
        self.settings = settings
        self.logger = logger
        live = LiveChanges(workspace.engine.database)
        settings.watchStatements(of: workspace, logger)
        let all = Routes.all + workspace.features.routes.map(\.route)
        table = RouteTable(settings.onlyFigures ? Routes.figures : all)
        limits = RateLimit(perSecond: settings.requestsPerSecond)
        Compression.warmUp()
    }

    /// The program that listens and answers; run it in a service group. `onRunning` learns the port.
    public func application(
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws -> some ApplicationProtocol {
        try WebServer.application(OnlyWorkspace(web: self), settings, logger, onRunning: onRunning)
    }

    /// The program that listens and answers for all workspaces that a finder knows.
    public static func application(
        _ finder: some WorkspaceFinder,
        _ settings: ServerSettings,
        _ logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void
    ) throws -> some ApplicationProtocol {
        Application(
            responder: Responder(finder: finder, reception: Reception(finder, settings, logger)),
            server: try listener(settings),
            configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: logger
        )
    }

    /// What listens, over TLS where there is a certificate.
    static func listener(_ settings: ServerSettings) throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder { responder in
            LoopChannel(HTTP1Channel(responder: responder, configuration: .init(idleTimeout: .seconds(75))))
        }
        guard let certificate = settings.certificate else { return plain }
        return try .tls(plain, tlsConfiguration: certificate.configuration())
    }

    /// Ends the connections on which pages wait for what others change: they would keep the server from ending.
    /// Not for good, they may come again.
    public func endLive(forGood: Bool = true) async { await live.end(forGood: forGood) }

    /// Why a server could not start, in words; nil for anything unexpected. `option` is what sets the port, up to the
    /// number.
    public static func problem(
        startingFailed error: any Error,
        host: String,
        port: Int,
        option: String = "--port "
    ) -> Problem? {
        guard let error = error as? IOError else { return nil }
        switch error.errnoCode {
        case 98:
            return Problem(
                .unavailable,
                "port_taken",
                Label(
                    "Port \(port) on \(host) is taken. Stop the other program or choose another port: \(option)\(port + 1).",
                    zh: "\(host) 的端口 \(port) 已被占用，请停止占用它的程序，或换一个端口：\(option)\(port + 1)。"
                )
            )
        case 13:
            return Problem(
                .unavailable,
                "port_forbidden",
                Label(
                    "You may not listen on port \(port). Choose one above 1023: \(option)8080.",
                    zh: "没有权限监听端口 \(port)，请使用 1023 以上的端口：--port 8080。"
                )
            )
        case 99:
            return Problem(
                .unavailable,
                "host_unknown",
                Label("This machine has no address \(host).", zh: "本机没有地址 \(host)。")
            )
        default: return nil
        }
    }
}
