import Identity
import Records
import Schema
import TestFirm
import Testing
import Values

@Suite struct LastActivityTests {
    private func lastActivity(_ firm: Firm, _ customer: RecordID) async throws -> String? {
        try await firm.show("customers", customer, as: firm.head)["last_activity_at"]?.string
    }

    private func call(_ firm: Firm, _ customer: RecordID, at time: String) async throws -> RecordID {
        let json = #"{"kind":"call","customer":"\#(customer)","happened_at":"\#(time)"}"#
        return try await firm.make("activities", json, as: firm.chen).id
    }

    @Test func `deleting the last activity brings the one before back, and restoring it counts again`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"远大"}"#, as: firm.chen).id
        let (early, late) = ("2026-01-05T08:00:00.000Z", "2026-02-05T08:00:00.000Z")
        let first = try await call(firm, customer, at: early)
        let second = try await call(firm, customer, at: late)
        func delete(_ id: RecordID) async throws {
            try await firm.engine.write(as: firm.chen) { try $0.delete(try $0.object("activities"), id) }
        }
        #expect(try await lastActivity(firm, customer) == late)
        try await delete(second)
        #expect(try await lastActivity(firm, customer) == early)
        try await firm.engine.write(as: firm.chen) { _ = try $0.restore(try $0.object("activities"), second) }
        #expect(try await lastActivity(firm, customer) == late)
        try await delete(first)
        #expect(try await lastActivity(firm, customer) == late, "an older one says nothing")
        try await firm.engine.write(as: firm.head) { try $0.purge(try $0.object("activities"), second) }
        #expect(try await lastActivity(firm, customer) == nil)
        let version = try await firm.show("customers", customer, as: firm.chen)["version"]?.integer
        #expect(version == 1, "nobody has changed the customer")
    }

    @Test func `an activity that moves to an earlier day or another customer is followed`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"远大"}"#, as: firm.chen).id
        let other = try await firm.make("customers", #"{"name":"近小"}"#, as: firm.chen).id
        let visit = try await call(firm, customer, at: "2026-02-05T08:00:00.000Z")
        _ = try await call(firm, customer, at: "2026-01-20T08:00:00.000Z")
        try await firm.change("activities", visit, #"{"happened_at":"2026-01-05T08:00:00Z"}"#, as: firm.chen)
        #expect(try await lastActivity(firm, customer) == "2026-01-20T08:00:00.000Z")
        try await firm.change("activities", visit, #"{"customer":"\#(other)"}"#, as: firm.chen)
        #expect(try await lastActivity(firm, other) == "2026-01-05T08:00:00.000Z")
        #expect(try await lastActivity(firm, customer) == "2026-01-20T08:00:00.000Z")
    }

    @Test func `a task counts from the moment when it is done, and no more when it is opened again`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"远大"}"#, as: firm.chen).id
        let task = try await firm.make("activities", #"{"kind":"task","customer":"\#(customer)"}"#, as: firm.chen).id
        #expect(try await lastActivity(firm, customer) == nil)
        try await firm.change("activities", task, #"{"done":true}"#, as: firm.chen)
        #expect(try await lastActivity(firm, customer) != nil)
        try await firm.change("activities", task, #"{"done":false}"#, as: firm.chen)
        #expect(try await lastActivity(firm, customer) == nil)
    }
}
