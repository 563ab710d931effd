import Database
import HTTPTypes
import Identity
import Pages
import Records
import Values

extension PageRoutes {
    /// Logging in and out, one-time links, the switches of language and theme, and the files that pages need.
    static let entry: [Route] = [
        open(.get, Addresses.logIn, EntryHandlers.logInForm),
        open(.post, Addresses.logIn, EntryHandlers.logIn),
        open(.get, Addresses.code, EntryHandlers.codeForm),
        open(.post, Addresses.code, EntryHandlers.code),
        post(Addresses.logOut, EntryHandlers.logOut),
        open(.get, "/invite/{token}", EntryHandlers.linkForm),
        open(.post, "/invite/{token}", EntryHandlers.useLink),
        open(.get, "/reset/{token}", EntryHandlers.linkForm),
        open(.post, "/reset/{token}", EntryHandlers.useLink),
        open(.post, Addresses.preferences, EntryHandlers.preferences),
        Route(.get, "/assets/{name}", audience: .anyone) { try EntryHandlers.asset("/assets/" + $0.parameter("name")) },
    ]
}

/// The pages before the log-in.
enum EntryHandlers {
    static let pendingCookie = "kehu_pending"

    static func logInForm(_ page: PageCall) -> Reply {
        let next = page.call.query["next"] ?? "/"
        if case .session = page.call.caller { return page.go(to: next) }
        return logInForm(page, next: next)
    }

    private static func logInForm(
        _ page: PageCall,
        email: String = "",
        next: String,
        _ problem: Problem? = nil
    ) -> Reply {
        var form = LogInPage.Form(email: email, next: next)
        form.error = problem.map { page.context($0.message) }
        let html = LogInPage.password(form, in: page.context)
        return page.bare(PageBody(page.context(AccountTexts.logIn), html), status: status(problem))
    }

    static func logIn(_ page: PageCall) async throws -> Reply {
        let (email, next) = (page.form.text("email"), page.form["_next"] ?? "/")
        do {
            let result = try await page.call.workspace.logIn.logIn(
                email: email,
                password: page.form["password"] ?? "",
                address: page.call.address,
                device: device(page)
            )
            return opened(result, next: next, page)
        } catch let problem as Problem where isAboutLogIn(problem) {
            return logInForm(page, email: email, next: next, problem)
        }
    }

    static func codeForm(_ page: PageCall) -> Reply {
        guard Cookies(page.call.headers)[pendingCookie] != nil else { return page.go(to: Addresses.logIn) }
        return codeForm(page, next: page.call.query["next"] ?? "/")
    }

    private static func codeForm(_ page: PageCall, next: String, _ problem: Problem? = nil) -> Reply {
        let html = LogInPage.code(error: problem.map { page.context($0.message) }, next: next, in: page.context)
        return page.bare(PageBody(page.context(AccountTexts.codeTitle), html), status: status(problem))
    }

    static func code(_ page: PageCall) async throws -> Reply {
        let next = page.form["_next"] ?? "/"
        guard let pending = Cookies(page.call.headers)[pendingCookie] else { return page.go(to: Addresses.logIn) }
        do {
            let result = try await page.call.workspace.logIn.confirm(
                pending: pending,
                code: page.form.text("code"),
                address: page.call.address,
                device: device(page)
            )
            return opened(result, next: next, page)
        } catch let problem as Problem where problem.code == "log_in_again" {
            // The form that asks for the workspace as well is not ours.
            if page.call.isShared { return page.go(to: Addresses.logIn, .bad, problem.message) }
            return logInForm(page, next: next, problem)
        } catch let problem as Problem where isAboutLogIn(problem) {
            return codeForm(page, next: next, problem)
        }
    }

    /// Where a log-in that went well leads.
    static func opened(_ result: LogInResult, next: String, _ page: PageCall) -> Reply {
        switch result {
        case .session(let session):
            var reply = page.go(to: next)
            reply.headers.append(HTTPField(name: .setCookie, value: Doors.setCookie(session, page.call)))
            reply.setCookie(pendingCookie, "", seconds: 0, page.call)
            if page.call.isShared { reply.setCookie(WorkspaceCookie.pending, "", seconds: 0, page.call) }
            reply.stay(seconds: Doors.seconds(of: session, page.call), page.call)
            return reply
        case .needsCode(let pending):
            var reply = page.go(to: WebAddress.path(Addresses.code, ["next": next == "/" ? "" : next]))
            reply.setCookie(pendingCookie, pending, seconds: 600, page.call)
            if page.call.isShared {
                reply.setCookie(WorkspaceCookie.pending, page.call.workspace.name, seconds: 600, page.call)
            }
            return reply
        }
    }

    /// Whether a problem is told beside the form.
    static func isAboutLogIn(_ problem: Problem) -> Bool {
        [.unauthenticated, .tooMany, .invalid].contains(problem.kind)
    }

    private static func status(_ problem: Problem?) -> HTTPResponse.Status {
        problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
    }

    private static func device(_ page: PageCall) -> String { String((page.call.headers[.userAgent] ?? "").prefix(300)) }

    static func logOut(_ page: PageCall) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        try await page.write { try identities.signOut(actor, on: $0.connection) }
        var reply = page.go(to: Addresses.logIn, .ok, PageTexts.signedOut)
        reply.headers.append(HTTPField(name: .setCookie, value: Doors.clearCookie(page.call)))
        reply.leave(page.call)
        // Browsers keep lists and records to ask whether they are still right; the next person shall not find them.
        reply.headers[.clearSiteData] = "\"cache\""
        return reply
    }

    // MARK: One-time links

    static func linkForm(_ page: PageCall) async throws -> Reply { try await linkForm(page, nil) }

    private static func linkForm(_ page: PageCall, _ error: Label?) async throws -> Reply {
        let (token, identities) = (page.call.parameter("token"), page.call.workspace.identities)
        let target = try await page.call.engine.database.read { try identities.link(token, on: $0) }
        let isInvite = target.kind == .invite
        let action = page.call.named((isInvite ? "/invite/" : "/reset/") + token)
        let text = error.map { page.context($0) }
        let html =
            isInvite
            ? InvitePage.html(action: action, email: target.user.email, error: text, in: page.context)
            : ResetPage.html(action: action, email: target.user.email, error: text, in: page.context)
        let title = page.context(isInvite ? AccountTexts.inviteTitle : AccountTexts.resetTitle)
        return page.bare(PageBody(title, html), status: error == nil ? .ok : .unprocessableContent)
    }

    static func useLink(_ page: PageCall) async throws -> Reply {
        let password = page.form["password"] ?? ""
        guard password == page.form["again"] ?? "" else { return try await linkForm(page, PageTexts.notSame) }
        do {
            try await page.call.workspace.logIn.redeem(
                page.call.parameter("token"),
                newPassword: password,
                address: page.call.address
            )
        } catch let problem as Problem where problem.kind == .invalid {
            return try await linkForm(page, problem.fields.first?.message ?? problem.message)
        }
        return page.go(to: page.call.named(Addresses.logIn), .ok, PageTexts.passwordSet)
    }

    // MARK: Language and theme

    static func preferences(_ page: PageCall) async throws -> Reply {
        var reply = page.go(to: page.form["_back"] ?? "/")
        keepPreferences(page.form, in: &reply, isSecure: page.call.isSecure)
        if let language = page.form["language"].flatMap(Language.init(rawValue:)),
            case .session(let session) = page.call.caller
        {
            let (actor, identities) = (session.actor, page.call.workspace.identities)
            try await page.write {
                _ = try identities.setPreferences(language: language, by: actor, on: $0.connection)
            }
        }
        return reply
    }

    /// Has the browser keep what the form of a switch holds.
    static func keepPreferences(_ form: FormFields, in reply: inout Reply, isSecure: Bool) {
        let year = 31_536_000
        if let language = form["language"].flatMap(Language.init(rawValue:)) {
            reply.setCookie("kehu_language", language.rawValue, seconds: year, isSecure: isSecure)
        }
        if let theme = form["theme"].flatMap(Theme.init(rawValue:)) {
            // The script sets the same cookie, so that a switch needs no new page.
            reply.setCookie("kehu_theme", theme.rawValue, seconds: year, readable: true, isSecure: isSecure)
        }
        if let density = form["density"].flatMap(Density.init(rawValue:)) {
            reply.setCookie("kehu_density", density.rawValue, seconds: year, isSecure: isSecure)
        }
        if let keys = form["keys"], ["on", "off"].contains(keys) {
            reply.setCookie("kehu_keys", keys, seconds: year, isSecure: isSecure)
        }
    }

    // MARK: Files

    static func asset(_ path: String) throws -> Reply {
        guard let asset = Assets.all.first(where: { $0.path == path }) else { throw Problem.noSuchAddress }
        var reply = Reply(.ok, body: .bytes(asset.bytes))
        reply.headers[.contentType] = asset.contentType
        // The name changes with the content.
        reply.headers[.cacheControl] = "public, max-age=31536000, immutable"
        return reply
    }
}
