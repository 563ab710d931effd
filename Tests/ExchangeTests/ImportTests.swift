import Database
import Exchange
import Foundation
import Identity
import Records
import SQLText
import Testing
import Values

@Suite struct ImportTests {
    @Test(arguments: ["customers-gb18030.csv", "customers-utf8-bom-semicolon.csv", "customers-utf16le-tab.txt"])
    func `the same 25 customers come out of every sample`(_ name: String) async throws {
        let shop = try await Workshop.open()
        let path = try sample(name)
        let preview = try await shop.imports.preview(path, object: "customers", as: shop.admin)
        #expect(preview.rows.count == 25)
        #expect(preview.problems.isEmpty)
        let id = try await shop.imports.start(ImportRequest(file: path, object: "customers"), as: shop.admin)
        let status = try await shop.imports.run(id, as: shop.admin)
        #expect(status.state == .done)
        let why1 = try await shop.imports.reasons(id, as: shop.admin)
        #expect(status.counts.created == 25, "\(why1)")
        let customers = try await shop.all("customers")
        #expect(customers[0]["name"]?.string == "成都北辰食品有限公司")
        #expect(customers[0]["phone"]?.string == "+8613900008117")
        #expect(customers[0]["level"]?.string == "c")
        #expect(customers[0]["address"]?["city"]?.string == "成都市")
        #expect(customers[0]["address"]?["street"]?.string == "中山路242号")
        #expect(customers[0]["annual_revenue"]?["value"]?.string == "79621000.00")
        #expect(customers[1]["description"]?.string == " 前后空格 ")
        #expect(customers[2]["description"]?.string == "=SUM(A1:A2)")
    }

    @Test func `accounts and dates of another system's loader come in`() async throws {
        let shop = try await Workshop.open()
        func run(_ name: String, _ object: String, _ adjust: (inout ImportRequest) throws -> Void = { _ in })
            async throws
            -> (ImportStatus, [String])
        {
            var request = ImportRequest(file: try sample(name), object: object)
            try adjust(&request)
            let id = try await shop.imports.start(request, as: shop.admin)
            let status = try await shop.imports.run(id, as: shop.admin)
            return (status, try await shop.imports.reasons(id, as: shop.admin))
        }
        let (accounts, why1) = try await run("salesforce-accounts-40.csv", "customers")
        #expect(accounts.counts.created == 40, "\(why1)")
        let mapping = #"{"columns":{"NAME":"name","DATE":"made_at","DATE_ONLY":"bought_on","ANNUALREVENUE":"price"}}"#
        let (dates, why2) = try await run("dataloader-dateWithTimeZone.csv", "tools") {
            $0.mapping = try ImportMapping(try JSONReader.parse(mapping))
        }
        let total = try rows(try sample("dataloader-dateWithTimeZone.csv")).count - 1
        #expect(dates.counts.created == Int64(total), "\(why2)")
        let first = try #require(try await shop.all("tools").first)
        #expect(first["made_at"]?.string == "2010-10-14T15:00:00.000Z")
        #expect(first["bought_on"]?.string == "2010-10-14")
    }

    @Test(
        arguments: [
            ("2026-01-05 15:20", "2026-01-05T07:20:00.000Z"), ("2026/1/5 下午3:20", "2026-01-05T07:20:00.000Z"),
            ("2026年1月5日 15:20:30", "2026-01-05T07:20:30.000Z"), ("2026-01-05T15:20:30.25", "2026-01-05T07:20:30.250Z"),
            ("2026-01-05 15:20:30 +0900", "2026-01-05T06:20:30.000Z"),
            ("2026-01-05T15:20Z", "2026-01-05T15:20:00.000Z"),
            ("2026-01-05T15:20:30-03:30", "2026-01-05T18:50:30.000Z"),
        ]
    )
    func `moments are read as people write them, in their own zone`(_ text: String, _ expected: String) async throws {
        let shop = try await Workshop.open()
        let status = try await shop.run("tools", "name,made_at\na,\(text)\n")
        #expect(status.counts.created == 1)
        #expect(try await shop.all("tools").first?["made_at"]?.string == expected)
    }

    @Test func `a bad row tells why and stops nobody, and its file can be corrected and imported`() async throws {
        let shop = try await Workshop.open()
        var text = "客户名称,邮箱,员工人数,Unbekannt\n"
        for number in 1...300 {
            text += number % 100 == 0 ? ",bad-\(number),viele,x\n" : "客户\(number),u\(number)@example.com,\(number),\n"
        }
        let status = try await shop.run("customers", text)
        #expect(status.state == .done)
        #expect(status.counts.created == 297)
        #expect(status.counts.failed == 3)
        let path = try #require(try await shop.imports.errorsFile(status.id, as: shop.admin))
        let failed = try rows(path)
        #expect(failed[0].cells == ["客户名称", "邮箱", "员工人数", "Unbekannt", "错误原因"])
        #expect(failed.count == 4)
        #expect(failed[1].cells.prefix(4) == ["", "bad-100", "viele", "x"])
        #expect(failed[1].cells[4].contains("第 101 行"))
        #expect(failed[1].cells[4].contains("邮箱") && failed[1].cells[4].contains("员工人数"))
        let reasons = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(reasons.count == 3)

        let corrected = try String(contentsOfFile: path, encoding: .utf8).replacingOccurrences(of: "viele", with: "7")
            .replacingOccurrences(of: ",bad-", with: "新客户,a@b.cn").replacingOccurrences(of: "cn100,", with: "cn,")
            .replacingOccurrences(of: "cn200,", with: "cn,").replacingOccurrences(of: "cn300,", with: "cn,")
            .replacingOccurrences(of: "新客户a", with: "新客户,a")
        let again = try await shop.run("customers", corrected)
        let why2 = try await shop.imports.reasons(again.id, as: shop.admin)
        #expect(again.counts.created == 3, "\(why2)")
    }

    @Test func `a bad byte is an error of its row, and all others come in as they are`() async throws {
        let shop = try await Workshop.open()
        let path = try shop.file("a.csv", "")
        var bytes = Array("客户名称,行业\n".utf8)
        for number in 1...20 { bytes += Array("客户\(number)号\(number == 7 ? "#" : ""),\n".utf8) }
        bytes = bytes.map { $0 == 0x23 ? 0xFE : $0 }
        try Data(bytes).write(to: URL(filePath: path))
        let id = try await shop.imports.start(ImportRequest(file: path, object: "customers"), as: shop.admin)
        let status = try await shop.imports.run(id, as: shop.admin)
        #expect(status.counts.created == 19 && status.counts.failed == 1)
        let reasons = try await shop.imports.reasons(id, as: shop.admin)
        #expect(reasons.count == 1 && reasons[0].contains("第 8 行") && reasons[0].contains("UTF-8"), "\(reasons)")
        #expect(try await shop.all("customers").first?["name"]?.string == "客户1号")
    }

    @Test func `a crash in the middle continues exactly where it was`() async throws {
        struct PowerCut: Error {}
        let shop = try await Workshop.open()
        var text = "name,number\n"
        // More than a portion ever takes.
        let all = 4200
        for number in 1...all { text += number % 90 == 0 ? ",\(number)\n" : "\"Tool\n\(number)\",\(number)\n" }
        let mapping = try ImportMapping(
            try JSONReader.parse(#"{"columns":[{"header":"name","field":"note"},{"header":"number","field":"name"}]}"#)
        )
        var request = ImportRequest(file: try shop.file("a.csv", text), object: "tools")
        request.mapping = mapping
        let id = try await shop.imports.start(request, as: shop.admin)
        let admin = shop.admin
        await #expect(throws: PowerCut.self) {
            try await shop.imports.run(id, as: admin) { if $0.rows >= 100 { throw PowerCut() } }
        }
        let half = try await shop.imports.status(id, as: shop.admin)
        #expect(half.state == .running)
        #expect(half.counts.created >= 90 && half.counts.created < all)
        // A new process on the same workspace.
        let later = try Imports(shop.engine, directory: shop.folder + "/imports")
        let results = try await later.resumeUnfinished { _ in admin }
        #expect(results.map(\.state) == [.done])
        #expect(results.first?.counts.created == Int64(all))
        let tools = try await shop.count("tools")
        #expect(tools == all)
        let distinct = try await shop.engine.database.read {
            try $0.value("SELECT count(DISTINCT name) FROM tool").integer
        }
        #expect(distinct == Int64(all))
        #expect(try await later.resumeUnfinished { _ in admin }.isEmpty)
    }

    @Test func `a dry run tells what would be and writes nothing`() async throws {
        let shop = try await Workshop.open()
        try await shop.make("customers", #"{"name":"Acme","code":"K1"}"#)
        var text = "Name,Customer no.\nACME,K1\nBeta,K2\n,K3\n"
        for number in 10..<600 { text += "Firm \(number),K\(number)\n" }
        text += "Beta again,K2\n"
        let status = try await shop.run("customers", text) {
            ($0.mode, $0.match, $0.isDryRun) = (.upsert, ["code"], true)
        }
        #expect(status.counts.created == 591)
        #expect(status.counts.updated == 2)
        #expect(status.counts.failed == 1)
        #expect(try await shop.count("customers") == 1)
        let audited = try await shop.engine.database.read {
            try $0.value("SELECT count(*) FROM sys_audit WHERE action = 'import'").integer
        }
        #expect(audited == 0)
        let real = try await shop.run("customers", text) { ($0.mode, $0.match) = (.upsert, ["code"]) }
        #expect(real.counts == status.counts)
    }

    @Test func `upsert by two keys finds the record, and importing twice changes nothing`() async throws {
        let shop = try await Workshop.open()
        let first = "name,place,count\nHammer,Berlin,1\nhammer,成都,2\nＨammer,BERLIN,3\nSaw,,4\n"
        let upsert: (inout ImportRequest) -> Void = { ($0.mode, $0.match) = (.upsert, ["name", "place"]) }
        let status = try await shop.run("tools", first, upsert)
        #expect(status.counts.created == 3)
        #expect(status.counts.updated == 1)
        let tools = try await shop.all("tools")
        #expect(tools.map { $0["count"]?.integer } == [3, 2, 4])
        // The third row has renamed the first; from now on nothing changes.
        let again = try await shop.run("tools", "name,place,count\nhammer,berlin,3\nSaw,,4\n") {
            ($0.mode, $0.match) = (.upsert, ["name", "place"])
            $0.mapping = try? ImportMapping(
                try JSONReader.parse(#"{"columns":{"name":"name","place":"place","count":"count"}}"#)
            )
        }
        #expect(again.counts.created == 0 && again.counts.failed == 0)
        let twice = try await shop.run("tools", "name,place,count\nhammer,berlin,3\nSaw,,4\n", upsert)
        #expect(twice.counts.skipped == 2)
    }

    @Test func `create skips what is there, update complains about what is not`() async throws {
        let shop = try await Workshop.open()
        try await shop.make("tools", #"{"name":"Hammer","count":1,"note":"keep me"}"#)
        let created = try await shop.run("tools", "name,count,note\nhammer,2,\nSaw,3,\n\n,,\n") { $0.match = ["name"] }
        #expect(created.counts.created == 1)
        #expect(created.counts.skipped == 2)
        let updated = try await shop.run("tools", "name,count,note\nHammer,5,\nDrill,6,\n") {
            ($0.mode, $0.match) = (.update, ["name"])
        }
        #expect(updated.counts.updated == 1)
        #expect(updated.counts.failed == 1)
        let tools = try await shop.all("tools")
        #expect(tools[0]["count"]?.integer == 5)
        #expect(tools[0]["note"]?.string == "keep me")
        try await shop.make("tools", #"{"name":"Hammer"}"#)
        let ambiguous = try await shop.run("tools", "name,count\nHammer,9\n") {
            ($0.mode, $0.match) = (.update, ["name"])
        }
        #expect(ambiguous.counts.failed == 1)
        // By a number that the system has given.
        let numbered = try await shop.run("tools", "number,count\nt-0001,10\n") {
            ($0.mode, $0.match) = (.update, ["number"])
        }
        let why3 = try await shop.imports.reasons(numbered.id, as: shop.admin)
        #expect(numbered.counts.updated == 1, "\(why3)")
    }

    @Test func `links and persons are found by name, key, e-mail and id`() async throws {
        let shop = try await Workshop.open()
        let acme = try await shop.make("customers", #"{"name":"Acme 公司","code":"K1"}"#)
        try await shop.make("customers", #"{"name":"Twin"}"#)
        try await shop.make("customers", #"{"name":"Twin"}"#)
        let text = """
            name,of,holder,part_of
            a,acme 公司,李雷,
            b,K1,u1@example.com,a
            c,\(acme),,b
            d,Twin,,
            e,Nobody,,
            f,,Nemo,
            """
        let status = try await shop.run("tools", text)
        let why4 = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 3, "\(why4)")
        #expect(status.counts.failed == 3)
        let tools = try await shop.all("tools")
        #expect(tools.allSatisfy { $0["of"]?["id"]?.string == acme.description })
        #expect(tools[0]["holder"]?["name"]?.string == "李雷")
        #expect(tools[1]["part_of"]?["name"]?.string == "a")
        #expect(tools[2]["part_of"]?["name"]?.string == "b")
        let reasons = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(reasons[0].contains("多条") && reasons[1].contains("Nobody") && reasons[2].contains("Nemo"))
    }

    @Test func `who may not import does not, and whose customer it is not is not found`() async throws {
        let shop = try await Workshop.open()
        let path = try shop.file("a.csv", "name,of\nHammer,Secret\n")
        let request = ImportRequest(file: path, object: "tools")
        let refused = await problem { _ = try await shop.imports.start(request, as: shop.clerk) }
        #expect(refused?.kind == .forbidden)
        #expect(
            await problem { _ = try await shop.imports.preview(path, object: "tools", as: shop.clerk) }?.kind
                == .forbidden
        )
        try await shop.make("customers", #"{"name":"Secret"}"#, as: shop.wang)
        let id = try await shop.imports.start(request, as: shop.li)
        let status = try await shop.imports.run(id, as: shop.li)
        #expect(status.counts.failed == 1)
        #expect(await problem { _ = try await shop.imports.status(id, as: shop.wang) }?.kind == .notFound)
        #expect(try await shop.imports.list(as: shop.wang).isEmpty)
        #expect(try await shop.imports.list(as: shop.li).map(\.id) == [id])
        let own = try await shop.run("tools", "name,of\nHammer,Secret\n", as: shop.wang)
        #expect(own.counts.created == 1)
        let tools = try await shop.all("tools", as: shop.wang)
        #expect(tools[0]["owner"]?["id"]?.string == shop.wang.userID?.description)
        let origin = try await shop.engine.database.read {
            try $0.value("SELECT origin FROM sys_audit WHERE object = 'tool' AND action = 'create'").text
        }
        #expect(origin == "import:\(own.id)")
    }

    @Test func `a mapping that does not fit is refused before anything is written`() async throws {
        let shop = try await Workshop.open()
        var request = ImportRequest(file: try shop.file("a.csv", "a,b\n1,2\n"), object: "tools")
        request.mapping = try ImportMapping(
            try JSONReader.parse(#"{"columns":{"a":"nam","b":"updated_at","c":"name"}}"#)
        )
        let asked = request
        let found = await problem { _ = try await shop.imports.start(asked, as: shop.admin) }
        #expect(found?.fields.map(\.code) == ["unknown_field", "read_only", "no_column"])
        request.mapping = try ImportMapping(try JSONReader.parse(#"{"columns":{"a":"name"}}"#))
        request.mode = .upsert
        let unmatched = request
        #expect(
            await problem { _ = try await shop.imports.start(unmatched, as: shop.admin) }?.fields.map(\.field) == [
                "match"
            ]
        )
        #expect(await problem { _ = try ImportFormat.detect("/nowhere.csv") }?.code == "no_file")
        let empty = ImportRequest(file: try shop.file("e.csv", ""), object: "tools")
        #expect(await problem { _ = try await shop.imports.start(empty, as: shop.admin) }?.code == "empty_file")
    }

    @Test func `ragged rows, safe apostrophes and translated values`() async throws {
        let shop = try await Workshop.open()
        let status = try await shop.run("tools", "name,lent,colours,count\n'=1+1,是,红; Blue,'-5\nx\ny,,,,surplus\n")
        #expect(status.counts.created == 2)
        #expect(status.counts.failed == 1)
        let tools = try await shop.all("tools")
        #expect(tools[0]["name"]?.string == "=1+1")
        #expect(tools[0]["lent"]?.bool == true)
        #expect(tools[0]["colours"]?.array?.compactMap(\.string) == ["r", "b"])
        #expect(tools[0]["count"]?.integer == -5)
        let mapping =
            #"{"columns":[{"header":"n","field":"name"},{"header":"c","field":"colours","values":{"rot":"r"}}],"defaults":{"count":9}}"#
        let translated = try await shop.run("tools", "n,c\nz,ROT\n") {
            $0.mapping = try? ImportMapping(try JSONReader.parse(mapping))
        }
        #expect(translated.counts.created == 1)
        let last = try await shop.all("tools").last
        #expect(last?["colours"]?.array?.compactMap(\.string) == ["r"])
        #expect(last?["count"]?.integer == 9)
    }

    @Test func `a cancelled import stays where it is`() async throws {
        let shop = try await Workshop.open()
        let id = try await shop.imports.start(
            ImportRequest(file: try shop.file("a.csv", "name\na\n"), object: "tools"),
            as: shop.li
        )
        try await shop.imports.cancel(id, as: shop.li)
        #expect(try await shop.imports.run(id, as: shop.li).state == .cancelled)
        #expect(try await shop.count("tools") == 0)
        #expect(await problem { try await shop.imports.cancel(id, as: shop.li) }?.kind == .conflict)
    }
}
