import Database
import Foundation
import Identity
import SQLText
import TestSupport
import Testing
import Values

/// Secrets of authenticator apps in the database, and the key beside it.
@Suite struct StoredSecretTests {
    private func keyFile() -> String { TestFolder.path(".key") }

    private func identities(_ office: Office, _ path: String?) throws -> Identities {
        Identities(
            database: office.database,
            ids: IDSource(node: 7),
            clock: office.clock.clock,
            box: try path.map { try SecretBox(keyFile: $0) }
        )
    }

    private func stored(_ office: Office, _ column: String) async throws -> [UInt8]? {
        let value = try await office.database.read { connection in
            try connection.value("SELECT \(name: column) FROM sys_credential WHERE \(name: column) IS NOT NULL")
        }
        guard case .blob(let bytes) = value else { return nil }
        return bytes
    }

    /// The secret that a person types into the app.
    private func bytes(_ text: String) -> [UInt8] {
        var (result, group, bits): ([UInt8], UInt32, UInt32) = ([], 0, 0)
        for character in text.utf8 {
            let value = character >= 0x41 ? character - 0x41 : character - 0x32 + 26
            (group, bits) = (group << 5 | UInt32(value), bits + 5)
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(group >> bits & 255))
            }
        }
        return result
    }

    @Test func `the database holds no secret that can be read, and the codes work`() async throws {
        let office = try await Office()
        let path = keyFile()
        let sealed = try identities(office, path)
        let (logIn, actor) = (LogIn(sealed, passwords: .testing), try await office.actor(office.li))
        let setup = try await office.database.write { try sealed.beginSecondFactor(by: actor, on: $0) }
        let secret = bytes(setup.secret)
        let kept = try #require(try await stored(office, "totp_pending"))
        #expect(kept.count == 61 && kept.firstRange(of: secret) == nil)
        let code = TOTP.code(secret: secret, step: TOTP.step(at: office.clock.now))
        let recovery = try await office.database.write { try sealed.confirmSecondFactor(code, by: actor, on: $0) }
        office.clock.advance(seconds: 60)
        func enter(_ logIn: LogIn, _ code: String) async throws -> Bool {
            let result = try await logIn.logIn(email: "li@example.cn", password: Office.password, code: code)
            if case .session = result { return true }
            return false
        }
        #expect(try await enter(logIn, TOTP.code(secret: secret, step: TOTP.step(at: office.clock.now))))
        // Another program with the same file reads it; with another key only recovery codes work.
        office.clock.advance(seconds: 60)
        let second = LogIn(try identities(office, path), passwords: .testing)
        #expect(try await enter(second, TOTP.code(secret: secret, step: TOTP.step(at: office.clock.now))))
        office.clock.advance(seconds: 60)
        let stranger = LogIn(try identities(office, keyFile()), passwords: .testing)
        let wrong = await problem {
            _ = try await enter(stranger, TOTP.code(secret: secret, step: TOTP.step(at: office.clock.now)))
        }
        #expect(wrong == .wrongCode)
        office.clock.advance(seconds: 600)
        #expect(try await enter(stranger, recovery[0]))
    }

    @Test func `secrets of an older version are encrypted when the workspace is opened`() async throws {
        let office = try await Office()
        let actor = try await office.actor(office.li)
        let plain = try identities(office, nil)
        _ = try await office.database.write { try plain.beginSecondFactor(by: actor, on: $0) }
        #expect(try await stored(office, "totp_pending")?.count == 20)
        let sealed = try identities(office, keyFile())
        #expect(try await office.database.write { try sealed.sealStoredSecrets(on: $0) } == 1)
        #expect(try await stored(office, "totp_pending")?.count == 61)
        #expect(try await office.database.write { try sealed.sealStoredSecrets(on: $0) } == 0)
    }

    @Test func `the key file is for its owner alone, and what is no key is refused`() throws {
        let path = keyFile()
        _ = try SecretBox(keyFile: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(attributes[.size] as? NSNumber == 32)
        try Data("short".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: Problem.self) { try SecretBox(keyFile: path) }
    }
}
