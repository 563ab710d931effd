import Database
import Foundation
import Identity
import Records
import SQLText
import Testing
import Values

@testable import Bench

/// How many statements a request may take, and that none of them reads a whole table.
@Suite struct BudgetTests {
    @Test func `a page of an owner's customers is one statement and a total another`() async throws {
        let workspace = try await MeasuredWorkspace()
        var query = ListQuery()
        query.filter = "owner = \"\(workspace.set.owners[1])\""
        query.sort = ["name"]
        let list = try await workspace.statements(of: query)
        #expect(list.count <= 2, "the schema's version and the page: \(list)")
        query.total = true
        let counted = try await workspace.statements(of: query)
        #expect(counted.count <= 3)
        #expect(try await workspace.scans(of: list + counted) == [])
    }

    @Test(arguments: ["name", "-name", "next_contact_on", "-last_activity_at"])
    func `a list in an order that has an index reads no whole table`(order: String) async throws {
        let workspace = try await MeasuredWorkspace()
        var query = ListQuery()
        query.sort = [order]
        query.limit = 20
        let first = try await workspace.statements(of: query)
        #expect(try await workspace.scans(of: first) == [])
    }

    @Test func `the newest come first without sorting`() async throws {
        let workspace = try await MeasuredWorkspace()
        let list = try await workspace.statements(of: ListQuery())
        if workspace.engine.database.dialect == .postgres {
            #expect(try await !workspace.plans(of: [list[list.count - 1]]).contains { $0.contains("Sort") })
            return
        }
        let plans = try await workspace.engine.database.read { connection in
            try connection.plan(SQLFragment(text: list[list.count - 1]))
        }
        #expect(!plans.contains { $0.contains("TEMP B-TREE") })
    }

    @Test(arguments: [
        "phone = \"+8613800000000\"", "email = \"info7@cust7.example.com\"", "code = \"C0000007\"",
        "next_contact_on = \"2026-05-01\"",
    ])
    func `a filter on an indexed field reads no whole table`(filter: String) async throws {
        let workspace = try await MeasuredWorkspace()
        var query = ListQuery()
        query.filter = filter
        let list = try await workspace.statements(of: query)
        #expect(list.count <= 2)
        #expect(try await workspace.scans(of: list) == [])
    }

    @Test func `who sees only their own reads no whole table either`() async throws {
        let workspace = try await MeasuredWorkspace()
        var query = ListQuery()
        query.sort = ["name"]
        let list = try await workspace.statements(of: query, as: workspace.salesperson)
        #expect(list.count <= 2)
        #expect(try await workspace.scans(of: list) == [])
    }

    @Test func `a second page continues from the index`() async throws {
        let workspace = try await MeasuredWorkspace()
        var query = ListQuery()
        query.sort = ["name"]
        query.limit = 10
        let next = try await workspace.engine.read(as: workspace.actor) { [query] session in
            try session.list(try session.object("customers"), query).next
        }
        #expect(next != nil)
        query.cursor = next
        let page = try await workspace.statements(of: query)
        #expect(page.count <= 2)
        #expect(try await workspace.scans(of: page) == [])
    }

    @Test func `the pipeline report reads kept sums and no opportunity`() async throws {
        let workspace = try await MeasuredWorkspace()
        let statements = try await workspace.statements { engine in
            _ = try await engine.read(as: workspace.actor) { session in
                try session.groups(try session.object("opportunities"), by: ["pipeline", "stage"], sum: "amount").count
            }
        }
        #expect(statements.count <= 2)
        #expect(statements.contains { $0.contains("sys_kept") })
        #expect(!statements.contains { $0.contains("\"opportunity\"") })
        #expect(try await workspace.scans(of: statements) == [])
    }

    @Test(arguments: [("open", "potential", "close_on"), ("won", "won", "-closed_on")])
    func `a column of a board is read in its order and not sorted`(outcome: String, stage: String, sort: String)
        async throws
    {
        let workspace = try await MeasuredWorkspace()
        var query = ListQuery()
        query.filter = "stage = \"\(stage)\" and pipeline = \"standard\" and outcome = \"\(outcome)\""
        query.sort = [sort]
        query.limit = 20
        let lane = try await workspace.statements(of: query, in: "opportunities")
        #expect(lane.count <= 2)
        #expect(try await workspace.scans(of: lane) == [])
        if workspace.engine.database.dialect == .sqlite {
            let plan = try await workspace.steps(of: lane)
            #expect(plan.contains { $0.contains("ix_opportunity_outcome_close") })
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
        }
    }

    @Test func `a record by id takes one statement beside the schema's version`() async throws {
        let workspace = try await MeasuredWorkspace()
        let id = DataSet.customerID(7)
        let statements = try await workspace.statements { engine in
            _ = try await engine.read(as: workspace.actor) { session in
                var json = JSONWriter()
                try session.write(try session.object("customers"), id, isLast: true, to: &json)
                return json.bytes.count
            }
        }
        #expect(statements.count <= 2)
        #expect(try await workspace.scans(of: statements) == [])
    }

    @Test func `making a customer stays within its budget of statements`() async throws {
        let workspace = try await MeasuredWorkspace()
        let mix = RequestMix(set: workspace.set, key: "", run: "test")
        let numbers = Counter()
        let statements = try await workspace.statements { engine in
            let input = try JSONReader.parse(Array(mix.newCustomer(numbers.next()).utf8))
            _ = try await engine.write(as: workspace.actor) { session in
                try session.create(try session.object("customers"), input).id
            }
        }
        #expect(statements.count <= 14, "\(statements)")
        #expect(try await workspace.scans(of: statements) == [])
    }

    @Test func `changing a stage stays within its budget of statements`() async throws {
        let workspace = try await MeasuredWorkspace()
        let stages = ["won", "interested", "negotiating", "potential"]
        let numbers = Counter()
        let statements = try await workspace.statements { engine in
            let stage = JSONValue.string(stages[numbers.next() % 4])
            _ = try await engine.write(as: workspace.actor) { session in
                let id = DataSet.opportunityID(11, 1)
                return try session.update(
                    try session.object("opportunities"),
                    id,
                    .object([.init(key: "stage", value: stage)])
                ).id
            }
        }
        #expect(statements.count <= 16, "\(statements)")
        #expect(try await workspace.scans(of: statements) == [])
    }
}

/// Counts up.
private final class Counter: @unchecked Sendable {
    private var value = 0
    private let lock = NSLock()

    func next() -> Int {
        lock.lock()
        defer { lock.unlock() }
        value += 1
        return value
    }
}
