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
        if try call.query.flag("preview") {
            return preview(try await imports.preview(file.path, object: object, fileName: file.name, as: actor), call)
        }
        var request = ImportRequest(file: file.path, object: object)
        request.fileName = file.name
        if let map = form.fields["map"], !map.isEmpty { request.mapping = try ImportMapping(JSONReader.parse(map)) }
        if let mode = form.fields["mode"], !mode.isEmpty {
            guard let known = ImportMode(rawValue: mode) else {
                throw Problem.invalid(
                    "mode",
                    "unknown_choice",
                    Label("«mode» must be create, update or upsert.", zh: "mode 只能是 create、update 或 upsert。")
                )
            }
            request.mode = known
        }
        request.match = RecordsAPI.keys(form.fields["match"]) ?? []
        request.isDryRun = ["true", "1", "on", "yes"].contains(form.fields["dry_run"] ?? "")
        let id = try await imports.start(request, as: actor)
        // The job outlives the request; a crash is resumed at the next start.
        let logger = call.server.logger
        Task {
            do {
                try await imports.run(id, as: actor)
            } catch {
                logger.error("an import failed", metadata: ["import": "\(id)", "error": "\(error)"])
            }
        }
        var reply = try await show(id, call)
        reply.status = .accepted
        reply.headers[.location] = "/api/v1/imports/\(id)"
        return reply
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

    /// The rows that failed, as a file that can be corrected and imported again.
    static func errors(_ call: Call) async throws -> Reply {
        let (id, imports, actor) = (try call.recordID(), call.workspace.imports, try call.actor)
        let status = try await imports.status(id, as: actor)
        var suffix = "jsonl"
        if case .csv = status.format { suffix = "csv" }
        var reply = Reply()
        reply.headers[.contentType] = suffix == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson"
        reply.headers[.contentDisposition] = "attachment; filename=\"errors-\(id).\(suffix)\""
        guard let path = try await imports.errorsFile(id, as: actor) else { return reply }
        reply.body = .stream(FileStream.body(path))
        return reply
    }

    private static func show(_ id: RecordID, _ call: Call) async throws -> Reply {
        let status = try await call.workspace.imports.status(id, as: try call.actor)
        return Reply.json { status.write(to: &$0, language: call.language) }
    }

    /// Receives the form; its files are ours to remove.
    static func form(_ call: Call) async throws -> Multipart {
        guard let upload = call.upload else { throw Problem.noSuchAddress }
        let name = call.engine.ids.next().description
        let path = try await upload.save(in: call.workspace.temporaryFolder, name: name)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Multipart(stored: path, type: call.headers[.contentType])
    }

    private static func preview(_ preview: ImportPreview, _ call: Call) -> Reply {
        Reply.object { json in
            json.member("object", preview.object)
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
            json.member("problems", preview.problems.map { $0.text(call.language) })
        }
    }
}
