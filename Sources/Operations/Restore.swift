import Database
import Foundation
import Glibc
import SQLText
import Values

/// What an archive held, unpacked into a folder and found sound.
public struct Unpacked: Sendable {
    /// What the archive says about itself.
    public let manifest: Manifest
    /// The database.
    public let database: String
    /// The folder with the workspace's files.
    public let files: String
    let folder: String
    /// The file that says who was erased when the archive was made; it may be missing.
    public var ledger: String { folder + "/" + Backup.ledgerName }

    /// Removes the folder with all that is still in it.
    public func discard() { try? FileManager.default.removeItem(atPath: folder) }
}

/// Takes archives apart, and checks everything before anything is believed.
public enum Restore {
    /// The highest form of stored data that this program reads is `format`; an archive above it is refused.
    ///
    /// Every part's hash, the pages of the database, the audit chain and the counts of rows are compared with the
    /// manifest. When something differs, nothing is left in `folder`, which must not exist before.
    public static func unpack(
        _ archive: String,
        into folder: String,
        passphrase: String? = nil,
        format: Int64
    ) async throws -> Unpacked {
        do {
            let unpacked = try await Blocking.run { flag in
                try parts(archive, into: folder, passphrase, format, flag)
            }
            try await compare(unpacked)
            return unpacked
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    private static func parts(
        _ archive: String,
        into folder: String,
        _ passphrase: String?,
        _ format: Int64,
        _ flag: StopFlag
    ) throws -> Unpacked {
        let reader = try ArchiveReader(archive, passphrase: passphrase)
        guard let first = try reader.next(), first.name == "about.json" else { throw Problem.archiveDamaged }
        let about = try Manifest(try reader.text(first.size))
        guard about.dataFormat <= format else { throw Problem.newer(about.program) }
        let unpacked = Unpacked(
            manifest: about,
            database: folder + "/" + Backup.databaseName,
            files: folder + "/" + Backup.filesName,
            folder: folder
        )
        try DiskState.require(
            max(about.unpacked, DiskState.size(of: archive)),
            in: ByteFile.parent(of: folder)
        )
        try makeFolder(folder)
        try makeFolder(unpacked.files)
        var found: [ArchivePart] = []
        while let entry = try reader.next() {
            if entry.name == "manifest.json" {
                let manifest = try Manifest(try reader.text(entry.size))
                guard manifest.parts == found else {
                    let wrong = zip(manifest.parts, found).first { $0 != $1 }
                    throw wrong.map { Problem.archiveDamaged(in: $0.0.name) } ?? Problem.archiveDamaged
                }
                guard try reader.next() == nil else { throw Problem.archiveDamaged }
                try reader.finish()
                return Unpacked(
                    manifest: manifest,
                    database: unpacked.database,
                    files: unpacked.files,
                    folder: folder
                )
            }
            let path = folder + "/" + entry.name
            try makeFolder(ByteFile.parent(of: path))
            let hash: String
            do {
                hash = try reader.save(entry.size, to: path, flag)
            } catch let problem as Problem where problem.code == Problem.archiveDamaged.code {
                throw Problem.archiveDamaged(in: entry.name)
            }
            found.append(ArchivePart(name: entry.name, size: entry.size, hash: hash))
        }
        throw Problem.archiveDamaged
    }

    private static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Problem.cannotWrite(path, errno)
        }
    }

    private static func compare(_ unpacked: Unpacked) async throws {
        let database = try Database(sqlite: unpacked.database, readers: 1)
        let found: Inspection
        do {
            defer { database.close() }
            found = try await Inspection.of(database)
        }
        if let fault = found.faults.first { throw Problem(.invalid, "archive_damaged", fault) }
        guard found.rows == unpacked.manifest.rows, found.auditEntries == unpacked.manifest.auditEntries else {
            throw Problem.archiveDamaged
        }
        try contents(of: unpacked.manifest)
    }

    /// Attachments lie under the hash of what they hold: a name that does not fit was changed before the backup.
    private static func contents(of manifest: Manifest) throws {
        for part in manifest.parts {
            let name = part.name.dropFirst(Backup.filesName.count + 1)
            if let wanted = Attachments.hash(of: String(name)), part.hash != wanted {
                throw Problem.archiveDamaged(in: part.name)
            }
        }
    }

    /// Puts what was unpacked in its place. What was there is moved to `aside`, where it stays; without `aside` there
    /// must be nothing.
    public static func place(
        _ unpacked: Unpacked,
        database: String,
        files: String,
        keyFile: String,
        aside: String? = nil
    ) throws {
        let key = unpacked.folder + "/" + Backup.keyName
        let hasKey = access(key, F_OK) == 0
        if let aside {
            try makeFolder(aside)
            // Without a key in the archive the one that is there may be the right one.
            let keys = hasKey ? [keyFile] : []
            for path in [database, database + "-wal", database + "-shm", files] + keys where access(path, F_OK) == 0 {
                guard let name = path.split(separator: "/").last else { continue }
                try ByteFile.move(path, to: aside + "/" + name)
            }
        }
        try ByteFile.move(unpacked.files, to: files)
        if hasKey { try ByteFile.move(key, to: keyFile) }
        // Last, because this is what makes it a workspace.
        try ByteFile.move(unpacked.database, to: database)
        unpacked.discard()
    }

    /// Puts only what lies beside the database in its place: its rows go to another engine.
    public static func placeFiles(
        _ unpacked: Unpacked,
        files: String,
        keyFile: String,
        aside: String? = nil
    ) throws {
        let key = unpacked.folder + "/" + Backup.keyName
        let hasKey = access(key, F_OK) == 0
        if let aside {
            try makeFolder(aside)
            for path in [files] + (hasKey ? [keyFile] : []) where access(path, F_OK) == 0 {
                guard let name = path.split(separator: "/").last else { continue }
                try ByteFile.move(path, to: aside + "/" + name)
            }
        }
        try ByteFile.move(unpacked.files, to: files)
        if hasKey { try ByteFile.move(key, to: keyFile) }
    }
}
