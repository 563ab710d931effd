import Foundation
import Glibc
import Values

/// An archive on its way into a folder, part by part.
struct Unpacking {
    let archive: String
    let folder: String
    let passphrase: String?
    let format: Int64
    /// Whether an archive that is damaged behind its database is taken all the same, as far as it goes.
    let isLenient: Bool
    private var found: [ArchivePart] = []
    /// All that comes before the files is there and is what it was.
    private var isHeadSound = false
    private var isWhole = true

    init(_ archive: String, into folder: String, passphrase: String?, format: Int64, isLenient: Bool) {
        (self.archive, self.folder, self.passphrase) = (archive, folder, passphrase)
        (self.format, self.isLenient) = (format, isLenient)
    }

    /// Unpacks what there is. Contents that are not what their names say are not kept.
    mutating func run(_ flag: StopFlag) throws -> Unpacked {
        let reader = try ArchiveReader(archive, passphrase: passphrase)
        guard let first = try reader.next(), first.name == Backup.aboutName else { throw Problem.archiveDamaged }
        let about = try Manifest(try reader.text(first.size))
        guard about.dataFormat <= format else { throw Problem.newer(about.program) }
        try DiskState.require(
            max(about.unpacked, DiskState.size(of: archive)),
            in: ByteFile.parent(of: folder)
        )
        try Restore.makeFolder(folder)
        try Restore.makeFolder(folder + "/" + Backup.filesName)
        var manifest = about
        do {
            manifest = try parts(of: reader, flag)
        } catch let problem as Problem where problem.isDamage {
            guard isHeadSound else { throw problem }
            guard isLenient else { throw problem.offeringTheRest }
            isWhole = false
            // Without the last manifest only names that are hashes tell whether a file is what it was.
            for part in found where part.isFile && part.wantedHash == nil { unlink(folder + "/" + part.name) }
            manifest.parts = found.filter { !$0.isFile || $0.wantedHash != nil }
        }
        for part in manifest.parts {
            if let wanted = part.wantedHash, part.hash != wanted { unlink(folder + "/" + part.name) }
        }
        return Unpacked(
            manifest: manifest,
            database: folder + "/" + Backup.databaseName,
            files: folder + "/" + Backup.filesName,
            folder: folder,
            isWhole: isWhole
        )
    }

    private mutating func parts(of reader: ArchiveReader, _ flag: StopFlag) throws -> Manifest {
        while let entry = try reader.next() {
            switch entry.name {
            case Backup.headName:
                let head = try Manifest(try reader.text(entry.size))
                if let wrong = differing(from: head).first { throw Problem.archiveDamaged(in: wrong.name) }
                guard head.parts.count == found.count else { throw Problem.archiveDamaged }
                isHeadSound = true
            case Backup.manifestName: return try end(reader, try Manifest(try reader.text(entry.size)))
            default:
                let part = try save(entry.name, entry.size, reader, flag)
                found.append(part)
            }
        }
        throw Problem.archiveDamaged
    }

    private func save(_ name: String, _ size: Int64, _ reader: ArchiveReader, _ flag: StopFlag) throws -> ArchivePart {
        // What was found sound is not written over.
        guard !isHeadSound || name.hasPrefix(Backup.filesName + "/") else { throw Problem.archiveDamaged }
        let path = folder + "/" + name
        try Restore.makeFolder(ByteFile.parent(of: path))
        do {
            return ArchivePart(name: name, size: size, hash: try reader.save(size, to: path, flag))
        } catch let problem as Problem where problem.isDamage {
            unlink(path)
            throw Problem.archiveDamaged(in: name)
        }
    }

    /// The manifest of all parts: what is not as it says is damaged, and so is what does not end behind it.
    private mutating func end(_ reader: ArchiveReader, _ manifest: Manifest) throws -> Manifest {
        let wrong = differing(from: manifest)
        guard manifest.parts.map(\.name) == found.map(\.name), wrong.allSatisfy(\.isFile) else {
            throw wrong.first.map { Problem.archiveDamaged(in: $0.name) } ?? Problem.archiveDamaged
        }
        isHeadSound = true
        if !isLenient, let first = wrong.first { throw Problem.archiveDamaged(in: first.name) }
        do {
            guard try reader.next() == nil else { throw Problem.archiveDamaged }
            try reader.finish()
        } catch let problem as Problem where problem.isDamage && isLenient {
            isWhole = false
        }
        guard !wrong.isEmpty else { return manifest }
        isWhole = false
        let names = Set(wrong.map(\.name))
        for name in names { unlink(folder + "/" + name) }
        var rest = manifest
        rest.parts.removeAll { names.contains($0.name) }
        return rest
    }

    /// The parts that a manifest names and that were found to be otherwise.
    private func differing(from manifest: Manifest) -> [ArchivePart] {
        zip(manifest.parts, found).filter { $0 != $1 }.map { $0.0 }
    }
}

extension ArchivePart {
    /// Whether it is one of the workspace's files, beside the database.
    var isFile: Bool { name.hasPrefix(Backup.filesName + "/") }

    /// The hash that its name stands for; nil for a file that does not lie under its hash.
    var wantedHash: String? {
        isFile ? Attachments.hash(of: String(name.dropFirst(Backup.filesName.count + 1))) : nil
    }
}

extension Problem {
    /// Whether it tells of an archive that is not what was written.
    var isDamage: Bool { ["archive_damaged", "no_archive", "cannot_read"].contains(code) }

    /// The same, with the way to what is sound.
    var offeringTheRest: Problem {
        Problem(
            kind,
            code,
            Label(
                "\(message.en) The database in it is sound: --without-damaged-files restores it, with all files that can be read.",
                zh: "\(message.zh)其中的数据库完好：加上 --without-damaged-files 可恢复数据库及所有可读取的文件。"
            )
        )
    }
}
