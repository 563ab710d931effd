import Costing
import Database
import Identity
import Ledger
import Records
import SQLText
import TestFirm
import Testing
import Values

@Suite struct FeeTests {
    /// The books with tiers by the profit of twelve months, and a policy: gold pays by revenue, bronze by the hour.
    private func books(period: String = "month") async throws -> (books: Books, policy: RecordID) {
        let books = try await Books.open()
        try await books.runs.reckon(Books.month, by: books.firm.head)
        for (name, rise, fall) in [("金", "30000", "20000"), ("银", "4000", "2000")] {
            try await books.make("value_tiers", #"{"name":"\#(name)","rise_at":"\#(rise)","fall_below":"\#(fall)"}"#)
        }
        try await books.make("value_tiers", #"{"name":"铜"}"#)
        let policy = try await books.make("fee_policies", #"{"name":"2026","period":"\#(period)"}"#)
        for (tier, json) in [
            ("金", #""base":"revenue","percent":"1""#), ("铜", #""base":"fixed","amount":"88""#),
        ] {
            try await books.make("fee_rules", #"{"name":"r","policy":"\#(policy)","tier":"\#(tier)",\#(json)}"#)
        }
        try await TierRuns(books.firm.engine).sort(by: books.firm.head)
        return (books, policy)
    }

    /// Somebody else of finance.
    private func colleague(_ books: Books) -> Actor {
        var actor = books.firm.chen
        actor.rights.objects["*"] = ObjectRights(everything: .all)
        actor.rights.objects["cost_line"] = ObjectRights(everything: .all)
        actor.rights.capabilities = [.costs, .costing]
        return actor
    }

    private func fee(_ name: String, _ policy: RecordID, _ books: Books) async throws -> FeeReader.CustomerFee {
        let id = try #require(books.customers[name])
        return try await books.firm.engine.read(as: books.firm.head) {
            try FeeReader.fee(of: id, policy: policy, from: Books.month, to: Books.month, $0)
        }
    }

    @Test func `tiers follow from profit, and an agreement sets one by hand until its last day`() async throws {
        let (books, policy) = try await books()
        let a = try await fee("A", policy, books)
        #expect(a.tier == "金" && a.amount == 76_000 && a.steps.count == 2)
        #expect(try await fee("B", policy, books).tier == "银")
        #expect(try await fee("C", policy, books).amount == 8_800)
        let c = try #require(books.customers["C"])
        try await books.make(
            "care_terms",
            #"{"name":"老客户","customer":"\#(c)","tier":"银","until":"2026-12-31"}"#
        )
        let agreed = try await fee("C", policy, books)
        #expect(agreed.tier == "银" && agreed.amount == 0 && agreed.steps[0].zh.contains("老客户"))
        try await books.make(
            "care_terms",
            #"{"name":"已过期","customer":"\#(c)","tier":"金","until":"2026-05-31"}"#
        )
        #expect(try await fee("C", policy, books).tier == "银")
        try await books.make("care_terms", #"{"name":"免收","customer":"\#(c)","waived":true,"until":"2026-12-31"}"#)
        #expect(try await fee("C", policy, books).amount == 0)
        let unknown = await problem {
            try await books.make("care_terms", #"{"name":"x","customer":"\#(c)","tier":"钻石","until":"2026-12-31"}"#)
        }
        #expect(unknown?.fields.first?.code == "unknown_tier")
    }

    @Test func `without declared tiers the border of the best fifth is kept, and no page adds up all statements`()
        async throws
    {
        let books = try await Books.open()
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let policy = try await books.make("fee_policies", #"{"name":"2026","period":"month"}"#)
        try await books.make(
            "fee_rules",
            #"{"name":"r","policy":"\#(policy)","tier":"A","base":"revenue","percent":"1"}"#
        )
        let database = books.firm.engine.database
        _ = try await database.write {
            try $0.run("UPDATE fee_policy SET state = 'active' WHERE id = \(policy)")
        }
        let before = try await database.log.recording { try await fee("A", policy, books) }
        #expect(before.result.tier == "A")
        func adding(_ statements: [String]) -> Int {
            statements.count { $0.contains("FROM sys_profit WHERE run IN") && !$0.contains("record =") }
        }
        #expect(adding(before.statements) == 1)
        try await FeeBorders(books.firm.engine).keep()
        let after = try await database.log.recording { try await fee("A", policy, books) }
        #expect(adding(after.statements) == 0, "\(after.statements)")
        #expect(after.result == before.result)
        // Another run has a border of its own.
        let b = try #require(books.customers["B"])
        try await books.make(
            "direct_costs",
            #"{"name":"维修","customer":"\#(b)","day":"2026-06-15","amount":"1","nature":"warranty","reference":"W6"}"#
        )
        try await books.runs.reckon(Books.month, by: books.firm.head)
        let again = try await database.log.recording { try await fee("A", policy, books) }
        #expect(adding(again.statements) == 1)
    }

    @Test func `a weak month does not lower a customer, two do`() async throws {
        let (books, policy) = try await books()
        let b = try #require(books.customers["B"])
        // B earns 6,962.35 in June; the losses of July leave the year below 2,000.
        for (month, amount) in [("07", "5500"), ("08", "1")] {
            try await books.make(
                "direct_costs",
                """
                {"name":"维修","customer":"\(b)","day":"2026-\(month)-15","amount":"\(amount)","nature":"warranty",
                "reference":"W\(month)"}
                """
            )
            try await books.runs.reckon("2026-\(month)", by: books.firm.head)
            try await TierRuns(books.firm.engine).sort(by: books.firm.head)
            #expect(try await fee("B", policy, books).tier == (month == "07" ? "银" : "铜"), "\(month)")
        }
    }

    @Test func `a policy in force stays as it is, is followed by a version, and somebody else approves`() async throws {
        let (books, policy) = try await books()
        let (head, other) = (books.firm.head, colleague(books))
        let own = await problem { try await books.firm.act("activate", "fee_policy", policy, "{}", as: head) }
        #expect(own?.kind == .forbidden)
        try await books.firm.act("activate", "fee_policy", policy, "{}", as: other)
        let rule = try await books.number(
            "SELECT max(\"id\") FROM fee_rule WHERE \"policy\" = \(policy)"
        )
        let changed = await problem {
            try await books.firm.change("fee_rules", RecordID(rule), #"{"amount":"1"}"#, as: head)
        }
        #expect(changed?.fields.first?.code == "in_force")
        let added = await problem {
            try await books.make("fee_rules", #"{"name":"r","policy":"\#(policy)","base":"fixed","amount":"5"}"#)
        }
        #expect(added?.fields.first?.code == "in_force")
        try await books.firm.act("new-version", "fee_policy", policy, "{}", as: head)
        let next = RecordID(try await books.number("SELECT max(\"id\") FROM fee_policy"))
        #expect(next != policy)
        #expect(try await books.number("SELECT count(*) FROM fee_rule WHERE \"policy\" = \(next)") == 2)
        #expect(try await books.number("SELECT \"number\" FROM fee_policy WHERE \"id\" = \(next)") == 2)
        try await books.firm.act("activate", "fee_policy", next, "{}", as: other)
        let active = try await books.number("SELECT count(*) FROM fee_policy WHERE \"state\" = 'active'")
        #expect(active == 1)
    }

    @Test func `who brought a policy in a file does not put it in force, whoever is said to have made it`()
        async throws
    {
        let (books, _) = try await books()
        let (head, other) = (books.firm.head, colleague(books))
        let lin = books.firm.lin.userID?.description ?? ""
        let brought = try JSONReader.parse(
            #"{"name":"旧政策","created_at":"2024-01-01T00:00:00Z","created_by":"\#(lin)"}"#
        )
        let policy = try await books.firm.engine.write(as: head) {
            try $0.create(try $0.object("fee_policies"), brought, withPast: true).id
        }
        // Somebody else has the last word on it: head still is who brought it.
        var editor = books.firm.lin
        editor.rights = other.rights
        try await books.firm.change("fee_policies", policy, #"{"name":"旧政策 𠮷"}"#, as: editor)
        for actor in [head, editor] {
            let refused = await problem {
                try await books.firm.act("activate", "fee_policy", policy, "{}", as: actor)
            }
            #expect(refused?.kind == .forbidden)
        }
        try await books.firm.act("activate", "fee_policy", policy, "{}", as: other)
        #expect(try await books.number("SELECT count(*) FROM fee_policy WHERE \"state\" = 'active'") == 1)
    }

    @Test func `a policy by value that charges a higher tier less is not put in force`() async throws {
        let (books, _) = try await books()
        let other = colleague(books)
        let policy = try await books.make("fee_policies", #"{"name":"按价值","by_value":true}"#)
        func rule(_ tier: String, _ amount: String) async throws {
            let json = #"{"name":"r","policy":"\#(policy)","tier":"\#(tier)","base":"fixed","amount":"\#(amount)"}"#
            try await books.make("fee_rules", json)
        }
        for (tier, amount) in [("金", "500"), ("铜", "88")] { try await rule(tier, amount) }
        let refused = await problem {
            try await books.firm.act("activate", "fee_policy", policy, "{}", as: other)
        }
        // Silver has no rule, so it would pay nothing while bronze pays 88.
        #expect(refused?.code == "not_by_value" && refused?.message.zh.contains("88.00") == true)
        try await rule("银", "88")
        try await books.firm.act("activate", "fee_policy", policy, "{}", as: other)
        #expect(try await books.number("SELECT count(*) FROM fee_policy WHERE \"state\" = 'active'") == 1)
    }

    @Test func `fees become lines once, with their explanation, and are approved or waived`() async throws {
        let (books, policy) = try await books()
        let (head, other, runs) = (books.firm.head, colleague(books), FeeRuns(books.firm.engine))
        let none = await problem { _ = try await runs.charge(Books.month, by: head) }
        #expect(none?.code == "no_policy")
        try await books.firm.act("activate", "fee_policy", policy, "{}", as: other)
        let early = await problem { _ = try await runs.charge("2026-05", by: head) }
        #expect(early?.code == "not_reckoned")
        let first = try await runs.charge(Books.month, by: head)
        #expect(first.made == 2 && first.kept == 0 && first.free == 1 && first.amount == 84_800)
        #expect(try await runs.charge(Books.month, by: head).kept == 2)
        let line = RecordID(
            try await books.number("SELECT \"id\" FROM charge_line WHERE \"amount_base\" = 76000")
        )
        let words = try await books.firm.engine.read(as: head) { session in
            try session.find(try session.object("charge_lines"), line)["explanation"].text ?? ""
        }
        #expect(words.contains("按销售额") && words.contains("of revenue"))
        try await books.firm.act("approve", "charge_line", line, "{}", as: other)
        let changed = await problem {
            try await books.firm.change("charge_lines", line, #"{"amount":"1"}"#, as: head)
        }
        #expect(changed?.fields.first?.code == "decided")
        let silent = await problem { try await books.firm.act("waive", "charge_line", line, "{}", as: other) }
        #expect(silent?.fields.first?.field == "reason")
        try await books.firm.act("waive", "charge_line", line, #"{"reason":"补偿"}"#, as: other)
        #expect(try await books.number("SELECT count(*) FROM charge_line WHERE \"state\" = 'waived'") == 1)
    }

    @Test func `the simulator tries a policy customer by customer and names winners and losers`() async throws {
        let (books, policy) = try await books()
        let (tiers, effects) = try await books.firm.engine.read(as: books.firm.head) { session in
            let tiers = try FeeTrials.tiers(from: Books.month, to: Books.month, policy: policy, session)
            var trial = FeeTrials.Trial()
            trial.churn = 1000
            return (tiers, try FeeTrials.effects(tiers, ["金": trial, "铜": trial], session))
        }
        #expect(tiers.map(\.key) == ["金", "银", "铜"])
        #expect(tiers.first?.fee == Int64(912_000))
        // A is worth far more than a tenth of a chance to lose it; the small C pays more than that chance costs… or not.
        #expect(effects.losers.first?.name == "A" && (effects.losers.first?.effect.lifetime ?? 0) < 0)
        #expect(effects.losers.first?.fee == Int64(912_000))
    }

    @Test func `a customer who gives up an agreement pays through notice and minimum term, and reads why`() async throws
    {
        let (books, _) = try await books()
        let policy = try await books.make("fee_policies", #"{"name":"最短期限"}"#)
        try await books.make(
            "fee_rules",
            #"{"name":"r","policy":"\#(policy)","level":"专属","base":"fixed","amount":"500","term":6,"notice":2}"#
        )
        let c = try #require(books.customers["C"])
        let term = try await books.make(
            "care_terms",
            #"{"name":"专属服务","customer":"\#(c)","level":"专属","valid_from":"2026-02-01","until":"2027-01-31"}"#
        )
        let held = try await fee("C", policy, books)
        #expect(held.amount == 50_000 && held.steps.last?.zh == "最短服务期至 2026-07-31；解约须提前 2 个月通知，月底生效。")
        // Given up in March with two months of notice: May by that, but six months from February are the minimum.
        try await books.firm.change("care_terms", term, #"{"cancelled_on":"2026-03-15"}"#, as: books.firm.head)
        let bound = try await fee("C", policy, books)
        #expect(bound.amount == 50_000 && bound.steps.first?.en.contains("until 2026-07-31") == true)
        try await books.firm.change("care_terms", term, #"{"valid_from":"2025-06-01"}"#, as: books.firm.head)
        let free = try await fee("C", policy, books)
        #expect(free.amount == 0 && free.steps.last?.en == "No rule applies.")
        let wrong = await problem {
            try await books.firm.change("care_terms", term, #"{"cancelled_on":"2024-01-01"}"#, as: books.firm.head)
        }
        #expect(wrong?.fields.first?.field == "until")
        try await books.firm.act("new-version", "fee_policy", policy, "{}", as: books.firm.head)
        #expect(try await books.number("SELECT count(*) FROM fee_rule WHERE \"term\" = 6 AND \"notice\" = 2") == 2)
    }
}
