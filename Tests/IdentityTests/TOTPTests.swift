import Identity
import Testing
import Values

@Suite struct TOTPTests {
    /// The secret of RFC 6238, appendix B.
    let secret = Array("12345678901234567890".utf8)

    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
    func `codes are those of RFC 6238`(seconds: Int64, code: String) {
        let step = TOTP.step(at: Instant(milliseconds: seconds * 1000))
        #expect(TOTP.code(secret: secret, step: step, digits: 8) == code)
    }

    @Test func `a clock may be one step off and a code works once`() {
        let now = Instant(milliseconds: 1_234_567_890_000)
        let step = TOTP.step(at: now)
        for near in [step - 1, step, step + 1] {
            #expect(TOTP.match(TOTP.code(secret: secret, step: near), secret: secret, now: now, after: 0) == near)
        }
        for far in [step - 2, step + 2] {
            #expect(TOTP.match(TOTP.code(secret: secret, step: far), secret: secret, now: now, after: 0) == nil)
        }
        #expect(TOTP.match(TOTP.code(secret: secret, step: step), secret: secret, now: now, after: step) == nil)
        #expect(TOTP.match("", secret: secret, now: now, after: 0) == nil)
    }

    @Test func `an app reads the address`() {
        #expect(
            TOTP.uri(secret: secret, account: "li@example.cn", issuer: "客户")
                == "otpauth://totp/%E5%AE%A2%E6%88%B7:li%40example.cn?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=%E5%AE%A2%E6%88%B7&algorithm=SHA1&digits=6&period=30"
        )
    }
}
