/// A file of a workspace that an archive does not give back.
public struct ArchiveGap: Sendable, Equatable {
    /// Why it does not.
    public enum Reason: String, Sendable {
        /// The database names it, and it was not there.
        case missing
        /// It could not be read, or is not what it was when it came.
        case damaged
        /// It was removed while the archive was made, with all that named it. That is no fault.
        case gone
    }

    /// The path inside the workspace's folder.
    public let path: String
    /// Why.
    public let reason: Reason
    /// The name that it has, or would have, in the archive.
    var part: String { Backup.filesName + "/" + path }
    /// The hash of the content that it should be; nil for a file that does not lie under its hash.
    var hash: String? { Attachments.hash(of: path) }
}

extension Manifest {
    /// What the archive does not give back and should.
    public var faults: [ArchiveGap] { gaps.filter { $0.reason != .gone } }

    /// The names of parts that the archive holds as they were found, and that are not what they should be.
    var damagedParts: Set<String> { Set(gaps.filter { $0.reason == .damaged }.map(\.part)) }

    /// The contents that are missing in the archive because nothing needs them any more.
    var goneHashes: Set<String> { Set(gaps.filter { $0.reason == .gone }.compactMap(\.hash)) }
}
