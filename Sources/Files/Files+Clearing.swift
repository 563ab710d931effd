public import Database
import Foundation
import Glibc
import Identity
public import Records
import SQLText
public import Schema
public import Values

/// What looking at all contents has found.
public struct FileReport: Sendable {
    /// How many files there are.
    public var files: Int64 = 0
    /// Their bytes; each content counts once.
    public var bytes: Int64 = 0
    /// How many contents were read.
    public var contents: Int64 = 0
    /// Contents that no file refers to; they are cleared away by themselves.
    public var orphans: Int64 = 0
    /// What is missing or altered, in words.
    public var faults: [Label] = []

    /// Nothing yet.
    public init() {}
}

extension Files {
    /// How long something must have been left alone before it is cleared away: an hour, in milliseconds.
    static let patience: Int64 = 3_600_000

    /// Clears away what nobody can reach any more: files that were deleted thirty days ago, uploads that were attached
    /// to nothing for a day, contents without a file, and uploads that never came whole. In small portions.
    @discardableResult
    public func clear() async throws -> Int {
        let now = engine.clock.now()
        let (old, yesterday) = (now.adding(milliseconds: -Files.kept), now.adding(milliseconds: -86_400_000))
        while try await engine.database.write({ connection in
            try connection.run(
                """
                DELETE FROM sys_file WHERE id IN (
                    SELECT id FROM sys_file WHERE deleted_at IS NOT NULL AND deleted_at < \(old) LIMIT 200)
                """
            )
        }) == 200 {}
        while try await engine.database.write({ connection in
            try connection.run(
                """
                DELETE FROM sys_file WHERE id IN (
                    SELECT id FROM sys_file WHERE record IS NULL AND created_at < \(yesterday) LIMIT 200)
                """
            )
        }) == 200 {}
        clearUploads(before: yesterday)
        clearHeld(before: now.adding(milliseconds: -6 * Files.patience))
        return try await clearContents(unusedSince: now.adding(milliseconds: -Files.patience))
    }

    /// Removes contents that no file refers to; the answer is how many.
    @discardableResult
    public func clearContents(unusedSince old: Instant) async throws -> Int {
        var removed = 0
        let (store, thumbnails) = (store, thumbnails)
        try await store.each { hashes in
            let unused = try await self.engine.database.read { try Files.unused(hashes, $0) }
            guard !unused.isEmpty else { return }
            // In a write, since files are registered in writes: none can begin to need one of these meanwhile.
            removed += try await self.engine.database.write { connection in
                try Files.unused(unused, connection).filter { hash in
                    guard store.remove(hash, unusedSince: old) else { return false }
                    thumbnails.remove(hash)
                    return true
                }.count
            }
        }
        return removed
    }

    fileprivate static func unused(_ hashes: [String], _ connection: Connection) throws -> [String] {
        var used: Set<String> = []
        for start in stride(from: 0, to: hashes.count, by: 500) {
            let part = hashes[start..<min(start + 500, hashes.count)].map { SQLValue.text($0) }
            let rows = try connection.rows("SELECT DISTINCT hash FROM sys_file WHERE hash IN \(list: part)")
            used.formUnion(rows.map { $0.text(0) })
        }
        return hashes.filter { !used.contains($0) }
    }

    private func clearUploads(before old: Instant) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: uploads)) ?? [] {
            let path = uploads + "/" + name
            guard let changed = FileStore.changed(path), changed < old else { continue }
            // Of folders only those go that are packed into archives: others see to theirs themselves.
            if name.hasPrefix(Files.heldPrefix) || name.hasPrefix("export-") {
                try? FileManager.default.removeItem(atPath: path)
            } else {
                unlink(path)
            }
        }
    }

    /// How the names of folders begin in which lies what is given out of a person.
    public static let heldPrefix = "held-"

    /// Removes what giving out all that is held of a person has left that was broken off; without a moment whatever
    /// there is, for one who has the workspace alone and has not begun.
    public func clearHeld(before old: Instant? = nil) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: uploads)) ?? []
        for name in names where name.hasPrefix(Files.heldPrefix) {
            let path = uploads + "/" + name
            guard let changed = FileStore.changed(path) else { continue }
            if let old, changed >= old { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    // MARK: Checking

    /// Reads every content and compares it with its hash.
    public func verify() async throws -> FileReport {
        var report = try await Files.compare(store, engine.database)
        let store = store
        try await store.each { hashes in
            for hash in hashes where report.faults.count < 100 {
                if try FileStore.hash(of: store.path(hash)) != hash {
                    report.faults.append(Label("The content \(hash) was altered.", zh: "文件内容 \(hash) 已被改动或损坏。"))
                }
            }
            await Task.yield()
        }
        return report
    }

    /// Compares the contents of a workspace's folder with the files that the database knows, without reading them:
    /// what is missing is a fault, what is too much is counted.
    public static func compare(folder: String, _ database: Database) async throws -> FileReport {
        try await compare(try FileStore(folder: folder + "/files"), database)
    }

    private static func compare(_ store: FileStore, _ database: Database) async throws -> FileReport {
        var report = try await database.read { connection in
            guard try connection.hasTable("sys_file") else {
                return FileReport()
            }
            var report = try counted(connection)
            try connection.each("SELECT id, name, hash FROM sys_file ORDER BY id") { cursor in
                if !store.has(cursor.text(2)) {
                    let (id, name) = (RecordID(cursor.integer(0)), cursor.text(1))
                    report.faults.append(
                        Label(
                            "The content of the file \(id) «\(name)» is missing. Restore it from a backup.",
                            zh: "文件 \(id)“\(name)”的内容缺失，请从备份恢复。"
                        )
                    )
                }
                return report.faults.count < 100
            }
            return report
        }
        try await store.each { hashes in
            report.contents += Int64(hashes.count)
            report.orphans += Int64(try await database.read { try Files.unused(hashes, $0).count })
        }
        return report
    }

    /// How many files there are and how large they are, without reading them.
    public func count() async throws -> FileReport { try await engine.database.read { try Files.counted($0) } }

    private static func counted(_ connection: Connection) throws -> FileReport {
        var report = FileReport()
        report.files = try connection.value("SELECT count(*) FROM sys_file").integer ?? 0
        report.bytes =
            try connection.value("SELECT sum(size) FROM (SELECT DISTINCT hash, size FROM sys_file) AS f").integer ?? 0
        return report
    }
}

extension Files {
    /// Deletes the files of a record at once and for ever; the answer is the hashes of their contents, for `forget`.
    public static func remove(of object: ObjectDefinition, _ id: RecordID, _ session: WriteSession) throws -> [String] {
        try session.actor.require(.privacy)
        let rows = try session.connection.rows(
            "SELECT hash FROM sys_file WHERE record = \(id) AND object = \(object.key)"
        )
        try session.connection.run("DELETE FROM sys_file WHERE record = \(id) AND object = \(object.key)")
        return rows.map { $0.text(0) }
    }

    /// Removes contents that no file refers to any more, without the patience of clearing away.
    public func forget(_ hashes: [String]) async throws {
        guard !hashes.isEmpty else { return }
        let (store, thumbnails) = (store, thumbnails)
        try await engine.database.write { connection in
            for hash in try Files.unused(hashes, connection) {
                unlink(store.path(hash))
                thumbnails.remove(hash)
            }
        }
    }
}
