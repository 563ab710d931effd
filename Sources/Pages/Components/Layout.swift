import Values

/// An entry of the navigation.
public struct NavigationItem: Sendable {
    /// What people see.
    public var label: String
    /// Where it leads.
    public var href: String
    /// The icon's name.
    public var icon: String
    /// True on the pages of this entry.
    public var current: Bool
    /// What unfolds below it; it leads to the first of them.
    public var children: [NavigationItem] = []

    /// The entry itself, or what unfolds below it.
    public var leaves: [NavigationItem] { children.isEmpty ? [self] : children }

    /// An entry of the navigation.
    public init(label: String, href: String, icon: String, current: Bool = false) {
        self.label = label
        self.href = href
        self.icon = icon
        self.current = current
    }
}

/// A message about what has just happened.
public struct Flash: Sendable {
    /// Whether it went well.
    public enum Tone: Sendable {
        /// It went well.
        case ok
        /// It did not.
        case bad
        /// Neither: something to know.
        case info
    }

    /// Whether it went well.
    public var tone: Tone
    /// What has happened.
    public var text: String
    /// Takes it back: a POST to this address.
    public var undo: String?

    /// A message about what has just happened.
    public init(_ tone: Tone, _ text: String, undo: String? = nil) {
        self.tone = tone
        self.text = text
        self.undo = undo
    }
}

/// A step of the path to a page.
public struct Crumb: Sendable {
    /// What people see.
    public var label: String
    /// Where it leads.
    public var href: String

    /// A step of the path to a page.
    public init(_ label: String, _ href: String) {
        self.label = label
        self.href = href
    }
}

/// What stands around the content of a page.
public struct LayoutModel: Sendable {
    /// The title in the browser's tab.
    public var title: String
    /// The name of the workspace.
    public var workspace: String
    /// The person's name.
    public var person: String
    /// The person's address.
    public var email: String
    /// The objects that the person may read, in order.
    public var navigation: [NavigationItem]
    /// Recycle bin, imports, settings: what the person may open.
    public var more: [NavigationItem]
    /// The path to the page, without the page itself.
    public var breadcrumb: [Crumb] = []
    /// What has just happened.
    public var flash: Flash?
    /// What is in the search box of the frame.
    public var search = ""
    /// Scripts that only this page needs.
    public var scripts: [Asset] = []
    /// True when single letters do nothing.
    public var keysOff = false
    /// The step of a tour, on top of the page.
    public var tour = HTML.empty
    /// What features show on top of every page.
    public var bar = HTML.empty

    /// The frame of one page.
    public init(
        title: String,
        workspace: String,
        person: String,
        email: String = "",
        navigation: [NavigationItem],
        more: [NavigationItem] = [],
        breadcrumb: [Crumb] = [],
        flash: Flash? = nil,
        search: String = "",
        scripts: [Asset] = []
    ) {
        self.title = title
        self.workspace = workspace
        self.person = person
        self.email = email
        self.navigation = navigation
        self.more = more
        self.breadcrumb = breadcrumb
        self.flash = flash
        self.search = search
        self.scripts = scripts
    }
}

/// The frame of every page.
public enum Layout {
    /// A whole document with navigation, search box and the person's menu around `body`.
    public static func page(_ model: LayoutModel, in context: PageContext, body: HTML) -> HTML {
        document(
            title: "\(model.title) · \(model.workspace)",
            bodyClass: "k-app",
            scripts: model.scripts,
            data: """
                 data-keys="\(model.keysOff ? "off" : "on")" data-palette="\(context(PaletteTexts.title))" \
                data-palette-hint="\(context(PaletteTexts.hint))" data-palette-js="\(Assets.palette.path)" \
                data-live="\(context(FrameTexts.changed))" data-live-show="\(context(FrameTexts.showChanged))"
                """,
            in: context,
            body: """
                <a class="k-skip" href="#main">\(context(FrameTexts.skip))</a>\(side(model, context))\(top(model, context))
                <main class="k-main" id="main" tabindex="-1">\(model.bar)\(model.tour)\(Layout.flash(model.flash, in: context))\
                \(crumbs(model.breadcrumb, context))\(body)</main>\(bottom(model, context))
                """
        )
    }

    /// A whole document without navigation: for logging in and setting a password.
    public static func bare(title: String, workspace: String, flash: Flash? = nil, in context: PageContext, body: HTML)
        -> HTML
    {
        document(
            title: "\(title) · \(workspace)",
            bodyClass: "k-bare",
            in: context,
            body: """
                <main class="k-bare-main" id="main" tabindex="-1"><div class="k-bare-brand">\(mark)<span>\(workspace)</span></div>\
                \(Layout.flash(flash, in: context))<div class="k-panel">\(body)</div></main>
                <footer class="k-bare-foot">\(Preferences.language(context))\(Preferences.theme(context))</footer>
                """
        )
    }

    /// What has just happened, read out once by screen readers.
    public static func flash(_ flash: Flash?, in context: PageContext) -> HTML {
        guard let flash else { return "<div role=\"status\"></div>" }
        let (style, icon): (HTML, String) =
            switch flash.tone {
            case .ok: ("k-flash", "check")
            case .bad: ("k-flash k-flash-bad", "warning")
            case .info: ("k-flash k-flash-info", "info")
            }
        let undo = HTML.with(flash.undo) {
            """
            <form method="post" action="\($0)">\(context.csrfField)\
            <button class="k-btn k-btn-small">\(Icons.use("restore"))\(context(Words.undo))</button></form>
            """
        }
        return "<div class=\"\(style)\" role=\"status\">\(Icons.use(icon))<p>\(flash.text)</p>\(undo)</div>"
    }

    /// The title of a page with its actions: links and small forms.
    public static func head(_ title: HTML, text: String? = nil, actions: HTML = .empty) -> HTML {
        """
        <div class="k-head"><div class="k-head-text"><h1>\(title)</h1>\(HTML.with(text) { "<p>\($0)</p>" })</div>\
        \(HTML.when(!actions.isEmpty, "<div class=\"k-actions\">\(actions)</div>"))</div>
        """
    }

    private static let mark: HTML =
        "<svg class=\"k-mark\" viewBox=\"4 4 24 24\" aria-hidden=\"true\"><path d=\"M11 8v16M21 8l-9 8 9 8\"/></svg>"

    private static func document(
        title: String,
        bodyClass: HTML,
        scripts: [Asset] = [],
        data: HTML = .empty,
        in context: PageContext,
        body: HTML
    )
        -> HTML
    {
        """
        <!doctype html>
        <html lang="\(context.language.tag)"\(attribute: "data-theme", context.theme == .system ? nil : context.theme.rawValue)\
        \(attribute: "data-density", context.density == .compact ? "compact" : nil)>
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
        <title>\(title)</title><meta name="color-scheme" content="light dark"><meta name="referrer" content="same-origin">
        <link rel="stylesheet" href="\(Assets.style.path)"><link rel="icon" href="\(Assets.favicon.path)" type="image/svg+xml">
        <link rel="manifest" href="/manifest.webmanifest"><link rel="apple-touch-icon" href="/icons/icon-180.png"><meta name="theme-color" content="#3563d9">
        <script type="module" src="\(Assets.script.path)"></script>\
        \(HTML.each(scripts) { "<script type=\"module\" src=\"\($0.path)\"></script>" })</head>
        <body class="\(bodyClass)" data-copied="\(context(Words.copied))"\(data)>
        \(body)
        </body></html>
        """
    }

    private static func side(_ model: LayoutModel, _ context: PageContext) -> HTML {
        """
        <div class="k-side"><a class="k-brand" href="/">\(mark)<span>\(model.workspace)</span></a>
        <nav aria-label="\(context(FrameTexts.navigation))" class="k-nav">\(HTML.each(model.navigation, link))</nav>\
        \(HTML.when(!model.more.isEmpty, "<nav class=\"k-nav k-nav-end\" aria-label=\"\(context(Words.more))\">\(HTML.each(model.more, link))</nav>"))</div>
        """
    }

    private static func link(_ item: NavigationItem) -> HTML {
        if !item.children.isEmpty {
            let open = item.children.contains(where: \.current)
            return """
                <details class="k-nav-group"\(attribute: "open", if: open)><summary>\(Icons.use(item.icon))<span>\(item.label)</span>\
                \(Icons.use("down"))</summary>\(HTML.each(item.children, link))</details>
                """
        }
        return """
            <a\(href: item.href)\(attribute: "aria-current", item.current ? "page" : nil)>\(Icons.use(item.icon))<span>\(item.label)</span></a>
            """
    }

    private static func top(_ model: LayoutModel, _ context: PageContext) -> HTML {
        """
        <header class="k-top"><a class="k-brand" href="/" aria-label="\(model.workspace)">\(mark)<span>\(model.workspace)</span></a>
        <form class="k-search" role="search" action="\(Addresses.search)">\(Icons.use("search"))\
        <label class="k-hidden" for="k-search">\(context(FrameTexts.searchAll))</label>\
        <input class="k-input" id="k-search" type="search" name="q" value="\(model.search)" autocomplete="off" \
        enterkeyhint="search" placeholder="\(context(FrameTexts.searchHint))">\
        <a class="k-palette-open"\(href: Addresses.search) data-palette-open data-needs-script hidden aria-label="\(context(PaletteTexts.title))"><kbd>Ctrl K</kbd></a></form>
        <details class="k-menu k-user" data-menu><summary aria-label="\(context(FrameTexts.accountMenu))">\
        \(Avatar.html(model.person, large: true))<span class="k-user-name">\(model.person)</span></summary>
        <div class="k-menu-body"><div class="k-menu-who"><strong>\(model.person)</strong><span class="k-muted k-small">\(model.email)</span></div>
        <a href="\(Addresses.account)">\(Icons.use("user"))\(context(FrameTexts.account))</a>
        <a href="\(Addresses.keys)">\(Icons.use("keyboard"))\(context(PaletteTexts.shortcuts))</a>
        <a href="/notices">\(Icons.use("info"))\(context(FrameTexts.notices))</a><hr>
        <div class="k-menu-line">\(context(FrameTexts.language))\(Preferences.language(context))</div>
        <div class="k-menu-line">\(context(FrameTexts.theme))\(Preferences.theme(context))</div>
        <div class="k-menu-line">\(context(FrameTexts.density))\(Preferences.density(context))</div><hr>
        <form method="post" action="\(Addresses.logOut)">\(context.csrfField)<button class="k-item">\(Icons.use("signout"))\(context(FrameTexts.logOut))</button></form>
        </div></details></header>
        """
    }

    private static func crumbs(_ crumbs: [Crumb], _ context: PageContext) -> HTML {
        guard !crumbs.isEmpty else { return .empty }
        let items = HTML.each(crumbs) { "<li><a\(href: $0.href)>\($0.label)</a></li>" }
        return "<nav class=\"k-crumbs\" aria-label=\"\(context(FrameTexts.breadcrumb))\"><ol>\(items)</ol></nav>"
    }

    /// On phones: four objects at the thumb, the rest in a sheet.
    private static func bottom(_ model: LayoutModel, _ context: PageContext) -> HTML {
        let (first, rest) = (model.navigation.prefix(4), Array(model.navigation.dropFirst(4)) + model.more)
        let sheet: HTML = """
            <details data-menu><summary\(attribute: "aria-current", rest.flatMap(\.leaves).contains(where: \.current) ? "true" : nil)>\
            \(Icons.use("menu"))<span>\(context(Words.more))</span></summary>\
            <div class="k-sheet"><div class="k-nav">\(HTML.each(rest, link))</div></div></details>
            """
        return """
            <nav class="k-bottom" aria-label="\(context(FrameTexts.navigation))">\(HTML.each(first, link))\
            \(HTML.when(!rest.isEmpty, sheet))</nav>
            """
    }
}

/// The switches of language, theme and density: small forms that work without the script.
enum Preferences {
    static func language(_ context: PageContext) -> HTML {
        form(FrameTexts.language, context) {
            HTML.each(Language.allCases) { language in
                button("language", language.rawValue, language == context.language, lang: language.tag) {
                    language == .zh ? "中文" : "English"
                }
            }
        }
    }

    static func theme(_ context: PageContext) -> HTML {
        form(FrameTexts.theme, context) {
            HTML.each(Theme.allCases) { theme in
                let icon = theme == .system ? "device" : theme == .light ? "sun" : "moon"
                let name = context(FrameTexts.name(theme))
                return button("theme", theme.rawValue, theme == context.theme, title: name) {
                    "\(Icons.use(icon))<span class=\"k-hidden\">\(name)</span>"
                }
            }
        }
    }

    static func density(_ context: PageContext) -> HTML {
        form(FrameTexts.density, context) {
            HTML.each(Density.allCases) { density in
                button("density", density.rawValue, density == context.density) {
                    HTML(text: context(FrameTexts.name(density)))
                }
            }
        }
    }

    private static func form(_ label: Label, _ context: PageContext, _ buttons: () -> HTML) -> HTML {
        """
        <form method="post" action="\(Addresses.preferences)">\(context.csrfField)\
        <input type="hidden" name="_back" value="\(context.path)"><div class="k-seg" role="group" aria-label="\(context(label))">\
        \(buttons())</div></form>
        """
    }

    private static func button(
        _ name: StaticString,
        _ value: String,
        _ pressed: Bool,
        lang: String? = nil,
        title: String? = nil,
        _ content: () -> HTML
    ) -> HTML {
        """
        <button name="\(raw: name)" value="\(value)" aria-pressed="\(pressed ? "true" : "false")"\
        \(attribute: "lang", lang)\(attribute: "title", title)>\(content())</button>
        """
    }
}
