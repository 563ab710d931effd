import Costing
import Database
import Identity
import Records
import SQLText
import Schema
import TestFirm
import Testing
import Values

@Suite struct WarningTests {
    /// The books of June with customer C, looked after by a salesperson, whose service eats its margin.
    private func books() async throws -> (books: Books, customer: RecordID, chen: RecordID) {
        let books = try await Books.open()
        let (id, chen) = (try #require(books.customers["C"]), try #require(books.firm.chen.userID))
        try await books.firm.change("customers", id, #"{"owner":"\#(chen)"}"#, as: books.firm.head)
        try await books.cost("C", "warranty", "9000")
        try await books.runs.reckon(Books.month, by: books.firm.head)
        return (books, id, chen)
    }

    private func warned(_ books: Books) async throws -> [(record: Int64, reasons: String)] {
        try await books.firm.engine.database.read { connection in
            try connection.rows("SELECT record, changed FROM sys_outbox WHERE action = 'warn' ORDER BY id")
                .map { ($0.integer(0), $0.text(1)) }
        }
    }

    @Test func `the page of warnings shows what the night found, for each reader what they may see`() async throws {
        let books = try await Books.open()
        let (engine, head) = (books.firm.engine, books.firm.head)
        for day in ["2026-05-15", "2026-06-15"] { try await books.cost("C", "warranty", "9000", day: day) }
        for month in ["2026-05", Books.month] { try await books.runs.reckon(month, by: head) }
        #expect(try await engine.read(as: head) { try WarningRuns.kept(limit: 50, $0) } == nil)
        try await WarningRuns(engine).reckon()
        let (kept, fresh) = try await engine.read(as: head) { session in
            (try WarningRuns.kept(limit: 50, session), try WarningReader.list(until: Books.month, limit: 50, session))
        }
        #expect(kept == fresh && kept?.contains { $0.kind == .losing && $0.name == "C" } == true)
        var other = books.firm.chen
        other.rights.capabilities.insert(.costs)
        #expect(try await engine.read(as: other) { try WarningRuns.kept(limit: 50, $0) } == [])
    }

    @Test func `warnings of a reckoning that broke off before it told them are told by the next one`() async throws {
        let (books, _, _) = try await books()
        let engine = books.firm.engine
        try await WarningRuns(engine).reckon()
        let told = try await warned(books).count
        #expect(told > 0)
        try await engine.database.write { connection in
            // As it stands before webhooks are told.
            try connection.run("UPDATE sys_cost_warning SET round = -round")
            try connection.run("DELETE FROM sys_outbox WHERE action = 'warn'")
        }
        try await WarningRuns(engine).reckon()
        #expect(try await warned(books).count == told)
        try await WarningRuns(engine).reckon()
        #expect(try await warned(books).count == told)
        let rows = try await engine.database.read { connection in
            try connection.rows("SELECT count(DISTINCT round), min(round) FROM sys_cost_warning").map(\.values)
        }
        let kept = try await engine.read(as: books.firm.head) { try WarningRuns.kept(limit: 50, $0) }
        #expect(rows == [[.integer(1), .integer(3)]] && kept?.isEmpty == false)
    }

    @Test func `while a reckoning is under way each warning is shown once, as it was told`() async throws {
        let (books, _, _) = try await books()
        let (engine, head) = (books.firm.engine, books.firm.head)
        func shown() async throws -> [[WarningReader.Warning]?] {
            try await engine.read(as: head) { session in
                [
                    try WarningRuns.kept(limit: 50, session),
                    try WarningRuns.concerning(everybody: true, limit: 50, session).map(\.warning),
                ]
            }
        }
        func set(_ statement: SQLFragment) async throws {
            _ = try await engine.database.write { try $0.run(statement) }
        }
        try await WarningRuns(engine).reckon()
        let before = try await shown()
        #expect(before[0]?.isEmpty == false && before[1]?.isEmpty == false)
        // The next one has found the same for other amounts, then told of it, and not yet cleared away what was.
        try await set(
            """
            INSERT INTO sys_cost_warning (id, object, record, kind, amount, open, since, round)
            SELECT id + 1000, object, record, kind, amount + 1, open, since, -2 FROM sys_cost_warning
            """
        )
        #expect(try await shown() == before)
        try await set("UPDATE sys_cost_warning SET round = 2 WHERE round = -2")
        #expect(try await shown() == before)
        // A first one that is under way has told nobody yet.
        try await set("DELETE FROM sys_cost_warning WHERE round = 2")
        try await set("UPDATE sys_cost_warning SET round = -1")
        #expect(try await shown() == [nil, []])
    }

    @Test func `a new warning is an event once, with reasons for those who may know them`() async throws {
        let (books, id, _) = try await books()
        try await WarningRuns(books.firm.engine).reckon()
        let first = try await warned(books)
        let event = try #require(first.first { $0.record == id.raw })
        #expect(event.reasons.contains("full:dear") && event.reasons.contains("open:dear"))
        try await WarningRuns(books.firm.engine).reckon()
        #expect(try await warned(books).count == first.count)
        let reasons = event.reasons.split(separator: ",").map(String.init)
        func heard(_ actor: Actor) async throws -> [String] {
            try await books.firm.engine.read(as: actor) { books.firm.engine.heard("warn", reasons, $0) }
        }
        #expect(try await heard(books.firm.chen).isEmpty)
        var colleague = books.firm.chen
        colleague.rights.capabilities = [.costs]
        #expect(try await heard(colleague) == ["dear"])
        #expect(try await heard(books.firm.head) == ["dear"])
        // The history of a customer is read by people who may not read costs.
        #expect(try await books.number("SELECT count(*) FROM sys_audit WHERE action = 'warn'") == 0)
        #expect(try await books.number("SELECT count(*) FROM sys_audit WHERE action = 'cost_warnings'") == 1)
    }

    @Test func `a loss that only the time of a small pool makes is no event for who may not read pay`() async throws {
        let books = try await Books.open()
        let id = try #require(books.customers["C"])
        let pool = try await books.make("cost_pools", #"{"name":"驻场","people":"1"}"#)
        try await books.make(
            "cost_lines",
            #"{"name":"工资","pool":"\#(pool)","day":"2026-06-30","amount":"90000"}"#
        )
        try await books.make(
            "cost_activities",
            #"{"name":"驻场","pool":"\#(pool)","category":"service","condition":"subject = \"驻场\"","minutes":"4000"}"#
        )
        try await books.make(
            "activities",
            #"{"kind":"meeting","subject":"驻场","customer":"\#(id)","happened_at":"2026-06-09T02:00:00Z"}"#
        )
        try await books.runs.reckon(Books.month, by: books.firm.head)
        try await WarningRuns(books.firm.engine).reckon()
        let event = try #require(try await warned(books).first { $0.record == id.raw })
        #expect(event.reasons == "full:dear")
        var reader = books.firm.chen
        reader.rights.objects["*"] = ObjectRights(everything: .all)
        reader.rights.capabilities = [.costs]
        let heard = try await books.firm.engine.read(as: reader) {
            books.firm.engine.heard("warn", ["full:dear"], $0)
        }
        #expect(heard.isEmpty)
    }

    @Test func `whoever looks after the customer gets a task, if they may read costs and the rules say so`()
        async throws
    {
        let (books, id, chen) = try await books()
        let identities = Identities(database: books.firm.engine.database, ids: books.firm.engine.ids)
        func tasks() async throws -> Int64 {
            try await books.number(
                """
                SELECT count(*) FROM activity WHERE "kind" = 'task' AND "customer" = \(id) AND "assignee" = \(chen)
                """
            )
        }
        // The salesperson has no role, and so no right to costs.
        try await WarningRuns(books.firm.engine).reckon(telling: identities)
        #expect(try await tasks() == 0)
        try await mayReadCosts(chen, books)
        _ = try await books.firm.engine.database.write { try $0.run("DELETE FROM sys_cost_warning") }
        try await WarningRuns(books.firm.engine).reckon(telling: identities)
        #expect(try await tasks() == 1)
        // While it is open, none is added.
        _ = try await books.firm.engine.database.write { try $0.run("DELETE FROM sys_cost_warning") }
        try await WarningRuns(books.firm.engine).reckon(telling: identities)
        #expect(try await tasks() == 1)
        _ = try await books.firm.engine.database.write { connection in
            try connection.run("DELETE FROM sys_cost_warning")
            try connection.run("UPDATE activity SET \"done\" = 1 WHERE \"kind\" = 'task'")
        }
        var policy = CostPolicy()
        policy.givesTasks = false
        let without = policy
        try await books.firm.engine.write(as: books.firm.head) { try CostSettings.save(without, $0) }
        try await WarningRuns(books.firm.engine).reckon(telling: identities)
        #expect(try await tasks() == 1)
    }

    private func mayReadCosts(_ user: RecordID, _ books: Books) async throws {
        let role = books.firm.engine.ids.next()
        var rights = Rights()
        rights.objects["customer"] = ObjectRights(everything: .own)
        rights.capabilities = [.costs]
        let json = rights.json.text
        try await books.firm.engine.database.write { connection in
            try connection.run(
                """
                INSERT INTO sys_role (id, key, label_en, label_zh, definition, created_at, updated_at, version)
                VALUES (\(role), 'reads_costs', 'Reads costs', '看成本', \(json), 0, 0, 1)
                """
            )
            try connection.run("INSERT INTO sys_user_role (user_id, role) VALUES (\(user), \(role))")
        }
    }
}
