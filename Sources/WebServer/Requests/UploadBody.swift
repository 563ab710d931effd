import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization
import Values

/// A body that is too large for memory: it is read once, part by part, into a file.
final class UploadBody: Sendable {
    /// The most that is taken: 2 GB.
    static let limit = 2_000_000_000

    private let stream: RequestBody
    private let head: HTTPFields
    private let begun = Mutex(false)

    init(stream: RequestBody, head: HTTPFields) {
        self.stream = stream
        self.head = head
    }

    /// Whether it has been read.
    var isRead: Bool { begun.withLock { $0 } }

    /// Writes the body into a new file of `folder`, at most `limit` bytes. A file that did not come whole is removed.
    func save(in folder: String, name: String) async throws -> String {
        let path = folder + "/" + name
        begun.withLock { $0 = true }
        if let text = head[.contentLength], let length = Int(text), length > UploadBody.limit {
            throw Problem.tooLarge(UploadBody.limit)
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw Problem(
                .unavailable,
                "disk_unwritable",
                Label("The upload cannot be stored. Ask your administrator.", zh: "无法保存上传的文件，请联系管理员。")
            )
        }
        do {
            var total = 0
            for try await part in stream {
                total += part.readableBytes
                guard total <= UploadBody.limit else { throw Problem.tooLarge(UploadBody.limit) }
                try part.withUnsafeReadableBytes { try file.write(contentsOf: Data($0)) }
            }
            try file.close()
            return path
        } catch {
            try? file.close()
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }
}
