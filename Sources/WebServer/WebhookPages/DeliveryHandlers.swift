import HTTPTypes
import Identity
import Pages
import Records
import Values
import Webhooks

/// One delivery in the administration: what was sent, how each try went, and «send again».
enum DeliveryHandlers {
    static func badge(_ delivery: WebhookDelivery, _ context: PageContext) -> HTML {
        let text = context(WebhookWords.state(delivery.state))
        return switch delivery.state {
        case .waiting: Badge.html(text, delivery.attempts > 0 ? .bad : .neutral)
        case .sending: Badge.html(text, .accent)
        case .done: Badge.html(text, .ok)
        case .failed: Badge.html(text, .bad)
        }
    }

    static func show(_ page: PageCall) async throws -> Reply {
        let (webhooks, context) = (page.call.workspace.webhooks, page.context)
        let (id, delivery) = (try page.call.recordID(), try page.call.recordID("delivery"))
        return try await page.show { session in
            let webhook = try webhooks.find(id, session)
            let (found, attempts) = try webhooks.delivery(delivery, of: id, session)
            return PageBody(
                found.type,
                html(found, attempts, context),
                current: Addresses.settings,
                crumbs: [
                    AdminCrumbs.settings(page), WebhookHandlers.crumb(page),
                    Crumb(webhook.name, WebhookHandlers.address(id)),
                ]
            )
        }
    }

    private static func html(
        _ delivery: WebhookDelivery,
        _ attempts: [WebhookAttempt],
        _ context: PageContext
    ) -> HTML {
        let mayReplay = delivery.state == .done || delivery.state == .failed
        let replay = Pages.RecordPage.action(
            context(WebhookWords.replay),
            to: "\(WebhookHandlers.address(delivery.webhook))/deliveries/\(delivery.id)/replay",
            icon: "restore",
            in: context
        )
        var facts = [
            Fact(context(WebhookWords.message), .text(delivery.messageID)),
            Fact(context(Words.time), .instant(delivery.createdAt)),
            Fact(context(WebhookWords.attempts), .number(Int64(delivery.attempts))),
        ]
        if delivery.state == .waiting { facts.append(Fact(context(WebhookWords.due), .instant(delivery.dueAt))) }
        let head = Layout.head(
            "\(delivery.type) \(badge(delivery, context))",
            actions: mayReplay && !delivery.payload.isEmpty ? replay : .empty
        )
        let body: HTML =
            delivery.payload.isEmpty
            ? "<p class=\"k-panel-pad\">\(context(WebhookWords.erased))</p>"
            : """
            <div class="k-section"><textarea class="k-input" rows="12" readonly aria-label="\(context(WebhookWords.body))">
            \(delivery.payload)</textarea></div>
            """
        return """
            \(head)<div class="k-stack"><section class="k-panel">\(Facts.html([FactsModel(nil, facts)], in: context))</section>\
            <section class="k-panel"><h2 class="k-panel-head">\(context(WebhookWords.body))</h2>\(body)</section>\
            <section class="k-panel"><h2 class="k-panel-head">\(context(WebhookWords.log))</h2>\
            \(Table.html(table(attempts, context), in: context))</section></div>
            """
    }

    private static func table(_ attempts: [WebhookAttempt], _ context: PageContext) -> TableModel {
        var columns = [
            ColumnModel("at", context(Words.time)), ColumnModel("status", context(Words.state)),
            ColumnModel("answer", context(WebhookWords.answer)),
            ColumnModel("duration", context(WebhookWords.duration), numeric: true),
            ColumnModel("address", context(WebhookWords.address)),
        ]
        columns[2].wide = true
        columns[4].wide = true
        return TableModel(
            caption: context(WebhookWords.log),
            columns: columns,
            rows: attempts.enumerated().map { index, attempt in
                let isAccepted = attempt.error == nil
                let status = attempt.status.map { String($0) } ?? "—"
                return RowModel(
                    id: String(index),
                    name: status,
                    cells: [
                        .instant(attempt.at), .html(Badge.html(status, isAccepted ? .ok : .bad)),
                        .text([attempt.error ?? "", attempt.answer].filter { !$0.isEmpty }.joined(separator: " · ")),
                        .number(attempt.duration), .text(attempt.address),
                    ]
                )
            },
            empty: EmptyModel(icon: "history", title: context(WebhookWords.noDeliveries))
        )
    }

    static func replay(_ page: PageCall) async throws -> Reply {
        let webhooks = page.call.workspace.webhooks
        let (id, delivery) = (try page.call.recordID(), try page.call.recordID("delivery"))
        do {
            try await page.write { _ = try webhooks.replay(delivery, of: id, $0) }
        } catch let problem as Problem where problem.kind == .conflict {
            return page.go(to: WebhookHandlers.address(id), .bad, problem.message)
        }
        return page.go(to: WebhookHandlers.address(id), .ok, WebhookWords.replayed)
    }
}
