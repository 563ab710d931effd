import Database
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Identity
import Logging
import NIOCore
import Records
import Tracing
import Values

/// What the web framework knows about a request beside its head and body.
struct Arrival: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: SocketAddress?
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress
        channel = source.channel
    }
}

/// Takes every request through the same steps: who, how often, whether it is meant, what it says, and the answer.
struct Responder: HTTPResponder {
    let finder: any WorkspaceFinder
    let reception: Reception

    func respond(to request: Request, context: Arrival) async throws -> Response {
        let host = HostName.of(request.head.authority)
        if finder.isShared(host) { return await reception.respond(to: request, context: context) }
        let server: WebServer
        let began = ContinuousClock.now
        do {
            if request.head.path?.prefix(while: { $0 != "?" }) == "/readyz" { try await finder.ready() }
            server = try await finder.server(for: host)
        } catch {
            let response = NoWorkspace.response(request, error, id: context.id)
            let (process, elapsed) = (reception.settings.process, ContinuousClock.now - began)
            process?.metrics.count(request.method, "", status: response.status.code, seconds: elapsed)
            return response
        }
        return await Answering(server: server).respond(to: request, context: context)
    }
}

/// Answers the requests for one workspace.
struct Answering {
    let server: WebServer
    /// Whether other workspaces are served under the same host name.
    var isShared = false

    func respond(to request: Request, context: Arrival) async -> Response {
        let started = ContinuousClock.now
        var call = call(Asked(request, context, server.settings))
        var reply: Reply
        var isWhole = true
        let span = span(request)
        call.trace = span.context.traceParent?.trace
        let own = Following.lastWrite(call)
        let before = own.position
        do {
            reply = try await ServiceContext.withValue(span.context) {
                try await LastWrite.$current.withValue(own) { try await answer(request, &call, own) }
            }
        } catch let unfinished as Intake.Unfinished {
            reply = ErrorReply.make(unfinished.problem, call)
            isWhole = false
        } catch {
            reply = ErrorReply.make(error, call)
        }
        if let upload = call.upload, upload.isRead {
            isWhole = upload.isWhole
        } else if !call.hasReadBody {
            isWhole = await Intake.drain(request)
        }
        if !isWhole {
            reply.headers[.connection] = "close"
            Intake.end(context.channel)
        }
        Following.tell(own, unlike: before, in: &reply, call)
        SecurityHeaders.add(to: &reply, isSecure: call.isSecure)
        Validator.apply(to: &reply, call)
        Compression.apply(to: &reply, call)
        let elapsed = ContinuousClock.now - started
        server.settings.process?.metrics.count(call.method, call.route, status: reply.status.code, seconds: elapsed)
        end(span, call, reply)
        server.metrics.count(call.method, call.route, status: reply.status.code, seconds: elapsed)
        let response = Answering.response(reply, call.method, id: call.id)
        log(call, reply, elapsed)
        return response
    }

    /// The span of a request, in the trace that it comes with; it does nothing where nobody traces.
    private func span(_ request: Request) -> any Span {
        var context = ServiceContext.topLevel
        context.traceParent = request.headers[.traceParent].flatMap { TraceParent($0) }
        return InstrumentationSystem.tracer.startSpan(request.method.rawValue, context: context, ofKind: .server)
    }

    private func end(_ span: any Span, _ call: Call, _ reply: Reply) {
        defer { span.end() }
        guard span.isRecording else { return }
        span.operationName = "\(call.method.rawValue) \(call.route)"
        span.attributes["http.request.method"] = call.method.rawValue
        span.attributes["http.route"] = call.route
        span.attributes["http.response.status_code"] = reply.status.code
        span.attributes["kehu.request"] = call.id
        span.attributes["kehu.workspace"] = server.workspace.name
        if reply.status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
    }

    private func answer(_ request: Request, _ call: inout Call, _ own: LastWrite) async throws -> Reply {
        call.language = Languages.preferred(call.headers[.acceptLanguage]) ?? .zh
        if let problem = call.unreadable { throw problem }
        let segments = try call.path.dropFirst().split(separator: "/", omittingEmptySubsequences: true)
            .map { try PercentCoding.decode($0.utf8) }
        let finding = server.table.find(call.method, segments)
        try await Doors.identify(&call)
        if Languages.preferred(call.headers[.acceptLanguage]) == nil || !call.isAPI, let actor = call.caller.actor {
            call.language = actor.language
        }
        try server.limits.check(call)
        switch finding {
        case .nothing: throw Problem.noSuchAddress
        case .otherMethods(let methods): return ErrorReply.notAllowed(methods, call)
        case .route(let route, let parameters):
            call.parameters = parameters
            call.route = route.pattern
            if route.audience == .people, call.caller.actor == nil { throw Problem.loggedOut }
            call.place = Following.place(route, call, after: own)
            return try await ReadPlace.$chosen.withValue(call.place) { try await run(route, request, &call, own) }
        }
    }

    private func run(_ route: Route, _ request: Request, _ call: inout Call, _ own: LastWrite) async throws -> Reply {
        try Forgery.checkOrigin(call)
        switch route.intake {
        case .nothing: break
        case .json(let limit):
            try Intake.checkIsJSON(call.headers[.contentType])
            call.hasReadBody = true
            call.body = try await Intake.collect(request, upTo: limit)
        case .form(let limit):
            call.hasReadBody = true
            call.body = try await Intake.collect(request, upTo: limit)
        case .formWithFiles(let limit) where !call.isMultipart:
            call.hasReadBody = true
            call.body = try await Intake.collect(request, upTo: limit)
        case .upload, .formWithFiles: call.upload = UploadBody(stream: request.body, head: call.headers)
        }
        try Forgery.checkToken(call, intake: route.intake)
        guard call.method == .post, let actor = call.caller.actor, let key = try IdempotencyKey(call, actor) else {
            return try await route.handler(call)
        }
        call.idempotency = key
        return try await server.running.once(key) {
            if let stored = try await call.engine.database.read({ try key.find(on: $0) }) {
                // Whoever never got the first answer does not know where its write stands.
                try await call.engine.database.noteNow(in: own)
                return stored
            }
            let reply = try await route.handler(call)
            guard !reply.isStored, reply.status.code < 400 else { return reply }
            let now = call.engine.clock.now()
            try await call.engine.database.write { try key.store(reply, at: now, on: $0) }
            return reply
        }
    }

    /// The request as what answers it sees it, before it is known who makes it.
    func call(_ asked: Asked) -> Call {
        var call = Call(
            server: server,
            method: asked.method,
            path: asked.path,
            query: asked.query,
            headers: asked.headers,
            authority: asked.authority,
            id: asked.id,
            address: asked.address,
            isSecure: asked.isSecure,
            isShared: isShared
        )
        call.unreadable = asked.unreadable
        return call
    }

    /// The answer as the web framework sends it.
    static func response(_ reply: Reply, _ method: HTTPRequest.Method, id: String) -> Response {
        var headers = reply.headers
        headers[.requestID] = id
        switch reply.body {
        case .bytes(let bytes):
            if method == .head {
                headers[.contentLength] = String(bytes.count)
                return Response(status: reply.status, headers: headers)
            }
            if bytes.isEmpty {
                return Response(status: reply.status, headers: headers)
            }
            return Response(
                status: reply.status,
                headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            )
        case .stream(let body):
            return Response(status: reply.status, headers: headers, body: method == .head ? .init() : body)
        }
    }

    /// Neither path nor query nor body nor name: what people do is in the audit log, and only there.
    private func log(_ call: Call, _ reply: Reply, _ elapsed: Duration) {
        let level: Logger.Level = server.settings.logsRequests ? .info : .debug
        guard server.logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "request": "\(call.id)", "method": "\(call.method.rawValue)", "route": "\(call.route)",
            "status": "\(reply.status.code)", "ms": "\(elapsed.milliseconds)",
        ]
        if let trace = call.trace { metadata["trace"] = "\(trace)" }
        server.logger.log(level: level, "request", metadata: metadata)
    }
}
