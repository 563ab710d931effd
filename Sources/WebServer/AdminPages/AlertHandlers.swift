import Alerts
import HTTPTypes
import Identity
import Pages
import Records
import Values

/// The security alerts: what an administrator should look at, and that somebody has.
enum AlertHandlers {
    static let address = Addresses.settings + "/alerts"
    private static let size = 50

    static func list(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.audit)
        let all = page.call.query["all"] == "true"
        let before = try page.call.query.id("before")
        let context = page.context
        return try await page.show { session in
            let alerts = try Alerts.list(seen: all ? nil : false, before: before, limit: size, session)
            func query(_ before: String) -> String {
                WebAddress.path(address, ["all": all ? "true" : "", "before": before])
            }
            let tabs = [(AlertWords.open, address, !all), (AlertWords.all, address + "?all=true", all)]
            let links = HTML.each(tabs) { label, href, current in
                "<a\(href: href)\(attribute: "aria-current", current ? "page" : nil)>\(context(label))</a>"
            }
            let pager = Pager.html(
                shown: alerts.count,
                first: before == nil ? nil : query(""),
                next: alerts.count == size ? alerts.last.map { query($0.id.description) } : nil,
                in: context
            )
            let html: HTML = """
                \(Layout.head("\(context(AlertWords.alerts))", text: context(AlertWords.alertsText)))<nav class="k-tabs">\(links)</nav>\
                <div class="k-panel">\(Table.html(table(alerts, context), in: context))\(pager)</div>
                """
            return PageBody(
                context(AlertWords.alerts),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)]
            )
        }
    }

    private static func table(_ alerts: [Alert], _ context: PageContext) -> TableModel {
        var columns = [
            ColumnModel("at", context(Words.time)), ColumnModel("kind", context(AlertWords.kind)),
            ColumnModel("who", context(AdminTexts.actor)), ColumnModel("what", context(AlertWords.what)),
            ColumnModel("address", context(AdminWords.address)), ColumnModel("device", context(AdminWords.device)),
        ]
        columns[3].wide = true
        return TableModel(
            caption: context(AlertWords.alerts),
            columns: columns,
            rows: alerts.map { alert in
                let see = Pages.RecordPage.action(
                    context(AlertWords.see),
                    to: "\(address)/\(alert.id)/seen",
                    icon: "check",
                    small: true,
                    in: context
                )
                let seen: HTML =
                    "<span class=\"k-muted k-small\">\(context(AlertWords.seen(alert.seenBy ?? "")))</span>"
                return RowModel(
                    id: alert.id.description,
                    name: context(alert.kind.label),
                    cells: [
                        .instant(alert.at),
                        .html(Badge.html(context(alert.kind.label), alert.seenAt == nil ? .bad : .ok)),
                        .person(alert.userName), .text(context(alert.explanation)), .text(alert.address),
                        .text(Device.name(alert.device)),
                    ],
                    actions: alert.seenAt == nil ? see : seen
                )
            },
            empty: EmptyModel(icon: "check", title: context(AlertWords.none), text: context(AlertWords.noneText))
        )
    }

    static func see(_ page: PageCall) async throws -> Reply {
        let id = try page.call.recordID()
        try await page.write { try Alerts.markSeen(id, $0) }
        return page.go(to: address, .ok, AlertWords.isSeen)
    }

    /// What the start page says to those who may look at alerts, while there are some that nobody has seen.
    static func notice(_ session: ReadSession, _ context: PageContext) throws -> HTML {
        let count = try Alerts.unseen(session)
        guard count > 0 else { return .empty }
        return AdminTile.html(
            [AdminTile(address, "warning", AlertWords.count(count), AlertWords.alertsText)],
            in: context
        )
    }
}

/// The words of alerts.
enum AlertWords {
    static let alerts = Label("Security alerts", zh: "安全提醒")
    static let alertsText = Label(
        "Log-ins at night, unusual exports, webhooks switched off.",
        zh: "夜间登录、异常导出、Webhook 停用。"
    )
    static let open = Label("To look at", zh: "待查看")
    static let all = Label("All", zh: "全部")
    static let kind = Label("Alert", zh: "提醒")
    static let what = Label("What happened", zh: "情况")
    static let see = Label("Seen", zh: "标为已查看")
    static let isSeen = Label("Marked as seen.", zh: "已标为已查看。")
    static let none = Label("Nothing to look at", zh: "没有待查看的提醒")
    static let noneText = Label("Log-ins and exports are as usual.", zh: "登录和导出一切正常。")
    static let nightFrom = Label("Night begins", zh: "夜间开始")
    static let nightTo = Label("Night ends", zh: "夜间结束")
    static let nightHelp = Label(
        "In the time zone of each person. Leave empty to be told nothing.",
        zh: "按每位成员所在时区计算；留空则不提醒。"
    )
    static let rows = Label("Exported records in 24 hours, from", zh: "24 小时导出记录数达到")
    static let times = Label("Exports in 24 hours, from", zh: "24 小时导出次数达到")
    static let factor = Label("And so many times the person's usual day", zh: "且达到本人日常导出量的倍数")

    static func seen(_ name: String) -> Label { Label("Seen by \(name)", zh: "\(name)已查看") }
    static func count(_ count: Int) -> Label {
        Label(count == 1 ? "1 security alert" : "\(count) security alerts", zh: "\(count) 条安全提醒待查看")
    }
}
