import Database
import Identity
import Privacy
import Records
import SQLText
import Synchronization
import Testing
import Values

@Suite struct KeepingTests {
    /// A clock that tests move.
    private final class Time: Sendable {
        let at = Mutex(Int64(1_800_000_000_000))
        var clock: Clock { Clock { Instant(milliseconds: self.at.withLock { $0 }) } }
        func pass(days: Int64) { at.withLock { $0 += days * 86_400_000 } }
    }

    private func held(_ registry: Registry, _ subject: HeldSubject, _ format: HeldFormat) async throws -> String {
        var bytes: [UInt8] = []
        try await registry.privacy.writeHeld(of: subject, as: format, by: registry.officer) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `all that is held of a person is given out with notes, history and shares`() async throws {
        let registry = try await Registry.open()
        let lead = try await registry.make("leads", #"{"name":"<b>孙七</b>","mobile":"13700137000"}"#)
        try await registry.change("leads", lead, #"{"mobile":"13600136000"}"#)
        for index in 0..<120 {
            try await registry.make("activities", #"{"kind":"call","subject":"第\#(index)次","lead":"\#(lead)"}"#)
        }
        let json = try JSONReader.parse(try await held(registry, .record("leads", lead), .json))
        #expect(json["record"]?.array?.first?["mobile"]?.string == "+8613600136000")
        #expect(json["activities.lead"]?.array?.count == 120)
        #expect(json["history"]?.array?.map { $0["action"]?.string } == ["create", "update", "held"])
        #expect(json["history"]?.text.contains("+8613700137000") == true)
        let page = try await held(registry, .record("leads", lead), .html)
        #expect(page.contains("&lt;b&gt;孙七") && !page.contains("<b>孙七") && page.hasSuffix("</html>\n"))
        let chen = registry.chen
        let refused = await problem {
            try await registry.privacy.writeHeld(of: .record("leads", lead), as: .json, by: chen) { _ in }
        }
        #expect(refused?.kind == .forbidden)
    }

    @Test func `what is held of a user tells of log-ins and deeds`() async throws {
        let registry = try await Registry.open()
        try await registry.make("leads", #"{"name":"孙七"}"#)
        let id = try #require(registry.chen.userID)
        let json = try JSONReader.parse(try await held(registry, .user(id), .json))
        #expect(json["user"]?.array?.first?["name"]?.string == "陈")
        #expect(json["history"]?.array?.count == 1 && json["log_ins"]?.array?.isEmpty == true)
    }

    @Test func `a rule deletes, erases or purges what is old enough and nothing else, once a day`() async throws {
        let time = Time()
        let registry = try await Registry.open(clock: time.clock)
        let old = try await registry.make("leads", #"{"name":"旧线索","mobile":"13700137000"}"#)
        time.pass(days: 40)
        let fresh = try await registry.make("leads", #"{"name":"新线索"}"#)
        let rule = RetentionRule(object: "lead", filter: "status != \"converted\"", days: 30, action: .erase)
        let due = try await registry.engine.read(as: registry.officer) { try registry.privacy.due(rule, $0) }
        #expect(due.count == 1 && due.names.map(\.name) == ["旧线索"])
        let stored = try await registry.engine.write(as: registry.officer) { try registry.privacy.add(rule, $0) }
        #expect(try await registry.privacy.runRetention() == 1)
        #expect(try await registry.show("leads", old)["mobile"]?.isNull == true)
        #expect(try await registry.show("leads", fresh)["name"]?.string == "新线索")
        time.pass(days: 60)
        #expect(try await registry.privacy.runRetention() == 1)
        #expect(try await registry.privacy.runRetention() == 0)
        try await registry.engine.write(as: registry.officer) { try registry.privacy.remove(stored.id, $0) }
        for action in [RetentionRule.Action.delete, .purge] {
            time.pass(days: 40)
            let rule = RetentionRule(object: "lead", days: 30, action: action)
            _ = try await registry.engine.write(as: registry.officer) { try registry.privacy.add(rule, $0) }
            #expect(try await registry.privacy.runRetention() == 2)
        }
        #expect(try await registry.faults().isEmpty)
    }

    @Test func `a run that was broken off counts what it had done before, and whom the start erased`() async throws {
        let time = Time()
        let registry = try await Registry.open(clock: time.clock)
        let first = try await registry.make("leads", #"{"name":"线索一"}"#)
        try await registry.make("leads", #"{"name":"线索二"}"#)
        time.pass(days: 40)
        let rule = RetentionRule(object: "lead", days: 30, action: .erase)
        let stored = try await registry.engine.write(as: registry.officer) { try registry.privacy.add(rule, $0) }
        // As a crash leaves it: three were erased, and of a fourth it is only known that a rule wanted it.
        let name = "retention:\(stored.id)"
        try await registry.engine.database.write { connection in
            try connection.run("INSERT INTO sys_counter (name, value) VALUES (\(name), 3)")
            try connection.run("INSERT INTO sys_counter (name, value) VALUES (\(name + ":erasing"), \(first))")
        }
        _ = try await registry.privacy.erase("leads", first, confirmation: "线索一", as: registry.officer)
        #expect(try await registry.privacy.runRetention() == 5)
        let rules = try await registry.engine.read(as: registry.officer) { try Privacy.retention($0) }
        #expect(rules.map(\.ranCount) == [5])
        let left = try await registry.engine.database.read { connection in
            try connection.value("SELECT count(*) FROM sys_counter WHERE name LIKE 'retention:%'").integer
        }
        #expect(left == 0)
        // The next run begins anew.
        time.pass(days: 2)
        #expect(try await registry.privacy.runRetention() == 0)
    }

    @Test func `a rule that could not run is refused`() async throws {
        let registry = try await Registry.open()
        let wrong = [
            RetentionRule(object: "nothing", days: 1, action: .delete),
            RetentionRule(object: "lead", days: 0, action: .delete),
            RetentionRule(object: "lead", field: "name", days: 1, action: .delete),
            RetentionRule(object: "lead", filter: "colour = 1", days: 1, action: .delete),
            RetentionRule(object: "product", days: 1, action: .erase),
        ]
        for rule in wrong {
            let refused = await problem {
                _ = try await registry.engine.write(as: registry.officer) { try registry.privacy.add(rule, $0) }
            }
            #expect(refused != nil, "\(rule)")
        }
        let chen = registry.chen
        let forbidden = await problem {
            _ = try await registry.engine.write(as: chen) {
                try registry.privacy.add(RetentionRule(object: "lead", days: 1, action: .delete), $0)
            }
        }
        #expect(forbidden?.kind == .forbidden)
    }
}
