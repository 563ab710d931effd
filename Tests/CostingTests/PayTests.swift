import Costing
import Database
import Identity
import Records
import SQLText
import TestFirm
import Testing
import Values

@Suite struct PayTests {
    /// The books with one person on site who serves A and B, and somebody who reads all but pay.
    private func small() async throws -> (books: Books, run: RecordID, reader: Actor) {
        let books = try await Books.open()
        let pool = try await books.make("cost_pools", #"{"name":"驻场","people":"1"}"#)
        try await books.make(
            "cost_lines",
            #"{"name":"工资","pool":"\#(pool)","day":"2026-06-30","amount":"30000"}"#
        )
        for category in ["service", "maintenance", "acquisition"] {
            try await books.make(
                "cost_activities",
                #"{"name":"驻场 \#(category)","pool":"\#(pool)","category":"\#(category)","condition":"subject = \"\#(category)\"","#
                    + #""minutes":"77"}"#
            )
            for name in ["A", "B"] {
                let id = try #require(books.customers[name])
                try await books.make(
                    "activities",
                    """
                    {"kind":"meeting","subject":"\(category)","customer":"\(id)","happened_at":"2026-06-09T02:00:00Z"}
                    """
                )
            }
        }
        let run = try await books.runs.reckon(Books.month, by: books.firm.head)
        var reader = books.firm.chen
        reader.rights.objects["*"] = ObjectRights(everything: .all)
        reader.rights.capabilities = [.costs, .costing]
        return (books, run, reader)
    }

    @Test func `time of a pool of one is in no figure of who may not read pay, and his figures still add up`()
        async throws
    {
        let (books, _, reader) = try await small()
        let plain = try await Books.open()
        try await plain.runs.reckon(Books.month, by: plain.firm.head)
        var all = Statement.zero
        for name in ["A", "B", "C"] {
            let id = try #require(books.customers[name])
            let own = try await books.firm.engine.read(as: reader) {
                try ProfitReader.months(of: id, from: Books.month, to: Books.month, $0).first?.statement ?? .zero
            }
            let without = try await plain.statement(name)
            #expect(own[.contribution] == without[.contribution] && own.acquired == without.acquired, "\(name)")
            #expect(own.logged == without.logged && own.estimated == without.estimated)
            // Both parts are cut to whole fen.
            #expect(abs(own[.acquisition] - without[.acquisition]) <= 1)
            #expect(try await books.statement(name)[.profit] < own[.profit] || name == "C")
            for line in ProfitLine.allCases {
                let page = try await books.firm.engine.read(as: reader) {
                    try EntryReader.page(of: id, month: Books.month, line: line, $0)
                }
                #expect(page.total == own[line], "\(name) \(line)")
                #expect(!page.entries.contains { $0.activity?.hasPrefix("驻场") ?? false })
            }
            all = all + own
        }
        let firm = try await books.firm.engine.read(as: reader) {
            try ProfitReader.months(from: Books.month, to: Books.month, $0).first?.statement
        }
        #expect(firm == all)
        let whale = try await books.firm.engine.read(as: reader) {
            try WhaleReader.curve(from: Books.month, to: Books.month, $0)
        }
        #expect(whale.total == all[.profit])
        #expect(whale.best.allSatisfy { $0.statement[.service] <= 371_760 })
    }

    @Test func `neither drivers nor sums of a run tell what a pool of one costs`() async throws {
        let (books, run, reader) = try await small()
        for dimension in DriverReader.Dimension.allCases {
            let drivers = try await books.firm.engine.read(as: reader) {
                try DriverReader.drivers(by: dimension, from: Books.month, to: Books.month, $0)
            }
            #expect(!drivers.contains { $0.name.zh.hasPrefix("驻场") })
        }
        let summary = try await books.firm.engine.read(as: reader) { try RunList.one(run, $0) }
        #expect(summary.poolCost == 4_992_000 + 9_600_000 + 2_400_000)
        #expect(summary.logged + summary.estimated == 141_840 + 315_000 + 40_500)
        let full = try await books.firm.engine.read(as: books.firm.head) { try RunList.one(run, $0) }
        #expect(full.poolCost == summary.poolCost + 3_000_000)
        #expect(full.assigned > summary.assigned)
        let (pools, rest) = try await books.firm.engine.read(as: reader) {
            (try PoolReader.pools(of: run, $0), try PoolReader.residuals(of: run, $0))
        }
        #expect(pools.first { $0.name == "驻场" }?.assigned == nil)
        #expect(!rest.contains { $0.of?.zh == "驻场" })
    }

    @Test func `a pool that has grown since still tells nothing of the months in which it was one person`()
        async throws
    {
        let (books, run, reader) = try await small()
        let pool = try await books.firm.engine.read(as: books.firm.head) {
            try PoolReader.pools(of: run, $0).first { $0.name == "驻场" }
        }
        let id = try #require(pool?.id)
        try await books.firm.change("cost_pools", id, #"{"people":"6"}"#, as: books.firm.head)
        let after = try await books.firm.engine.read(as: reader) { try PoolReader.pools(of: run, $0) }
        #expect(after.first { $0.id == id }?.cost == nil)
    }

    @Test func `a cost beyond all measure is refused in words, and the largest that can be divided is conserved`()
        async throws
    {
        let books = try await Books.open()
        let support = try #require(books.pools["support"])
        let line = try await books.make(
            "cost_lines",
            #"{"name":"错","pool":"\#(support)","day":"2026-06-30","amount":"1000000000000000"}"#
        )
        let refused = await problem { try await books.runs.reckon(Books.month, by: books.firm.head) }
        #expect(refused?.code == "out_of_range")
        #expect(try await books.number("SELECT count(*) FROM sys_cost_entry") == 0)
        try await books.firm.change("cost_lines", line, #"{"amount":"40000000000000"}"#, as: books.firm.head)
        let run = try await books.runs.reckon(Books.month, by: books.firm.head)
        let entries = try await books.number(
            "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_entry WHERE run = \(run) AND pool = \(support)"
        )
        let unused = try await books.number(
            "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_residual WHERE run = \(run) AND pool = \(support)"
        )
        #expect(entries + unused == 4_000_000_000_000_000 + 4_992_000)
    }

    @Test func `months closed before small pools were protected are protected by what their ledger holds`()
        async throws
    {
        let (books, run, reader) = try await small()
        try await books.runs.close(run, by: books.firm.head)
        let july = try await books.runs.reckon("2026-07", by: books.firm.head)
        func figures() async throws -> [Statement] {
            try await books.firm.engine.read(as: reader) { session in
                try ["A", "B", "C"].flatMap { name in
                    try ProfitReader.months(
                        of: books.customers[name] ?? RecordID(0),
                        from: Books.month,
                        to: "2026-07",
                        session
                    ).map(\.statement)
                } + ProfitReader.months(from: Books.month, to: "2026-07", session).map(\.statement)
            }
        }
        let before = try await figures()
        // As a version left it that did not keep this.
        try await books.firm.engine.database.write { try $0.script("DELETE FROM sys_profit_small") }
        #expect(try await figures() != before)
        #expect(try await books.runs.protect() == [Books.month])
        #expect(try await figures() == before)
        #expect(try await books.runs.protect().isEmpty)
        #expect(try await books.number("SELECT count(*) FROM sys_profit_small WHERE run = \(july)") > 0)
    }
}
