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
    private let ended = Mutex(false)

    init(stream: RequestBody, head: HTTPFields) {
        self.stream = stream
        self.head = head
    }

    /// Whether it has been read.
    var isRead: Bool { begun.withLock { $0 } }
    /// Whether it has been read to its end.
    var isWhole: Bool { ended.withLock { $0 } }

    /// Writes the body into a new file of `folder`, at most `limit` bytes; `refusal` is thrown for more. A file that did
    /// not come whole, or not in time, is removed.
    func save(
        in folder: String,
        name: String,
        upTo limit: Int = UploadBody.limit,
        else refusal: Problem = .tooLarge(UploadBody.limit)
    ) async throws -> String {
        let path = folder + "/" + name
        begun.withLock { $0 = true }
        if let text = head[.contentLength], let length = Int(text), length > limit {
            throw refusal
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try UploadBody.checkSpace(in: folder, for: head[.contentLength].flatMap { Int64($0) } ?? 0)
        try UploadBody.enter()
        defer { UploadBody.leave() }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw UploadBody.unwritable }
        let pace = UploadPace()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.write(to: path, upTo: limit, else: refusal, pace) }
                group.addTask { try await pace.watch() }
                try await group.next()
                group.cancelAll()
            }
            return path
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw pace.isTooSlow ? UploadPace.problem : error
        }
    }

    private func write(
        to path: String,
        upTo limit: Int,
        else refusal: Problem,
        _ pace: UploadPace
    ) async throws {
        guard let file = FileHandle(forWritingAtPath: path) else { throw UploadBody.unwritable }
        defer { try? file.close() }
        var total = 0
        for try await part in stream {
            total += part.readableBytes
            guard total <= limit else { throw refusal }
            try part.withUnsafeReadableBytes { try file.write(contentsOf: Data($0)) }
            pace.count(part.readableBytes)
        }
        ended.withLock { $0 = true }
        if let text = self.head[.contentLength], let length = Int(text), total < length { throw UploadBody.cutShort }
    }

    private static let unwritable = Problem(
        .unavailable,
        "disk_unwritable",
        Label("The upload cannot be stored. Ask your administrator.", zh: "无法保存上传的文件，请联系管理员。")
    )

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

/// Ends an upload that never would by itself: one that stands still, or drips.
final class UploadPace: Sendable {
    private struct State {
        var bytes = 0
        var seen = 0
        var since = ContinuousClock.now
        var window = ContinuousClock.now
        var before = 0
        var isTooSlow = false
    }
    private let state = Mutex(State())

    /// How long nothing may arrive.
    static let patience = Duration.seconds(30)
    /// In each minute at least so many bytes must arrive.
    static let least = 60_000

    /// Whether it was ended.
    var isTooSlow: Bool { state.withLock { $0.isTooSlow } }

    /// Counts what has arrived.
    func count(_ bytes: Int) { state.withLock { $0.bytes += bytes } }

    /// Looks every few seconds; throws when it has gone on for too long.
    func watch() async throws {
        while true {
            try await Task.sleep(for: .seconds(2))
            let now = ContinuousClock.now
            try state.withLock { state in
                if state.bytes != state.seen { (state.seen, state.since) = (state.bytes, now) }
                var drips = false
                if now - state.window > .seconds(60) {
                    drips = state.bytes - state.before < UploadPace.least
                    (state.window, state.before) = (now, state.bytes)
                }
                guard now - state.since > UploadPace.patience || drips else { return }
                state.isTooSlow = true
                throw UploadPace.problem
            }
        }
    }

    static let problem = Problem.malformed(
        "upload_too_slow",
        Label("The upload did not go on. Nothing was stored; try again.", zh: "上传中断或速度过慢，文件未保存，请重试。")
    )
}
