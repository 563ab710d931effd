import Database
import HTTPTypes
import Identity
import Pages
import Records
import Values

extension PageRoutes {
    /// The person's own account.
    static let account: [Route] = [
        get(Addresses.account, AccountHandlers.show),
        Route(.get, "/me") { _ in .redirect(Addresses.account) },
        post(Addresses.account + "/preferences", AccountHandlers.preferences),
        post(Addresses.account + "/password", AccountHandlers.password),
        post(Addresses.account + "/sessions/end", AccountHandlers.endOthers),
        post(Addresses.account + "/sessions/{id}/end", AccountHandlers.end),
        post(Addresses.account + "/keys", AccountHandlers.addKey),
        post(Addresses.account + "/keys/{id}/revoke", AccountHandlers.revokeKey),
        post(Addresses.account + "/factor", AccountHandlers.factor),
        post(Addresses.account + "/factor/off", AccountHandlers.factorOff),
    ]
}

/// The page of a person's own account.
enum AccountHandlers {
    /// What a form on the page has led to, shown once.
    private struct Outcome: Sendable {
        var newKey: String?
        var secret: String?
        var secretAddress: String?
        var codes: [String] = []
        var errors: [String: String] = [:]
        var flash: Flash?
    }

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, Outcome()) }

    private static func show(_ page: PageCall, _ outcome: Outcome) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        let status: HTTPResponse.Status = outcome.errors.isEmpty ? .ok : .unprocessableContent
        return try await page.show(status: status) { session in
            guard let id = actor.userID, let user = try identities.user(id, on: session.connection) else {
                throw Problem.notFound
            }
            let sessions = try identities.sessions(of: id, by: actor, on: session.connection).map {
                SessionRow(
                    id: $0.id.description,
                    device: $0.device,
                    address: $0.address,
                    lastUsed: $0.lastSeenAt,
                    current: $0.id == actor.sessionID
                )
            }
            let keys = try identities.keys(of: id, by: actor, on: session.connection).filter { $0.revokedAt == nil }.map
            {
                KeyRow(
                    id: $0.id.description,
                    name: $0.name,
                    prefix: $0.prefix,
                    readOnly: $0.scopes == .read,
                    lastUsed: $0.lastUsedAt
                )
            }
            var model = AccountModel(
                sessions: sessions,
                keys: keys,
                newKey: outcome.newKey,
                factor: user.hasSecondFactor,
                factorSecret: outcome.secret
            )
            model.factorAddress = outcome.secretAddress
            model.recoveryCodes = outcome.codes
            model.errors = outcome.errors
            model.email = user.email
            model.timeZone = user.timeZone
            model.timeZones = PageTexts.timeZones
            var body = PageBody(page.context(FrameTexts.account), AccountPage.html(model, in: page.context))
            body.flash = outcome.flash
            return body
        }
    }

    /// Runs a change; what is wrong stands beside the control of that name on the same page.
    private static func trying(
        _ page: PageCall,
        beside name: String,
        _ change: () async throws -> Reply
    ) async throws -> Reply {
        do {
            return try await change()
        } catch let problem as Problem where problem.isAboutInput || problem.kind == .unauthenticated {
            var outcome = Outcome()
            let message = page.context(problem.fields.first?.message ?? problem.message)
            outcome.errors[name] = message
            outcome.flash = Flash(.bad, message)
            return try await show(page, outcome)
        }
    }

    static func preferences(_ page: PageCall) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        let language = Language(rawValue: page.form.text("language"))
        let zone = page.form.text("time_zone")
        return try await trying(page, beside: "time_zone") {
            try await page.write {
                _ = try identities.setPreferences(
                    language: language,
                    timeZone: zone.isEmpty ? nil : zone,
                    by: actor,
                    on: $0.connection
                )
            }
            var reply = page.go(to: Addresses.account, .ok, PageTexts.saved)
            if let language { reply.setCookie("kehu_language", language.rawValue, seconds: 31_536_000, page.call) }
            return reply
        }
    }

    static func password(_ page: PageCall) async throws -> Reply {
        let (old, new) = (page.form["old"] ?? "", page.form["password"] ?? "")
        guard new == page.form["again"] ?? "" else {
            return try await show(page, Outcome(errors: ["again": page.context(PageTexts.notSame)]))
        }
        do {
            try await page.call.workspace.logIn.changePassword(from: old, to: new, by: page.actor)
        } catch let problem as Problem where problem.isAboutInput {
            let name = problem.fields.first?.code == "wrong_password" ? "old" : "password"
            let message = page.context(problem.fields.first?.message ?? problem.message)
            return try await show(page, Outcome(errors: [name: message]))
        }
        return page.go(to: Addresses.account, .ok, PageTexts.passwordChanged)
    }

    static func end(_ page: PageCall) async throws -> Reply {
        let (actor, id, identities) = (try page.actor, try page.call.recordID(), page.call.workspace.identities)
        try await page.write { try identities.revokeSession(id, by: actor, on: $0.connection) }
        return page.go(to: Addresses.account, .ok, PageTexts.sessionEnded)
    }

    static func endOthers(_ page: PageCall) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        guard let id = actor.userID else { throw Problem.notFound }
        try await page.write {
            try identities.signOutEverywhere(id, keepingOwn: true, by: actor, on: $0.connection)
        }
        return page.go(to: Addresses.account, .ok, PageTexts.sessionEnded)
    }

    static func addKey(_ page: PageCall) async throws -> Reply {
        let (actor, identities, form) = (try page.actor, page.call.workspace.identities, page.form)
        guard let id = actor.userID else { throw Problem.notFound }
        return try await trying(page, beside: "name") {
            guard !form.text("name").isEmpty else {
                throw Problem.invalid("name", "required", PageTexts.keyNeedsName)
            }
            let made = try await page.write { session in
                try identities.addKey(
                    for: id,
                    name: form.text("name"),
                    scopes: form.text("scope") == "full" ? .full : .read,
                    by: actor,
                    on: session.connection
                )
            }
            return try await show(page, Outcome(newKey: made.token))
        }
    }

    static func revokeKey(_ page: PageCall) async throws -> Reply {
        let (actor, id, identities) = (try page.actor, try page.call.recordID(), page.call.workspace.identities)
        try await page.write { try identities.revokeKey(id, by: actor, on: $0.connection) }
        return page.go(to: Addresses.account, .ok, PageTexts.keyRevoked)
    }

    // MARK: Second factor

    /// Begins, or with a code confirms.
    static func factor(_ page: PageCall) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        guard let code = page.form["code"] else {
            let setup = try await page.write { try identities.beginSecondFactor(by: actor, on: $0.connection) }
            return try await show(page, Outcome(secret: setup.secret, secretAddress: setup.uri))
        }
        do {
            let codes = try await page.write {
                try identities.confirmSecondFactor(code, by: actor, on: $0.connection)
            }
            return try await show(page, Outcome(codes: codes))
        } catch let problem as Problem where problem.isAboutInput {
            // The secret stays as it is in the app: it comes back with the form, so that it need not be typed again.
            let message = page.context(problem.fields.first?.message ?? problem.message)
            let secret = page.form.text("secret")
            var outcome = Outcome(errors: ["code": message])
            if !secret.isEmpty { (outcome.secret, outcome.secretAddress) = (secret, page.form.text("address")) }
            return try await show(page, outcome)
        }
    }

    static func factorOff(_ page: PageCall) async throws -> Reply {
        let actor = try page.actor
        return try await trying(page, beside: "factor_password") {
            try await page.call.workspace.logIn.removeSecondFactor(password: page.form["password"] ?? "", by: actor)
            return page.go(to: Addresses.account, .ok, PageTexts.factorOff)
        }
    }
}
