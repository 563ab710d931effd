import Files
import Foundation
import Values

/// Makes an archive (ZIP) of a table and the files that its rows name.
///
/// The table is written beside it first; the archive is packed at the end, so that memory holds only names.
final class ArchiveWriter {
    /// The column that holds the attachments of a record.
    static let attachments = "attachments"

    private let folder: String
    private let store: FileStore
    private let table: FileHandle
    private var entries: [ZipFile.Entry]

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
        entries = [ZipFile.Entry(name: name + ".csv", path: path, isPacked: false)]
    }

    deinit {
        try? table.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Where a file lies in the archive.
    static func place(_ file: StoredFile) -> String { ZipFile.place(file) }

    /// Adds rows to the table.
    func write(_ bytes: [UInt8]) throws { try table.write(contentsOf: Data(bytes)) }

    /// Adds a file. Throws when its content is not there: an export that looks whole must be whole.
    func add(_ file: StoredFile) throws {
        guard store.has(file.hash) else { throw FileStore.unreadable }
        let entry = ZipFile.Entry(name: ZipFile.place(file), path: store.path(file.hash), isPacked: true)
        entries.append(entry)
    }

    /// Packs the archive; the answer is where it lies until this writer is gone.
    func close() async throws -> String {
        try table.close()
        let path = folder + "/archive.zip"
        try await ZipFile.write(entries, to: path)
        return path
    }
}
