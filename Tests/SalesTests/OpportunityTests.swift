import Database
import Identity
import Records
import SQLText
import Sales
import Schema
import TestFirm
import Testing
import Values

@Suite struct OpportunityTests {
    @Test func `a new workspace has the stages 潜在客户, 意向客户, 谈判中, 已成交 and 已输单`() async throws {
        let firm = try await Firm.open()
        let stages = try #require(firm.engine.schema.object("opportunity")?.field("stage")).kind.choices
        #expect(stages.map(\.label.zh) == ["潜在客户", "意向客户", "谈判中", "已成交", "已输单"])
        #expect(stages.map(\.label.en) == ["Potential", "Interested", "Negotiating", "Won", "Lost"])
        #expect(stages.map(\.probability) == [10, 30, 60, 100, 0])
        #expect(Set(stages.map(\.group)) == ["standard"])
    }

    @Test func `an opportunity begins in the first stage, and its probability follows the stage unless given`()
        async throws
    {
        let firm = try await Firm.open()
        let id = try await firm.make("opportunities", #"{"name":"MES 升级","amount":"120000"}"#, as: firm.chen).id
        var shown = try await firm.show("opportunities", id, as: firm.chen)
        #expect(shown["pipeline"]?.string == "standard")
        #expect(shown["stage"]?.string == "potential")
        #expect(shown["probability"]?.integer == 10)
        #expect(shown["outcome"]?.string == "open")
        #expect(shown["started_on"]?.string != nil)
        try await firm.change("opportunities", id, #"{"stage":"negotiating"}"#, as: firm.chen)
        shown = try await firm.show("opportunities", id, as: firm.chen)
        #expect(shown["probability"]?.integer == 60)
        try await firm.change("opportunities", id, #"{"stage":"interested","probability":75}"#, as: firm.chen)
        shown = try await firm.show("opportunities", id, as: firm.chen)
        #expect(shown["probability"]?.integer == 75)
    }

    @Test func `the history tells when each stage was entered and left and by whom`() async throws {
        let clock = MovingClock()
        let firm = try await Firm.open(clock: clock.clock)
        let start = clock.now
        let id = try await firm.make("opportunities", #"{"name":"设备改造"}"#, as: firm.chen).id
        clock.pass(days: 3)
        try await firm.act("move", "opportunity", id, #"{"stage":"interested"}"#, as: firm.chen)
        clock.pass(days: 5)
        try await firm.act("win", "opportunity", id, "{}", as: firm.head)
        let visits = try await firm.engine.read(as: firm.chen) { try StageHistory.of(id, $0) }
        #expect(visits.map(\.stage) == ["potential", "interested", "won"])
        #expect(
            visits.map(\.enteredAt) == [
                start, start.adding(milliseconds: 3 * day), start.adding(milliseconds: 8 * day),
            ]
        )
        #expect(visits.map(\.leftAt) == [visits[1].enteredAt, visits[2].enteredAt, nil])
        #expect(visits.map(\.enteredBy) == [firm.chen.userID, firm.chen.userID, firm.head.userID])
        #expect(visits.map(\.leftBy) == [firm.chen.userID, firm.head.userID, nil])
        let past = try await firm.engine.read(as: firm.chen) {
            try StageHistory.stage(of: id, at: start.adding(milliseconds: 4 * day), $0)
        }
        #expect(past?.stage == "interested")
        await #expect(throws: Problem.notFound) {
            try await firm.engine.read(as: firm.lin) { try StageHistory.of(id, $0) }
        }
    }

    @Test func `who loses says why, and reopening clears it`() async throws {
        let firm = try await Firm.open()
        let id = try await firm.make("opportunities", #"{"name":"年度维保"}"#, as: firm.chen).id
        let refused = await problem { _ = try await firm.act("lose", "opportunity", id, "{}", as: firm.chen) }
        #expect(refused?.fields.map(\.field) == ["loss_reason"])
        let lost = try await firm.act("lose", "opportunity", id, #"{"reason":"price","note":"预算被砍"}"#, as: firm.chen)
        #expect(lost["outcome"]?.string == "lost")
        #expect(lost["probability"]?.integer == 0)
        #expect(lost["closed_on"]?.string != nil)
        let open = try await firm.act("move", "opportunity", id, #"{"stage":"interested"}"#, as: firm.chen)
        #expect(open["outcome"]?.string == "open")
        #expect(open["loss_reason"]?.isNull == true)
        #expect(open["closed_on"]?.isNull == true)
    }

    @Test func `a stage can be renamed, added and moved, and belongs to its pipeline`() async throws {
        let firm = try await Firm.open()
        let stages = """
            {"choices":[
            {"key":"potential","label":{"en":"Found","zh":"初步接触"},"group":"standard","probability":5,"outcome":"open"},
            {"key":"demo","label":{"en":"Demo","zh":"方案演示"},"group":"standard","probability":40,"outcome":"open"},
            {"key":"interested","label":{"en":"Interested","zh":"意向客户"},"group":"standard","probability":30,"outcome":"open"},
            {"key":"negotiating","label":{"en":"Negotiating","zh":"谈判中"},"group":"standard","probability":60,"outcome":"open"},
            {"key":"won","label":{"en":"Won","zh":"已成交"},"group":"standard","probability":100,"outcome":"won"},
            {"key":"lost","label":{"en":"Lost","zh":"已输单"},"group":"standard","probability":0,"outcome":"lost"},
            {"key":"renewal","label":{"en":"Renewal","zh":"续费"},"group":"renewals","probability":80,"outcome":"open"}]}
            """
        _ = try await firm.engine.apply(
            .updateField(object: "opportunity", key: "stage", try JSONReader.parse(stages)),
            as: firm.head
        )
        let id = try await firm.make("opportunities", #"{"name":"二期","stage":"demo"}"#, as: firm.chen).id
        #expect(try await firm.show("opportunities", id, as: firm.chen)["probability"]?.integer == 40)
        let refused = await problem {
            _ = try await firm.change("opportunities", id, #"{"stage":"renewal"}"#, as: firm.chen)
        }
        #expect(refused?.fields.map(\.code) == ["stage_not_in_pipeline"])
    }

    @Test func `a stage with records goes only with a target, and the history tells of the move`() async throws {
        let firm = try await Firm.open()
        let id = try await firm.make("opportunities", #"{"name":"扩容","stage":"interested"}"#, as: firm.chen).id
        func remove(_ target: String?) async throws {
            _ = try await firm.engine.apply(
                .removeChoice(object: "opportunity", field: "stage", choice: "interested", moveTo: target),
                as: firm.head
            )
        }
        let refused = await problem { try await remove(nil) }
        #expect(refused?.kind == .conflict)
        try await remove("negotiating")
        let visits = try await firm.engine.read(as: firm.chen) { try StageHistory.of(id, $0) }
        #expect(visits.map(\.stage) == ["interested", "negotiating"])
        #expect(visits.last?.enteredBy == firm.head.userID)
        let stages = firm.engine.schema.object("opportunity")?.field("stage")?.kind.choices.map(\.key)
        #expect(stages == ["potential", "negotiating", "won", "lost"])
    }

    @Test func `the pipeline report counts and sums what one may see`() async throws {
        let firm = try await Firm.open()
        try await firm.make("opportunities", #"{"name":"一","amount":"100.50"}"#, as: firm.chen)
        try await firm.make("opportunities", #"{"name":"二","amount":"200"}"#, as: firm.chen)
        try await firm.make("opportunities", #"{"name":"三","amount":"999","stage":"negotiating"}"#, as: firm.lin)
        let own = try await firm.engine.read(as: firm.chen) { try PipelineReport.byStage($0) }
        #expect(own.map(\.stage) == ["potential"])
        #expect(own.map(\.count) == [2])
        #expect(own.map(\.amount) == [30_050])
        let all = try await firm.engine.read(as: firm.head) { try PipelineReport.byStage($0) }
        #expect(all.map(\.stage) == ["potential", "negotiating"])
        #expect(all.map(\.amount) == [30_050, 99_900])
    }

    @Test func `a line takes the price of its product and loses no cent`() async throws {
        let firm = try await Firm.open()
        let product = try await firm.make(
            "products",
            #"{"name":"采集网关","code":"GW-1","price":"1999.99"}"#,
            as: firm.chen
        ).id
        let deal = try await firm.make("opportunities", #"{"name":"网关采购"}"#, as: firm.chen).id
        let line = try await firm.make(
            "opportunity_lines",
            #"{"opportunity":"\#(deal)","product":"\#(product)","quantity":"3","discount":"12.5"}"#,
            as: firm.chen
        ).id
        let shown = try await firm.show("opportunity_lines", line, as: firm.chen)
        #expect(shown["name"]?.string == "采集网关")
        #expect(shown["amount"]?["value"]?.string == "5249.97")
    }
}

private let day: Int64 = 86_400_000
