import Testing
import Values

@testable import Identity

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

    @Test func `failures count for an hour and a quarter, and no longer`() async {
        let throttle = SharedThrottle(clock: clock.clock)
        func attempt() async -> Problem? {
            await problem { try throttle.enter(email: "li@example.cn", address: "") }
        }
        for _ in 0..<4 { #expect(await attempt() == nil) }
        clock.advance(seconds: 4499)
        #expect(await attempt() == nil)
        #expect(await attempt()?.retryAfter == 30, "the fifth failure, though the others are long ago")
        clock.advance(seconds: 4500)
        for _ in 0..<5 { #expect(await attempt() == nil) }
        #expect(await attempt()?.retryAfter == 30, "and not longer, as after a sixth failure")
    }

    @Test func `however many are tried only so many are remembered, and who must wait is not forgotten for others`()
        async
    {
        let throttle = SharedThrottle(clock: clock.clock, most: 100)
        func attempt(_ email: String) async -> Problem? {
            await problem { try throttle.enter(email: email, address: "") }
        }
        for _ in 0..<5 { #expect(await attempt("li@example.cn") == nil) }
        for number in 0..<1000 {
            clock.advance(seconds: number % 100 == 0 ? 1 : 0)
            #expect(await attempt("a\(number)@example.cn") == nil)
            #expect(throttle.remembered <= 100)
        }
        #expect(await attempt("li@example.cn")?.retryAfter == 20)
        // Also when all of them must wait.
        for number in 0..<150 {
            for _ in 0..<5 { #expect(await attempt("b\(number)@example.cn") == nil) }
            #expect(throttle.remembered <= 100)
        }
        #expect(await attempt("b149@example.cn")?.retryAfter == 30)
        for number in 0..<100 where throttle.remembered < 100 { _ = await attempt("c\(number)@example.cn") }
        #expect(throttle.remembered == 100)
        // What lies so far back is of no use to anybody and goes first.
        clock.advance(seconds: 4500)
        #expect(await attempt("d@example.cn") == nil)
        #expect(throttle.remembered == 1)
    }
}
