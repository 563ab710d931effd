import Foundation
import Identity
import Testing
import Values

@Suite struct PasswordTests {
    @Test(arguments: [
        "short", "1234567890", "0987654321", "Password123", "P@ssw0rd2024!", "qwertyuiop", "aaaaaaaaaaaa", "woaini1314",
        "Admin@123456", "wang.fang@1", "WangFang88", "qwerty12345678", "abcabcabcabc",
    ])
    func `a password that is tried first is refused with a reason`(password: String) {
        #expect(throws: Problem.self) {
            try PasswordPolicy.check(password, email: "wang.fang@example.cn", name: "Wang Fang")
        }
    }

    @Test(arguments: ["清晨 the heron waits", "correct horse battery", "vB7#kkq2Lx0p", "我家门前有一棵大枣树"])
    func `a long password of any characters is taken`(password: String) throws {
        try PasswordPolicy.check(password, email: "wang.fang@example.cn", name: "王芳")
    }

    @Test func `a hash is argon2id, salted, and fits only its password`() async throws {
        let first = try await PasswordHash.testing.hash("清晨 the heron waits")
        let second = try await PasswordHash.testing.hash("清晨 the heron waits")
        #expect(first.hasPrefix("$argon2id$v=19$") && first != second)
        #expect(try await PasswordHash.testing.verify("清晨 the heron waits", against: first))
        #expect(try await !PasswordHash.testing.verify("清晨 the heron wait", against: first))
        #expect(PasswordHash.production.isOutdated(first) && !PasswordHash.testing.isOutdated(first))
    }

    @Test func `nobody's password takes as long as somebody's`() async throws {
        let hash = try await PasswordHash.production.hash("清晨 the heron waits")
        func shortest(_ hash: String?) async throws -> Duration {
            var times: [Duration] = []
            for _ in 0..<5 {
                times.append(
                    try await ContinuousClock().measure {
                        _ = try await PasswordHash.production.verify("wrong", against: hash)
                    }
                )
            }
            return times.min() ?? .zero
        }
        let (real, none) = (try await shortest(hash), try await shortest(nil))
        // Without the same work it would be a thousand times quicker; a busy machine never makes it ten.
        #expect(none > real / 10)
    }
}
