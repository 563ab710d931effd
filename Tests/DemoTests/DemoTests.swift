import Costing
import Customers
import Database
import Demo
import Identity
import Ledger
import Records
import SQLText
import Sales
import Schema
import TestSupport
import Testing
import Values

@Suite struct DemoTests {
    private let now = Instant(milliseconds: 1_770_000_000_000)

    private func open() async throws -> (RecordEngine, Identities) {
        let database = try await TestDatabase.make()
        let engine = try await RecordEngine(
            database: database,
            modules: [CustomersModule.module, SalesModule.module, CostingModule.module]
        )
        return (engine, Identities(database: database, ids: engine.ids))
    }

    private func count(_ plural: String, _ filter: String?, _ engine: RecordEngine, as actor: Actor) async throws
        -> Int64
    {
        try await engine.read(as: actor) { session in
            var query = ListQuery()
            query.filter = filter
            return try session.count(try session.object(plural), query)
        }
    }

    @Test func `two years of costs are reckoned, all months but the last closed, and the largest customer loses money`()
        async throws
    {
        let (engine, identities) = try await open()
        _ = try await Demo.build(engine, identities, passwords: .testing, scale: 0.1, now: now)
        let system = Actor.system("test")
        let (runs, curve, table) = try await engine.read(as: system) { session in
            let runs = try RunList.newest(100, session)
            let (first, last) = (runs.map(\.month).min() ?? "", runs.map(\.month).max() ?? "")
            return (
                runs, try WhaleReader.curve(from: first, to: last, session),
                try ChannelReader.table(from: first, to: last, session)
            )
        }
        #expect(runs.count == 24 && runs.count { $0.state == "closed" } == 23)
        let largest = (curve.best + curve.worst).max { $0.statement[.sales] < $1.statement[.sales] }
        #expect(curve.worst.contains { $0.id == largest?.id })
        #expect(curve.peak > curve.total)
        let search = try #require(table.channels.first { $0.key == "search" })
        let survival = try #require(try await engine.read(as: system) { try ContractCurve.read($0) })
        #expect(ContractCurve.refusal(survival) == nil && survival.known > 6)
        // By the first touch it is dearer than by the last.
        #expect((search.costs[0] ?? 0) > (search.costs[1] ?? .max))
    }

    @Test func `the demo is a company of 25 people with customers, deals and a past`() async throws {
        let (engine, identities) = try await open()
        let summary = try await Demo.build(engine, identities, passwords: .testing, scale: 0.02, now: now)
        #expect(summary.logins.count == 25)
        #expect(summary.password.count == 19)
        let boss = Actor.system("test")
        #expect(try await count("customers", nil, engine, as: boss) == 100)
        #expect(try await count("opportunities", nil, engine, as: boss) == 60)
        #expect(try await count("activities", nil, engine, as: boss) == 1200)
        #expect(try await count("contacts", nil, engine, as: boss) > 150)
        #expect(try await count("activities", "created_at > now", engine, as: boss) == 0)
        #expect(try await count("opportunities", "outcome = \"won\"", engine, as: boss) > 0)
        #expect(try await count("opportunities", "outcome = \"open\"", engine, as: boss) > 0)
        let lost = #"outcome = "lost" and loss_reason is empty"#
        #expect(try await count("opportunities", lost, engine, as: boss) == 0)
        let broken = try await engine.database.read { connection in
            try connection.value(
                """
                SELECT count(*) FROM opportunity o WHERE stage <> (SELECT h.stage FROM sys_stage_history h
                WHERE h.record = o.id AND h.left_at IS NULL) OR stage_changed_at < created_at
                """
            )
        }
        #expect(broken.integer == 0)
    }

    @Test func `its salespeople see a part, their heads more, the administrator all`() async throws {
        let (engine, identities) = try await open()
        let summary = try await Demo.build(engine, identities, passwords: .testing, scale: 0.02, now: now)
        func seen(_ role: String) async throws -> Int64 {
            let email = summary.logins.first { $0.role == role }?.email ?? ""
            let id = try await engine.database.read { connection in
                try connection.value("SELECT id FROM sys_user WHERE email = \(email)").integer
            }
            let actor = try #require(try await identities.actor(for: RecordID(id ?? 0)))
            return try await count("customers", nil, engine, as: actor)
        }
        let (seller, head, admin) = try await (seen("salesperson"), seen("sales_manager"), seen("administrator"))
        #expect(seller > 0)
        #expect(seller < head)
        #expect(admin == 100)
        #expect(head <= admin)
    }

    @Test func `the same seed makes the same records, and only an empty workspace takes them`() async throws {
        var names: [[String]] = []
        for _ in 0..<2 {
            let (engine, identities) = try await open()
            _ = try await Demo.build(engine, identities, passwords: .testing, scale: 0.01, now: now)
            names.append(
                try await engine.read(as: .system("test")) { session in
                    let page = try session.list(try session.object("activities"), ListQuery())
                    return page.rows.map { $0.id.description }
                }
            )
            await #expect(throws: Problem.self) {
                try await Demo.build(engine, identities, passwords: .testing, scale: 0.01, now: now)
            }
        }
        #expect(names[0] == names[1])
    }

    @Test func `codes, phones and addresses of the demo pass the checks of a form`() async throws {
        let (engine, identities) = try await open()
        _ = try await Demo.build(engine, identities, passwords: .testing, scale: 0.02, now: now)
        try await engine.write(as: .system("test")) { session in
            let object = try session.object("customers")
            var query = ListQuery()
            query.limit = 100
            for row in try session.list(object, query).rows {
                var json = JSONWriter()
                try session.write(
                    object,
                    row.id,
                    fields: ["name", "credit_code", "phone", "email", "website", "address"],
                    to: &json
                )
                let shown = try JSONReader.parse(json.text)
                let members = (shown.members ?? []).filter { $0.key != "id" }
                let before = try session.find(object, row.id)
                let after = try session.update(object, row.id, .object(members))
                #expect(before.version == after.version, "\(shown.text)")
            }
        }
    }
}
