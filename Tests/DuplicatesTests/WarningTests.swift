import Database
import Duplicates
import Identity
import Records
import SQLText
import Schema
import Testing
import Values

@Suite struct `Warning of duplicates` {
    @Test(arguments: [
        "分享科技", "北京分享科技股份有限公司", "北京市分享科技有限公司", "分享科技（北京）有限公司", "分享科技(北京)", "北京分享科技集團有限公司",
        "　北京分享科技有限公司 ", "北京份享科技有限公司",
    ]) func `a company is known under another form of its name`(name: String) async throws {
        let bureau = try await Bureau.open()
        let id = try await bureau.make("customers", #"{"name":"北京分享科技有限公司"}"#, as: bureau.chen)
        let check = try await bureau.check("customers", #"{"name":"\#(name)"}"#, as: bureau.chen)
        #expect(check.found.map(\.record?.id) == [id], "\(name)")
        #expect(check.found.first?.score?.reasons.first?.fields == ["name", "invoice_name"])
    }

    @Test func `letters are the same in full width and small`() async throws {
        let bureau = try await Bureau.open()
        let id = try await bureau.make("customers", #"{"name":"Acme Trading Co., Ltd."}"#, as: bureau.chen)
        let check = try await bureau.check("customers", #"{"name":"ＡＣＭＥ　ｔｒａｄｉｎｇ"}"#, as: bureau.chen)
        #expect(check.found.map(\.record?.id) == [id])
    }

    @Test func `sister companies of two cities are not the same`() async throws {
        let bureau = try await Bureau.open()
        try await bureau.make("customers", #"{"name":"北京分享科技有限公司"}"#, as: bureau.chen)
        #expect(try await bureau.check("customers", #"{"name":"上海分享科技有限公司"}"#, as: bureau.chen).found.isEmpty)
        #expect(try await bureau.check("customers", #"{"name":"北京飞扬贸易有限公司"}"#, as: bureau.chen).found.isEmpty)
    }

    @Test func `people are known by phone, or by name in pinyin and company`() async throws {
        let bureau = try await Bureau.open()
        let id = try await bureau.make(
            "leads",
            #"{"name":"吕磊","company":"宁波鑫源包装有限公司","mobile":"13900001234"}"#,
            as: bureau.chen
        )
        for json in [
            #"{"name":"吕先生","mobile":"+86 139-0000-1234","company":"鑫源包装"}"#,
            #"{"name":"Lv Lei","company":"鑫源包装"}"#, #"{"name":"呂磊","company":"宁波鑫源包裝"}"#,
        ] {
            let check = try await bureau.check("leads", json, as: bureau.chen)
            #expect(check.found.map(\.record?.id) == [id], "\(json)")
        }
        let colleague = #"{"name":"王芳","company":"宁波鑫源包装有限公司"}"#
        #expect(try await bureau.check("leads", colleague, as: bureau.chen).found.isEmpty)
        let namesake = #"{"name":"吕磊","company":"大连远洋渔业有限公司"}"#
        #expect(try await bureau.check("leads", namesake, as: bureau.chen).found.isEmpty)
    }

    @Test func `of a colleague's record only its owner and team are told`() async throws {
        let bureau = try await Bureau.open()
        try await bureau.make("customers", #"{"name":"北京分享科技有限公司","phone":"13900001234"}"#, as: bureau.lin)
        let check = try await bureau.check("customers", #"{"name":"分享科技"}"#, as: bureau.chen)
        let found = try #require(check.found.first)
        #expect(found.record == nil)
        #expect(found.score == nil)
        #expect(found.owner == "林")
        #expect(found.team == "销售部")
    }

    @Test func `the rule decides whether one may go on`() async throws {
        let bureau = try await Bureau.open()
        try await bureau.make("customers", #"{"name":"北京分享科技有限公司"}"#, as: bureau.lin)
        // To warn is all that the rules do which the program comes with.
        let second = try await bureau.make("customers", #"{"name":"分享科技"}"#, as: bureau.chen)
        let rules = try JSONReader.parse(
            #"{"warn_at":40,"block_at":60,"comparisons":[{"fields":["name"],"method":"company","agree":60}]}"#
        )
        let forbidden = await problem {
            try await bureau.engine.write(as: bureau.chen) { session in
                try session.setDuplicateRules(rules, of: try session.object("customers"))
            }
        }
        #expect(forbidden?.kind == .forbidden)
        try await bureau.engine.write(as: bureau.head) { session in
            try session.setDuplicateRules(rules, of: try session.object("customers"))
        }
        try await bureau.engine.prepareDuplicates(of: "customer")
        let blocked = await problem {
            try await bureau.make("customers", #"{"name":"北京分享科技"}"#, as: bureau.chen)
        }
        #expect(blocked?.code == "duplicate")
        #expect(blocked?.kind == .conflict)
        // What is there can still be changed as long as it is not about the name.
        try await bureau.change("customers", second, #"{"level":null,"description":"x"}"#, as: bureau.chen)
    }

    @Test func `a server that stops does not wait for the keys of new rules, which are made later`() async throws {
        let bureau = try await Bureau.open()
        try await bureau.make("customers", #"{"name":"北京分享科技有限公司"}"#, as: bureau.lin)
        let rules = try JSONReader.parse(
            #"{"warn_at":40,"comparisons":[{"fields":["name"],"method":"company","agree":60}]}"#
        )
        try await bureau.engine.write(as: bureau.head) { session in
            try session.setDuplicateRules(rules, of: try session.object("customers"))
        }
        let stopped = Task {
            while !Task.isCancelled { await Task.yield() }
            try await bureau.engine.prepareDuplicates(of: "customer")
        }
        stopped.cancel()
        await #expect(throws: CancellationError.self) { try await stopped.value }
        try await bureau.engine.prepareDuplicates(of: "customer")
        #expect(try await bureau.check("customers", #"{"name":"分享科技"}"#, as: bureau.lin).found.count == 1)
    }

    @Test func `records that were put straight into the table are known once their keys are made`() async throws {
        let bureau = try await Bureau.open()
        try await bureau.make("customers", #"{"name":"宁波鑫源包装有限公司"}"#, as: bureau.chen)
        try await bureau.engine.prepareDuplicates(of: "customer")
        let owner = SQLValue(bureau.chen.userID)
        let id = try await bureau.engine.write(as: .system("test")) { session in
            var loader = try RowLoader("customer", in: session)
            let id = try loader.add(["name": .text("北京分享科技有限公司"), "type": .text("company"), "owner": owner])
            try loader.finish()
            return id
        }
        try await bureau.engine.prepareDuplicates(of: "customer")
        let check = try await bureau.check("customers", #"{"name":"分享科技"}"#, as: bureau.chen)
        #expect(check.found.map(\.record?.id) == [id])
    }

    @Test func `a deleted record is no duplicate, and a changed one is looked for under its new name`() async throws {
        let bureau = try await Bureau.open()
        let id = try await bureau.make("customers", #"{"name":"北京分享科技有限公司"}"#, as: bureau.chen)
        try await bureau.change("customers", id, #"{"name":"远洋渔业"}"#, as: bureau.chen)
        #expect(try await bureau.check("customers", #"{"name":"分享科技"}"#, as: bureau.chen).found.isEmpty)
        #expect(try await bureau.check("customers", #"{"name":"远洋渔业公司"}"#, as: bureau.chen).found.count == 1)
        try await bureau.engine.write(as: bureau.chen) { try $0.delete(try $0.object("customers"), id) }
        #expect(try await bureau.check("customers", #"{"name":"远洋渔业公司"}"#, as: bureau.chen).found.isEmpty)
        try await bureau.engine.write(as: bureau.chen) { _ = try $0.restore(try $0.object("customers"), id) }
        #expect(try await bureau.check("customers", #"{"name":"远洋渔业公司"}"#, as: bureau.chen).found.count == 1)
    }

    @Test func `no look-up goes through a table`() async throws {
        let bureau = try await Bureau.open()
        let plans = try await bureau.engine.database.read { connection in
            // PostgreSQL reads an empty table from end to end if it may.
            if connection.dialect == .postgres { try connection.script("SET LOCAL enable_seqscan = off") }
            let list: SQLFragment =
                connection.dialect == .sqlite
                ? "SELECT value FROM json_each('[1]')"
                : "SELECT CAST(value AS BIGINT) FROM json_array_elements_text('[1]')"
            return try connection.plan(
                "SELECT record FROM sys_duplicate_key WHERE generation = 1 AND hash = 2 LIMIT 100"
            )
                + connection.plan(
                    "SELECT hash, record FROM sys_duplicate_key WHERE generation = 1 AND hash > 2 ORDER BY hash, record"
                )
                + connection.plan(
                    """
                    SELECT "id" FROM "customer" t WHERE t."id" IN (\(list))
                    AND t."deleted_at" IS NULL
                    """
                )
                + connection.plan(
                    """
                    SELECT "id" FROM "activity" WHERE "deleted_at" IS NULL AND "about" IN (1, 2) AND "id" NOT IN (3)
                    AND "about_object" = 'contact'
                    """
                )
                + connection.plan(
                    """
                    SELECT "id" FROM "activity" WHERE "deleted_at" IS NOT NULL AND "customer" IN (1, 2)
                    AND "id" NOT IN (3)
                    """
                )
        }
        for step in plans where step.contains("SCAN") { #expect(step.contains("json_each"), "\(step)") }
        #expect(!plans.contains { $0.contains("Seq Scan") }, "\(plans)")
    }
}

@Suite struct `The search for duplicates over a whole base` {
    @Test func `lists groups once, remembers what was decided and goes on where it was stopped`() async throws {
        let bureau = try await Bureau.open()
        var ids: [RecordID] = []
        for name in ["分享科技", "北京分享科技有限公司", "分享科技（北京）", "远洋渔业", "大连远洋渔业有限公司"] {
            ids.append(try await bureau.make("customers", #"{"name":"\#(name)"}"#, as: bureau.head))
        }
        let forbidden = await problem {
            _ = try await bureau.engine.startDuplicateRun(of: "customers", as: bureau.chen)
        }
        #expect(forbidden?.kind == .forbidden)
        let run = try await bureau.engine.startDuplicateRun(of: "customers", as: bureau.head)
        let same = try await bureau.engine.startDuplicateRun(of: "customers", as: bureau.head)
        #expect(run.id == same.id, "one at a time")
        try await bureau.engine.continueDuplicateRun(of: "customer")
        #expect(try await bureau.groups() == [Array(ids[0...2]), Array(ids[3...4])])
        let fishers = Array(ids[3...4])
        try await bureau.engine.write(as: bureau.head) { session in
            try session.decideDuplicates(try session.object("customers"), fishers, .different)
        }
        _ = try await bureau.engine.startDuplicateRun(of: "customers", as: bureau.head)
        try await bureau.engine.continueDuplicateRun(of: "customer")
        #expect(try await bureau.groups() == [Array(ids[0...2])])
        #expect(try await bureau.groups(.different) == [Array(ids[3...4])])
        _ = try await bureau.merge("customers", ids[0], Array(ids[1...2]), as: bureau.head)
        #expect(try await bureau.groups().isEmpty)
    }

    @Test func `shows nobody what they may not see`() async throws {
        let bureau = try await Bureau.open()
        try await bureau.make("customers", #"{"name":"分享科技"}"#, as: bureau.chen)
        try await bureau.make("customers", #"{"name":"北京分享科技有限公司"}"#, as: bureau.lin)
        _ = try await bureau.engine.startDuplicateRun(of: "customers", as: bureau.head)
        try await bureau.engine.continueDuplicateRun(of: "customer")
        #expect(try await bureau.groups().count == 1)
        #expect(try await bureau.groups(as: bureau.chen).isEmpty)
    }
}

extension Bureau {
    func groups(_ state: DuplicateDecision = .open, as actor: Actor? = nil) async throws -> [[RecordID]] {
        try await engine.read(as: actor ?? head) { session in
            try session.duplicateGroups(of: try session.object("customers"), state).groups
                .map { $0.records.map(\.id) }.sorted { $0[0] < $1[0] }
        }
    }
}
