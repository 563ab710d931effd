import Database
import Identity
import SQLText
import Testing
import Values

@Suite struct KeysAndLinksTests {
    @Test func `a key acts as its owner within its scopes and stops when told`() async throws {
        let office = try await Office()
        let li = try await office.actor(office.li)
        let (key, token) = try await office.change {
            let made = try $0.addKey(for: office.li, name: "报表", scopes: .read, by: li, on: $1)
            return (made.key, made.token)
        }
        let actor = try #require(try await office.logIn.apiKey(token))
        #expect(token.hasPrefix("kh_") && token.hasPrefix(key.prefix) && actor.keyID == key.id)
        #expect(actor.userID == office.li && actor.origin == .api)
        #expect(actor.rights.on("customer").read == .own && !actor.rights.on("customer").create)
        for wrong in ["", "kh_", "kh_" + String(repeating: "A", count: 43), String(token.dropLast()) + "!"] {
            #expect(try await office.logIn.apiKey(wrong) == nil)
        }
        let list = try await office.change { try $0.keys(of: office.li, by: li, on: $1) }
        #expect(list.map(\.name) == ["报表"] && list.first?.scopes == .read)
        try await office.change { try $0.revokeKey(key.id, by: li, on: $1) }
        #expect(try await office.logIn.apiKey(token) == nil)
    }

    @Test func `who manages users sees everybody's working keys, nobody else does`() async throws {
        let office = try await Office()
        let li = try await office.actor(office.li)
        try await office.change {
            _ = try $0.addKey(for: office.li, name: "报表", by: li, on: $1)
            let gone = try $0.addKey(for: office.li, name: "旧的", by: li, on: $1).key
            try $0.revokeKey(gone.id, by: li, on: $1)
        }
        let found = try await office.change { try $0.workingKeys(limit: 10, by: office.boss, on: $1) }
        #expect(found.map(\.name) == ["报表"] && found.first?.userID == office.li)
        let refused = await problem { _ = try await office.change { try $0.workingKeys(limit: 10, by: li, on: $1) } }
        #expect(refused?.kind == .forbidden)
    }

    @Test func `a key stops at its hour`() async throws {
        let office = try await Office()
        let end = office.clock.now.adding(milliseconds: 3_600_000)
        let token = try await office.change {
            try $0.addKey(for: office.li, name: "一小时", expiresAt: end, by: office.boss, on: $1).token
        }
        #expect(try await office.logIn.apiKey(token) != nil)
        office.clock.advance(seconds: 3600)
        #expect(try await office.logIn.apiKey(token) == nil)
    }

    @Test func `a key cannot make keys, see sessions or change the password`() async throws {
        let office = try await Office()
        let token = try await office.change {
            try $0.addKey(for: office.li, name: "k", by: office.boss, on: $1).token
        }
        let actor = try #require(try await office.logIn.apiKey(token))
        let attempts: [@Sendable (Identities, Connection) throws -> Void] = [
            { _ = try $0.addKey(for: office.li, name: "wider", by: actor, on: $1) },
            { _ = try $0.sessions(of: office.li, by: actor, on: $1) },
            { _ = try $0.beginSecondFactor(by: actor, on: $1) },
            { try $0.signOutEverywhere(office.li, by: actor, on: $1) },
        ]
        for attempt in attempts {
            #expect(await problem { try await office.change { try attempt($0, $1) } }?.kind == .forbidden)
        }
        let password = await problem {
            try await office.logIn.changePassword(from: Office.password, to: "an evening by the lake", by: actor)
        }
        #expect(password?.kind == .forbidden)
    }

    @Test func `an invitation sets the first password, once, within three days`() async throws {
        let office = try await Office()
        let boss = office.boss
        let (id, token) = try await office.change { identities, connection in
            let new = NewUser(email: "sun@example.cn", name: "孙丽")
            let id = try identities.addUser(new, by: boss, on: connection).id
            return (id, try identities.makeLink(.invite, for: id, by: boss, on: connection))
        }
        #expect(try await office.identities.actor(for: id) == nil)
        let target = try await office.change { try $0.link(token, on: $1) }
        #expect(target.kind == .invite && target.user.email == "sun@example.cn")
        let weak = await problem { try await office.logIn.redeem(token, newPassword: "sun1234567") }
        #expect(weak?.kind == .invalid)
        let user = try await office.logIn.redeem(token, newPassword: "an evening by the lake")
        #expect(user.state == .active)
        let again = await problem { try await office.logIn.redeem(token, newPassword: "a morning by the lake") }
        #expect(again?.code == "link_expired")
        let result = try await office.logIn.logIn(email: "sun@example.cn", password: "an evening by the lake")
        guard case .session = result else { throw Problem.notFound }
    }

    @Test func `a reset link stops after two hours, when a newer one is made, and when the person is disabled`()
        async throws
    {
        let office = try await Office()
        func link() async throws -> String {
            try await office.change { try $0.makeLink(.reset, for: office.li, by: office.boss, on: $1) }
        }
        func works(_ token: String) async -> Bool {
            await problem { _ = try await office.change { try $0.link(token, on: $1) } } == nil
        }
        let first = try await link()
        let second = try await link()
        #expect(await !works(first))
        #expect(await works(second))
        office.clock.advance(seconds: 7200)
        #expect(await !works(second))
        let third = try await link()
        _ = try await office.change { try $0.disableUser(office.li, by: office.boss, on: $1) }
        #expect(await !works(third))
        try await office.change { try $0.sweep(on: $1) }
    }

    @Test func `tables can be made twice and roles are seeded once`() async throws {
        let office = try await Office()
        let seller = try await office.role("salesperson")
        _ = try await office.change {
            try $0.updateRole(seller.id, label: Label("Seller", zh: "业务员"), by: office.boss, on: $1)
        }
        try await office.change { identities, connection in
            try IdentityTables.create(on: connection)
            try identities.seedRoles(on: connection)
            #expect(try identities.roles(on: connection).count == BuiltInRole.all.count)
        }
        #expect(try await office.role("salesperson").label.zh == "业务员")
    }
}
