import CZip
import Dispatch
import Values

/// An archive (ZIP) of files that lie on the disk. It is packed in one go, so that memory holds only names.
public enum ZipFile {
    /// A file of it.
    public struct Entry: Sendable {
        /// Its name in the archive.
        public let name: String
        /// Where it lies.
        public let path: String
        /// Most files are packed already; texts and tables shrink to a tenth.
        public let isPacked: Bool

        /// A file with the name that it has in the archive.
        public init(name: String, path: String, isPacked: Bool) {
            (self.name, self.path, self.isPacked) = (name, path, isPacked)
        }
    }

    /// The name of a stored file in an archive: names may come twice, ids do not.
    public static func place(_ file: StoredFile) -> String { "files/\(file.id)/\(file.name)" }

    /// Makes an archive at a path where there is nothing yet, on a thread that may wait for the disk.
    public static func write(_ entries: [Entry], to path: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { continuation.resume(with: Result { try pack(entries, path) }) }
        }
    }

    private static func pack(_ entries: [Entry], _ path: String) throws {
        guard let archive = zip_open(path, ZIP_CREATE | ZIP_EXCL, nil) else { throw unwritable }
        var isClosed = false
        defer { if !isClosed { zip_discard(archive) } }
        for entry in entries {
            guard let source = zip_source_file(archive, entry.path, 0, -1) else { throw unwritable }
            let index = zip_file_add(archive, entry.name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
            guard index >= 0 else {
                zip_source_free(source)
                throw unwritable
            }
            if entry.isPacked { zip_set_file_compression(archive, zip_uint64_t(index), ZIP_CM_STORE, 0) }
        }
        guard zip_close(archive) == 0 else { throw unwritable }
        isClosed = true
    }

    private static var unwritable: Problem {
        Problem(
            .unavailable,
            "archive_unwritable",
            Label(
                "The ZIP file cannot be made. There may be too little room on the disk of temporary files.",
                zh: "无法生成 ZIP 文件，可能是临时文件所在磁盘空间不足。"
            )
        )
    }
}
