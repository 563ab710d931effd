import Identity
import Testing
import Values

@Suite struct SharedThrottleTests {
    private let clock = TestClock()

    @Test func `guessing is slowed down per person and per network, and ends by itself`() async {
        let throttle = SharedThrottle(clock: clock.clock)
        func attempt(_ email: String, _ address: String) async -> Problem? {
            await problem { try throttle.enter(email: email, address: address) }
        }
        for number in 0..<5 { #expect(await attempt("Li@Example.cn ", "10.0.0.\(number)") == nil) }
        #expect(await attempt("li@example.cn", "10.0.0.9")?.retryAfter == 30)
        #expect(await attempt("wang@example.cn", "10.0.0.9") == nil, "others are not kept from logging in")
        clock.advance(seconds: 31)
        #expect(await attempt("li@example.cn", "10.0.0.9") == nil)
        #expect(await attempt("li@example.cn", "10.0.0.9")?.retryAfter == 60)

        for number in 0..<20 { #expect(await attempt("a\(number)@example.cn", "10.9.9.9") == nil) }
        let refused = await attempt("b@example.cn", "10.9.9.9")
        #expect(refused?.kind == .tooMany && refused?.code == "too_many_attempts")
        clock.advance(seconds: 5000)
        #expect(await attempt("b@example.cn", "10.9.9.9") == nil)
    }

    @Test func `a log-in takes back its own attempt and no other`() async {
        let throttle = SharedThrottle(clock: clock.clock)
        func attempt() async -> Problem? {
            await problem { try throttle.enter(email: "li@example.cn", address: "") }
        }
        for _ in 0..<4 { #expect(await attempt() == nil) }
        // Whoever has a workspace of their own, with the same address in it, gains nothing by it.
        for _ in 0..<10 {
            #expect(await attempt() == nil)
            throttle.forgive(email: "li@example.cn", address: "")
        }
        #expect(await attempt() == nil)
        #expect(await attempt()?.retryAfter == 30)
    }
}
