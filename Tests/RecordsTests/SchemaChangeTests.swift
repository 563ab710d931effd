import Identity
import Records
import Schema
import Testing
import Values

@Suite struct SchemaChangeTests {
    private func field(_ json: String, on object: String = "company") throws -> SchemaChange {
        .addField(object: object, try JSONReader.parse(json))
    }

    @Test func `a new field is at once in the list, the filter, the schema and the history`() async throws {
        let office = try await Office.open()
        try await office.company(#"{"name":"旧"}"#, as: office.ada)
        try await office.engine.apply(
            try field(#"{"key":"budget","label":{"en":"Budget","zh":"预算"},"kind":"money","indexed":true}"#),
            as: office.admin
        )
        let company = try await office.company(#"{"name":"新","x_budget":"100"}"#, as: office.ada)
        var query = ListQuery()
        query.filter = "x_budget >= 100"
        #expect(try await office.names("companies", query, as: office.ada) == ["新"])
        let history = try await office.engine.read(as: office.ada) {
            try $0.history(try $0.object("companies"), company.id)
        }
        #expect(history.first?.changes?.contains("x_budget") == true)
    }

    @Test func `a plan is shown and nothing is done`() async throws {
        let office = try await Office.open()
        let change = try field(#"{"key":"colour","label":{"en":"Colour","zh":"颜色"},"kind":"text","indexed":true}"#)
        let plan = try await office.engine.plan(change, as: office.admin)
        #expect(plan.steps.count == 3)
        #expect(office.engine.schema.object("company")?.field("x_colour") == nil)
        let refused = await problem { _ = try await office.engine.plan(change, as: office.head) }
        #expect(refused?.kind == .forbidden)
    }

    @Test func `a renamed field keeps its values and a removed one comes back with them`() async throws {
        let office = try await Office.open()
        let (engine, admin) = (office.engine, office.admin)
        try await engine.apply(try field(#"{"key":"note","label":{"en":"Note","zh":"备注"},"kind":"text"}"#), as: admin)
        try await office.company(#"{"name":"甲","x_note":"hello"}"#, as: office.ada)
        try await engine.apply(
            .updateField(object: "company", key: "x_note", try JSONReader.parse(#"{"key":"x_remark"}"#)),
            as: admin
        )
        let first = try await office.json("companies", as: office.ada)["data"]?.array?.first
        #expect(first?["x_remark"]?.string == "hello" && first?["x_note"] == nil)
        let id = try #require(engine.schema.object("company")?.field("x_remark")?.id)
        try await engine.apply(.removeField(object: "company", key: "x_remark"), as: admin)
        #expect(try await office.json("companies", as: office.ada)["data"]?.array?.first?["x_remark"] == nil)
        try await office.company(#"{"name":"meanwhile"}"#, as: office.ada)
        let taken = await problem {
            try await engine.apply(
                try field(#"{"key":"remark","label":{"en":"R","zh":"备"},"kind":"number"}"#),
                as: admin
            )
        }
        #expect(taken?.code == "key_taken")
        try await engine.apply(.restoreField(object: "company", id: id), as: admin)
        let names = try await office.json("companies", as: office.ada)["data"]?.array?.compactMap {
            $0["x_remark"]?.string
        }
        #expect(names == ["hello"])
    }

    @Test func `after 30 days a removed field is gone for good and its key stays taken`() async throws {
        let office = try await Office.open()
        let (engine, admin) = (office.engine, office.admin)
        let note = #"{"key":"note","label":{"en":"Note","zh":"备注"},"kind":"text","indexed":true}"#
        try await engine.apply(try field(note), as: admin)
        let id = try #require(engine.schema.object("company")?.field("x_note")?.id)
        try await engine.apply(.removeField(object: "company", key: "x_note"), as: admin)
        try await engine.dropRemovedDefinitions(before: Clock.system.now().adding(milliseconds: 1000))
        let gone = await problem { try await engine.apply(.restoreField(object: "company", id: id), as: admin) }
        #expect(gone?.kind == .notFound)
        let taken = await problem { try await engine.apply(try field(note), as: admin) }
        #expect(taken?.code == "key_taken")
        try await office.company(#"{"name":"甲"}"#, as: office.ada)
    }

    @Test func `a field that a formula uses cannot go, and the error names the formula`() async throws {
        let office = try await Office.open()
        let (engine, admin) = (office.engine, office.admin)
        try await engine.apply(try field(#"{"key":"n","label":{"en":"N","zh":"数"},"kind":"number"}"#), as: admin)
        try await engine.apply(
            try field(
                #"{"key":"twice","label":{"en":"Twice","zh":"两倍"},"kind":"formula","expression":"x_n * 2","result":"number"}"#
            ),
            as: admin
        )
        try await office.company(#"{"name":"甲","x_n":21}"#, as: office.ada)
        #expect(try await office.json("companies", as: office.ada)["data"]?.array?.first?["x_twice"]?.integer == 42)
        let used = await problem { try await engine.apply(.removeField(object: "company", key: "x_n"), as: admin) }
        #expect(used?.code == "in_use" && used?.message.en.contains("Twice") == true)
    }

    @Test func `a choice in use goes only with a target, and its records move`() async throws {
        let office = try await Office.open()
        let company = try await office.company(#"{"name":"甲","level":"a"}"#, as: office.ada)
        let refused = await problem {
            try await office.engine.apply(
                .removeChoice(object: "company", field: "level", choice: "a", moveTo: nil),
                as: office.admin
            )
        }
        #expect(refused?.code == "choice_in_use")
        try await office.engine.apply(
            .removeChoice(object: "company", field: "level", choice: "a", moveTo: "b"),
            as: office.admin
        )
        let moved = try await office.engine.read(as: office.ada) { try $0.find(try $0.object("companies"), company.id) }
        #expect(moved["level"] == .text("b"))
        #expect(office.engine.schema.object("company")?.field("level")?.kind.choices.map(\.key) == ["b"])
    }

    @Test func `a custom object works like a built-in one`() async throws {
        let office = try await Office.open()
        let (engine, admin) = (office.engine, office.admin)
        try await engine.apply(
            .addObject(try JSONReader.parse(#"{"key":"project","label":{"en":"Project","zh":"项目"}}"#)),
            as: admin
        )
        try await engine.apply(
            try field(
                #"{"key":"company","label":{"en":"Company","zh":"公司"},"kind":"link","to":"company"}"#,
                on: "x_project"
            ),
            as: admin
        )
        let company = try await office.company(#"{"name":"甲方"}"#, as: admin)
        try await office.make("x_projects", #"{"name":"二期工程","x_company":"\#(company.id)"}"#, as: admin)
        var query = ListQuery()
        query.search = "erqi"
        #expect(try await office.names("x_projects", query, as: admin) == ["二期工程"])
        query = ListQuery()
        query.filter = "x_company.name = \"甲方\""
        #expect(try await office.names("x_projects", query, as: admin) == ["二期工程"])
        let hidden = await problem { _ = try await office.names("x_projects", as: office.ada) }
        #expect(hidden?.kind == .notFound)
        try await engine.apply(.removeObject("x_project"), as: admin)
        let gone = await problem { _ = try await office.names("x_projects", as: admin) }
        #expect(gone?.kind == .notFound)
        try await engine.apply(.restoreObject("x_project"), as: admin)
        #expect(try await office.names("x_projects", as: admin) == ["二期工程"])
    }

    @Test func `a rule refuses what it forbids, with its own words`() async throws {
        let office = try await Office.open()
        let rules =
            #"{"rules":[{"id":"r1","expression":"staff is empty or staff > 0","message":{"en":"Staff must be positive.","zh":"人数须大于零。"},"field":"staff","active":true}]}"#
        try await office.engine.apply(.updateObject("company", try JSONReader.parse(rules)), as: office.admin)
        let outcome = await problem { try await office.company(#"{"name":"甲","staff":0}"#, as: office.ada) }
        #expect(outcome?.fields.first?.message.zh == "人数须大于零。")
        try await office.company(#"{"name":"乙"}"#, as: office.ada)
        #expect(try await office.names(as: office.ada) == ["乙"])
    }
}
