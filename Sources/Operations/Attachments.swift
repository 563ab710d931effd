import Foundation
import Glibc
public import Values

/// The files beside a database that lie under the hash of what they hold.
public enum Attachments {
    /// What is wrong with those in a workspace's folder: contents that do not fit their names.
    public static func faults(in folder: String) async throws -> (count: Int, faults: [Label]) {
        try await Blocking.run { flag in
            var (count, faults): (Int, [Label]) = (0, [])
            for name in Backup.files(in: folder) {
                try flag.check()
                guard let wanted = hash(of: name) else { continue }
                count += 1
                if (try? Digest.file(folder + "/" + name)) != wanted, faults.count < 100 {
                    faults.append(
                        Label(
                            "The attachment \(name) is damaged. Restore it from a backup.",
                            zh: "附件 \(name) 已损坏，请从备份恢复。"
                        )
                    )
                }
            }
            return (count, faults)
        }
    }

    /// The hash that the name `files/ab/cdef…` stands for; nil for other names.
    static func hash(of name: String) -> String? {
        let pieces = name.split(separator: "/")
        guard pieces.count == 3, pieces[0] == "files", pieces[1].utf8.count == 2, pieces[2].utf8.count == 62 else {
            return nil
        }
        return String(pieces[1] + pieces[2])
    }

    /// The name under which the content of a hash lies in a workspace's folder.
    static func name(of hash: String) -> String { "files/\(hash.prefix(2))/\(hash.dropFirst(2))" }

    /// Whether there is a content of that hash; not whether it is what it was.
    static func isThere(_ hash: String, in folder: String) -> Bool {
        access(folder + "/" + name(of: hash), F_OK) == 0
    }
}
