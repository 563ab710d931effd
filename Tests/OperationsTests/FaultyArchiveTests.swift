import Database
import Foundation
import Jobs
import Records
import SQLText
import TestSupport
import Testing
import Values

@testable import Operations

extension Cabinet {
    /// Hangs a file with this content on the first customer, as an upload does; the answer is where the content lies.
    func attach(_ content: [UInt8], name: String) async throws -> String {
        var digest = Digest()
        digest.add(content)
        let hash = digest.text()
        let place = path("w.files/" + Attachments.name(of: hash))
        try FileManager.default.createDirectory(
            atPath: ByteFile.parent(of: place),
            withIntermediateDirectories: true
        )
        try Data(content).write(to: URL(fileURLWithPath: place))
        let size = Int64(content.count)
        try await database.write { connection in
            let customer = try connection.value("SELECT min(id) FROM customer").integer ?? 0
            let id = (try connection.value("SELECT max(id) FROM sys_file").integer ?? 1000) + 1
            try connection.run(
                """
                INSERT INTO sys_file (id, name, size, type, hash, created_at, object, record)
                VALUES (\(id), \(name), \(size), 'text/plain', \(hash), 0, 'customer', \(customer))
                """
            )
        }
        return place
    }

    func unpacked(_ archive: String, lenient: Bool = false) async throws -> Unpacked {
        try await Restore.unpack(archive, into: path("out"), format: 1, lenient: lenient)
    }
}

/// Changes a byte of a file.
private func flip(_ path: String, at place: Int) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[place] ^= 0x10
    try bytes.write(to: URL(fileURLWithPath: path))
}

private func noise(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }

/// Attachments that are missing or damaged, before and after they are archived.
@Suite struct FaultyArchiveTests {
    @Test func `a missing and a damaged attachment are named, and all the rest is archived and comes back`()
        async throws
    {
        let cabinet = try await Cabinet()
        let sound = try await cabinet.attach(noise(900_000), name: "合同.pdf")
        let damaged = try await cabinet.attach(noise(900_000), name: "offer.pdf")
        let removed = try await cabinet.attach(noise(50), name: "photo.jpg")
        try flip(damaged, at: 500_000)
        try FileManager.default.removeItem(atPath: removed)
        for passphrase in [nil, "correct horse"] {
            let archive = cabinet.path("a.kehu")
            let manifest = try await cabinet.backup.run(to: archive, passphrase: passphrase)
            #expect(Set(manifest.faults.map(\.reason)) == [.missing, .damaged] && manifest.faults.count == 2)
            #expect(manifest.files == 2, "the sound one, and that of the cabinet")
            let missing = try await cabinet.backup.missing(in: manifest)
            #expect(missing.count == 2 && missing.first.map(\.name) == ["offer.pdf", "photo.jpg"])
            #expect(missing.first[0].text.en.hasPrefix("customer ") && missing.first[0].text.zh.contains("“offer.pdf”"))
            let unpacked = try await Restore.unpack(
                archive,
                into: cabinet.path("out"),
                passphrase: passphrase,
                format: 1
            )
            #expect(unpacked.missing == missing && unpacked.isWhole)
            #expect(unpacked.manifest.gaps == manifest.gaps)
            let restored = { (path: String) in path.replacing(cabinet.path("w.files"), with: unpacked.files) }
            #expect(FileManager.default.contentsEqual(atPath: restored(sound), andPath: sound))
            #expect(!FileManager.default.fileExists(atPath: restored(damaged)))
            unpacked.discard()
        }
    }

    @Test func `what was removed with its row while the archive was made is no fault`() async throws {
        let cabinet = try await Cabinet()
        let place = try await cabinet.attach(noise(50), name: "gone.txt")
        let copy = try Database(sqlite: cabinet.path("copy.db"), readers: 1)
        _ = try await Transfer(from: cabinet.database, to: copy, modules: cabinet.engine.modules).run()
        try await cabinet.database.write { _ = try $0.run("DELETE FROM sys_file") }
        try FileManager.default.removeItem(atPath: place)
        let gaps = try await cabinet.backup.lost(copy)
        copy.close()
        #expect(gaps.map(\.reason) == [.gone])
        var told = Manifest(program: "1", dataFormat: 1, workspace: "w", madeAt: Instant(milliseconds: 0))
        told.gaps = [ArchiveGap(path: "files/ab/cd", reason: .gone), ArchiveGap(path: "files/ab/ce", reason: .missing)]
        #expect(try Manifest(Array(told.text.utf8)) == told && told.faults.map(\.path) == ["files/ab/ce"])
    }

    @Test func `what is removed while the database is packed is accounted for`() async throws {
        let cabinet = try await Cabinet()
        let gone = try await cabinet.attach(noise(50), name: "gone.txt")
        let missing = try await cabinet.attach(noise(60), name: "missing.txt")
        let path = cabinet.path("copy.db")
        let copy = try Database(sqlite: path, readers: 1)
        _ = try await Transfer(from: cabinet.database, to: copy, modules: cabinet.engine.modules).run()
        let found = try await Inspection.of(copy)
        copy.close()
        // The copy was looked through when both were there.
        try await cabinet.database.write { _ = try $0.run("DELETE FROM sys_file WHERE name = 'gone.txt'") }
        for place in [gone, missing] { try FileManager.default.removeItem(atPath: place) }
        var described = Manifest(program: "1", dataFormat: 1, workspace: "w", madeAt: Instant(milliseconds: 0))
        (described.rows, described.auditEntries) = (found.rows, found.auditEntries)
        let (about, contents) = (described, ArchiveContents(cabinet.backup, database: path, passphrase: nil))
        let archive = cabinet.path("a.kehu")
        let manifest = try await Blocking.run { flag in try contents.write(about, to: archive, flag) }
        #expect(Set(manifest.gaps.map(\.reason)) == [.gone, .missing] && manifest.gaps.count == 2)
        #expect(manifest.faults.map { cabinet.path("w.files/" + $0.path) } == [missing])
        let unpacked = try await cabinet.unpacked(archive)
        #expect(unpacked.missing.count == 1 && unpacked.missing.first.map(\.name) == ["missing.txt"])
        unpacked.discard()
    }

    @Test(arguments: [nil, "correct horse"])
    func `of an archive that is damaged behind its database the rest is restored when asked for`(passphrase: String?)
        async throws
    {
        let cabinet = try await Cabinet()
        var places: [String] = []
        for number in 1...4 {
            places.append(try await cabinet.attach(noise(400_000 + number), name: "\(number).pdf"))
        }
        let archive = cabinet.path("a.kehu")
        let manifest = try await cabinet.backup.run(to: archive, passphrase: passphrase)
        let whole = try Data(contentsOf: URL(fileURLWithPath: archive))
        // Noise does not compress: the last byte but 600,000 lies in the attachments.
        try flip(archive, at: whole.count - 600_000)
        do {
            _ = try await Restore.unpack(archive, into: cabinet.path("out"), passphrase: passphrase, format: 1)
            Issue.record("it was taken for sound")
        } catch let problem as Problem {
            #expect(problem.code == "archive_damaged" && problem.message.en.contains("--without-damaged-files"))
        }
        let unpacked = try await Restore.unpack(
            archive,
            into: cabinet.path("out"),
            passphrase: passphrase,
            format: 1,
            lenient: true
        )
        #expect(!unpacked.isWhole && unpacked.manifest.rows == manifest.rows)
        #expect((1...3).contains(unpacked.missing.count), "\(unpacked.missing.count)")
        let come = places.filter { place in
            FileManager.default.contentsEqual(
                atPath: place.replacing(cabinet.path("w.files"), with: unpacked.files),
                andPath: place
            )
        }
        #expect(come.count == 4 - unpacked.missing.count)
        unpacked.discard()
        // Where the database itself is damaged there is nothing to offer.
        try whole.write(to: URL(fileURLWithPath: archive))
        try flip(archive, at: 3_000)
        do {
            _ = try await Restore.unpack(
                archive,
                into: cabinet.path("out"),
                passphrase: passphrase,
                format: 1,
                lenient: true
            )
            Issue.record("it was taken for sound")
        } catch let problem as Problem {
            #expect(!problem.message.en.contains("--without-damaged-files"), "\(problem.message.en)")
        }
        #expect(!FileManager.default.fileExists(atPath: cabinet.path("out")))
    }

    @Test func `an archive that ends in the middle gives back what it has`() async throws {
        let cabinet = try await Cabinet()
        for number in 1...3 { _ = try await cabinet.attach(noise(400_000 + number), name: "\(number).pdf") }
        let archive = cabinet.path("a.kehu")
        _ = try await cabinet.backup.run(to: archive)
        let whole = try Data(contentsOf: URL(fileURLWithPath: archive))
        try whole.prefix(whole.count - 600_000).write(to: URL(fileURLWithPath: archive))
        #expect(await cabinet.refusal(archive) == "archive_damaged")
        let unpacked = try await cabinet.unpacked(archive, lenient: true)
        #expect(!unpacked.isWhole && unpacked.missing.count == 2)
        unpacked.discard()
    }

    @Test(.enabled(if: TestDatabase.dialect == .sqlite, "only SQLite's pages are copied as they are"))
    func `a row that differs from its index keeps a database from being archived`() async throws {
        let cabinet = try await Cabinet()
        try await cabinet.database.write { connection in
            try connection.script("CREATE TABLE odd (id INTEGER PRIMARY KEY, word TEXT)")
            try connection.script("CREATE INDEX ix_odd ON odd (word)")
            try connection.run("INSERT INTO odd (id, word) VALUES (1, 'heron-by-the-lake')")
        }
        cabinet.database.checkpoint()
        cabinet.database.close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: cabinet.path("w.db")))
        let word = Data("heron-by-the-lake".utf8)
        var (places, start) = ([Int](), whole.startIndex)
        while let found = whole.range(of: word, in: start..<whole.endIndex) {
            places.append(found.lowerBound)
            start = found.upperBound
        }
        // A page of an index that has no pages below it begins with 10.
        let place = try #require(places.first { whole[$0 / 4096 * 4096] == 10 })
        try flip(cabinet.path("w.db"), at: place + word.count - 1)
        let database = try Database(sqlite: cabinet.path("w.db"), readers: 2)
        defer { database.close() }
        #expect(try await Inspection.of(database).faults.isEmpty, "the pages alone tell nothing")
        let backup = Backup(
            database,
            workspace: "w",
            folder: cabinet.path("w.files"),
            program: "1.2.3",
            clock: .system
        )
        do {
            _ = try await backup.run(to: cabinet.path("a.kehu"))
            Issue.record("it was archived")
        } catch let problem as Problem {
            #expect(problem.code == "damaged", "\(problem.message.en)")
        }
        #expect(!FileManager.default.fileExists(atPath: cabinet.path("a.kehu")))
    }

    @Test func `databases are worked on among temporary files where archives lie on a network`() throws {
        #expect(try Backup.workFolder("drill", network: nil) == nil)
        let folder = try #require(try Backup.workFolder("drill", network: "nfs4"))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(folder.hasPrefix(FileManager.default.temporaryDirectory.path + "/kehu-drill-"))
        let rights = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions]
        #expect((rights as? NSNumber)?.intValue == 0o700)
    }

    @Test func `archives with faults push out none without`() throws {
        let start = try #require(Instant("2026-03-31T02:30:00Z"))
        let days = (0..<60).map { start.adding(milliseconds: -86_400_000 * Int64($0)) }
        let archives = ArchiveFolder(TestFolder.path(), workspace: "w")
        try archives.make()
        for (number, day) in days.enumerated() {
            let path = number < 40 ? archives.faultyArchive(at: day) : archives.archive(at: day)
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        #expect(archives.archives().count == 60 && archives.archives().first?.hasFaults == true)
        archives.clear(Retention(daily: 7, weekly: 4))
        let left = archives.archives()
        #expect(left.count { !$0.hasFaults } >= 7 && left.count { $0.hasFaults } == 9)
        #expect(left.first { !$0.hasFaults }?.at == days[40])
    }

    @Test func `the nightly backup and the drill fail once, in words without names, and keep what they made`()
        async throws
    {
        let cabinet = try await Cabinet()
        let place = try await cabinet.attach(noise(5_000), name: "secret name.pdf")
        try flip(place, at: 100)
        let desk = try await TestDatabase.make()
        try await desk.write { for statement in JobTables.statements { try $0.script(statement) } }
        let upkeep = Upkeep(folder: cabinet.path("backups"))
        let jobs = JobQueue(
            desk,
            kinds: upkeep.kinds(cabinet.backup, format: 1),
            ids: IDSource(clock: .system),
            clock: .system
        ) { "Asia/Shanghai" }
        for name in [Upkeep.backupJob, Upkeep.drillJob] {
            try await desk.write { _ = try jobs.runNow(name, on: $0) }
            let worker = JobWorker(jobs)
            while try await worker.step() {}
        }
        let (plans, dead) = try await desk.read { connection in
            (try jobs.plans(on: connection), try jobs.list(state: .dead, on: connection))
        }
        #expect(dead.count == 2 && dead.allSatisfy { $0.tries == 1 })
        for plan in plans {
            let words = try #require(plan.lastError)
            #expect(words.contains("1 attachments") && words.contains("customer ") && !words.contains("secret"))
        }
        let archives = ArchiveFolder(upkeep.folder, workspace: "w").archives()
        #expect(archives.count == 1 && archives.first?.hasFaults == true)
        #expect(archives.first?.path.hasSuffix("Z.faults.kehu") == true)
    }
}
