public import Values

/// A labelled control that is no field of a record.
public enum Control {
    /// A field of one line with label, hint and error.
    public static func input(
        _ name: String,
        _ label: String,
        type: StaticString = "text",
        value: String = "",
        autocomplete: String = "off",
        mode: String? = nil,
        error: String? = nil,
        help: String? = nil,
        autofocus: Bool = false,
        must: Bool = false,
        style: StaticString = "",
        prefix: StaticString = "i-"
    ) -> HTML {
        let id: HTML = "\(raw: prefix)\(name)"
        var described: [String] = []
        if help != nil { described.append("\(prefix)\(name)-help") }
        if error != nil { described.append("\(prefix)\(name)-error") }
        return """
            <div class="k-field"><label class="k-label" for="\(id)">\(label)</label>\
            <input class="k-input \(raw: style)" id="\(id)" name="\(name)" type="\(raw: type)" value="\(value)" \
            autocomplete="\(autocomplete)"\(attribute: "inputmode", mode)\(attribute: "autofocus", if: autofocus)\
            \(attribute: "aria-required", must ? "true" : nil)\(attribute: "aria-invalid", error == nil ? nil : "true")\
            \(attribute: "aria-describedby", described.isEmpty ? nil : described.joined(separator: " "))>\
            \(HTML.with(help) { "<p class=\"k-help\" id=\"\(id)-help\">\($0)</p>" })\
            \(HTML.with(error) { "<p class=\"k-error\" id=\"\(id)-error\">\(Icons.use("warning"))<span>\($0)</span></p>" })</div>
            """
    }

    /// A choice of one with label.
    public static func select(
        _ name: String,
        _ label: String,
        _ options: [Option],
        chosen: String? = nil,
        prefix: StaticString = "i-"
    ) -> HTML {
        let items = HTML.each(options) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == chosen)>\($0.label)</option>"
        }
        return """
            <div class="k-field"><label class="k-label" for="\(raw: prefix)\(name)">\(label)</label>\
            <select class="k-input" id="\(raw: prefix)\(name)" name="\(name)">\(items)</select></div>
            """
    }

    /// A select without visible label, inside a table.
    public static func cell(_ name: String, _ label: String, _ options: [Option], chosen: String) -> HTML {
        let items = HTML.each(options) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == chosen)>\($0.label)</option>"
        }
        return "<select class=\"k-input\" name=\"\(name)\" aria-label=\"\(label)\">\(items)</select>"
    }

    /// What is wrong with a form as a whole.
    public static func alert(_ text: String?) -> HTML {
        HTML.with(text) {
            "<div class=\"k-flash k-flash-bad\" role=\"alert\">\(Icons.use("warning"))<p>\($0)</p></div>"
        }
    }
}

/// The page on which a person logs in.
public enum LogInPage {
    /// What the form holds.
    public struct Form: Sendable {
        /// The e-mail address.
        public var email: String
        /// Where the log-in leads.
        public var next: String
        /// The name of the workspace; nil where the address of the page says which one it is, so that nobody is asked.
        public var workspace: String?
        /// What is wrong.
        public var error: String?

        /// A form with this in it.
        public init(email: String = "", next: String = "/") {
            self.email = email
            self.next = next
        }
    }

    /// E-mail and password, below the workspace where it is asked for; posts `workspace`, `email`, `password`, `_next`.
    public static func password(_ form: Form, in context: PageContext) -> HTML {
        let wantsName = form.workspace?.isEmpty == true
        let wantsEmail = !wantsName && form.email.isEmpty
        let workspace = HTML.with(form.workspace) { name in
            Control.input(
                "workspace",
                context(AccountTexts.workspace),
                value: name,
                autocomplete: "organization",
                help: context(AccountTexts.workspaceHelp),
                autofocus: wantsName
            )
        }
        return """
            <h1>\(context(AccountTexts.logIn))</h1><form class="k-form" method="post" action="\(Addresses.logIn)" novalidate>\(context.csrfField)\
            <input type="hidden" name="_next" value="\(form.next)">\(Control.alert(form.error))\(workspace)\
            \(Control.input("email", context(AccountTexts.email), type: "email", value: form.email, autocomplete: "username", mode: "email", autofocus: wantsEmail))\
            \(Control.input("password", context(AccountTexts.password), type: "password", autocomplete: "current-password", autofocus: !wantsName && !wantsEmail))\
            <button class="k-btn k-btn-primary k-btn-wide">\(context(AccountTexts.logIn))</button>\
            <p class="k-help">\(context(AccountTexts.forgot))</p></form>
            """
    }

    /// The code of the second factor; posts `code` and `_next`.
    public static func code(error: String? = nil, next: String = "/", in context: PageContext) -> HTML {
        """
        <h1>\(context(AccountTexts.codeTitle))</h1><p>\(context(AccountTexts.codeText))</p>\
        <form class="k-form" method="post" action="\(Addresses.code)" novalidate>\(context.csrfField)\
        <input type="hidden" name="_next" value="\(next)">\(Control.alert(error))\
        \(Control.input("code", context(AccountTexts.code), autocomplete: "one-time-code", autofocus: true, style: "k-code-input"))\
        <button class="k-btn k-btn-primary k-btn-wide">\(context(AccountTexts.confirm))</button>\
        <a class="k-btn k-btn-quiet k-btn-wide" href="\(Addresses.logIn)">\(context(Words.back))</a></form>
        """
    }
}

/// The page on which an invited person chooses a password.
public enum InvitePage {
    /// Name and password; posts `name`, `password` and `again` to `action`.
    public static func html(
        action: String,
        email: String,
        name: String = "",
        error: String? = nil,
        in context: PageContext
    ) -> HTML {
        """
        <h1>\(context(AccountTexts.inviteTitle))</h1><p>\(context(AccountTexts.inviteText(email)))</p>\
        \(PasswordForm.html(action: action, email: email, error: error, in: context))
        """
    }
}

/// The page on which a person sets a new password by a link.
public enum ResetPage {
    /// The password; posts `password` and `again` to `action`.
    public static func html(action: String, email: String, error: String? = nil, in context: PageContext) -> HTML {
        """
        <h1>\(context(AccountTexts.resetTitle))</h1><p>\(context(AccountTexts.inviteText(email)))</p>\
        \(PasswordForm.html(action: action, email: email, error: error, in: context))
        """
    }
}

enum PasswordForm {
    static func html(action: String, email: String, error: String?, in context: PageContext, before: HTML = .empty)
        -> HTML
    {
        """
        <form class="k-form" method="post" action="\(action)" novalidate>\(context.csrfField)\(Control.alert(error))\
        <input type="hidden" name="email" value="\(email)" autocomplete="username">\
        \(Control.input("password", context(AccountTexts.newPassword), type: "password", autocomplete: "new-password", help: context(AccountTexts.rule)))\
        \(Control.input("again", context(AccountTexts.again), type: "password", autocomplete: "new-password"))\
        <button class="k-btn k-btn-primary k-btn-wide">\(context(AccountTexts.setPassword))</button></form>
        """
    }
}

/// The page that says what went wrong and what to do.
public enum ErrorPage {
    /// The content for a problem; goes into `Layout.page` or, without a session, into `Layout.bare`.
    public static func html(_ problem: Problem, in context: PageContext) -> HTML {
        let fields = problem.fields.map { context($0.message) }
        let wait = problem.retryAfter.map { context(ErrorTexts.wait($0)) }
        let list = HTML.when(!fields.isEmpty, "<ul class=\"k-small\">\(HTML.each(fields) { "<li>\($0)</li>" })</ul>")
        return """
            <div class="k-empty">\(Icons.use(problem.kind == .notFound ? "search" : "warning"))<h1>\(context(ErrorTexts.title(problem.kind)))</h1>\
            <p>\(context(problem.message))\(HTML.with(wait) { " <span>\($0)</span>" })</p>\(list)\
            <div class="k-actions"><a class="k-btn k-btn-primary" href="/">\(context(ErrorTexts.home))</a></div>\
            <p class="k-muted k-small">\(context(ErrorTexts.code)) \(problem.kind.rawValue) · <code>\(problem.code)</code></p></div>
            """
    }
}
