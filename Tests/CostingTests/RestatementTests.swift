import Costing
import Database
import Identity
import Records
import SQLText
import TestFirm
import Testing
import Values

@Suite struct RestatementTests {
    /// The books with first visits to C that count as winning it; May and June are closed.
    private func closed() async throws -> Books {
        let books = try await Books.open()
        let sales = try #require(books.pools["sales"])
        try await books.make(
            "cost_lines",
            #"{"name":"工资","pool":"\#(sales)","day":"2026-05-31","amount":"96000"}"#
        )
        try await books.make(
            "cost_activities",
            """
            {"name":"初访","pool":"\(sales)","category":"acquisition","condition":"subject = \\"初访\\"","minutes":"120"}
            """
        )
        try await visit(books, "2026-05-12")
        for month in ["2026-05", "2026-06"] {
            let run = try await books.runs.reckon(month, by: books.firm.head)
            try await books.runs.close(run, by: books.firm.head)
        }
        return books
    }

    private func visit(_ books: Books, _ day: String) async throws {
        let id = try #require(books.customers["C"])
        try await books.make(
            "activities",
            #"{"kind":"meeting","subject":"初访","customer":"\#(id)","happened_at":"\#(day)T02:00:00Z"}"#
        )
    }

    private func entries(_ books: Books, _ month: String) async throws -> (statement: Int64, records: Int64) {
        let id = try #require(books.customers["C"])
        let records = try await books.firm.engine.read(as: books.firm.head) {
            try EntryReader.page(of: id, month: month, line: .acquisition, $0).total
        }
        return (try await books.statement("C", month)[.acquisition], records)
    }

    @Test func `a month that is restated takes the later closed months along, each by reversal, and no fen is lost`()
        async throws
    {
        let books = try await closed()
        let (head, runs) = (books.firm.head, books.runs)
        let before = try await entries(books, "2026-06")
        #expect(before.statement == before.records)
        try await visit(books, "2026-05-13")
        let may = try await runs.reckon("2026-05", by: head)
        let refused = await problem { try await runs.close(may, reason: "补记初访", by: head) }
        #expect(refused?.code == "later_months_closed")
        #expect(refused?.message.zh.contains("2026-06") == true)
        try await runs.close(may, reason: "补记初访", following: true, by: head)

        let may2 = try await books.statement("C", "2026-05")
        let after = try await entries(books, "2026-06")
        #expect(after.statement == after.records)
        // Of the second visit a 24th, cut to whole fen as the statement does it.
        let own = try await books.statement("C").acquired
        #expect(after.statement == own / 24 + may2.acquired * 2 / 24 - may2.acquired / 24)
        #expect(after.statement > before.statement)
        for month in ["2026-05", "2026-06"] {
            let ledger = try await books.number(
                "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_entry WHERE month = \(month)"
            )
            let run = try await books.number(
                """
                SELECT id FROM sys_allocation_run WHERE month = \(month) AND state = 'closed'
                ORDER BY closed_at DESC, id DESC LIMIT 1
                """
            )
            let fresh = try await books.number(
                "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_entry WHERE run = \(run) AND reverses IS NULL"
            )
            #expect(ledger == fresh, "\(month)")
            #expect(
                try await books.number("SELECT count(*) FROM sys_cost_entry WHERE run = \(run) AND reverses > 0") > 0
            )
        }
        #expect(try await outdated(books).isEmpty)
        let june = try await books.firm.engine.read(as: head) {
            try RunList.current(from: "2026-06", to: "2026-06", $0).first
        }
        #expect(june?.replaces != nil && june?.note.contains("补记初访") == true)
    }

    private func outdated(_ books: Books) async throws -> [OutdatedMonths.Month] {
        try await books.firm.engine.read(as: books.firm.head) { try OutdatedMonths.list($0) }
    }

    @Test func `a chain that broke off is offered again and goes on`() async throws {
        let books = try await closed()
        let (head, runs) = (books.firm.head, books.runs)
        try await visit(books, "2026-05-13")
        let may = try await runs.reckon("2026-05", by: head)
        // The server stops after May was closed: what was to follow never ran.
        try await runs.close(may, reason: "补记初访", following: true, by: head) { _ in }
        #expect(try await outdated(books).map(\.month) == ["2026-06"])
        #expect(try await outdated(books).first?.because == ["2026-05"])
        #expect(try await runs.carry(reason: "补记初访", by: head) == ["2026-06"])
        #expect(try await runs.carry(reason: "补记初访", by: head).isEmpty)
        let june = try await entries(books, "2026-06")
        #expect(june.statement == june.records)
    }

    @Test
    func `a draft that rests on an earlier month as it was is not closed, and reckoned again it has another mark`()
        async throws
    {
        let books = try await closed()
        let (head, runs) = (books.firm.head, books.runs)
        let july = try await runs.reckon("2026-07", by: head)
        try await visit(books, "2026-05-13")
        let may = try await runs.reckon("2026-05", by: head)
        try await runs.close(may, reason: "补记初访", following: true, by: head)
        let refused = await problem { try await runs.close(july, by: head) }
        #expect(refused?.code == "outdated")
        let again = try await runs.reckon("2026-07", by: head)
        #expect(again != july)
        #expect(try await runs.reckon("2026-07", by: head) == again)
        try await runs.close(again, by: head)
    }

    @Test func `a month restated without a change in what winning cost leaves the later months as they are`()
        async throws
    {
        let books = try await closed()
        let (head, runs) = (books.firm.head, books.runs)
        let id = try #require(books.customers["A"])
        try await books.make(
            "activities",
            #"{"kind":"call","subject":"补记","customer":"\#(id)","happened_at":"2026-05-20T02:00:00Z"}"#
        )
        let june = try await books.number("SELECT max(id) FROM sys_allocation_run WHERE month = '2026-06'")
        let may = try await runs.reckon("2026-05", by: head)
        try await runs.close(may, reason: "补记电话", by: head)
        #expect(try await outdated(books).isEmpty)
        #expect(try await runs.reckon("2026-06", by: head).raw == june)
    }
}
