import Files
import Foundation
import Values

/// All that is held of a person as an archive (ZIP): the texts, and every file that they tell of. It lies in a folder of
/// its own until it has been given out.
final class HeldArchive {
    private let folder: String
    private let store: FileStore
    private var entries: [ZipFile.Entry] = []
    private var known: Set<RecordID> = []
    private var missing: Set<RecordID> = []

    /// An archive beside what is being uploaded; `store` has the contents of files.
    init(in scratch: String, store: FileStore) throws {
        self.store = store
        folder = scratch + "/" + Files.heldPrefix + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A text to be written.
    func begin(_ name: String) throws -> FileHandle {
        let path = folder + "/" + name
        guard
            FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw FileStore.unreadable }
        entries.append(ZipFile.Entry(name: name, path: path, isPacked: false))
        return file
    }

    /// Adds files, each once. The answer is those whose content is not there, which the texts are to say: one that is lost
    /// does not keep a person from all the others.
    func add(_ files: [StoredFile]) -> Set<RecordID> {
        for file in files where known.insert(file.id).inserted {
            if store.has(file.hash) {
                entries.append(ZipFile.Entry(name: ZipFile.place(file), path: store.path(file.hash), isPacked: true))
            } else {
                missing.insert(file.id)
            }
        }
        return missing.intersection(files.map(\.id))
    }

    /// Packs the archive and gives it out, a piece at a time.
    func finish(_ sink: (_ bytes: [UInt8]) async throws -> Void) async throws {
        let path = folder + "/held.zip"
        try await ZipFile.write(entries, to: path)
        guard let file = FileHandle(forReadingAtPath: path) else { throw FileStore.unreadable }
        defer { try? file.close() }
        while let piece = try file.read(upToCount: 1 << 18), !piece.isEmpty { try await sink([UInt8](piece)) }
    }
}
