import Duplicates
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Making and changing records.
    static let forms: [Route] = [
        get("/{plural}/new", FormHandlers.new),
        postWithFiles("/{plural}", FormHandlers.create),
        get("/{plural}/{id}/edit", FormHandlers.edit),
        postWithFiles("/{plural}/{id}", FormHandlers.update),
    ]
}

/// The forms that make and change a record.
enum FormHandlers {
    // MARK: New

    static func new(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        return try await page.show { session in
            let object = try session.object(plural)
            try requireCreate(object, session)
            let form = RecordForm(object, session, page)
            var models = try form.fresh(page.call.query)
            if !models.isEmpty { models[0].autofocus = true }
            return try newBody(form, models, [], page)
        }
    }

    private static func requireCreate(_ object: ObjectDefinition, _ session: ReadSession) throws {
        guard session.actor.rights.on(object.key).create else {
            throw Problem.forbidden(
                Label("You may not make \(object.pluralLabel.en).", zh: "您没有新建\(object.label.zh)的权限。")
            )
        }
    }

    static func create(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        // Somebody who has seen the warning may go on; where the rules refuse, the write itself does.
        if page.form.text("_duplicates") != "allow",
            let notice = try await DuplicateHandlers.notice(page, plural)
        {
            return try await page.show(status: .init(code: 422)) { session in
                let form = RecordForm(try session.object(plural), session, page)
                let models = form.typed(page.form, before: form.fields.map { FieldModel($0) })
                return try newBody(form, models, [], page, notice: notice)
            }
        }
        do {
            try page.checkFiles()
            return try await page.write { session in
                let object = try session.object(plural)
                let form = RecordForm(object, session, page)
                let empty = form.fields.map { FieldModel($0) }
                let typed = form.typed(page.form, before: empty)
                let record = try session.create(object, try form.input(typed, before: empty))
                return saved(record, object, PageTexts.made(object.label), session, page)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await page.show(status: HTTPResponse.Status(code: problem.kind.rawValue)) { session in
                let form = RecordForm(try session.object(plural), session, page)
                var models = form.typed(page.form, before: form.fields.map { FieldModel($0) })
                let problems = form.mark(&models, problem)
                return try newBody(form, models, problems, page)
            }
        }
    }

    private static func newBody(
        _ form: RecordForm,
        _ models: [FieldModel],
        _ problems: [String],
        _ page: PageCall,
        notice: HTML? = nil
    ) throws -> PageBody {
        let (object, context) = (form.object, page.context)
        let list = Addresses.list(object.plural)
        let title = context(Words.new(object.label))
        var model = FormModel(
            title: title,
            action: list,
            sections: try form.sections(models),
            problems: problems,
            saveLabel: context(Words.save(object.label)),
            cancel: page.back ?? list,
            hidden: page.hiddenBack
        )
        if try form.session.duplicateRules(of: object)?.active ?? false {
            model.check = DuplicateHandlers.address(object.plural) + "/check"
            model.notice = notice ?? DuplicateNotice.html([], blocks: false, in: context)
        }
        let crumbs = [Crumb(context(object.pluralLabel), list)]
        return PageBody(title, FormPage.html(model, in: context), current: list, crumbs: crumbs)
    }

    // MARK: Edit

    static func edit(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        return try await page.show { session in
            let object = try session.object(plural)
            let record = try session.find(object, id)
            try requireUpdate(object, id, session)
            let form = RecordForm(object, session, page)
            return try editBody(form, record, try form.stored(record), [], page)
        }
    }

    private static func requireUpdate(_ object: ObjectDefinition, _ id: RecordID, _ session: ReadSession) throws {
        guard try session.may(.update, object, id) else {
            throw Problem.forbidden(
                Label("You may read this record but not change it.", zh: "您只能查看这条记录，不能修改。")
            )
        }
    }

    static func update(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        do {
            try page.checkFiles()
            return try await page.write { session in
                let object = try session.object(plural)
                let form = RecordForm(object, session, page)
                let before = try form.stored(try session.find(object, id))
                let typed = form.typed(page.form, before: before)
                let input = try form.input(typed, before: before)
                let record = try session.update(object, id, input, version: Int64(page.form.text("_version")))
                return saved(record, object, PageTexts.saved, session, page)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await editAgain(page, plural, id, problem)
        }
    }

    /// The form once more with what was typed and what is wrong with it.
    static func editAgain(_ page: PageCall, _ plural: String, _ id: RecordID, _ problem: Problem) async throws -> Reply
    {
        try await page.show(status: HTTPResponse.Status(code: problem.kind.rawValue)) { session in
            let object = try session.object(plural)
            let record = try session.find(object, id)
            let form = RecordForm(object, session, page)
            var models = form.typed(page.form, before: try form.stored(record))
            var problems = form.mark(&models, problem)
            // An older version was open: what is saved now is shown beside what was typed, for the person to decide.
            let opened = Int64(page.form.text("_version"))
            if problem.kind == .stale || (opened != nil && opened != record.version) {
                try form.markDifferences(&models, from: record)
                if problem.kind == .stale { problems = [page.context(PageTexts.changedMeanwhile)] }
            }
            return try editBody(form, record, models, problems, page)
        }
    }

    private static func editBody(
        _ form: RecordForm,
        _ record: AnyRecord,
        _ models: [FieldModel],
        _ problems: [String],
        _ page: PageCall
    ) throws -> PageBody {
        let (object, context) = (form.object, page.context)
        let address = Addresses.record(object.plural, record.id.description)
        let title = context(Words.edit(object.label))
        let model = FormModel(
            title: title,
            action: address,
            sections: try form.sections(models),
            problems: problems,
            saveLabel: context(Words.save(object.label)),
            cancel: page.back ?? address,
            version: String(record.version),
            hidden: page.hiddenBack
        )
        let list = Addresses.list(object.plural)
        let name = record.name.isEmpty ? context(object.label) : record.name
        let crumbs = [Crumb(context(object.pluralLabel), list), Crumb(name, address)]
        return PageBody(title, FormPage.html(model, in: context), current: list, crumbs: crumbs)
    }

    /// Leads to the record, or to the list when it left the person's sight.
    private static func saved(
        _ record: AnyRecord,
        _ object: ObjectDefinition,
        _ message: Label,
        _ session: ReadSession,
        _ page: PageCall
    ) -> Reply {
        let isSeen = (try? session.find(object, record.id)) != nil
        let address =
            isSeen ? Addresses.record(object.plural, record.id.description) : Addresses.list(object.plural)
        return page.go(to: page.back ?? address, .ok, message)
    }
}
