import Costing
import Customers
import Database
import Identity
import Ledger
import Records
import SQLText
import Schema
import TestFirm
import Testing
import Values

@Suite struct ReadingTests {
    @Test func `every figure of a customer opens entries that sum to it`() async throws {
        let books = try await Books.open()
        try await books.runs.reckon(Books.month, by: books.firm.head)
        for name in ["A", "B", "C"] {
            let (id, statement) = (try #require(books.customers[name]), try await books.statement(name))
            for line in ProfitLine.allCases {
                let page = try await books.firm.engine.read(as: books.firm.head) {
                    try EntryReader.page(of: id, month: Books.month, line: line, $0)
                }
                #expect(page.total == statement[line], "\(name) \(line)")
                #expect(page.entries.allSatisfy { $0.name != nil })
            }
        }
    }

    @Test func `a stretch of the whale curve says how many customers it has and what they earn together`() async throws
    {
        let books = try await Books.open()
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let (curve, all) = try await books.firm.engine.read(as: books.firm.head) { session in
            let curve = try WhaleReader.curve(from: Books.month, to: Books.month, places: 2...3, session)
            let all = try WhaleReader.stretch(1...100, from: Books.month, to: Books.month, limit: 2, session)
            return (curve, all)
        }
        #expect(curve.stretch.customers == 2 && curve.chosen.count == 2)
        #expect(curve.stretch.profit == curve.chosen.reduce(0) { $0 + $1.statement[.profit] })
        #expect(all == [books.customers["A"], books.customers["B"]])
        // The points that the script draws over end with all of them.
        #expect(curve.points.last?.customers == curve.customers && curve.points.last?.profit == curve.total)
    }

    @Test func `logged time says whether a timer took it, somebody corrected it, or somebody told it`() async throws {
        let books = try await Books.open()
        let (firm, a) = (books.firm, try #require(books.customers["A"]))
        for minutes in [30, 31] {
            _ = try await firm.engine.write(as: firm.head) { session in
                try session.create(Activity.self) { call in
                    call.kind = "call"
                    call.customer = a
                    call.happenedAt = Instant("2026-06-08T02:00:00Z")
                    call.durationMinutes = Int64(minutes)
                    if minutes == 30 { call.durationFrom = "timer" }
                }
            }
        }
        try await books.runs.reckon(Books.month, by: firm.head)
        let page = try await firm.engine.read(as: firm.head) {
            try EntryReader.page(of: a, month: Books.month, line: .maintenance, $0)
        }
        #expect(Set(page.entries.compactMap(\.minutesBy?.key)) == ["timer", "typed"])
        let csv = String(decoding: CostingCSV.entries(page, .en, "CNY"), as: UTF8.self)
        #expect(csv.contains("Logged time · Timer") && csv.contains("Logged time · Entered by hand"))
        #expect(csv.contains("Estimated time,"))
    }

    @Test func `a salesperson without the right sees no costs, with it only those of customers to be seen`()
        async throws
    {
        let books = try await Books.open()
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let id = try #require(books.customers["A"])
        func read(_ actor: Actor) async -> Problem? {
            await problem {
                _ = try await books.firm.engine.read(as: actor) {
                    try ProfitReader.months(of: id, from: Books.month, to: Books.month, $0)
                }
            }
        }
        #expect(await read(books.firm.chen)?.kind == .forbidden)
        var allowed = books.firm.chen
        allowed.rights.capabilities.insert(.costs)
        #expect(await read(allowed)?.kind == .notFound)
        let whale = try await books.firm.engine.read(as: allowed) {
            try WhaleReader.curve(from: Books.month, to: Books.month, $0)
        }
        #expect(whale.customers == 0)
        try await books.firm.change(
            "customers",
            id,
            #"{"owner":"\#(allowed.userID ?? RecordID(0))"}"#,
            as: books.firm.head
        )
        #expect(await read(allowed) == nil)
    }

    @Test func `a right on all objects does not reach pay, nor amounts of a pool of two`() async throws {
        let books = try await Books.open()
        let small = try await books.make("cost_pools", #"{"name":"驻场","people":"2"}"#)
        try await books.make(
            "cost_lines",
            #"{"name":"工资","pool":"\#(small)","day":"2026-06-30","amount":"30000"}"#
        )
        let run = try await books.runs.reckon(Books.month, by: books.firm.head)
        var reader = books.firm.chen
        reader.rights.objects["*"] = ObjectRights(everything: .all)
        reader.rights.capabilities = [.costs, .costing]
        let refused = await problem { _ = try await books.firm.count("cost_lines", as: reader) }
        #expect(refused?.kind == .notFound)
        let pools = try await books.firm.engine.read(as: reader) { try PoolReader.pools(of: run, $0) }
        #expect(pools.first { $0.id == small }?.cost == nil)
        #expect(pools.filter { $0.id != small && $0.name != "success" }.allSatisfy { $0.cost != nil })
        let all = try await books.firm.engine.read(as: books.firm.head) { try PoolReader.pools(of: run, $0) }
        #expect(all.first { $0.id == small }?.cost == 3_000_000)
        let hidden = try await books.firm.engine.read(as: reader) { try PoolReader.residuals(of: run, $0) }
        #expect(!hidden.contains { $0.of?.zh == "驻场" })
    }

    @Test func `merged customers keep their ledger together, and apart again after unmerging`() async throws {
        let books = try await Books.open()
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let (a, c) = (try #require(books.customers["A"]), try #require(books.customers["C"]))
        let before = (try await books.statement("A"), try await books.statement("C"))
        try await books.firm.engine.write(as: books.firm.head) { session in
            let object = try session.object("customers")
            _ = try session.merge(object, MergeRequest(survivor: a, others: [c]))
        }
        #expect(try await books.statement("A") == before.0 + before.1)
        try await books.firm.engine.write(as: books.firm.head) { session in
            let object = try session.object("customers")
            _ = try session.unmerge(object, a)
        }
        #expect(try await books.statement("A") == before.0)
        #expect(try await books.statement("C") == before.1)
    }

    @Test func `a company shows its own result and that of its subsidiaries`() async throws {
        let books = try await Books.open()
        let (a, c) = (try #require(books.customers["A"]), try #require(books.customers["C"]))
        try await books.firm.change("customers", c, #"{"parent":"\#(a)"}"#, as: books.firm.head)
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let group = try await books.firm.engine.read(as: books.firm.head) {
            try ProfitReader.months(of: a, from: Books.month, to: Books.month, group: true, $0).first?.statement
        }
        #expect(group == (try await books.statement("A")) + (try await books.statement("C")))
    }

    @Test func `the statement of all is the sum of those of segments`() async throws {
        let books = try await Books.open()
        try await books.runs.reckon(Books.month, by: books.firm.head)
        func read(_ filter: String?) async throws -> Statement {
            try await books.firm.engine.read(as: books.firm.head) {
                try ProfitReader.months(from: Books.month, to: Books.month, filter: filter, $0).first?.statement
                    ?? .zero
            }
        }
        let parts = (try await read("name = \"A\"")) + (try await read("name != \"A\""))
        #expect(try await read(nil) == parts)
    }

    @Test func `spend is borne by the touches of its month, leads and untouched spend stay visible`() async throws {
        let books = try await Books.open()
        let (a, b) = (try #require(books.customers["A"]), try #require(books.customers["B"]))
        let lead = try await books.make("leads", #"{"name":"王芳"}"#)
        for (who, id, channel, day) in [
            ("customer", a, "search", "2026-06-02"), ("customer", b, "search", "2026-06-03"),
            ("lead", lead, "search", "2026-06-04"), ("customer", a, "event", "2026-05-04"),
        ] {
            try await books.make(
                "touches",
                #"{"\#(who)":"\#(id)","channel":"\#(channel)","happened_at":"\#(day)T02:00:00Z"}"#
            )
        }
        for (channel, amount) in [("search", "250"), ("exhibition", "500")] {
            try await books.make(
                "channel_spends",
                #"{"name":"投放","channel":"\#(channel)","day":"2026-06-20","amount":"\#(amount)"}"#
            )
        }
        let run = try await books.runs.reckon(Books.month, by: books.firm.head)
        // A's way had two touches, one of them in May: half a credit; B and the lead have one each.
        #expect(try await books.statement("A").acquired == 150_000 + 5_000)
        #expect(try await books.statement("B").acquired == 250_000 + 10_000)
        let residuals = try await books.firm.engine.read(as: books.firm.head) { try PoolReader.residuals(of: run, $0) }
        #expect(residuals.first { $0.kind == "open_leads" }?.amount == 10_000)
        #expect(residuals.first { $0.kind == "untouched" }?.amount == 50_000)
        let table = try await books.firm.engine.read(as: books.firm.head) {
            try ChannelReader.table(from: Books.month, to: Books.month, $0)
        }
        #expect(table.won == 3 && table.unknown == 1)
        #expect(table.channels.first { $0.key == "exhibition" }?.untouched == 50_000)
    }

    @Test func `the first touch stays as it was`() async throws {
        let books = try await Books.open()
        let a = try #require(books.customers["A"])
        let first = try await books.make(
            "touches",
            #"{"customer":"\#(a)","channel":"search","happened_at":"2026-06-02T02:00:00Z"}"#
        )
        let changed = await problem {
            try await books.firm.change("touches", first, #"{"channel":"referral"}"#, as: books.firm.head)
        }
        #expect(changed?.fields.first?.code == "first_touch")
        let deleted = await problem {
            try await books.firm.engine.write(as: books.firm.head) {
                try $0.delete(try $0.object("touches"), first)
            }
        }
        #expect(deleted?.code == "first_touch")
    }

    @Test func `an expense counts once somebody else has approved it`() async throws {
        let books = try await Books.open()
        let a = try #require(books.customers["A"])
        let own = try await books.make(
            "direct_costs",
            #"{"name":"午餐","customer":"\#(a)","day":"2026-06-15","amount":"80","nature":"gift"}"#
        )
        try await books.firm.act("submit", "direct_cost", own, "{}", as: books.firm.head)
        let refused = await problem {
            try await books.firm.act("approve", "direct_cost", own, "{}", as: books.firm.head)
        }
        #expect(refused?.kind == .forbidden)
        let before = try await books.runs.reckon(Books.month, by: books.firm.head)
        let waiting = try await books.firm.engine.read(as: books.firm.head) { try PoolReader.residuals(of: before, $0) }
        #expect(waiting.first { $0.kind == "unapproved" }?.amount == 8_000)
        try await books.firm.act("approve", "direct_cost", own, "{}", as: .system("finance"))
        try await books.runs.reckon(Books.month, by: books.firm.head)
        #expect(try await books.statement("A")[.maintenance] == 158_400 + 8_000)
    }

    @Test func `a costed activity with an unknown field or a broken expression is refused in words`() async throws {
        let books = try await Books.open()
        let pool = try #require(books.pools["sales"])
        for (field, text) in [
            ("minutes", "12 +"), ("condition", "nothing = 1"), ("source", "nowhere"), ("logged", "body"),
        ] {
            var values = ["name": "x", "pool": pool.description, "category": "service", "minutes": "1"]
            values[field] = text
            var json = JSONWriter()
            json.object { json in for (key, value) in values { json.member(key, value) } }
            let refused = await problem { try await books.make("cost_activities", json.text) }
            #expect(refused?.fields.contains { $0.field == field } == true, "\(field): \(String(describing: refused))")
        }
    }

    @Test func `random companies lose no fen between what is put in and what comes out`() async throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            var numbers = SeededNumbers(seed: seed)
            let books = try await Books.open()
            let head = books.firm.head
            for name in ["A", "B", "C"] {
                let id = try #require(books.customers[name])
                for _ in 0..<numbers.number(1...12) {
                    let (minutes, day) = (numbers.number(1...97), numbers.number(1...28))
                    try await books.make(
                        "activities",
                        """
                        {"kind":"call","subject":"x","customer":"\(id)","duration_minutes":\(minutes),
                        "happened_at":"2026-06-\(day < 10 ? "0" : "")\(day)T03:00:00Z"}
                        """
                    )
                }
                try await books.cost(name, "freight", "\(numbers.number(1...999)).\(numbers.number(10...99))")
            }
            let run = try await books.runs.reckon(Books.month, by: head)
            let summary = try await books.firm.engine.read(as: head) { try RunList.one(run, $0) }
            let entries = try await books.number(
                "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_entry WHERE run = \(run)"
            )
            let rest = try await books.number(
                "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_residual WHERE run = \(run)"
            )
            #expect(entries == summary.assigned)
            #expect(entries + rest == summary.poolCost + summary.spend + summary.direct)
        }
    }

    @Test func `a fee says why, and a fee for the best can lose money`() async throws {
        let books = try await Books.open()
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let policy = try await books.make("fee_policies", #"{"name":"2026"}"#)
        for (tier, place, json) in [
            ("A", 1, #""base":"fixed","amount":"100""#), ("B", 2, #""base":"hours","amount":"60","allowance":60"#),
        ] {
            try await books.make(
                "fee_rules",
                #"{"name":"r","policy":"\#(policy)","tier":"\#(tier)","place":\#(place),\#(json)}"#
            )
        }
        func fee(_ name: String) async throws -> FeeReader.CustomerFee {
            let id = try #require(books.customers[name])
            return try await books.firm.engine.read(as: books.firm.head) {
                try FeeReader.fee(of: id, policy: policy, from: Books.month, to: Books.month, $0)
            }
        }
        let best = try await fee("A")
        #expect(best.tier == "A" && best.amount == 10_000 && best.steps.count == 2)
        // B took 1,098 minutes of support, of which 60 are free, at 60 an hour.
        #expect(try await fee("B").amount == 103_800)
        #expect(try await fee("C").amount == 0)
        let own = await problem {
            try await books.firm.act("activate", "fee_policy", policy, "{}", as: books.firm.head)
        }
        #expect(own?.kind == .forbidden)
    }
}
