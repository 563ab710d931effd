import Costing
import Database
import Foundation
import Identity
import Ledger
import Records
import SQLText
import TestFirm
import Testing
import Values

@Suite struct ContractTests {
    private let today = Day(daysSince1970: Int(Clock.system.now().milliseconds / 86_400_000))

    private func month(_ ago: Int) -> String { String(today.adding(months: -ago).description.prefix(7)) }

    /// Customers under contract who pay 500 a month since 18 months ago; the first eight paid six times.
    private func books(_ count: Int) async throws -> (books: Books, customers: [RecordID]) {
        let books = try await Books.empty()
        var customers: [RecordID] = []
        for number in 0..<count {
            let id = try await books.make(
                "customers",
                #"{"name":"合同\#(number)","industry":"\#(number % 2 == 0 ? "retail" : "software")"}"#
            )
            customers.append(id)
            for ago in (number < 8 ? 13...18 : 0...18) {
                try await books.make(
                    "sale_lines",
                    #"{"name":"X","customer":"\#(id)","day":"\#(month(ago))-01","amount":"500","goods":"200"}"#
                )
            }
        }
        let other = try await books.make("customers", #"{"name":"零售"}"#)
        try await books.make(
            "sale_lines",
            #"{"name":"X","customer":"\#(other)","day":"\#(month(1))-01","amount":"900","goods":"200"}"#
        )
        var policy = CostPolicy()
        policy.contractFilter = #"name starts with "合同""#
        policy.interest = 12
        let rules = policy
        try await books.firm.engine.write(as: books.firm.head) { try CostSettings.save(rules, $0) }
        for ago in 1...2 { try await books.runs.reckon(month(ago), by: books.firm.head) }
        return (books, customers + [other])
    }

    @Test func `a customer under contract is worth its margin for as long as such customers stay`() async throws {
        let (books, customers) = try await books(40)
        let head = books.firm.head
        _ = try await WorthRuns(books.firm.engine).reckon(by: head)
        let curve = try #require(try await books.firm.engine.read(as: head) { try ContractCurve.read($0) })
        #expect(curve.atRisk.first == 40 && curve.left[6] == 8 && curve.left.reduce(0, +) == 8)
        #expect(curve.shares[5] == 1 && abs(curve.shares[6] - 0.8) < 1e-12)
        #expect(ContractCurve.refusal(curve) == nil)
        func worth(_ id: RecordID) async throws -> CustomerWorth? {
            try await books.firm.engine.read(as: head) { try CustomerWorth.of(id, $0) }
        }
        let there = try #require(try await worth(customers[20]))
        let expected = try #require(
            LifetimeValue.remaining(margin: 30_000, curve, age: 18, discount: pow(1.12, 1.0 / 12) - 1)
        )
        #expect(there.method == "contract" && there.aliveHundredths == 10_000)
        #expect(there.value == Int64(expected.rounded()))
        let gone = try #require(try await worth(customers[0]))
        #expect(gone.value == 0 && gone.aliveHundredths == 0)
        #expect(try await worth(customers[40])?.method != "contract")
        let lines = try await books.firm.engine.read(as: head) { try WorthList.lines(limit: 5, $0) }
        #expect(lines.count == 5 && lines.allSatisfy { $0.worth.value == there.value })
    }

    @Test func `too few customers under contract are refused in words, and a wrong filter too`() async throws {
        let (books, customers) = try await books(12)
        let head = books.firm.head
        _ = try await WorthRuns(books.firm.engine).reckon(by: head)
        let curve = try #require(try await books.firm.engine.read(as: head) { try ContractCurve.read($0) })
        #expect(ContractCurve.refusal(curve)?.en.contains("12 customers") == true)
        let worth = try await books.firm.engine.read(as: head) { try CustomerWorth.of(customers[10], $0) }
        #expect(worth?.method == "contract" && worth?.value == nil)
        var policy = CostPolicy()
        policy.contractFilter = "nothing = 1"
        let wrong = policy
        let refused = await problem {
            try await books.firm.engine.write(as: head) { try CostSettings.save(wrong, $0) }
        }
        #expect(refused?.fields.first?.field == "contract_filter")
    }

    @Test func `segments say how customers buy and what dearer service would do to them`() async throws {
        let books = try await Books.open()
        let head = books.firm.head
        for (name, industry) in [("A", "retail"), ("B", "retail"), ("C", "software")] {
            let id = try #require(books.customers[name])
            try await books.firm.change("customers", id, #"{"industry":"\#(industry)"}"#, as: head)
        }
        try await books.runs.reckon(Books.month, by: head)
        func segments(_ actor: Actor) async throws -> [SegmentReader.Segment] {
            try await books.firm.engine.read(as: actor) {
                try SegmentReader.segments(by: "industry", from: Books.month, to: Books.month, $0)
            }
        }
        let found = try await segments(head)
        #expect(found.map(\.key) == ["retail", "software"])
        let retail = try #require(found.first)
        // A and B of the chapter together; winning counts over 24 months.
        let serving: Int64 = 10_080 + 158_400 + 131_760 + 240_000 + 299_000
        #expect(retail.customers == 2 && retail.cost.serving == serving && retail.cost.revenue == 10_500_000)
        let (a, b) = (try await books.statement("A"), try await books.statement("B"))
        #expect(retail.cost.profit == a[.profit] + b[.profit])
        #expect(retail.buyers == 2 && retail.purchases == 2 && retail.each == 5_250_000)
        #expect(retail.discountShare == 455 && retail.gapTenths == nil && retail.response == nil)
        #expect(retail.losing == 0 && retail.tipping == 0)
        let unknown = await problem {
            _ = try await books.firm.engine.read(as: head) {
                try SegmentReader.segments(by: "name", from: Books.month, to: Books.month, $0)
            }
        }
        #expect(unknown?.code == "invalid_parameter")
        #expect(await problem { _ = try await segments(books.firm.chen) }?.kind == .forbidden)
    }

    @Test func `a segment answers to prices as its customers do, each compared with itself`() async throws {
        let books = try await Books.empty()
        let head = books.firm.head
        let product = try await books.make("products", #"{"name":"滤芯"}"#)
        for (number, scale) in [1.0, 40, 700].enumerated() {
            let id = try await books.make("customers", #"{"name":"P\#(number)","industry":"retail"}"#)
            for step in 0..<12 {
                let price = 8 + Double(step % 6)
                let quantity = (scale * 1000 * pow(price, -1.5)).rounded(.down) + 1
                let amount = String(format: "%.2f", price * quantity)
                try await books.make(
                    "sale_lines",
                    """
                    {"name":"X","customer":"\(id)","product":"\(product)","day":"2026-06-\(10 + step)",
                    "quantity":"\(Int(quantity))","amount":"\(amount)"}
                    """
                )
            }
        }
        try await books.runs.reckon(Books.month, by: head)
        let segment = try #require(
            try await books.firm.engine.read(as: head) {
                try SegmentReader.segments(by: "industry", from: Books.month, to: Books.month, $0).first
            }
        )
        let response = try #require(segment.response)
        #expect(abs(response.elasticity + 1.5) < 0.05 && response.count == 36 && response.fit > 0.99)
        #expect(segment.gapTenths == 10 && segment.purchasesEach == 1200)
    }

    @Test func `why a profit changed is told in lines that sum to the difference`() async throws {
        let books = try await Books.open()
        let (a, head) = (try #require(books.customers["A"]), books.firm.head)
        let product = try await books.make("products", #"{"name":"泵"}"#)
        for (day, quantity, amount, goods) in [
            ("2026-04-10", "10", "1000", "600"), ("2026-05-10", "20", "2200", "1200"),
            ("2026-05-20", "2", "500", "100"),
        ] {
            try await books.make(
                "sale_lines",
                """
                {"name":"X","customer":"\(a)","product":"\(product)","day":"\(day)","quantity":"\(quantity)",
                "amount":"\(amount)","goods":"\(goods)"}
                """
            )
        }
        try await books.cost("A", "gift", "70", day: "2026-05-03")
        try await books.cost("A", "rebate", "30", day: "2026-05-04")
        for month in ["2026-04", "2026-05"] { try await books.runs.reckon(month, by: head) }
        let found = try await books.firm.engine.read(as: head) {
            try VarianceReader.of(a, from: "2026-05", to: "2026-05", $0)
        }
        let variance = try #require(found)
        #expect(variance.from == "2026-04" && variance.to == "2026-04")
        #expect(variance.before == 40_000 && variance.after == 140_000 - 7000 - 3000)
        // Ten units at 40.00 each became 22: 12 more at the old margin, the rest is price.
        #expect(variance.effects.volume == 48_000 && variance.effects.mix == 0 && variance.effects.price == 52_000)
        #expect(variance.expenses == -7000 && variance.rebates == -3000 && variance.rest == 0)
        let june = try await books.firm.engine.read(as: head) { session in
            try VarianceReader.of(a, from: "2026-07", to: "2026-07", session)
        }
        #expect(june == nil)
        try await books.runs.reckon(Books.month, by: head)
        let next = try await books.firm.engine.read(as: head) {
            try VarianceReader.of(a, from: "2026-06", to: "2026-06", $0)
        }
        #expect(next?.rest == 0 && next?.effects.rate == 0 && next?.effects.intensity == -(10_080 + 59_400 + 9000))
    }
}
