import Database
import Identity
import SQLText
import Testing
import Values

@Suite struct LogInTests {
    @Test func `the right password opens a session and nothing of it is stored readable`() async throws {
        let office = try await Office()
        let opened = try await office.session(" Li@Example.CN ")
        let session = try #require(try await office.logIn.session(opened.token))
        #expect(session.actor.userID == office.li && session.actor.sessionID == opened.id)
        #expect(session.actor.rights.on("customer").read == .own)
        #expect(session.accepts(csrf: opened.csrf) && !session.accepts(csrf: "") && !session.accepts(csrf: "x"))
        let row = try #require(try await office.database.read { try $0.row("SELECT * FROM sys_session") })
        #expect(!row.values.contains { $0.text == opened.token || $0.text == opened.csrf })
        for wrong in ["", "x", opened.csrf, String(opened.token.reversed())] {
            #expect(try await office.logIn.session(wrong) == nil)
        }
    }

    @Test func `a wrong password and an unknown address get the same answer and both are in the history`() async throws
    {
        let office = try await Office()
        for email in ["li@example.cn", "nobody@example.cn"] {
            let refused = await problem {
                _ = try await office.logIn.logIn(email: email, password: "not the password", address: "10.0.0.8")
            }
            #expect(refused == .wrongCredentials)
        }
        let typo = await problem { _ = try await office.logIn.logIn(email: Office.password, password: "x") }
        #expect(typo == .wrongCredentials)
        let admin = try await office.actor(office.admin)
        let history = try await office.change { try $0.logInHistory(by: admin, on: $1) }
        #expect(history.map(\.outcome) == [.unknownEmail, .unknownEmail, .wrongPassword])
        #expect(history.map(\.email) == ["", "nobody@example.cn", "li@example.cn"])
        #expect(history.last?.userID == office.li && history.last?.address == "10.0.0.8")
    }

    @Test func `guessing is slowed down, also many at once, and ends by itself`() async throws {
        let office = try await Office()
        @Sendable func attempt(_ password: String, address: String = "") async -> Problem? {
            await problem {
                _ = try await office.logIn.logIn(email: "li@example.cn", password: password, address: address)
            }
        }
        let answers = await withTaskGroup(of: Problem?.self) { group in
            for _ in 0..<12 { group.addTask { await attempt("wrong one here") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0?.kind == .unauthenticated } == 5)
        #expect(answers.count { $0?.kind == .tooMany } == 7)
        #expect(await attempt(Office.password)?.retryAfter == 30)
        office.clock.advance(seconds: 31)
        #expect(await attempt("wrong one here")?.kind == .unauthenticated)
        #expect(await attempt(Office.password)?.retryAfter == 60)
        office.clock.advance(seconds: 61)
        #expect(await attempt(Office.password) == nil)
        #expect(await attempt("wrong one here")?.kind == .unauthenticated)
        #expect(await attempt(Office.password) == nil)
        let throttled = try await office.database.read {
            try $0.value("SELECT count(*) FROM sys_login WHERE outcome = 'throttled'").integer
        }
        #expect(throttled == 1)
    }

    @Test func `one network address cannot try all people`() async throws {
        let office = try await Office()
        var kinds: [Problem.Kind?] = []
        for index in 0..<22 {
            let answer = await problem {
                _ = try await office.logIn.logIn(
                    email: "u\(index)@example.cn",
                    password: "wrong one here",
                    address: "2001:db8::\(index)"
                )
            }
            kinds.append(answer?.kind)
        }
        #expect(kinds.prefix(20).allSatisfy { $0 == .unauthenticated } && kinds.suffix(2).allSatisfy { $0 == .tooMany })
        let other = await problem {
            _ = try await office.logIn.logIn(email: "li@example.cn", password: Office.password, address: "10.0.0.9")
        }
        #expect(other == nil)
    }

    @Test func `a session ends when it is not used, and in any case after a month`() async throws {
        let office = try await Office()
        let idle = try await office.session("li@example.cn")
        office.clock.advance(seconds: 4 * 86_400)
        #expect(try await office.logIn.session(idle.token) == nil)
        let used = try await office.session("li@example.cn")
        for _ in 0..<14 {
            office.clock.advance(seconds: 2 * 86_400)
            #expect(try await office.logIn.session(used.token) != nil)
        }
        office.clock.advance(seconds: 2 * 86_400)
        #expect(try await office.logIn.session(used.token) == nil)
    }

    @Test func `a request in a known session asks the database nothing`() async throws {
        let office = try await Office()
        let opened = try await office.session("li@example.cn")
        _ = try await office.logIn.session(opened.token)
        let before = office.database.log.statements
        for _ in 0..<100 { _ = try await office.logIn.session(opened.token) }
        #expect(office.database.log.statements == before)
        office.clock.advance(seconds: 300)
        _ = try await office.logIn.session(opened.token)
        var seen: Int64?
        for _ in 0..<100 where seen != office.clock.now.milliseconds {
            try await Task.sleep(for: .milliseconds(10))
            seen = try await office.database.read { try $0.value("SELECT last_seen_at FROM sys_session").integer }
        }
        #expect(seen == office.clock.now.milliseconds)
    }

    @Test func `disabling a person ends sessions and keys at once`() async throws {
        let office = try await Office()
        let opened = try await office.session("li@example.cn")
        let key = try await office.change { try $0.addKey(for: office.li, name: "k", by: office.boss, on: $1).token }
        #expect(try await office.logIn.session(opened.token) != nil)
        #expect(try await office.logIn.apiKey(key) != nil)
        _ = try await office.change { try $0.disableUser(office.li, by: office.boss, on: $1) }
        #expect(try await office.logIn.session(opened.token) == nil)
        #expect(try await office.logIn.apiKey(key) == nil)
        let refused = await problem { _ = try await office.session("li@example.cn") }
        #expect(refused == .wrongCredentials)
        _ = try await office.change { try $0.enableUser(office.li, by: office.boss, on: $1) }
        _ = try await office.session("li@example.cn")
        #expect(try await office.logIn.apiKey(key) == nil)
    }

    @Test func `new rights count at once and new roles end sessions`() async throws {
        let office = try await Office()
        let opened = try await office.session("li@example.cn")
        _ = try await office.logIn.session(opened.token)
        let seller = try await office.role("salesperson")
        var rights = seller.rights
        rights.objects["customer"]?.read = .team
        let wider = rights
        _ = try await office.change { try $0.updateRole(seller.id, rights: wider, by: office.boss, on: $1) }
        #expect(try await office.logIn.session(opened.token)?.actor.rights.on("customer").read == .team)
        let undone = await problem {
            try await office.change { identities, connection in
                _ = try identities.updateRole(seller.id, rights: .all, by: office.boss, on: connection)
                throw Problem.stale
            }
        }
        #expect(undone == .stale)
        #expect(try await office.logIn.session(opened.token)?.actor.rights.on("customer").read == .team)
        let manager = try await office.role("sales_manager").id
        _ = try await office.change {
            try $0.updateUser(office.li, UserPatch(roles: [manager]), by: office.boss, on: $1)
        }
        #expect(try await office.logIn.session(opened.token) == nil)
    }

    @Test func `a change by another process is noticed within a second`() async throws {
        let office = try await Office()
        let opened = try await office.session("li@example.cn")
        _ = try await office.logIn.session(opened.token)
        let other = Identities(database: office.database, ids: IDSource(node: 1), clock: office.clock.clock)
        try await office.database.write { _ = try other.disableUser(office.li, by: office.boss, on: $0) }
        office.clock.advance(seconds: 1)
        #expect(try await office.logIn.session(opened.token) == nil)
    }

    @Test func `a person sees their devices and signs out of one or all`() async throws {
        let office = try await Office()
        let phone = try await office.session("li@example.cn", device: "Phone")
        let desk = try await office.session("li@example.cn", device: "Desk")
        let third = try await office.session("li@example.cn", device: "Third")
        let actor = try #require(try await office.logIn.actor(session: desk.token))
        let list = try await office.change { try $0.sessions(of: office.li, by: actor, on: $1) }
        #expect(Set(list.map(\.device)) == ["Phone", "Desk", "Third"] && list.allSatisfy { $0.address == "10.0.0.7" })
        try await office.change { try $0.revokeSession(phone.id, by: actor, on: $1) }
        #expect(try await office.logIn.session(phone.token) == nil)
        let stranger = try await office.actor(office.zhao)
        let refused = await problem {
            try await office.change { try $0.revokeSession(third.id, by: stranger, on: $1) }
        }
        #expect(refused == .notFound)
        try await office.change { try $0.signOutEverywhere(office.li, keepingOwn: true, by: actor, on: $1) }
        #expect(try await office.logIn.session(third.token) == nil)
        #expect(try await office.logIn.session(desk.token) != nil)
        try await office.change { try $0.signOut(actor, on: $1) }
        #expect(try await office.logIn.session(desk.token) == nil)
    }

    @Test func `a changed password ends the other sessions and needs the present one`() async throws {
        let office = try await Office()
        let other = try await office.session("li@example.cn")
        let own = try await office.session("li@example.cn")
        let actor = try #require(try await office.logIn.actor(session: own.token))
        let wrong = await problem {
            try await office.logIn.changePassword(from: "not the password", to: "an evening by the lake", by: actor)
        }
        #expect(wrong?.fields.first?.code == "wrong_password")
        let weak = await problem {
            try await office.logIn.changePassword(from: Office.password, to: "1234567890", by: actor)
        }
        #expect(weak?.fields.first?.code == "common")
        try await office.logIn.changePassword(from: Office.password, to: "an evening by the lake", by: actor)
        #expect(try await office.logIn.session(own.token) != nil)
        #expect(try await office.logIn.session(other.token) == nil)
        #expect(await problem { _ = try await office.session("li@example.cn") } == .wrongCredentials)
    }

    @Test func `an old hash is renewed when its owner logs in`() async throws {
        let office = try await Office()
        let stronger = PasswordHash(operations: 2, memory: 16384)
        _ = try await LogIn(office.identities, passwords: stronger).logIn(
            email: "li@example.cn",
            password: Office.password
        )
        let hash = try await office.database.read {
            try $0.value("SELECT password FROM sys_credential WHERE user_id = \(office.li)").text
        }
        #expect(!stronger.isOutdated(try #require(hash)))
        _ = try await office.session("li@example.cn")
    }
}
