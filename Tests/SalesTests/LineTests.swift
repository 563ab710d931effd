import Database
import Identity
import Records
import SQLText
import Schema
import TestFirm
import Testing
import Values

@Suite struct LineTests {
    private struct Sale {
        let firm: Firm
        let deal: RecordID
        let product: RecordID

        func line(_ quantity: String, _ price: String, discount: String = "0") async throws -> RecordID {
            let json = #"""
                {"opportunity":"\#(deal)","product":"\#(product)","quantity":"\#(quantity)","price":"\#(price)",
                "discount":"\#(discount)"}
                """#
            return try await firm.make("opportunity_lines", json, as: firm.chen).id
        }

        func amount() async throws -> String? {
            try await firm.show("opportunities", deal, as: firm.chen)["amount"]?["value"]?.string
        }
    }

    private func sale(_ fields: String = "") async throws -> Sale {
        let firm = try await Firm.open()
        let product = try await firm.make("products", #"{"name":"阀门","price":"99.99"}"#, as: firm.chen).id
        let deal = try await firm.make("opportunities", #"{"name":"年度框架"\#(fields)}"#, as: firm.chen).id
        return Sale(firm: firm, deal: deal, product: product)
    }

    @Test func `an opportunity is worth what its lines come to, to the fen`() async throws {
        let sale = try await sale(#","amount":"5000""#)
        #expect(try await sale.amount() == "5000.00")
        let first = try await sale.line("3", "33.33", discount: "10")
        #expect(try await sale.amount() == "89.99", "3 × 33.33 less 10 % are 89.991")
        _ = try await sale.line("0.333", "0.05")
        #expect(try await sale.amount() == "90.01", "0.01665 is rounded on its own line")
        try await sale.firm.change("opportunity_lines", first, #"{"quantity":"1"}"#, as: sale.firm.chen)
        #expect(try await sale.amount() == "30.02")
        let lines = try await sale.firm.engine.read(as: sale.firm.chen) { session in
            try session.list(try session.object("opportunity_lines"), ListQuery()).rows.count
        }
        #expect(lines == 2)
    }

    @Test func `deleting and restoring lines changes the amount, and the last one leaves it as it was`() async throws {
        let sale = try await sale()
        let (first, second) = (try await sale.line("1", "100"), try await sale.line("1", "20.50"))
        let firm = sale.firm
        func delete(_ id: RecordID) async throws {
            try await firm.engine.write(as: firm.chen) { try $0.delete(try $0.object("opportunity_lines"), id) }
        }
        try await delete(first)
        #expect(try await sale.amount() == "20.50")
        try await firm.engine.write(as: firm.chen) { _ = try $0.restore(try $0.object("opportunity_lines"), first) }
        #expect(try await sale.amount() == "120.50")
        try await delete(first)
        try await delete(second)
        #expect(try await sale.amount() == "20.50")
        try await firm.change("opportunities", sale.deal, #"{"amount":"77"}"#, as: firm.chen)
        #expect(try await sale.amount() == "77.00", "without lines it is written by hand")
    }

    @Test func `the amount is not written over its lines`() async throws {
        let sale = try await sale()
        _ = try await sale.line("2", "50")
        let refused = await problem {
            try await sale.firm.change("opportunities", sale.deal, #"{"amount":"1"}"#, as: sale.firm.chen)
        }
        #expect(refused?.fields.map(\.code) == ["amount_from_lines"])
        try await sale.firm.change(
            "opportunities",
            sale.deal,
            #"{"amount":"100","next_step":"报价"}"#,
            as: sale.firm.chen
        )
        let locked = try await sale.firm.engine.read(as: sale.firm.chen) { session in
            let record = try session.find(try session.object("opportunities"), sale.deal)
            return try sale.firm.engine.lockedFields(of: record, session)
        }
        #expect(locked == ["amount"])
    }

    @Test func `lines in several currencies are summed in the base currency`() async throws {
        let sale = try await sale()
        try await sale.firm.engine.database.write { connection in
            try Rates.set("USD", from: Day("2020-01-01") ?? Day(daysSince1970: 0), rate: 7_000_000_000, on: connection)
        }
        _ = try await sale.line("1", "100")
        let json = #"""
            {"opportunity":"\#(sale.deal)","product":"\#(sale.product)","price":{"value":"10.00","currency":"USD"}}
            """#
        try await sale.firm.make("opportunity_lines", json, as: sale.firm.chen)
        #expect(try await sale.amount() == "170.00")
    }

    @Test func `lines that come to more than can be counted are refused in words`() async throws {
        let sale = try await sale()
        let refused = await problem {
            for _ in 0..<3 { _ = try await sale.line("1", "40000000000000000") }
        }
        #expect(refused == nil || refused?.kind == .invalid)
    }

    @Test func `an opportunity that is deleted for ever takes its stages along`() async throws {
        let sale = try await sale()
        let firm = sale.firm
        try await firm.change("opportunities", sale.deal, #"{"stage":"interested"}"#, as: firm.chen)
        func visits() async throws -> Int64? {
            try await firm.engine.database.read { connection in
                try connection.value("SELECT count(*) FROM sys_stage_history WHERE record = \(sale.deal)").integer
            }
        }
        #expect(try await visits() == 2)
        try await firm.engine.write(as: firm.head) { try $0.delete(try $0.object("opportunities"), sale.deal) }
        #expect(try await visits() == 2)
        try await firm.engine.write(as: firm.head) { try $0.purge(try $0.object("opportunities"), sale.deal) }
        #expect(try await visits() == 0)
    }
}
