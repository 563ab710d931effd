import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// Winning or losing what is still open, with the reason: the verbs `win` and `lose` as buttons.
enum ClosingForm {
    /// The forms; nothing for records that are closed and for objects without these verbs.
    static func html(_ view: RecordSheet) -> HTML {
        let (context, object) = (view.context, view.object)
        let verbs = view.page.call.engine.actions(of: object.key)
        guard let win = verbs.first(where: { $0.name == "win" }), let lose = verbs.first(where: { $0.name == "lose" }),
            view.text("outcome") == "open", let stage = view.pathField,
            view.session.right(on: stage, of: object) == .full
        else { return .empty }
        let reasons = object.field("loss_reason")?.kind.choices.filter { !$0.hidden } ?? []
        let options = [Option("", context(PageTexts.chooseReason))] + reasons.map { Option($0.key, context($0.label)) }
        let note = object.field("loss_note").map { Control.input("note", context($0.label)) } ?? .empty
        let reason = object.field("loss_reason").map { Control.select("reason", context($0.label), options) } ?? .empty
        let form: HTML = """
            <form class="k-inline" method="post" action="\(view.address)/close">\(context.csrfField)
            """
        return """
            <details class="k-panel k-closing"><summary>\(Icons.use("right"))\(context(PageTexts.closing))</summary>\
            <div class="k-section">\(form)<button class="k-btn k-btn-primary" name="verb" value="win">\(Icons.use("check"))\
            \(context(win.label))</button></form></div><div class="k-section">\(form)\(reason)\(note)\
            <button class="k-btn k-btn-danger" name="verb" value="lose">\(Icons.use("close"))\(context(lose.label))</button></form></div></details>
            """
    }

    /// Runs the verb that was chosen.
    static func close(_ page: PageCall) async throws -> Reply {
        let (plural, id, form) = (page.call.parameter("plural"), try page.call.recordID(), page.form)
        let verb = form.text("verb")
        let engine = page.call.engine
        let address = Addresses.record(plural, id.description)
        do {
            return try await page.write { session in
                let object = try session.object(plural)
                guard ["win", "lose"].contains(verb),
                    let action = engine.actions(of: object.key).first(where: { $0.name == verb })
                else { throw Problem.noSuchAddress }
                _ = try session.find(object, id)
                let given = ["reason", "note"].filter { action.parameters[$0] != nil && !form.text($0).isEmpty }
                let body = given.map { JSONValue.Member(key: $0, value: .string(form.text($0))) }
                _ = try action.run(id, .object(body), session)
                return page.go(to: address, .ok, action.label)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return page.go(to: address, .bad, problem.fields.first?.message ?? problem.message)
        }
    }
}
