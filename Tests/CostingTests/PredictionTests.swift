import Costing
import Database
import Identity
import Records
import SQLText
import TestFirm
import Testing
import Values

@Suite struct PredictionTests {
    /// Customers of two habits: those who buy every three weeks, and those who have fallen silent by and by.
    private func firm(_ count: Int) async throws -> Books {
        let books = try await Books.empty()
        let today = books.firm.engine.clock.now().milliseconds / 86_400_000
        try await books.firm.engine.write(as: books.firm.head) { session in
            let customers = try session.object("customers")
            let lines = try session.object("sale_lines")
            for place in 0..<count {
                let customer = try session.create(
                    customers,
                    try JSONReader.parse(Array("{\"name\":\"K\(place)\"}".utf8))
                ).id
                // Every other one stops at some day of the last two years.
                let last = place % 2 == 0 ? 0 : 30 + (place * 37) % 640
                var age = 700
                while age >= last {
                    let day = Day(daysSince1970: Int(today) - age)
                    let json = "{\"name\":\"S\",\"customer\":\"\(customer)\",\"day\":\"\(day)\",\"amount\":\"100\"}"
                    _ = try session.create(lines, try JSONReader.parse(Array(json.utf8)))
                    age -= 40 + (place * 13 + age) % 25
                }
            }
        }
        return books
    }

    @Test func `churn is foretold with reasons, and how good that is was measured on a later time`() async throws {
        let books = try await firm(420)
        let head = books.firm.head
        let kinds = try await PredictionRuns(books.firm.engine).reckon(by: head)
        #expect(kinds.contains(.churn))
        let (quality, likeliest) = try await books.firm.engine.read(as: head) { session in
            (try Predictions.quality(session), try Predictions.likeliest(.churn, limit: 20, session))
        }
        let churn = try #require(quality.first { $0.kind == .churn })
        #expect(churn.auc > 7000 && churn.lift > 100 && churn.rows > 100 && churn.refusal == nil)
        #expect(likeliest.count == 20 && likeliest.allSatisfy { !$0.reasons.isEmpty })
        let first = try #require(likeliest.first)
        let own = try await books.firm.engine.read(as: head) { try Predictions.of(first.customer, $0) }
        #expect(own.first { $0.kind == .churn }?.chance == first.chance)
        var stranger = books.firm.chen
        stranger.rights.capabilities.insert(.costs)
        let reader = stranger
        let hidden = try await books.firm.engine.read(as: reader) { try Predictions.likeliest(.churn, $0) }
        #expect(hidden.isEmpty)
    }

    @Test func `too little data is said in words instead of a forecast`() async throws {
        let books = try await Books.open()
        #expect(try await PredictionRuns(books.firm.engine).reckon(by: books.firm.head).isEmpty)
        let quality = try await books.firm.engine.read(as: books.firm.head) { try Predictions.quality($0) }
        #expect(quality.count == 2 && quality.allSatisfy { $0.refusal != nil })
    }

    @Test func `budgets stand beside what was spent, and a small pool's cost stays hidden there too`() async throws {
        let books = try await Books.open()
        let support = try #require(books.pools["support"])
        try await books.make(
            "cost_budgets",
            #"{"name":"b","day":"2026-06-30","kind":"pool","pool":"\#(support)","amount":"50000"}"#
        )
        let odd = await problem {
            try await books.make("cost_budgets", #"{"name":"b","day":"2026-06-30","kind":"channel","amount":"1"}"#)
        }
        #expect(odd != nil)
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let lines = try await books.firm.engine.read(as: books.firm.head) {
            try BudgetReader.lines(from: Books.month, to: Books.month, $0)
        }
        let line = try #require(lines.first { $0.name.zh == "support" })
        #expect(line.budget == Int64(5_000_000) && line.actual == Int64(4_992_000) && line.left == Int64(8_000))
        #expect(lines.first { $0.name.zh == "维修换货" }?.actual == Int64(240_000))
    }

    @Test func `ways to have a system are compared with ranges`() async throws {
        let books = try await Books.empty()
        for json in [
            #"{"name":"许可","way":"buy","rhythm":"once","low":"90000","likely":"100000","high":"130000"}"#,
            #"{"name":"维护","way":"buy","rhythm":"yearly","likely":"10000"}"#,
            #"{"name":"订阅","way":"subscribe","rhythm":"per_user","likely":"1200"}"#,
        ] { try await books.make("ownership_items", json) }
        let ways = try await books.firm.engine.read(as: books.firm.head) {
            try OwnershipReader.ways(years: 3, users: 20, discount: 0, $0)
        }
        #expect(ways.map(\.label.en) == ["Buy", "Subscribe"])
        #expect(ways.first?.years == [11_000_000, 1_000_000, 1_000_000])
        #expect(ways.last?.years == [2_400_000, 2_400_000, 2_400_000] && ways.last?.middle == Int64(7_200_000))
        #expect((ways.first?.low ?? 0) < (ways.first?.high ?? 0))
    }

    @Test func `a time equation is fitted to measured time, or says how many events are missing`() async throws {
        let books = try await Books.open()
        let customer = try #require(books.customers["A"])
        for place in 0..<30 {
            // Measured: 5 minutes and half of what the equation says.
            let isLong = place % 2 == 0
            try await books.make(
                "activities",
                """
                {"kind":"message","subject":"两次","direction":"\(isLong ? "incoming" : "outgoing")","customer":"\(customer)",
                "duration_minutes":\(isLong ? 32 : 12),"happened_at":"2026-06-05T02:00:00Z"}
                """
            )
        }
        let fits = try await books.firm.engine.read(as: books.firm.head) {
            try EquationReader.fits(from: Books.month, to: Books.month, $0)
        }
        let tickets = try #require(fits.first { $0.name == "工单" })
        // 14 and 54 by the equation.
        #expect(tickets.count == 30 && tickets.estimated == Int64(3_400) && tickets.measured == Int64(2_200))
        #expect(tickets.r2 == Int64(10_000) && tickets.better?.hasPrefix("5.00 + 0.50 * (") == true)
        #expect(fits.first { $0.name == "电话" }?.refusal != nil)
    }
}
