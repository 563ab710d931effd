public import Values

/// Where a person is logged in.
public struct SessionRow: Sendable {
    /// The session's id.
    public var id: String
    /// The browser or program.
    public var device: String
    /// The network address.
    public var address: String
    /// When it was last used.
    public var lastUsed: Instant
    /// True for the session that shows the page.
    public var current: Bool

    /// Where a person is logged in.
    public init(id: String, device: String, address: String, lastUsed: Instant, current: Bool = false) {
        self.id = id
        self.device = device
        self.address = address
        self.lastUsed = lastUsed
        self.current = current
    }
}

/// A key that lets a program act as a person.
public struct KeyRow: Sendable {
    /// The key's id.
    public var id: String
    /// What it is for.
    public var name: String
    /// Its first characters.
    public var prefix: String
    /// True when it only reads.
    public var readOnly: Bool
    /// When it was last used.
    public var lastUsed: Instant?

    /// A key that lets a program act as a person.
    public init(id: String, name: String, prefix: String, readOnly: Bool, lastUsed: Instant? = nil) {
        self.id = id
        self.name = name
        self.prefix = prefix
        self.readOnly = readOnly
        self.lastUsed = lastUsed
    }
}

/// A person's own account.
public struct AccountModel: Sendable {
    /// Where the person is logged in.
    public var sessions: [SessionRow]
    /// The keys for programs.
    public var keys: [KeyRow]
    /// A key that was just made, shown once.
    public var newKey: String?
    /// True when a code is asked for at the log-in.
    public var factor: Bool
    /// While the second factor is set up: the secret for the authenticator app.
    public var factorSecret: String?
    /// The same as an `otpauth` address, for apps that take one.
    public var factorAddress: String?
    /// The person's e-mail address.
    public var email = ""
    /// The person's time zone, IANA name.
    public var timeZone = ""
    /// The time zones to choose from.
    public var timeZones: [String] = []
    /// Recovery codes that were just made, shown once.
    public var recoveryCodes: [String] = []
    /// What is wrong, by the name of the control: `old`, `password`, `again`, `code`, `name`, `time_zone`,
    /// `factor_password`.
    public var errors: [String: String] = [:]

    /// A person's own account.
    public init(
        sessions: [SessionRow],
        keys: [KeyRow],
        newKey: String? = nil,
        factor: Bool,
        factorSecret: String? = nil
    ) {
        self.sessions = sessions
        self.keys = keys
        self.newKey = newKey
        self.factor = factor
        self.factorSecret = factorSecret
    }
}

/// The page of a person's own account.
public enum AccountPage {
    /// Posts to `Addresses.account` + `/preferences` (`language`, `time_zone`), `/password` (`old`, `password`, `again`),
    /// `/sessions/ID/end`, `/sessions/end`, `/keys` (`name`, `scope`), `/keys/ID/revoke`, `/factor` (begins; with
    /// `code` confirms), `/factor/off` (`password`).
    public static func html(_ model: AccountModel, in context: PageContext) -> HTML {
        """
        <div class="k-medium">\(Layout.head("\(context(FrameTexts.account))"))<div class="k-stack">\(preferences(model, context))\(password(model, context))\(factor(model, context))\
        \(sessions(model, context))\(keys(model, context))</div></div>
        """
    }

    private static func preferences(_ model: AccountModel, _ context: PageContext) -> HTML {
        let languages = [Option("zh", "中文"), Option("en", "English")]
        let known = model.timeZones.contains(model.timeZone) ? model.timeZones : [model.timeZone] + model.timeZones
        let zones = known.map { Option($0, $0.replacing("_", with: " ")) }
        return """
            <form class="k-panel" method="post" action="\(Addresses.account)/preferences">\(context.csrfField)\
            <h2 class="k-panel-head">\(context(AccountTexts.preferences))</h2><div class="k-section"><div class="k-inline">\
            \(Control.select("language", context(FrameTexts.language), languages, chosen: context.language.rawValue))\
            \(Control.select("time_zone", context(AccountTexts.timeZone), zones, chosen: model.timeZone))\
            <button class="k-btn">\(context(Words.save))</button></div></div></form>
            """
    }

    private static func password(_ model: AccountModel, _ context: PageContext) -> HTML {
        func input(_ name: String, _ label: Label, _ autocomplete: String) -> HTML {
            Control.input(name, context(label), type: "password", autocomplete: autocomplete, error: model.errors[name])
        }
        return """
            <form class="k-panel" method="post" action="\(Addresses.account)/password" novalidate>\(context.csrfField)<h2 class="k-panel-head">\(context(AccountTexts.changePassword))</h2>\
            <div class="k-section"><div class="k-inline">\(input("old", AccountTexts.oldPassword, "current-password"))\
            \(input("password", AccountTexts.newPassword, "new-password"))\(input("again", AccountTexts.again, "new-password"))\
            <button class="k-btn">\(context(AccountTexts.changePassword))</button></div><p class="k-help">\(context(AccountTexts.rule))</p></div></form>
            """
    }

    private static func factor(_ model: AccountModel, _ context: PageContext) -> HTML {
        let codes: HTML = """
            <div role="status"><h3>\(context(AccountTexts.recovery))</h3><p class="k-help">\(context(AccountTexts.recoveryText))</p><p class="k-help">\(context(AccountTexts.once))</p></div>\
            <ul class="k-codes">\(HTML.each(model.recoveryCodes) { "<li>\($0)</li>" })</ul>
            """
        let code = Control.input(
            "code",
            context(AccountTexts.code),
            autocomplete: "one-time-code",
            mode: "numeric",
            error: model.errors["code"]
        )
        let confirm = Control.input(
            "password",
            context(AccountTexts.oldPassword),
            type: "password",
            autocomplete: "current-password",
            error: model.errors["factor_password"],
            prefix: "off-"
        )
        let body: HTML =
            if let secret = model.factorSecret {
                """
                <p>\(context(AccountTexts.factorSetUp))</p>\(HTML.with(model.factorAddress.flatMap { QRCode.html($0, label: context(AccountTexts.qrCode)) }) { $0 })<div class="k-secret"><code>\(secret)</code></div>\
                \(HTML.with(model.factorAddress) { "<p class=\"k-help k-break\">\($0)</p>" })\
                <form method="post" action="\(Addresses.account)/factor" class="k-inline" novalidate>\(context.csrfField)\
                <input type="hidden" name="secret" value="\(secret)"><input type="hidden" name="address" value="\(model.factorAddress)">\(code)\
                <button class="k-btn k-btn-primary">\(context(AccountTexts.confirm))</button></form>
                """
            } else if model.factor {
                """
                <p class="k-yes">\(Icons.use("check"))\(context(AccountTexts.factorOn))</p>\
                <form method="post" action="\(Addresses.account)/factor/off" class="k-inline" novalidate>\(context.csrfField)\(confirm)\
                <button class="k-btn k-btn-danger">\(context(AccountTexts.turnOff))</button></form>
                """
            } else {
                """
                <p class="k-muted">\(context(AccountTexts.factorOff))</p><form method="post" action="\(Addresses.account)/factor">\(context.csrfField)\
                <button class="k-btn">\(context(AccountTexts.turnOn))</button></form>
                """
            }
        return """
            <section class="k-panel"><h2 class="k-panel-head">\(context(AccountTexts.factor))</h2><div class="k-section k-form">\(body)\
            \(HTML.when(!model.recoveryCodes.isEmpty, codes))</div></section>
            """
    }

    private static func sessions(_ model: AccountModel, _ context: PageContext) -> HTML {
        let columns = [
            ColumnModel("device", context(AccountTexts.device)), ColumnModel("address", context(AccountTexts.address)),
            ColumnModel("used", context(AccountTexts.lastUsed)),
        ]
        let rows = model.sessions.map { session in
            RowModel(
                id: session.id,
                name: session.device,
                cells: [.text(session.device), .text(session.address), .instant(session.lastUsed)],
                actions: session.current
                    ? Badge.html(context(AccountTexts.thisSession), .ok)
                    : RecordPage.action(
                        context(AccountTexts.end),
                        to: "\(Addresses.account)/sessions/\(session.id)/end",
                        icon: "signout",
                        small: true,
                        in: context
                    )
            )
        }
        let table = TableModel(caption: context(AccountTexts.sessions), columns: columns, rows: rows)
        let others = RecordPage.action(
            context(AccountTexts.endOthers),
            to: Addresses.account + "/sessions/end",
            icon: "signout",
            small: true,
            in: context
        )
        return """
            <section class="k-panel"><div class="k-panel-head"><h2>\(context(AccountTexts.sessions))</h2>\(HTML.when(model.sessions.count > 1, others))</div>\
            \(Table.html(table, in: context))</section>
            """
    }

    private static func keys(_ model: AccountModel, _ context: PageContext) -> HTML {
        let columns = [
            ColumnModel("name", context(AccountTexts.keyName)), ColumnModel("prefix", context(AccountTexts.keyPrefix)),
            ColumnModel("scope", context(AccountTexts.keyScope)), ColumnModel("used", context(AccountTexts.lastUsed)),
        ]
        let rows = model.keys.map { key in
            RowModel(
                id: key.id,
                name: key.name,
                cells: [
                    .text(key.name), .html("<code>\(key.prefix)…</code>"),
                    .text(context(key.readOnly ? AccountTexts.readOnly : AccountTexts.full)),
                    key.lastUsed.map(CellValue.instant) ?? .empty,
                ],
                actions: RecordPage.action(
                    context(AccountTexts.revoke),
                    to: "\(Addresses.account)/keys/\(key.id)/revoke",
                    icon: "trash",
                    danger: true,
                    small: true,
                    in: context
                )
            )
        }
        let empty = EmptyModel(icon: "key", title: context(AccountTexts.noKeys), text: context(AccountTexts.keysText))
        let table = TableModel(caption: context(AccountTexts.keys), columns: columns, rows: rows, empty: empty)
        let scopes = [Option("read", context(AccountTexts.readOnly)), Option("full", context(AccountTexts.full))]
        return """
            <section class="k-panel" id="keys"><h2 class="k-panel-head">\(context(AccountTexts.keys))</h2>\
            \(HTML.with(model.newKey) { "<div class=\"k-section\">\(Secret.panel($0, title: AccountTexts.keyPrefix, text: AccountTexts.once, in: context))</div>" })\
            \(Table.html(table, in: context))<form class="k-section" method="post" action="\(Addresses.account)/keys" novalidate>\(context.csrfField)\
            <div class="k-inline">\(Control.input("name", context(AccountTexts.keyName), error: model.errors["name"]))\
            \(Control.select("scope", context(AccountTexts.keyScope), scopes))<button class="k-btn">\(context(AccountTexts.makeKey))</button></div></form></section>
            """
    }
}
