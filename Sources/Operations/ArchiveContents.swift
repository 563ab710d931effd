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
            try add(name, to: archive, &manifest, flag)
        }
        try archive.add(Backup.manifestName, text: manifest.text)
        try archive.finish()
        return manifest
    }

    /// Adds a file. What a content is shows only when all of it has been read and written: one that is not what its name
    /// says stays in the archive as it was found, and the manifest says that it is damaged.
    private func add(_ name: String, to archive: ArchiveWriter, _ manifest: inout Manifest, _ flag: StopFlag) throws {
        let path = backup.folder + "/" + name
        guard let file = try? ByteFile(reading: path) else {
            // What is cleared away meanwhile belongs to no record any more.
            let isThere = FileManager.default.fileExists(atPath: path)
            manifest.gaps.append(ArchiveGap(path: name, reason: isThere ? .damaged : .gone))
            return
        }
        let (part, isWhole) = try archive.add(Backup.filesName + "/" + name, asFound: file, flag)
        manifest.parts.append(part)
        if !isWhole || part.hash != Attachments.hash(of: name) ?? part.hash {
            manifest.gaps.append(ArchiveGap(path: name, reason: .damaged))
        }
    }
}
