import Costing
import Database
import Foundation
import Identity
import Records
import SQLText
import TestFirm
import Testing
import Values

@Suite struct WorthTests {
    /// The books with 140 customers who buy again and again, one of whom is served by a pool of one.
    private func buyers(served: Bool) async throws -> (books: Books, first: RecordID) {
        let books = try await Books.open()
        let today = Day(daysSince1970: Int(Clock.system.now().milliseconds / 86_400_000))
        var dice = UInt64(7)
        func roll() -> Double {
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(dice >> 33) / Double(1 << 31)
        }
        var best: (customer: RecordID, purchases: Int)?
        for number in 0..<240 {
            let id = try await books.make("customers", #"{"name":"买家\#(number)"}"#)
            // Each has a rhythm and a readiness to leave of its own.
            let (gap, leaving) = (5 + 90 * roll() * roll(), 0.05 + 0.5 * roll())
            var (age, purchases) = (360 - 120 * roll(), 0)
            while age > 0 {
                purchases += 1
                let day = today.adding(days: -Int(age))
                try await books.make(
                    "sale_lines",
                    """
                    {"name":"X","customer":"\(id)","day":"\(day)","amount":"\(500 + Int(400 * roll()))","goods":"200"}
                    """
                )
                if roll() < leaving { break }
                age -= max(1, -gap * log(max(1e-9, roll())))
            }
            if purchases > best?.purchases ?? 0 { best = (id, purchases) }
        }
        let customer = try #require(best?.customer)
        let pool = try await books.make("cost_pools", #"{"name":"驻场","people":"1"}"#)
        try await books.make(
            "cost_lines",
            #"{"name":"工资","pool":"\#(pool)","day":"2026-06-30","amount":"30000"}"#
        )
        try await books.make(
            "cost_activities",
            #"{"name":"驻场","pool":"\#(pool)","category":"service","condition":"subject = \"驻场\"","minutes":"77"}"#
        )
        if served {
            try await books.make(
                "activities",
                #"{"kind":"meeting","subject":"驻场","customer":"\#(customer)","happened_at":"2026-06-09T02:00:00Z"}"#
            )
        }
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let outcome = try await WorthRuns(books.firm.engine).reckon(by: books.firm.head)
        #expect(outcome.refusal == nil)
        return (books, customer)
    }

    @Test func `what a customer is worth tells nothing of the pay of one person`() async throws {
        let (books, customer) = try await buyers(served: true)
        let (plain, same) = try await buyers(served: false)
        func value(_ books: Books, _ customer: RecordID, _ actor: Actor) async throws -> Int64? {
            try await books.firm.engine.read(as: actor) { try CustomerWorth.of(customer, $0)?.value }
        }
        func reader(_ books: Books) -> Actor {
            var reader = books.firm.chen
            reader.rights.objects["*"] = ObjectRights(everything: .all)
            reader.rights.capabilities = [.costs]
            return reader
        }
        let full = try #require(try await value(books, customer, books.firm.head))
        let shown = try #require(try await value(books, customer, reader(books)))
        let without = try #require(try await value(plain, same, plain.firm.head))
        #expect(full < shown)
        #expect(shown == without)
        #expect(try await value(plain, same, reader(plain)) == without)
    }

    @Test func `warnings concern who looks after the customer, and keep the day on which they came`() async throws {
        let books = try await Books.open()
        let (head, chen) = (books.firm.head, books.firm.chen)
        var colleague = chen
        colleague.rights.capabilities = [.costs]
        let id = try #require(books.customers["C"])
        try await books.firm.change("customers", id, #"{"owner":"\#(chen.userID?.description ?? "")"}"#, as: head)
        try await books.cost("C", "warranty", "9000")
        try await books.runs.reckon(Books.month, by: head)
        #expect(try await WarningRuns(books.firm.engine).reckon() > 0)
        func concerning(_ actor: Actor, everybody: Bool) async throws -> [WarningRuns.Kept] {
            try await books.firm.engine.read(as: actor) {
                try WarningRuns.concerning(everybody: everybody, limit: 10, $0)
            }
        }
        let own = try await concerning(colleague, everybody: false)
        #expect(own.map(\.warning.name) == ["C"] && own.first?.warning.kind == .dear)
        #expect(try await concerning(chen, everybody: false).isEmpty)
        #expect(try await concerning(head, everybody: false).isEmpty)
        #expect(try await concerning(head, everybody: true).map(\.warning.customer).contains(id))
        _ = try await books.firm.engine.database.write {
            try $0.run("UPDATE sys_cost_warning SET since = '2026-01-01' WHERE record = \(id)")
        }
        try await WarningRuns(books.firm.engine).reckon()
        #expect(try await concerning(colleague, everybody: false).first?.since == "2026-01-01")
    }
}
