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
                .done(try await makeArchive(backup, archives))
            },
            JobKind(
                Upkeep.drillJob,
                label: Label("Restore drill: the newest backup is restored and checked", zh: "恢复演练：恢复最新备份并核对"),
                attempts: 2,
                schedule: drill
            ) { _ in
                .done(try await drill(backup, archives, format))
            },
        ]
    }

    private func makeArchive(_ backup: Backup, _ archives: ArchiveFolder) async throws -> String {
        try archives.make()
        archives.clearLeftovers()
        let path = archives.archive(at: backup.clock.now())
        let manifest = try await backup.run(to: path, passphrase: try passphrase())
        let removed = archives.clear(retention)
        let rows = manifest.rows.values.reduce(0, +)
        return "\(path): \(rows) rows, \(manifest.files) files, \(removed) old archives removed"
    }

    /// Restores the newest archive into a folder that is thrown away; a result means that everything in it agrees.
    private func drill(_ backup: Backup, _ archives: ArchiveFolder, _ format: Int64) async throws -> String {
        if archives.archives().isEmpty { _ = try await makeArchive(backup, archives) }
        guard let newest = archives.archives().first else { throw Problem.notFound }
        let folder = archives.path + "/.drill-" + backup.workspace
        try? FileManager.default.removeItem(atPath: folder)
        let unpacked = try await Restore.unpack(
            newest.path,
            into: folder,
            passphrase: try passphrase(),
            format: format
        )
        unpacked.discard()
        let manifest = unpacked.manifest
        let rows = manifest.rows.values.reduce(0, +)
        return "ok: \(newest.path), \(rows) rows, \(manifest.files) files, "
            + "\(manifest.auditEntries) audit entries unbroken"
    }
}
