import Database
import HTTPTypes
import Identity
import Records
import Schema
import Values

/// Who makes a request.
enum Caller: Sendable {
    /// Nobody who is logged in.
    case nobody
    /// A person in a browser.
    case session(OpenSession)
    /// A program with an API key.
    case key(Actor)

    var actor: Actor? {
        switch self {
        case .nobody: nil
        case .session(let session): session.actor
        case .key(let actor): actor
        }
    }
}

/// One request on its way through the server.
struct Call: Sendable {
    /// The server that answers.
    let server: WebServer
    let method: HTTPRequest.Method
    /// The path as it was sent, without the query.
    let path: String
    var query: Query
    let headers: HTTPFields
    /// The host and port that the client asked for.
    let authority: String?
    /// The request's id, in the answer's headers and in the log.
    let id: String
    /// The trace that the request belongs to, where it comes with one or somebody traces.
    var trace: String?
    /// The network address of the client.
    let address: String
    /// True when the client came over TLS, to the program itself or through a proxy that says so.
    let isSecure: Bool
    /// True when other workspaces are served under the same host name: links must then name this one.
    var isShared = false
    /// The pattern of the route that was found, for logs and figures: it holds nothing of what was asked.
    var route = "none"
    /// What stands for the `{names}` of the route's pattern.
    var parameters: [(name: String, value: String)] = []
    /// The body, where the route takes one.
    var body: [UInt8] = []
    var caller = Caller.nobody
    /// The language of messages.
    var language = Language.zh
    /// Whether the body has been read.
    var hasReadBody = false
    /// Set when the route takes an upload: the body, not yet read.
    var upload: UploadBody?
    /// Why the address cannot be read, if it cannot.
    var unreadable: (any Error)?
    /// Where it is read from.
    var place = ReadPlace.primary
    /// What makes a repeated POST answer as the first one did.
    var idempotency: IdempotencyKey?

    /// The workspace.
    var workspace: Workspace { server.workspace }
    /// The record engine.
    var engine: RecordEngine { server.workspace.engine }

    /// Who acts; throws `unauthenticated` when nobody is logged in.
    var actor: Actor {
        get throws {
            guard let actor = caller.actor else { throw Problem.loggedOut }
            return actor
        }
    }

    /// Whether it is about the API rather than about pages.
    var isAPI: Bool { Asked.isAPI(path) }

    /// Whether the body is a form with files.
    var isMultipart: Bool { headers[.contentType]?.lowercased().hasPrefix("multipart/form-data") ?? false }

    /// What stands for a `{name}` of the route's pattern.
    func parameter(_ name: String) -> String { parameters.first { $0.name == name }?.value ?? "" }

    /// The id in the path; one that is no id is as if there were no such record.
    func recordID(_ name: String = "id") throws -> RecordID {
        guard let id = RecordID(parameter(name)) else { throw Problem.notFound }
        return id
    }

    /// The body as JSON; an empty one is an empty object.
    func json() throws -> JSONValue {
        if body.isEmpty { return .object([]) }
        return try JSONReader.parse(body)
    }

    /// Reads as the caller.
    func read<Result: Sendable>(_ body: @escaping @Sendable (ReadSession) throws -> Result) async throws -> Result {
        try await engine.read(as: actor, body)
    }

    /// Writes as the caller. With an `Idempotency-Key`, the answer is stored in the same transaction, so that a
    /// repeated request finds it if and only if the write happened.
    func write(_ body: @escaping @Sendable (WriteSession) throws -> Reply) async throws -> Reply {
        let key = idempotency
        return try await engine.write(as: actor) { session in
            guard let key else { return try body(session) }
            if let stored = try key.find(on: session.connection) { return stored }
            var reply = try body(session)
            try key.store(reply, at: session.now, on: session.connection)
            reply.isStored = true
            return reply
        }
    }

    /// Writes to the tables of identities, in one transaction.
    func change(_ body: @escaping @Sendable (WriteSession, Identities) throws -> Reply) async throws -> Reply {
        let identities = workspace.identities
        return try await write { try body($0, identities) }
    }
}

extension Problem {
    /// Nobody is logged in.
    static let loggedOut = Problem(
        .unauthenticated,
        "not_logged_in",
        Label("Log in, or send an API key that works.", zh: "请先登录，或使用有效的 API 密钥。")
    )
}
