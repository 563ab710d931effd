import FieldKinds
import Glibc
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// A request for a page: who looks, in which language, and what the form holds.
///
/// A page is three things: a line in a list of routes, a handler that reads once, and components of `Pages`.
///
///     extension PageRoutes {
///         static let users = [get("/settings/users", UserPages.list), post("/settings/users", UserPages.add)]
///     }                                                   // and `+ users` in `PageRoutes.all`
///
///     static func list(_ page: PageCall) async throws -> Reply {
///         try page.actor.require(.users)                  // a thrown Problem becomes an error page with its status
///         return try await page.show { session in         // one read, as the person
///             PageBody("Users", UserListPage.html(model, in: page.context), current: Addresses.settings)
///         }
///     }
///
///     static func add(_ page: PageCall) async throws -> Reply {
///         let name = page.form.text("name")               // trimmed; the `_csrf` field was checked before
///         do {
///             try await page.write { session in … }       // lenient input, one transaction
///         } catch let problem as Problem where problem.isAboutInput {
///             return try await shown(page, problem)       // the same form again, with what was typed: `status: 422`
///         }
///         return page.go(to: Addresses.users, .ok, Label("Saved.", zh: "已保存。"))   // POST, redirect, GET
///     }
///
/// Words that a page needs and `Pages` lacks go into `PageTexts` or a file of their own beside it.
struct PageCall: Sendable {
    /// The request behind it.
    private(set) var call: Call
    /// For whom the page is made: language, theme, token of forms, path. `context(label)` gives the text of a label.
    private(set) var context: PageContext
    /// The fields of the form that was sent; empty for a GET.
    let form: FormFields
    /// What has just happened, from the page before.
    let flash: Flash?
    /// What is wrong with files that came with the form.
    var fileProblems: [FieldProblem] = []

    /// Reads cookies and form of a request.
    init(_ call: Call) throws {
        let cookies = Cookies(call.headers)
        var csrf = ""
        if case .session(let session) = call.caller { csrf = session.csrf }
        let zone = call.caller.actor?.timeZone ?? call.engine.schema.timeZone
        self.call = call
        var context = PageContext(
            language: Cookies.language(call),
            timeZone: zone,
            theme: cookies["kehu_theme"].flatMap(Theme.init(rawValue:)) ?? .system,
            density: cookies["kehu_density"].flatMap(Density.init(rawValue:)) ?? .comfortable,
            csrf: csrf,
            path: PageCall.address(call.method, call.path, call.query),
            now: call.engine.clock.now()
        )
        context.country = call.engine.schema.country
        self.context = context
        form = try FormFields(call.method == .post ? call.body : [])
        flash = cookies[FlashCookie.name].flatMap(FlashCookie.read)
    }

    /// Who looks; throws what leads to the log-in when nobody is logged in.
    var actor: Actor {
        get throws { try call.actor.acting(from: .page, address: call.address) }
    }

    /// The same person asking for another address of this site, such as the page that a form came from.
    func asking(_ address: String) -> PageCall {
        var other = self
        let query = address.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        other.call.query = (try? Query(query.utf8)) ?? Query()
        other.context.path = address
        return other
    }

    /// Throws when a file of the form was refused, so that it is said beside its field.
    func checkFiles() throws {
        if !fileProblems.isEmpty { throw Problem.invalid(fileProblems) }
    }

    /// The path and query as they were asked for; after a POST the page that it came from is not known.
    static func address(_ method: HTTPRequest.Method, _ path: String, _ query: Query) -> String {
        guard method != .post, !query.items.isEmpty else { return path }
        let items = query.items.map { PercentCoding.encode($0.name) + "=" + PercentCoding.encode($0.value) }
        return path + "?" + items.joined(separator: "&")
    }

    /// True when the server has this route: for links to parts that may not be there.
    func offers(_ pattern: String) -> Bool { call.server.table.routes.contains { $0.pattern == pattern } }

    // MARK: Reading and writing

    /// Reads as the person.
    func read<Result: Sendable>(_ body: @escaping @Sendable (ReadSession) throws -> Result) async throws -> Result {
        try await call.engine.read(as: actor, body)
    }

    /// Writes as the person in one transaction; input is read as people write it.
    @discardableResult
    func write<Result: Sendable>(_ body: @escaping @Sendable (WriteSession) throws -> Result) async throws -> Result {
        try await call.engine.write(as: actor) { session in
            session.style.lenient = true
            return try body(session)
        }
    }

    // MARK: Answers

    /// Reads once and answers a page inside the frame.
    func show(
        status: HTTPResponse.Status = .ok,
        _ body: @escaping @Sendable (ReadSession) throws -> PageBody
    ) async throws -> Reply {
        let (content, schema) = try await read { session in
            var content = try body(session)
            content.bar = try bar(session)
            return (content, session.schema)
        }
        return html(content, schema: schema, status: status)
    }

    /// What features show in the frame of every page.
    func bar(_ session: ReadSession) throws -> HTML {
        try call.workspace.features.bars.reduce(into: .empty) { html, bar in
            if bar.mayShow(session.actor) { html += try bar.html(session, context) }
        }
    }

    /// The same page with that, read only where there may be something.
    func withBar(_ body: PageBody) async throws -> PageBody {
        let actor = try actor
        guard call.workspace.features.bars.contains(where: { $0.mayShow(actor) }) else { return body }
        var body = body
        body.bar = try await read { try bar($0) }
        return body
    }

    /// A page inside the frame: navigation of what the person may read, search box, the person's menu.
    func html(
        _ body: PageBody,
        schema: SchemaSnapshot? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Reply {
        guard let actor = call.caller.actor else { return bare(body, status: status) }
        var model = LayoutModel(
            title: body.title,
            workspace: workspaceName(schema ?? call.engine.schema),
            person: actor.name,
            navigation: Navigation.objects(schema ?? call.engine.schema, self, actor, current: body.current),
            more: Navigation.more(self, actor, current: body.current),
            breadcrumb: body.crumbs,
            flash: body.flash ?? flash,
            search: body.search,
            scripts: body.scripts
        )
        model.tour = TourHandlers.bar(self, actor)
        model.bar = body.bar
        model.keysOff = Cookies(call.headers)["kehu_keys"] == "off"
        return reply(Layout.page(model, in: context, body: body.html), status, hasValidator: body.hasValidator)
    }

    /// A page without navigation: for logging in and setting a password.
    func bare(_ body: PageBody, status: HTTPResponse.Status = .ok) -> Reply {
        let page = Layout.bare(
            title: body.title,
            workspace: workspaceName(call.engine.schema),
            flash: body.flash ?? flash,
            in: context,
            body: body.html
        )
        return reply(page, status)
    }

    /// What people call the workspace: their company.
    private func workspaceName(_ schema: SchemaSnapshot) -> String {
        schema.company.isEmpty ? call.workspace.name : schema.company
    }

    private func reply(_ html: HTML, _ status: HTTPResponse.Status, hasValidator: Bool = false) -> Reply {
        let name = context.csrf.isEmpty ? "" : ContentHash.name(html.bytes)
        var reply = Reply.html(context.csrf.isEmpty ? html.bytes : html.withToken(of: name, context.csrf), status)
        // Whatever a page depends on (rows, rights, language, the definition of its object) is in what it shows.
        if hasValidator, status == .ok, flash == nil, !name.isEmpty { reply.headers[.eTag] = "W/\"\(name)\"" }
        reply.headers[.contentSecurityPolicy] = Assets.contentSecurityPolicy
        reply.headers[.contentLanguage] = context.language.tag
        if flash != nil { reply.setCookie(FlashCookie.name, "", seconds: 0, call) }
        return reply
    }

    /// Leads on with a GET; `message` is shown once on the next page, and `undo` is a POST that takes it back.
    func go(
        to address: String,
        _ tone: Flash.Tone = .ok,
        _ message: Label? = nil,
        undo: String? = nil
    ) -> Reply {
        var reply = Reply.redirect(PageCall.isOwn(address) ? address : "/")
        if let message {
            let flash = Flash(tone, context(message), undo: undo)
            reply.setCookie(FlashCookie.name, FlashCookie.text(flash), seconds: 60, call)
        }
        return reply
    }

    /// Where a form or button leads back to when it is not the record: `_back`, if it is an address of this site.
    var back: String? {
        let address = form.text("_back").isEmpty ? call.query["_back"] ?? "" : form.text("_back")
        return !address.isEmpty && PageCall.isOwn(address) ? address : nil
    }

    /// The same for a form to send along.
    var hiddenBack: [Option] { back.map { [Option("_back", $0)] } ?? [] }

    /// True for addresses of this site, so that `_next` and `_back` lead nowhere else.
    static func isOwn(_ address: String) -> Bool { address.hasPrefix("/") && Pages.WebAddress.isSafe(address) }
}

/// What a page shows inside its frame.
struct PageBody: Sendable {
    /// The title in the browser's tab.
    var title: String
    /// The content.
    var html: HTML
    /// The address of the entry of the navigation that the page belongs to.
    var current: String?
    /// The path to the page, without the page itself.
    var crumbs: [Crumb] = []
    /// What is in the search box of the frame.
    var search = ""
    /// Scripts that only this page needs.
    var scripts: [Asset] = []
    /// What to say on top; nil for what the page before left.
    var flash: Flash?
    /// What features show in the frame of every page.
    var bar = HTML.empty
    /// True for what people come back to: the browser keeps the page and asks whether it is still right.
    var hasValidator = false

    /// What a page shows inside its frame.
    init(_ title: String, _ html: HTML, current: String? = nil, crumbs: [Crumb] = [], flash: Flash? = nil) {
        self.title = title
        self.html = html
        self.current = current
        self.crumbs = crumbs
        self.flash = flash
    }
}

/// The entries of the navigation.
enum Navigation {
    /// The start page, the objects that the person may read, and the features with theirs.
    static func objects(_ schema: SchemaSnapshot, _ page: PageCall, _ actor: Actor, current: String?)
        -> [NavigationItem]
    {
        let home = NavigationItem(label: page.context(PageTexts.home), href: "/", icon: "home", current: current == "/")
        let entries = page.call.workspace.features.entries
        let readable = schema.objects.filter { isEntry($0) && actor.rights.on($0.key).read != .none }
        let inFeatures = Set(entries.flatMap(\.objects))
        func item(_ object: ObjectDefinition) -> NavigationItem {
            let address = Addresses.list(object.plural)
            return NavigationItem(
                label: page.context(object.pluralLabel),
                href: address,
                icon: Navigation.icon(of: object),
                current: current == address
            )
        }
        let groups = entries.compactMap { entry -> NavigationItem? in
            let lists = readable.filter { entry.objects.contains($0.key) }.map(item)
            let isOpen = actor.rights.allows(entry.capability)
            var group = NavigationItem(
                label: page.context(entry.label),
                href: entry.address,
                icon: entry.icon,
                current: current == entry.address
            )
            guard !lists.isEmpty else { return isOpen ? group : nil }
            var overview = group
            overview.label = page.context(PageTexts.overview)
            group.children = (isOpen ? [overview] : []) + lists
            return group
        }
        return [home] + readable.filter { !inFeatures.contains($0.key) }.map(item) + parts(page, current: current)
            + groups
    }

    /// What is reached beside the records: what is planned, and figures over them.
    private static func parts(_ page: PageCall, current: String?) -> [NavigationItem] {
        let parts = [
            (CalendarTexts.calendar, Addresses.calendar, "calendar"), (ReportTexts.reports, Addresses.reports, "chart"),
        ]
        return parts.map { label, address, icon in
            NavigationItem(label: page.context(label), href: address, icon: icon, current: current == address)
        }
    }

    /// Parts of another record, as the lines of an opportunity, are reached from there.
    private static func isEntry(_ object: ObjectDefinition) -> Bool {
        !object.hidden && object.partOf == nil
    }

    /// Recycle bin, imports and settings, where the person may use them and the server has them.
    static func more(_ page: PageCall, _ actor: Actor, current: String?) -> [NavigationItem] {
        let rights = actor.rights
        let imports = rights.everything || rights.objects.values.contains { $0.importing }
        let settings = Capability.allCases.contains { ![.purge, .costs, .costing].contains($0) && rights.allows($0) }
        let items: [(Bool, String, Label, String)] = [
            (imports, Addresses.imports, Words.importing, "import"),
            (true, Addresses.bin, Words.bin, "trash"),
            (settings, Addresses.settings, Words.settings, "settings"),
        ]
        return items.filter { $0.0 && page.offers($0.1) }.map { _, address, label, icon in
            NavigationItem(label: page.context(label), href: address, icon: icon, current: current == address)
        }
    }

    /// The icon of an object; declared objects have drawings under their keys.
    static func icon(of object: ObjectDefinition) -> String {
        Icons.names.contains(object.icon) ? object.icon : Icons.names.contains(object.key) ? object.key : "box"
    }
}

extension HTML {
    /// The page with a token of its own in its forms in place of the session's; see `Compression`.
    fileprivate func withToken(of page: String, _ csrf: String) -> [UInt8] {
        let (wanted, token) = (Array(csrf.utf8), Array(OpenSession.token(of: csrf, page: page).utf8))
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 16 * token.count)
        var start = 0
        bytes.withUnsafeBytes { all in
            var place = 0
            while place + wanted.count <= all.count, let base = all.baseAddress,
                let found = memchr(base + place, Int32(wanted[0]), all.count - place - wanted.count + 1)
            {
                place = UnsafeRawPointer(found) - base
                guard memcmp(found, wanted, wanted.count) == 0 else {
                    place += 1
                    continue
                }
                result += all[start..<place]
                result += token
                place += wanted.count
                start = place
            }
            result += all[start...]
        }
        return result
    }
}

extension FormFields {
    /// The first value of a field without blanks at both ends; empty when it is absent.
    func text(_ name: String) -> String {
        guard let value = self[name] else { return "" }
        var text = value[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// True when a check box is ticked.
    func isOn(_ name: String) -> Bool { ["true", "on", "1", "yes"].contains(text(name)) }
}

extension Problem {
    /// True when somebody can put it right in the form: such a problem is shown there, not on a page of its own.
    var isAboutInput: Bool { [.invalid, .malformed, .conflict, .stale].contains(kind) }
}
