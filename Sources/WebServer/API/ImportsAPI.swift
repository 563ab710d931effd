import Dispatch
import Exchange
import Foundation
import HTTPTypes
import Identity
import Logging
import Records
import Values

/// Files that come in: a form starts a job, which is then asked how far it is.
enum ImportsAPI {
    static func start(_ call: Call) async throws -> Reply {
        try call.query.allow(["preview", "_csrf"])
        let form = try await form(call)
        defer { form.discard() }
        guard let file = form.files["file"] else { throw Members.missing("file") }
        guard let object = form.fields["object"], !object.isEmpty else { throw Members.missing("object") }
        let (imports, actor) = (call.workspace.imports, try call.actor)
        let sheet = form.fields["sheet"].flatMap { $0.isEmpty ? nil : $0 }
        let heading = try heading(form.fields["heading"])
        let (encoding, separator, quote) = (form.fields["encoding"], form.fields["separator"], form.fields["quote"])
        let reading = try CSVReading(words: encoding, separator, quote)
        if try call.query.flag("preview") {
            let seen = try await imports.preview(
                file.path,
                object: object,
                fileName: file.name,
                sheet: sheet,
                heading: heading,
                reading: reading,
                as: actor
            )
            return preview(seen, call)
        }
        var request = ImportRequest(file: file.path, object: object)
        request.fileName = file.name
        (request.sheet, request.heading, request.reading) = (sheet, heading, reading)
        if let map = form.fields["map"], !map.isEmpty { request.mapping = try ImportMapping(JSONReader.parse(map)) }
        if let mode = try mode(form.fields["mode"]) { request.mode = mode }
        request.match = RecordsAPI.keys(form.fields["match"]) ?? []
        request.duplicates = try handling(form.fields["duplicates"])
        request.isDryRun = ["true", "1", "on", "yes"].contains(form.fields["dry_run"] ?? "")
        let id = try await imports.start(request, as: actor)
        // The job outlives the request; a crash is resumed at the next start.
        // With the server it holds the workspace open.
        let server = call.server
        Task {
            do {
                try await imports.run(id, as: actor)
            } catch {
                server.logger.error("an import failed", metadata: ["import": "\(id)", "error": "\(error)"])
            }
        }
        var reply = try await show(id, call)
        reply.status = .accepted
        reply.headers[.location] = "/api/v1/imports/\(id)"
        return reply
    }

    private static func mode(_ text: String?) throws -> ImportMode? {
        guard let text, !text.isEmpty else { return nil }
        if let known = ImportMode(rawValue: text) { return known }
        throw Problem.invalid(
            "mode",
            "unknown_choice",
            Label(
                "«mode» must be create, update, upsert or fill.",
                zh: "mode 只能是 create、update、upsert 或 fill。"
            )
        )
    }

    private static func handling(_ text: String?) throws -> DuplicateHandling? {
        guard let text, !text.isEmpty else { return nil }
        if let known = DuplicateHandling(rawValue: text) { return known }
        throw Problem.invalid(
            "duplicates",
            "unknown_choice",
            Label("«duplicates» must be skip, update or flag.", zh: "duplicates 只能是 skip、update 或 flag。")
        )
    }

    private static func heading(_ text: String?) throws -> Int? {
        guard let text, !text.isEmpty else { return nil }
        guard let number = Int(text), (1...10_000).contains(number) else {
            throw Problem.invalid(
                "heading",
                "out_of_range",
                Label("«heading» is the number of the row with the headings.", zh: "heading 应为表头所在的行号。")
            )
        }
        return number
    }

    static func list(_ call: Call) async throws -> Reply {
        try call.query.allow(["limit"])
        let limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        let imports = try await call.workspace.imports.list(as: try call.actor, limit: limit)
        return Reply.list(imports) { $0.write(to: &$1, language: call.language) }
    }

    static func one(_ call: Call) async throws -> Reply { try await show(try call.recordID(), call) }

    static func cancel(_ call: Call) async throws -> Reply {
        let id = try call.recordID()
        try await call.workspace.imports.cancel(id, as: try call.actor)
        return try await show(id, call)
    }

    /// Goes on with an import that a full disk or the like has stopped, behind its last finished batch.
    static func resume(_ call: Call) async throws -> Reply {
        let (id, actor, imports) = (try call.recordID(), try call.actor, call.workspace.imports)
        guard try await imports.status(id, as: actor).state == .stopped else {
            throw Problem(
                .conflict,
                "not_stopped",
                Label("Only an import that was stopped can go on.", zh: "只有已中断的导入才能继续。")
            )
        }
        let server = call.server
        Task {
            do {
                try await imports.run(id, as: actor)
            } catch {
                server.logger.error("an import failed", metadata: ["import": "\(id)", "error": "\(error)"])
            }
        }
        var reply = try await show(id, call)
        reply.status = .accepted
        return reply
    }

    /// Takes an import back: what it made goes to the recycle bin, what it changed gets its earlier values.
    static func undo(_ call: Call) async throws -> Reply {
        let id = try call.recordID()
        try await startUndo(id, call, as: try call.actor)
        var reply = try await show(id, call)
        reply.status = .accepted
        return reply
    }

    /// Registers the taking back and lets it run; a crash is resumed at the next start.
    static func startUndo(_ id: RecordID, _ call: Call, as actor: Actor) async throws {
        let (imports, server) = (call.workspace.imports, call.server)
        try await imports.startUndo(id, as: actor)
        Task {
            do {
                try await imports.runUndo(id, as: actor)
            } catch {
                server.logger.error(
                    "an import could not be taken back",
                    metadata: ["import": "\(id)", "error": "\(error)"]
                )
            }
        }
    }

    /// The records that taking back left as they are.
    static func spared(_ call: Call) async throws -> Reply {
        try call.query.allow(["limit"])
        let limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        let spared = try await call.workspace.imports.spared(try call.recordID(), as: try call.actor, limit: limit)
        return Reply.list(spared) { record, json in
            json.object { json in
                json.key("id")
                json.id(record.id)
                json.member("reason", record.reason)
            }
        }
    }

    /// The rows that were likely the same as a record.
    static func likely(_ call: Call) async throws -> Reply {
        try call.query.allow(["limit", "after"])
        let limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        let after = Int(try call.query.integer("after", 0...Int64(Int32.max), preset: 0))
        let (imports, actor) = (call.workspace.imports, try call.actor)
        let rows = try await imports.likelyRows(try call.recordID(), as: actor, after: after, limit: limit)
        return Reply.list(rows) { row, json in
            json.object { json in
                json.member("row", Int64(row.row))
                json.member("outcome", row.outcome.rawValue)
                json.member("record", row.record?.description)
                json.member("object", row.object)
                json.member("like", row.like?.description)
                json.member("owner", row.owner)
                json.member("score", Int64(row.points))
                json.member("reasons", row.reasons)
            }
        }
    }

    /// The rows that failed, as a file that can be corrected and imported again.
    static func errors(_ call: Call) async throws -> Reply {
        let (id, imports, actor) = (try call.recordID(), call.workspace.imports, try call.actor)
        let status = try await imports.status(id, as: actor)
        let suffix = status.format.errorsName
        var reply = Reply()
        reply.headers[.contentType] = suffix == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson"
        reply.headers[.contentDisposition] = "attachment; filename=\"errors-\(id).\(suffix)\""
        guard let path = try await imports.errorsFile(id, as: actor) else { return reply }
        reply.body = .stream(FileStream.body(path))
        return reply
    }

    private static func show(_ id: RecordID, _ call: Call) async throws -> Reply {
        let (imports, actor) = (call.workspace.imports, try call.actor)
        let status = try await imports.status(id, as: actor)
        let undo = try await imports.undoStatus(id, as: actor)
        return Reply.json { status.write(to: &$0, undo: undo, language: call.language) }
    }

    /// Receives the form; its files are ours to remove.
    static func form(_ call: Call) async throws -> Multipart {
        guard let upload = call.upload else { throw Problem.noSuchAddress }
        let name = call.engine.ids.next().description
        let path = try await upload.save(in: call.workspace.temporaryFolder, name: name)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let type = call.headers[.contentType]
        // Taking a large body apart takes long: not on a thread that others wait for.
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try Multipart(stored: path, type: type) })
            }
        }
    }

    private static func write(_ question: ColumnQuestion, _ call: Call, to json: inout JSONWriter) {
        json.object { json in
            json.member("header", question.header)
            switch question.kind {
            case .dates(let orders):
                json.member("ask", "dates")
                json.member("choices", orders.map(\.rawValue))
            case .decimals:
                json.member("ask", "decimals")
                json.member("choices", DecimalMark.allCases.map(\.rawValue))
            }
            json.member("message", question.problem.message.text(call.language))
        }
    }

    /// A value of the file and what it becomes; null is what nothing fits.
    private static func write(_ value: ColumnValues.Value, to json: inout JSONWriter) {
        json.object { json in
            json.member("value", value.text)
            json.member("rows", Int64(value.count))
            json.member("target", value.target)
            json.member("sure", value.isSure)
        }
    }

    private static func preview(_ preview: ImportPreview, _ call: Call) -> Reply {
        Reply.object { json in
            json.member("object", preview.object)
            json.member("format", preview.format.name)
            if let csv = preview.format.csv { csv.write(to: &json) }
            json.member("sheets", preview.sheets)
            json.member("headers", preview.headers)
            json.key("rows")
            json.array { json in
                for row in preview.rows.prefix(20) {
                    json.array { json in for cell in row { json.string(cell) } }
                }
            }
            json.key("mapping")
            preview.mapping.write(to: &json, notesIn: call.language)
            json.member("match", preview.match)
            if let heading = preview.heading { json.member("heading", Int64(heading)) }
            json.member("total", Int64(preview.survey.rows))
            switch preview.origin {
            case .earlier?: json.member("origin", "earlier")
            case .system(let label)?: json.member("origin", label.text(call.language))
            case nil: break
            }
            json.key("questions")
            json.array { json in for question in preview.questions { write(question, call, to: &json) } }
            json.key("values")
            json.object { json in
                for (index, values) in preview.values.sorted(by: { $0.key < $1.key }) {
                    json.key(preview.headers[index])
                    json.array { json in for value in values.values { write(value, to: &json) } }
                }
            }
            json.member("problems", preview.problems.map { $0.text(call.language) })
        }
    }
}
