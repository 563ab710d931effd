import HTTPTypes
import Identity
import Pages
import Privacy
import Records
import Schema
import Values

extension PageRoutes {
    /// Personal data.
    static let privacy: [Route] = [
        get("/{plural}/{id}/erase", PrivacyHandlers.preview),
        post("/{plural}/{id}/erase", PrivacyHandlers.erase),
        Route(.get, "/{plural}/{id}/held", handler: PrivacyAPI.held),
        get(Addresses.privacy, RetentionHandlers.show),
        post(Addresses.privacy, RetentionHandlers.add),
        post(Addresses.privacy + "/{id}/{verb}", RetentionHandlers.act),
    ]
}

/// Erasing a person, by pages.
enum PrivacyHandlers {
    static func preview(_ page: PageCall) async throws -> Reply { try await preview(page, nil) }

    private static func preview(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        let (plural, id, actor) = (page.call.parameter("plural"), try page.call.recordID(), try page.actor)
        let preview = try await page.call.workspace.privacy.preview(plural, id, as: actor)
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let object = try session.object(plural)
            let address = Addresses.record(object.plural, id.description)
            let html = ErasePage.html(preview, address, problem, page.form.draft, page.context)
            return PageBody(
                page.context(PrivacyWords.erase),
                html,
                current: Addresses.list(object.plural),
                crumbs: [
                    Crumb(page.context(object.pluralLabel), Addresses.list(object.plural)),
                    Crumb(preview.name, address),
                ]
            )
        }
    }

    static func erase(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let reason = page.form.text("reason")
        do {
            let report = try await page.call.workspace.privacy.erase(
                plural,
                id,
                confirmation: page.form["confirm"] ?? "",
                reason: reason.isEmpty ? nil : reason,
                as: try page.actor
            )
            return page.go(to: Addresses.record(plural, id.description), .ok, PrivacyWords.erased(report.token))
        } catch let problem as Problem where problem.code == "invalid" || problem.isAboutInput {
            return try await preview(page, problem)
        }
    }

    /// The links on a person's page, for who may handle personal data.
    static func links(_ view: RecordSheet) -> HTML {
        guard view.session.actor.rights.allows(.privacy),
            (try? view.page.call.workspace.privacy.isPerson(view.object.plural, view.id, view.session)) == true
        else { return .empty }
        return RecordHandlers.link(view.context(PrivacyWords.held), view.address + "/held?format=zip", "export")
            + RecordHandlers.link(view.context(PrivacyWords.erase), view.address + "/erase", "trash")
    }
}

/// What erasing takes, and the form that confirms it.
enum ErasePage {
    static func html(
        _ preview: ErasurePreview,
        _ address: String,
        _ problem: Problem?,
        _ draft: [String: String],
        _ context: PageContext
    ) -> HTML {
        var facts = [
            Fact(context(PrivacyWords.fields), .text(preview.fields.map { context($0) }.joined(separator: ", "))),
            Fact(context(PrivacyWords.notes), .number(preview.notes)),
            Fact(context(PrivacyWords.files), .number(preview.files)),
            Fact(context(PrivacyWords.entries), .number(preview.entries)),
        ]
        for (label, count) in preview.kept {
            facts.append(Fact(context(PrivacyWords.kept), .text("\(context(label)) \(count)")))
        }
        if let at = preview.erasedAt { facts.append(Fact(context(PrivacyWords.before), .instant(at))) }
        let error = problem.map { context($0.fields.first?.message ?? $0.message) }
        return """
            <div class="k-medium">\(Layout.head("\(context(PrivacyWords.erase))", text: preview.name))<div class="k-stack">\
            <section class="k-panel">\(Facts.html([FactsModel(nil, facts)], in: context))</section>\
            <form class="k-panel" method="post" action="\(address)/erase">\(context.csrfField)<div class="k-section">\
            <p>\(context(PrivacyWords.eraseText)) \(context(PrivacyWords.backups))</p><div class="k-fields">\
            \(Control.input("confirm", context(PrivacyWords.confirm), value: draft["confirm"] ?? "", error: error, help: preview.name))\
            \(Control.input("reason", context(PrivacyWords.reason), value: draft["reason"] ?? ""))</div></div>\
            <div class="k-form-foot"><button class="k-btn k-btn-danger">\(Icons.use("trash"))\(context(PrivacyWords.erase))</button>\
            <a class="k-btn"\(href: address)>\(context(Words.cancel))</a></div></form></div></div>
            """
    }
}
