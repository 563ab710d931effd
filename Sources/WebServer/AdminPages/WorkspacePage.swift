import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values
import Webhooks

/// A part of the administration that leads to a page of its own.
struct AdminTile {
    let href: String
    let icon: String
    let title: Label
    let text: Label

    init(_ href: String, _ icon: String, _ title: Label, _ text: Label) {
        (self.href, self.icon, self.title, self.text) = (href, icon, title, text)
    }

    static func html(_ tiles: [AdminTile], in context: PageContext) -> HTML {
        guard !tiles.isEmpty else { return .empty }
        return "<div class=\"k-tiles\">\(items(tiles, in: context))</div>"
    }

    static func items(_ tiles: [AdminTile], in context: PageContext) -> HTML {
        HTML.each(tiles) { tile in
            """
            <a class="k-panel k-tile"\(href: tile.href)>\(Icons.use(tile.icon))<span><strong>\(context(tile.title))</strong>\
            <span class="k-muted">\(context(tile.text))</span></span></a>
            """
        }
    }
}

/// What the page of the workspace's settings shows.
struct WorkspaceModel {
    var values: [String: String]
    var rates: [(currency: String, day: String, rate: String)] = []
    var draft: [String: String] = [:]
    var errors: [String: String] = [:]
}

/// The settings of the workspace and its exchange rates.
enum WorkspacePage {
    private static let zones = [
        "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Asia/Urumqi",
        "Asia/Dubai", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "UTC",
    ]

    static func html(_ model: WorkspaceModel, in context: PageContext) -> HTML {
        func value(_ key: String) -> String { model.draft[key] ?? model.values[key] ?? "" }
        let zone = value("time_zone")
        let known = zones.contains(zone) ? zones : [zone] + zones
        let nearby = [
            Option("false", context(WebhookWords.publicOnly)), Option("true", context(WebhookWords.nearbyToo)),
        ]
        let languages = Language.allCases.map { Option($0.rawValue, $0 == .zh ? "中文" : "English") }
        return """
            <div class="k-medium">\(Layout.head("\(context(AdminWords.workspace))", text: context(AdminWords.workspaceText)))<div class="k-stack">
            <form class="k-panel" method="post" action="\(SettingsHandlers.address)" novalidate>\(context.csrfField)<div class="k-section"><div class="k-fields">\
            \(Control.input("company_name", context(AdminWords.company), value: value("company_name"), error: model.errors["company_name"]))\
            \(Control.input("base_currency", context(AdminWords.currency), value: value("base_currency"), error: model.errors["base_currency"], help: context(AdminWords.currencyHelp)))\
            \(Control.select("time_zone", context(AdminWords.timeZone), known.map { Option($0, $0) }, chosen: zone))\
            \(Control.select("language", context(AdminWords.language), languages, chosen: value("language")))\
            \(Control.input("file_limit_mb", context(FileWords.limit), value: value("file_limit_mb"), mode: "numeric", error: model.errors["file_limit_mb"]))\
            \(Control.input("file_allowed", context(FileWords.allowed), value: value("file_allowed"), error: model.errors["file_allowed"], help: context(FileWords.allowedHelp)))\
            \(Control.select(Webhooks.nearbySetting, context(WebhookWords.receivers), nearby, chosen: value(Webhooks.nearbySetting)))\
            \(Control.input("country", context(AdminWords.country), value: value("country"), error: model.errors["country"], help: context(AdminWords.countryHelp)))</div></div>\(alerts(model, value, context))\
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(Words.save))</button></div></form>
            <section class="k-panel"><h2 class="k-panel-head">\(context(AdminWords.rates))<span class="k-help">\(context(AdminWords.ratesText))</span></h2>\
            <form class="k-section" method="post" action="\(SettingsHandlers.rates)" novalidate>\(context.csrfField)<div class="k-inline">\
            \(Control.input("currency", context(AdminWords.code), value: model.draft["currency"] ?? "USD", error: model.errors["currency"]))\
            \(Control.input("day", context(AdminWords.from), type: "date", value: model.draft["day"] ?? context.today.description, error: model.errors["day"]))\
            \(Control.input("rate", context(AdminWords.rate), value: model.draft["rate"] ?? "", mode: "decimal", error: model.errors["rate"]))\
            <button class="k-btn">\(context(AdminWords.setRate))</button></div></form>\(Table.html(rates(model, context), in: context))</section></div></div>
            """
    }

    /// When log-ins and exports raise an alert.
    private static func alerts(_ model: WorkspaceModel, _ value: (String) -> String, _ context: PageContext) -> HTML {
        func input(_ key: String, _ label: Label, mode: String? = nil, help: Label? = nil) -> HTML {
            Control.input(
                key,
                context(label),
                value: value(key),
                mode: mode,
                error: model.errors[key],
                help: help.map { context($0) }
            )
        }
        return """
            <div class="k-section"><h2 class="k-label">\(context(AlertWords.alerts))</h2><div class="k-fields">\
            \(input("night_from", AlertWords.nightFrom, help: AlertWords.nightHelp))\(input("night_to", AlertWords.nightTo))\
            \(input("export_alert_rows", AlertWords.rows, mode: "numeric"))\
            \(input("export_alert_times", AlertWords.times, mode: "numeric"))\
            \(input("export_alert_factor", AlertWords.factor, mode: "numeric"))</div></div>
            """
    }

    private static func rates(_ model: WorkspaceModel, _ context: PageContext) -> TableModel {
        TableModel(
            caption: context(AdminWords.rates),
            columns: [
                ColumnModel("currency", context(AdminWords.code)), ColumnModel("day", context(AdminWords.from)),
                ColumnModel("rate", context(AdminWords.rate), numeric: true),
            ],
            rows: model.rates.enumerated().map { index, rate in
                RowModel(
                    id: String(index),
                    name: rate.currency,
                    cells: [.text(rate.currency), .text(rate.day), .text(rate.rate)]
                )
            },
            empty: EmptyModel(icon: "info", title: context(AdminWords.noRates))
        )
    }
}
