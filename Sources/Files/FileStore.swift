import Foundation
import Glibc
import Identity
import Synchronization
public import Values

/// The contents of files, each once, under the SHA-256 of its bytes: `ab/cdef…` in a folder beside the database.
///
/// A content is there whole or not at all: it is written elsewhere on the same disk, flushed, and then renamed.
public struct FileStore: Sendable {
    /// The folder.
    public let folder: String

    /// Contents in a folder, which is made when it is missing.
    public init(folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// Where the content of a hash lies.
    public func path(_ hash: String) -> String { "\(folder)/\(hash.prefix(2))/\(hash.dropFirst(2))" }

    /// Whether there is such a content.
    public func has(_ hash: String) -> Bool { access(path(hash), R_OK) == 0 }

    /// Takes over a file of the same disk: it is renamed into its place, or removed where the content is there already.
    /// The answer is the content's hash.
    public func take(_ file: String) throws -> String {
        let hash = try FileStore.hash(of: file)
        let place = path(hash)
        // What is there is marked as used now, so that clearing away lets it be.
        if utimensat(AT_FDCWD, place, nil, 0) == 0 {
            unlink(file)
            return hash
        }
        let parent = (place as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: parent,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try FileStore.flush(file)
        guard rename(file, place) == 0 else { throw FileStore.unwritable }
        try FileStore.flush(parent)
        try FileStore.flush(folder)
        return hash
    }

    /// Removes a content that has not been used since `old`; true when it is gone.
    func remove(_ hash: String, unusedSince old: Instant) -> Bool {
        let path = path(hash)
        guard let used = FileStore.changed(path), used < old else { return false }
        return unlink(path) == 0
    }

    /// The hash of a file's bytes, in hexadecimal digits, without holding them.
    public static func hash(of file: String) throws -> String {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable }
        defer { close(descriptor) }
        var stream = ContentHash.Stream()
        var part = [UInt8](repeating: 0, count: 262_144)
        while true {
            let count = part.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw unreadable }
            if count == 0 { return ContentHash.hex(stream.finish()) }
            part.withUnsafeBytes { stream.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    /// Calls `body` with the hash of each content, in portions of one sub-folder.
    public func each(_ body: ([String]) async throws -> Void) async throws {
        for first in folders() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + first)) ?? []
            let hashes = names.filter { $0.utf8.count == 62 }.map { first + $0 }.sorted()
            if !hashes.isEmpty { try await body(hashes) }
        }
    }

    private func folders() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.utf8.count == 2 }.sorted()
    }

    /// When a file was last changed; nil when there is none.
    static func changed(_ path: String) -> Instant? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        return Instant(milliseconds: Int64(info.st_mtim.tv_sec) * 1000 + Int64(info.st_mtim.tv_nsec) / 1_000_000)
    }

    /// The size of a file in bytes; nil when there is none.
    static func size(_ path: String) -> Int64? {
        var info = stat()
        return stat(path, &info) == 0 ? Int64(info.st_size) : nil
    }

    private static func flush(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unwritable }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw unwritable }
    }

    private static var unwritable: Problem {
        Problem(
            .unavailable,
            "disk_unwritable",
            Label("The file cannot be stored. Ask your administrator.", zh: "文件无法保存，请联系管理员检查磁盘。")
        )
    }

    /// Why a content that is known cannot be given out.
    public static var unreadable: Problem {
        Problem(
            .unavailable,
            "file_unreadable",
            Label(
                "The stored file cannot be read. Ask your administrator to run «kehu verify».",
                zh: "已保存的文件无法读取，请联系管理员运行 kehu verify 检查。"
            )
        )
    }
}
