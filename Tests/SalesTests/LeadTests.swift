import Database
import Identity
import Records
import SQLText
import Sales
import Schema
import TestFirm
import Testing
import Values

@Suite struct LeadTests {
    static let lead = """
        {"name":"周工","company":"宁波恒远精密机械有限公司","mobile":"13800138000","email":"zhou@hengyuan.example.com",
        "source":"exhibition","need":"两条产线的数据采集","budget":"300000","title":"设备部经理"}
        """

    @Test func `a lead becomes customer, contact and opportunity at once, and its activities move`() async throws {
        let firm = try await Firm.open()
        let lead = try await firm.make("leads", Self.lead, as: firm.chen).id
        let call = try await firm.make(
            "activities",
            #"{"kind":"call","body":"首次沟通，约下周拜访","lead":"\#(lead)"}"#,
            as: firm.chen
        ).id
        let answer = try await firm.act(
            "convert",
            "lead",
            lead,
            #"{"opportunity":{"name":"产线数据采集","stage":"interested"}}"#,
            as: firm.chen
        )
        #expect(answer["lead"]?["status"]?.string == "converted")
        #expect(answer["customer"]?["name"]?.string == "宁波恒远精密机械有限公司")
        #expect(answer["customer"]?["source"]?.string == "exhibition")
        #expect(answer["contact"]?["name"]?.string == "周工")
        #expect(answer["contact"]?["customer"]?["id"] == answer["customer"]?["id"])
        #expect(answer["opportunity"]?["name"]?.string == "产线数据采集")
        #expect(answer["opportunity"]?["amount"]?["value"]?.string == "300000.00")
        #expect(answer["opportunity"]?["probability"]?.integer == 30)
        let moved = try await firm.show("activities", call, as: firm.chen)
        #expect(moved["customer"]?["id"] == answer["customer"]?["id"])
        #expect(moved["opportunity"]?["id"] == answer["opportunity"]?["id"])
        #expect(moved["lead"]?["id"]?.string == lead.description)
    }

    @Test func `a lead is converted once`() async throws {
        let firm = try await Firm.open()
        let lead = try await firm.make("leads", Self.lead, as: firm.chen).id
        try await firm.act("convert", "lead", lead, "{}", as: firm.chen)
        let again = await problem { _ = try await firm.act("convert", "lead", lead, "{}", as: firm.chen) }
        #expect(again?.kind == .conflict)
        #expect(again?.code == "already_converted")
        #expect(try await firm.count("customers", as: firm.chen) == 1)
        let typed = await problem {
            _ = try await firm.change("leads", lead, #"{"status":"new"}"#, as: firm.chen)
        }
        #expect(typed?.fields.map(\.code) == ["converted"])
    }

    @Test func `a lead goes into an existing customer without a new contact`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"恒远集团"}"#, as: firm.chen).id
        let lead = try await firm.make("leads", Self.lead, as: firm.chen).id
        let answer = try await firm.act(
            "convert",
            "lead",
            lead,
            #"{"customer":"\#(customer)","contact":false,"opportunity":true}"#,
            as: firm.chen
        )
        #expect(answer["customer"]?["id"]?.string == customer.description)
        #expect(answer["contact"]?.isNull == true)
        #expect(answer["opportunity"]?["customer"]?["id"]?.string == customer.description)
        #expect(try await firm.count("contacts", as: firm.chen) == 0)
    }

    @Test func `nothing is left behind when one of the three cannot be made`() async throws {
        let firm = try await Firm.open()
        let lead = try await firm.make("leads", Self.lead, as: firm.chen).id
        let refused = await problem {
            _ = try await firm.act("convert", "lead", lead, #"{"opportunity":{"stage":"nowhere"}}"#, as: firm.chen)
        }
        #expect(refused?.fields.map(\.field) == ["opportunity.stage"])
        #expect(try await firm.count("customers", as: firm.chen) == 0)
        #expect(try await firm.show("leads", lead, as: firm.chen)["status"]?.string == "new")
    }

    @Test func `a head who converts a salesperson's lead leaves the customer with the salesperson`() async throws {
        let firm = try await Firm.open()
        let lead = try await firm.make("leads", Self.lead, as: firm.chen).id
        let answer = try await firm.act("convert", "lead", lead, #"{"opportunity":true}"#, as: firm.head)
        #expect(answer["customer"] != nil)
        #expect(try await firm.count("customers", as: firm.chen) == 1)
        #expect(try await firm.count("opportunities", as: firm.chen) == 1)
        let foreign = await problem { _ = try await firm.act("convert", "lead", lead, "{}", as: firm.lin) }
        #expect(foreign == Problem.notFound)
    }

    @Test func `nobody makes a lead converted by hand`() async throws {
        let firm = try await Firm.open()
        let lead = try await firm.make("leads", Self.lead, as: firm.chen).id
        let refused = await problem {
            _ = try await firm.change("leads", lead, #"{"status":"converted"}"#, as: firm.chen)
        }
        #expect(refused?.fields.map(\.code) == ["use_convert"])
    }
}
