import Database
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values
import Webhooks

/// Webhooks in the administration.
enum WebhookHandlers {
    static func address(_ id: RecordID) -> String { "\(Addresses.webhooks)/\(id)" }

    static func crumb(_ page: PageCall) -> Crumb { Crumb(page.context(WebhookWords.webhooks), Addresses.webhooks) }

    // MARK: The list

    static func list(_ page: PageCall) async throws -> Reply {
        let (webhooks, context) = (page.call.workspace.webhooks, page.context)
        return try await page.show { session in
            let all = try webhooks.list(session)
            let add: HTML = """
                <a class="k-btn k-btn-primary" href="\(Addresses.webhooks)/new">\(Icons.use("plus"))\(context(WebhookWords.add))</a>
                """
            let head = Layout.head(
                "\(context(WebhookWords.webhooks))",
                text: context(WebhookWords.webhooksText),
                actions: add
            )
            return PageBody(
                context(WebhookWords.webhooks),
                "\(head)<div class=\"k-panel\">\(Table.html(table(all, context), in: context))</div>",
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)]
            )
        }
    }

    private static func table(_ webhooks: [Webhook], _ context: PageContext) -> TableModel {
        TableModel(
            caption: context(WebhookWords.webhooks),
            columns: [
                ColumnModel("name", context(WebhookWords.name)), ColumnModel("state", context(Words.state)),
                ColumnModel("address", context(WebhookWords.address)),
                ColumnModel("events", context(WebhookWords.events)), ColumnModel("user", context(WebhookWords.user)),
            ],
            rows: webhooks.map { webhook in
                RowModel(
                    id: webhook.id.description,
                    href: address(webhook.id),
                    name: webhook.name,
                    cells: [
                        .text(webhook.name), .html(badge(webhook, context)), .text(webhook.address),
                        .text(webhook.events.joined(separator: ", ")), .person(webhook.userName),
                    ],
                    off: webhook.state != .active
                )
            },
            empty: EmptyModel(icon: "export", title: context(WebhookWords.none), text: context(WebhookWords.noneText))
        )
    }

    static func badge(_ webhook: Webhook, _ context: PageContext) -> HTML {
        let text = context(WebhookWords.state(webhook.state))
        switch webhook.state {
        case .active: return Badge.html(text, webhook.failingSince == nil ? .ok : .bad)
        case .paused: return Badge.html(text)
        case .off: return Badge.html(text, .bad)
        }
    }

    // MARK: Making and changing

    static func new(_ page: PageCall) async throws -> Reply { try await form(page, nil, nil) }

    static func edit(_ page: PageCall) async throws -> Reply { try await form(page, try page.call.recordID(), nil) }

    private static func form(_ page: PageCall, _ id: RecordID?, _ problem: Problem?) async throws -> Reply {
        let (webhooks, actor, context) = (page.call.workspace.webhooks, try page.actor, page.context)
        try actor.require(.settings)
        let errors = problem.map { FormErrors($0, known: WebhookForm.controls, in: context) }
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let stored = try id.map { try webhooks.find($0, session) }
            var form = WebhookForm(
                action: id.map(address) ?? Addresses.webhooks,
                cancel: id.map(address) ?? Addresses.webhooks,
                values: ["user": (stored?.user ?? actor.userID)?.description ?? ""],
                events: Set(stored?.events ?? []),
                users: try WebhookForm.users(session, chosen: stored?.user),
                errors: errors?.byControl ?? [:]
            )
            if let stored {
                form.values["name"] = stored.name
                form.values["address"] = stored.address
                form.values["filter"] = stored.filter
                form.values["fields"] = stored.fields?.joined(separator: ", ")
            }
            if problem != nil {
                form.values = page.form.draft
                form.events = Set(page.form.all("events"))
            }
            let title = stored?.name ?? context(WebhookWords.add)
            let html: HTML = """
                <div class="k-medium">\(Layout.head("\(title)"))\(form.html(session.schema, context))</div>
                """
            return PageBody(
                title,
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page), crumb(page)],
                flash: errors?.flash
            )
        }
    }

    static func add(_ page: PageCall) async throws -> Reply {
        let (webhooks, input) = (page.call.workspace.webhooks, WebhookForm.json(page.form))
        do {
            let made = try await page.write { try webhooks.add(input, $0) }
            return try await show(page, made.webhook.id, secret: made.secret)
        } catch let problem as Problem where problem.isAboutInput {
            return try await form(page, nil, problem)
        }
    }

    static func change(_ page: PageCall) async throws -> Reply {
        let (webhooks, id) = (page.call.workspace.webhooks, try page.call.recordID())
        let input = WebhookForm.json(page.form)
        do {
            try await page.write { _ = try webhooks.change(id, input, $0) }
        } catch let problem as Problem where problem.isAboutInput {
            return try await form(page, id, problem)
        }
        return page.go(to: address(id), .ok, PageTexts.saved)
    }

    // MARK: One webhook

    static func show(_ page: PageCall) async throws -> Reply {
        try await show(page, try page.call.recordID(), secret: nil)
    }

    private static func show(_ page: PageCall, _ id: RecordID, secret: String?) async throws -> Reply {
        let (webhooks, context) = (page.call.workspace.webhooks, page.context)
        let wanted = page.call.query["state"].flatMap(WebhookDelivery.State.init(rawValue:))
        let before = try page.call.query.id("before")
        return try await page.show { session in
            let webhook = try webhooks.find(id, session)
            let log = try webhooks.deliveries(of: id, state: wanted, before: before, limit: 50, session)
            return PageBody(
                webhook.name,
                WebhookView(webhook: webhook, secret: secret, log: log, state: wanted, before: before).html(context),
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page), crumb(page)]
            )
        }
    }

    static func act(_ page: PageCall) async throws -> Reply {
        let (webhooks, id) = (page.call.workspace.webhooks, try page.call.recordID())
        switch page.call.parameter("verb") {
        case "test":
            try await page.write { _ = try webhooks.test(id, $0) }
            return page.go(to: address(id), .ok, WebhookWords.tested)
        case "rotate":
            let secret = try await page.write { try webhooks.rotate(id, $0).secret }
            return try await show(page, id, secret: secret)
        case "pause", "resume":
            let isOn = page.call.parameter("verb") == "resume"
            do {
                try await page.write { _ = try webhooks.change(id, members(["active": .bool(isOn)]), $0) }
            } catch let problem as Problem where problem.isAboutInput {
                return page.go(to: address(id), .bad, problem.fields.first?.message ?? problem.message)
            }
            return page.go(to: address(id), .ok, isOn ? WebhookWords.resumed : WebhookWords.paused)
        case "delete":
            try await page.write { try webhooks.remove(id, $0) }
            return page.go(to: Addresses.webhooks, .ok, WebhookWords.removed)
        case "replay":
            let hours = min(24 * 90, max(1, Int64(page.form.text("hours")) ?? 24))
            let count = try await page.write { session in
                let since = session.now.adding(milliseconds: -hours * 3_600_000)
                return try webhooks.replayFailed(of: id, since: since, session)
            }
            return page.go(to: address(id), .ok, WebhookWords.replayedCount(count))
        default: throw Problem.noSuchAddress
        }
    }
}
