import Database
import Identity
import Records
import SQLText
import Schema
import Testing
import Values

@Suite struct ReportTests {
    /// Four companies of Ada and one of Bob; made at moments that lie on other days in Shanghai than in London.
    private func office() async throws -> Office {
        let office = try await Office.open()
        let rows: [(String, String, String, String)] = [
            ("甲", #""a""#, #""100.50""#, "2026-01-31T15:59:59Z"), ("乙", #""a""#, "null", "2026-01-31T16:00:00Z"),
            ("丙", #""b""#, #""20""#, "2026-03-31T20:00:00Z"), ("丁", "null", #""3""#, "2025-12-28T23:00:00Z"),
        ]
        for (name, level, worth, moment) in rows {
            let made = try await office.company(
                #"{"name":"\#(name)","level":\#(level),"worth":\#(worth)}"#,
                as: office.ada
            )
            let at = try #require(Instant(moment))
            _ = try await office.engine.database.write {
                try $0.run("UPDATE company SET created_at = \(at) WHERE id = \(made.id)")
            }
        }
        try await office.company(#"{"name":"戊","level":"a","worth":"7"}"#, as: office.bob)
        return office
    }

    private func told(
        _ office: Office,
        _ actor: Actor,
        by dimensions: [ReportDimension],
        _ measures: ReportMeasures = ReportMeasures(),
        filter: String? = nil
    ) async throws -> [String] {
        try await office.engine.read(as: actor) { session in
            var query = ListQuery()
            query.filter = filter
            return try session.report(try session.object("companies"), by: dimensions, measures, query).map { cell in
                let keys = cell.keys.map { $0.text ?? "-" }.joined(separator: "/")
                return "\(keys) \(cell.count) \(cell.sums) \(cell.valued) \(cell.part)"
            }.sorted()
        }
    }

    @Test func `a report counts what its reader may see`() async throws {
        let office = try await office()
        let measures = ReportMeasures(sums: ["worth"], part: "worth > 50")
        let ada = try await told(office, office.ada, by: [.init("level")], measures)
        #expect(ada == ["- 1 [300] [1] 0", "a 2 [10050] [1] 1", "b 1 [2000] [1] 0"])
        let bob = try await told(office, office.bob, by: [.init("level")], measures)
        #expect(bob == ["a 1 [700] [1] 0"])
        #expect(try await told(office, office.outsiderReading, by: []) == [" 0 [] [] 0"])
    }

    @Test func `texts that lists take for the same make one group`() async throws {
        let office = try await Office.open()
        for (name, worth) in [("Acme", "1"), ("ＡＣＭＥ", "2"), ("acme", "3"), ("acme", "4"), ("Zeta", "5")] {
            try await office.company(#"{"name":"\#(name)","worth":"\#(worth)"}"#, as: office.ada)
        }
        let groups = try await told(office, office.ada, by: [.init("name")], ReportMeasures(sums: ["worth"]))
        #expect(groups == ["Zeta 1 [500] [1] 0", "acme 4 [1000] [4] 0"])
        let behind = try await told(
            office,
            office.ada,
            by: [],
            ReportMeasures(sums: ["worth"]),
            filter: "name = \"acme\""
        )
        #expect(behind == [" 4 [1000] [4] 0"])
    }

    @Test func `moments fall on the days of the reader's time zone`() async throws {
        let office = try await office()
        let mine = "owner = me"
        let months = try await told(office, office.ada, by: [.init("created_at", .month)], filter: mine)
        #expect(months.map { $0.prefix(12) } == ["2025-12-01 1", "2026-01-01 1", "2026-02-01 1", "2026-04-01 1"])
        var london = office.ada
        london.timeZone = "Europe/London"
        let there = try await told(office, london, by: [.init("created_at", .month)], filter: mine)
        #expect(there.map { $0.prefix(12) } == ["2025-12-01 1", "2026-01-01 2", "2026-03-01 1"])
        let quarters = try await told(office, office.ada, by: [.init("created_at", .quarter)], filter: mine)
        #expect(quarters.map { $0.prefix(12) } == ["2025-10-01 1", "2026-01-01 2", "2026-04-01 1"])
        let weeks = try await told(office, office.ada, by: [.init("created_at", .week)], filter: mine)
        #expect(weeks.map { $0.prefix(12) } == ["2025-12-29 1", "2026-01-26 2", "2026-03-30 1"])
        let both = try await told(office, office.ada, by: [.init("created_at", .year), .init("level")], filter: mine)
        #expect(both.map { $0.prefix(14) } == ["2025-01-01/- 1", "2026-01-01/a 2", "2026-01-01/b 1"])
    }

    @Test func `a report refuses fields that its reader may not see`() async throws {
        let office = try await office()
        var actor = office.ada
        actor.rights.fields["company.worth"] = .hidden
        let copy = actor
        for measures in [ReportMeasures(sums: ["worth"]), ReportMeasures(part: "worth > 1")] {
            let problem = await problem { _ = try await told(office, copy, by: [], measures) }
            #expect(problem?.kind == .malformed, "\(String(describing: problem))")
        }
        let grouped = await problem { _ = try await told(office, copy, by: [.init("worth")]) }
        #expect(grouped?.code == "unknown_field")
    }

    @Test func `reports are kept and shared like views`() async throws {
        let office = try await Office.open()
        let made = try await office.engine.write(as: office.ada) { session in
            try session.save(SavedReport(.report, name: "我的", body: "{}"))
        }
        let seen = try await office.engine.read(as: office.mei) { try $0.savedReports(.report) }
        #expect(seen.isEmpty)
        try await office.engine.write(as: office.ada) { session in
            var report = try session.savedReport(.report, made)
            (report.sharing, report.name) = (.team, "全组")
            try session.save(report)
        }
        #expect(try await office.engine.read(as: office.mei) { try $0.savedReports(.report) }.map(\.name) == ["全组"])
        #expect(try await office.engine.read(as: office.bob) { try $0.savedReports(.report) }.isEmpty)
        let refused = await problem {
            try await office.engine.write(as: office.mei) { try $0.delete(.report, made) }
        }
        #expect(refused?.kind == .forbidden)
        try await office.engine.write(as: office.ada) { try $0.delete(.report, made) }
        #expect(try await office.engine.read(as: office.ada) { try $0.savedReports(.report) }.isEmpty)
    }
}

extension Office {
    /// Somebody who may read companies of their own and has none.
    fileprivate var outsiderReading: Actor {
        var actor = outsider
        actor.rights = Office.seller
        return actor
    }
}
