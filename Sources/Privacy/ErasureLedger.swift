import Foundation
import Glibc
public import Values

/// Who was erased, kept outside the database and in every archive: an archive that is older than an erasure brings the
/// person back, and this says whom to erase again. It holds ids and tokens, nothing of the person.
///
/// An entry is on disk before anything is erased. So it also tells, after a crash, which erasure has to be ended.
public struct ErasureLedger: Sendable {
    /// One erased person.
    public struct Entry: Sendable, Hashable {
        /// The key of the object; `sys_user` for people who use the workspace.
        public let object: String
        /// The record or user.
        public let record: RecordID
        /// What stands in place of the name.
        public let token: String
        /// When the erasure began.
        public let at: Instant

        /// The same as a line of the file.
        var line: String {
            var json = JSONWriter()
            json.object { json in
                json.member("object", object)
                json.member("record", record.description)
                json.member("token", token)
                json.member("at", at.description)
            }
            return json.text + "\n"
        }

        init(object: String, record: RecordID, token: String, at: Instant) {
            (self.object, self.record, self.token, self.at) = (object, record, token, at)
        }

        init?(_ line: Substring) {
            guard let json = try? JSONReader.parse(Array(line.utf8)), let object = json["object"]?.string,
                let record = json["record"]?.string.flatMap({ RecordID($0) }), let token = json["token"]?.string,
                let at = json["at"]?.string.flatMap({ Instant($0) })
            else { return nil }
            self.init(object: object, record: record, token: token, at: at)
        }
    }

    /// The file.
    public let path: String
    /// Where the same is written as well, if it can be: beside the archives.
    public let copies: [String]

    /// The ledger in a file, which need not exist.
    public init(_ path: String, copies: [String] = []) { (self.path, self.copies) = (path, copies) }

    /// The last entry of each person, in the order of time.
    public var entries: [Entry] { ErasureLedger.entries(in: [path]) }

    /// The last entry of each person in some files; what cannot be read, such as a line that a crash cut off, is left
    /// out.
    public static func entries(in paths: [String]) -> [Entry] {
        var last: [RecordID: Entry] = [:]
        for path in paths {
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            for entry in String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap({ Entry($0) }) {
                if let known = last[entry.record], known.at >= entry.at { continue }
                last[entry.record] = entry
            }
        }
        return last.values.sorted { ($0.at, $0.record) < ($1.at, $1.record) }
    }

    /// Adds entries; they are on disk when this returns.
    public func add(_ entries: [Entry]) throws {
        guard !entries.isEmpty else { return }
        try ErasureLedger.append(entries, to: path)
        for copy in copies where access((copy as NSString).deletingLastPathComponent, W_OK) == 0 {
            try? ErasureLedger.append(entries, to: copy)
        }
    }

    /// Takes over what other ledgers know and this one does not.
    public func merge(_ others: [String]) throws {
        let own = Set(entries)
        try add(ErasureLedger.entries(in: others).filter { !own.contains($0) })
    }

    private static func append(_ entries: [Entry], to path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable(path) }
        defer { close(descriptor) }
        // A line that a crash cut off must not swallow the next one.
        let size = lseek(descriptor, 0, SEEK_END)
        var last: UInt8 = 0x0A
        if size > 0 { pread(descriptor, &last, 1, size - 1) }
        let bytes = Array(((last == 0x0A ? "" : "\n") + entries.map(\.line).joined()).utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw unwritable(path)
        }
    }

    private static func unwritable(_ path: String) -> Problem {
        Problem(
            .unavailable,
            "cannot_write",
            Label(
                "\(path) cannot be written, so nobody was erased: after a restore they would be back. Free some space or correct its rights.",
                zh: "无法写入 \(path)，未执行抹除：否则恢复备份后其信息会重新出现。请清理磁盘空间或调整权限。"
            )
        )
    }
}
