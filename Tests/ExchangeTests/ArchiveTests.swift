import CZip
import Database
import Exchange
import Files
import Foundation
import Identity
import Records
import SQLText
import Testing
import Values

@Suite struct ArchiveTests {
    private static let picture: [UInt8] = [0x25, 0x50, 0x44, 0x46, 0x2D, 0x31, 0x2E, 0x37, 0x0A, 0x00, 0xFF, 0x80]

    /// Hangs a file on a tool; the answer is its id.
    @discardableResult
    private func hang(_ name: String, _ bytes: [UInt8], on tool: RecordID, _ shop: Workshop) async throws -> RecordID {
        try await shop.files.take(try arrived(bytes, shop), name: name, to: ("tools", tool), as: shop.admin).id
    }

    private func arrived(_ bytes: [UInt8], _ shop: Workshop) throws -> String {
        let path = shop.files.uploads + "/" + UUID().uuidString
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func pack(_ shop: Workshop, as actor: Actor? = nil) async throws -> String {
        var bytes: [UInt8] = []
        try await Export.write(
            shop.engine,
            object: "tools",
            format: .archive,
            as: actor ?? shop.admin,
            scratch: shop.folder,
            store: shop.files.store
        ) { bytes += $0 }
        let path = shop.folder + "/" + UUID().uuidString + ".zip"
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func bring(
        _ path: String,
        to shop: Workshop,
        _ adjust: (inout ImportRequest) -> Void = { _ in }
    ) async throws -> ImportStatus {
        var request = ImportRequest(file: path, object: "tools")
        adjust(&request)
        let id = try await shop.imports.start(request, as: shop.admin)
        return try await shop.imports.run(id, as: shop.admin)
    }

    /// The files of each tool, by the tool's name: field, name and content.
    private func kept(_ shop: Workshop) async throws -> [String: [String]] {
        var result: [String: [String]] = [:]
        for tool in try await shop.all("tools") {
            guard let name = tool["name"]?.string, let id = tool["id"]?.string.flatMap({ RecordID($0) }) else {
                continue
            }
            result[name] = try await shop.engine.read(as: shop.admin) { session in
                try Files.list(try session.object("tools"), id, session).map { file in
                    #expect(shop.files.store.has(file.hash))
                    return "\(file.field ?? "-") \(file.name) \(file.type.name) \(file.hash)"
                }.sorted()
            }
        }
        return result
    }

    @Test func `records go to another workspace with their attachments and files`() async throws {
        let (from, to) = (try await Workshop.open(), try await Workshop.open())
        let hammer = try await from.make("tools", #"{"name":"锤子 𠮷"}"#)
        try await hang("说明,书;第一版.txt", Array("=1+1 𠮷".utf8), on: hammer, from)
        try await hang("a.txt", Array("one".utf8), on: hammer, from)
        try await hang("a.txt", Array("two".utf8), on: hammer, from)
        let upload = try await from.files.take(
            try arrived(ArchiveTests.picture, from),
            name: "照片;1.pdf",
            as: from.admin
        )
        try await from.make("tools", #"{"name":"锯子","picture":"\#(upload.id)"}"#)
        try await from.make("tools", #"{"name":"没有附件"}"#)
        let path = try await pack(from)
        let preview = try await to.imports.preview(path, object: "tools", as: to.admin)
        #expect(preview.bringsFiles)
        #expect(preview.mapping.columns.first { $0.header == "attachments" }?.field == "attachments")
        let trial = try await bring(path, to: to) { $0.isDryRun = true }
        #expect(trial.counts.created == 3)
        #expect(try await kept(to).isEmpty)
        let status = try await bring(path, to: to)
        let why = try await to.imports.reasons(status.id, as: to.admin)
        #expect(status.counts.created == 3, "\(why)")
        let (before, after) = (try await kept(from), try await kept(to))
        #expect(after == before)
        #expect(after["锤子 𠮷"]?.count == 3 && after["锯子"]?.count == 1 && after["没有附件"] == [])
    }

    @Test func `what is brought twice hangs on its record once, and goes again when the import is taken back`()
        async throws
    {
        let (from, to) = (try await Workshop.open(), try await Workshop.open())
        let hammer = try await from.make("tools", #"{"name":"锤子"}"#)
        try await hang("a.txt", Array("one".utf8), on: hammer, from)
        let path = try await pack(from)
        let own = try await to.make("tools", #"{"name":"锤子"}"#)
        try await hang("own.txt", Array("own".utf8), on: own, to)
        let before = try await kept(to)
        let first = try await bring(path, to: to) { ($0.mode, $0.match) = (.upsert, ["name"]) }
        #expect(first.counts.updated == 1)
        #expect(try await kept(to)["锤子"]?.count == 2)
        let second = try await bring(path, to: to) { ($0.mode, $0.match) = (.upsert, ["name"]) }
        #expect(second.counts.skipped == 1)
        #expect(try await kept(to)["锤子"]?.count == 2)
        try await to.imports.startUndo(first.id, as: to.admin)
        let undo = try await to.imports.runUndo(first.id, as: to.admin)
        #expect(undo.restored == 1)
        #expect(try await kept(to) == before)
    }

    @Test func `a file that is missing, refused or too large is an error of its row alone`() async throws {
        let shop = try await Workshop.open()
        try await shop.engine.database.write {
            _ = try $0.run("INSERT INTO sys_setting (key, value) VALUES ('file_limit_mb', '1')")
        }
        let path = shop.folder + "/made.zip"
        try archive(
            path,
            [
                (
                    "工具.csv",
                    """
                    name,picture,attachments
                    good,docs/plan.txt,docs/plan.txt;docs/b.txt
                    missing,docs/none.txt,
                    script,,docs/evil.html
                    large,,docs/large.txt
                    plain,,
                    """
                ),
                ("docs/plan.txt", "plan"), ("docs/b.txt", "b"),
                ("docs/evil.html", "<!DOCTYPE html><html><script>alert(1)</script></html>"), ("docs/large.txt", ""),
            ],
            blanks: ("docs/large.txt", 1_000_001)
        )
        let status = try await bring(path, to: shop)
        #expect(status.counts.created == 2 && status.counts.failed == 3)
        let reasons = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(reasons.count == 3)
        #expect(reasons[0].contains("docs/none.txt") && reasons[1].contains("evil.html"))
        #expect(reasons[2].contains("large.txt") && reasons[2].contains("1 MB"))
        #expect(try await kept(shop)["good"]?.count == 3)
        // The rows come back as they were, to be put into an archive again.
        let errors = try #require(try await shop.imports.errorsFile(status.id, as: shop.admin))
        #expect(try String(contentsOfFile: errors, encoding: .utf8).contains("missing,docs/none.txt,"))
    }

    @Test func `an import that stopped half way hangs no file twice`() async throws {
        let shop = try await Workshop.open()
        let path = shop.folder + "/many.zip"
        var entries = [(name: "t.csv", text: "name,attachments\n")]
        for index in 0..<120 {
            entries[0].text += "tool \(index),files/\(index).txt\n"
            entries.append((name: "files/\(index).txt", text: "content \(index)"))
        }
        try archive(path, entries)
        struct Crash: Error {}
        let id = try await shop.imports.start(ImportRequest(file: path, object: "tools"), as: shop.admin)
        await #expect(throws: Crash.self) {
            try await shop.imports.run(id, as: shop.admin) { if $0.counts.created >= 50 { throw Crash() } }
        }
        let later = try Imports(shop.engine, directory: shop.folder + "/imports", files: shop.files)
        let status = try await later.run(id, as: shop.admin)
        #expect(status.counts.created == 120)
        let kept = try await kept(shop)
        #expect(kept.count == 120 && kept.values.allSatisfy { $0.count == 1 })
    }

    @Test func `files of a hidden field do not go out`() async throws {
        let shop = try await Workshop.open()
        let upload = try await shop.files.take(
            try arrived(ArchiveTests.picture, shop),
            name: "secret.pdf",
            as: shop.admin
        )
        try await shop.make("tools", #"{"name":"锯子","picture":"\#(upload.id)"}"#)
        var rights = Rights()
        rights.objects["*"] = ObjectRights(everything: .all)
        rights.fields["tool.picture"] = .hidden
        let clerk = Actor(userID: shop.engine.ids.next(), name: "Clerk", rights: rights)
        var code: Int32 = 0
        for (actor, count) in [(shop.admin, 2), (clerk, 1)] {
            let zip = try #require(zip_open(try await pack(shop, as: actor), ZIP_RDONLY, &code))
            defer { zip_discard(zip) }
            #expect(zip_get_num_entries(zip, 0) == zip_int64_t(count))
        }
    }

    @Test func `an archive without a table, or with two, is refused in words`() async throws {
        let shop = try await Workshop.open()
        let path = shop.folder + "/odd.zip"
        try archive(path, [("files/a.csv", "name\na"), ("readme.txt", "hello")])
        let none = await problem { _ = try await bring(path, to: shop) }
        #expect(none?.code == "no_table")
        try archive(path, [("a.csv", "name\na"), ("b.csv", "name\nb")])
        let several = await problem { _ = try await bring(path, to: shop) }
        #expect(several?.code == "several_tables" && several?.message.en.contains("a.csv, b.csv") == true)
    }

    @Test func `a folder packed on a Chinese Windows is read: names in GBK, paths from the table, backslashes`()
        async throws
    {
        let shop = try await Workshop.open()
        let path = shop.folder + "/windows.zip"
        // 资料/表.csv, 资料/合同/甲.txt
        let folder: [UInt8] = [0xD7, 0xCA, 0xC1, 0xCF, 0x2F]
        let table = folder + [0xB1, 0xED] + Array(".csv".utf8)
        let contract = folder + [0xBA, 0xCF, 0xCD, 0xAC, 0x2F, 0xBC, 0xD7] + Array(".txt".utf8)
        try archive(path, [(table, "name,attachments\n锤子,合同\\甲.txt\n"), (contract, "text")])
        let status = try await bring(path, to: shop)
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 1, "\(why)")
        #expect(try await kept(shop)["锤子"]?.first?.hasPrefix("- 甲.txt text/plain") == true)
    }
}
