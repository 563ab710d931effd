import Database
import Files
import Foundation
import Records
import SQLText
import Schema
import Testing
import Values

@Suite struct FilesTests {
    @Test func `a file uploaded twice is stored once and goes when the last record that has it is gone`() async throws {
        let cabinet = try await Cabinet.open()
        let (one, two) = (
            try await cabinet.customer("甲", as: cabinet.chen), try await cabinet.customer("乙", as: cabinet.chen)
        )
        let text = Array("合同正文".utf8)
        let first = try await cabinet.upload("合同.txt", text, to: ("customers", one), as: cabinet.chen)
        let second = try await cabinet.upload("副本.txt", text, to: ("customers", two), as: cabinet.chen)
        #expect(first.hash == second.hash && first.id != second.id)
        #expect(cabinet.count("files") == 1 && cabinet.count("uploads") == 0)
        let later = cabinet.engine.clock.now().adding(milliseconds: 10_000_000)
        for id in [one, two] {
            #expect(try await cabinet.files.clearContents(unusedSince: later) == 0)
            try await cabinet.engine.write(as: cabinet.head) { try $0.purge(try $0.object("customers"), id) }
        }
        #expect(try await cabinet.files.clearContents(unusedSince: later) == 1)
        #expect(cabinet.count("files") == 0)
    }

    @Test func `who may not read the record does not get its files`() async throws {
        let cabinet = try await Cabinet.open()
        let id = try await cabinet.customer("甲", as: cabinet.chen)
        let file = try await cabinet.upload("a.txt", Array("a".utf8), to: ("customers", id), as: cabinet.chen)
        _ = try await cabinet.files.open(file.id, as: cabinet.head)
        let other = await problem { _ = try await cabinet.files.open(file.id, as: cabinet.lin) }
        #expect(other?.kind == .notFound)
        let attach = await problem {
            _ = try await cabinet.upload("b.txt", Array("b".utf8), to: ("customers", id), as: cabinet.lin)
        }
        #expect(attach?.kind == .notFound)
        #expect(cabinet.count("uploads") == 0)
    }

    @Test func `a file that hangs on nothing is seen by who uploaded it only and goes after a day`() async throws {
        let cabinet = try await Cabinet.open()
        let file = try await cabinet.upload("a.txt", Array("a".utf8), as: cabinet.chen)
        _ = try await cabinet.files.open(file.id, as: cabinet.chen)
        let other = await problem { _ = try await cabinet.files.open(file.id, as: cabinet.head) }
        #expect(other?.kind == .notFound)
        let theirs = try await cabinet.customer("甲", as: cabinet.head)
        let stolen = await problem {
            try await cabinet.engine.write(as: cabinet.head) { session in
                try Files.attach(file.id, to: try session.object("customers"), theirs, session)
            }
        }
        #expect(stolen?.kind == .invalid)
        try await cabinet.engine.database.write { try $0.script("UPDATE sys_file SET created_at = 0") }
        try await cabinet.files.clear()
        let gone = await problem { _ = try await cabinet.files.open(file.id, as: cabinet.chen) }
        #expect(gone?.kind == .notFound)
    }

    @Test(arguments: [
        ("ok.txt", "<html><script>alert(1)</script>", "page"),
        ("a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "page"),
        ("picture.png", "  <!DOCTYPE html><body>", "page"), ("invoice.pdf", "MZ\u{90}", "program"),
        ("x.txt", "#!/bin/sh\nrm -rf /", "script"), ("code.js", "alert(1)", "script"),
        ("a.pdf.exe ", "hello", "program"),
        ("x.bat", "del *", "script"),
    ])
    func `what could run is refused by what it holds or by what it is called`(
        name: String,
        text: String,
        danger: String
    ) async throws {
        let cabinet = try await Cabinet.open()
        let refused = await problem { _ = try await cabinet.upload(name, Array(text.utf8), as: cabinet.chen) }
        #expect(refused?.code == "file_type_refused")
        #expect(cabinet.count("files") == 0 && cabinet.count("uploads") == 0)
        _ = try await cabinet.engine.database.write { connection in
            try connection.run("INSERT INTO sys_setting (key, value) VALUES ('file_allowed', \(danger))")
        }
        _ = try await cabinet.upload(name, Array(text.utf8), as: cabinet.chen)
    }

    @Test func `the limit of size is the workspace's`() async throws {
        let cabinet = try await Cabinet.open()
        try await cabinet.engine.database.write {
            try $0.script("INSERT INTO sys_setting (key, value) VALUES ('file_limit_mb', '1')")
        }
        let bytes = [UInt8](repeating: 0x61, count: 1_000_001)
        let refused = await problem { _ = try await cabinet.upload("a.txt", bytes, as: cabinet.chen) }
        #expect(refused?.kind == .tooLarge)
        _ = try await cabinet.upload("a.txt", Array(bytes.dropLast()), as: cabinet.chen)
    }

    @Test func `a name keeps its Chinese and loses folders and signs that mislead`() async throws {
        let cabinet = try await Cabinet.open()
        let names = [
            ("../../etc/合同 𠮷.txt", "合同 𠮷.txt"), ("C:\\docs\\报价.txt", "报价.txt"), ("a\u{202E}txt.b\u{0}", "atxt.b"),
            ("..", "file"),
        ]
        for (given, kept) in names {
            #expect(try await cabinet.upload(given, Array("x".utf8), as: cabinet.chen).name == kept)
        }
    }

    @Test func `a picture has a thumbnail and one that would fill the memory is refused`() async throws {
        let cabinet = try await Cabinet.open()
        let picture = try await cabinet.upload("点.png", Pictures.dot, as: cabinet.chen)
        #expect(picture.type.name == "image/png" && picture.width == 1)
        let (_, path) = try await cabinet.files.thumbnail(picture.id, as: cabinet.chen)
        let small = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(small.starts(with: [0xFF, 0xD8, 0xFF]))
        for side in [60_000, .max] as [UInt32] {
            let bomb = await problem {
                _ = try await cabinet.upload("b.png", Pictures.claiming(side, side), as: cabinet.chen)
            }
            #expect(bomb?.code == "picture_too_large")
        }
        // Too large to be unpacked, or not what its head says: kept, without a thumbnail.
        for size in [(9000, 9000), (300, 300)] as [(UInt32, UInt32)] {
            let odd = try await cabinet.upload("c.png", Pictures.claiming(size.0, size.1), as: cabinet.chen)
            _ = await problem { _ = try await cabinet.files.thumbnail(odd.id, as: cabinet.chen) }
        }
    }

    @Test func `adding and deleting a file stands in the history and can be taken back`() async throws {
        let cabinet = try await Cabinet.open()
        let id = try await cabinet.customer("甲", as: cabinet.chen)
        let file = try await cabinet.upload("a.txt", Array("a".utf8), to: ("customers", id), as: cabinet.chen)
        try await cabinet.engine.write(as: cabinet.chen) { try Files.delete(file.id, $0) }
        let list = try await cabinet.engine.read(as: cabinet.chen) {
            try Files.list(try $0.object("customers"), id, $0)
        }
        #expect(list.isEmpty)
        _ = try await cabinet.engine.write(as: cabinet.chen) { try Files.restore(file.id, $0) }
        let rows = try await cabinet.engine.read(as: cabinet.chen) { try $0.history(try $0.object("customers"), id) }
        #expect(rows.map(\.action) == ["attach", "detach", "attach", "create"])
        #expect(rows[0].changes?.contains("a.txt") == true)
    }

    @Test func `a field of kind file takes an own upload and nobody else's`() async throws {
        let cabinet = try await Cabinet.open()
        let field = try JSONReader.parse(#"{"key":"contract","label":{"en":"Contract","zh":"合同"},"kind":"file"}"#)
        try await cabinet.engine.apply(.addField(object: "customer", field), as: cabinet.head)
        let id = try await cabinet.customer("甲", as: cabinet.chen)
        let mine = try await cabinet.upload("合同.txt", Array("1".utf8), as: cabinet.chen)
        let other = try await cabinet.upload("其他.txt", Array("2".utf8), as: cabinet.lin)
        func set(_ file: RecordID?) async throws {
            let value = file.map { "\"\($0)\"" } ?? "null"
            let input = try JSONReader.parse("{\"x_contract\":\(value)}")
            try await cabinet.engine.write(as: cabinet.chen) {
                _ = try $0.update(try $0.object("customers"), id, input)
            }
        }
        #expect(await problem { try await set(other.id) }?.fields.first?.code == "unknown_link")
        try await set(mine.id)
        _ = try await cabinet.files.open(mine.id, as: cabinet.head)
        let rival = try await cabinet.customer("乙", as: cabinet.chen)
        let twice = await problem {
            let input = try JSONReader.parse("{\"x_contract\":\"\(mine.id)\"}")
            _ = try await cabinet.engine.write(as: cabinet.chen) {
                try $0.update(try $0.object("customers"), rival, input)
            }
        }
        #expect(twice?.fields.first?.code == "unknown_link")
        try await set(nil)
        #expect(await problem { _ = try await cabinet.files.open(mine.id, as: cabinet.head) }?.kind == .notFound)
    }

    @Test func `what is missing, altered or of no use is found`() async throws {
        let cabinet = try await Cabinet.open()
        let id = try await cabinet.customer("甲", as: cabinet.chen)
        var files: [StoredFile] = []
        for text in ["one", "two", "three", "four"] {
            files.append(try await cabinet.upload(text, Array(text.utf8), to: ("customers", id), as: cabinet.chen))
        }
        #expect(try await cabinet.files.verify().faults.isEmpty)
        try Data("TWO".utf8).write(to: URL(fileURLWithPath: cabinet.files.store.path(files[1].hash)))
        try FileManager.default.removeItem(atPath: cabinet.files.store.path(files[2].hash))
        let last = files[3].id
        _ = try await cabinet.engine.database.write { try $0.run("DELETE FROM sys_file WHERE id = \(last)") }
        let report = try await cabinet.files.verify()
        #expect(report.files == 3 && report.contents == 3 && report.orphans == 1)
        #expect(report.faults.count == 2)
        let faults = report.faults.map(\.en)
        #expect(faults.contains { $0.contains(files[1].hash) } && faults.contains { $0.contains("three") })
    }

    @Test func `folders of what was packed when the process was killed go, and drafts stay`() async throws {
        let cabinet = try await Cabinet.open()
        func make(_ name: String, age: Double) throws {
            let path = cabinet.files.uploads + "/" + name
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data("王小芳".utf8).write(to: URL(fileURLWithPath: path + "/held.json"))
            let date = Date(timeIntervalSinceNow: -age * 3_600)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
        for (name, age) in [("held-1", 7.0), ("held-2", 1), ("export-1", 25), ("export-2", 7), ("drafts", 50)] {
            try make(name, age: age)
        }
        func left() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: cabinet.files.uploads).sorted()
        }
        try await cabinet.files.clear()
        #expect(try left() == ["drafts", "export-2", "held-2"])
        cabinet.files.clearHeld()
        #expect(try left() == ["drafts", "export-2"])
    }
}
