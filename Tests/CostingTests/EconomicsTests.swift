import Costing
import Database
import Foundation
import Identity
import Ledger
import Records
import SQLText
import Schema
import TestFirm
import Testing
import Values

@Suite struct EconomicsTests {
    // MARK: Fees

    /// A fee of 100 that somebody made for customer A in June.
    private func fee(_ books: Books) async throws -> RecordID {
        let a = try #require(books.customers["A"])
        return try await books.make(
            "charge_lines",
            #"{"name":"2026-06","customer":"\#(a)","day":"2026-06-30","amount":"100","reference":"2026-06-A"}"#
        )
    }

    @Test func `an approved fee is income of its month, and a waived one no longer`() async throws {
        let books = try await Books.open()
        let line = try await fee(books)
        try await books.runs.reckon(Books.month, by: books.firm.head)
        #expect(try await books.statement("A")[.fees] == 0)
        try await books.firm.act("approve", "charge_line", line, "{}", as: books.firm.head)
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let statement = try await books.statement("A")
        #expect(statement[.fees] == 10_000)
        #expect(statement[.profitAfterFees] == statement[.profit] + 10_000)
        let (a, head) = (try #require(books.customers["A"]), books.firm.head)
        let page = try await books.firm.engine.read(as: head) {
            try EntryReader.page(of: a, month: Books.month, line: .fees, $0)
        }
        #expect(page.total == 10_000 && page.entries.map(\.object) == ["sale_line"])
        // An invoice imported with the number of the fee does not count it twice.
        let twice = await problem {
            try await books.make(
                "sale_lines",
                """
                {"name":"F","customer":"\(a)","day":"2026-06-30","kind":"fee","amount":"100","reference":"F-2026-06-A"}
                """
            )
        }
        #expect(twice?.code == "not_unique")
        try await books.firm.act("waive", "charge_line", line, #"{"reason":"老客户"}"#, as: head)
        try await books.runs.reckon(Books.month, by: head)
        #expect(try await books.statement("A")[.fees] == 0)
    }

    @Test func `a fee that is decided after its month was closed counts on the day of the decision`() async throws {
        let books = try await Books.open()
        let line = try await fee(books)
        let run = try await books.runs.reckon(Books.month, by: books.firm.head)
        try await books.runs.close(run, by: books.firm.head)
        try await books.firm.act("approve", "charge_line", line, "{}", as: books.firm.head)
        // The workspace is in Shanghai.
        let today = String(Day(of: Clock.system.now(), offset: 8 * 3600).description.prefix(7))
        try await books.runs.reckon(today, by: books.firm.head)
        #expect(try await books.statement("A")[.fees] == 0)
        #expect(try await books.statement("A", today)[.fees] == 10_000)
    }

    // MARK: Drafts

    @Test func `of many drafts of a month three are kept, and nothing of a closed run goes`() async throws {
        let books = try await Books.open()
        let head = books.firm.head
        var drafts: [RecordID] = []
        for _ in 0..<5 {
            try await books.cost("C", "gift", "10")
            drafts.append(try await books.runs.reckon(Books.month, by: head))
        }
        let before = try await books.statement("C")
        #expect(try await books.runs.prune() == 2)
        #expect(try await books.runs.prune() == 0)
        #expect(try await books.statement("C") == before)
        func rows(_ run: RecordID) async throws -> [Int64] {
            var counts: [Int64] = []
            for table in [
                "sys_cost_entry", "sys_profit", "sys_cost_residual", "sys_run_pool", "sys_run_total", "sys_run_carry",
            ] { counts.append(try await books.number("SELECT count(*) FROM \(name: table) WHERE run = \(run)")) }
            return counts
        }
        for draft in drafts.prefix(2) { #expect(try await rows(draft).allSatisfy { $0 == 0 }) }
        for draft in drafts.suffix(3) { #expect(try await rows(draft).allSatisfy { $0 > 0 }) }
        try await books.runs.close(drafts[4], by: head)
        // A closed month needs none of the drafts before.
        #expect(try await books.runs.prune() == 2)
        #expect(try await rows(drafts[4]).allSatisfy { $0 > 0 })
        #expect(try await books.statement("C") == before)
        let listed = try await books.firm.engine.read(as: head) { try RunList.newest(20, $0) }
        #expect(listed.map(\.id) == [drafts[4]] && listed.first?.state == "closed")
    }

    // MARK: Entries

    @Test func `pages of decisions take as many statements for sixty customers as for three`() async throws {
        let books = try await Books.open()
        let (engine, head) = (books.firm.engine, books.firm.head)
        func statements() async throws -> [Int] {
            try await books.runs.reckon(Books.month, by: head)
            _ = try await WorthRuns(engine).reckon(by: head)
            let reads: [@Sendable (ReadSession) throws -> Int] = [
                { try WorthList.lines(limit: 50, $0).count },
                { try WhaleReader.curve(from: Books.month, to: Books.month, places: 1...50, $0).chosen.count },
                { try SegmentReader.segments(by: "level", from: Books.month, to: Books.month, $0).count },
                { try DriverReader.drivers(by: .activity, from: Books.month, to: Books.month, $0).count },
                { try WarningReader.list(until: Books.month, limit: 50, $0).count },
                { try ChannelReader.table(from: Books.month, to: Books.month, $0).channels.count },
                { try FeeTrials.tiers(from: Books.month, to: Books.month, $0).count },
            ]
            var counts: [Int] = []
            for read in reads {
                _ = try await engine.read(as: head, read)
                let log = try await engine.database.log.recording { _ = try await engine.read(as: head, read) }
                counts.append(log.statements.count)
            }
            return counts
        }
        let few = try await statements()
        for number in 0..<57 {
            let id = try await books.make("customers", #"{"name":"客户\#(number)"}"#)
            try await books.make(
                "sale_lines",
                #"{"name":"S","customer":"\#(id)","day":"2026-06-1\#(number % 9)","amount":"\#(number * 100 + 50)"}"#
            )
        }
        #expect(try await statements() == few && few.allSatisfy { $0 < 25 }, "\(few)")
    }

    @Test func `the entries behind a profit take as many statements for two years as for a month`() async throws {
        let books = try await Books.open()
        let (a, head) = (try #require(books.customers["A"]), books.firm.head)
        try await books.runs.reckon(Books.month, by: head)
        func statements() async throws -> Int {
            func read() async throws {
                _ = try await books.firm.engine.read(as: head) {
                    try EntryReader.page(of: a, month: Books.month, line: .profit, $0)
                }
            }
            try await read()
            return try await books.firm.engine.database.log.recording { try await read() }.statements.count
        }
        let one = try await statements()
        for month in 1...5 {
            try await books.cost("A", "commission", "240", day: "2026-0\(month)-11")
            try await books.runs.reckon("2026-0\(month)", by: head)
        }
        try await books.runs.reckon(Books.month, by: head)
        #expect(try await statements() == one && one < 20, "\(one)")
        let page = try await books.firm.engine.read(as: head) {
            try EntryReader.page(of: a, month: Books.month, line: .acquisition, $0)
        }
        // 1,500 of June and 240 of each of five months before, each a 24th.
        #expect(page.total == 6250 + 5 * 1000 && page.count == 6)
    }

    // MARK: Winning one customer

    @Test func `winning a customer opens its touches, its spend, its commission and its share of lost leads`()
        async throws
    {
        let books = try await Books.open()
        let (a, b) = (try #require(books.customers["A"]), try #require(books.customers["B"]))
        let lead = try await books.make("leads", #"{"name":"王芳"}"#)
        for (who, id, day) in [
            ("customer", a, "02"), ("customer", a, "03"), ("customer", b, "03"), ("lead", lead, "04"),
        ] {
            try await books.make(
                "touches",
                #"{"\#(who)":"\#(id)","channel":"search","happened_at":"2026-06-\#(day)T02:00:00Z"}"#
            )
        }
        try await books.make(
            "channel_spends",
            #"{"name":"投放","channel":"search","day":"2026-06-20","amount":"300"}"#
        )
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let won = try await books.firm.engine.read(as: books.firm.head) { try AcquisitionReader.of(a, $0) }
        // A, B and the lead have one whole credit each: 100 each; the lead's is shared by the two who were won.
        #expect(won.spend == 10_000 && won.expenses == 150_000 && won.time == 0)
        #expect(won.lost == 5000 && won.full == won.direct + 5000)
        #expect(won.direct == won.entries.reduce(0) { $0 + $1.amount } && won.direct == 160_000)
        #expect(won.touches.map(\.weight) == [5000, 5000])
        #expect(won.entries.allSatisfy { $0.name != nil })
        let statement = try await books.statement("A")
        #expect(statement.acquired == won.direct)
        let hidden = await problem {
            _ = try await books.firm.engine.read(as: books.firm.chen) { try AcquisitionReader.of(a, $0) }
        }
        #expect(hidden?.kind == .forbidden)
    }

    @Test func `spend and wins are told by campaign and by the month of the touch, too`() async throws {
        let books = try await Books.open()
        let (a, b) = (try #require(books.customers["A"]), try #require(books.customers["B"]))
        for (id, more) in [(a, #","campaign":"夏季促销""#), (b, "")] {
            try await books.make(
                "touches",
                #"{"customer":"\#(id)","channel":"search","happened_at":"2026-06-03T02:00:00Z"\#(more)}"#
            )
        }
        for (amount, more) in [("300", #","campaign":"夏季促销""#), ("80", "")] {
            try await books.make(
                "channel_spends",
                #"{"name":"投放","channel":"search","day":"2026-06-20","amount":"\#(amount)"\#(more)}"#
            )
        }
        try await books.runs.reckon(Books.month, by: books.firm.head)
        func table(_ by: ChannelReader.Dimension) async throws -> ChannelReader.Table {
            try await books.firm.engine.read(as: books.firm.head) {
                try ChannelReader.table(by: by, from: Books.month, to: Books.month, $0)
            }
        }
        let campaigns = try await table(.campaign).channels
        #expect(campaigns.map(\.key) == ["search/夏季促销", "search"])
        #expect(campaigns.map(\.spend) == [30_000, 8000] && campaigns.map { $0.costs[2] } == [30_000, 8000])
        #expect(campaigns.first?.filter == #"channel = "search" and campaign = "夏季促销""#)
        // What a customer will bring stands beside what it cost: A 500.00 against 300.00, B 40.00 against 80.00.
        #expect(campaigns.allSatisfy { $0.worth == nil && $0.ratioHundredths(2) == nil })
        try await books.firm.engine.database.write { connection in
            for (place, worth) in [(a, 50_000), (b, 4000)].enumerated() {
                try connection.run(
                    """
                    INSERT INTO sys_worth (id, object, record, at, value, method)
                    VALUES (\(place + 1), 'customer', \(worth.0), 0, \(worth.1), 'bgnbd')
                    """
                )
            }
        }
        #expect(try await table(.campaign).channels.map { $0.ratioHundredths(2) } == [167, 50])
        let months = try await table(.cohort).channels
        #expect(months.map(\.key) == [Books.month] && months.first?.spend == 38_000)
        for channel in campaigns + months {
            let found = try await books.firm.count("channel_spends", channel.filter, as: books.firm.head)
            #expect(found > 0, "\(channel.filter)")
        }
        #expect(CostPolicy.models.map(\.key).contains("custom"))
    }

    @Test func `an address with utm members says where somebody came from`() async throws {
        let books = try await Books.open()
        let a = try #require(books.customers["A"])
        let landing =
            "https://example.com/p?utm_source=baidu&utm_medium=cpc&utm_campaign=%E5%A4%8F%E5%AD%A3+%E4%BF%83%E9%94%80&x=1#top"
        let id = try await books.make(
            "touches",
            #"{"customer":"\#(a)","landing":"\#(landing)","happened_at":"2026-06-03T02:00:00Z"}"#
        )
        let touch = try await books.firm.show("touches", id, as: books.firm.head)
        #expect(touch["channel"]?.string == "search" && touch["campaign"]?.string == "夏季 促销")
        #expect(touch["source"]?.string == "baidu" && touch["medium"]?.string == "cpc")
        // What somebody wrote counts; an address that says nothing leaves the channel to be chosen.
        let own = try await books.make(
            "touches",
            #"{"customer":"\#(a)","landing":"\#(landing)","channel":"partner","happened_at":"2026-06-03T02:00:00Z"}"#
        )
        #expect(try await books.firm.show("touches", own, as: books.firm.head)["channel"]?.string == "partner")
        let unknown = await problem {
            try await books.make(
                "touches",
                #"{"customer":"\#(a)","landing":"https://example.com/?a=%zz&utm_medium=","happened_at":"2026-06-03T02:00:00Z"}"#
            )
        }
        #expect(unknown?.fields.first?.field == "channel")
    }

    // MARK: Rates

    @Test func `an amount in another currency counts at the rate of its day`() async throws {
        let books = try await Books.open()
        let c = try #require(books.customers["C"])
        for (day, rate) in [("2026-01-01", Int64(7_000_000_000)), ("2026-06-10", 8_000_000_000)] {
            let day = try #require(Day(day))
            try await books.firm.engine.database.write { try Rates.set("USD", from: day, rate: rate, on: $0) }
        }
        func base(_ id: RecordID) async throws -> Int64 {
            try await books.number("SELECT amount_base FROM direct_cost WHERE \"id\" = \(id)")
        }
        let json = #""name":"样品","customer":"\#(c)","nature":"gift","amount":{"value":"10","currency":"USD"}"#
        let early = try await books.make("direct_costs", #"{\#(json),"day":"2026-06-09"}"#)
        let late = try await books.make("direct_costs", #"{\#(json),"day":"2026-06-11"}"#)
        #expect(try await base(early) == 7000)
        #expect(try await base(late) == 8000)
        try await books.firm.change("direct_costs", early, #"{"day":"2026-06-12"}"#, as: books.firm.head)
        #expect(try await base(early) == 8000)
        let before = await problem { try await books.make("direct_costs", #"{\#(json),"day":"2025-12-31"}"#) }
        #expect(
            before?.fields.first?.code == "no_rate" && before?.fields.first?.message.en.contains("2025-12-31") == true
        )
    }
}
