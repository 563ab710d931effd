import Database
import Identity
import SQLText
import Testing
import Values

@Suite struct SecondFactorTests {
    /// Turns the second factor of 李强 on; the answer is the secret and the recovery codes.
    private func turnOn(_ office: Office) async throws -> (secret: [UInt8], codes: [String]) {
        let session = try await office.session("li@example.cn")
        let actor = try #require(try await office.logIn.actor(session: session.token))
        _ = try await office.change { try $0.beginSecondFactor(by: actor, on: $1) }
        let stored = try await office.database.read {
            try $0.value("SELECT totp_pending FROM sys_credential WHERE totp_pending IS NOT NULL")
        }
        guard case .blob(let secret) = stored else { throw Problem.notFound }
        let code = TOTP.code(secret: secret, step: TOTP.step(at: office.clock.now))
        let codes = try await office.change { try $0.confirmSecondFactor(code, by: actor, on: $1) }
        #expect(try await office.logIn.session(session.token) != nil)
        office.clock.advance(seconds: 60)
        return (secret, codes)
    }

    private func logIn(_ office: Office, code: String?) async throws -> LogInResult {
        try await office.logIn.logIn(email: "li@example.cn", password: Office.password, code: code)
    }

    @Test func `a password alone opens nothing once the second factor is on`() async throws {
        let office = try await Office()
        let (secret, _) = try await turnOn(office)
        guard case .needsCode(let pending) = try await logIn(office, code: nil) else {
            Issue.record("no code was asked for")
            return
        }
        #expect(try await office.logIn.session(pending) == nil)
        let wrong = await problem { _ = try await office.logIn.confirm(pending: pending, code: "000000x") }
        #expect(wrong == .wrongCode)
        let code = TOTP.code(secret: secret, step: TOTP.step(at: office.clock.now))
        guard case .session(let session) = try await office.logIn.confirm(pending: pending, code: code) else {
            Issue.record("the right code opens no session")
            return
        }
        #expect(try await office.logIn.session(session.token) != nil)
        let again = await problem { _ = try await office.logIn.confirm(pending: pending, code: code) }
        #expect(again?.code == "log_in_again")
        #expect(await problem { _ = try await logIn(office, code: code) } == .wrongCode)
    }

    @Test func `a first step counts for ten minutes`() async throws {
        let office = try await Office()
        let (secret, _) = try await turnOn(office)
        guard case .needsCode(let pending) = try await logIn(office, code: nil) else { return }
        office.clock.advance(seconds: 601)
        let code = TOTP.code(secret: secret, step: TOTP.step(at: office.clock.now))
        let late = await problem { _ = try await office.logIn.confirm(pending: pending, code: code) }
        #expect(late?.code == "log_in_again")
    }

    @Test func `a recovery code works once, however it is typed`() async throws {
        let office = try await Office()
        let (_, codes) = try await turnOn(office)
        #expect(codes.count == 10 && Set(codes).count == 10)
        let typed = codes[0].lowercased().replacing("-", with: " ")
        guard case .session = try await logIn(office, code: typed) else {
            Issue.record("a recovery code opens no session")
            return
        }
        #expect(await problem { _ = try await logIn(office, code: codes[0]) } == .wrongCode)
        guard case .session = try await logIn(office, code: codes[1]) else {
            Issue.record("a recovery code opens no session")
            return
        }
        #expect(office.notes.all.last { $0.action == .recoveryCodeUsed }?.after.text == #"{"codes_left":8}"#)
    }

    @Test func `guessing codes is slowed down like guessing passwords`() async throws {
        let office = try await Office()
        _ = try await turnOn(office)
        var kinds: [Problem.Kind?] = []
        for _ in 0..<7 { kinds.append(await problem { _ = try await logIn(office, code: "12345") }?.kind) }
        #expect(kinds.prefix(5).allSatisfy { $0 == .unauthenticated } && kinds.suffix(2).allSatisfy { $0 == .tooMany })
    }

    @Test func `the second factor is turned off with the password, or by an administrator`() async throws {
        let office = try await Office()
        _ = try await turnOn(office)
        let actor = try await office.actor(office.li)
        let wrong = await problem {
            try await office.logIn.removeSecondFactor(password: "not the password", by: actor)
        }
        #expect(wrong?.kind == .invalid)
        try await office.logIn.removeSecondFactor(password: Office.password, by: actor)
        guard case .session = try await logIn(office, code: nil) else {
            Issue.record("a code is still asked for")
            return
        }
        _ = try await turnOn(office)
        let admin = try await office.actor(office.admin)
        try await office.change { try $0.resetSecondFactor(of: office.li, by: admin, on: $1) }
        guard case .session = try await logIn(office, code: nil) else {
            Issue.record("a code is still asked for")
            return
        }
    }
}
