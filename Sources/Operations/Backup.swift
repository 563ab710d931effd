public import Database
import Foundation
public import Records
import SQLText
public import Values

/// Makes archives: one file with the database, the files beside it, and a manifest of counts and hashes.
public struct Backup: Sendable {
    let database: Database
    let modules: [Module]
    let workspace: String
    let folder: String
    let keyFile: String?
    let ledger: String?
    let program: String
    let clock: Clock

    /// Archives of an open workspace, whose files lie in `folder`. The key that encrypts stored secrets, `keyFile`, goes
    /// into sealed archives only: one in the clear must not open what the database keeps closed. `ledger` is the file that
    /// says who was erased.
    public init(
        _ database: Database,
        modules: [Module] = [],
        workspace: String,
        folder: String,
        keyFile: String? = nil,
        ledger: String? = nil,
        program: String,
        clock: Clock
    ) {
        self.database = database
        self.modules = modules
        self.workspace = workspace
        self.folder = folder
        self.keyFile = keyFile
        self.ledger = ledger
        self.program = program
        self.clock = clock
    }

    /// What in a workspace's folder is not worth keeping.
    static let spared: Set<String> = ["uploads", "thumbnails", "tmp"]
    static let databaseName = "database.db"
    static let filesName = "files"
    static let keyName = "workspace.key"
    static let ledgerName = "erasures.jsonl"
    static let aboutName = "about.json"
    static let headName = "head.json"
    static let manifestName = "manifest.json"

    /// Writes an archive while people work; it has its name only once it is whole and on disk.
    ///
    /// The database is that of one moment; files are added after it, so that none it names is missing. Files that are
    /// missing or damaged all the same do not keep the rest from being archived: they are the `faults` of the manifest,
    /// and the archive is then called `faulty` where that is given.
    public func run(to target: String, faulty: String? = nil, passphrase: String? = nil) async throws -> Manifest {
        let half = target + ".part"
        let place = try Backup.workPlace(for: target)
        let copy = (place ?? target) + ".database"
        defer {
            for path in [half, copy, copy + "-wal", copy + "-shm"] { unlink(path) }
            if let place { rmdir(ByteFile.parent(of: place)) }
        }
        try DiskState.require(
            DiskState.size(of: database.path) * 2 + DiskState.size(of: folder),
            in: ByteFile.parent(of: target)
        )
        if place != nil { try DiskState.require(DiskState.size(of: database.path), in: ByteFile.parent(of: copy)) }
        switch database.dialect {
        case .sqlite:
            try await database.backup(to: copy)
            try await Backup.allowWrites(copy)
        case .postgres: try await copied(to: copy)
        }
        var described = try await described(copy)
        described.unpacked = DiskState.size(of: copy) + DiskState.size(of: folder)
        let manifest = described
        return try await Blocking.run { flag in
            let manifest = try ArchiveContents(self, database: copy, passphrase: passphrase).write(
                manifest,
                to: half,
                flag
            )
            try ByteFile.move(half, to: manifest.faults.isEmpty ? target : faulty ?? target)
            return manifest
        }
    }

    /// The files that are named and that an archive with faults does not give back.
    public func missing(in manifest: Manifest) async throws -> MissingFiles {
        let lost = Set(manifest.faults.compactMap(\.hash))
        return lost.isEmpty ? MissingFiles() : try await MissingFiles.find(in: database) { lost.contains($0) }
    }

    /// What comes before the name of the database on its way into an archive, where that cannot lie beside the archive: on
    /// a network file system SQLite's locks do not hold. It lies in a folder of its own then, among temporary files.
    private static func workPlace(for target: String) throws -> String? {
        let network = DiskState.networkKind(of: ByteFile.parent(of: target))
        return try workFolder("backup", network: network).map { $0 + "/copy" }
    }

    /// A folder among temporary files for databases that cannot lie where they belong, since that is a network file
    /// system; nil where it is none.
    static func workFolder(_ kind: String, network: String?) throws -> String? {
        guard network != nil else { return nil }
        let manager = FileManager.default
        let (place, name) = (manager.temporaryDirectory.path, "kehu-\(kind)-")
        // What was left by one that was killed holds a whole workspace.
        for left in (try? manager.contentsOfDirectory(atPath: place)) ?? [] where left.hasPrefix(name) {
            let made = try? manager.attributesOfItem(atPath: place + "/" + left)[.modificationDate] as? Date
            if let made, made.timeIntervalSinceNow < -86_400 { try? manager.removeItem(atPath: place + "/" + left) }
        }
        let folder = place + "/" + name + UUID().uuidString
        guard mkdir(folder, 0o700) == 0 else { throw Problem.cannotWrite(folder, errno) }
        return folder
    }

    /// What was saved while it was being moved can be written to once it is restored.
    private static func allowWrites(_ copy: String) async throws {
        let made = try Database(sqlite: copy, readers: 1)
        defer { made.close() }
        guard try await made.writeStop() != nil else { return }
        try await made.allowWrites()
        made.checkpoint()
    }

    /// An archive holds a SQLite file whatever the engine, so that each restores what the other has saved.
    private func copied(to path: String) async throws {
        let target = try Database(sqlite: path, readers: 1)
        defer { target.close() }
        _ = try await Transfer(from: database, to: target, modules: modules).run()
    }

    private func described(_ copy: String) async throws -> Manifest {
        let database = try Database(sqlite: copy, readers: 1)
        defer { database.close() }
        let format = try await database.read { try $0.storedFormat() }
        var manifest = Manifest(program: program, dataFormat: format, workspace: workspace, madeAt: clock.now())
        let found = try await Inspection.of(database)
        // An archive of a damaged database would in time push out the sound ones.
        if let fault = found.faults.first { throw Problem(.unavailable, "damaged", fault) }
        // What came from PostgreSQL has indexes that were made of the rows just now.
        if self.database.dialect == .sqlite, let fault = try await RowFaults.find(in: database).first {
            throw Problem(.unavailable, "damaged", fault)
        }
        manifest.rows = found.rows
        manifest.auditEntries = found.auditEntries
        manifest.gaps = try await lost(database)
        return manifest
    }

    /// Contents that the copy names and that are not there.
    func lost(_ copy: Database) async throws -> [ArchiveGap] {
        let folder = folder
        let lost = try await Backup.named(in: copy) { !Attachments.isThere($0, in: folder) }
        // What came again meanwhile is archived.
        return try await gaps(lost).filter { gap in access(folder + "/" + gap.path, F_OK) != 0 }
    }

    /// Contents that the copy in a file names and that are not among those which are accounted for.
    func lost(_ copy: String, without known: Set<String>) async throws -> [ArchiveGap] {
        let database = try Database(sqlite: copy, readers: 1)
        defer { database.close() }
        return try await gaps(Backup.named(in: database) { !known.contains($0) })
    }

    /// The hashes that a copy names, those that are wanted.
    private static func named(
        in copy: Database,
        where isWanted: @escaping @Sendable (String) -> Bool
    ) async throws -> [String] {
        try await copy.read { connection in
            var hashes: [String] = []
            guard try connection.hasTable("sys_file") else { return hashes }
            try connection.each("SELECT DISTINCT hash FROM sys_file ORDER BY hash") { cursor in
                let hash = cursor.text(0)
                if isWanted(hash) { hashes.append(hash) }
                return true
            }
            return hashes
        }
    }

    /// Why contents are not there: what was removed since the moment of the copy went after the rows that named it.
    private func gaps(_ lost: [String]) async throws -> [ArchiveGap] {
        guard !lost.isEmpty else { return [] }
        let named = try await database.read { connection in
            var named: Set<String> = []
            for start in stride(from: 0, to: lost.count, by: 500) {
                let part = lost[start..<min(start + 500, lost.count)].map { SQLValue.text($0) }
                let rows = try connection.rows("SELECT DISTINCT hash FROM sys_file WHERE hash IN \(list: part)")
                named.formUnion(rows.map { $0.text(0) })
            }
            return named
        }
        return lost.map { hash in
            ArchiveGap(path: Attachments.name(of: hash), reason: named.contains(hash) ? .missing : .gone)
        }
    }

    /// The files of a workspace, as paths inside its folder, in order.
    static func files(in folder: String) -> [String] {
        guard let walker = FileManager.default.enumerator(atPath: folder) else { return [] }
        var names: [String] = []
        while let name = walker.nextObject() as? String {
            if let first = name.split(separator: "/").first, spared.contains(String(first)) {
                if walker.level == 1 { walker.skipDescendants() }
                continue
            }
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
            if exists, !isFolder.boolValue, !name.hasSuffix(".part") { names.append(name) }
        }
        return names.sorted()
    }
}
