import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

extension PageRoutes {
    /// Setting up a new workspace.
    static let setup: [Route] = [
        get(SetupHandlers.address, SetupHandlers.show), post(SetupHandlers.address, SetupHandlers.act),
    ]
}

/// The way through a new workspace: company, people, industry, data. Each step can be left out and come back to.
enum SetupHandlers {
    static let address = "/setup"
    private static let finished = "setup_done"

    /// The way in, on the start page of who keeps the settings, until the steps are done with.
    static func notice(_ session: ReadSession, _ context: PageContext) throws -> HTML {
        guard session.actor.rights.allows(.settings), try setting(finished, session) == nil,
            let customers = try? session.object("customers"),
            try session.knownCount(customers, ListQuery()) ?? 1 == 0 || SampleData.exists(session)
        else { return .empty }
        return """
            <div class="k-flash k-flash-info">\(Icons.use("info"))<p>\(context(SetupWords.begin))</p>\
            <a class="k-btn k-btn-primary k-btn-small" href="\(address)">\(context(SetupWords.title))</a></div>
            """
    }

    static func setting(_ key: String, _ session: ReadSession) throws -> String? {
        try session.connection.value("SELECT value FROM sys_setting WHERE key = \(key)").text
    }

    static func set(_ key: String, _ value: String, _ session: WriteSession) throws {
        try session.connection.run(
            """
            INSERT INTO sys_setting (key, value) VALUES (\(key), \(value))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """
        )
    }

    // MARK: The page

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, links: [], nil) }

    private static func show(_ page: PageCall, links: [(String, String)], _ problem: Problem?) async throws -> Reply {
        let actor = try page.actor
        try actor.require(.settings)
        let identities = page.call.workspace.identities
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let context = page.context
            let values = try WorkspaceSettings.read(session)
            let people = try PeopleChoice.options(identities, session).count
            let error = problem.map { context($0.fields.first?.message ?? $0.message) }
            var parts: [HTML] = [company(page, values)]
            if actor.rights.allows(.users) { parts.append(try team(page, identities, session, links, people)) }
            if actor.rights.allows(.schema) { parts.append(industry(page)) }
            parts.append(data(page, hasSample: try SampleData.exists(session)))
            let wrong = HTML.with(error) {
                "<div class=\"k-flash k-flash-bad\" role=\"alert\">\(Icons.use("warning"))<p>\($0)</p></div>"
            }
            let html: HTML = """
                <div class="k-medium">\(Layout.head(HTML(text: context(SetupWords.title)), text: context(SetupWords.text)))\(wrong)\
                <div class="k-stack">\(parts)<form method="post" action="\(address)">\(context.csrfField)\
                <button class="k-btn k-btn-primary" name="_action" value="done">\(Icons.use("check"))\(context(SetupWords.done))</button></form></div></div>
                """
            return PageBody(context(SetupWords.title), html, current: Addresses.settings)
        }
    }

    private static func panel(_ number: Int, _ title: Label, _ body: HTML, _ context: PageContext) -> HTML {
        """
        <section class="k-panel"><h2 class="k-panel-head"><span class="k-badge k-badge-neutral">\(number)</span>\(context(title))</h2>\(body)</section>
        """
    }

    private static func form(_ action: StaticString, _ body: HTML, _ button: Label, _ context: PageContext) -> HTML {
        """
        <form class="k-section" method="post" action="\(address)" novalidate>\(context.csrfField)<div class="k-form">\(body)</div><div class="k-parts-foot">\
        <button class="k-btn" name="_action" value="\(raw: action)">\(context(button))</button></div></form>
        """
    }

    private static func company(_ page: PageCall, _ values: [String: String]) -> HTML {
        let context = page.context
        let languages = Language.allCases.map { Option($0.rawValue, $0 == .zh ? "中文" : "English") }
        let body: HTML = """
            <div class="k-fields">\(Control.input("company_name", context(AdminWords.company), value: values["company_name"] ?? ""))\
            \(Control.input("base_currency", context(AdminWords.currency), value: values["base_currency"] ?? "", help: context(AdminWords.currencyHelp)))\
            \(Control.input("time_zone", context(AdminWords.timeZone), value: values["time_zone"] ?? ""))\
            \(Control.select("language", context(AdminWords.language), languages, chosen: values["language"] ?? "zh"))</div>
            """
        return panel(1, SetupWords.company, form("company", body, Words.save, context), context)
    }

    private static func team(
        _ page: PageCall,
        _ identities: Identities,
        _ session: ReadSession,
        _ links: [(String, String)],
        _ people: Int
    ) throws -> HTML {
        let context = page.context
        let roles = try identities.roles(on: session.connection).map { Option($0.id.description, context($0.label)) }
        let made = HTML.each(links) {
            "<li><strong>\($0.0)</strong><div class=\"k-secret\"><code class=\"k-break\">\($0.1)</code></div></li>"
        }
        let body: HTML = """
            <label class="k-field"><span class="k-label">\(context(SetupWords.emails))</span><textarea class="k-input" name="emails" \
            autocapitalize="none" spellcheck="false" placeholder="wang@example.com"></textarea></label>\
            \(Control.select("role", context(AdminTexts.userRoles), roles, chosen: roles.first { $0.label.contains("销售") || $0.label.contains("ales") }?.value ?? ""))\
            <p class="k-muted">\(context(SetupWords.people(people)))</p>
            """
        let list = HTML.when(
            !links.isEmpty,
            "<div class=\"k-section\"><p>\(context(SetupWords.once))</p><ul class=\"k-stack\">\(made)</ul></div>"
        )
        return panel(2, SetupWords.team, list + form("people", body, SetupWords.invite, context), context)
    }

    private static func industry(_ page: PageCall) -> HTML {
        let context = page.context
        let options = HTML.each(IndustryTemplate.all) { template in
            """
            <label class="k-option"><input type="radio" name="template" value="\(template.key)">\(context(template.label))</label>
            """
        }
        let body: HTML = """
            <p class="k-muted">\(context(SetupWords.industryText))</p><div class="k-options" role="group" aria-label="\(context(SetupWords.industry))">\(options)</div>
            """
        return panel(3, SetupWords.industry, form("industry", body, Words.apply, context), context)
    }

    private static func data(_ page: PageCall, hasSample: Bool) -> HTML {
        let context = page.context
        let sample = hasSample ? ("unsample", SetupWords.unsample, "trash") : ("sample", SetupWords.sample, "box")
        let body: HTML = """
            <div class="k-section k-form"><p class="k-muted">\(context(SetupWords.dataText))</p><div class="k-actions">\
            <a class="k-btn"\(href: Addresses.startImport("customers"))>\(Icons.use("import"))\(context(Words.importing))</a>\
            <form method="post" action="\(address)">\(context.csrfField)<button class="k-btn" name="_action" value="\(sample.0)">\
            \(Icons.use(sample.2))\(context(sample.1))</button></form></div></div>
            """
        return panel(4, SetupWords.data, body, context)
    }

    // MARK: The steps

    static func act(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.settings)
        do {
            switch page.form.text("_action") {
            case "company":
                let keys = ["company_name", "base_currency", "time_zone", "language"]
                let values = keys.compactMap { key in page.form[key] != nil ? (key, page.form.text(key)) : nil }
                try await page.write { try WorkspaceSettings.change(values, $0) }
            case "people": return try await show(page, links: try await invite(page), nil)
            case "industry": try await IndustryTemplate.apply(page.form.text("template"), page)
            case "sample": try await page.write { try SampleData.make($0) }
            case "unsample": try await page.write { try SampleData.remove($0) }
            case "done":
                try await page.write { try set(finished, "1", $0) }
                return page.go(to: "/", .ok, SetupWords.ready)
            default: throw Problem.noSuchAddress
            }
        } catch let problem as Problem where problem.isAboutInput || problem.kind == .forbidden {
            return try await show(page, links: [], problem)
        }
        return page.go(to: address, .ok, PageTexts.saved)
    }

    /// Invites everybody whose address is given; all of them or nobody.
    private static func invite(_ page: PageCall) async throws -> [(String, String)] {
        let (actor, identities, call) = (try page.actor, page.call.workspace.identities, page.call)
        let emails = (page.form["emails"] ?? "").split { $0.isWhitespace || $0 == "," || $0 == ";" || $0 == "，" }
            .prefix(50).map(String.init)
        guard !emails.isEmpty else {
            throw Problem.invalid("emails", "required", Label("Type at least one address.", zh: "请至少填写一个邮箱。"))
        }
        let role = RecordID(page.form.text("role"))
        let tokens = try await page.write { session in
            let settings = try WorkspaceSettings.read(session)
            return try emails.map { email in
                let new = NewUser(
                    email: email,
                    name: String(email.prefix { $0 != "@" }),
                    team: nil,
                    roles: [role].compactMap(\.self),
                    language: settings["language"].flatMap(Language.init(rawValue:)) ?? .zh,
                    timeZone: settings["time_zone"] ?? "Asia/Shanghai"
                )
                let user = try identities.addUser(new, by: actor, on: session.connection)
                return try identities.makeLink(.invite, for: user.id, by: actor, on: session.connection)
            }
        }
        return zip(emails, tokens).map { ($0, OneTimeLink.address(.invite, $1, call)) }
    }
}

/// The words of setting up.
enum SetupWords {
    static let title = Label("Set up", zh: "初始设置")
    static let text = Label(
        "Four short steps. Leave out what you do not need; all of it can be changed later.",
        zh: "只需四步，可跳过，之后都能修改。"
    )
    static let begin = Label("This workspace is new: set it up in a few minutes.", zh: "这是一个新的工作区，几分钟即可完成初始设置。")
    static let company = Label("Company", zh: "公司信息")
    static let team = Label("People", zh: "邀请同事")
    static let emails = Label("E-mail addresses, one per line", zh: "邮箱，每行一个")
    static func people(_ count: Int) -> Label { Label("\(count) people so far", zh: "目前共 \(count) 人") }
    static let invite = Label("Invite", zh: "生成邀请链接")
    static let once = Label("Send each their link; it is shown this once.", zh: "请把链接分别发给本人，链接只显示这一次。")
    static let industry = Label("Industry", zh: "行业模板")
    static let industryText = Label("Adds fields that the industry asks for.", zh: "按行业添加常用字段。")
    static let data = Label("Data", zh: "数据")
    static let dataText = Label(
        "Bring your own customers, or look around with sample data that goes away in one click.",
        zh: "导入自己的客户，或先用示例数据体验（可一键清除）。"
    )
    static let sample = Label("Load sample data", zh: "载入示例数据")
    static let unsample = Label("Remove sample data", zh: "清除示例数据")
    static let done = Label("Done", zh: "完成")
    static let ready = Label("The workspace is set up.", zh: "初始设置已完成。")
}
