import Alerts
import Database
import Exchange
import Identity
import Records
import SQLText
import Synchronization
import TestSupport
import Testing
import Values

/// AT21: an unusual volume of exports or a log-in at night raises an alert.
@Suite struct AlertTests {
    /// A moment that a test sets.
    private final class Hands: Sendable {
        private let moment = Mutex<Instant>(Instant(milliseconds: 0))
        var clock: Clock { Clock { [self] in moment.withLock { $0 } } }
        func set(_ text: String) { moment.withLock { $0 = Instant(text) ?? $0 } }
        func pass(hours: Int64) { moment.withLock { $0 = $0.adding(milliseconds: hours * 3_600_000) } }
    }

    private func company(_ hands: Hands, at time: String) async throws -> Company {
        hands.set(time)
        return try await Company.open(clock: hands.clock)
    }

    private func alerts(_ company: Company, seen: Bool? = nil) async throws -> [Alert] {
        try await company.engine.read(as: company.admin) { try Alerts.list(seen: seen, $0) }
    }

    private func logIn(_ company: Company) async throws {
        _ = try await company.logIn.logIn(
            email: "chen@example.cn",
            password: Company.password,
            address: "203.0.113.9",
            device: "Firefox on Linux"
        )
    }

    private func set(_ key: String, _ value: String, _ company: Company) async throws {
        try await company.engine.database.write { connection in
            _ = try connection.run(
                """
                INSERT INTO sys_setting (key, value) VALUES (\(key), \(value))
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """
            )
        }
    }

    @Test(arguments: [
        ("2026-03-02T01:59:00+08:00", "01:59"), ("2026-03-02T22:00:00+08:00", "22:00"),
        ("2026-03-02T06:00:00+08:00", nil), ("2026-03-02T14:00:00+08:00", nil),
    ])
    func `a log-in at night raises an alert with place and device`(time: String, local: String?) async throws {
        let company = try await company(Hands(), at: time)
        try await logIn(company)
        let found = try await alerts(company)
        #expect(found.map(\.kind) == (local == nil ? [] : [.nightLogIn]))
        guard let alert = found.first else { return }
        #expect(alert.user == company.colleague.userID && alert.userName == "陈静")
        #expect(alert.address == "203.0.113.9" && alert.device == "Firefox on Linux")
        #expect(alert.explanation.zh == "于当地时间 \(local ?? "")（Asia/Shanghai）登录。")
    }

    @Test func `one night at one place is one alert`() async throws {
        let hands = Hands()
        let company = try await company(hands, at: "2026-03-02T01:00:00+08:00")
        for _ in 0..<3 {
            try await logIn(company)
            hands.pass(hours: 1)
        }
        #expect(try await alerts(company).map { $0.details["local_time"]?.string } == ["03:00"])
        _ = try await company.logIn.logIn(email: "chen@example.cn", password: Company.password, address: "198.51.100.1")
        #expect(try await alerts(company).count == 2)
        hands.pass(hours: 24)
        try await logIn(company)
        #expect(try await alerts(company).count == 3)
    }

    @Test func `night is where the person is`() async throws {
        // Two in the afternoon in Shanghai, one in the night in New York.
        let company = try await company(Hands(), at: "2026-03-02T14:00:00+08:00")
        let (identities, mate) = (company.identities, company.colleague)
        try await company.engine.database.write { connection in
            _ = try identities.setPreferences(timeZone: "America/New_York", by: mate, on: connection)
        }
        try await logIn(company)
        #expect(try await alerts(company).first?.details["local_time"]?.string == "01:00")
    }

    @Test func `the hours of the night are a setting, and none means no alert`() async throws {
        let company = try await company(Hands(), at: "2026-03-02T20:30:00+08:00")
        try await set("night_from", "20:00", company)
        try await logIn(company)
        #expect(try await alerts(company).count == 1)
        try await set("night_from", "", company)
        try await logIn(company)
        #expect(try await alerts(company).count == 1)
        for (key, value) in [("night_from", "25:00"), ("night_to", "6"), ("export_alert_rows", "0")] {
            #expect(throws: Problem.self) { try AlertRules.check(key, value) }
        }
        #expect(throws: Never.self) { try AlertRules.check("night_to", "") }
    }

    private func export(_ company: Company, _ head: Actor, filter: String? = nil) async throws {
        var query = ListQuery()
        query.filter = filter
        try await Export.write(company.engine, object: "customers", query: query, as: head) { _ in }
    }

    @Test func `far more records than on a usual day raise one alert, and the usual day none`() async throws {
        let hands = Hands()
        let company = try await company(hands, at: "2026-03-02T10:00:00+08:00")
        let head = try await company.person("王芳", "wang@example.cn", team: company.east, roles: ["sales_manager"])
            .acting(from: .page, address: "198.51.100.7")
        for number in 0..<40 { try await company.make("customers", #"{"name":"客户\#(number)"}"#, as: head) }
        try await set("export_alert_rows", "20", company)
        for _ in 0..<5 {
            try await export(company, head, filter: "name in (\"客户1\", \"客户2\", \"客户3\")")
            hands.pass(hours: 25)
        }
        #expect(try await alerts(company).isEmpty)
        try await export(company, head)
        let alert = try #require(try await alerts(company).first)
        #expect(alert.kind == .unusualExport && alert.user == head.userID && alert.address == "198.51.100.7")
        #expect(alert.details["rows"]?.integer == 40 && alert.details["rows_usual"]?.integer == 3)
        try await export(company, head)
        let again = try await alerts(company)
        #expect(again.count == 1, "one alert for a day, brought up to date")
        #expect(again.first?.details["rows"]?.integer == 80)
    }

    @Test func `whoever exports much every day raises no alert by it`() async throws {
        let hands = Hands()
        let company = try await company(hands, at: "2026-03-02T10:00:00+08:00")
        let head = try await company.person("王芳", "wang@example.cn", team: company.east, roles: ["sales_manager"])
        for number in 0..<30 { try await company.make("customers", #"{"name":"客户\#(number)"}"#, as: head) }
        for _ in 0..<4 {
            try await export(company, head)
            hands.pass(hours: 25)
        }
        try await set("export_alert_rows", "20", company)
        try await export(company, head)
        #expect(try await alerts(company).isEmpty)
    }

    @Test func `many small exports raise an alert too`() async throws {
        let company = try await company(Hands(), at: "2026-03-02T10:00:00+08:00")
        let head = try await company.person("王芳", "wang@example.cn", team: company.east, roles: ["sales_manager"])
        try await company.make("customers", #"{"name":"甲"}"#, as: head)
        for _ in 0..<9 { try await export(company, head) }
        #expect(try await alerts(company).isEmpty)
        try await export(company, head)
        #expect(try await alerts(company).map(\.kind) == [.unusualExport])
    }

    @Test func `alerts are for those who may read the audit log, and who saw them is known`() async throws {
        let company = try await company(Hands(), at: "2026-03-02T02:00:00+08:00")
        try await logIn(company)
        let alert = try #require(try await alerts(company, seen: false).first)
        for role in ["sales_manager", "salesperson", "service_agent", "read_only"] {
            let actor = try await company.person(role, "\(role)@example.cn", team: company.east, roles: [role])
            let hidden = await problem { _ = try await company.engine.read(as: actor) { try Alerts.list($0) } }
            #expect(hidden?.kind == .forbidden, "\(role)")
            let refused = await problem {
                _ = try await company.engine.write(as: actor) { try Alerts.markSeen(alert.id, $0) }
            }
            #expect(refused?.kind == .forbidden, "\(role)")
            #expect(try await company.engine.read(as: actor) { try Alerts.unseen($0) } == 0)
        }
        #expect(try await company.engine.read(as: company.admin) { try Alerts.unseen($0) } == 1)
        try await company.engine.write(as: company.admin) { _ = try Alerts.markSeen(alert.id, $0) }
        #expect(try await alerts(company, seen: false).isEmpty)
        #expect(try await alerts(company, seen: true).first?.seenBy == "周海")
        let log = try await company.engine.read(as: company.admin) { try $0.auditLog(limit: 200) }
        #expect(log.first?.action == "alert_seen" && log.contains { $0.action == "alert" })
        let (_, faults) = try await company.engine.database.read { try Audit.verify(on: $0) }
        #expect(faults.isEmpty)
    }
}
