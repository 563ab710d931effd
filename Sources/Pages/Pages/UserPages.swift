public import Values

/// A user in the administration.
public struct UserRow: Sendable {
    /// Whether the person may come in.
    public enum State: Sendable {
        /// May come in.
        case active
        /// Has not set a password yet.
        case invited
        /// May not come in any more.
        case disabled
    }

    /// The user's id.
    public var id: String
    /// The name.
    public var name: String
    /// The address.
    public var email: String
    /// The id of the team; empty for none.
    public var team: String
    /// The ids of the roles.
    public var roles: [String]
    /// Whether the person may come in.
    public var state: State
    /// When the person was last here.
    public var lastSeen: Instant?

    /// A user in the administration.
    public init(
        id: String,
        name: String,
        email: String,
        team: String = "",
        roles: [String] = [],
        state: State = .active,
        lastSeen: Instant? = nil
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.team = team
        self.roles = roles
        self.state = state
        self.lastSeen = lastSeen
    }
}

/// What the pages of users choose from, and what was typed.
public struct UserForm: Sendable {
    /// The teams by id.
    public var teams: [Option]
    /// The roles by id.
    public var roles: [Option]
    /// What was typed for a new user, when the form came back.
    public var draft: UserRow?
    /// What is wrong with it, by the name of the control.
    public var errors: [String: String]
    /// A link that was just made, to be sent to the person.
    public var link: String?

    /// What the pages of users choose from.
    public init(
        teams: [Option],
        roles: [Option],
        draft: UserRow? = nil,
        errors: [String: String] = [:],
        link: String? = nil
    ) {
        self.teams = teams
        self.roles = roles
        self.draft = draft
        self.errors = errors
        self.link = link
    }
}

/// The administration of users.
public enum UsersPage {
    /// The users, and the form that invites one: posts `name`, `email`, `team`, `role` (repeated) to `Addresses.users`.
    public static func html(_ users: [UserRow], form: UserForm, in context: PageContext) -> HTML {
        let columns = [
            ColumnModel("name", context(AccountTexts.name)), ColumnModel("email", context(AccountTexts.email)),
            ColumnModel("team", context(AdminTexts.team)), ColumnModel("role", context(AdminTexts.userRoles)),
            ColumnModel("state", context(Words.state)), ColumnModel("seen", context(AdminTexts.lastSeen)),
        ]
        let rows = users.map { user in
            RowModel(
                id: user.id,
                href: Addresses.users + "/" + user.id,
                name: user.name,
                cells: [
                    .text(user.name), .email(user.email), label(user.team, form.teams),
                    user.roles.isEmpty ? .empty : .tags(user.roles.map { id in name(id, form.roles) }),
                    .html(state(user.state, context)), user.lastSeen.map(CellValue.instant) ?? .empty,
                ],
                off: user.state == .disabled
            )
        }
        let table = TableModel(caption: context(AdminTexts.users), columns: columns, rows: rows)
        return """
            \(Layout.head("\(context(AdminTexts.users)) <small>\(users.count)</small>", text: context(AdminTexts.usersText)))
            <div class="k-stack">\(HTML.with(form.link) { Secret.panel($0, title: AdminTexts.link, text: AdminTexts.linkText, in: context) })\
            <form class="k-panel" method="post" action="\(Addresses.users)" novalidate>\(context.csrfField)<h2 class="k-panel-head">\(context(AdminTexts.invite))</h2>
            <div class="k-section"><div class="k-inline">\(fields(form.draft, form, context))\
            <button class="k-btn k-btn-primary">\(context(AdminTexts.invite))</button></div></div></form>\
            <div class="k-panel">\(Table.html(table, in: context))</div></div>
            """
    }

    /// One user: the form that changes it, and its actions `/link`, `/disable`, `/enable`, `/signout`, `/handover`.
    public static func user(_ user: UserRow, form: UserForm, others: [Option], in context: PageContext) -> HTML {
        let base = Addresses.users + "/" + user.id
        let disabled = user.state == .disabled
        let buttons: HTML = """
            \(RecordPage.action(context(AdminTexts.makeLink), to: base + "/link", icon: "key", in: context))\
            \(RecordPage.action(context(AdminTexts.signOutUser), to: base + "/signout", icon: "signout", in: context))\
            \(disabled
                ? RecordPage.action(context(AdminTexts.enable), to: base + "/enable", icon: "check", in: context)
                : RecordPage.action(context(AdminTexts.disable), to: base + "/disable", icon: "close", danger: true, in: context))
            """
        return """
            <div class="k-medium">\(Layout.head("\(user.name)\(state(user.state, context))", text: user.email, actions: buttons))
            <div class="k-stack">\(HTML.with(form.link) { Secret.panel($0, title: AdminTexts.link, text: AdminTexts.linkText, in: context) })\
            <form class="k-panel" method="post" action="\(base)" novalidate>\(context.csrfField)<div class="k-section"><div class="k-inline">\
            \(fields(form.draft ?? user, form, context))</div></div><div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(Words.save))</button></div></form>
            <form class="k-panel" method="post" action="\(base)/handover">\(context.csrfField)<h2 class="k-panel-head">\(context(AdminTexts.handOver))</h2>\
            <div class="k-section k-form"><p class="k-help">\(context(AdminTexts.handOverText))</p><div class="k-inline">\
            \(Control.select("to", context(ListTexts.newOwner), [Option("", context(Words.choose))] + others))\
            <button class="k-btn">\(context(AdminTexts.handOver))</button></div></div></form></div></div>
            """
    }

    private static func fields(_ draft: UserRow?, _ form: UserForm, _ context: PageContext) -> HTML {
        let roles = HTML.each(form.roles) {
            """
            <label class="k-option"><input type="checkbox" name="role" value="\($0.value)"\
            \(attribute: "checked", if: draft?.roles.contains($0.value) ?? false)>\($0.label)</label>
            """
        }
        return """
            \(Control.input("name", context(AccountTexts.name), value: draft?.name ?? "", error: form.errors["name"], must: true))\
            \(Control.input("email", context(AccountTexts.email), type: "email", value: draft?.email ?? "", mode: "email", error: form.errors["email"], must: true))\
            \(Control.select("team", context(AdminTexts.team), [Option("", context(Words.none))] + form.teams, chosen: draft?.team))\
            <fieldset class="k-field"><legend class="k-label">\(context(AdminTexts.userRoles))</legend><div class="k-options">\(roles)</div>\
            \(HTML.with(form.errors["role"]) { "<p class=\"k-error\">\(Icons.use("warning"))<span>\($0)</span></p>" })</fieldset>
            """
    }

    private static func state(_ state: UserRow.State, _ context: PageContext) -> HTML {
        switch state {
        case .active: Badge.html(context(Words.active), .ok)
        case .invited: Badge.html(context(AdminTexts.invited), .warn)
        case .disabled: Badge.html(context(Words.disabled))
        }
    }

    private static func name(_ id: String, _ options: [Option]) -> String {
        options.first { $0.value == id }?.label ?? id
    }

    private static func label(_ id: String, _ options: [Option]) -> CellValue {
        id.isEmpty ? .empty : .text(name(id, options))
    }
}

/// Something that is shown once, to be copied.
public enum Secret {
    /// A panel with the secret and a button that copies it.
    public static func panel(_ secret: String, title: Label, text: Label, in context: PageContext) -> HTML {
        """
        <section class="k-panel k-panel-pad k-form" role="status"><div><h2>\(context(title))</h2><p class="k-muted">\(context(text))</p></div>\
        <div class="k-secret"><code id="k-secret">\(secret)</code><button class="k-btn" type="button" data-copy="\(secret)" \
        data-copy-from="k-secret" data-needs-script hidden>\(context(Words.copy))</button></div></section>
        """
    }
}

/// A team in the administration.
public struct TeamRow: Sendable {
    /// The team's id.
    public var id: String
    /// The name.
    public var name: String
    /// The id of the team above; empty for none.
    public var parent: String
    /// How many teams stand above it.
    public var depth: Int
    /// How many people belong to it.
    public var members: Int

    /// A team in the administration.
    public init(id: String, name: String, parent: String = "", depth: Int = 0, members: Int = 0) {
        self.id = id
        self.name = name
        self.parent = parent
        self.depth = depth
        self.members = members
    }
}

/// The administration of teams.
public enum TeamsPage {
    /// The tree of teams with a form for each (posts `name`, `parent` to `Addresses.teams/ID`; `/delete`), and one for
    /// a new team.
    public static func html(_ teams: [TeamRow], error: String? = nil, in context: PageContext) -> HTML {
        let options = teams.map { Option($0.id, String(repeating: "　", count: $0.depth) + $0.name) }
        let rows = HTML.each(teams) { team in
            """
            <tr><td class="k-name">\(String(repeating: "　", count: team.depth))\(team.name)</td>\
            <td class="k-end" data-label="\(context(AdminTexts.members))">\(team.members)</td><td class="k-wrap">\
            <details class="k-fold"><summary>\(Icons.use("right"))\(context(Words.edit))</summary>\
            \(form(team, options.filter { $0.value != team.id }, context))\
            \(RecordPage.action(context(Words.delete), to: Addresses.teams + "/" + team.id + "/delete", icon: "trash", danger: true, small: true, in: context))\
            </details></td></tr>
            """
        }
        let head: HTML = """
            <tr><th scope="col">\(context(AdminTexts.team))</th><th scope="col" class="k-end">\(context(AdminTexts.members))</th>\
            <th scope="col"><span class="k-hidden">\(context(Words.actions))</span></th></tr>
            """
        return """
            <div class="k-medium">\(Layout.head("\(context(AdminTexts.teams))", text: context(AdminTexts.teamsText)))<div class="k-stack">\
            \(Control.alert(error))<section class="k-panel"><h2 class="k-panel-head">\(context(AdminTexts.addTeam))</h2><div class="k-section">\
            \(form(nil, options, context))</div></section>
            <div class="k-panel"><table class="k-table k-cards"><thead>\(head)</thead><tbody>\(rows)</tbody></table></div></div></div>
            """
    }

    private static func form(_ team: TeamRow?, _ options: [Option], _ context: PageContext) -> HTML {
        let suffix = team.map { "-" + $0.id } ?? ""
        let action = team.map { Addresses.teams + "/" + $0.id } ?? Addresses.teams
        let parents = HTML.each([Option("", context(AdminTexts.topTeam))] + options) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == (team?.parent ?? ""))>\($0.label)</option>"
        }
        return """
            <form method="post" action="\(action)" class="k-inline" novalidate>\(context.csrfField)<div class="k-field">\
            <label class="k-label" for="t-name\(suffix)">\(context(Words.name))</label>\
            <input class="k-input" id="t-name\(suffix)" name="name" value="\(team?.name)" autocomplete="off"></div><div class="k-field">\
            <label class="k-label" for="t-parent\(suffix)">\(context(AdminTexts.parentTeam))</label>\
            <select class="k-input" id="t-parent\(suffix)" name="parent">\(parents)</select></div>\
            <button class="k-btn">\(context(team == nil ? AdminTexts.addTeam : Words.save))</button></form>
            """
    }
}
