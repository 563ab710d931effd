import Database
import Identity
import SQLText
import Testing
import Values

@Suite struct PeopleTests {
    @Test func `only who manages users may change people, teams and roles`() async throws {
        let office = try await Office()
        let wang = try await office.actor(office.wang)
        let seller = try await office.role("salesperson")
        let changes: [@Sendable (Identities, Connection) throws -> Void] = [
            { _ = try $0.addUser(NewUser(email: "a@example.cn", name: "甲"), by: wang, on: $1) },
            { _ = try $0.updateUser(office.li, UserPatch(name: "乙"), by: wang, on: $1) },
            { _ = try $0.disableUser(office.li, by: wang, on: $1) },
            { _ = try $0.addTeam("丙", by: wang, on: $1) },
            { try $0.deleteTeam(office.south, by: wang, on: $1) },
            { _ = try $0.addRole(key: "mine", label: Label("Mine", zh: "我的"), rights: .all, by: wang, on: $1) },
            { _ = try $0.updateRole(seller.id, rights: .all, by: wang, on: $1) },
            { _ = try $0.makeLink(.reset, for: office.admin, by: wang, on: $1) },
            { _ = try $0.keys(of: office.li, by: wang, on: $1) },
            { _ = try $0.sessions(of: office.li, by: wang, on: $1) },
            { _ = try $0.logInHistory(by: wang, on: $1) },
        ]
        for change in changes {
            let problem = await problem { try await office.change { try change($0, $1) } }
            #expect(problem?.kind == .forbidden)
        }
    }

    @Test func `who manages users cannot hand out or take over rights they lack`() async throws {
        let office = try await Office()
        let boss = office.boss
        let secretary = try await office.change { identities, connection in
            var rights = BuiltInRole.salesperson.rights
            rights.capabilities = [.users]
            let role = try identities.addRole(
                key: "secretary",
                label: Label("Secretary", zh: "内勤"),
                rights: rights,
                by: boss,
                on: connection
            )
            let new = NewUser(email: "sun@example.cn", name: "孙丽", roles: [role.id])
            let id = try identities.addUser(new, by: boss, on: connection).id
            try identities.setPassword(hash: "x", of: id, by: boss, on: connection)
            return id
        }
        let actor = try await office.actor(secretary)
        let administrator = try await office.role("administrator").id
        let attempts: [@Sendable (Identities, Connection) throws -> Void] = [
            { _ = try $0.updateUser(secretary, UserPatch(roles: [administrator]), by: actor, on: $1) },
            { _ = try $0.makeLink(.reset, for: office.admin, by: actor, on: $1) },
            { _ = try $0.addKey(for: office.admin, name: "k", by: actor, on: $1) },
            { try $0.resetSecondFactor(of: office.admin, by: actor, on: $1) },
            { _ = try $0.addRole(key: "all", label: Label("All", zh: "全"), rights: .all, by: actor, on: $1) },
        ]
        for attempt in attempts {
            #expect(await problem { try await office.change { try attempt($0, $1) } }?.kind == .forbidden)
        }
        _ = try await office.change { try $0.updateUser(office.li, UserPatch(name: "李强强"), by: actor, on: $1) }
    }

    @Test func `an address belongs to one person, whatever its case`() async throws {
        let office = try await Office()
        let boss = office.boss
        let taken = await problem {
            _ = try await office.change {
                try $0.addUser(NewUser(email: " LI@Example.CN ", name: "李"), by: boss, on: $1)
            }
        }
        #expect(taken?.fields.first?.code == "not_unique")
        for wrong in ["", "li", "li@", "a b@c.cn", "a@b@c", "@b"] {
            let refused = await problem {
                _ = try await office.change { try $0.addUser(NewUser(email: wrong, name: "李"), by: boss, on: $1) }
            }
            #expect(refused?.fields.first?.field == "email")
        }
    }

    @Test func `a stale version is refused and an audit entry says what changed`() async throws {
        let office = try await Office()
        let boss = office.boss
        let li = office.li
        let old = try #require(try await office.change { try $0.user(li, on: $1) })
        let new = try await office.change {
            try $0.updateUser(li, UserPatch(name: "李小强"), version: old.version, by: boss, on: $1)
        }
        #expect(new.name == "李小强" && new.version == old.version + 1)
        let stale = await problem {
            _ = try await office.change {
                try $0.updateUser(li, UserPatch(name: "李大强"), version: old.version, by: boss, on: $1)
            }
        }
        #expect(stale?.kind == .stale)
        let change = try #require(office.notes.all.last)
        #expect(change.subject == .user && change.action == .update && change.id == li)
        #expect(change.before.text == #"{"name":"李强"}"# && change.after.text == #"{"name":"李小强"}"#)
        #expect(change.changes == #"{"name":["李强","李小强"]}"#)
    }

    @Test func `the last administrator stays one`() async throws {
        let office = try await Office()
        let admin = try await office.actor(office.admin)
        let attempts: [@Sendable (Identities, Connection) throws -> Void] = [
            { _ = try $0.disableUser(office.admin, by: admin, on: $1) },
            { _ = try $0.updateUser(office.admin, UserPatch(roles: []), by: admin, on: $1) },
        ]
        for attempt in attempts {
            #expect(await problem { try await office.change { try attempt($0, $1) } }?.code == "last_administrator")
        }
        let role = try await office.role("administrator").id
        try await office.change { identities, connection in
            _ = try identities.updateUser(office.wang, UserPatch(roles: [role]), by: admin, on: connection)
            _ = try identities.disableUser(office.admin, by: admin, on: connection)
        }
        let refused = await problem {
            try await office.change { try $0.deleteRole(role, by: office.boss, on: $1) }
        }
        #expect(refused?.code == "administrator_role")
    }

    @Test func `teams form a tree without circles and go only when empty`() async throws {
        let office = try await Office()
        let boss = office.boss
        let (east, shanghai) = (office.east, office.shanghai)
        let circle = await problem {
            _ = try await office.change { try $0.updateTeam(east, parent: .some(shanghai), by: boss, on: $1) }
        }
        #expect(circle?.fields.first?.code == "cycle")
        let own = await problem {
            _ = try await office.change { try $0.updateTeam(east, parent: .some(east), by: boss, on: $1) }
        }
        #expect(own?.fields.first?.code == "cycle")
        for team in [east, shanghai] {
            let used = await problem { try await office.change { try $0.deleteTeam(team, by: boss, on: $1) } }
            #expect(used?.code == "team_in_use")
        }
        try await office.change { identities, connection in
            let team = try identities.addTeam("苏州", parent: east, by: boss, on: connection)
            try identities.deleteTeam(team.id, by: boss, on: connection)
            #expect(try identities.teams(on: connection).count == 3)
        }
    }

    @Test func `a role in use is not deleted`() async throws {
        let office = try await Office()
        let boss = office.boss
        let (used, unused) = (try await office.role("salesperson").id, try await office.role("service_agent").id)
        let problem = await problem { try await office.change { try $0.deleteRole(used, by: boss, on: $1) } }
        #expect(problem?.code == "role_in_use")
        try await office.change { try $0.deleteRole(unused, by: boss, on: $1) }
    }

    @Test func `thousands of users are listed in pages without gaps`() async throws {
        let office = try await Office()
        let boss = office.boss
        try await office.change { identities, connection in
            for index in 0..<1000 {
                let new = NewUser(email: "u\(index)@example.cn", name: "同名 \(index % 7)")
                _ = try identities.addUser(new, by: boss, on: connection)
            }
        }
        let ids = try await office.change { identities, connection in
            var ids: [RecordID] = []
            var query = UserQuery(limit: 150)
            repeat {
                let page = try identities.users(query, on: connection)
                ids += page.users.map(\.id)
                query.cursor = page.next
            } while query.cursor != nil
            #expect(try identities.users(UserQuery(text: "同名 3", limit: 200), on: connection).users.count == 143)
            #expect(try identities.users(UserQuery(text: "LI@"), on: connection).users.map(\.name) == ["李强"])
            #expect(try identities.users(UserQuery(text: "%"), on: connection).users.isEmpty)
            #expect(try identities.countUsers(on: connection) == 1005)
            return ids
        }
        #expect(ids.count == 1005 && Set(ids).count == 1005)
        let bad = await problem {
            _ = try await office.change { try $0.users(UserQuery(cursor: "!!"), on: $1) }
        }
        #expect(bad?.kind == .malformed)
    }

    @Test func `nothing that lists people reads passwords`() async throws {
        let office = try await Office()
        let statements = try await office.database.log.recording {
            try await office.change { identities, connection in
                _ = try identities.users(on: connection)
                _ = try identities.users(UserQuery(text: "li"), on: connection)
                _ = try identities.users([office.li], on: connection)
                _ = try identities.user(email: "li@example.cn", on: connection)
                _ = try identities.actor(for: office.li, on: connection)
                _ = try identities.readers(of: "customer", owner: office.li, on: connection)
                _ = try identities.sources(of: "customer", for: office.li, on: connection)
                _ = try identities.teams(on: connection)
                _ = try identities.roles(on: connection)
            }
        }.statements
        #expect(statements.count > 8)
        #expect(!statements.contains { $0.contains("sys_credential") || $0.contains("token_hash") })
    }

    @Test func `the audit log never holds a secret`() async throws {
        let office = try await Office()
        let session = try await office.session("li@example.cn")
        let token = try await office.change { identities, connection in
            try identities.addKey(for: office.li, name: "导入", by: office.boss, on: connection).token
        }
        let all = office.notes.all.map { $0.before.text + $0.after.text }.joined()
        #expect(all.contains("导入"))
        for secret in [session.token, session.csrf, token, "argon2id"] { #expect(!all.contains(secret)) }
    }
}
