import HTTPTypes
import Identity
import Pages
import Values

/// Logging in to a workspace that is named beside the e-mail address.
extension Reception {
    /// The form of the log-in page: whoever is right goes on to the workspace, and their browser keeps its name.
    func logIn(_ asked: Asked, _ fields: FormFields, since began: ContinuousClock.Instant) async throws -> Reply {
        let password = fields["password"] ?? ""
        var form = LogInPage.Form(email: fields.text("email"), next: fields["_next"] ?? "/")
        form.workspace = fields.text("workspace")
        do {
            let (name, email, next) = (fields.text("workspace").lowercased(), form.email, form.next)
            return try await enter(name, email, password, asked, since: began) { server in
                let result = try await server.workspace.logIn.logIn(
                    email: email,
                    password: password,
                    address: asked.address,
                    device: String((asked.headers[.userAgent] ?? "").prefix(300))
                )
                let page = try PageCall(Answering(server: server, isShared: true).call(asked))
                return EntryHandlers.opened(result, next: next, page)
            }
        } catch let problem as Problem where EntryHandlers.isAboutLogIn(problem) {
            return logInForm(asked, form, because: problem)
        }
    }

    /// `POST /api/v1/session`.
    func openSession(_ asked: Asked, _ body: [UInt8], since began: ContinuousClock.Instant) async throws -> Reply {
        guard let name = name(asked) else { throw Problem.workspaceNeeded }
        let input = body.isEmpty ? JSONValue.object([]) : try JSONReader.parse(body)
        // Before the workspace is looked for: what is wrong with the words says nothing about it.
        try Members.check(input, allowed: ["email", "password", "code"])
        let (email, password) = (
            try Members.requiredText(input, "email"), try Members.requiredText(input, "password")
        )
        _ = try Members.text(input, "code")
        return try await enter(name, email, password, asked, since: began) { server in
            var call = Answering(server: server, isShared: true).call(asked)
            call.body = body
            return try await SessionAPI.logIn(call)
        }
    }

    /// Runs a log-in to the workspace of a name. Where there is none it takes as long, and ends as a wrong password does.
    private func enter(
        _ name: String,
        _ email: String,
        _ password: String,
        _ asked: Asked,
        since began: ContinuousClock.Instant,
        _ logIn: (WebServer) async throws -> Reply
    ) async throws -> Reply {
        try throttle.enter(email: email, address: asked.address)
        let server = try await found(name)
        do {
            guard let server else {
                _ = try await passwords.verify(password.utf8.count <= 1024 ? password : "", against: nil)
                throw Problem.wrongCredentials
            }
            let reply = try await logIn(server)
            throttle.forgive(email: email, address: asked.address)
            return reply
        } catch let problem as Problem where problem.code == "code_needed" {
            // The password was right.
            throttle.forgive(email: email, address: asked.address)
            throw problem
        } catch let problem as Problem where [.unauthenticated, .tooMany].contains(problem.kind) {
            if problem.code == Problem.wrongCode.code { throw problem }
            await Reception.settle(since: began)
            // A workspace that lets nobody try any more is one that is there: that, too, is told as all the rest.
            throw Problem.wrongEntry
        } catch {
            // Why nobody can log in at present, as while the workspace moves, is told to whoever could.
            if let server, (try? await server.workspace.logIn.fits(email: email, password: password)) == true {
                throttle.forgive(email: email, address: asked.address)
                throw error
            }
            try await keepQuiet(about: error, in: name)
            await Reception.settle(since: began)
            throw Problem.wrongEntry
        }
    }
}

extension Problem {
    /// Workspace, e-mail address or password are wrong; which of them is not told.
    static let wrongEntry = Problem(
        .unauthenticated,
        "wrong_credentials",
        Label(
            "The workspace, the e-mail address or the password is not right. After many attempts wait some minutes.",
            zh: "工作区、邮箱或密码不正确。如多次尝试失败，请稍等几分钟再试。"
        )
    )
}
