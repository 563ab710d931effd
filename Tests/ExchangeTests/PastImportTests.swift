import Customers
import Database
import Exchange
import Foundation
import Identity
import Records
import SQLText
import Sales
import Schema
import Testing
import Values

/// When and by whom records were made, brought along from elsewhere.
@Suite struct PastImportTests {
    private func mapping(_ json: String) throws -> ImportMapping { try ImportMapping(try JSONReader.parse(json)) }

    private func undo(_ shop: Workshop, _ id: RecordID) async throws -> UndoStatus {
        try await shop.imports.startUndo(id, as: shop.admin)
        return try await shop.imports.runUndo(id, as: shop.admin)
    }

    private func times(_ shop: Workshop, _ plural: String = "tools") async throws -> [String?] {
        try await shop.all(plural).map { $0["created_at"]?.string }
    }

    private func makers(_ shop: Workshop) async throws -> [String?] {
        try await shop.all("tools").map { $0["created_by"]?["name"]?.string }
    }

    @Test(arguments: [ExportFormat.csv(.safe), .csv(.raw), .workbook(.safe), .workbook(.raw), .jsonLines])
    func `what goes out of one workspace was made in the other when and by whom it was made`(
        _ format: ExportFormat
    ) async throws {
        let (from, to) = (try await Workshop.open(), try await Workshop.open())
        let li = from.li.userID?.description ?? ""
        let past = try JSONReader.parse(
            #"{"name":"锦里 𠮷","created_at":"2019-03-01T08:00:00.250Z","created_by":"\#(li)"}"#
        )
        try await from.engine.write(as: from.admin) { session in
            _ = try session.create(try session.object("tools"), past, withPast: true)
        }
        try await from.make("tools", #"{"name":"新 𠮷"}"#, as: from.wang)
        var bytes: [UInt8] = []
        try await Export.write(
            from.engine,
            object: "tools",
            format: format,
            as: from.admin,
            scratch: from.folder
        ) { bytes += $0 }
        let path = to.folder + "/tools." + format.suffix
        try Data(bytes).write(to: URL(filePath: path))
        let id = try await to.imports.start(ImportRequest(file: path, object: "tools"), as: to.admin)
        let status = try await to.imports.run(id, as: to.admin)
        let why = try await to.imports.reasons(id, as: to.admin)
        #expect(status.counts.created == 2, "\(why)")
        #expect(try await makers(to) == ["李雷", "王芳"])
        // For people, moments are shown to the second.
        let shown = format == .csv(.safe) || format == .workbook(.safe) ? 19 : 24
        let (before, after) = (try await times(from), try await times(to))
        #expect(before.map { $0?.prefix(shown) } == after.map { $0?.prefix(shown) })
        for tool in try await to.all("tools") {
            #expect(tool["updated_by"]?["name"]?.string == "管理员")
            #expect(tool["updated_at"]?.string != tool["created_at"]?.string)
        }
        let log = try await to.engine.database.read {
            try $0.rows("SELECT actor_name, at FROM sys_audit WHERE object = 'tool' AND action = 'create'")
        }
        #expect(log.map { $0.text(0) } == ["管理员", "管理员"])
        #expect(log.allSatisfy { $0.integer(1) >= status.startedAt.milliseconds })
        #expect(try await to.engine.verifyKept() == [])
    }

    @Test func `a day is its beginning where the person is, and people are found by name, e-mail and id`() async throws
    {
        let shop = try await Workshop.open()
        var actor = shop.admin
        actor.timeZone = "America/New_York"
        let wang = shop.wang.userID?.description ?? ""
        let status = try await shop.run(
            "tools",
            """
            name,创建日期,创建人
            锦里 𠮷,2021-03-04,李雷
            b,2021-07-04 09:30,U1@example.com
            c,2020-01-01T00:00:00+08:00,\(wang)
            d,2020年2月29日,

            """,
            as: actor
        )
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 4, "\(why)")
        #expect(
            try await times(shop) == [
                "2021-03-04T05:00:00.000Z", "2021-07-04T13:30:00.000Z", "2019-12-31T16:00:00.000Z",
                "2020-02-29T05:00:00.000Z",
            ]
        )
        // Whom the file does not name is nobody, least of all whoever brought it.
        #expect(try await makers(shop) == ["李雷", "李雷", "王芳", nil])
    }

    @Test func `who may not change settings brings no past along, and is told so`() async throws {
        let shop = try await Workshop.open()
        let text = "name,created_at,创建人\na,2019-03-01,王芳\n"
        let path = try shop.file("a.csv", text)
        func fields(_ actor: Actor) async throws -> [String?] {
            try await shop.imports.preview(path, object: "tools", as: actor).mapping.columns.map(\.field)
        }
        #expect(try await fields(shop.admin) == ["name", "created_at", "created_by"])
        #expect(try await fields(shop.li) == ["name", nil, nil])
        var request = ImportRequest(file: path, object: "tools")
        request.mapping = try mapping(
            #"{"columns":{"name":"name","created_at":"created_at","创建人":"created_by.name"}}"#
        )
        let asked = request
        let refused = await problem { _ = try await shop.imports.start(asked, as: shop.li) }
        #expect(refused?.fields.map(\.field) == ["created_at", "created_by"])
        #expect(refused?.fields.map(\.code) == ["read_only", "read_only"])
        #expect(refused?.fields.first?.message.zh.contains("修改系统设置") == true)
        // What an administrator chose for these headings is proposed without it.
        #expect(try await shop.run("tools", text).counts.created == 1)
        #expect(try await fields(shop.li) == ["name", nil, nil])
        let own = try await shop.run("tools", text, as: shop.li)
        #expect(own.counts.created == 1)
        let made = try #require(try await shop.all("tools").last)
        #expect(made["created_by"]?["name"]?.string == "李雷")
        #expect(made["created_at"]?.string == made["updated_at"]?.string)
    }

    @Test func `a past that cannot be is an error of its row, in words`() async throws {
        let shop = try await Workshop.open()
        let text = """
            name,created_at,created_by
            a,2999-01-01,
            b,1899-01-01,
            c,早些时候,
            d,2019-03-01,Nobody
            e,2019-03-01,李雷

            """
        let status = try await shop.run("tools", text)
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 2 && status.counts.failed == 3, "\(why)")
        #expect(why[0].contains("创建时间：不能晚于当前时间。"))
        #expect(why[1].contains("创建时间：不能早于 1900 年。"))
        #expect(why[2].contains("创建时间："))
        // Who was never here is nobody.
        #expect(try await makers(shop) == [nil, "李雷"])
        let columns = #""columns":{"name":"name","created_at":"created_at","created_by":"created_by"}"#
        let lenient = try await shop.run("tools", "name,created_at,created_by\nf,2019-03-01,Nobody\n") {
            $0.mapping = try? mapping("{\(columns),\"unknown\":\"empty\"}")
        }
        #expect(lenient.counts.created == 1)
        #expect(try await shop.all("tools").last?["created_by"]?.isNull == true)
    }

    @Test(arguments: [ImportMode.upsert, .update, .fill])
    func `a record that is here keeps when and by whom it was made`(_ mode: ImportMode) async throws {
        let shop = try await Workshop.open()
        try await shop.make("tools", #"{"name":"hammer","count":1}"#, as: shop.wang)
        let before = try await times(shop)
        let status = try await shop.run(
            "tools",
            "name,count,place,created_at,created_by\nhammer,2,a,2999-01-01,Nobody\nsaw,3,,2019-03-01,李雷\n"
        ) {
            ($0.mode, $0.match) = (mode, ["name"])
        }
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.updated == 1, "\(why)")
        let tools = try await shop.all("tools")
        #expect(tools[0]["place"]?.string == "a")
        #expect(tools[0]["created_at"]?.string == before[0])
        #expect(tools[0]["created_by"]?["name"]?.string == "王芳")
        #expect(status.counts.created == (mode == .upsert ? 1 : 0))
        if mode == .upsert {
            #expect(tools[1]["created_at"]?.string == "2019-02-28T16:00:00.000Z")
            #expect(tools[1]["created_by"]?["name"]?.string == "李雷")
        }
    }

    @Test func `an import that brought a past is taken back, but for what others hang on`() async throws {
        let shop = try await Workshop.open()
        try await shop.make("customers", #"{"name":"锦里 𠮷"}"#)
        // What the firm remembers of each contact's time there is made with it, and goes with it.
        let contacts = try await shop.run(
            "contacts",
            "name,customer,created_at\n王小明,锦里 𠮷,2019-03-01\n李四,锦里 𠮷,2019-03-02\n"
        )
        #expect(contacts.counts.created == 2)
        let gone = try await undo(shop, contacts.id)
        let spared = try await shop.imports.spared(contacts.id, as: shop.admin)
        #expect(gone.deleted == 2 && gone.spared == 0, "\(spared)")
        // To one of the customers another import adds a contact that was made in the same moment.
        let customers = try await shop.run("customers", "name,created_at\n甲公司,2019-03-01\n乙公司,2019-03-01\n")
        #expect(customers.counts.created == 2)
        let later = try await shop.run("contacts", "name,customer,created_at\n周敏,甲公司,2019-03-01\n")
        #expect(later.counts.created == 1)
        let half = try await undo(shop, customers.id)
        #expect(half.deleted == 1 && half.spared == 1)
        #expect(try await shop.all("customers").map { $0["name"]?.string } == ["锦里 𠮷", "甲公司"])
        #expect(try await shop.engine.verifyKept() == [])
    }

    @Test func `opportunities come along with since when they are in their stage`() async throws {
        let shop = try await Workshop.open()
        let status = try await shop.run(
            "opportunities",
            """
            商机名称,阶段,创建时间,创建人,进入阶段时间
            旧商机 𠮷,谈判中,2024-01-10,李雷,2024-03-01
            早于创建,谈判中,2024-01-10,李雷,2024-01-09

            """
        )
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 1 && status.counts.failed == 1, "\(why)")
        #expect(why[0].contains("进入阶段时间：不能早于记录的创建时间。"))
        let made = try #require(try await shop.all("opportunities").first)
        #expect(made["stage_changed_at"]?.string == "2024-02-29T16:00:00.000Z")
        let id = try #require(made["id"]?.string.flatMap { RecordID($0) })
        let visits = try await shop.engine.read(as: shop.admin) { try StageHistory.of(id, $0) }
        #expect(visits.map(\.stage) == ["negotiating"])
        #expect(visits.first?.enteredAt == Instant("2024-02-29T16:00:00Z"))
        // Beside a time of creation that is that of the import, it could only be wrong.
        var request = ImportRequest(file: try shop.file("b.csv", "a,b\nx,2024-03-01\n"), object: "opportunities")
        request.mapping = try mapping(#"{"columns":{"a":"name","b":"stage_changed_at"}}"#)
        let asked = request
        let refused = await problem { _ = try await shop.imports.start(asked, as: shop.admin) }
        #expect(refused?.fields.map(\.code) == ["needs_creation"])
    }

    @Test func `a trial says what would be wrong with the past and makes nothing`() async throws {
        let shop = try await Workshop.open()
        let trial = try await shop.run("tools", "name,created_at\na,2999-01-01\nb,2019-03-01\n") { $0.isDryRun = true }
        #expect(trial.counts.created == 1 && trial.counts.failed == 1)
        #expect(try await shop.count("tools") == 0)
    }

    @Test func `a past that is not clear, unknown or no date at all keeps no row back`() async throws {
        let shop = try await Workshop.open()
        let vague = try await shop.run("tools", "name,CreatedDate\na,3/4/2021\nb,5/6/2021\n")
        let status = try await shop.imports.status(vague.id, as: shop.admin)
        #expect(vague.counts.created == 2 && status.mapping.columns.map(\.field) == ["name", nil])
        for mode in [ImportMode.update, .fill] {
            let other = try await shop.run("tools", "name,place,created_at\na,仓库\(mode),3/4/2021\n") {
                ($0.mode, $0.match) = (mode, ["name"])
                $0.mapping = try? mapping(
                    #"{"columns":{"name":"name","place":"place","created_at":"created_at"}}"#
                )
            }
            #expect(other.counts.failed == 0, "\(mode)")
        }
        let zero = try await shop.run(
            "tools",
            "name,创建时间,创建人\nc,0001-01-01,离职的人\nd,0000-00-00 00:00:00,\ne,1/1/0001 12:00:00 AM,\nf,2019-03-01,\n"
        )
        let why = try await shop.imports.reasons(zero.id, as: shop.admin)
        #expect(zero.counts.created == 4, "\(why)")
        let tools = Array(try await shop.all("tools").dropFirst(2))
        #expect(tools.allSatisfy { $0["created_by"]?.isNull == true })
        #expect(tools.prefix(3).allSatisfy { $0["created_at"]?.string == $0["updated_at"]?.string })
    }

    @Test func `a preview says how many makers are nobody here`() async throws {
        let shop = try await Workshop.open()
        let path = try shop.file("a.csv", "name,创建人\na,离职的人\nb,李雷\n")
        let preview = try await shop.imports.preview(path, object: "tools", as: shop.admin)
        #expect(preview.mapping.columns.map(\.field) == ["name", "created_by"])
        #expect(preview.mapping.columns[1].note?.zh.contains("1 个值") == true)
    }

    @Test func `a stage entered on the bare day of its making is entered then`() async throws {
        let shop = try await Workshop.open()
        let status = try await shop.run(
            "opportunities",
            """
            商机名称,阶段,创建时间,进入阶段时间
            甲 𠮷,谈判中,2024-01-10 09:12,2024-01-10
            乙,谈判中,,2024-01-10

            """
        )
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 2, "\(why)")
        let made = try await shop.all("opportunities")
        #expect(made[0]["stage_changed_at"]?.string == "2024-01-10T01:12:00.000Z")
        #expect(made[1]["stage_changed_at"]?.string == made[1]["created_at"]?.string)
    }

    @Test func `a row without a running number gets one behind the highest of the file`() async throws {
        let text = "name,工具number\na,T-0007\nb,\nc,T-0008\nd,\ne,T-0030\n"
        for size in [1, 4000] {
            let shop = try await Workshop.open()
            let imports = try Imports(shop.engine, directory: shop.folder + "/imports", batchSize: size)
            var request = ImportRequest(file: try shop.file("a.csv", text), object: "tools")
            request.mapping = try mapping(#"{"columns":{"name":"name","工具number":"number"}}"#)
            let id = try await imports.start(request, as: shop.admin)
            let status = try await imports.run(id, as: shop.admin)
            #expect(status.counts.created == 5)
            let numbers = try await shop.all("tools").map { $0["number"]?.string }
            #expect(numbers == ["T-0007", "T-0031", "T-0008", "T-0032", "T-0030"])
            // An import of an older version has no sign of it.
            try await shop.engine.database.write {
                _ = try $0.run(
                    """
                    UPDATE sys_import SET mapping = REPLACE(mapping, '"numbers":"keep"', '"numbers":null'),
                    state = 'waiting', rows_done = 0, byte_offset = 0
                    """
                )
            }
            let old = try await imports.run(id, as: shop.admin)
            #expect(old.state == .done)
            let given = try await shop.all("tools").suffix(5).map { $0["number"]?.string }
            #expect(given == ["T-0033", "T-0034", "T-0035", "T-0036", "T-0037"])
        }
    }
}
