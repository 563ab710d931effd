public import Database
import HTTPTypes
public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import Values

/// What a process counts that serves many workspaces: over all of them, those included that are closed again. It is told
/// at an address of its own, which names no workspace and opens none.
public final class ProcessFigures: Sendable {
    let metrics = Metrics()

    /// How it is at a moment.
    public struct Now: Sendable {
        /// The workspaces that there are.
        public var workspaces = 0
        /// Those that are open.
        public var open = 0
        /// How often one was opened.
        public var opened = 0
        /// How often one could not be opened.
        public var failed = 0
        /// Those that are closed and in which something is due.
        public var due = 0
        /// Seconds for which the one has waited that is due the longest.
        public var dueFor = 0.0
        /// Reads that run or wait, in those that are open.
        public var reading = 0
        /// Writes that run or wait, in those that are open.
        public var writing = 0
        /// The connections to PostgreSQL; nil on SQLite.
        public var pool: PoolFigures?
        /// Those to servers that follow, by their addresses.
        public var replicas: [(place: String, pool: PoolFigures)] = []

        /// Nothing yet.
        public init() {}
    }

    /// Figures of a process that begins.
    public init() {}

    /// What listens at the address for figures, and answers nothing else there.
    public func application(
        _ settings: ServerSettings,
        _ logger: Logger,
        now: @escaping @Sendable () -> Now,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void
    ) throws -> some ApplicationProtocol {
        Application(
            responder: FigureResponder(settings: settings, figures: self, now: now),
            server: try WebServer.listener(settings),
            configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: logger
        )
    }
}

/// Answers whoever watches over a process. Who may see the figures is as with those of a workspace, but for its people.
struct FigureResponder: HTTPResponder {
    let settings: ServerSettings
    let figures: ProcessFigures
    let now: @Sendable () -> ProcessFigures.Now

    func respond(to request: Request, context: Arrival) async throws -> Response {
        let asked = Asked(request, context, settings)
        var reply: Reply
        do {
            reply = try answer(asked)
        } catch {
            reply = ErrorReply.details(ErrorReply.problem(error), asked.language, id: asked.id)
        }
        if await !Intake.drain(request) {
            reply.headers[.connection] = "close"
            Intake.end(context.channel)
        }
        SecurityHeaders.add(to: &reply, isSecure: asked.isSecure)
        return Answering.response(reply, asked.method, id: asked.id)
    }

    private func answer(_ asked: Asked) throws -> Reply {
        guard ["GET", "HEAD"].contains(asked.method.rawValue) else { throw Problem.noSuchAddress }
        switch asked.path {
        case "/healthz": return .object { $0.member("status", "ok") }
        case "/metrics":
            guard HealthAPI.isLocal(asked.headers, asked.address) || HealthAPI.hasToken(asked.headers, settings) else {
                throw Problem.loggedOut
            }
            var reply = Reply(body: .bytes(Array(MetricsText.of(figures, now(), settings).utf8)))
            reply.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            return reply
        default: throw Problem.noSuchAddress
        }
    }
}

extension MetricsText {
    /// The figures of a process that serves many workspaces.
    static func of(_ figures: ProcessFigures, _ now: ProcessFigures.Now, _ settings: ServerSettings) -> String {
        var lines: [String] = []
        // A worker answers none.
        if settings.process != nil { requests(figures.metrics.now, &lines) }
        one("kehu_workspaces", "gauge", "Workspaces that there are", now.workspaces, &lines)
        one("kehu_workspaces_open", "gauge", "Workspaces that are open", now.open, &lines)
        one("kehu_workspaces_opened_total", "counter", "How often a workspace was opened", now.opened, &lines)
        one("kehu_workspaces_failed_total", "counter", "How often one could not be opened", now.failed, &lines)
        one("kehu_workspaces_due", "gauge", "Closed workspaces in which something is due", now.due, &lines)
        head("kehu_workspaces_due_seconds", "gauge", "How long the one has waited that is due the longest", &lines)
        lines.append("kehu_workspaces_due_seconds \(now.dueFor)")
        one("kehu_reads_active", "gauge", "Reads that run or wait, in open workspaces", now.reading, &lines)
        one("kehu_write_queue", "gauge", "Writes that run or wait, in open workspaces", now.writing, &lines)
        if let pool = now.pool { connections(pool, &lines) }
        replicas(now.replicas, &lines)
        process(since: figures.metrics.started, &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func replicas(_ all: [(place: String, pool: PoolFigures)], _ lines: inout [String]) {
        guard !all.isEmpty else { return }
        let figures: [(name: String, type: String, help: String, value: (PoolFigures) -> Int)] = [
            ("connections_most", "gauge", "Most connections that there may be", { $0.most }),
            ("connections", "gauge", "Connections that are open", { $0.open }),
            ("connections_opened_total", "counter", "Connections that were made", { $0.opened }),
            ("connections_used", "gauge", "Connections at work", { $0.used }),
            ("waiting", "gauge", "Reads that wait for a connection", { $0.waiting }),
            ("refused_total", "counter", "Reads that waited in vain for a connection", { $0.refused }),
        ]
        for figure in figures {
            let name = "kehu_replica_pool_" + figure.name
            head(name, figure.type, figure.help, &lines)
            for one in all {
                let place = one.place.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                lines.append("\(name){replica=\"\(place)\"} \(figure.value(one.pool))")
            }
        }
    }
}
