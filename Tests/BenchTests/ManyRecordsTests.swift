import Database
import Identity
import SQLText
import Testing
import Values

@testable import Bench
@testable import Records

/// Lists and reports of those who have very many records: what they say, and what they read for it.
@Suite struct ManyRecordsTests {
    /// All pages of a list, whose owner's records count as many from `many` on.
    private func ids(_ workspace: MeasuredWorkspace, _ query: ListQuery, amid ranges: [String] = [], many: Int64)
        async throws -> [RecordID]
    {
        try await workspace.engine.read(as: workspace.actor) { session in
            session.manyOwned = many
            var (query, ids) = (query, [RecordID]())
            for _ in 0..<50 {
                let object = try session.object("customers")
                let page =
                    try ranges.isEmpty ? session.list(object, query) : session.list(object, query, amid: ranges)
                ids += page.rows.map(\.id)
                query.cursor = page.next
                if page.next == nil || !ranges.isEmpty { break }
            }
            return ids
        }
    }

    @Test func `pages of the newest of many records are those of all of them`() async throws {
        let workspace = try await MeasuredWorkspace()
        let everybody = workspace.set.owners.map { "\"\($0)\"" }.joined(separator: ", ")
        var query = ListQuery()
        query.limit = 17
        for filter in ["owner = me", "owner in (\(everybody))", "owner = me and name contains \"1\""] {
            query.filter = filter
            let all = try await ids(workspace, query, many: .max)
            #expect(!all.isEmpty)
            #expect(try await ids(workspace, query, many: 1) == all, "\(filter)")
        }
        query.filter = "owner = me and name = \"nobody\""
        #expect(try await ids(workspace, query, many: 1).isEmpty)
    }

    @Test func `the newest records of many are found among the newest of all, without sorting`() async throws {
        let workspace = try await MeasuredWorkspace()
        guard workspace.engine.database.dialect == .sqlite else { return }
        var query = ListQuery()
        query.limit = 5
        query.filter = "owner in (" + workspace.set.owners.map { "\"\($0)\"" }.joined(separator: ", ") + ")"
        let statements = try await workspace.statements { [query] engine in
            try await engine.read(as: workspace.actor) { session in
                session.manyOwned = 10
                _ = try session.list(try session.object("customers"), query)
            }
        }
        let reading = statements.filter { $0.contains("\"customer\"") }
        #expect(reading.count == 2 && reading[0].contains("NOT INDEXED"), "\(reading)")
        // Somebody whose records are few among all is looked at alone, by an index.
        query.filter = "owner = me"
        let alone = try await workspace.statements { [query] engine in
            try await engine.read(as: workspace.actor) { session in
                session.manyOwned = 10
                _ = try session.list(try session.object("customers"), query)
            }
        }
        let plan = try await workspace.steps(of: alone)
        #expect(plan.contains { $0.contains("COVERING INDEX ix_customer_owner") }, "\(plan)")
        #expect(try await workspace.scans(of: alone) == [])
    }

    @Test func `who was not called for long is found by the time and not among all customers of a person`() async throws
    {
        let workspace = try await MeasuredWorkspace()
        let silent = "last_activity_at < \"2026-05-01\""
        let planned = "next_contact_on <= \"2026-05-10\""
        var query = ListQuery()
        query.filter = "owner = me and (\(planned) or \(silent)) and status not in (\"lost\")"
        query.sort = ["last_activity_at"]
        query.limit = 8
        let moment = try #require(Instant("2026-04-01T00:00:00Z")).milliseconds
        // Nobody; a few; more than are shown; with days planned.
        let whose = ["owner = me and ", ""]
        for (called, asked) in [(0, 0), (5, 0), (600, 0), (3, 4), (0, 400), (600, 600)] {
            _ = try await workspace.engine.database.write { connection in
                try connection.run("UPDATE customer SET last_activity_at = NULL, next_contact_on = NULL")
                for (count, change) in [
                    (called, "last_activity_at = \(moment) + id % 5000000000" as SQLFragment),
                    (asked, "next_contact_on = '2026-05-0' || (1 + id % 9)"),
                ] {
                    try connection.run(
                        "UPDATE customer SET \(change) WHERE id IN (SELECT id FROM customer ORDER BY id LIMIT \(count))"
                    )
                }
            }
            for who in whose {
                query.filter = who + "(\(planned) or \(silent)) and status not in (\"lost\")"
                let all = try await ids(workspace, query, many: .max).prefix(8)
                for many in [Int64(3), 20] {
                    let found = try await ids(workspace, query, amid: [silent, planned], many: many)
                    #expect(found == Array(all), "\(who) \(called) \(asked) \(many)")
                }
            }
        }
        guard workspace.engine.database.dialect == .sqlite else { return }
        let statements = try await workspace.statements { [query] engine in
            try await engine.read(as: workspace.actor) { session in
                session.manyOwned = 20
                _ = try session.list(try session.object("customers"), query, amid: [silent, planned])
            }
        }
        let plan = try await workspace.steps(of: statements)
        #expect(plan.contains { $0.contains("ix_customer_last_activity_at") })
        let scans = try await workspace.scans(of: statements)
        #expect(scans.allSatisfy { $0.hasPrefix("SCAN some") || $0.hasPrefix("SCAN found") }, "\(scans)")
    }

    @Test func `birthdays are read from those who have one`() async throws {
        let workspace = try await MeasuredWorkspace()
        var query = ListQuery()
        query.filter = "owner = me and birthday is not empty and ((month(birthday) = 3 and day(birthday) = 1))"
        query.sort = ["birthday"]
        let statements = try await workspace.statements(of: query, in: "contacts")
        #expect(try await workspace.scans(of: statements) == [])
        if workspace.engine.database.dialect == .sqlite {
            #expect(try await workspace.steps(of: statements).contains { $0.contains("ix_contact_owner_birthday") })
        }
    }

    // MARK: Reports on when records were made

    private func report(_ workspace: MeasuredWorkspace, _ zone: String, _ period: ReportDimension.Period?) async throws
        -> [String]
    {
        var actor = workspace.actor
        actor.timeZone = zone
        return try await workspace.engine.read(as: actor) { session in
            var query = ListQuery()
            query.filter = "created_at between \"2025-11-01\" and \"2027-10-31\""
            let by = period.map { [ReportDimension("created_at", $0)] } ?? []
            let cells = try session.report(try session.object("customers"), by: by, ReportMeasures(), query)
            return cells.map { "\($0.keys.first?.text ?? "") \($0.count)" }.sorted()
        }
    }

    @Test func `reports by the day of creation come from kept numbers and say what the records say`() async throws {
        let workspace = try await MeasuredWorkspace()
        let mix = RequestMix(set: workspace.set, key: "", run: "test")
        for number in 1...3 {
            let input = try JSONReader.parse(Array(mix.newCustomer(number).utf8))
            try await workspace.engine.write(as: workspace.actor) { session in
                let made = try session.create(try session.object("customers"), input)
                if number == 2 { try session.delete(try session.object("customers"), made.id) }
            }
        }
        let statements = try await workspace.statements { _ in
            let months = try await report(workspace, "Asia/Shanghai", .month)
            #expect(!months.isEmpty)
        }
        #expect(statements.contains { $0.contains("sys_kept") })
        #expect(!statements.contains { $0.contains("\"customer\"") }, "\(statements)")

        var kept: [String] = []
        var read: [String] = []
        let cases = ["Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"].flatMap { zone in
            [ReportDimension.Period?.none, .day, .week, .month, .year].map { (zone, $0) }
        }
        for (zone, period) in cases { kept += try await report(workspace, zone, period) }
        #expect(try await workspace.engine.verifyKept().isEmpty)
        // Without the mark that they are complete, kept numbers are not believed.
        _ = try await workspace.engine.database.write {
            try $0.run("DELETE FROM sys_kept WHERE kind = 'created_at@hour' AND owner = -1")
        }
        for (zone, period) in cases { read += try await report(workspace, zone, period) }
        #expect(kept == read)
    }

    @Test func `what all did in a span of time is counted by kind, outcome and person from an index alone`()
        async throws
    {
        let workspace = try await MeasuredWorkspace()
        let span = "happened_at between \"2026-01-01\" and \"2026-03-31\""
        for (filter, by) in [
            ("(kind != \"task\") and " + span, [ReportDimension("happened_at", .week), ReportDimension("kind")]),
            ("(outcome is not empty) and " + span, [ReportDimension("outcome")]),
            ("(kind != \"task\") and " + span, [ReportDimension("owner"), ReportDimension("kind")]),
        ] {
            let statements = try await workspace.statements { engine in
                try await engine.read(as: workspace.actor) { session in
                    var query = ListQuery()
                    query.filter = filter
                    _ = try session.report(try session.object("activities"), by: by, ReportMeasures(), query)
                }
            }
            #expect(try await workspace.scans(of: statements) == [])
            if workspace.engine.database.dialect == .sqlite {
                let plan = try await workspace.steps(of: statements)
                #expect(plan.contains { $0.contains("COVERING INDEX ix_activity_happened_at_id") }, "\(plan)")
            }
        }
    }

    @Test func `who sees only their own is told of their own, whatever is kept`() async throws {
        let workspace = try await MeasuredWorkspace()
        let (count, own) = try await workspace.engine.read(as: workspace.salesperson) { session in
            let object = try session.object("customers")
            var query = ListQuery()
            query.filter = "created_at between \"2025-11-01\" and \"2027-10-31\""
            let count = try session.report(object, by: [], ReportMeasures(), query).first?.count
            return (count, try session.list(object, ListQuery()).rows.count)
        }
        #expect(own > 10 && own < 50 && count == Int64(own))
    }
}
