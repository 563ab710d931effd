import Database
import Exchange
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The step of an import in which columns are matched to fields.
enum MappingHandlers {
    static func address(_ draft: RecordID) -> String { Addresses.imports + "/drafts/\(draft)" }

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, nil) }

    private static func show(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        let (actor, call) = (try page.actor, page.call)
        guard let draft = ImportDraft.find(call.parameter("draft"), by: actor, call) else {
            return page.go(to: Addresses.imports, .bad, ImportWords.draftGone)
        }
        var chosen: ImportStatus?
        if let id = try page.call.query.id("import") {
            chosen = try await call.workspace.imports.status(id, as: actor)
        }
        let earlier = chosen
        let sheet: MappedSheet
        do {
            sheet = try await MappedSheet.read(page, draft, earlier)
        } catch let problem as Problem
            where MappedSheet.isChosen(call) && (problem.isAboutInput || problem.kind == .tooLarge)
        {
            // With that choice nothing can be read: it is said on the page as it was before, with the choices open.
            let message = problem.fields.first?.message ?? problem.message
            return page.go(to: address(draft.id) + "?look=reading", .bad, message)
        }
        let preview = sheet.preview
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let object = try session.object(draft.object)
            let fields = MappingFields(object, session, page.context, withFiles: preview.bringsFiles)
            var model = Pages.ImportMapping(
                action: address(draft.id),
                file: draft.name + " · " + page.context(preview.format.label),
                rows: preview.survey.rows,
                columns: try columns(sheet, problem, object, session, page.context),
                fields: fields.options,
                matches: fields.matches,
                mode: page.form["mode"] ?? (earlier?.mode ?? preview.mode)?.rawValue ?? "upsert",
                match: page.form["match"] ?? earlier?.match.first ?? preview.match.first ?? ""
            )
            model.error = error(problem, preview, page.context)
            model.sheets = preview.sheets.map { Option($0, $0) }
            if case .workbook(let sheet, _) = preview.format { model.sheet = sheet }
            model.heading = preview.heading
            model.reading = ReadingOptions.of(sheet, page.context)
            model.readingNow = preview.format.csv.map { page.context($0.summary) } ?? ""
            model.opensReading = ReadingOptions.needLook(sheet) || page.call.query["look"] == "reading"
            model.duplicates = page.form["duplicates"] ?? sheet.mapping.duplicates?.rawValue ?? ""
            model.origin = preview.origin.map { origin($0, page.context) }
            var html = Pages.ImportPage.mapping(model, object: object.pluralLabel, in: page.context)
            if problem == nil, !preview.problems.isEmpty { html = notes(preview.problems, page.context) + html }
            return PageBody(
                page.context(ImportTexts.title(object.pluralLabel)),
                html,
                current: Addresses.imports,
                crumbs: [Crumb(page.context(ImportTexts.history), Addresses.imports)]
            )
        }
    }

    private static func origin(_ origin: MappingOrigin, _ context: PageContext) -> String {
        switch origin {
        case .earlier(let name, let moment): context(ImportTexts.earlier(name, Format.instant(moment, in: context)))
        case .system(let label): context(ImportTexts.system(label))
        }
    }

    private static func columns(
        _ sheet: MappedSheet,
        _ problem: Problem?,
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ context: PageContext
    ) throws -> [ImportColumn] {
        let (preview, mapping) = (sheet.preview, sheet.mapping)
        let people = try ValueOptions.people(sheet.values, mapping, object, session)
        return preview.headers.indices.map { index in
            let column = mapping.columns[index]
            let proposed = index < preview.mapping.columns.count ? preview.mapping.columns[index] : nil
            let target = column.field ?? ""
            let wrong = problem?.fields.first { wrong in
                wrong.field == preview.headers[index] || (!target.isEmpty && wrong.field == target)
            }
            var model = ImportColumn(
                heading: preview.headers[index],
                samples: preview.rows.map { index < $0.count ? $0[index] : "" },
                target: target,
                proposed: proposed?.field != nil && target == proposed?.field,
                error: wrong.map { context($0.message) }
            )
            if column.field == nil, wrong == nil { model.note = proposed?.note.map { context($0) } }
            model.style = sheet.questions.first { $0.index == index }.map { ValueOptions.style($0, column, context) }
            if let values = sheet.values[index], let field = object.field(String(target.prefix { $0 != "." })) {
                model.valueOptions = ValueOptions.of(field, people, session.actor, context)
                model.values = values.values.map { ValueOptions.value($0, column) }
            }
            return model
        }
    }

    /// What belongs to no column.
    private static func error(_ problem: Problem?, _ preview: ImportPreview, _ context: PageContext) -> String? {
        guard let problem else { return nil }
        if problem.fields.isEmpty { return context(problem.message) }
        return problem.fields.map { context($0.message) }.joined(separator: " ")
    }

    private static func notes(_ problems: [Label], _ context: PageContext) -> HTML {
        let items = HTML.each(problems) { "<li>\(context($0))</li>" }
        return "<div class=\"k-medium k-notes\"><div class=\"k-note k-note-warn\"><ul>\(items)</ul></div></div>"
    }

    /// Starts the import or a trial of it.
    static func start(_ page: PageCall) async throws -> Reply {
        let (actor, call) = (try page.actor, page.call)
        guard let draft = ImportDraft.find(call.parameter("draft"), by: actor, call) else {
            return page.go(to: Addresses.imports, .bad, ImportWords.draftGone)
        }
        let sheet = try await MappedSheet.read(page, draft, nil)
        if page.form.text("_action") == "look" { return try await show(page, nil) }
        var request = ImportRequest(file: draft.path, object: draft.object)
        (request.sheet, request.heading, request.reading) = (sheet.sheet, sheet.heading, sheet.reading)
        (request.fileName, request.survey) = (draft.name, sheet.preview.survey)
        request.mapping = sheet.mapping
        request.match = page.form.text("match").isEmpty ? [] : [page.form.text("match")]
        // Without a field that tells records apart, every row is new.
        let mode = ImportMode(rawValue: page.form.text("mode")) ?? .upsert
        request.mode = request.match.isEmpty && mode == .upsert ? .create : mode
        request.mapping?.duplicates = DuplicateHandling(rawValue: page.form.text("duplicates"))
        request.isDryRun = page.form.text("_action") == "try"
        do {
            if let unseen = sheet.unseen(page.form) { throw Problem.invalid(unseen) }
            let id = try await ImportHandlers.start(request, page)
            return page.go(to: ImportHandlers.address(id, draft: draft.id))
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, problem)
        }
    }
}

/// The fields that columns may go into.
struct MappingFields {
    /// The fields and their parts, by what mappings call them.
    let options: [Option]
    /// The fields by which records may be recognised.
    let matches: [Option]

    /// Fields for files and attachments are offered only where files come with the table; what tells of the past of
    /// records, to whoever may bring it along.
    init(_ object: ObjectDefinition, _ session: ReadSession, _ context: PageContext, withFiles: Bool) {
        var matches = [Option("id", context(object.field("id")?.label ?? Words.name))]
        var options = matches + [Option("id.source", context(ImportWords.source))]
        for field in session.readableFields(object) where field.key != "id" {
            let label = context(field.label)
            if field.isWritable, session.right(on: field, of: object) == .full, field.kind != .file || withFiles {
                options += MappingFields.parts(field, label, context)
            }
            if session.mayBring(field, of: object) { options.append(Option(field.key, label)) }
            if MappingFields.finds(field, object) { matches.append(Option(field.key, label)) }
        }
        if withFiles, object.field("attachments") == nil {
            options.append(Option("attachments", context(AttachmentTexts.title)))
        }
        self.options = options
        self.matches = matches
    }

    private static func parts(_ field: FieldDefinition, _ label: String, _ context: PageContext) -> [Option] {
        let whole = Option(field.key, label)
        func part(_ key: String, _ name: Label) -> Option {
            Option("\(field.key).\(key)", "\(label) · \(context(name))")
        }
        switch field.kind {
        case .address:
            return [
                whole, part("country", Label("Country", zh: "国家")), part("province", Label("Province", zh: "省份")),
                part("city", Label("City", zh: "城市")), part("district", Label("District", zh: "区县")),
                part("street", Label("Street", zh: "详细地址")), part("postal_code", Label("Postal code", zh: "邮编")),
            ]
        case .money: return [whole, part("currency", Label("Currency", zh: "币种"))]
        default: return [whole]
        }
    }

    /// The fields that people tell records apart by: unique ones, the name, numbers, phones and addresses of mail.
    private static func finds(_ field: FieldDefinition, _ object: ObjectDefinition) -> Bool {
        if field.unique || field.key == object.nameField { return true }
        switch field.kind {
        case .phone, .email, .autoNumber: return true
        default: return false
        }
    }
}
