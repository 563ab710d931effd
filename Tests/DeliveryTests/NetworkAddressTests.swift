import Delivery
import Foundation
import Testing
import Values

@Suite struct NetworkAddressTests {
    private func address(_ text: String) -> NetworkAddress {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return NetworkAddress(Array(bytes.prefix(4))) }
        #expect(inet_pton(AF_INET6, text, &bytes) == 1, "\(text)")
        return NetworkAddress(bytes)
    }

    @Test(arguments: ["1.1.1.1", "114.114.114.114", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2400:3200::1"])
    func `a public address may be called`(text: String) {
        #expect(address(text).reach == .everywhere)
    }

    @Test(
        arguments: [
            "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "::1",
            "fd00::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
            "::192.168.0.1",
        ]
    )
    func `an address of the own network is nearby in every form it can be written in`(text: String) {
        #expect(address(text).reach == .nearby)
    }

    @Test(
        arguments: [
            "0.0.0.0", "0.1.2.3", "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::",
            "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.9", "::", "fe80::1",
            "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "100::1", "fd00:ec2::254",
        ]
    )
    func `metadata services, link-local, reserved and many-receiver addresses are never called`(text: String) {
        #expect(address(text).reach == .nowhere)
    }

    @Test func `an address that is typed is refused when it is not public or not safe`() {
        func code(_ text: String, nearby: Bool = false) -> String? {
            do {
                try ReceiverAddress.check(text, field: "address", allowsNearby: nearby)
                return nil
            } catch {
                return (error as? Problem)?.fields.first?.code
            }
        }
        #expect(code("https://example.com/hook?x=1") == nil)
        #expect(code("https://[2606:4700::1111]/") == nil)
        #expect(code("http://example.com/") == "not_https")
        #expect(code("ftp://example.com/", nearby: true) == "not_https")
        #expect(code("file:///etc/passwd", nearby: true) != nil)
        #expect(code("https://127.0.0.1/") == "not_public")
        #expect(code("https://localhost:8080/") == "not_public")
        #expect(code("https://2130706433/") == "not_public", "another way to write 127.0.0.1")
        #expect(code("https://0x7f.1/") == "not_public")
        #expect(code("https://[::ffff:10.0.0.1]/") == "not_public")
        #expect(code("https://169.254.169.254/latest", nearby: true) == "not_public")
        #expect(code("http://192.168.1.5:9000/in", nearby: true) == nil)
        #expect(code("https://me:secret@example.com/") == "has_password")
        #expect(code("https://") == "not_an_address")
        #expect(code("example.com") == "not_an_address")
        #expect(code("https://exa mple.com/") == "not_an_address")
        #expect(code("https://例子.中国/") == "not_an_address")
        #expect(code("https://example.com/" + String(repeating: "a", count: 2000)) == "not_an_address")
    }
}

@Suite struct SignatureTests {
    @Test func `a signature is that of the Standard Webhooks specification`() throws {
        // The example of its reference implementations.
        let secret = try #require(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let headers = MessageSignature.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at: Instant(milliseconds: 1_614_265_330_999),
            body: Array(#"{"test": 2432232314}"#.utf8),
            secrets: [Array(secret)]
        )
        let values = Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
        #expect(values["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek")
        #expect(values["webhook-timestamp"] == "1614265330")
        #expect(values["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(MessageSignature.text(ofSecret: Array(secret)) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(try MessageSignature.newSecret().count == 24)
    }

    @Test func `tries go on for more than a day, longer apart each time, and never at the same moment for all`() {
        let pauses = (1..<Backoff.tries).map { Backoff.pause(afterTries: $0, chance: 0.5) }
        #expect(pauses.first == 5000)
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 })
        let shortest = (1..<Backoff.tries).map { Backoff.pause(afterTries: $0, chance: 0) }.reduce(0, +)
        #expect(shortest > 24 * 3_600_000)
        #expect(Backoff.pause(afterTries: 3, chance: 0) < Backoff.pause(afterTries: 3, chance: 1))
        #expect(Backoff.rest(afterFailures: 1, chance: 0.5) == 5000)
        #expect(Backoff.rest(afterFailures: 99, chance: 0.5) == 300_000)
    }
}
