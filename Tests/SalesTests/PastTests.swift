import Database
import Identity
import Records
import SQLText
import Sales
import Schema
import TestFirm
import Testing
import Values

/// Leads and opportunities that are brought from elsewhere with their past.
@Suite struct PastTests {
    @discardableResult
    private func bring(_ firm: Firm, _ plural: String, _ json: String) async throws -> RecordID {
        let input = try JSONReader.parse(json)
        return try await firm.engine.write(as: firm.head) {
            try $0.create(try $0.object(plural), input, withPast: true).id
        }
    }

    private func visits(_ firm: Firm, _ id: RecordID) async throws -> [StageHistory.Visit] {
        try await firm.engine.read(as: firm.head) { try StageHistory.of(id, $0) }
    }

    @Test func `an opportunity has been in its stage since it entered it there, and goes on from it here`()
        async throws
    {
        let clock = MovingClock()
        let firm = try await Firm.open(clock: clock.clock)
        let lin = firm.lin.userID?.description ?? ""
        let id = try await bring(
            firm,
            "opportunities",
            """
            {"name":"旧商机 𠮷","stage":"negotiating","created_at":"2024-01-10T02:00:00Z","created_by":"\(lin)",
            "stage_changed_at":"2024-03-01T02:00:00Z"}
            """
        )
        let entered = try #require(Instant("2024-03-01T02:00:00Z"))
        let first = try await visits(firm, id)
        #expect(first.map(\.stage) == ["negotiating"])
        #expect(first.map(\.enteredAt) == [entered])
        // Who moved it there is not known here; it was not whoever brought it.
        #expect(first[0].enteredBy == nil && first[0].leftAt == nil)
        #expect(try await firm.count("opportunities", "stage_changed_at < today - 30d", as: firm.head) == 1)
        try await firm.act("move", "opportunity", id, #"{"stage":"interested"}"#, as: firm.head)
        let then = try await visits(firm, id)
        #expect(then.map(\.stage) == ["negotiating", "interested"])
        #expect(then[0].leftAt == clock.now && then[1].enteredAt == clock.now)
        #expect(then[1].enteredBy == firm.head.userID)
    }

    @Test func `who made an opportunity that is still in its first stage put it there`() async throws {
        let firm = try await Firm.open()
        let lin = firm.lin.userID?.description ?? ""
        let id = try await bring(
            firm,
            "opportunities",
            """
            {"name":"一","created_at":"2024-01-10T02:00:00Z","created_by":"\(lin)",
            "stage_changed_at":"2024-01-10T02:00:00Z"}
            """
        )
        #expect(try await visits(firm, id).map(\.enteredBy) == [firm.lin.userID])
        // Without it the stage begins with coming here.
        let plain = try await bring(firm, "opportunities", #"{"name":"二","created_at":"2024-01-10T02:00:00Z"}"#)
        let visit = try #require(try await visits(firm, plain).first)
        let now = try await firm.engine.read(as: firm.head) { $0.now }
        #expect(visit.enteredBy == firm.head.userID)
        #expect(now.milliseconds - visit.enteredAt.milliseconds < 3_600_000)
    }

    @Test func `a stage is entered neither before the opportunity was made nor in the future`() async throws {
        let clock = MovingClock()
        let firm = try await Firm.open(clock: clock.clock)
        for (past, code) in [
            (#""created_at":"2024-01-10T02:00:00Z","stage_changed_at":"2024-01-08T01:59:59Z""#, "before_creation"),
            (#""stage_changed_at":"2024-01-10T01:59:59Z""#, "before_creation"),
            (#""created_at":"2024-01-10T02:00:00Z","stage_changed_at":"2026-01-01T00:00:00Z""#, "in_future"),
        ] {
            let wrong = await problem { try await bring(firm, "opportunities", "{\"name\":\"一\",\(past)}") }
            #expect(wrong?.fields.map(\.field) == ["stage_changed_at"])
            #expect(wrong?.fields.map(\.code) == [code], "\(past)")
        }
        #expect(try await firm.count("opportunities", as: firm.head) == 0)
    }

    @Test func `an opportunity that was won elsewhere was closed on the day on which it was`() async throws {
        let firm = try await Firm.open()
        let past = #""created_at":"2024-01-10T02:00:00Z","stage_changed_at":"2024-02-29T20:00:00Z""#
        let won = try await bring(firm, "opportunities", "{\"name\":\"一\",\"stage\":\"won\",\(past)}")
        #expect(try await firm.show("opportunities", won, as: firm.head)["closed_on"]?.string == "2024-03-01")
        let told = try await bring(
            firm,
            "opportunities",
            "{\"name\":\"二\",\"stage\":\"won\",\"closed_on\":\"2024-02-28\",\(past)}"
        )
        #expect(try await firm.show("opportunities", told, as: firm.head)["closed_on"]?.string == "2024-02-28")
    }

    @Test func `what is kept of each hour counts records in the hour in which they were made`() async throws {
        let firm = try await Firm.open()
        var brought: [RecordID] = []
        // In Shanghai the second is of March, the fourth of April; two are older than what is told apart by hours.
        for moment in [
            "2024-02-29T15:59:59Z", "2024-02-29T16:00:00Z", "2024-03-15T03:30:00Z", "2024-03-31T16:30:00Z",
            "1969-05-01T00:00:00Z", "1905-05-01T00:00:00Z",
        ] {
            brought.append(
                try await bring(
                    firm,
                    "leads",
                    #"{"name":"周敏","company":"锦里 𠮷","mobile":"13900000001","created_at":"\#(moment)"}"#
                )
            )
        }
        func told(_ filter: String) async throws -> [String] {
            try await firm.engine.read(as: firm.head) { session in
                var query = ListQuery()
                query.filter = filter
                let by = [ReportDimension("created_at", .month)]
                let cells = try session.report(try session.object("leads"), by: by, ReportMeasures(), query)
                return cells.map { "\($0.keys.first?.text ?? "") \($0.count)" }.sorted()
            }
        }
        let span = "created_at between \"2024-01-01\" and \"2024-12-31\""
        #expect(try await told(span) == ["2024-02-01 1", "2024-03-01 2", "2024-04-01 1"])
        #expect(try await told(span + " and version >= 1") == ["2024-02-01 1", "2024-03-01 2", "2024-04-01 1"])
        #expect(try await firm.engine.verifyKept() == [])
        let gone = brought
        try await firm.engine.write(as: firm.head) { session in
            for id in gone.suffix(4) { try session.delete(try session.object("leads"), id) }
        }
        #expect(try await told(span) == ["2024-02-01 1", "2024-03-01 1"])
        #expect(try await firm.engine.verifyKept() == [])
    }
}
