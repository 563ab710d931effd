import Database
import Exchange
import Identity
import Records
import SQLText
import Testing
import Values

/// AT21: who did what, and that nobody can change the record of it.
@Suite struct AuditTests {
    private func log(_ company: Company, _ action: String? = nil) async throws -> [AuditRow] {
        try await company.engine.read(as: company.admin) { try $0.auditLog(action: action, limit: 200) }
    }

    @Test func `every attempt to log in is kept with time, device and address`() async throws {
        let company = try await Company.open()
        let logIn = company.logIn
        _ = try await logIn.logIn(
            email: "chen@example.cn",
            password: Company.password,
            address: "10.0.0.7",
            device: "Firefox on Windows"
        )
        let wrong = await problem {
            _ = try await logIn.logIn(email: "chen@example.cn", password: "wrong", address: "10.9.9.9", device: "curl")
        }
        #expect(wrong?.kind == .unauthenticated)
        let (identities, admin) = (company.identities, company.admin)
        let history = try await company.engine.database.read {
            try identities.logInHistory(by: admin, on: $0)
        }
        #expect(history.map(\.outcome) == [.wrongPassword, .success])
        #expect(history.map(\.address) == ["10.9.9.9", "10.0.0.7"])
        #expect(history.map(\.device) == ["curl", "Firefox on Windows"])
        #expect(history.allSatisfy { $0.at.milliseconds > 1_700_000_000_000 })
        let entry = try #require(try await log(company, "log_in").first)
        #expect(entry.actor == company.colleague.userID && entry.address == "10.0.0.7")
        #expect(entry.changes?.contains("Firefox on Windows") == true)
        let colleague = company.colleague
        let others = await problem {
            _ = try await company.engine.database.read { try identities.logInHistory(by: colleague, on: $0) }
        }
        #expect(others?.kind == .forbidden)
    }

    @Test func `create, update, delete, restore, share and export are told with before and after`() async throws {
        let company = try await Company.open()
        let head = try await company.person("王芳", "wang@example.cn", team: company.east, roles: ["sales_manager"])
            .acting(from: .page, address: "192.168.1.20")
        let made = try await company.make("customers", #"{"name":"甲","level":"a"}"#, as: head)
        try await company.change("customers", made.id, #"{"level":"b"}"#, as: head)
        let mate = company.colleague.userID
        try await company.engine.write(as: head) { session in
            let object = try session.object("customers")
            try session.share(object, made.id, user: mate, team: nil, canEdit: true)
            try session.delete(object, made.id)
            _ = try session.restore(object, made.id)
        }
        var query = ListQuery()
        query.filter = #"level = "b""#
        let count = try await Export.write(company.engine, object: "customers", query: query, as: head) { _ in }
        #expect(count == 1)
        let entries = try await log(company).filter { $0.actor == head.userID }
        #expect(entries.map(\.action) == ["export", "restore", "delete", "share", "update", "create"])
        #expect(entries.allSatisfy { $0.origin == "page" && $0.address == "192.168.1.20" && $0.actorName == "王芳" })
        #expect(entries.allSatisfy { $0.object == "customer" })
        #expect(entries[0].changes?.contains(#""count":1"#) == true)
        #expect(entries[0].changes?.contains("level") == true)
        #expect(entries[4].changes == #"{"level":["a","b"]}"#)
        #expect(entries[5].changes?.contains(#""name":[null,"甲"]"#) == true)
    }

    @Test func `a change of rights is told with before and after`() async throws {
        let company = try await Company.open()
        let (identities, admin, mate) = (company.identities, company.admin, company.colleague)
        let id = try #require(mate.userID)
        try await company.engine.database.write { connection in
            let head = try identities.role(key: "sales_manager", on: connection)
            let patch = UserPatch(roles: head.map { [$0.id] } ?? [])
            _ = try identities.updateUser(id, patch, by: admin, on: connection)
        }
        let entry = try #require(try await log(company).first)
        #expect(entry.action == "update" && entry.object == "sys_user" && entry.record == id)
        #expect(entry.actor == admin.userID)
        let changes = try JSONReader.parse(entry.changes ?? "")
        let roles = try #require(changes["roles"]?.array)
        #expect(roles.count == 2 && roles[0] != roles[1])
    }

    @Test(arguments: ["nothing", "alter", "remove", "cut", "insert", "renumber"])
    func `the chain tells when an entry was altered, removed or put in`(fault: String) async throws {
        let company = try await Company.open()
        for index in 0..<8 { try await company.make("customers", #"{"name":"客户\#(index)"}"#, as: company.colleague) }
        let last = try #require(try await log(company).first?.seq)
        let middle = last - 4
        try await company.engine.database.write { connection in
            switch fault {
            case "alter": try connection.run("UPDATE sys_audit SET changes = '{}' WHERE seq = \(middle)")
            case "remove": try connection.run("DELETE FROM sys_audit WHERE seq = \(middle)")
            case "cut": try connection.run("DELETE FROM sys_audit WHERE seq = \(last)")
            case "insert":
                try connection.run(
                    """
                    INSERT INTO sys_audit (seq, at, actor_name, origin, action, hash)
                    SELECT \(last + 1), at, 'Eve', origin, action, hash FROM sys_audit WHERE seq = \(last)
                    """
                )
            case "renumber":
                try connection.run("DELETE FROM sys_audit WHERE seq = \(middle)")
                for seq in (middle + 1)...last {
                    try connection.run("UPDATE sys_audit SET seq = \(seq - 1) WHERE seq = \(seq)")
                }
            default: break
            }
        }
        let (_, faults) = try await company.engine.database.read { try Audit.verify(on: $0) }
        #expect(faults.isEmpty == (fault == "nothing"))
        let place: Int64? =
            switch fault {
            case "nothing": nil
            case "cut": last
            case "insert": last + 1
            default: middle
            }
        if let place { #expect(faults.first?.zh.contains(String(place)) == true, "\(faults.map(\.zh))") }
    }

    @Test func `only who may read the audit log reads it`() async throws {
        let company = try await Company.open()
        for role in ["sales_manager", "salesperson", "service_agent", "read_only"] {
            let actor = try await company.person(role, "\(role)@example.cn", team: company.east, roles: [role])
            let refused = await problem { _ = try await company.engine.read(as: actor) { try $0.auditLog() } }
            #expect(refused?.kind == .forbidden, "\(role)")
        }
    }
}
