import Database
import Exchange
import Foundation
import Records
import SQLText
import Testing
import Values

@Suite struct ExportTests {
    private func tool(_ customer: RecordID) -> String {
        """
        {"name":"=cmd 𠮷👍","count":-3,"price":{"value":"12.5","currency":"CNY"},"colours":["r","b"],"lent":true,
        "made_at":"2026-11-22T08:30:00Z","note":"a,\\"b\\"\\nc","of":"\(customer)"}
        """
    }

    /// A record without what changes with every save.
    private func data(_ record: JSONValue) -> JSONValue {
        .object((record.members ?? []).filter { !["version", "updated_at", "updated_by"].contains($0.key) })
    }

    @Test func `the safe form is for people`() async throws {
        let shop = try await Workshop.open()
        let customer = try await shop.make("customers", #"{"name":"Acme"}"#)
        try await shop.make("tools", tool(customer))
        var query = ListQuery()
        query.fields = ["name", "count", "price", "colours", "lent", "made_at", "note", "of"]
        let text = try await shop.export("tools", .csv(.safe), query)
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines[0] == "编号,工具name,工具count,工具price,工具colours,工具lent,工具made_at,工具note,工具of")
        let row = lines[1].drop { $0 != "," }
        #expect(row == ",'=cmd 𠮷👍,-3,12.50,红; 蓝,是,2026-11-22 16:30:00+08:00,\"a,\"\"b\"\"\nc\",Acme")
    }

    @Test func `the raw form loses nothing on the way back`() async throws {
        let shop = try await Workshop.open()
        let customer = try await shop.make(
            "customers",
            #"{"name":"Acme","address":{"street":"中山路1号","city":"成都市","country":"CN"},"tags":["x","y"]}"#
        )
        let id = try await shop.make("tools", tool(customer))
        for (object, label) in [("tools", "tool"), ("customers", "customer")] {
            let before = try await shop.all(object).map(data)
            let text = try await shop.export(object, .csv(.raw))
            let unchanged = try await shop.run(object, text) { $0.mode = .upsert }
            let why1 = try await shop.imports.reasons(unchanged.id, as: shop.admin)
            #expect(unchanged.counts.failed == 0 && unchanged.counts.created == 0, "\(label): \(why1)")
            #expect(try await shop.all(object).map(data) == before)
        }
        let text = try await shop.export("tools", .csv(.raw))
        _ = try await shop.engine.write(as: shop.admin) { session in
            try session.update(
                try session.object("tools"),
                id,
                try JSONReader.parse(#"{"name":"y","price":null,"colours":[],"of":null,"lent":false,"made_at":null}"#)
            )
        }
        let status = try await shop.run("tools", text) { $0.mode = .upsert }
        let why2 = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.updated == 1, "\(why2)")
        let after = try #require(try await shop.all("tools").first)
        #expect(after["name"]?.string == "=cmd 𠮷👍")
        #expect(after["price"]?["value"]?.string == "12.50")
        #expect(after["of"]?["id"]?.string == customer.description)
        #expect(after["made_at"]?.string == "2026-11-22T08:30:00.000Z")
    }

    @Test func `JSON Lines go out and come back`() async throws {
        let shop = try await Workshop.open()
        let customer = try await shop.make("customers", #"{"name":"Acme"}"#)
        try await shop.make("tools", tool(customer))
        var query = ListQuery()
        query.fields = ["name", "count", "price", "colours", "lent", "made_at", "note", "of"]
        let text = try await shop.export("tools", .jsonLines, query)
        let line = try JSONReader.parse(text)
        #expect(line["of"]?["name"]?.string == "Acme")
        let status = try await shop.run("tools", text + "[1]\n{\"name\":null}\n", name: "a.jsonl") { $0.match = [] }
        let why3 = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 1, "\(why3)")
        #expect(status.counts.failed == 2)
        let tools = try await shop.all("tools")
        for key in query.fields ?? [] { #expect(tools[0][key] == tools[1][key]) }
        let path = try #require(try await shop.imports.errorsFile(status.id, as: shop.admin))
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("_error"))
    }

    @Test func `everybody exports what they may see, and the log says so`() async throws {
        let shop = try await Workshop.open()
        for number in 1...450 { try await shop.make("tools", "{\"name\":\"li \(number)\"}", as: shop.li) }
        try await shop.make("tools", #"{"name":"wang"}"#, as: shop.wang)
        let text = try await shop.export("tools", .csv(.safe), as: shop.li)
        #expect(text.components(separatedBy: "\r\n").count == 452)
        #expect(!text.contains("wang"))
        #expect(await problem { _ = try await shop.export("tools", .csv(.safe), as: shop.clerk) }?.kind == .forbidden)
        var filtered = ListQuery()
        filtered.filter = "name = \"li 7\""
        _ = try await shop.export("tools", .jsonLines, filtered, as: shop.li)
        let log = try await shop.engine.database.read {
            try $0.rows("SELECT changes FROM sys_audit WHERE action = 'export' ORDER BY seq").map { $0.text(0) }
        }
        #expect(log.count == 2)
        #expect(log[0].contains("\"count\":450"))
        #expect(log[1].contains("\"count\":1,") && log[1].contains("li 7"))
    }

    @Test func `an export that is broken off is in the log too`() async throws {
        struct Gone: Error {}
        let shop = try await Workshop.open()
        for number in 1...201 { try await shop.make("tools", "{\"name\":\"\(number)\"}") }
        var pages = 0
        await #expect(throws: Gone.self) {
            try await Export.write(shop.engine, object: "tools", as: shop.admin) { _ in
                pages += 1
                if pages == 2 { throw Gone() }
            }
        }
        let log = try await shop.engine.database.read {
            try $0.value("SELECT changes FROM sys_audit WHERE action = 'export'").text
        }
        #expect(log?.contains("\"count\":200") == true && log?.contains("\"complete\":false") == true)
    }
}
