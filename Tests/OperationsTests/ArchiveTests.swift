import Customers
import Database
import Foundation
import Identity
import Records
import SQLText
import Sales
import TestSupport
import Testing
import Values

@testable import Operations

/// A workspace with a few customers and attachments, to be archived.
struct Cabinet {
    let engine: RecordEngine
    let database: Database
    let folder: String

    init() async throws {
        folder = TestFolder.path()
        try FileManager.default.createDirectory(atPath: folder + "/w.files/files/ab", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/w.files/uploads", withIntermediateDirectories: true)
        database =
            TestDatabase.dialect == .sqlite
            ? try Database(sqlite: folder + "/w.db", readers: 4) : try await TestDatabase.make()
        engine = try await RecordEngine(database: database, modules: [CustomersModule.module, SalesModule.module])
        try await database.write { try $0.setStoredFormat(1) }
        for number in 1...20 { try await add("客户 𠮷 \(number)") }
        let attachment = [UInt8](repeating: 7, count: 700_000)
        try Data(attachment).write(to: URL(fileURLWithPath: folder + "/w.files/files/ab/cd"))
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: folder + "/w.files/uploads/half"))
    }

    func add(_ name: String) async throws {
        try await engine.write(as: .system("test")) { session in
            let object = try session.object("customer")
            _ = try session.create(object, .object([.init(key: "name", value: .string(name))]))
        }
    }

    var backup: Backup {
        Backup(
            database,
            modules: engine.modules,
            workspace: "w",
            folder: folder + "/w.files",
            program: "1.2.3",
            clock: .system
        )
    }

    func path(_ name: String) -> String { folder + "/" + name }

    func refusal(_ archive: String, passphrase: String? = nil, format: Int64 = 1) async -> String {
        do {
            let unpacked = try await Restore.unpack(
                archive,
                into: path("refused"),
                passphrase: passphrase,
                format: format
            )
            unpacked.discard()
            return "none"
        } catch {
            return (error as? Problem)?.code ?? "\(error)"
        }
    }
}

@Suite struct ArchiveTests {
    @Test func `an archive holds the same rows and the same files, in the clear and sealed`() async throws {
        let cabinet = try await Cabinet()
        let before = try await Inspection.of(cabinet.database, content: true)
        for passphrase in [nil, "correct horse"] {
            let archive = cabinet.path("a.kehu")
            let manifest = try await cabinet.backup.run(to: archive, passphrase: passphrase)
            #expect(manifest.rows["customer"] == 20)
            let unpacked = try await Restore.unpack(
                archive,
                into: cabinet.path("out"),
                passphrase: passphrase,
                format: 1
            )
            let copy = try Database(sqlite: unpacked.database)
            let after = try await Inspection.of(copy, content: true)
            copy.close()
            #expect(after.content == before.content && after.faults.isEmpty)
            #expect(
                FileManager.default.contentsEqual(
                    atPath: unpacked.files + "/files/ab/cd",
                    andPath: cabinet.path("w.files/files/ab/cd")
                )
            )
            #expect(!FileManager.default.fileExists(atPath: unpacked.files + "/uploads"))
            unpacked.discard()
        }
    }

    @Test func `what was saved while it was being moved can be written to once it is restored`() async throws {
        let cabinet = try await Cabinet()
        _ = try await cabinet.database.stopWrites()
        _ = try await cabinet.backup.run(to: cabinet.path("a.kehu"))
        let unpacked = try await Restore.unpack(cabinet.path("a.kehu"), into: cabinet.path("out"), format: 1)
        let copy = try Database(sqlite: unpacked.database)
        #expect(try await copy.writeStop() == nil)
        _ = try await copy.write { try $0.run("UPDATE customer SET version = version + 1") }
        copy.close()
        unpacked.discard()
        // The original stays as it was.
        await #expect(throws: Problem.self) { try await cabinet.add("不应写入") }
    }

    @Test func `an archive is of one moment although people write meanwhile`() async throws {
        let cabinet = try await Cabinet()
        async let writing: Void = { for number in 1...60 { try await cabinet.add("后来 \(number)") } }()
        for _ in 1...4 {
            let manifest = try await cabinet.backup.run(to: cabinet.path("a.kehu"))
            // Each creation writes one audit entry: a torn copy would not agree.
            #expect(manifest.rows["customer"] == manifest.rows["sys_audit"])
            #expect(await cabinet.refusal(cabinet.path("a.kehu")) == "none")
        }
        try await writing
    }

    @Test func `a sealed archive shows nothing and opens only with its passphrase`() async throws {
        let cabinet = try await Cabinet()
        let archive = cabinet.path("a.kehu")
        _ = try await cabinet.backup.run(to: archive, passphrase: "correct horse")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
        #expect(bytes.range(of: Data("SQLite format".utf8)) == nil && bytes.range(of: Data("客户".utf8)) == nil)
        #expect(await cabinet.refusal(archive) == "passphrase_needed")
        #expect(await cabinet.refusal(archive, passphrase: "wrong horse") == "wrong_passphrase")
    }

    @Test(arguments: [nil, "correct horse"])
    func `a damaged, shortened or newer archive is refused and leaves nothing behind`(passphrase: String?) async throws
    {
        let cabinet = try await Cabinet()
        let archive = cabinet.path("a.kehu")
        _ = try await cabinet.backup.run(to: archive, passphrase: passphrase)
        let whole = try Data(contentsOf: URL(fileURLWithPath: archive))
        let damaged = cabinet.path("b.kehu")
        for place in [700, 5_000, whole.count / 3, whole.count / 2, whole.count - 3_000] {
            var bytes = whole
            bytes[place] ^= 0x10
            try bytes.write(to: URL(fileURLWithPath: damaged))
            let code = await cabinet.refusal(damaged, passphrase: passphrase)
            #expect(["archive_damaged", "no_archive", "wrong_passphrase"].contains(code), "byte \(place): \(code)")
        }
        for length in [0, 100, 5_000, whole.count / 2, whole.count - 1100] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: damaged))
            let code = await cabinet.refusal(damaged, passphrase: passphrase)
            #expect(["archive_damaged", "no_archive", "wrong_passphrase"].contains(code), "\(length) bytes: \(code)")
        }
        #expect(await cabinet.refusal(archive, passphrase: passphrase, format: 0) == "newer_data")
        #expect(!FileManager.default.fileExists(atPath: cabinet.path("refused")))
    }

    @Test func `a byte flipped anywhere in an archive is found`() async throws {
        let cabinet = try await Cabinet()
        let archive = cabinet.path("a.kehu")
        _ = try await cabinet.backup.run(to: archive)
        let whole = try Data(contentsOf: URL(fileURLWithPath: archive))
        #expect(whole.count < 200_000, "700 kB of sevens and an empty database compress well: \(whole.count)")
        // The tables of a frame have bits that no symbol uses: each of the first bytes and of the last is flipped.
        let places = Array(0..<48) + Array(stride(from: 48, to: whole.count - 80, by: whole.count / 40))
        for place in places + Array((whole.count - 80)..<whole.count) {
            var bytes = whole
            bytes[place] ^= UInt8(1 << (place % 8))
            try bytes.write(to: URL(fileURLWithPath: cabinet.path("b.kehu")))
            #expect(await cabinet.refusal(cabinet.path("b.kehu")) != "none", "byte \(place)")
        }
        try (whole + Data([0])).write(to: URL(fileURLWithPath: cabinet.path("b.kehu")))
        #expect(await cabinet.refusal(cabinet.path("b.kehu")) == "archive_damaged")
    }

    @Test func `an archive of a former version, which was not compressed, still restores`() async throws {
        let cabinet = try await Cabinet()
        _ = try await cabinet.backup.run(to: cabinet.path("a.kehu"))
        let (file, parts) = (try ByteFile(reading: cabinet.path("a.kehu")), try Decompressor())
        let plain = try ByteFile(writing: cabinet.path("old.kehu"))
        while case let bytes = try parts.next({ try file.read() }), !bytes.isEmpty { try plain.write(bytes) }
        try plain.flush()
        let old = try Data(contentsOf: URL(fileURLWithPath: cabinet.path("old.kehu")))
        #expect(old.starts(with: Data("about.json".utf8)))
        #expect(await cabinet.refusal(cabinet.path("old.kehu")) == "none")
        // Attachment `ab/cd` is full of sevens: one of them changes.
        var damaged = old
        let place = try #require(old.range(of: Data(repeating: 7, count: 1000)))
        damaged[place.lowerBound + 500] = 8
        try damaged.write(to: URL(fileURLWithPath: cabinet.path("old.kehu")))
        do {
            _ = try await Restore.unpack(cabinet.path("old.kehu"), into: cabinet.path("refused"), format: 1)
            Issue.record("it was taken for sound")
        } catch let problem as Problem {
            #expect(problem.message.en.contains("files/files/ab/cd"), "\(problem.message.en)")
        }
    }

    @Test func `flipped bytes in the database are found, and such a database is not archived`() async throws {
        let cabinet = try await Cabinet()
        _ = try await cabinet.database.write { connection in
            try connection.run("UPDATE sys_audit SET actor_name = 'somebody else' WHERE seq = 3")
        }
        let found = try await Inspection.of(cabinet.database)
        #expect(found.faults.contains { $0.en.contains("Entry 3") })
        await #expect(throws: Problem.self) { try await cabinet.backup.run(to: cabinet.path("a.kehu")) }
        #expect(!FileManager.default.fileExists(atPath: cabinet.path("a.kehu")))
    }

    @Test(.enabled(if: TestDatabase.dialect == .sqlite, "only SQLite has a file"))
    func `a database that was cut short is recognised before it is opened`() async throws {
        let cabinet = try await Cabinet()
        cabinet.database.close()
        let file = cabinet.path("w.db")
        #expect(DiskState.fault(ofDatabase: file) == nil)
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try whole.prefix(whole.count - 4096).write(to: URL(fileURLWithPath: file))
        #expect(DiskState.fault(ofDatabase: file)?.code == "database_damaged")
        try Data("something else".utf8).write(to: URL(fileURLWithPath: file))
        #expect(DiskState.fault(ofDatabase: file)?.code == "database_damaged")
    }

    @Test func `seven days and four weeks of archives stay, and nothing that is not ours is touched`() throws {
        let start = try #require(Instant("2026-03-31T02:30:00Z"))
        let days = (0..<60).map { start.adding(milliseconds: -86_400_000 * Int64($0)) }
        let kept = Retention(daily: 7, weekly: 4).kept(days)
        // Tuesday 31 back to Wednesday 25 by day; the Sundays 29 (among them), 22 and 15 by week.
        #expect(
            kept.map { $0.description.prefix(10) }.sorted() == [
                "2026-03-15", "2026-03-22", "2026-03-25", "2026-03-26", "2026-03-27", "2026-03-28", "2026-03-29",
                "2026-03-30", "2026-03-31",
            ]
        )
        let folder = TestFolder.path()
        let archives = ArchiveFolder(folder, workspace: "w")
        try archives.make()
        let mine = folder + "/w-notes.kehu"
        for path in days.map(archives.archive) + [mine] {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        #expect(archives.archives().first?.at == start)
        #expect(archives.clear(Retention(daily: 7, weekly: 4)) == 51)
        #expect(archives.archives().count == 9 && FileManager.default.fileExists(atPath: mine))
    }
}
