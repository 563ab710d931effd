import Customers
import Database
import Identity
import Records
import Schema
import TestFirm
import Testing
import Values

@Suite struct TimerTests {
    private let clock = MovingClock()

    private func firm() async throws -> (firm: Firm, customer: RecordID) {
        let firm = try await Firm.open(clock: clock.clock)
        return (firm, try await firm.make("customers", #"{"name":"远大阀门"}"#, as: firm.chen).id)
    }

    private func start(
        _ firm: Firm,
        _ customer: RecordID,
        _ kind: String = "call",
        _ method: WorkTimer.Method = .timer,
        at place: TimerPlace? = nil,
        as actor: Actor? = nil
    ) async throws {
        _ = try await firm.engine.write(as: actor ?? firm.chen) {
            try Timers.start(kind, method, on: "customers", customer, at: place, $0)
        }
    }

    private func stop(_ firm: Firm, _ ending: Timers.Ending = Timers.Ending()) async throws -> RecordID {
        try await firm.engine.write(as: firm.chen) { try Timers.stop(ending, $0).id }
    }

    @Test func `a timer that is stopped is a call with its minutes and says that they were measured`() async throws {
        let (firm, customer) = try await firm()
        try await start(firm, customer)
        clock.pass(seconds: 17 * 60 + 40)
        var ending = Timers.Ending()
        ending.body = "谈了交期"
        let call = try await firm.show("activities", try await stop(firm, ending), as: firm.chen)
        #expect(call["kind"]?.string == "call" && call["duration_minutes"]?.integer == 18)
        #expect(call["duration_from"]?.string == "timer" && call["body"]?.string == "谈了交期")
        #expect(call["happened_at"]?.string == "2025-06-15T15:06:40.000Z")
        #expect(call["customer"]?["id"]?.string == customer.description)
        #expect(await problem { _ = try await stop(firm) }?.code == "no_timer")
    }

    @Test func `a visit that is checked in and out keeps both places`() async throws {
        let (firm, customer) = try await firm()
        let arrived = try TimerPlace(latitude: "31.2304161", longitude: "121.473701", accuracy: "19.6")
        try await start(firm, customer, "visit", .checkIn, at: arrived)
        clock.pass(seconds: 95 * 60)
        var ending = Timers.Ending()
        ending.place = try TimerPlace(latitude: "-31.5", longitude: "121", accuracy: "")
        let visit = try await firm.show("activities", try await stop(firm, ending), as: firm.chen)
        #expect(visit["kind"]?.string == "visit" && visit["duration_minutes"]?.integer == 95)
        #expect(visit["duration_from"]?.string == "check_in")
        #expect(visit["checked_in"]?.string == "31.23042, 121.47370 (±20 m)")
        #expect(visit["checked_out"]?.string == "-31.50000, 121.00000")
        #expect(try TimerPlace(latitude: "", longitude: "", accuracy: "") == nil)
        #expect(throws: Problem.self) { try TimerPlace(latitude: "nan", longitude: "0", accuracy: "") }
    }

    @Test func `everybody has one timer at a time, on any device, for records that they see`() async throws {
        let (firm, customer) = try await firm()
        try await start(firm, customer)
        #expect(await problem { try await start(firm, customer, "visit") }?.code == "timer_running")
        #expect(await problem { try await start(firm, customer, as: firm.lin) }?.kind == .notFound)
        try await start(firm, customer, as: firm.head)
        #expect(try await firm.engine.read(as: firm.chen) { try Timers.running($0)?.kind } == "call")
        #expect(try await firm.engine.read(as: firm.lin) { try Timers.running($0) } == nil)
        let note = await problem {
            _ = try await firm.engine.write(as: firm.lin) {
                try Timers.start("note", .timer, on: "customers", customer, $0)
            }
        }
        #expect(note?.kind == .invalid)
        try await firm.engine.write(as: firm.chen) { try Timers.discard($0) }
        #expect(try await firm.count("activities", as: firm.head) == 0)
        try await start(firm, customer)
    }

    @Test func `a forgotten timer is asked about and counts nothing by itself`() async throws {
        let (firm, customer) = try await firm()
        try await start(firm, customer)
        clock.pass(seconds: 12 * 3600 + 1)
        #expect(await problem { _ = try await stop(firm) }?.code == "timer_forgotten")
        #expect(try await firm.count("activities", as: firm.head) == 0)
        var ending = Timers.Ending()
        ending.minutes = 25
        let call = try await firm.show("activities", try await stop(firm, ending), as: firm.chen)
        #expect(call["duration_minutes"]?.integer == 25 && call["duration_from"]?.string == "corrected")
    }

    @Test func `minutes that somebody corrects or types say so, and nobody claims a timer by hand`() async throws {
        let (firm, customer) = try await firm()
        try await start(firm, customer, "meeting")
        clock.pass(seconds: 600)
        let id = try await stop(firm)
        try await firm.change("activities", id, #"{"body":"纪要"}"#, as: firm.chen)
        func from() async throws -> String? {
            try await firm.show("activities", id, as: firm.chen)["duration_from"]?.string
        }
        #expect(try await from() == "timer", "only minutes that change are corrected")
        try await firm.change("activities", id, #"{"duration_minutes":8}"#, as: firm.chen)
        #expect(try await from() == "corrected")
        let json = #"{"kind":"call","customer":"\#(customer)","duration_minutes":5"#
        let typed = try await firm.make("activities", json + "}", as: firm.chen).id
        #expect(try await firm.show("activities", typed, as: firm.chen)["duration_from"]?.string == "typed")
        let claim = await problem {
            try await firm.make("activities", json + #","duration_from":"timer"}"#, as: firm.chen)
        }
        #expect(claim?.fields.first?.code == "read_only")
    }

    @Test func `the frame of pages reads of timers only for who has one, and hears of news`() async throws {
        let (firm, customer) = try await firm()
        let board = TimerBoard(firm.engine.database, clock: clock.clock)
        func shown(_ actor: Actor) async throws -> String? {
            try await firm.engine.read(as: actor) { try board.running($0)?.name }
        }
        #expect(try await shown(firm.chen) == nil)
        clock.pass(seconds: 1)
        try await start(firm, customer)
        #expect(board.mayRun(for: firm.chen))
        clock.pass(seconds: 1)
        #expect(try await shown(firm.chen) == "远大阀门")
        #expect(board.mayRun(for: firm.chen) && !board.mayRun(for: firm.lin))
        clock.pass(seconds: 1)
        _ = try await stop(firm)
        clock.pass(seconds: 1)
        #expect(try await shown(firm.chen) == nil && !board.mayRun(for: firm.chen))
    }

    @Test func `a timer follows its customer into the one that it is merged into`() async throws {
        let (firm, customer) = try await firm()
        let kept = try await firm.make("customers", #"{"name":"远大阀门有限公司"}"#, as: firm.chen).id
        try await start(firm, customer)
        clock.pass(seconds: 300)
        _ = try await firm.engine.write(as: firm.head) { session in
            try session.merge(try session.object("customers"), MergeRequest(survivor: kept, others: [customer]))
        }
        let call = try await firm.show("activities", try await stop(firm), as: firm.chen)
        #expect(call["customer"]?["id"]?.string == kept.description)
    }
}
