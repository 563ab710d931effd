import Database
import Expressions
import SQLText
import Schema
import TestSupport
import Testing
import Values

/// The borders of days where the clock changes between summer and winter time.
@Suite struct ZoneTests {
    private func moment(_ text: String) throws -> Int64 { try #require(Instant(text)).milliseconds }

    private func zone(_ name: String) throws -> Zone { try #require(Zone.named(name)) }

    @Test(arguments: [
        ("America/New_York", "2026-03-07", "2026-03-07T05:00:00Z"),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z"),
        ("America/New_York", "2026-03-09", "2026-03-09T04:00:00Z"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z"),
        ("America/New_York", "2026-11-02", "2026-11-02T05:00:00Z"),
        ("Asia/Shanghai", "2026-03-09", "2026-03-08T16:00:00Z"),
        ("Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00Z"),
        ("Asia/Shanghai", "1990-07-01", "1990-06-30T15:00:00Z"),
        // Midnight is left out in Beirut in March; in Havana it comes twice in November.
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"), ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
    ])
    func `a day begins where its zone says`(name: String, day: String, start: String) throws {
        let zone = try zone(name)
        let day = try #require(Day(day))
        #expect(zone.start(of: day) == (try moment(start)))
        #expect(Portable.day(of: zone.start(of: day), in: zone) == day)
        #expect(Portable.day(of: zone.start(of: day) - 1, in: zone) == Day(daysSince1970: day.daysSince1970 - 1))
    }

    @Test func `months keep the reading of the clock`() throws {
        let zone = try zone("America/New_York")
        // 10:00 in winter becomes 10:00 in summer.
        let moved = Portable.move(try moment("2026-02-15T15:00:00Z"), months: 1, by: 0, in: zone)
        #expect(moved == (try moment("2026-03-15T14:00:00Z")))
        // Half past two does not exist on the day of the change.
        let gap = Portable.move(try moment("2026-02-08T07:30:00Z"), months: 1, by: 0, in: zone)
        #expect(gap == (try moment("2026-03-08T07:30:00Z")))
    }

    @Test func `a filter in winter finds the whole days of summer`() async throws {
        let database = try await TestDatabase.make()
        let created = FieldDefinition(id: "at", key: "at", label: Label("At", zh: "时间"), kind: .instant)
        let object = ObjectDefinition.declared(
            "deed",
            plural: "deeds",
            Label("Deed", zh: "事"),
            many: Label("Deeds", zh: "事"),
            icon: "box",
            fields: [
                FieldDefinition(id: "name", key: "name", label: Label("Name", zh: "名"), kind: .text(max: 9)), created,
            ]
        )
        let snapshot = SchemaSnapshot(version: 1, objects: [object], baseCurrency: "CNY")
        // The edges of 2026-07-01 in New York, asked in January.
        let moments = ["2026-07-01T03:59:59Z", "2026-07-01T04:00:00Z", "2026-07-02T03:59:59Z", "2026-07-02T04:00:00Z"]
        let times = try moments.map { try moment($0) }
        try await database.write { connection in
            try connection.script("CREATE TABLE deed (id INTEGER PRIMARY KEY, at INTEGER)")
            for (index, time) in times.enumerated() {
                try connection.run("INSERT INTO deed (id, at) VALUES (\(Int64(index)), \(time))")
            }
        }
        let context = EvaluationContext(
            today: try #require(Day("2026-01-15")),
            now: Instant(milliseconds: try moment("2026-01-15T15:00:00Z")),
            zone: try zone("America/New_York")
        )
        for text in [
            "at = \"2026-07-01\"", "month(at) = 7 and day(at) = 1", "at >= \"2026-07-01\" and at < \"2026-07-02\"",
        ] {
            let checker = ExpressionChecker(schema: snapshot, object: "deed")
            guard let checked = try? checker.check(text, expecting: .boolean) else {
                Issue.record("\(text) is not understood")
                continue
            }
            let reader = ExpressionSQL(schema: snapshot, dialect: TestDatabase.dialect, context: context)
            let condition = try reader.condition(checked)
            let found = try await database.read { try $0.rows("SELECT id FROM deed t WHERE \(condition) ORDER BY id") }
            #expect(found.map { $0.integer(0) } == [1, 2], "\(text)")
        }
    }
}
