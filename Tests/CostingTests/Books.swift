import Costing
import Database
import Identity
import Records
import SQLText
import Schema
import TestFirm
import Values

/// A firm with the three teams and three customers of the chapter on customer economics, in June 2026.
struct Books {
    let firm: Firm
    var pools: [String: RecordID] = [:]
    var customers: [String: RecordID] = [:]
    var runs: CostRuns { CostRuns(firm.engine) }

    static let month = "2026-06"

    static func empty() async throws -> Books {
        Books(firm: try await Firm.open(also: [CostingModule.module]))
    }

    static func open() async throws -> Books {
        var books = try await empty()
        for (name, cost) in [("support", "49920"), ("sales", "96000"), ("success", "24000")] {
            let people = ["support": "5", "sales": "3.85", "success": "1.92"][name] ?? "3"
            let pool = try await books.make("cost_pools", #"{"name":"\#(name)","people":"\#(people)"}"#)
            books.pools[name] = pool
            try await books.make(
                "cost_lines",
                #"{"name":"工资","pool":"\#(pool)","day":"2026-06-30","amount":"\#(cost)"}"#
            )
        }
        try await books.capacity("sales", people: "5", days: 20, minutes: 400)
        try await books.capacity("success", people: "5", days: 10, minutes: 400)
        try await books.activities()
        try await books.fill()
        return books
    }

    private mutating func capacity(_ pool: String, people: String, days: Int, minutes: Int) async throws {
        guard let id = pools[pool] else { return }
        try await make(
            "pool_months",
            """
            {"pool":"\(id)","month":"2026-06-01","people":"\(people)","days":\(days),"minutes_per_day":\(minutes)}
            """
        )
    }

    /// Tickets are messages here: their equation reads the words of the subject and the direction.
    private func activities() async throws {
        let kinds: [(String, String, String, String, String)] = [
            (
                "工单", "support", "service", #"kind = "message""#,
                #"""
                6 + if(direction = "incoming", 15, 0) + 4 * if(subject contains "两次", 2, if(subject contains "五次", 5, 8)) \#
                + if(direction = "incoming", 25, 0) + if(subject contains "上门", 90, 0)
                """#
            ),
            ("电话", "sales", "maintenance", #"kind = "call""#, "12"),
            ("拜访", "sales", "maintenance", #"kind = "visit""#, "150"),
            ("回访", "success", "maintenance", #"kind = "email""#, "30"),
        ]
        for (name, pool, category, condition, minutes) in kinds {
            guard let id = pools[pool] else { continue }
            var json = JSONWriter()
            json.object { json in
                json.member("name", name)
                json.member("pool", id.description)
                json.member("category", category)
                json.member("condition", condition)
                json.member("minutes", minutes)
                json.member("logged", "duration_minutes")
            }
            try await make("cost_activities", json.text)
        }
    }

    private mutating func fill() async throws {
        for (name, sales, discount, goods) in [
            ("A", "80000", "4000", "38000"), ("B", "30000", "1000", "15000"), ("C", "6000", "0", "2400"),
        ] {
            let id = try await make("customers", #"{"name":"\#(name)"}"#)
            customers[name] = id
            try await make(
                "sale_lines",
                """
                {"name":"S-\(name)","customer":"\(id)","day":"2026-06-10","amount":"\(sales)",
                "discount":"\(discount)","goods":"\(goods)"}
                """
            )
        }
        try await add(
            "A",
            [("message", 6, "两次", false), ("call", 4, "", false), ("visit", 1, "", false), ("email", 2, "", false)]
        )
        try await add(
            "B",
            [
                ("message", 9, "五次", true), ("message", 3, "上门八次", true), ("call", 20, "", false),
                ("visit", 4, "", false), ("email", 6, "", false),
            ]
        )
        try await add("C", [("call", 1, "", false), ("email", 1, "", false)])
        for (name, nature, amount) in [
            ("A", "loyalty", "900"), ("B", "loyalty", "200"), ("C", "loyalty", "60"), ("B", "warranty", "2400"),
            ("A", "commission", "1500"), ("B", "commission", "2500"), ("C", "commission", "600"),
        ] {
            try await cost(name, nature, amount)
        }
    }

    private func add(_ customer: String, _ events: [(kind: String, count: Int, subject: String, phone: Bool)])
        async throws
    {
        guard let id = customers[customer] else { return }
        for event in events {
            for number in 0..<event.count {
                let direction = event.phone ? "incoming" : "outgoing"
                try await make(
                    "activities",
                    """
                    {"kind":"\(event.kind)","subject":"\(event.subject) \(number)","direction":"\(direction)",
                    "customer":"\(id)","happened_at":"2026-06-05T02:00:00Z"}
                    """
                )
            }
        }
    }

    @discardableResult
    func cost(_ customer: String, _ nature: String, _ amount: String, day: String = "2026-06-15") async throws
        -> RecordID
    {
        try await make(
            "direct_costs",
            """
            {"name":"\(nature)","customer":"\(customers[customer]?.description ?? "")","day":"\(day)",
            "amount":"\(amount)","nature":"\(nature)","reference":"V\(firm.engine.ids.next())"}
            """
        )
    }

    @discardableResult
    func make(_ plural: String, _ json: String) async throws -> RecordID {
        try await firm.make(plural, json, as: firm.head).id
    }

    func statement(_ customer: String, _ month: String = Books.month) async throws -> Statement {
        guard let id = customers[customer] else { return .zero }
        return try await firm.engine.read(as: firm.head) { session in
            try ProfitReader.months(of: id, from: month, to: month, session).first?.statement ?? .zero
        }
    }

    func number(_ sql: SQLFragment) async throws -> Int64 {
        try await firm.engine.database.read { try $0.value(sql).integer ?? 0 }
    }
}
