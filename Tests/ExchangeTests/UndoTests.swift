import Database
import Exchange
import Foundation
import Identity
import Records
import SQLText
import Testing
import Values

@Suite struct UndoTests {
    private func change(_ shop: Workshop, _ id: RecordID, _ json: String) async throws {
        let input = try JSONReader.parse(json)
        _ = try await shop.engine.write(as: shop.admin) { try $0.update(try $0.object("tools"), id, input) }
    }

    private func undo(_ shop: Workshop, _ id: RecordID) async throws -> UndoStatus {
        try await shop.imports.startUndo(id, as: shop.admin)
        return try await shop.imports.runUndo(id, as: shop.admin)
    }

    private func tool(_ shop: Workshop, _ name: String) async throws -> JSONValue? {
        try await shop.all("tools").first { $0["name"]?.string == name }
    }

    @Test func `fields that the audit log does not hold get back what they had, also after several rows`() async throws
    {
        let shop = try await Workshop.open()
        try await shop.make("tools", #"{"name":"hammer","quiet":"𠮷 first","count":1}"#)
        try await shop.make("tools", #"{"name":"saw","count":5}"#)
        let status = try await shop.run("tools", "name,quiet,count\nhammer,second,2\nhammer,third,3\nsaw,x,5\n") {
            ($0.mode, $0.match) = (.update, ["name"])
        }
        #expect(status.counts.updated == 3)
        #expect(try await tool(shop, "hammer")?["quiet"]?.string == "third")
        let undone = try await undo(shop, status.id)
        #expect(undone.restored == 2 && undone.spared == 0)
        #expect(try await tool(shop, "hammer")?["quiet"]?.string == "𠮷 first")
        #expect(try await tool(shop, "hammer")?["count"]?.integer == 1)
        #expect(try await tool(shop, "saw")?["quiet"]?.isNull == true)
    }

    @Test func `what is kept of a record whose texts are erased goes, and that of others stays`() async throws {
        let shop = try await Workshop.open()
        let hammer = try await shop.make("tools", #"{"name":"hammer","quiet":"first"}"#)
        let saw = try await shop.make("tools", #"{"name":"saw","quiet":"second"}"#)
        _ = try await shop.run("tools", "name,quiet\nhammer,x\nsaw,y\n") { ($0.mode, $0.match) = (.update, ["name"]) }
        func kept() async throws -> [RecordID] {
            try await shop.engine.database.read { connection in
                try connection.rows("SELECT record FROM sys_import_before ORDER BY record").compactMap { $0.id(0) }
            }
        }
        #expect(try await kept() == [hammer, saw].sorted())
        try await shop.engine.write(as: shop.admin) { try ErasedRows.forgetFormer([hammer], $0) }
        #expect(try await kept() == [saw])
    }

    @Test func `an import is taken back but for what was edited since`() async throws {
        let shop = try await Workshop.open()
        let old = try await shop.make("tools", #"{"name":"hammer","count":1,"place":"a","price":"3.50"}"#)
        let kept = try await shop.make("tools", #"{"name":"saw","count":5}"#)
        let status = try await shop.run(
            "tools",
            "name,count,place,price\nhammer,2,b,9\nhammer,3,b,9\nsaw,6,,\ndrill,7,c,\nnail,8,,\nrope,9,,\n"
        ) {
            $0.mode = .upsert
            $0.match = ["name"]
        }
        #expect(status.counts.updated == 3 && status.counts.created == 3)
        let drill = try #require(RecordID(try await tool(shop, "drill")?["id"]?.string ?? ""))
        let rope = try #require(RecordID(try await tool(shop, "rope")?["id"]?.string ?? ""))
        try await change(shop, kept, #"{"count":50}"#)
        try await change(shop, drill, #"{"count":70}"#)
        try await shop.make("tools", "{\"name\":\"knot\",\"part_of\":\"\(rope)\"}")
        #expect(try await shop.imports.canUndo(status.id, as: shop.admin))
        let undone = try await undo(shop, status.id)
        #expect(undone.state == .done)
        #expect(undone.deleted == 1 && undone.restored == 1 && undone.spared == 3)
        let hammer = try #require(try await tool(shop, "hammer"))
        #expect(hammer["id"]?.string == old.description)
        #expect(hammer["count"]?.integer == 1 && hammer["place"]?.string == "a")
        #expect(hammer["price"]?["value"]?.string == "3.50")
        #expect(try await tool(shop, "nail") == nil)
        #expect(try await tool(shop, "saw")?["count"]?.integer == 50)
        #expect(try await tool(shop, "drill")?["count"]?.integer == 70)
        let spared = try await shop.imports.spared(status.id, as: shop.admin)
        #expect(Set(spared.map(\.id)) == [kept, drill, rope])
        #expect(spared.first { $0.id == drill }?.reason == "导入后已被修改。")
        #expect(!(try await shop.imports.canUndo(status.id, as: shop.admin)))
        let again = await problem { try await shop.imports.startUndo(status.id, as: shop.admin) }
        #expect(again?.code == "nothing_to_undo")
    }

    @Test func `customers with contacts of the same moment go, those with later ones stay`() async throws {
        let shop = try await Workshop.open()
        let status = try await shop.run("contacts", "name,mobile\n张三,13900000001\n李四,13900000002\n")
        #expect(status.counts.created == 2)
        let undone = try await undo(shop, status.id)
        let spared = try await shop.imports.spared(status.id, as: shop.admin)
        #expect(undone.deleted == 2 && undone.spared == 0, "\(spared)")
    }

    @Test func `a crash in the middle of taking back loses nothing and does nothing twice`() async throws {
        let shop = try await Workshop.open()
        let rows = (1...600).map { "tool \($0)" }.joined(separator: "\n")
        let status = try await shop.run("tools", "name\n" + rows + "\n")
        #expect(status.counts.created == 600)
        try await shop.imports.startUndo(status.id, as: shop.admin)
        let task = Task { try await shop.imports.runUndo(status.id, as: shop.admin) }
        task.cancel()
        _ = try? await task.value
        let later = try Imports(shop.engine, directory: shop.folder + "/imports")
        let admin = shop.admin
        try await later.resumeUndos { _ in admin }
        let undone = try #require(try await later.undoStatus(status.id, as: shop.admin))
        #expect(undone.state == .done && undone.deleted == 600)
        #expect(try await shop.count("tools") == 0)
    }

    @Test func `of two servers one goes on with taking back when the other stands still, and not before`() async throws
    {
        let shop = try await Workshop.open()
        let status = try await shop.run("tools", "name\nhammer\nsaw\n")
        try await shop.imports.startUndo(status.id, as: shop.admin)
        let other = try Imports(shop.engine, directory: shop.folder + "/imports")
        let admin = shop.admin
        let database = shop.engine.database
        try await other.resumeUndos(
            leftFor: .seconds(60),
            sleep: { _ in
                // The first server is still at it.
                _ = try await database.write {
                    try $0.run("UPDATE sys_import_undo SET spared = spared + 1 WHERE import = \(status.id)")
                }
            }
        ) { _ in admin }
        #expect(try await other.undoStatus(status.id, as: admin)?.state == .running)
        try await other.resumeUndos(leftFor: .seconds(60), sleep: { _ in }) { _ in admin }
        #expect(try await other.undoStatus(status.id, as: admin)?.state == .done)
        #expect(try await shop.count("tools") == 0)
    }

    @Test func `a portion of taking back looks neither at all that is left nor again at what was spared`() async throws
    {
        let shop = try await Workshop.open()
        let rows = (1...600).map { "tool \($0)" }.joined(separator: "\n")
        let status = try await shop.run("tools", "name\n" + rows + "\n")
        // More than a portion of the newest, which are looked at first, are edited.
        _ = try await shop.engine.write(as: shop.admin) { session in
            let tools = try session.object("tools")
            var query = ListQuery()
            query.limit = 200
            let newest = try session.list(tools, query)
            query.cursor = newest.next
            for row in try newest.rows + session.list(tools, query).rows.prefix(100) {
                _ = try session.update(tools, row.id, JSONReader.parse(#"{"count":7}"#))
            }
        }
        let (done, statements) = try await shop.engine.database.log.recording { try await undo(shop, status.id) }
        #expect(done.deleted == 300 && done.spared == 300)
        #expect(!statements.contains { $0.contains("count(*) FROM sys_import_record") })
        #expect(try await shop.count("tools") == 300)
    }

    @Test func `a trial, a running import and a stranger's cannot be taken back`() async throws {
        let shop = try await Workshop.open()
        let trial = try await shop.run("tools", "name\na\n") { $0.isDryRun = true }
        #expect(!(try await shop.imports.canUndo(trial.id, as: shop.admin)))
        let mine = try await shop.run("tools", "name\na\n")
        #expect(await problem { try await shop.imports.startUndo(mine.id, as: shop.li) }?.kind == .notFound)
        // The key of a program that only reads cannot use the undo up.
        var reader = shop.admin
        reader.rights = Rights()
        reader.rights.capabilities = shop.admin.rights.capabilities
        let refused = await problem { try await shop.imports.startUndo(mine.id, as: reader) }
        #expect(refused?.kind == .forbidden || refused?.kind == .notFound)
        #expect(try await shop.imports.canUndo(mine.id, as: shop.admin))
    }

    @Test func `only empty fields are filled`() async throws {
        let shop = try await Workshop.open()
        try await shop.make(
            "tools",
            #"{"name":"hammer","count":0,"lent":false,"lies_at":{"city":"成都市"},"place":"a"}"#
        )
        let status = try await shop.run(
            "tools",
            "name,count,place,note,lent,lies_at.city,lies_at.street,price\nhammer,5,b,new,是,北京市,中山路1号,7\nx,1,,,,,,\n"
        ) {
            $0.mode = .fill
            $0.match = ["name"]
            $0.mapping = try? ImportMapping(
                try JSONReader.parse(
                    """
                    {"columns":{"name":"name","count":"count","place":"place","note":"note","lent":"lent",
                    "lies_at.city":"lies_at.city","lies_at.street":"lies_at.street","price":"price"}}
                    """
                )
            )
        }
        #expect(status.counts.updated == 1 && status.counts.failed == 1 && status.counts.created == 0)
        let hammer = try #require(try await tool(shop, "hammer"))
        #expect(hammer["count"]?.integer == 0 && hammer["place"]?.string == "a" && hammer["lent"]?.bool == false)
        #expect(hammer["note"]?.string == "new" && hammer["price"]?["value"]?.string == "7.00")
        #expect(hammer["lies_at"]?["city"]?.string == "成都市")
        #expect(hammer["lies_at"]?["street"]?.string == "中山路1号")
    }
}
