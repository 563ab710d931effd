import Files
import Foundation
import HTTPTypes
import Identity
import Records
import Schema
import Values

/// Files: uploaded, hung on records, downloaded.
enum FilesAPI {
    /// Takes a form with one `file`, or the bytes alone with `?name=`. `object` and `record` attach it at once.
    static func upload(_ call: Call) async throws -> Reply {
        try call.query.allow(["name", "object", "record", "_csrf"])
        let files = call.workspace.files
        guard call.isMultipart else {
            let target = try target(call.query["object"], call.query["record"])
            let path = try await FileForm.save(call)
            let name = call.query["name"] ?? "file"
            return reply(try await files.take(path, name: name, to: target, as: call.actor))
        }
        let form = try await FileForm.multipart(call)
        defer { form.discard() }
        guard let upload = form.uploads.first else { throw Members.missing("file") }
        let target = try target(
            form.fields["object"] ?? call.query["object"],
            form.fields["record"] ?? call.query["record"]
        )
        let name = form.fields["name"] ?? upload.file.name
        return reply(try await files.take(upload.file.path, name: name, to: target, as: call.actor))
    }

    private static func target(_ object: String?, _ record: String?) throws -> (plural: String, id: RecordID)? {
        guard let object, !object.isEmpty else {
            if record != nil { throw Members.missing("object") }
            return nil
        }
        guard let id = record.flatMap({ RecordID($0) }) else { throw Members.missing("record") }
        return (object, id)
    }

    private static func reply(_ file: StoredFile) -> Reply {
        var reply = Reply.json(.created) { file.write(to: &$0) }
        reply.headers[.location] = "/api/v1/files/\(file.id)"
        return reply
    }

    static func content(_ call: Call) async throws -> Reply {
        try call.query.allow(["inline"])
        let (file, path) = try await call.workspace.files.open(try call.recordID(), as: try call.actor)
        return try FileReply.make(file, path, call)
    }

    static func thumbnail(_ call: Call) async throws -> Reply {
        let (file, path) = try await call.workspace.files.thumbnail(try call.recordID(), as: try call.actor)
        return FileReply.thumbnail(file, path, call)
    }

    static func show(_ call: Call) async throws -> Reply {
        let id = try call.recordID()
        return try await call.read { session in
            let file = try Files.find(id, session)
            return Reply.json { file.write(to: &$0) }
        }
    }

    static func delete(_ call: Call) async throws -> Reply {
        let id = try call.recordID()
        return try await call.write { session in
            try Files.delete(id, session)
            return .noContent
        }
    }

    static func restore(_ call: Call) async throws -> Reply {
        let id = try call.recordID()
        return try await call.write { session in
            let file = try Files.restore(id, session)
            return Reply.json { file.write(to: &$0) }
        }
    }

    static func list(_ call: Call) async throws -> Reply {
        let (id, plural) = (try call.recordID(), call.parameter("plural"))
        return try await call.read { session in
            Reply.list(try Files.list(try session.object(plural), id, session)) { $0.write(to: &$1) }
        }
    }

    static func attach(_ call: Call) async throws -> Reply {
        let (id, plural, input) = (try call.recordID(), call.parameter("plural"), try call.json())
        try Members.check(input, allowed: ["file"])
        let file = try Members.id(input, "file")
        return try await call.write { session in
            let object = try session.object(plural)
            try Files.attach(file, to: object, id, session)
            let stored = try Files.find(file, session)
            return Reply.json(.created) { stored.write(to: &$0) }
        }
    }
}
