import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The administration of users.
enum UserHandlers {
    static func list(_ page: PageCall) async throws -> Reply { try await list(page, link: nil, nil) }

    private static func list(_ page: PageCall, link: String?, _ problem: Problem?) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        try actor.require(.users)
        let errors = errors(problem, page)
        return try await page.show(status: status(problem)) { session in
            var form = try choices(page, identities, session)
            if problem != nil { form.draft = draft(page.form, id: "") }
            form.errors = errors.byControl
            form.link = link
            let users = try all(identities, session)
            return PageBody(
                page.context(AdminTexts.users),
                UsersPage.html(users, form: form, in: page.context),
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)],
                flash: errors.flash
            )
        }
    }

    static func add(_ page: PageCall) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        try actor.require(.users)
        let zone = page.call.engine.schema.timeZone
        let token: String
        do {
            token = try await page.write { session in
                let settings = try WorkspaceSettings.read(session)
                let new = NewUser(
                    email: page.form.text("email"),
                    name: page.form.text("name"),
                    team: RecordID(page.form.text("team")),
                    roles: page.form.all("role").compactMap { RecordID($0) },
                    language: settings["language"].flatMap(Language.init(rawValue:)) ?? .zh,
                    timeZone: zone
                )
                let user = try identities.addUser(new, by: actor, on: session.connection)
                return try identities.makeLink(.invite, for: user.id, by: actor, on: session.connection)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await list(page, link: nil, problem)
        }
        // The link is shown this once, so it is not carried over a redirect.
        return try await list(page, link: OneTimeLink.address(.invite, token, page.call), nil)
    }

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, link: nil, nil) }

    private static func show(_ page: PageCall, link: String?, _ problem: Problem?) async throws -> Reply {
        let (actor, identities, id) = (try page.actor, page.call.workspace.identities, try page.call.recordID())
        try actor.require(.users)
        let errors = errors(problem, page)
        return try await page.show(status: status(problem)) { session in
            guard let user = try identities.user(id, on: session.connection) else { throw Problem.notFound }
            var form = try choices(page, identities, session)
            if problem != nil { form.draft = draft(page.form, id: id.description) }
            form.errors = errors.byControl
            form.link = link
            let others = try PeopleChoice.options(identities, session).filter { $0.value != id.description }
            let row = row(user, lastSeen: nil)
            let main = UsersPage.user(row, form: form, others: others, in: page.context)
            let html = AdminStack.html([main, UserSecurity.html(user, in: page.context)])
            return PageBody(
                user.name,
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page), AdminCrumbs.users(page)],
                flash: errors.flash
            )
        }
    }

    static func change(_ page: PageCall) async throws -> Reply {
        let (actor, identities, id) = (try page.actor, page.call.workspace.identities, try page.call.recordID())
        let form = page.form
        do {
            try await page.write { session in
                var patch = UserPatch(email: form.text("email"), name: form.text("name"))
                patch.team = .some(RecordID(form.text("team")))
                patch.roles = form.all("role").compactMap { RecordID($0) }
                try identities.updateUser(id, patch, by: actor, on: session.connection)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, link: nil, problem)
        }
        return page.go(to: Addresses.users + "/\(id)", .ok, AdminWords.saved)
    }

    /// The buttons of a user's page.
    static func act(_ page: PageCall) async throws -> Reply {
        let (actor, identities, id) = (try page.actor, page.call.workspace.identities, try page.call.recordID())
        try actor.require(.users)
        let message: Label
        do {
            switch page.call.parameter("verb") {
            case "link":
                let made = try await page.write { session in
                    guard let user = try identities.user(id, on: session.connection) else { throw Problem.notFound }
                    let kind: LinkKind = user.state == .invited ? .invite : .reset
                    return (kind, try identities.makeLink(kind, for: id, by: actor, on: session.connection))
                }
                return try await show(page, link: OneTimeLink.address(made.0, made.1, page.call), nil)
            case "disable":
                try await page.write { _ = try identities.disableUser(id, by: actor, on: $0.connection) }
                message = AdminWords.disabled
            case "enable":
                try await page.write { _ = try identities.enableUser(id, by: actor, on: $0.connection) }
                message = AdminWords.enabled
            case "signout":
                try await page.write {
                    try identities.signOutEverywhere(id, keepingOwn: true, by: actor, on: $0.connection)
                }
                message = AdminWords.signedOut
            case "reset-second-factor":
                try await page.write { try identities.resetSecondFactor(of: id, by: actor, on: $0.connection) }
                message = AdminWords.secondFactorOff
            case "handover": message = try await handOver(from: id, page)
            default: throw Problem.noSuchAddress
            }
        } catch let problem as Problem where problem.isAboutInput {
            let text = problem.fields.first?.message ?? problem.message
            return page.go(to: Addresses.users + "/\(id)", .bad, text)
        }
        return page.go(to: Addresses.users + "/\(id)", .ok, message)
    }

    private static func handOver(from id: RecordID, _ page: PageCall) async throws -> Label {
        guard let heir = RecordID(page.form.text("to")) else {
            throw Problem.invalid("to", "required", AdminWords.nobodyChosen)
        }
        let report = try await page.call.engine.handOver(from: id, to: heir, as: try page.actor)
        return AdminWords.handedOver(report.moved.map { ($0.label, $0.count) })
    }

    // MARK: Models

    private static func all(_ identities: Identities, _ session: ReadSession) throws -> [UserRow] {
        let seen = try session.connection.rows(
            "SELECT user_id, max(at) FROM sys_login WHERE outcome = 'success' AND user_id IS NOT NULL GROUP BY user_id"
        )
        let lastSeen = Dictionary(seen.map { (RecordID($0.integer(0)), Instant(milliseconds: $0.integer(1))) }) {
            _,
            last in last
        }
        var rows: [UserRow] = []
        var query = UserQuery(limit: 200)
        while rows.count < 2000 {
            let part = try identities.users(query, on: session.connection)
            rows += part.users.map { row($0, lastSeen: lastSeen[$0.id]) }
            guard let next = part.next else { break }
            query.cursor = next
        }
        return rows
    }

    private static func row(_ user: User, lastSeen: Instant?) -> UserRow {
        let state: UserRow.State =
            switch user.state {
            case .active: .active
            case .invited: .invited
            case .disabled: .disabled
            }
        return UserRow(
            id: user.id.description,
            name: user.name,
            email: user.email,
            team: user.team?.description ?? "",
            roles: user.roles.map(\.description),
            state: state,
            lastSeen: lastSeen
        )
    }

    private static func draft(_ form: FormFields, id: String) -> UserRow {
        UserRow(
            id: id,
            name: form.text("name"),
            email: form.text("email"),
            team: form.text("team"),
            roles: form.all("role")
        )
    }

    private static func choices(_ page: PageCall, _ identities: Identities, _ session: ReadSession) throws -> UserForm {
        let teams = TeamOutline(try identities.teams(on: session.connection)).rows.map { row in
            Option(row.team.id.description, String(repeating: "　", count: row.depth) + row.team.name)
        }
        let roles = try identities.roles(on: session.connection).map {
            Option($0.id.description, page.context($0.label))
        }
        return UserForm(teams: teams, roles: roles)
    }

    private static func errors(_ problem: Problem?, _ page: PageCall) -> FormErrors {
        guard let problem else { return FormErrors() }
        return FormErrors(problem, known: ["name", "email", "role"], controls: ["roles": "role"], in: page.context)
    }

    private static func status(_ problem: Problem?) -> HTTPResponse.Status {
        problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
    }
}

/// Addresses of one-time links, to be sent to people.
enum OneTimeLink {
    /// The whole address, as the browser that asks for it sees this server.
    static func address(_ kind: LinkKind, _ token: String, _ call: Call) -> String {
        let host = call.authority ?? call.headers[.host] ?? ""
        let path = call.named((kind == .invite ? "/invite/" : "/reset/") + token)
        return host.isEmpty ? path : (call.isSecure ? "https://" : "http://") + host + path
    }
}

/// What concerns the safety of one user's account.
enum UserSecurity {
    static func html(_ user: User, in context: PageContext) -> HTML {
        let reset = HTML.when(
            user.hasSecondFactor,
            Pages.RecordPage.action(
                context(AdminWords.resetSecondFactor),
                to: Addresses.users + "/\(user.id)/reset-second-factor",
                icon: "key",
                danger: true,
                in: context
            )
        )
        let history = LogInHandlers.address + "?user=\(user.id)"
        return """
            <div class="k-medium"><section class="k-panel"><h2 class="k-panel-head">\(context(AdminWords.security))</h2>\
            <div class="k-section k-row"><a class="k-btn"\(href: history)>\(Icons.use("history"))\(context(AdminWords.logIns))</a>\(reset)</div></section></div>
            """
    }
}
