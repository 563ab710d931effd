import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// The verbs that features offer on the pages of their records, such as approving an expense, each where it fits the
/// state that the record is in.
enum VerbForms {
    /// The buttons; nothing where no verb fits.
    static func html(_ view: RecordSheet) -> HTML {
        guard !view.isDeleted else { return .empty }
        let (context, rights) = (view.context, view.session.actor.rights)
        let known = view.page.call.engine.actions(of: view.object.key)
        let forms = view.page.call.workspace.features.verbs.compactMap { verb -> HTML? in
            guard verb.object == view.object.key, verb.states.contains(view.text("state") ?? ""),
                verb.capability.map(rights.allows) ?? true, let action = known.first(where: { $0.name == verb.name })
            else { return nil }
            let reason: HTML = HTML.with(verb.question) {
                "<input class=\"k-input\" name=\"reason\" maxlength=\"500\" required placeholder=\"\(context($0))\" aria-label=\"\(context($0))\">"
            }
            let kind = verb.isMain ? "k-btn k-btn-primary" : "k-btn"
            return """
                <form class="k-row" method="post" action="\(view.address)/verbs/\(verb.name)">\(context.csrfField)\(reason)\
                <button class="\(kind)">\(context(action.label))</button></form>
                """
        }
        return HTML.when(
            !forms.isEmpty,
            "<div class=\"k-panel k-panel-pad k-row k-closing\">\(HTML.each(forms) { $0 })</div>"
        )
    }

    /// Runs a verb; what it made is shown, else the record again.
    static func run(_ page: PageCall) async throws -> Reply {
        let (plural, id, name) = (page.call.parameter("plural"), try page.call.recordID(), page.call.parameter("verb"))
        let (engine, reason) = (page.call.engine, page.form.text("reason"))
        let address = Addresses.record(plural, id.description)
        let offered = page.call.workspace.features.verbs
        do {
            return try await page.write { session in
                let object = try session.object(plural)
                guard offered.contains(where: { $0.object == object.key && $0.name == name }),
                    let action = engine.actions(of: object.key).first(where: { $0.name == name })
                else { throw Problem.noSuchAddress }
                _ = try session.find(object, id)
                let body: [JSONValue.Member] = reason.isEmpty ? [] : [.init(key: "reason", value: .string(reason))]
                let answer = try action.runOn(object, id, .object(body), session)
                let made = answer["id"]?.string.flatMap { RecordID($0) }
                return page.go(to: made.map { Addresses.record(plural, $0.description) } ?? address, .ok, action.label)
            }
        } catch let problem as Problem where [.invalid, .conflict, .forbidden].contains(problem.kind) {
            return page.go(to: address, .bad, problem.fields.first?.message ?? problem.message)
        }
    }
}
