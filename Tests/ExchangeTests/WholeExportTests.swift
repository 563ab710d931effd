import Database
import Exchange
import Files
import Foundation
import Identity
import Records
import Schema
import Testing
import Values

@Suite struct WholeExportTests {
    private func export(_ shop: Workshop, to folder: String, _ format: ExportFormat) async throws
        -> [WholeExport.Part]
    {
        let identities = Identities(database: shop.engine.database, ids: shop.engine.ids)
        var actor = shop.admin
        actor.rights = .all
        return try await WholeExport(shop.engine, identities, store: shop.files.store, as: actor)
            .write(to: folder, format: format)
    }

    @Test(arguments: [ExportFormat.archive, .jsonLines])
    func `a whole workspace goes out by one command and comes in again file by file`(_ format: ExportFormat)
        async throws
    {
        let (from, to) = (try await Workshop.open(), try await Workshop.open())
        let firm = try await from.make("customers", #"{"name":"锦里 𠮷","type":"company"}"#)
        try await from.make("contacts", #"{"name":"王小明","customer":"\#(firm)"}"#)
        try await from.make("activities", #"{"kind":"note","subject":"=1+1","customer":"\#(firm)"}"#)
        let tool = try await from.make("tools", #"{"name":"锤子","of":"\#(firm)"}"#)
        let upload = from.files.uploads + "/a"
        try Data("plan".utf8).write(to: URL(filePath: upload))
        _ = try await from.files.take(upload, name: "plan.txt", to: ("tools", tool), as: from.admin)
        let folder = from.folder + "/out"
        let parts = try await export(from, to: folder, format)
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        #expect(names == Set(parts.map(\.file) + ["contents.json"]))
        #expect(parts.first { $0.file == "people.csv" }?.count == 4)
        #expect((parts.first { $0.file == "audit.jsonl" }?.count ?? 0) >= 4)
        for part in parts {
            guard let object = part.object, part.count > 0 else { continue }
            let request = ImportRequest(file: folder + "/" + part.file, object: object)
            let id = try await to.imports.start(request, as: to.admin)
            let status = try await to.imports.run(id, as: to.admin)
            let why = try await to.imports.reasons(id, as: to.admin)
            #expect(status.counts.created == part.count, "\(object): \(why)")
        }
        let contact = try #require(try await to.all("contacts").first)
        #expect(contact["customer"]?["name"]?.string == "锦里 𠮷")
        #expect(try await to.all("activities").first?["subject"]?.string == "=1+1")
        let hammer = try #require(try await to.all("tools").first)
        #expect(hammer["of"]?["name"]?.string == "锦里 𠮷")
        guard format == .archive, let id = hammer["id"]?.string.flatMap({ RecordID($0) }) else { return }
        let files = try await to.engine.read(as: to.admin) { try Files.list(try $0.object("tools"), id, $0) }
        #expect(files.map(\.name) == ["plan.txt"])
    }

    @Test func `a folder that exists is left alone, and half an export leaves none`() async throws {
        let shop = try await Workshop.open()
        let folder = shop.folder + "/there"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let exists = await problem { _ = try await export(shop, to: folder, .csv(.raw)) }
        #expect(exists?.code == "folder_exists")
        var clerk = shop.clerk
        clerk.language = .en
        let refused = await problem {
            _ = try await WholeExport(
                shop.engine,
                Identities(database: shop.engine.database, ids: shop.engine.ids),
                store: shop.files.store,
                as: clerk
            ).write(to: shop.folder + "/none", format: .csv(.raw))
        }
        #expect(refused?.kind == .forbidden)
        #expect(!FileManager.default.fileExists(atPath: shop.folder + "/none"))
        #expect(!FileManager.default.fileExists(atPath: shop.folder + "/none.part"))
    }

    @Test func `links between namesakes come over by their ids, and a later export changes what an earlier one made`()
        async throws
    {
        let (from, to) = (try await Workshop.open(), try await Workshop.open())
        var people: [RecordID] = []
        for (name, firm) in [("甲公司", "王伟"), ("乙公司", "王伟"), ("丙公司", "王伟")] {
            let customer = try await from.make("customers", #"{"name":"\#(name)"}"#)
            people.append(try await from.make("contacts", #"{"name":"\#(firm)","customer":"\#(customer)"}"#))
        }
        try await from.make("activities", #"{"kind":"note","subject":"给丙","contact":"\#(people[2])"}"#)
        let first = try await from.make("tools", #"{"name":"母","weight":"1.000"}"#)
        try await from.make("tools", #"{"name":"母","weight":"2.000","part_of":"\#(first)"}"#)
        for (round, format) in [ExportFormat.archive, .jsonLines, .csv(.raw)].enumerated() {
            let folder = from.folder + "/out-\(round)"
            for part in try await export(from, to: folder, format) {
                guard let object = part.object, part.count > 0 else { continue }
                var request = ImportRequest(file: folder + "/" + part.file, object: object)
                request.mode = .upsert
                let id = try await to.imports.start(request, as: to.admin)
                let status = try await to.imports.run(id, as: to.admin)
                let why = try await to.imports.reasons(id, as: to.admin)
                #expect(status.counts.failed == 0, "\(format.name) \(object): \(why)")
                #expect(status.counts.created == (round == 0 ? part.count : 0), "\(format.name) \(object)")
            }
            let contacts = try await to.all("contacts")
            #expect(contacts.compactMap { $0["customer"]?["name"]?.string } == ["甲公司", "乙公司", "丙公司"])
            let note = try #require(try await to.all("activities").first)
            #expect(note["contact"]?["id"] == contacts[2]["id"])
            let tools = try await to.all("tools")
            #expect(tools.count == 2 && tools[1]["part_of"]?["id"] == tools[0]["id"])
            #expect(tools[0]["weight"] == (try await from.all("tools")[0]["weight"]))
        }
        let edited = try await from.all("contacts")[1]["id"]?.string.flatMap { RecordID($0) }
        let contact = try #require(edited)
        _ = try await from.engine.write(as: from.admin) { session in
            try session.update(
                try session.object("contacts"),
                contact,
                .object([.init(key: "name", value: .string("王大伟"))])
            )
        }
        let path = try from.file("later.csv", try await from.export("contacts", .csv(.raw)))
        var later = ImportRequest(file: path, object: "contacts")
        later.mode = .update
        let id = try await to.imports.start(later, as: to.admin)
        let status = try await to.imports.run(id, as: to.admin)
        #expect(status.counts.updated == 1 && status.counts.skipped == 2)
        #expect(try await to.all("contacts").map { $0["name"]?.string } == ["王伟", "王大伟", "王伟"])
    }

    @Test func `ids that every table has do not tie the rows of two tables together`() async throws {
        let shop = try await Workshop.open()
        for (file, names) in [("may.csv", ["甲", "乙"]), ("june.csv", ["丙", "丁", "戊"])] {
            let rows = names.enumerated().map { "\($0 + 1),\($1)\n" }.joined()
            var request = ImportRequest(file: try shop.file(file, "id,name\n" + rows), object: "tools")
            request.mode = .create
            let id = try await shop.imports.start(request, as: shop.admin)
            #expect(try await shop.imports.run(id, as: shop.admin).counts.created == Int64(names.count))
        }
        #expect(try await shop.all("tools").compactMap { $0["name"]?.string } == ["甲", "乙", "丙", "丁", "戊"])
        let other = try await Workshop.open()
        let preview = try await other.imports.preview(
            try other.file("crm.csv", "id,name\n0013000000AbCdEAAV,己\n"),
            object: "tools",
            as: other.admin
        )
        #expect(preview.mapping.columns.map(\.field) == ["id.source", "name"])
    }
}
