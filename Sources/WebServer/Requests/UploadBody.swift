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

    /// How many uploads are taken at the same time: each needs room on the disk.
    private static let most = 16
    private static let running = Mutex(0)

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
        try UploadBody.checkSpace(in: folder, for: head[.contentLength].flatMap { Int64($0) } ?? 0)
        try UploadBody.enter()
        defer { UploadBody.leave() }
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
            var pace = UploadPace()
            for try await part in stream {
                total += part.readableBytes
                guard total <= UploadBody.limit else { throw Problem.tooLarge(UploadBody.limit) }
                try pace.took(part.readableBytes)
                try part.withUnsafeReadableBytes { try file.write(contentsOf: Data($0)) }
            }
            try file.close()
            if let text = head[.contentLength], let length = Int(text), total < length { throw UploadBody.cutShort }
            return path
        } catch {
            try? file.close()
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    private static func enter() throws {
        let isFree = running.withLock { count in
            if count >= most { return false }
            count += 1
            return true
        }
        guard isFree else {
            throw Problem(
                .unavailable,
                "too_many_uploads",
                Label("Many files are being uploaded. Try again in a minute.", zh: "当前上传的文件较多，请稍后再试。"),
                retryAfter: 60
            )
        }
    }

    private static func leave() { running.withLock { $0 -= 1 } }

    /// The body is stored, then the files in it: there must be room for both, before the first byte is taken.
    private static func checkSpace(in folder: String, for length: Int64) throws {
        let values = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = (values?[.systemFreeSize] as? NSNumber)?.int64Value, free < 2 * length + 50_000_000 else {
            return
        }
        throw Problem(
            .unavailable,
            "disk_full",
            Label("There is no room for this file on the server. Ask your administrator.", zh: "服务器磁盘空间不足，请联系管理员。")
        )
    }

    private static let cutShort = Problem.malformed(
        "upload_cut_short",
        Label("The upload did not arrive whole. Try again.", zh: "文件未完整上传，请重试。")
    )
}

/// Watches how fast an upload arrives: one that hardly moves holds a place for nothing and is ended.
struct UploadPace {
    /// In each window of so many seconds at least so many bytes must arrive.
    private static let window = Duration.seconds(60)
    private static let least = 60_000

    private var start = ContinuousClock.now
    private var bytes = 0

    /// Counts what arrived. Throws a `Problem` when it is too little for the time.
    mutating func took(_ count: Int) throws {
        bytes += count
        let now = ContinuousClock.now
        guard now - start > UploadPace.window else { return }
        guard bytes >= UploadPace.least else {
            throw Problem.malformed(
                "upload_too_slow",
                Label(
                    "The upload stopped moving and was ended. Check the network and try again.",
                    zh: "上传速度过慢，已中止。请检查网络后重试。"
                )
            )
        }
        (start, bytes) = (now, 0)
    }
}
