import Pages
import Values
import Webhooks

/// The page of one webhook: what it does, what can be done with it, and its deliveries.
struct WebhookView {
    let webhook: Webhook
    /// Shown once, after it was made.
    let secret: String?
    let log: [WebhookDelivery]
    let state: WebhookDelivery.State?
    let before: RecordID?

    private var address: String { WebhookHandlers.address(webhook.id) }

    func html(_ context: PageContext) -> HTML {
        let panel = HTML.with(secret) {
            Secret.panel($0, title: WebhookWords.secret, text: WebhookWords.secretText, in: context)
        }
        let head = Layout.head(
            "\(webhook.name) \(WebhookHandlers.badge(webhook, context))",
            actions: actions(context)
        )
        return """
            \(head)<div class="k-stack">\(panel)<section class="k-panel">\(Facts.html([facts(context)], in: context))</section>\
            <section class="k-panel"><h2 class="k-panel-head">\(context(WebhookWords.deliveries))</h2>\(tabs(context))\
            \(Table.html(table(context), in: context))\(pager(context))\(replay(context))</section></div>
            """
    }

    private func actions(_ context: PageContext) -> HTML {
        func button(_ label: Label, _ verb: String, _ icon: String, danger: Bool = false, ask: Label? = nil) -> HTML {
            Pages.RecordPage.action(
                context(label),
                to: address + "/" + verb,
                icon: icon,
                danger: danger,
                ask: ask.map { context($0) },
                in: context
            )
        }
        let isOn = webhook.state == .active
        return """
            \(HTML.when(isOn, button(WebhookWords.test, "test", "export")))\
            <a class="k-btn"\(href: address + "/edit")>\(Icons.use("edit"))\(context(Words.edit))</a>\
            \(button(WebhookWords.rotate, "rotate", "key", ask: WebhookWords.rotateAsk))\
            \(isOn ? button(WebhookWords.pause, "pause", "close") : button(WebhookWords.resume, "resume", "check"))\
            \(button(Words.delete, "delete", "trash", danger: true, ask: WebhookWords.removeAsk))
            """
    }

    private func facts(_ context: PageContext) -> FactsModel {
        var facts = [
            Fact(context(WebhookWords.address), .text(webhook.address)),
            Fact(context(WebhookWords.user), .person(webhook.userName)),
            Fact(context(WebhookWords.events), .text(webhook.events.joined(separator: ", "))),
        ]
        if !webhook.filter.isEmpty { facts.append(Fact(context(WebhookWords.filter), .text(webhook.filter))) }
        if let fields = webhook.fields {
            facts.append(Fact(context(WebhookWords.fields), .text(fields.joined(separator: ", "))))
        }
        if let reason = WebhookWords.why(webhook.reason) {
            facts.append(Fact(context(WebhookWords.reason), .text(context(reason))))
        }
        if let since = webhook.failingSince { facts.append(Fact(context(WebhookWords.failingSince), .instant(since))) }
        if let until = webhook.oldSecretUntil, until > context.now {
            facts.append(Fact(context(WebhookWords.bothUntil), .instant(until)))
        }
        return FactsModel(nil, facts)
    }

    // MARK: Deliveries

    private func list(_ state: WebhookDelivery.State?, before: RecordID? = nil) -> String {
        WebAddress.path(address, ["state": state?.rawValue ?? "", "before": before?.description ?? ""])
    }

    private func tabs(_ context: PageContext) -> HTML {
        let states: [(Label, WebhookDelivery.State?)] =
            [(Words.all, nil)] + [.waiting, .done, .failed].map { (WebhookWords.state($0), $0) }
        let links = HTML.each(states) { label, tab in
            "<a\(href: list(tab))\(attribute: "aria-current", tab == state ? "page" : nil)>\(context(label))</a>"
        }
        return "<nav class=\"k-tabs\">\(links)</nav>"
    }

    private func pager(_ context: PageContext) -> HTML {
        Pager.html(
            shown: log.count,
            first: before == nil ? nil : list(state),
            next: log.count == 50 ? log.last.map { list(state, before: $0.id) } : nil,
            in: context
        )
    }

    private func replay(_ context: PageContext) -> HTML {
        let ranges = [1, 24, 7 * 24, 30 * 24].map { Option(String($0), context(WebhookWords.hours($0))) }
        return """
            <form class="k-section" method="post" action="\(address)/replay">\(context.csrfField)<div class="k-inline">\
            \(Control.select("hours", context(WebhookWords.since), ranges, chosen: "24"))\
            <button class="k-btn">\(Icons.use("restore"))\(context(WebhookWords.replayFailed))</button></div></form>
            """
    }

    private func table(_ context: PageContext) -> TableModel {
        TableModel(
            caption: context(WebhookWords.deliveries),
            columns: [
                ColumnModel("type", context(WebhookWords.event)), ColumnModel("state", context(Words.state)),
                ColumnModel("at", context(Words.time)), ColumnModel("answer", context(WebhookWords.answer)),
                ColumnModel("tries", context(WebhookWords.attempts), numeric: true),
            ],
            rows: log.map { delivery in
                RowModel(
                    id: delivery.id.description,
                    href: "\(address)/deliveries/\(delivery.id)",
                    name: delivery.type,
                    cells: [
                        .text(delivery.type), .html(DeliveryHandlers.badge(delivery, context)),
                        .instant(delivery.createdAt),
                        (delivery.status.map { String($0) } ?? delivery.error).map { .text($0) } ?? .empty,
                        .number(Int64(delivery.attempts)),
                    ]
                )
            },
            empty: EmptyModel(icon: "history", title: context(WebhookWords.noDeliveries))
        )
    }
}
