import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Changing one field in place, and a look at a record beside the list.
    static let cells: [Route] = [
        get("/{plural}/{id}/cell", CellHandlers.form),
        post("/{plural}/{id}/cell", CellHandlers.save),
        get("/{plural}/{id}/peek", CellHandlers.peek),
    ]
}

/// Changing one field of a record in place: small answers that the script puts into the page.
enum CellHandlers {
    /// True for fields that have a small control and that the person may write.
    static func isEditable(_ field: FieldDefinition, of object: ObjectDefinition, _ session: ReadSession) -> Bool {
        guard field.isWritable, session.right(on: field, of: object) == .full else { return false }
        switch field.kind {
        case .longText, .address, .file, .anyLink, .formula, .rollUp, .autoNumber: return false
        case .person: return field.key != "owner" || session.actor.rights.on(object.key).assign != .none
        default: return true
        }
    }

    /// The control with what is stored.
    static func form(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let key = page.call.query["field"] ?? ""
        return try await page.read { session in
            let (form, record, model) = try field(plural, id, key, session, page)
            return fragment(control(form.object, record.id, model, version: record.version, note: nil, page))
        }
    }

    private static func field(
        _ plural: String,
        _ id: RecordID,
        _ key: String,
        _ session: ReadSession,
        _ page: PageCall
    ) throws -> (RecordForm, AnyRecord, FieldModel) {
        let object = try session.object(plural)
        let record = try session.find(object, id)
        guard try session.may(.update, object, id), let field = object.field(key),
            isEditable(field, of: object, session)
        else { throw Problem.forbidden(PageTexts.notEditable) }
        let form = RecordForm(object, session, page)
        let stored = try form.stored(record).first { $0.definition.key == key }
        guard let stored, !stored.locked, let model = try form.offering([stored]).first else {
            throw Problem.forbidden(PageTexts.notEditable)
        }
        return (form, record, model)
    }

    private static func control(
        _ object: ObjectDefinition,
        _ id: RecordID,
        _ model: FieldModel,
        version: Int64,
        note: String?,
        _ page: PageCall
    ) -> HTML {
        CellForm.html(
            model,
            action: Addresses.record(object.plural, id.description) + "/cell",
            version: String(version),
            note: note,
            in: page.context
        )
    }

    /// Writes the field; answers the cell, or the control again with what is wrong or what somebody else wrote.
    static func save(_ page: PageCall) async throws -> Reply {
        let (plural, id, sent) = (page.call.parameter("plural"), try page.call.recordID(), page.form)
        let (key, version) = (sent.text("_field"), Int64(sent.text("_version")))
        do {
            return try await page.write { session in
                let (form, _, before) = try field(plural, id, key, session, page)
                let typed = form.typed(sent, before: [before])
                let record = try session.update(
                    form.object,
                    id,
                    try form.input(typed, before: [before]),
                    version: version
                )
                guard let field = form.object.field(key) else { throw Problem.notFound }
                let columns = record.columns(of: field)
                let name = try form.linkedName(field, columns)
                let cell = CellReader(session: session, context: page.context).value(field, columns, name: name)
                return fragment(CellForm.saved(cell, version: String(record.version), in: page.context))
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await page.read { session in
                let (form, record, before) = try field(plural, id, key, session, page)
                guard var model = form.typed(sent, before: [before]).first else { throw Problem.notFound }
                let own = problem.fields.first { $0.field == key } ?? problem.fields.first
                var note: String?
                if problem.kind == .stale {
                    let columns = record.columns(of: before.definition)
                    let name = try form.linkedName(before.definition, columns)
                    let now = CellReader(session: session, context: page.context)
                        .value(before.definition, columns, name: name)
                    let shown = before.inputs[""].flatMap { $0.isEmpty ? nil : $0 }
                    note = page.context(PageTexts.nowSaved(RecordForm.plain(now, shown, page.context)))
                } else {
                    model.error = page.context(own?.message ?? problem.message)
                }
                let html = control(form.object, id, model, version: record.version, note: note, page)
                return fragment(html, HTTPResponse.Status(code: problem.kind.rawValue))
            }
        }
    }

    private static func fragment(_ html: HTML, _ status: HTTPResponse.Status = .ok) -> Reply {
        var reply = Reply.html(html.bytes, status)
        reply.headers[.contentSecurityPolicy] = Assets.contentSecurityPolicy
        return reply
    }

    // MARK: A look beside the list

    static func peek(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        return try await page.read { session in
            let view = try RecordSheet(try session.object(plural), id, session, page)
            let timeline = view.isDeleted ? nil : try RecordTimeline(view)?.model(nil, limit: 5)
            let model = PeekModel(
                title: view.title,
                href: view.address,
                badges: view.badges(),
                facts: view.facts(),
                timeline: timeline
            )
            return fragment(Peek.html(model, in: page.context))
        }
    }
}
