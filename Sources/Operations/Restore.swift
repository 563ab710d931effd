import Database
import Foundation
import Glibc
import SQLText
public import Values

/// What an archive held, unpacked into a folder and found sound.
public struct Unpacked: Sendable {
    /// What the archive says about itself.
    public let manifest: Manifest
    /// The database.
    public let database: String
    /// The folder with the workspace's files.
    public let files: String
    let folder: String
    /// Whether the archive was read to its end, with nothing in it damaged.
    public let isWhole: Bool
    /// The files that the database names and that have not come: they were missing or damaged when the archive was made,
    /// or the archive is damaged.
    public internal(set) var missing = MissingFiles()
    /// The file that says who was erased when the archive was made; it may be missing.
    public var ledger: String { folder + "/" + Backup.ledgerName }

    /// Rows that differ from the indexes over them: bytes that had changed before the archive was made.
    public func rowFaults() async throws -> [Label] {
        let database = try Database(sqlite: database, readers: 1)
        defer { database.close() }
        return try await RowFaults.find(in: database)
    }

    /// Removes the folder with all that is still in it.
    public func discard() { try? FileManager.default.removeItem(atPath: folder) }
}

/// Takes archives apart, and checks everything before anything is believed.
public enum Restore {
    /// The highest form of stored data that this program reads is `format`; an archive above it is refused.
    ///
    /// Every part's hash, the pages of the database, the audit chain and the counts of rows are compared with the
    /// manifest. When something differs, nothing is left in `folder`, which must not exist before; unless it is `lenient`
    /// and the database is sound, which then comes with those files that are. Files that were damaged or missing when the
    /// archive was made do not come, and are told as `missing`.
    public static func unpack(
        _ archive: String,
        into folder: String,
        passphrase: String? = nil,
        format: Int64,
        lenient: Bool = false
    ) async throws -> Unpacked {
        do {
            let unpacked = try await Blocking.run { flag in
                var unpacking = Unpacking(
                    archive,
                    into: folder,
                    passphrase: passphrase,
                    format: format,
                    isLenient: lenient
                )
                return try unpacking.run(flag)
            }
            return try await compared(unpacked)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    static func makeFolder(_ path: String) throws {
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

    /// What the database is, and which of its files have come.
    private static func compared(_ unpacked: Unpacked) async throws -> Unpacked {
        let database = try Database(sqlite: unpacked.database, readers: 1)
        defer { database.close() }
        let found = try await Inspection.of(database)
        if let fault = found.faults.first { throw Problem(.invalid, "archive_damaged", fault) }
        guard found.rows == unpacked.manifest.rows, found.auditEntries == unpacked.manifest.auditEntries else {
            throw Problem.archiveDamaged
        }
        var result = unpacked
        let (files, gone) = (unpacked.files, unpacked.manifest.goneHashes)
        result.missing = try await MissingFiles.find(in: database) { hash in
            !gone.contains(hash) && !Attachments.isThere(hash, in: files)
        }
        return result
    }

    /// Puts what was unpacked in its place. What was there is moved into the folder `aside`, where it stays; without
    /// `aside` it gives way. May be repeated with the same folder, where it was broken off.
    public static func place(
        _ unpacked: Unpacked,
        database: String,
        files: String,
        keyFile: String,
        aside: String? = nil
    ) throws {
        try clear([database, database + "-wal", database + "-shm"], into: aside)
        try placeFiles(unpacked, files: files, keyFile: keyFile, aside: aside)
        // An upgrade of what was there that was broken off must not put its copy in the place of what comes now.
        try Upgrade(file: database).end()
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
        // Without a key in the archive the one that is there may be the right one.
        let hasKey = access(key, F_OK) == 0
        try clear([files] + (hasKey && aside != nil ? [keyFile] : []), into: aside)
        try ByteFile.move(unpacked.files, to: files)
        if hasKey { try ByteFile.move(key, to: keyFile) }
    }

    /// Moves what is there into a folder. Where that has it already, what is there was put there by a restore that was
    /// broken off, and gives way.
    private static func clear(_ paths: [String], into aside: String?) throws {
        if let aside { try makeFolder(aside) }
        for path in paths where access(path, F_OK) == 0 {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let kept = aside.map { $0 + "/" + name }
            if let kept, access(kept, F_OK) != 0 {
                try ByteFile.move(path, to: kept)
            } else {
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }
}
