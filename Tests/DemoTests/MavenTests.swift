import Customers
import Database
import Demo
import Foundation
import Identity
import Records
import SQLText
import Sales
import Schema
import TestSupport
import Testing
import Values

/// The totals that the data set itself states, asked through the engine.
@Suite struct MavenTests {
    private static let folder =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Data/maven-crm"

    @Test func `the Maven data set goes in with the totals that it states`() async throws {
        let database = try await TestDatabase.make()
        let engine = try await RecordEngine(database: database, modules: [CustomersModule.module, SalesModule.module])
        let identities = Identities(database: database, ids: engine.ids)
        let summary = try await MavenImport(engine, identities).run(folder: Self.folder)
        let expected = try JSONReader.parse(try String(contentsOfFile: Self.folder + "/expected.json", encoding: .utf8))
        #expect(summary.opportunities == 8800)
        #expect(summary.customers == 85)
        #expect(summary.products == 7)
        #expect(summary.agents == 35)
        let boss = Actor.system("test")
        for stage in expected["stages"]?.members ?? [] {
            let count = try await count(#"stage = "\#(stage.key.lowercased())""#, engine, as: boss)
            #expect(count == stage.value.integer, "\(stage.key)")
        }
        #expect(try await count("customer is empty", engine, as: boss) == 1425)
        #expect(try await sum(#"stage = "won""#, engine, as: boss) == 1_000_553_400)
        for product in expected["won_revenue_by_product"]?.members ?? [] {
            let sum = try await sum(#"stage = "won" and product.name = "\#(product.key)""#, engine, as: boss)
            #expect(sum == cents(product.value), "\(product.key)")
        }
        for month in expected["won_by_close_month"]?.members ?? [] {
            let filter =
                #"outcome = "won" and closed_on >= "\#(month.key)-01" and closed_on < "\#(next(month.key))-01""#
            #expect(try await count(filter, engine, as: boss) == month.value["deals"]?.integer, "\(month.key)")
            #expect(try await sum(filter, engine, as: boss) == month.value["revenue"].map(cents), "\(month.key)")
        }
        try await checkManagers(expected, engine, identities)
        try await checkTraps(engine, as: boss)
    }

    /// Each manager sees exactly the revenue of the own team: the scope of the role is measured, too.
    private func checkManagers(_ expected: JSONValue, _ engine: RecordEngine, _ identities: Identities) async throws {
        for manager in expected["won_revenue_by_manager"]?.members ?? [] {
            let name = manager.key
            let id = try await engine.database.write { connection in
                try connection.run("UPDATE sys_user SET state = 'active' WHERE name = \(name)")
                return try connection.value("SELECT id FROM sys_user WHERE name = \(name)").integer
            }
            let actor = try #require(try await identities.actor(for: RecordID(id ?? 0)))
            #expect(try await sum(#"outcome = "won""#, engine, as: actor) == cents(manager.value), "\(name)")
        }
    }

    private func checkTraps(_ engine: RecordEngine, as actor: Actor) async throws {
        try await engine.read(as: actor) { session in
            var query = ListQuery()
            let customers = try session.object("customers")
            query.filter = #"tags contains "technolgy""#
            #expect(try session.count(customers, query) == 0)
            query.filter = "parent is not empty"
            #expect(try session.count(customers, query) > 0)
            query.filter = #"name starts with "Acme" and annual_revenue = 1100040000"#
            #expect(try session.count(customers, query) == 1)
            query = ListQuery()
            query.filter = #"description = "1C1I7A6R""#
            let deal = try #require(try session.list(try session.object("opportunities"), query).rows.first)
            let visits = try StageHistory.of(deal.id, session)
            #expect(visits.map(\.stage) == ["engaging", "won"])
            #expect(visits.last?.enteredAt == Instant("2017-03-01T12:00:00Z"))
        }
    }

    private func cents(_ value: JSONValue) -> Int64 { (try? FixedPoint.parse(value.text, digits: 2)) ?? -1 }

    private func next(_ month: String) -> String {
        let day = Day(month + "-01")?.adding(months: 1)
        return String(day?.description.prefix(7) ?? "")
    }

    private func query(_ filter: String) -> ListQuery {
        var query = ListQuery()
        query.filter = filter
        return query
    }

    private func count(_ filter: String, _ engine: RecordEngine, as actor: Actor) async throws -> Int64 {
        let query = query(filter)
        return try await engine.read(as: actor) { try $0.count(try $0.object("opportunities"), query) }
    }

    private func sum(_ filter: String, _ engine: RecordEngine, as actor: Actor) async throws -> Int64 {
        let query = query(filter)
        return try await engine.read(as: actor) { session in
            let object = try session.object("opportunities")
            let plan = try session.plan(object, fields: ["amount"])
            let start = try #require(plan.slot("amount")).start
            var sum: Int64 = 0
            try session.eachMatch(object, query, plan) { row in
                sum += row.integer(start + 2)
                return true
            }
            return sum
        }
    }
}
