import Files
import Foundation
import HTTPTypes
import Identity
import Records
import Values

/// Receives uploads: the body goes to the disk while it arrives, and is gone from there whatever happens.
enum FileForm {
    /// The most that the rest of a form may hold beside a file.
    private static let rest = 2_000_000
    /// How many files of one form are taken.
    static let most = 20

    /// The form of a request. Each file of it becomes an uploaded file of the person, and its field holds the id; a
    /// file that is refused is kept as a problem of its field.
    static func read(_ call: Call) async throws -> PageCall {
        guard call.upload != nil else { return try PageCall(call) }
        let form = try await multipart(call)
        defer { form.discard() }
        var pairs = form.items
        var problems: [FieldProblem] = []
        for (field, file) in form.uploads.prefix(most) where !file.name.isEmpty {
            do {
                let actor = try call.actor.acting(from: .page, address: call.address)
                let stored = try await call.workspace.files.take(file.path, name: file.name, as: actor)
                pairs.append((field, stored.id.description))
            } catch let problem as Problem where [.tooLarge, .unsupported].contains(problem.kind) {
                problems.append(FieldProblem(field, problem.code, problem.message))
            }
        }
        var plain = call
        plain.body = Array(
            pairs.map { PercentCoding.encode($0.name) + "=" + PercentCoding.encode($0.value) }.joined(separator: "&")
                .utf8
        )
        var page = try PageCall(plain)
        page.fileProblems = problems
        return page
    }

    /// The parts of a form with files.
    static func multipart(_ call: Call) async throws -> Multipart {
        let path = try await save(call, files: most)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Multipart(stored: path, type: call.headers[.contentType])
    }

    /// The body as a file, at most as large as so many files may be.
    static func save(_ call: Call, files: Int = 1) async throws -> String {
        guard let upload = call.upload else { throw Problem.noSuchAddress }
        let limit = min(Int(try await call.workspace.files.limits().size) * files + rest, UploadBody.limit)
        let name = call.engine.ids.next().description
        return try await upload.save(in: call.workspace.files.uploads, name: name, upTo: limit)
    }
}
