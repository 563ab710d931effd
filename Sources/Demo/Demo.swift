import Costing
import Customers
import Database
public import Identity
public import Records
import SQLText
import Sales
import Schema
public import Values

/// How to log in to a demo workspace.
public struct DemoSummary: Sendable {
    /// Somebody of the demo company.
    public struct LogIn: Sendable {
        /// The person's name.
        public let name: String
        /// The address to log in with.
        public let email: String
        /// The key of the person's role.
        public let role: String
    }

    /// Everybody, the administrator first.
    public let logins: [LogIn]
    /// The password of everybody; made at random for this workspace and kept nowhere in clear.
    public let password: String
    /// How many records were made, by object key.
    public let counts: [String: Int]
}

/// A workspace of a believable company: 云帆智造 sells software and devices to factories.
public enum Demo {
    /// Fills an empty workspace: two years of 5,000 customers, 12,000 contacts, 3,000 opportunities and 60,000
    /// activities at a `scale` of 1. The same seed, scale and time give the same records.
    ///
    /// Throws `not_empty` when the workspace has customers already.
    public static func build(
        _ engine: RecordEngine,
        _ identities: Identities,
        passwords: PasswordHash = .production,
        scale: Double = 1,
        seed: UInt64 = 2026,
        now: Instant
    ) async throws -> DemoSummary {
        try await requireEmpty(engine)
        let password = randomPassword()
        let hash = try await passwords.hash(password)
        let people = try await engine.database.write { connection in
            var random = SeededGenerator(seed: seed)
            try connection.run(
                """
                INSERT INTO sys_setting (key, value) VALUES (\("company_name"), \(DemoPeople.company))
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """
            )
            // The name is part of what sessions keep of the schema.
            try connection.run(
                """
                INSERT INTO sys_counter (name, value) VALUES ('schema_version', 1)
                ON CONFLICT (name) DO UPDATE SET value = sys_counter.value + 1
                """
            )
            return try DemoPeople.make(identities, passwordHash: hash, &random, on: connection)
        }
        let world = DemoWorld(people: people, scale: scale, seed: seed, now: now)
        var counts = try await world.load(into: engine)
        try await DemoCosts(world, seed: seed).load(into: engine, &counts)
        return DemoSummary(
            logins: people.members.map { .init(name: $0.name, email: $0.email, role: $0.role) },
            password: password,
            counts: counts
        )
    }

    private static func requireEmpty(_ engine: RecordEngine) async throws {
        let isEmpty = try await engine.read(as: .system("demo")) { session in
            try session.list(try session.object("customers"), ListQuery()).rows.isEmpty
        }
        guard isEmpty else {
            throw Problem(
                .conflict,
                "not_empty",
                Label(
                    "The workspace has customers already. Make a new one for the demo.",
                    zh: "该工作区已有客户数据，请新建一个工作区用于演示。"
                )
            )
        }
    }

    /// Four groups of four letters and digits that cannot be mistaken for each other: 80 bits of chance.
    private static func randomPassword() -> String {
        let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789ACDEFGHJKLMNPQRTUVWXY")
        var random = SystemRandomNumberGenerator()
        let groups = (0..<4).map { _ in String((0..<4).map { _ in alphabet.randomElement(using: &random) ?? "k" }) }
        return groups.joined(separator: "-")
    }
}

/// All rows of the demo, before they are loaded.
struct DemoWorld: Sendable {
    let people: DemoPeople
    let days: DemoDays
    var random: SeededGenerator
    var ids = DatedIDs()
    var codes: Set<String> = []
    var customers: [DemoCustomer] = []
    var products: [RecordID] = []
    var deals: [DemoDeal] = []
    var contactRows: [[String: SQLValue]] = []
    var roleRows: [[String: SQLValue]] = []
    var productRows: [[String: SQLValue]] = []
    var bookRows: [[String: SQLValue]] = []
    var entryRows: [[String: SQLValue]] = []
    var lineRows: [[String: SQLValue]] = []
    var leadRows: [[String: SQLValue]] = []
    var opportunityRows: [[String: SQLValue]] = []
    var activityRows: [[String: SQLValue]] = []
    var visitRows: [[SQLValue]] = []

    var now: Instant { days.now }

    init(people: DemoPeople, scale: Double, seed: UInt64, now: Instant) {
        self.people = people
        days = DemoDays(now: now)
        random = SeededGenerator(seed: seed &+ 1)
        func count(_ full: Int) -> Int { max(1, Int(Double(full) * scale)) }
        makeProducts()
        makeCustomers(count(5000))
        makeOpportunities(count(3000))
        makeActivities(count(60_000))
        makeLeads(count(800))
        settleCustomers()
        tagContracts()
    }

    /// Puts the rows into the workspace in batches; the answer is how many of each object.
    func load(into engine: RecordEngine) async throws -> [String: Int] {
        let parts: [(String, [[String: SQLValue]])] = [
            (Product.key, productRows), (PriceBook.key, bookRows), (PriceBookEntry.key, entryRows),
            (Customer.key, customers.map(\.row)), (Contact.key, contactRows), (ContactRole.key, roleRows),
            (Opportunity.key, opportunityRows), (OpportunityLine.key, lineRows), (Lead.key, leadRows),
            (Activity.key, activityRows),
        ]
        var counts: [String: Int] = [:]
        for (object, rows) in parts {
            counts[object] = rows.count
            for start in stride(from: 0, to: rows.count, by: 5000) {
                let batch = rows[start..<min(start + 5000, rows.count)]
                try await engine.write(as: .system("demo")) { session in
                    var loader = try RowLoader(object, in: session)
                    for row in batch { try loader.add(row) }
                    try loader.finish()
                }
            }
        }
        let visits = visitRows
        try await engine.write(as: .system("demo")) { session in
            for visit in visits {
                try session.connection.run(
                    SQLFragment(
                        text: """
                            INSERT INTO sys_stage_history (record, seq, object, pipeline, stage, entered_at, entered_by,
                            left_at, left_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                            """,
                        values: visit
                    )
                )
            }
        }
        return counts
    }
}
