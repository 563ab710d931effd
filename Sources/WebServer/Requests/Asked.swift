import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Values

/// What a request says of itself, before it is known which workspace it is for and who makes it.
struct Asked: Sendable {
    let method: HTTPRequest.Method
    /// The path as it was sent, without the query.
    let path: String
    let query: Query
    let headers: HTTPFields
    /// The host and port that the client asked for.
    let authority: String?
    /// The request's id, in the answer's headers and in the log.
    let id: String
    /// The network address of the client.
    let address: String
    /// True when the client came over TLS, to the program itself or through a proxy that says so.
    let isSecure: Bool
    /// Why the address cannot be read, if it cannot.
    let unreadable: (any Error)?

    /// Reads the head of a request.
    init(_ request: Request, _ context: Arrival, _ settings: ServerSettings) {
        let target = request.head.path ?? "/"
        let utf8 = target.utf8
        let end = utf8.firstIndex { $0 == 0x3F || $0 == 0x23 } ?? utf8.endIndex
        let behind = settings.behindProxy
        var address = context.peer?.ipAddress ?? ""
        if behind, let last = request.headers[.forwardedFor]?.split(separator: ",").last {
            address = String(last.prefix(64)).trimmingSpaces
        }
        var query = Query()
        var problem: (any Error)?
        if end < utf8.endIndex, utf8[end] == 0x3F {
            do {
                query = try Query(target[target.index(after: end)...].utf8)
            } catch {
                problem = error
            }
        }
        method = request.method
        path = String(target[..<end])
        self.query = query
        headers = request.headers
        authority = request.head.authority
        id = Asked.id(request.headers[.requestID]) ?? context.id
        self.address = address
        isSecure = settings.certificate != nil || behind && request.headers[.forwardedProto] == "https"
        unreadable = problem
    }

    /// The language that the browser or program prefers.
    var language: Language { Languages.preferred(headers[.acceptLanguage]) ?? .zh }

    /// Whether it is about the API rather than about pages.
    var isAPI: Bool { Asked.isAPI(path) }

    /// Whether a path is one of the API rather than of a page.
    static func isAPI(_ path: String) -> Bool {
        path.hasPrefix("/api/") || ["/openapi.json", "/healthz", "/readyz", "/metrics"].contains(path)
    }

    /// The id that a proxy or client gave the request, when it is short and harmless in a log.
    private static func id(_ given: String?) -> String? {
        guard let given, (1...64).contains(given.utf8.count) else { return nil }
        let isHarmless = given.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        return isHarmless ? given : nil
    }
}
