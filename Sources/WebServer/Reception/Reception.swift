import HTTPTypes
import Hummingbird
import HummingbirdCore
import Identity
import Logging
import NIOCore
import Pages
import Values

/// Answers at host names that many workspaces share: whoever has logged in is led to the workspace that their browser
/// or key names, and all others are answered here.
///
/// Nobody learns which workspaces there are: who has no right is refused in one place, with the same words and on the
/// same beat, whether the workspace that was named is there or not.
struct Reception: Sendable {
    let finder: any WorkspaceFinder
    let settings: ServerSettings
    let logger: Logger
    let limits: RateLimit
    let throttle: SharedThrottle
    let passwords: PasswordHash

    /// The desk in front of the workspaces that a finder knows.
    init(_ finder: any WorkspaceFinder, _ settings: ServerSettings, _ logger: Logger) {
        self.finder = finder
        self.settings = settings
        self.logger = logger
        // Only what holds nothing that opens a workspace is counted: log-in pages, log-ins, and guesses.
        limits = RateLimit(perSecond: min(20, settings.requestsPerSecond))
        throttle = SharedThrottle()
        passwords = .production
    }

    /// Where a request goes.
    private enum Way {
        /// To the workspace, which answers itself.
        case workspace(WebServer)
        /// It is answered.
        case reply(Reply)
        /// It is answered once its body, of so many bytes at most, has been read.
        case body(Int, @Sendable ([UInt8]) async throws -> Reply)
    }

    /// The answer to a request.
    func respond(to request: Request, context: Arrival) async -> Response {
        let began = ContinuousClock.now
        let asked = Asked(request, context, settings)
        var reply: Reply
        var (isRead, isWhole) = (false, true)
        do {
            switch try await way(of: asked, since: began) {
            case .workspace(let server):
                return await Answering(server: server, isShared: true).respond(to: request, context: context)
            case .reply(let made): reply = made
            case .body(let limit, let answer):
                isRead = true
                reply = try await answer(try await Intake.collect(request, upTo: limit))
            }
        } catch let unfinished as Intake.Unfinished {
            reply = refused(unfinished.problem, asked)
            isWhole = false
        } catch {
            reply = refused(error, asked)
        }
        if !isRead { isWhole = await Intake.drain(request) }
        if !isWhole {
            reply.headers[.connection] = "close"
            Intake.end(context.channel)
        }
        SecurityHeaders.add(to: &reply, isSecure: asked.isSecure)
        Compression.apply(to: &reply, asked.method, asked.path, asked.headers)
        let elapsed = ContinuousClock.now - began
        settings.process?.metrics.count(asked.method, "reception", status: reply.status.code, seconds: elapsed)
        log(asked, reply, elapsed)
        return Answering.response(reply, asked.method, id: asked.id)
    }

    private func way(of asked: Asked, since began: ContinuousClock.Instant) async throws -> Way {
        if let problem = asked.unreadable { throw problem }
        if asked.path == "/readyz" { try await finder.ready() }
        if let reply = try commonPart(asked) { return .reply(reply) }
        switch (asked.method.rawValue, asked.path) {
        case ("POST", Addresses.logIn):
            try check(asked)
            return .body(100_000) { try await logIn(asked, FormFields($0), since: began) }
        case ("POST", "/api/v1/session"):
            try check(asked)
            try Intake.checkIsJSON(asked.headers[.contentType])
            return .body(100_000) { try await openSession(asked, $0, since: began) }
        default: break
        }
        let name = name(asked)
        var home: WebServer?
        if let name {
            // Before a workspace is looked for, and perhaps opened, for somebody who only names one after another.
            try limits.checkIsLeft(address: asked.address)
            home = try await admitted(asked, to: name)
        }
        if home == nil {
            try check(asked)
            if name != nil { await Reception.settle(since: began) }
        }
        let wish = asked.query["workspace"]?.lowercased()
        switch (asked.method.rawValue, asked.path) {
        case ("GET", Addresses.logIn), ("HEAD", Addresses.logIn):
            guard let home, wish == nil || wish == home.workspace.name else { return .reply(logInForm(asked)) }
            return .reply(onward(asked.query["next"]))
        case ("GET", "/") where wish != nil && wish != home?.workspace.name:
            return .reply(.redirect(WebAddress.path(Addresses.logIn, ["workspace": wish ?? ""])))
        case ("POST", Addresses.preferences) where home == nil:
            return .body(100_000) { try preferences(asked, FormFields($0)) }
        default:
            if let home { return .workspace(home) }
            throw refusal(asked, hasName: name != nil)
        }
    }

    /// Refuses what comes too often from one address, and what a page of another site sends.
    private func check(_ asked: Asked) throws {
        try limits.check(address: asked.address)
        try Forgery.checkOrigin(asked.method, asked.headers, asked.authority)
    }

    /// The name of the workspace that a request is for: a program says it in a header, a link in its address, a browser
    /// in the cookie that it got at the log-in.
    func name(_ asked: Asked) -> String? {
        if let header = asked.headers[.workspace] { return header.trimmingSpaces.lowercased() }
        // A key in the hands of a program that keeps cookies shall not go now here, now there.
        if asked.headers[.authorization] != nil { return nil }
        if Pass(asked.path) != nil, let name = asked.query["workspace"] { return name.lowercased() }
        let cookies = Cookies(asked.headers)
        if case .code? = Pass(asked.path), let name = cookies[WorkspaceCookie.pending], !name.isEmpty { return name }
        return cookies[WorkspaceCookie.present].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The workspace of a name; nil when there is none, and when it cannot be opened: only one that is there cannot.
    func found(_ name: String) async throws -> WebServer? {
        do {
            return try await finder.server(named: name)
        } catch let problem as Problem where problem.code == Problem.unknownHost.code {
            return nil
        } catch {
            try await keepQuiet(about: error, in: name)
            return nil
        }
    }

    /// Tells nobody but the log what is the matter with a workspace. Throws where no workspace can be looked for at all,
    /// as then for every name.
    func keepQuiet(about error: any Error, in name: String) async throws {
        try await finder.look()
        logger.warning(
            "a workspace cannot be reached",
            metadata: ["workspace": "\(name)", "error": "\(error)"]
        )
    }

    /// The workspace that a request names, if the request also holds what opens it there.
    private func admitted(_ asked: Asked, to name: String) async throws -> WebServer? {
        guard let server = try await found(name) else { return nil }
        var call = Answering(server: server, isShared: true).call(asked)
        do {
            try await Doors.identify(&call)
            if call.caller.actor != nil { return server }
            return try await Pass(asked.path)?.opens(call) == true ? server : nil
        } catch let problem as Problem where problem.code == Problem.wrongKey.code {
            return nil
        } catch {
            try await keepQuiet(about: error, in: name)
            return nil
        }
    }

    /// Why nobody is let in.
    private func refusal(_ asked: Asked, hasName: Bool) -> Problem {
        let hasKey = asked.headers[.authorization] != nil
        if !hasName, hasKey || asked.isAPI { return .workspaceNeeded }
        return hasKey ? .wrongKey : Pass(asked.path)?.problem ?? .loggedOut
    }

    /// Waits for the next quarter of a second after a request came, and up to another one, so that the time taken hardly
    /// tells how far it got: whether there is such a workspace, and whether it had to be opened.
    static func settle(since began: ContinuousClock.Instant) async {
        let (elapsed, beat) = (ContinuousClock.now - began, Duration.milliseconds(250))
        let more = Duration.milliseconds(Int.random(in: 0..<250))
        try? await Task.sleep(for: beat * (Int(elapsed / beat) + 1) - elapsed + more)
    }

    /// As of requests to a workspace: nothing of what was asked.
    private func log(_ asked: Asked, _ reply: Reply, _ elapsed: Duration) {
        let level: Logger.Level = settings.logsRequests ? .info : .debug
        guard logger.logLevel <= level else { return }
        logger.log(
            level: level,
            "request",
            metadata: [
                "request": "\(asked.id)", "method": "\(asked.method.rawValue)", "route": "reception",
                "status": "\(reply.status.code)", "ms": "\(elapsed.milliseconds)",
            ]
        )
    }
}

extension Problem {
    /// A program must say which workspace it means.
    static let workspaceNeeded = Problem.malformed(
        "workspace_needed",
        Label(
            "Several workspaces are served at this address. Say which one is meant: Kehu-Workspace: NAME.",
            zh: "该网址下有多个工作区，请在请求头中注明：Kehu-Workspace: 工作区名称。"
        )
    )
}
