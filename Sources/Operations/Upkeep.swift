import Foundation
public import Jobs
import Values

/// When archives are made by themselves, where they lie, and which stay.
public struct Upkeep: Sendable {
    /// The folder of the archives; it may lie on another disk.
    public var folder: String
    /// When an archive is made; nil for never.
    public var backup: Schedule?
    /// Which archives stay.
    public var retention = Retention(daily: 7, weekly: 4)
    /// When the newest archive is restored to see whether it can be; nil for never.
    public var drill: Schedule?
    /// The file that holds the passphrase of the archives; nil when they are not encrypted.
    public var passphraseFile: String?

    /// Each night at half past two, with a drill on Sundays.
    public init(folder: String) {
        self.folder = folder
        backup = .daily(hour: 2, minute: 30)
        drill = .weekly(day: 7, hour: 4, minute: 0)
    }

    /// The name of the job that makes archives.
    public static let backupJob = "backup"
    /// The name of the job that tries whether the newest archive can be restored.
    public static let drillJob = "restore_drill"

    /// The passphrase, read anew each time; nil when there is none. Throws when the file cannot be read or is empty.
    public func passphrase() throws -> String? { try passphraseFile.map(Upkeep.passphrase(in:)) }

    /// The first line of a file that holds a passphrase.
    public static func passphrase(in file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else { throw Problem.cannotRead(file) }
        let line =
            String(decoding: data, as: UTF8.self).split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
        let text = line.trimmingCharacters(in: .whitespaces)
        guard text.utf8.count >= 8 else {
            throw Problem(
                .invalid,
                "short_passphrase",
                Label(
                    "The passphrase in \(file) must have at least 8 characters, on the first line.",
                    zh: "\(file) 第一行的口令至少需要 8 个字符。"
                )
            )
        }
        return text
    }

    /// The jobs of a workspace: archive and drill. `format` is the highest form of stored data that can be read.
    public func kinds(_ backup: Backup, format: Int64) -> [JobKind] {
        let archives = ArchiveFolder(folder, workspace: backup.workspace)
        return [
            JobKind(
                Upkeep.backupJob,
                label: Label("Backup", zh: "自动备份"),
                attempts: 4,
                schedule: self.backup
            ) { _ in
                try await makeArchive(backup, archives)
            },
            JobKind(
                Upkeep.drillJob,
                label: Label("Restore drill: the newest backup is restored and checked", zh: "恢复演练：恢复最新备份并核对"),
                attempts: 2,
                schedule: drill
            ) { _ in
                try await drill(backup, archives, format)
            },
        ]
    }

    private func makeArchive(_ backup: Backup, _ archives: ArchiveFolder) async throws -> JobOutcome {
        try archives.make()
        archives.clearLeftovers()
        let moment = backup.clock.now()
        let (path, faulty) = (archives.archive(at: moment), archives.faultyArchive(at: moment))
        let manifest = try await backup.run(to: path, faulty: faulty, passphrase: try passphrase())
        let removed = archives.clear(retention)
        guard manifest.faults.isEmpty else {
            return .failed(Upkeep.said(Upkeep.faults(manifest, in: faulty, try await backup.missing(in: manifest))))
        }
        let rows = manifest.rows.values.reduce(0, +)
        return .done("\(path): \(rows) rows, \(manifest.files) files, \(removed) old archives removed")
    }

    /// Restores the newest archive into a folder that is thrown away; a result means that everything in it agrees.
    private func drill(_ backup: Backup, _ archives: ArchiveFolder, _ format: Int64) async throws -> JobOutcome {
        if archives.archives().isEmpty { _ = try await makeArchive(backup, archives) }
        guard let newest = archives.archives().first else { throw Problem.notFound }
        // On a network file system SQLite's locks do not hold.
        let own = try Backup.workFolder("drill", network: DiskState.networkKind(of: archives.path))
        defer { if let own { try? FileManager.default.removeItem(atPath: own) } }
        let folder = own.map { $0 + "/unpacked" } ?? archives.path + "/.drill-" + backup.workspace
        try? FileManager.default.removeItem(atPath: folder)
        let unpacked = try await Restore.unpack(
            newest.path,
            into: folder,
            passphrase: try passphrase(),
            format: format
        )
        defer { unpacked.discard() }
        if let fault = try await unpacked.rowFaults().first { throw Problem(.invalid, "archive_damaged", fault) }
        let manifest = unpacked.manifest
        if unpacked.missing.count > 0 || !manifest.faults.isEmpty {
            return .failed(Upkeep.said(Upkeep.faults(manifest, in: newest.path, unpacked.missing)))
        }
        let rows = manifest.rows.values.reduce(0, +)
        return .done(
            "ok: \(newest.path), \(rows) rows, \(manifest.files) files, "
                + "\(manifest.auditEntries) audit entries unbroken"
        )
    }

    /// What an archive does not give back, by ids alone: the results of jobs hold no personal data.
    private static func faults(_ manifest: Manifest, in path: String, _ missing: MissingFiles) -> Label {
        // A damaged file that no record names is lost to nobody, and told all the same.
        guard missing.count > 0 else {
            let (count, first) = (manifest.faults.count, manifest.faults.first?.path ?? "")
            return Label(
                "\(path) is made, but \(count) files that no record names are damaged (\(first)). «kehu verify» names them.",
                zh: "\(path) 已生成，但有 \(count) 个未被任何记录引用的文件已损坏（\(first)），可用 kehu verify 查看。"
            )
        }
        return Label(
            "\(path) holds everything but \(missing.count) attachments, which are missing or damaged: \(missing.ids). «kehu verify» names them; put them back from an older archive.",
            zh: "\(path) 缺少 \(missing.count) 个附件（丢失或已损坏）：\(missing.ids)，其余数据均已备份。可用 kehu verify 查看，并从较早的备份中恢复。"
        )
    }

    private static func said(_ words: Label) -> String { "\(words.zh) \(words.en)" }
}
