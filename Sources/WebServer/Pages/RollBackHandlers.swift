import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Putting back what a field held before a change.
    static let rollBack: [Route] = [post("/{plural}/{id}/rollback", RollBackHandlers.run)]
}

/// Putting back what a field held before a change: a write like any other, with its own entry in the history.
enum RollBackHandlers {
    /// True where the person may put back a field.
    static func isPossible(_ field: FieldDefinition, _ object: ObjectDefinition, _ session: ReadSession) -> Bool {
        guard field.isWritable, session.right(on: field, of: object) == .full else { return false }
        if case .file = field.kind { return false }
        return field.key != "owner" || session.actor.rights.on(object.key).assign != .none
    }

    /// The button beside a change.
    static func button(_ address: String, seq: Int64, field: FieldDefinition, _ context: PageContext) -> HTML {
        """
        <form method="post" action="\(address)/rollback">\(context.csrfField)<input type="hidden" name="seq" value="\(seq)">\
        <button class="k-btn k-btn-small k-btn-quiet" name="field" value="\(field.key)" aria-label="\(context(PageTexts.putBack(field.label)))">\
        \(Icons.use("restore"))\(context(PageTexts.putBackValue))</button></form>
        """
    }

    static func run(_ page: PageCall) async throws -> Reply {
        let (plural, id, form) = (page.call.parameter("plural"), try page.call.recordID(), page.form)
        let address = Addresses.record(plural, id.description) + "/history"
        do {
            return try await page.write { session in
                let object = try session.object(plural)
                let seq = Int64(form.text("seq")) ?? 0
                guard let row = try session.history(object, id, limit: 1, before: seq + 1).first, row.seq == seq,
                    let text = row.changes, let field = object.field(form.text("field")),
                    isPossible(field, object, session),
                    case .array(let pair)? = try JSONReader.parse(text)[field.key], pair.count == 2
                else { throw Problem.noSuchAddress }
                try session.update(object, id, .object([.init(key: field.key, value: pair[0])]))
                return page.go(to: address, .ok, PageTexts.valuePutBack(field.label))
            }
        } catch let problem as Problem where problem.isAboutInput || problem.kind == .forbidden {
            return page.go(to: address, .bad, problem.fields.first?.message ?? problem.message)
        }
    }
}
