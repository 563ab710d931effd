import HTTPTypes
import Logging
import Pages
import Values

/// What the reception shows itself: it belongs to no workspace, so it holds nothing of any.
extension Reception {
    /// For whom a page is made, as far as their browser says.
    func context(_ asked: Asked) -> PageContext {
        let cookies = Cookies(asked.headers)
        return PageContext(
            language: cookies["kehu_language"].flatMap(Language.init(rawValue:)) ?? asked.language,
            theme: cookies["kehu_theme"].flatMap(Theme.init(rawValue:)) ?? .system,
            density: cookies["kehu_density"].flatMap(Density.init(rawValue:)) ?? .comfortable,
            path: PageCall.address(asked.method, asked.path, asked.query),
            now: Clock.system.now()
        )
    }

    private func page(
        _ title: String,
        _ body: HTML,
        flash: Flash? = nil,
        _ status: HTTPResponse.Status,
        _ context: PageContext
    ) -> Reply {
        let html = Layout.bare(title: title, workspace: context(Words.product), flash: flash, in: context, body: body)
        var reply = Reply.html(html.bytes, status)
        reply.headers[.contentSecurityPolicy] = Assets.contentSecurityPolicy
        reply.headers[.contentLanguage] = context.language.tag
        return reply
    }

    // MARK: Logging in

    /// The form, with the workspace that a link or the browser names.
    func logInForm(_ asked: Asked) -> Reply {
        let cookies = Cookies(asked.headers)
        let known = [asked.query["workspace"], cookies[WorkspaceCookie.present], cookies[WorkspaceCookie.last]]
        var form = LogInPage.Form(next: asked.query["next"] ?? "/")
        form.workspace = known.compactMap(\.self).first { !$0.isEmpty } ?? ""
        let flash = cookies[FlashCookie.name].flatMap(FlashCookie.read)
        var reply = logInForm(asked, form, flash: flash, .ok)
        if flash != nil { reply.setCookie(FlashCookie.name, "", seconds: 0, isSecure: asked.isSecure) }
        return reply
    }

    /// The form with what was typed, and what is wrong with it.
    func logInForm(_ asked: Asked, _ form: LogInPage.Form, because problem: Problem) -> Reply {
        var form = form
        form.error = context(asked)(problem.message)
        var reply = logInForm(asked, form, flash: nil, HTTPResponse.Status(code: problem.kind.rawValue))
        if let seconds = problem.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        return reply
    }

    private func logInForm(
        _ asked: Asked,
        _ form: LogInPage.Form,
        flash: Flash?,
        _ status: HTTPResponse.Status
    ) -> Reply {
        let context = context(asked)
        return page(
            context(AccountTexts.logIn),
            LogInPage.password(form, in: context),
            flash: flash,
            status,
            context
        )
    }

    /// On to where somebody wanted to go who is logged in already.
    func onward(_ next: String?) -> Reply {
        let next = next ?? "/"
        return .redirect(PageCall.isOwn(next) ? next : "/")
    }

    /// Language, theme and density of somebody who is not logged in.
    func preferences(_ asked: Asked, _ form: FormFields) -> Reply {
        var reply = onward(form["_back"])
        EntryHandlers.keepPreferences(form, in: &reply, isSecure: asked.isSecure)
        return reply
    }

    // MARK: What is wrong

    /// The answer for an error.
    func refused(_ error: any Error, _ asked: Asked) -> Reply {
        let problem = ErrorReply.problem(error)
        if problem.kind == .failure {
            logger.error("a request failed", metadata: ["request": "\(asked.id)", "error": "\(error)"])
        }
        var reply: Reply
        if asked.isAPI {
            reply = ErrorReply.details(problem, asked.language, id: asked.id)
            if problem.kind == .unauthenticated { reply.headers[.wwwAuthenticate] = "Bearer realm=\"kehu\"" }
        } else if problem.code == Problem.loggedOut.code {
            let next = asked.method == .get ? PageCall.address(asked.method, asked.path, asked.query) : "/"
            reply = .redirect(WebAddress.path(Addresses.logIn, ["next": next == "/" ? "" : next]))
        } else {
            let context = context(asked)
            let title = context(problem.kind == .notFound ? problem.message : problem.kind.title)
            let status = HTTPResponse.Status(code: problem.kind.rawValue)
            reply = page(title, ErrorPage.html(problem, in: context), status, context)
        }
        if let seconds = problem.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        return reply
    }

    // MARK: What all workspaces have in common

    /// Files of pages, the parts of the app on a phone, and the word that the process lives; nil for anything else.
    func commonPart(_ asked: Asked) throws -> Reply? {
        guard asked.method == .get || asked.method == .head else { return nil }
        let path = asked.path
        if path.hasPrefix("/assets/") { return try EntryHandlers.asset(path) }
        if path.hasPrefix("/icons/") { return try InstallHandlers.icon(String(path.dropFirst(7))) }
        switch path {
        case "/healthz": return Reply.object { $0.member("status", "ok") }
        case "/readyz": return Reply.object { $0.member("status", "ready") }
        case "/worker.js": return InstallHandlers.worker()
        case "/manifest.webmanifest": return InstallHandlers.manifest(nil, context(asked))
        case "/offline":
            let context = context(asked)
            var reply = page(
                context(InstallTexts.offline),
                InstallHandlers.offline(in: context),
                .ok,
                context
            )
            reply.headers[.cacheControl] = "no-cache"
            return reply
        default: return nil
        }
    }
}
