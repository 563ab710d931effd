public import Database
import Foundation
import Glibc
import SQLText
public import Values

/// A change of the stored data that a new version of the program needs, in three parts: what is added, what is filled,
/// and what is taken away.
///
/// On SQLite they follow one another at once. On PostgreSQL programs of the version before may run beside this one: they
/// go on with what there was until it is taken away, and that waits for the last of them to have gone. So what is added
/// must have a default or may be empty, and this version must get along with rows that an older one has just written.
public struct Migration: Sendable {
    /// The form of stored data after it; each is one above the one before.
    public let format: Int64
    /// What it does, for the log.
    public let label: Label
    /// Adds tables, columns and indexes, in one short transaction; older programs need not know of them.
    let expand: Step?
    /// Fills a portion of what was added, in a short transaction; true while there may be more. Repeatable: rows that an
    /// older program writes come to it too.
    let fill: (@Sendable (Connection) throws -> Bool)?
    /// Takes away what only older programs need, in one transaction. Those that do not know the format are refused then.
    let contract: Step?

    /// Part of a migration.
    public typealias Step = @Sendable (Connection) throws -> Void

    /// A migration; of its parts some may be missing.
    public init(
        to format: Int64,
        label: Label,
        expand: Step? = nil,
        fill: (@Sendable (Connection) throws -> Bool)? = nil,
        contract: Step? = nil
    ) {
        (self.format, self.label) = (format, label)
        (self.expand, self.fill, self.contract) = (expand, fill, contract)
    }

    /// A migration of which older programs must not see anything: they are refused, and on PostgreSQL it waits for them.
    public init(to format: Int64, label: Label, run: @escaping Step) {
        self.init(to: format, label: label, contract: run)
    }

    /// Fills what is left and takes away what is not needed any more.
    func finish(on connection: Connection) throws {
        while try fill?(connection) == true {}
        try contract?(connection)
        try MigrationSteps.settle(format, on: connection)
        if contract != nil, try connection.storedFormat() < format { try connection.setStoredFormat(format) }
    }
}

/// Takes a workspace to the form of a new version: a copy first, then the change; when it fails, the copy comes back.
public struct Upgrade: Sendable {
    /// The database file.
    public let file: String
    private var marker: String { file + "-upgrading" }
    private var copy: String { file + "-before-upgrade" }

    /// The upgrade of a database file.
    public init(file: String) { self.file = file }

    /// What files an upgrade leaves beside the database.
    public static let suffixes = ["-upgrading", "-before-upgrade"]

    /// True when an upgrade began and did not end: the program or the machine stopped in between.
    public var isHalfDone: Bool { access(marker, F_OK) == 0 }

    /// Why a half upgraded workspace is not opened.
    public var halfDone: Problem {
        Problem(
            .unavailable,
            "half_upgraded",
            Label(
                "An upgrade of \(file) was interrupted. Run «kehu migrate»: it goes back to the copy and upgrades again.",
                zh: "\(file) 的升级被中断。请运行 kehu migrate：将恢复升级前的副本并重新升级。"
            )
        )
    }

    /// Copies the database and notes that an upgrade begins. The copy stays until the next upgrade.
    public func begin(_ database: Database, from old: String, to new: String) async throws {
        try DiskState.require(DiskState.size(of: file) * 2, in: ByteFile.parent(of: file))
        let half = copy + ".part"
        for path in [half, half + "-wal", half + "-shm"] { unlink(path) }
        try await database.backup(to: half)
        try Upgrade.flush(half)
        try ByteFile.move(half, to: copy)
        try ByteFile.write("\(old) -> \(new)\n", to: marker)
    }

    /// Notes that the upgrade is done.
    public func end() throws {
        guard unlink(marker) == 0 || errno == ENOENT else { throw Problem.cannotWrite(marker, errno) }
        ByteFile.flush(folder: ByteFile.parent(of: file))
    }

    /// Puts the copy back in place of what was half changed; the database must be closed. May be repeated.
    public func goBack() throws {
        guard isHalfDone else { return }
        guard access(copy, R_OK) == 0 else { throw Problem.cannotRead(copy) }
        // A second copy takes the place in one step, so that a crash here leaves the first to go back to.
        let half = file + ".part"
        let source = try ByteFile(reading: copy)
        do {
            let target = try ByteFile(writing: half)
            while case let bytes = try source.read(), !bytes.isEmpty { try target.write(bytes) }
            try target.flush()
        }
        for path in [file + "-wal", file + "-shm"] { unlink(path) }
        try ByteFile.move(half, to: file)
        try end()
    }

    /// Why an upgrade that failed was undone.
    public func undone(_ error: any Error) -> Problem {
        let reason = (error as? Problem)?.message ?? Label("\(error)", zh: "\(error)")
        return Problem(
            .unavailable,
            "upgrade_failed",
            Label(
                "The upgrade of \(file) failed and was undone; nothing is lost. Use the former version. Reason: \(reason.en)",
                zh: "\(file) 升级失败并已还原，数据未丢失，请继续使用原版本。原因：\(reason.zh)"
            )
        )
    }

    /// Runs the migrations that were not run yet, each with its number in one transaction: nobody else writes.
    public static func run(_ migrations: [Migration], on database: Database) async throws {
        for migration in migrations.sorted(by: { $0.format < $1.format }) {
            try await database.write { connection in
                guard try !MigrationSteps.isSettled(migration, on: connection) else { return }
                try migration.expand?(connection)
                try migration.finish(on: connection)
            }
        }
    }

    private static func flush(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem.cannotRead(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Problem.cannotWrite(path, errno) }
    }
}
