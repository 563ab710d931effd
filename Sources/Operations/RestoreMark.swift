import Foundation
import Glibc
import Values

/// A file that is there while a restore puts a workspace in its place: where it is found and no workspace, the restore was
/// broken off. It says where what was there before is set aside, so that the restore goes on with the same folder.
public struct RestoreMark: Sendable {
    /// The file.
    public let path: String
    /// How its name ends, behind that of the workspace.
    public static let ending = ".restoring"

    /// The mark in a file, which need not exist.
    public init(_ path: String) { self.path = path }

    /// Whether it is there.
    public var isThere: Bool { access(path, F_OK) == 0 }

    /// The name of the folder for what was there before; nil when there was nothing.
    public var aside: String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let name = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return name.isEmpty || name.contains("/") ? nil : name
    }

    /// A restore begins to put things in their places, and sets aside in a folder what is there. On disk when this returns.
    public func begin(aside: String?) throws {
        let name = aside?.split(separator: "/").last.map(String.init) ?? ""
        try ByteFile.write(name + "\n", to: path)
    }

    /// All is in its place.
    public func end() throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw Problem.cannotWrite(path, errno) }
        ByteFile.flush(folder: ByteFile.parent(of: path))
    }
}
