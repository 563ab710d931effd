import Exchange
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// The page on which the form of an export is chosen, and the file itself.
enum ExportHandlers {
    static func show(_ page: PageCall) async throws -> Reply {
        // What the API answers, with errors as pages.
        if page.call.query["format"] != nil { return try await ExportAPI.export(page.call) }
        let actor = try page.actor
        let plural = page.call.parameter("plural")
        let hidden = ["q", "filter", "sort"].compactMap { name in
            page.call.query[name].flatMap { $0.isEmpty ? nil : (name: name, value: $0) }
        }
        return try await page.show { session in
            let object = try session.object(plural)
            guard actor.rights.on(object.key).export else {
                throw Problem.forbidden(
                    Label("You may not export \(object.pluralLabel.en).", zh: "您没有导出\(object.label.zh)的权限。")
                )
            }
            let hasCards = session.readableFields(object).contains { $0.kind == .phone || $0.kind == .email }
            let choices = ExportFormat.all.filter { !$0.isCards || hasCards }.map { format in
                ExportChoice(name: format.name, label: page.context(format.label), help: page.context(format.help))
            }
            return PageBody(
                page.context(ImportTexts.export(object.pluralLabel)),
                ExportPage.html(
                    objects: object.pluralLabel,
                    action: Addresses.export(object.plural),
                    choices: choices,
                    hidden: hidden,
                    in: page.context
                ),
                current: Addresses.list(object.plural),
                crumbs: [Crumb(page.context(object.pluralLabel), Addresses.list(object.plural))]
            )
        }
    }
}
