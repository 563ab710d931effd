import Identity
import Records
import Schema
import Testing
import Values

@Suite struct WriteTests {
    @Test func `all wrong values are named at once, in both languages`() async throws {
        let office = try await Office.open()
        let outcome = await problem {
            try await office.company(#"{"level":"z","staff":"many","nonsense":1,"worth":"1.234"}"#, as: office.ada)
        }
        #expect(outcome?.kind == .invalid)
        #expect(Set(outcome?.fields.map(\.field) ?? []) == ["level", "staff", "nonsense", "worth"])
        #expect(outcome?.fields.allSatisfy { !$0.message.zh.isEmpty && !$0.message.en.isEmpty } == true)
        let missing = await problem { try await office.company(#"{"staff":3}"#, as: office.ada) }
        #expect(missing?.fields.map(\.code) == ["required"])
        #expect(try await office.names(as: office.admin).isEmpty)
    }

    @Test func `a stale version is refused and nothing is lost`() async throws {
        let office = try await Office.open()
        let company = try await office.company(#"{"name":"甲"}"#, as: office.ada)
        try await office.change("companies", company.id, #"{"staff":1}"#, version: 1, as: office.ada)
        let stale = await problem {
            try await office.change("companies", company.id, #"{"staff":2}"#, version: 1, as: office.ada)
        }
        #expect(stale?.kind == .stale)
        let list = try await office.json("companies", as: office.ada)
        #expect(list["data"]?.array?.first?["staff"]?.integer == 1)
        #expect(list["data"]?.array?.first?["version"]?.integer == 2)
    }

    @Test func `a unique value ignores case, width and deleted records`() async throws {
        let office = try await Office.open()
        let first = try await office.company(#"{"name":"甲","code":"AB-1"}"#, as: office.ada)
        let double = await problem { try await office.company(#"{"name":"乙","code":"ａｂ-1"}"#, as: office.bob) }
        #expect(double?.kind == .conflict)
        #expect(double?.fields.first?.field == "code")
        try await office.engine.write(as: office.ada) { try $0.delete(try $0.object("companies"), first.id) }
        try await office.company(#"{"name":"乙","code":"ab-1"}"#, as: office.bob)
        let back = await problem {
            try await office.engine.write(as: office.ada) { _ = try $0.restore(try $0.object("companies"), first.id) }
        }
        #expect(back?.code == "not_unique")
    }

    @Test func `money keeps its value in the base currency at the dated rate`() async throws {
        let office = try await Office.open()
        let none = await problem {
            try await office.company(#"{"name":"甲","worth":{"value":"10.50","currency":"USD"}}"#, as: office.ada)
        }
        #expect(none?.fields.first?.code == "no_rate")
        try await office.engine.write(as: office.admin) { session in
            try Rates.set("USD", from: try #require(Day("2020-01-01")), rate: 7_100_000_000, on: session.connection)
        }
        let company = try await office.company(
            #"{"name":"甲","worth":{"value":"10.50","currency":"USD"}}"#,
            as: office.ada
        )
        #expect(company["worth"] == .integer(1050))
        #expect(company["worth_base"] == .integer(7455))
        let same = try await office.change(
            "companies",
            company.id,
            #"{"worth":{"value":"10.50","currency":"USD"}}"#,
            as: office.ada
        )
        #expect(same["worth_base"] == .integer(7455) && same.version == 1)
        let emptied = try await office.change("companies", company.id, #"{"worth":null}"#, as: office.ada)
        #expect(emptied["worth_base"].isNull && emptied["worth_currency"].isNull)
    }

    @Test func `hooks run in the order listed and may refuse`() async throws {
        let hooks = ObjectHooks()
            .beforeSave("names are trimmed") { draft, _ in
                if let name = draft["name"].text { draft["name"] = .text(name.replacing(" ", with: "")) }
            }
            .validate("no test companies") { draft, _ in
                draft["name"].text == "test"
                    ? [FieldProblem("name", "test", Label("Not this one.", zh: "不能用这个名字。"))] : []
            }
        let office = try await Office.open(hooks: ["company": hooks])
        let outcome = await problem { try await office.company(#"{"name":" te st"}"#, as: office.ada) }
        #expect(outcome?.fields.first?.code == "test")
        try await office.company(#"{"name":" o k"}"#, as: office.ada)
        #expect(try await office.names(as: office.ada) == ["ok"])
    }

    @Test func `a deleted record rests in the bin, comes back whole, or goes for ever`() async throws {
        let office = try await Office.open()
        let company = try await office.company(#"{"name":"海蓝科技","phone":"021-60000003"}"#, as: office.admin)
        let deal = try await office.make("deals", #"{"name":"d","company":"\#(company.id)"}"#, as: office.admin)
        let admin = office.admin
        var found = ListQuery()
        found.search = "海蓝"
        #expect(try await office.names("companies", found, as: admin).count == 1)
        try await office.engine.write(as: admin) { try $0.delete(try $0.object("companies"), company.id) }
        #expect(try await office.names("companies", found, as: admin).isEmpty)
        var bin = ListQuery()
        bin.deleted = true
        #expect(try await office.names("companies", bin, as: admin) == ["海蓝科技"])
        try await office.engine.write(as: admin) { _ = try $0.restore(try $0.object("companies"), company.id) }
        #expect(try await office.names("companies", found, as: admin).count == 1)
        let refused = await problem {
            try await office.engine.write(as: office.head) { try $0.purge(try $0.object("companies"), company.id) }
        }
        #expect(refused?.kind == .forbidden)
        try await office.engine.write(as: admin) { try $0.purge(try $0.object("companies"), company.id) }
        let after = try await office.engine.read(as: admin) { try $0.find(try $0.object("deals"), deal.id) }
        #expect(after["company"].isNull)
    }

    @Test func `mass update changes only what the actor may change and names failures`() async throws {
        let office = try await Office.open()
        for index in 0..<12 {
            try await office.company(#"{"name":"c\#(index)"}"#, as: index % 2 == 0 ? office.ada : office.bob)
        }
        let result = try await office.engine.updateAll(
            "companies",
            BulkSelection(filter: "name starts with \"c\""),
            data: try JSONReader.parse(#"{"staff":5}"#),
            as: office.ada
        )
        #expect(result.matched == 6 && result.changed == 6 && result.failed.isEmpty)
        var query = ListQuery()
        query.filter = "staff = 5"
        #expect(try await office.names("companies", query, as: office.admin).count == 6)
        let wrong = try await office.engine.updateAll(
            "companies",
            BulkSelection(),
            data: try JSONReader.parse(#"{"level":"?"}"#),
            as: office.ada
        )
        #expect(wrong.failed.count == 6 && wrong.changed == 0)
    }

    @Test func `everything a leaver owned goes to the heir`() async throws {
        let office = try await Office.open()
        for index in 0..<3 { try await office.company(#"{"name":"c\#(index)"}"#, as: office.ada) }
        let bin = try await office.company(#"{"name":"bin"}"#, as: office.ada)
        try await office.engine.write(as: office.ada) { try $0.delete(try $0.object("companies"), bin.id) }
        let (from, to) = (try #require(office.ada.userID), try #require(office.bob.userID))
        let report = try await office.engine.handOver(from: from, to: to, as: office.admin)
        #expect(report.total == 4)
        #expect(try await office.names(as: office.ada).isEmpty)
        #expect(try await office.names(as: office.bob).count == 3)
        let refused = await problem { _ = try await office.engine.handOver(from: to, to: from, as: office.head) }
        #expect(refused?.kind == .forbidden)
    }
}
