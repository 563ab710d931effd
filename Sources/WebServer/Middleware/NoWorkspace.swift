import HTTPTypes
import Hummingbird
import NIOCore
import Values

/// Answers where there is no workspace that could: its host name is unknown, or it cannot be opened.
enum NoWorkspace {
    /// The answer. Whoever watches over the process needs no workspace to hear that it lives.
    static func response(_ request: Request, _ error: any Error, id: String) -> Response {
        let path = request.head.path.map { String($0.prefix { $0 != "?" }) } ?? "/"
        let problem = ErrorReply.problem(error)
        let language = Languages.preferred(request.headers[.acceptLanguage]) ?? .zh
        var reply: Reply
        if problem.code == Problem.unknownHost.code, path == "/healthz" || path == "/readyz" {
            reply = .object { $0.member("status", path == "/healthz" ? "ok" : "ready") }
        } else if path.hasPrefix("/api/") || request.headers[.accept]?.contains("text/html") != true {
            reply = .json(HTTPResponse.Status(code: problem.kind.rawValue)) { json in
                ErrorReply.write(problem, language, id: id, to: &json)
            }
            reply.headers[.contentType] = "application/problem+json"
        } else {
            reply = .html(Array(page(problem, language).utf8), HTTPResponse.Status(code: problem.kind.rawValue))
        }
        if let seconds = problem.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.headers[.cacheControl] = "no-store"
        reply.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        reply.headers[.xContentTypeOptions] = "nosniff"
        reply.headers[.requestID] = id
        guard case .bytes(let bytes) = reply.body else { return Response(status: reply.status, headers: reply.headers) }
        return Response(
            status: reply.status,
            headers: reply.headers,
            body: request.method == .head ? .init() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// Nothing of what was asked is in it, so nothing needs to be escaped but our own words.
    private static func page(_ problem: Problem, _ language: Language) -> String {
        let (title, text) = (problem.kind.title.text(language), problem.message.text(language))
        return """
            <!doctype html><html lang="\(language.tag)"><head><meta charset="utf-8"><title>\(title)</title>\
            <meta name="viewport" content="width=device-width, initial-scale=1"></head>\
            <body><main><h1>\(title)</h1><p>\(text)</p></main></body></html>
            """
    }
}
