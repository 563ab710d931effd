import Identity
import Records
import Sales
import Schema
import Synchronization
import Testing
import Values

/// AT9: the stages of a sale.
@Suite struct PipelineTests {
    private static let custom = #"""
        {"choices":[
          {"key":"interested","label":{"en":"Warm","zh":"有意向"},"group":"standard","probability":35,"outcome":"open"},
          {"key":"potential","label":{"en":"Potential","zh":"潜在客户"},"group":"standard","probability":10,"outcome":"open"},
          {"key":"sample","label":{"en":"Sample sent","zh":"已寄样"},"group":"standard","probability":50,"outcome":"open"},
          {"key":"negotiating","label":{"en":"Negotiating","zh":"谈判中"},"group":"standard","probability":60,"outcome":"open"},
          {"key":"won","label":{"en":"Won","zh":"已成交"},"group":"standard","probability":100,"outcome":"won"},
          {"key":"lost","label":{"en":"Lost","zh":"已输单"},"group":"standard","probability":0,"outcome":"lost"}]}
        """#

    private func stages(_ company: Company) -> [Choice] {
        company.engine.schema.object("opportunity")?.field("stage")?.kind.choices ?? []
    }

    private func history(_ company: Company, _ id: RecordID) async throws -> [StageHistory.Visit] {
        try await company.engine.read(as: company.admin) { try StageHistory.of(id, $0) }
    }

    @Test func `a new workspace has the default pipeline`() async throws {
        let company = try await Company.open()
        let stages = stages(company)
        #expect(stages.map(\.label.zh) == ["潜在客户", "意向客户", "谈判中", "已成交", "已输单"])
        #expect(stages.map(\.label.en) == ["Potential", "Interested", "Negotiating", "Won", "Lost"])
        #expect(stages.map(\.outcome) == ["open", "open", "open", "won", "lost"])
        let deal = try await company.make("opportunities", #"{"name":"年度框架"}"#, as: company.colleague)
        #expect(deal["stage"] == .text("potential") && deal["pipeline"] == .text("standard"))
    }

    @Test func `stages are renamed, put in another order and added while deals are in them`() async throws {
        let company = try await Company.open()
        let deal = try await company.make(
            "opportunities",
            #"{"name":"设备","stage":"interested"}"#,
            as: company.colleague
        )
        try await company.engine.apply(
            .updateField(object: "opportunity", key: "stage", try JSONReader.parse(PipelineTests.custom)),
            as: company.admin
        )
        let keys = ["interested", "potential", "sample", "negotiating", "won", "lost"]
        #expect(stages(company).map(\.key) == keys)
        #expect(stages(company).first?.label == Label("Warm", zh: "有意向"))
        let moved = try await company.change("opportunities", deal.id, #"{"stage":"sample"}"#, as: company.colleague)
        #expect(moved["probability"] == .integer(50))
        let first = try await company.make("opportunities", #"{"name":"新单"}"#, as: company.colleague)
        #expect(first["stage"] == .text("interested"))
        let refused = await problem {
            try await company.engine.apply(
                .updateField(object: "opportunity", key: "stage", try JSONReader.parse(PipelineTests.custom)),
                as: company.colleague
            )
        }
        #expect(refused?.kind == .forbidden)
    }

    @Test func `the history of stages tells when a deal came and left, and who moved it`() async throws {
        let time = Mutex<Int64>(1_772_000_000_000)
        let clock = Clock { Instant(milliseconds: time.withLock { $0 }) }
        let company = try await Company.open(clock: clock)
        let head = try await company.person("王芳", "wang@example.cn", team: company.east, roles: ["sales_manager"])
        let deal = try await company.make("opportunities", #"{"name":"年度框架"}"#, as: company.colleague)
        let made = clock.now()
        time.withLock { $0 += 86_400_000 }
        try await company.change("opportunities", deal.id, #"{"stage":"negotiating"}"#, as: head)
        let moved = clock.now()
        time.withLock { $0 += 3_600_000 }
        try await company.change("opportunities", deal.id, #"{"stage":"won"}"#, as: company.colleague)
        let history = try await history(company, deal.id)
        #expect(history.map(\.stage) == ["potential", "negotiating", "won"])
        #expect(history.map(\.enteredAt) == [made, moved, clock.now()])
        #expect(history.map(\.enteredBy) == [company.colleague.userID, head.userID, company.colleague.userID])
        #expect(history.map(\.leftAt) == [moved, clock.now(), nil])
        #expect(history.map(\.leftBy) == [head.userID, company.colleague.userID, nil])
        let hidden = await problem {
            _ = try await company.engine.read(as: company.stranger) { try StageHistory.of(deal.id, $0) }
        }
        #expect(hidden?.kind == .notFound)
    }

    @Test func `a stage that holds deals goes only with a stage to move them to`() async throws {
        let company = try await Company.open()
        let deal = try await company.make("opportunities", #"{"name":"甲"}"#, as: company.colleague)
        try await company.change("opportunities", deal.id, #"{"stage":"interested"}"#, as: company.colleague)
        func remove(_ target: String?) async throws {
            try await company.engine.apply(
                .removeChoice(object: "opportunity", field: "stage", choice: "interested", moveTo: target),
                as: company.admin
            )
        }
        for target in [nil, "interested", "nowhere"] {
            let refused = await problem { try await remove(target) }
            #expect(refused?.code == "choice_in_use", "to \(target ?? "nothing")")
            #expect(refused?.kind == .conflict)
        }
        #expect(stages(company).count == 5)
        try await remove("negotiating")
        #expect(stages(company).map(\.key) == ["potential", "negotiating", "won", "lost"])
        let now = try await company.show("opportunities", deal.id, as: company.colleague)
        #expect(now["stage"]?.string == "negotiating" && now["probability"]?.integer == 60)
        let history = try await history(company, deal.id)
        #expect(history.map(\.stage) == ["potential", "interested", "negotiating"])
        #expect(history.last?.enteredBy == company.admin.userID)
    }

    @Test func `a deal in the recycle bin comes back into a stage that there is`() async throws {
        let company = try await Company.open()
        let deal = try await company.make(
            "opportunities",
            #"{"name":"甲","stage":"interested"}"#,
            as: company.colleague
        )
        try await company.engine.write(as: company.colleague) { try $0.delete(try $0.object("opportunities"), deal.id) }
        try await company.engine.apply(
            .removeChoice(object: "opportunity", field: "stage", choice: "interested", moveTo: "negotiating"),
            as: company.admin
        )
        let back = try await company.engine.write(as: company.colleague) {
            try $0.restore(try $0.object("opportunities"), deal.id)
        }
        #expect(stages(company).contains { .text($0.key) == back["stage"] })
    }

    @Test func `lost asks for the reason, won and lost close the deal`() async throws {
        let company = try await Company.open()
        let deal = try await company.make("opportunities", #"{"name":"甲"}"#, as: company.colleague)
        let asked = await problem {
            try await company.change("opportunities", deal.id, #"{"stage":"lost"}"#, as: company.colleague)
        }
        #expect(asked?.fields.map(\.field) == ["loss_reason"])
        let lost = try await company.change(
            "opportunities",
            deal.id,
            #"{"stage":"lost","loss_reason":"price"}"#,
            as: company.colleague
        )
        #expect(lost["outcome"] == .text("lost") && !lost["closed_on"].isNull)
    }
}
