import Foundation
import Values

/// What goes into an archive, in its order: what it is, the database, key and list of erasures, a manifest of these, the
/// files, and the manifest of all.
///
/// The first manifest lets a restore trust what comes before it although the archive is damaged behind.
struct ArchiveContents: Sendable {
    let backup: Backup
    let database: String
    let passphrase: String?

    init(_ backup: Backup, database: String, passphrase: String?) {
        (self.backup, self.database, self.passphrase) = (backup, database, passphrase)
    }

    /// Writes all of it to disk; the answer says what went in, and what should have.
    func write(_ described: Manifest, to path: String, _ flag: StopFlag) throws -> Manifest {
        var manifest = described
        let archive = try ArchiveWriter(path, passphrase: passphrase, at: manifest.madeAt)
        try archive.add(Backup.aboutName, text: manifest.text)
        manifest.parts.append(try archive.add(Backup.databaseName, contentsOf: database, flag))
        if passphrase != nil, let key = backup.keyFile, access(key, F_OK) == 0 {
            manifest.parts.append(try archive.add(Backup.keyName, contentsOf: key, flag))
        }
        if let ledger = backup.ledger, access(ledger, F_OK) == 0 {
            manifest.parts.append(try archive.add(Backup.ledgerName, contentsOf: ledger, flag))
        }
        try archive.add(Backup.headName, text: manifest.text)
        for name in Backup.files(in: backup.folder) {
            try flag.check()
            let isThere = try add(name, to: archive, &manifest, flag)
            // A content that is gone is told below, where the copy names it.
            if !isThere, Attachments.hash(of: name) == nil {
                manifest.gaps.append(ArchiveGap(path: name, reason: .gone))
            }
        }
        try addRest(to: archive, &manifest, flag)
        try archive.add(Backup.manifestName, text: manifest.text)
        try archive.finish()
        return manifest
    }

    /// Accounts for the contents that the copy names and that were removed since it was made: without that an archive would
    /// be called sound that does not give back what its database names.
    private func addRest(to archive: ArchiveWriter, _ manifest: inout Manifest, _ flag: StopFlag) throws {
        let known = Set(manifest.parts.compactMap(\.wantedHash) + manifest.gaps.compactMap(\.hash))
        let (backup, copy) = (backup, database)
        for gap in try Blocking.wait({ try await backup.lost(copy, without: known) }) {
            try flag.check()
            // What came again meanwhile is archived.
            if try !add(gap.path, to: archive, &manifest, flag) { manifest.gaps.append(gap) }
        }
    }

    /// Adds a file; false when it is not there. What a content is shows only when all of it has been read and written: one that is not what its name
    /// says stays in the archive as it was found, and the manifest says that it is damaged.
    private func add(
        _ name: String,
        to archive: ArchiveWriter,
        _ manifest: inout Manifest,
        _ flag: StopFlag
    ) throws -> Bool {
        let path = backup.folder + "/" + name
        guard let file = try? ByteFile(reading: path) else {
            guard FileManager.default.fileExists(atPath: path) else { return false }
            manifest.gaps.append(ArchiveGap(path: name, reason: .damaged))
            return true
        }
        let (part, isWhole) = try archive.add(Backup.filesName + "/" + name, asFound: file, flag)
        manifest.parts.append(part)
        if !isWhole || part.hash != Attachments.hash(of: name) ?? part.hash {
            manifest.gaps.append(ArchiveGap(path: name, reason: .damaged))
        }
        return true
    }
}
