import Database
import Exchange
import Foundation
import HTTPTypes
import HummingbirdCore
import Identity
import Logging
import NIOCore
import Pages
import Records
import SQLText
import Schema
import Values

/// The pages of imports: file, result, history.
enum ImportHandlers {
    static func address(_ id: RecordID, draft: RecordID? = nil) -> String {
        WebAddress.path(Addresses.imports + "/\(id)", ["draft": draft?.description ?? ""])
    }

    // MARK: History

    static func history(_ page: PageCall) async throws -> Reply {
        let actor = try page.actor
        let imports = try await page.call.workspace.imports.list(as: actor, limit: 100)
        return try await page.show { session in
            let html = ImportPage.history(table(imports, session.schema, page.context), in: page.context)
            let tiles = targets(session, actor).map { object in
                AdminTile(
                    Addresses.startImport(object.plural),
                    Navigation.icon(of: object),
                    ImportTexts.title(object.pluralLabel),
                    ImportWords.fromFile
                )
            }
            return PageBody(
                page.context(ImportTexts.history),
                "<div class=\"k-stack\"><div>\(html)</div>\(AdminTile.html(tiles, in: page.context))</div>",
                current: Addresses.imports
            )
        }
    }

    private static func table(_ imports: [ImportStatus], _ schema: SchemaSnapshot, _ context: PageContext) -> TableModel
    {
        var columns = [
            ColumnModel("file", context(ImportTexts.file)), ColumnModel("object", context(AdminTexts.object)),
            ColumnModel("state", context(Words.state)),
        ]
        columns += [ImportTexts.created, ImportTexts.updated, ImportTexts.skipped, ImportTexts.rejected].map {
            ColumnModel($0.en, context($0), numeric: true)
        }
        columns += [ColumnModel("who", context(AdminTexts.actor)), ColumnModel("at", context(Words.time))]
        let rows = imports.map { status in
            RowModel(
                id: status.id.description,
                href: address(status.id),
                name: status.fileName,
                cells: [
                    .text(status.fileName),
                    .text(schema.object(status.object).map { context($0.label) } ?? status.object),
                    .html(badge(status, context)), .number(status.counts.created), .number(status.counts.updated),
                    .number(status.counts.skipped), .number(status.counts.failed), .person(status.actorName),
                    .instant(status.startedAt),
                ]
            )
        }
        return TableModel(caption: context(ImportTexts.history), columns: columns, rows: rows)
    }

    private static func badge(_ status: ImportStatus, _ context: PageContext) -> HTML {
        let trial = HTML.when(status.isDryRun, Badge.html(context(ImportWords.trial)))
        switch status.state {
        case .done: return "\(Badge.html(context(status.state.label), .ok)) \(trial)"
        case .stopped, .cancelled: return "\(Badge.html(context(status.state.label), .bad)) \(trial)"
        case .waiting, .running: return "\(Badge.html(context(status.state.label), .warn)) \(trial)"
        }
    }

    private static func targets(_ session: ReadSession, _ actor: Actor) -> [ObjectDefinition] {
        session.schema.objects.filter { object in
            let rights = actor.rights.on(object.key)
            return !object.hidden && rights.importing && rights.read != .none
        }
    }

    // MARK: The file

    static func new(_ page: PageCall) async throws -> Reply {
        try await new(page, page.call.query["object"] ?? "", nil)
    }

    private static func new(_ page: PageCall, _ plural: String, _ problem: Problem?) async throws -> Reply {
        let actor = try page.actor
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        if plural.isEmpty, problem == nil { return page.go(to: Addresses.imports) }
        return try await page.show(status: status) { session in
            let object = try session.object(plural)
            guard actor.rights.on(object.key).importing else {
                throw Problem.forbidden(
                    Label("You may not import \(object.pluralLabel.en).", zh: "您没有导入\(object.label.zh)的权限。")
                )
            }
            // The file is streamed, so the form's token is in its address.
            let action = WebAddress.path(Addresses.imports, ["_csrf": page.context.csrf, "object": object.plural])
            let html = ImportPage.upload(
                object: object.pluralLabel,
                objectKey: object.plural,
                action: action,
                template: Addresses.list(object.plural) + "/template",
                error: problem.map { page.context($0.fields.first?.message ?? $0.message) },
                in: page.context
            )
            return PageBody(
                page.context(ImportTexts.title(object.pluralLabel)),
                html,
                current: Addresses.imports,
                crumbs: [Crumb(page.context(ImportTexts.history), Addresses.imports)]
            )
        }
    }

    /// Takes the file and leads to the matching of its columns.
    static func receive(_ page: PageCall) async throws -> Reply {
        let (actor, call) = (try page.actor, page.call)
        let form = try await ImportsAPI.form(call)
        defer { form.discard() }
        let plural = form.fields["object"] ?? call.query["object"] ?? ""
        let object = try await page.read { try $0.object(plural) }
        do {
            guard let file = form.files["file"], !file.name.isEmpty else {
                throw Problem.invalid("file", "required", ImportWords.noFile)
            }
            // What cannot be read is said here, beside the choice of the file.
            let imports = call.workspace.imports
            let preview = try await imports.preview(file.path, object: object.key, fileName: file.name, as: actor)
            let draft = try ImportDraft.keep(file, object: object.key, rows: preview.survey.rows, by: actor, call)
            draft.keep(preview.survey, MappedSheet.place(nil, nil, CSVReading()))
            return page.go(to: MappingHandlers.address(draft.id))
        } catch let problem as Problem
            where problem.isAboutInput || problem.kind == .unsupported || problem.kind == .tooLarge
        {
            return try await new(page, plural, problem)
        }
    }

    /// A file with the right headings and no rows.
    static func template(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        let bytes = try await page.read { session in
            let object = try session.object(plural)
            let fields = session.readableFields(object).filter { $0.isWritable && !$0.system && !$0.hidden }
            var writer = CSVWriter(.safe, mark: true)
            writer.row(fields.map { page.context($0.label) } + [page.context(Words.owner)])
            return writer.take()
        }
        var reply = Reply(body: .bytes(bytes))
        reply.headers[.contentType] = "text/csv; charset=utf-8"
        reply.headers[.contentDisposition] = "attachment; filename=\"\(plural)-template.csv\""
        return reply
    }

    // MARK: The result

    static func show(_ page: PageCall) async throws -> Reply {
        let (actor, id) = (try page.actor, try page.call.recordID())
        let imports = page.call.workspace.imports
        let status = try await imports.status(id, as: actor)
        let reasons = try await imports.reasons(id, as: actor, limit: 50)
        let draft = page.call.query["draft"].flatMap { ImportDraft.find($0, by: actor, page.call) }
        let undo = try await UndoModel.make(id, imports, actor)
        let likely = try await LikelyModel.make(id, imports, actor)
        let isRunning = status.state == .running || status.state == .waiting || undo.status?.state == .running
        var reply = try await page.show { session in
            let object = session.schema.object(status.object)
            var model = ResultModel.make(status, reasons, draft, object, page.context)
            if undo.isPossible { model.undo = Addresses.imports + "/\(id)/undo" }
            let label = object?.pluralLabel ?? Label(status.object, zh: status.object)
            var html = ImportPage.result(model, object: label, in: page.context)
            html = AdminStack.html([html, likely.html(session.schema, page.context), undo.html(object, page.context)])
            if status.state == .running || status.state == .waiting {
                html = AdminStack.html([html, ResultModel.cancel(id, in: page.context)])
            }
            if status.isDryRun, let draft {
                html = AdminStack.html([html, ResultModel.again(id, draft, in: page.context)])
            }
            if let message = status.message { html = Control.alert(message) + html }
            return PageBody(
                status.fileName,
                html,
                current: Addresses.imports,
                crumbs: [Crumb(page.context(ImportTexts.history), Addresses.imports)]
            )
        }
        // Looks again by itself, also without scripts.
        if isRunning, let name = HTTPField.Name("Refresh") { reply.headers[name] = "2" }
        return reply
    }

    /// After a trial: the same in earnest.
    static func runTried(_ page: PageCall) async throws -> Reply {
        let (actor, id) = (try page.actor, try page.call.recordID())
        let status = try await page.call.workspace.imports.status(id, as: actor)
        guard let draft = page.call.query["draft"].flatMap({ ImportDraft.find($0, by: actor, page.call) }) else {
            return page.go(to: address(id), .bad, ImportWords.draftGone)
        }
        var request = ImportRequest(file: draft.path, object: status.object)
        (request.fileName, request.mapping) = (draft.name, status.mapping)
        if case .workbook(let sheet, _) = status.format { request.sheet = sheet }
        request.heading = status.format.heading
        if let csv = status.format.csv { request.reading = csv.reading }
        (request.mode, request.match) = (status.mode, status.match)
        let started = try await start(request, page)
        return page.go(to: address(started, draft: draft.id))
    }

    /// Registers an import and lets it run; it outlives the request, and a crash is resumed at the next start.
    static func start(_ request: ImportRequest, _ page: PageCall) async throws -> RecordID {
        let (actor, imports) = (try page.actor, page.call.workspace.imports)
        let id = try await imports.start(request, as: actor)
        let server = page.call.server
        Task {
            do {
                try await imports.run(id, as: actor)
            } catch {
                server.logger.error("an import failed", metadata: ["import": "\(id)", "error": "\(error)"])
            }
        }
        return id
    }

    static func cancel(_ page: PageCall) async throws -> Reply {
        let id = try page.call.recordID()
        do {
            try await page.call.workspace.imports.cancel(id, as: try page.actor)
        } catch let problem as Problem where problem.isAboutInput {
            return page.go(to: address(id), .bad, problem.message)
        }
        return page.go(to: address(id), .info, ImportWords.cancelled)
    }

    /// Takes an import back; it goes on when the page is closed.
    static func undo(_ page: PageCall) async throws -> Reply {
        let id = try page.call.recordID()
        do {
            try await ImportsAPI.startUndo(id, page.call, as: try page.actor)
        } catch let problem as Problem where problem.isAboutInput {
            return page.go(to: address(id), .bad, problem.message)
        }
        return page.go(to: address(id))
    }

    /// The rows that failed, as a file that can be corrected and imported again.
    static func errors(_ page: PageCall) async throws -> Reply { try await ImportsAPI.errors(page.call) }
}

/// What the page of a result shows.
enum ResultModel {
    static func make(
        _ status: ImportStatus,
        _ reasons: [String],
        _ draft: ImportDraft?,
        _ object: ObjectDefinition?,
        _ context: PageContext
    ) -> ImportResult {
        let state: ImportResult.State =
            switch status.state {
            case .waiting, .running: .running
            case .done: status.isDryRun ? .tried : .finished
            case .stopped, .cancelled: .failed
            }
        let done = Int(status.counts.total)
        // How many rows a file has is known while its draft is there; else its bytes tell.
        let guess = status.progress > 0 ? Int((Double(done) / status.progress).rounded()) : done
        let total = state == .running ? max(done, draft?.rows ?? guess) : done
        var model = ImportResult(
            state,
            file: status.fileName,
            total: total,
            created: Int(status.counts.created),
            updated: Int(status.counts.updated),
            skipped: Int(status.counts.skipped),
            failed: Int(status.counts.failed),
            address: ImportHandlers.address(status.id, draft: draft?.id)
        )
        model.errors = reasons.map { ReasonReader.error($0, status.mapping, object, context) }
        if status.errorBytes > 0 { model.errorFile = Addresses.imports + "/\(status.id)/errors" }
        if let object, !status.isDryRun, state != .running { model.records = Addresses.list(object.plural) }
        if status.isDryRun, state == .tried, let draft {
            model.run = WebAddress.path(Addresses.imports + "/\(status.id)/run", ["draft": draft.id.description])
        }
        return model
    }

    /// Leads from a trial back to the columns, as they were chosen.
    static func again(_ id: RecordID, _ draft: ImportDraft, in context: PageContext) -> HTML {
        let address = WebAddress.path(MappingHandlers.address(draft.id), ["import": id.description])
        return """
            <div class="k-medium"><p><a class="k-btn"\(href: address)>\(Icons.use("edit"))\(context(ImportWords.otherColumns))</a></p></div>
            """
    }

    static func cancel(_ id: RecordID, in context: PageContext) -> HTML {
        let button = Pages.RecordPage.action(
            context(ImportWords.cancel),
            to: Addresses.imports + "/\(id)/cancel",
            icon: "close",
            in: context
        )
        return "<div class=\"k-medium\">\(button)</div>"
    }
}

/// Takes a reason of the errors file apart: the number of the row, the field, what is wrong.
enum ReasonReader {
    static func error(
        _ reason: String,
        _ mapping: Exchange.ImportMapping,
        _ object: ObjectDefinition?,
        _ context: PageContext
    ) -> ImportError {
        var rest = reason[...]
        var row = 0
        for (before, after) in [("第 ", " 行："), ("Row ", ": ")] where rest.hasPrefix(before) {
            let digits = rest.dropFirst(before.count).prefix { $0.isNumber }
            row = Int(digits) ?? 0
            rest = rest.dropFirst(before.count + digits.count)
            if rest.hasPrefix(after) { rest = rest.dropFirst(after.count) }
        }
        let field = object?.fields.filter { !$0.label.zh.isEmpty }.first { field in
            rest.hasPrefix(field.label.zh + "：") || rest.hasPrefix(field.label.en + ": ")
        }
        if let field {
            let separator = rest.hasPrefix(field.label.zh + "：") ? field.label.zh + "：" : field.label.en + ": "
            rest = rest.dropFirst(separator.count)
        }
        let label = field.map { context($0.label) } ?? ""
        return ImportError(row: row, field: label, value: "", message: String(rest))
    }
}
