import CZip
import Files
import Foundation
import Values

/// Makes an archive (ZIP) of a table and the files that its rows name.
///
/// The table is written beside it first; the archive is packed at the end, so that memory holds only names.
final class ArchiveWriter {
    /// The column that holds the attachments of a record.
    static let attachments = "attachments"

    private struct Entry: Sendable {
        let name: String
        let path: String
        /// Most files are packed already; a table shrinks to a tenth.
        let isPacked: Bool
    }

    private let folder: String
    private let store: FileStore
    private let table: FileHandle
    private var entries: [Entry]

    /// An archive in a folder of its own under `scratch`, with a table called `name`.
    init(scratch: String, table name: String, _ store: FileStore) throws {
        self.store = store
        folder = scratch + "/export-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let path = folder + "/table.csv"
        table = try madeFile(path)
        entries = [Entry(name: name + ".csv", path: path, isPacked: false)]
    }

    deinit {
        try? table.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Where a file lies in the archive: names may come twice, ids do not.
    static func place(_ file: StoredFile) -> String { "files/\(file.id)/\(file.name)" }

    /// Adds rows to the table.
    func write(_ bytes: [UInt8]) throws { try table.write(contentsOf: Data(bytes)) }

    /// Adds a file. Throws when its content is not there: an export that looks whole must be whole.
    func add(_ file: StoredFile) throws {
        guard store.has(file.hash) else { throw FileStore.unreadable }
        entries.append(Entry(name: ArchiveWriter.place(file), path: store.path(file.hash), isPacked: true))
    }

    /// Packs the archive; the answer is where it lies until this writer is gone.
    func close() async throws -> String {
        try table.close()
        let (entries, path) = (entries, folder + "/archive.zip")
        try await apart { try ArchiveWriter.pack(entries, path) }
        return path
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
