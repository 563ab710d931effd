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
        let limits = try await call.workspace.files.limits()
        let limit = Int(limits.size) * most + rest
        let path =
            limit > UploadBody.limit
            ? try await store(call, upTo: UploadBody.limit, else: .tooLarge(UploadBody.limit))
            : try await store(call, upTo: limit, else: tooLarge(limits))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Multipart(stored: path, type: call.headers[.contentType])
    }

    /// The body of a request, which is one file, as large as a file may be.
    static func save(_ call: Call) async throws -> String {
        let limits = try await call.workspace.files.limits()
        return try await store(call, upTo: min(Int(limits.size), UploadBody.limit), else: limits.refusal)
    }

    private static func store(_ call: Call, upTo limit: Int, else refusal: Problem) async throws -> String {
        guard let upload = call.upload else { throw Problem.noSuchAddress }
        let name = call.engine.ids.next().description
        return try await upload.save(in: call.workspace.files.uploads, name: name, upTo: limit, else: refusal)
    }

    /// People know the limit of one file, not what a form of them may hold.
    private static func tooLarge(_ limits: FileLimits) -> Problem {
        let each = limits.size / 1_000_000
        return Problem(
            .tooLarge,
            "files_too_large",
            Label(
                "This is too much at once: at most \(most) files of up to \(each) MB each.",
                zh: "上传内容过大：一次最多 \(most) 个文件，每个不超过 \(each) MB。"
            )
        )
    }
}
