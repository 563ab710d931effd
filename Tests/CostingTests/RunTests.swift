import Costing
import Database
import Identity
import Records
import SQLText
import TestFirm
import Testing
import Values

@Suite struct RunTests {
    @Test func `three customers cost and earn what the chapter says, to the fen`() async throws {
        let books = try await Books.open()
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let a = try await books.statement("A")
        #expect(a[.service] == 10_080 && a[.maintenance] == 158_400 && a.acquired == 150_000)
        #expect(a[.contribution] == 7_600_000 - 3_800_000 - 10_080 - 158_400)
        // The cost of winning counts over 24 months: the first part is a 24th.
        #expect(a[.acquisition] == 6_250)
        #expect(a[.contribution] - a.acquired == 3_481_520)
        let b = try await books.statement("B")
        #expect(b[.service] == 131_760 + 240_000 && b[.maintenance] == 299_000)
        #expect(b[.contribution] - b.acquired == 479_240)
        let c = try await books.statement("C")
        #expect(c[.contribution] - c.acquired == 285_900)
        #expect(a.loggedHundredths == 0)
    }

    @Test func `what is assigned and what is unused come to the cost of each pool`() async throws {
        let books = try await Books.open()
        let run = try await books.runs.reckon(Books.month, by: books.firm.head)
        for (pool, assigned, cost) in [
            ("support", 141_840, 4_992_000), ("sales", 315_000, 9_600_000), ("success", 40_500, 2_400_000),
        ] {
            let id = try #require(books.pools[pool])
            let entries = try await books.number(
                "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_entry WHERE run = \(run) AND pool = \(id)"
            )
            let unused = try await books.number(
                "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_residual WHERE run = \(run) AND pool = \(id)"
            )
            #expect(entries == Int64(assigned))
            #expect(entries + unused == Int64(cost))
        }
    }

    @Test func `a rerun changes nothing, and a change of the inputs gives another run`() async throws {
        let books = try await Books.open()
        let first = try await books.runs.reckon(Books.month, by: books.firm.head)
        let again = try await books.runs.reckon(Books.month, by: books.firm.head)
        #expect(first == again)
        #expect(try await books.number("SELECT count(*) FROM sys_allocation_run") == 1)
        try await books.cost("C", "gift", "100")
        let other = try await books.runs.reckon(Books.month, by: books.firm.head)
        #expect(other != first)
        let changes = try await books.firm.engine.read(as: books.firm.head) {
            try CostRuns.compare(first, other, $0)
        }
        #expect(changes.map(\.name) == ["C"] && changes.first.map { $0.after - $0.before } == -10_000)
    }

    @Test func `a night that broke off is in nobody's way, and a person's run is waited for`() async throws {
        let books = try await Books.open()
        func count(_ state: String) async throws -> Int64 {
            try await books.number("SELECT count(*) FROM sys_allocation_run WHERE state = \(state)")
        }
        let months = try await books.runs.nightly()
        #expect(try await count("draft") == Int64(months.count) && months.count == 2)
        try await books.firm.engine.database.write { connection in
            _ = try connection.run("UPDATE sys_allocation_run SET state = 'running'")
        }
        #expect(try await books.runs.nightly() == months)
        #expect(try await count("draft") == 2)
        #expect(try await count("failed") == 2)
        try await books.firm.engine.database.write { connection in
            try connection.run("UPDATE sys_allocation_run SET state = 'running' WHERE state = 'draft'")
            try connection.run("UPDATE sys_allocation_run SET created_by = 1")
        }
        await #expect(throws: Problem.self) { try await books.runs.nightly() }
        #expect(try await count("running") == 2)
    }

    /// Checks that the month has one run that counts, with each cost in it once.
    private func checkOnce(_ books: Books) async throws {
        let counts = try await books.number("SELECT count(*) FROM sys_allocation_run WHERE state = 'draft'")
        #expect(counts == 1)
        #expect(try await books.number("SELECT count(*) FROM sys_allocation_run WHERE state = 'running'") == 0)
        #expect(try await books.number("SELECT count(*) FROM sys_profit") == 3)
        let a = try await books.statement("A")
        #expect(a[.sales] == 8_000_000 && a[.service] == 10_080 && a[.maintenance] == 158_400)
        let b = try await books.statement("B")
        #expect(b[.sales] == 3_000_000 && b[.service] == 131_760 + 240_000 && b[.maintenance] == 299_000)
        let stray = try await books.number(
            """
            SELECT count(*) FROM sys_cost_entry WHERE run NOT IN (SELECT id FROM sys_allocation_run WHERE state = 'draft')
            """
        )
        #expect(stray == 0)
    }

    @Test func `a run that several carry out at the same time is reckoned once`() async throws {
        let books = try await Books.open()
        let runs = books.runs
        let run = try await runs.start(Books.month, by: books.firm.head) { _, _ in }
        let ended = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    do {
                        return try await runs.complete(run) == run
                    } catch is CancellationError {
                        return false
                    }
                }
            }
            return try await group.reduce(into: 0) { count, hasEnded in if hasEnded { count += 1 } }
        }
        #expect(ended >= 1)
        try await checkOnce(books)
        #expect(try await runs.reckon(Books.month, by: books.firm.head) == run)
    }

    @Test func `a run that is given up for another one while it is carried out writes nothing any more`() async throws {
        let books = try await Books.open()
        let runs = books.runs
        let old = try await runs.start(Books.month, by: books.firm.head) { _, _ in }
        let early = await problem { try await runs.reckon(Books.month, by: books.firm.head) }
        #expect(early?.code == "busy")
        try await books.firm.engine.database.write { connection in
            _ = try connection.run("UPDATE sys_allocation_run SET created_at = created_at - 10800000")
        }
        async let carried: Bool = {
            do {
                return try await runs.complete(old) == old
            } catch is CancellationError {
                return false
            }
        }()
        let new = try await runs.reckon(Books.month, by: books.firm.head)
        _ = try await carried
        try await checkOnce(books)
        #expect(try await runs.reckon(Books.month, by: books.firm.head) == new)
    }

    @Test func `capacity by the calendar leaves out holidays, counts make-up days, and makes another run`() async throws
    {
        let books = try await Books.open()
        let (firm, runs) = (books.firm, books.runs)
        let pool = try await books.make(
            "cost_pools",
            #"{"name":"日历","people":"3","capacity_by":"calendar","minutes_per_day":450,"percent":80}"#
        )
        func minutes() async throws -> Int64 {
            try await books.number(
                "SELECT capacity / 60 FROM sys_run_pool WHERE pool = \(pool) ORDER BY run DESC LIMIT 1"
            )
        }
        let first = try await runs.reckon(Books.month, by: firm.head)
        #expect(try await minutes() == 3 * 22 * 450 * 80 / 100)
        let days = [("2026-06-19", true), ("2026-06-20", false), ("2026-06-22", true)]
        let marks = days.compactMap { day, isOff in Day(day).map { DayMark($0, isOff: isOff, name: "端午节") } }
        try await firm.engine.write(as: firm.head) { try $0.mark(marks) }
        #expect(try await runs.reckon(Books.month, by: firm.head) != first)
        #expect(try await minutes() == 3 * 21 * 450 * 80 / 100)
        let special = #"{"pool":"\#(pool)","month":"2026-06-01","people":"2"}"#
        try await books.make("pool_months", special)
        try await runs.reckon(Books.month, by: firm.head)
        #expect(try await minutes() == 2 * 21 * 480 * 80 / 100)
    }

    @Test func `logged minutes count before the equation, and the share of logged time is shown`() async throws {
        let books = try await Books.open()
        let id = try #require(books.customers["C"])
        try await books.make(
            "activities",
            #"{"kind":"visit","subject":"上门","customer":"\#(id)","duration_minutes":30,"happened_at":"2026-06-06T02:00:00Z"}"#
        )
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let c = try await books.statement("C")
        #expect(c.logged == 30 * 300 && c.estimated == 12 * 300 + 30 * 150)
        #expect(c.loggedHundredths == 5263)
    }

    @Test func `a closed month stays as it is, and a restatement reverses entry by entry`() async throws {
        let books = try await Books.open()
        let head = books.firm.head
        let first = try await books.runs.reckon(Books.month, by: head)
        try await books.runs.close(first, by: head)
        let refused = await problem { try await books.cost("C", "gift", "100") }
        #expect(refused?.code == "month_closed")
        let late = try #require(books.customers["C"])
        try await books.make(
            "activities",
            #"{"kind":"visit","subject":"补记","customer":"\#(late)","happened_at":"2026-06-07T02:00:00Z"}"#
        )
        let second = try await books.runs.reckon(Books.month, by: head)
        #expect(try await books.statement("C").lines[.maintenance] == 14_100)
        let unexplained = await problem { try await books.runs.close(second, by: head) }
        #expect(unexplained?.fields.first?.code == "reason_missing")
        try await books.runs.close(second, reason: "补记拜访", by: head)
        let net = try await books.number(
            "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_entry WHERE month = \(Books.month)"
        )
        let fresh = try await books.number(
            "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_entry WHERE run = \(second) AND reverses IS NULL"
        )
        #expect(net == fresh)
        #expect(try await books.number("SELECT count(*) FROM sys_cost_entry WHERE run = \(first)") > 0)
        #expect(try await books.statement("C")[.maintenance] == 14_100 + 45_000)
    }

    @Test func `each entry has one category and one nature, and the lines of statements come to the ledger`()
        async throws
    {
        let books = try await Books.open()
        let run = try await books.runs.reckon(Books.month, by: books.firm.head)
        let entries = try await books.number(
            "SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_entry WHERE run = \(run)"
        )
        let lines = try await books.number(
            """
            SELECT CAST(sum(service + maintenance + acquired + bad_debt) AS BIGINT) + CAST(sum(discounts) AS BIGINT)
            FROM sys_profit WHERE run = \(run)
            """
        )
        #expect(entries == lines - 500_000)
        let odd = try await books.number(
            "SELECT count(*) FROM sys_cost_entry WHERE category NOT IN ('acquisition', 'maintenance', 'service')"
        )
        #expect(odd == 0)
    }
}
