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
        let asked = page.form["sheet"] ?? call.query["sheet"] ?? ""
        let preview = try await call.workspace.imports.preview(
            draft.path,
            object: draft.object,
            fileName: draft.name,
            sheet: asked.isEmpty ? nil : asked,
            as: actor
        )
        let isOther = !asked.isEmpty && asked != preview.sheets.first
        let rows = isOther ? try await call.workspace.imports.rows(draft.path, preview.format) : draft.rows
        var chosen: ImportStatus?
        if let id = try page.call.query.id("import") {
            chosen = try await call.workspace.imports.status(id, as: actor)
        }
        let earlier = chosen
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let object = try session.object(draft.object)
            let fields = MappingFields(object, session, page.context)
            var model = Pages.ImportMapping(
                action: address(draft.id),
                file: draft.name + " · " + page.context(preview.format.label),
                rows: rows,
                columns: columns(preview, earlier, page.form, problem, page.context),
                fields: fields.options,
                matches: fields.matches,
                mode: page.form["mode"] ?? earlier?.mode.rawValue ?? "upsert",
                match: page.form["match"] ?? earlier?.match.first ?? preview.match.first ?? ""
            )
            model.error = error(problem, preview, page.context)
            model.sheets = preview.sheets.map { Option($0, $0) }
            if case .workbook(let sheet) = preview.format { model.sheet = sheet }
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

    private static func columns(
        _ preview: ImportPreview,
        _ earlier: ImportStatus?,
        _ form: FormFields,
        _ problem: Problem?,
        _ context: PageContext
    ) -> [ImportColumn] {
        preview.headers.indices.map { index in
            let proposed = index < preview.mapping.columns.count ? preview.mapping.columns[index] : nil
            let before = earlier.map {
                $0.mapping.columns.indices.contains(index) ? $0.mapping.columns[index].field : nil
            }
            let target = form["map.\(index)"] ?? before.map { $0 ?? "" } ?? proposed?.field ?? ""
            let wrong = problem?.fields.first { wrong in
                wrong.field == preview.headers[index] || (!target.isEmpty && wrong.field == target)
            }
            return ImportColumn(
                heading: preview.headers[index],
                samples: preview.rows.map { index < $0.count ? $0[index] : "" },
                target: target,
                proposed: proposed?.field != nil && target == proposed?.field,
                error: wrong.map { context($0.message) } ?? (problem == nil ? proposed?.note.map { context($0) } : nil)
            )
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
        let imports = call.workspace.imports
        let sheet = page.form.text("sheet").isEmpty ? nil : page.form["sheet"]
        let preview = try await imports.preview(
            draft.path,
            object: draft.object,
            fileName: draft.name,
            sheet: sheet,
            as: actor
        )
        var request = ImportRequest(file: draft.path, object: draft.object)
        request.sheet = sheet
        request.fileName = draft.name
        request.mapping = mapping(preview, page.form)
        request.match = page.form.text("match").isEmpty ? [] : [page.form.text("match")]
        // Without a field that tells records apart, every row is new.
        let mode = ImportMode(rawValue: page.form.text("mode")) ?? .upsert
        request.mode = request.match.isEmpty && mode == .upsert ? .create : mode
        request.isDryRun = page.form.text("_action") == "try"
        do {
            let id = try await ImportHandlers.start(request, page)
            return page.go(to: ImportHandlers.address(id, draft: draft.id))
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, problem)
        }
    }

    /// The proposed mapping with the fields that the form says; what else was recognised (units, other words for
    /// choices) stays where the field is the proposed one.
    private static func mapping(_ preview: ImportPreview, _ form: FormFields) -> Exchange.ImportMapping {
        var mapping = preview.mapping
        for index in mapping.columns.indices {
            guard let chosen = form["map.\(index)"] else { continue }
            let field = chosen.isEmpty ? nil : chosen
            guard mapping.columns[index].field != field else { continue }
            mapping.columns[index] = Exchange.ImportMapping.Column(mapping.columns[index].header, field)
        }
        return mapping
    }
}

/// The fields that columns may go into.
struct MappingFields {
    /// The fields and their parts, by what mappings call them.
    let options: [Option]
    /// The fields by which records may be recognised.
    let matches: [Option]

    init(_ object: ObjectDefinition, _ session: ReadSession, _ context: PageContext) {
        var options = [Option("id", context(object.field("id")?.label ?? Words.name))]
        var matches = options
        for field in session.readableFields(object) where field.key != "id" {
            let label = context(field.label)
            if field.isWritable, session.right(on: field, of: object) == .full {
                options += MappingFields.parts(field, label, context)
            }
            if MappingFields.finds(field, object) { matches.append(Option(field.key, label)) }
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
        case .file: return []
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
