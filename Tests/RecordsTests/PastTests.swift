import Database
import Identity
import Records
import SQLText
import Schema
import Synchronization
import Testing
import Values

/// Records that are brought from elsewhere with their past.
@Suite struct PastTests {
    /// A clock that a test moves on.
    private final class Time: Sendable {
        // 2026-09-21 13:33:20 in UTC.
        private let at = Mutex<Int64>(1_790_000_000_000)
        var clock: Clock { Clock { Instant(milliseconds: self.at.withLock { $0 }) } }
        func pass(_ milliseconds: Int64) { at.withLock { $0 += milliseconds } }
    }

    private func bring(_ office: Office, _ json: String, as actor: Actor? = nil) async throws -> AnyRecord {
        let input = try JSONReader.parse(json)
        return try await office.engine.write(as: actor ?? office.admin) {
            try $0.create(try $0.object("companies"), input, withPast: true)
        }
    }

    private func id(_ actor: Actor) -> String { actor.userID?.description ?? "" }

    @Test func `a record keeps when and by whom it was made, and the log tells who brought it and when`() async throws {
        let time = Time()
        let office = try await Office.open(clock: time.clock)
        let now = time.clock.now()
        let made = try await bring(
            office,
            #"{"name":"锦里 𠮷","created_at":"2019-03-01T08:00:00.250Z","created_by":"\#(id(office.ada))"}"#
        )
        let past = try #require(Instant("2019-03-01T08:00:00.250Z"))
        #expect(made["created_at"] == SQLValue(past))
        #expect(made["created_by"] == SQLValue(office.ada.userID))
        #expect(made["updated_at"] == SQLValue(now))
        #expect(made["updated_by"] == SQLValue(office.admin.userID))
        #expect(made.owner == office.admin.userID)
        #expect(IDSource.instant(of: made.id) >= now)
        let entry = try await office.engine.database.read { connection in
            try connection.row("SELECT at, actor FROM sys_audit WHERE record = \(made.id) AND action = 'create'")
        }
        #expect(entry?.integer(0) == now.milliseconds)
        #expect(entry?.id(1) == office.admin.userID)
        time.pass(60_000)
        let changed = try await office.change("companies", made.id, #"{"staff":3}"#, as: office.admin)
        #expect(changed["created_at"] == SQLValue(past) && changed["created_by"] == SQLValue(office.ada.userID))
        #expect(try await office.engine.verifyKept() == [])
    }

    @Test func `what a record does not say of its past is as for any other`() async throws {
        let time = Time()
        let office = try await Office.open(clock: time.clock)
        let plain = try await bring(office, #"{"name":"甲"}"#)
        #expect(plain["created_at"] == SQLValue(time.clock.now()))
        #expect(plain["created_by"] == SQLValue(office.admin.userID))
        let nobody = try await bring(office, #"{"name":"乙","created_at":null,"created_by":null}"#)
        #expect(nobody["created_at"] == SQLValue(time.clock.now()))
        #expect(nobody["created_by"].isNull)
    }

    @Test func `who may not change settings brings no past along, and nobody gives a past to what is made here`()
        async throws
    {
        let office = try await Office.open()
        let json = #"{"name":"甲","created_at":"2019-03-01T08:00:00Z","created_by":"\#(id(office.ada))"}"#
        for actor in [office.ada, office.head] {
            let refused = await problem { _ = try await bring(office, json, as: actor) }
            #expect(refused?.fields.map(\.field) == ["created_at", "created_by"])
            #expect(refused?.fields.map(\.code) == ["read_only", "read_only"])
        }
        let made = await problem { try await office.company(json, as: office.admin) }
        #expect(made?.fields.map(\.code) == ["read_only", "read_only"])
        let company = try await bring(office, json)
        let change = #"{"created_at":"2018-01-01T00:00:00Z"}"#
        let later = await problem {
            try await office.change("companies", company.id, change, as: office.admin)
        }
        #expect(later?.fields.map(\.code) == ["read_only"])
        // The right may be there, and a single field be withheld.
        var half = office.head
        half.rights.capabilities.insert(.settings)
        half.rights.fields["company.created_by"] = .readOnly
        let keeper = half
        let withheld = await problem { _ = try await bring(office, json, as: keeper) }
        #expect(withheld?.fields.map(\.field) == ["created_by"])
    }

    @Test func `a past lies between 1900 and now, and its people are known`() async throws {
        let time = Time()
        let office = try await Office.open(clock: time.clock)
        for (moment, code) in [("2027-01-01T00:00:00Z", "in_future"), ("1899-12-31T00:00:00Z", "too_early")] {
            let wrong = await problem { _ = try await bring(office, #"{"name":"甲","created_at":"\#(moment)"}"#) }
            #expect(wrong?.fields.map(\.code) == [code], "\(moment)")
            #expect(wrong?.fields.first?.field == "created_at")
        }
        let stranger = await problem { _ = try await bring(office, #"{"name":"甲","created_by":"0000000000001"}"#) }
        #expect(stranger?.fields.map(\.code) == ["unknown_link"])
        // The clock of the other machine is three minutes ahead: no record is younger than its id.
        let ahead = try await bring(office, #"{"name":"甲","created_at":"2026-09-21T14:16:20Z"}"#)
        #expect(ahead["created_at"] == SQLValue(time.clock.now()))
        let old = try await bring(office, #"{"name":"乙","created_at":"1900-01-01T00:00:00+08:00"}"#)
        #expect(old["created_at"] == SQLValue(Instant("1899-12-31T16:00:00Z")))
        #expect(try await office.engine.verifyKept() == [])
    }

    @Test func `people who have left made records, too`() async throws {
        let office = try await Office.open()
        let bob = try #require(office.bob.userID)
        _ = try await office.engine.database.write {
            try $0.run("UPDATE sys_user SET state = 'disabled' WHERE id = \(bob)")
        }
        let made = try await bring(office, #"{"name":"甲","created_by":"\#(bob)"}"#)
        #expect(made["created_by"] == SQLValue(bob))
    }

    @Test func `the newest created come first although older ones were entered last`() async throws {
        let time = Time()
        let office = try await Office.open(clock: time.clock)
        let start = time.clock.now()
        var made: [(at: Int64, id: Int64, name: String)] = []
        for part in 0..<11 {
            time.pass(10_800_000)
            made += try await office.engine.write(as: office.admin) {
                session -> [(at: Int64, id: Int64, name: String)] in
                let companies = try session.object("companies")
                return try (part * 100..<part * 100 + 100).map { number -> (at: Int64, id: Int64, name: String) in
                    // Each third was made on some day of the years before.
                    let at = start.adding(milliseconds: -Int64(number * 7919 % 2000) * 86_400_000)
                    let past = number % 3 == 0 ? ",\"created_at\":\"\(at)\"" : ""
                    let input = try JSONReader.parse("{\"name\":\"c\(number)\"\(past)}")
                    let record = try session.create(companies, input, withPast: true)
                    return (record["created_at"].integer ?? 0, record.id.raw, "c\(number)")
                }
            }
        }
        let expected = made.sorted { ($0.at, $0.id) > ($1.at, $1.id) }.map(\.name)
        var query = ListQuery()
        (query.sort, query.limit, query.fields) = (["-created_at"], 60, ["name"])
        var names: [String] = []
        repeat {
            let page = try await office.json("companies", query, as: office.admin)
            names += page["data"]?.array?.compactMap { $0["name"]?.string } ?? []
            query.cursor = page["next"]?.string
        } while query.cursor != nil
        #expect(names == expected)
    }
}
