import HTTPTypes
import Pages
import Values

/// The addresses of pages, and the page for what went wrong.
enum PageRoutes {
    /// All pages.
    static let all: [Route] =
        start + entry + account + administration + exchange + divisions + files + privacy + lists + boards + reports
        + calendar + live + install + workingDays + layouts + backups + setup + tours + palette
        + forms + records + rollBack + sharing + conversion + duplicates

    /// A page that is only looked at. Who may see it is for the handler to say; without a log-in it leads there.
    static func get(_ pattern: String, _ handler: @escaping @Sendable (PageCall) async throws -> Reply) -> Route {
        Route(.get, pattern, handler: { try await handler(PageCall($0)) })
    }

    /// A page of many records, of which what it shows may be a second old.
    static func list(_ pattern: String, _ handler: @escaping @Sendable (PageCall) async throws -> Reply) -> Route {
        get(pattern, handler).lagging
    }

    /// Takes a form. The token of the session was checked before.
    static func post(
        _ pattern: String,
        upTo limit: Int = 1_000_000,
        _ handler: @escaping @Sendable (PageCall) async throws -> Reply
    ) -> Route {
        Route(.post, pattern, intake: .form(limit), handler: { try await handler(PageCall($0)) })
    }

    /// Takes a form that may hold files: each has become an uploaded file, and its field holds the id.
    static func postWithFiles(
        _ pattern: String,
        _ handler: @escaping @Sendable (PageCall) async throws -> Reply
    ) -> Route {
        Route(.post, pattern, intake: .formWithFiles(1_000_000), handler: { try await handler(FileForm.read($0)) })
    }

    /// The same for anybody, logged in or not.
    static func open(
        _ method: HTTPRequest.Method,
        _ pattern: String,
        _ handler: @escaping @Sendable (PageCall) async throws -> Reply
    ) -> Route {
        Route(
            method,
            pattern,
            audience: .anyone,
            intake: method == .post ? .form(100_000) : .nothing,
            handler: { try await handler(PageCall($0)) }
        )
    }

    /// The page for a problem; the log-in for whoever is not logged in.
    static func error(_ problem: Problem, _ call: Call) -> Reply {
        var plain = call
        plain.body = []
        guard let page = try? PageCall(plain) else { return Reply(.badRequest) }
        if problem.code == Problem.loggedOut.code {
            let next = call.method == .get ? page.context.path : "/"
            return .redirect(WebAddress.path(Addresses.logIn, ["next": next == "/" ? "" : next]))
        }
        let body = PageBody(
            page.context(problem.kind == .notFound ? problem.message : problem.kind.title),
            ErrorPage.html(problem, in: page.context)
        )
        return page.html(body, status: HTTPResponse.Status(code: problem.kind.rawValue))
    }
}
