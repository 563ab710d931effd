import Database
import Identity
import Pages
import Records
import SQLText
import Schema
import Values
import Webhooks

/// The form of a webhook, and what it sends as the API takes it.
struct WebhookForm {
    var action: String
    var cancel: String
    var values: [String: String]
    var events: Set<String>
    var users: [Option]
    var errors: [String: String] = [:]

    static let controls: Set<String> = ["name", "address", "user", "events", "filter", "fields"]

    /// What was typed, as the API takes it.
    static func json(_ form: FormFields) -> JSONValue {
        let fields = form.text("fields").split(whereSeparator: { ",，、 ".contains($0) })
        return members([
            "name": .string(form.text("name")), "address": .string(form.text("address")),
            "user": .string(form.text("user")), "events": .array(form.all("events").map(JSONValue.string)),
            "filter": .string(form.text("filter")),
            "fields": fields.isEmpty ? .null : .array(fields.map { .string(String($0)) }),
        ])
    }

    /// The people whose rights a webhook can have: those who are active.
    static func users(_ session: ReadSession, chosen: RecordID?) throws -> [Option] {
        let rows = try session.connection.rows(
            """
            SELECT id, name, email FROM sys_user WHERE state = 'active' OR id = \(chosen) ORDER BY name_sort, id LIMIT 1000
            """
        )
        return rows.map { Option(RecordID($0.integer(0)).description, "\($0.text(1)) · \($0.text(2))") }
    }

    func html(_ schema: SchemaSnapshot, _ context: PageContext) -> HTML {
        func input(_ key: String, _ label: Label, _ help: Label? = nil) -> HTML {
            Control.input(
                key,
                context(label),
                value: values[key] ?? "",
                error: errors[key],
                help: help.map { context($0) }
            )
        }
        let objects = [("*", WebhookWords.allObjects)] + schema.objects.filter { !$0.hidden }.map { ($0.key, $0.label) }
        let groups = HTML.each(objects) { group($0, $1, context) }
        let error = HTML.with(errors["events"]) {
            "<p class=\"k-error\" role=\"alert\">\(Icons.use("warning"))<span>\($0)</span></p>"
        }
        return """
            <form class="k-panel" method="post" action="\(action)" novalidate>\(context.csrfField)<div class="k-section"><div class="k-fields">\
            \(input("address", WebhookWords.address, WebhookWords.addressHelp))\(input("name", WebhookWords.name))\
            \(Control.select("user", context(WebhookWords.user), users, chosen: values["user"]))</div>\
            <p class="k-help">\(context(WebhookWords.userHelp))</p></div>
            <fieldset class="k-section"><legend class="k-label">\(context(WebhookWords.events))</legend>\(error)\(groups)</fieldset>
            <div class="k-section"><div class="k-fields">\(input("filter", WebhookWords.filter, WebhookWords.filterHelp))\
            \(input("fields", WebhookWords.fields, WebhookWords.fieldsHelp))</div></div>
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(Words.save))</button>\
            <a class="k-btn"\(href: cancel)>\(context(Words.cancel))</a></div></form>
            """
    }

    /// The events of one object: closed unless one is chosen.
    private func group(_ object: String, _ label: Label, _ context: PageContext) -> HTML {
        let all = object == "*" ? "*" : object + ".*"
        let options =
            [(all, WebhookWords.allEvents)] + WebhookVerb.allCases.map { ("\(object).\($0.rawValue)", $0.label) }
        let count = options.count { events.contains($0.0) }
        let boxes = HTML.each(options) { value, text in
            """
            <label class="k-option"><input type="checkbox" name="events" value="\(value)"\
            \(attribute: "checked", if: events.contains(value))>\(context(text))</label>
            """
        }
        let chosen = HTML.when(count > 0, " <span class=\"k-muted\">\(context(WebhookWords.chosen(count)))</span>")
        return """
            <details class="k-fold"\(attribute: "open", if: count > 0)><summary>\(Icons.use("right"))\(context(label))\(chosen)</summary>\
            <div class="k-options">\(boxes)</div></details>
            """
    }
}
