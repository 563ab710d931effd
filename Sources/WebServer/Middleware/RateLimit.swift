import Identity
import Synchronization
import Values

/// Keeps one caller from taking the server for itself: a bucket of tokens per key, user or address.
final class RateLimit: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: ContinuousClock.Instant
    }
    private let perSecond: Double
    private let most: Double
    private let buckets = Mutex<[String: Bucket]>([:])

    /// So many requests per second in the long run, ten times as many at once; 0 for no limit.
    init(perSecond: Int) {
        self.perSecond = Double(max(0, perSecond))
        most = self.perSecond * 10
    }

    /// Throws `tooMany` with the seconds to wait when the caller has used up its share.
    func check(_ call: Call) throws { try check(whose: whose(call)) }

    /// The same for an address of which nothing else is known.
    func check(address: String) throws { try check(whose: "a" + address) }

    /// The same, without taking anything of what is left.
    func checkIsLeft(address: String) throws {
        let isSpent = buckets.withLock { buckets in
            guard perSecond > 0, let bucket = buckets["a" + address] else { return false }
            let elapsed = (ContinuousClock.now - bucket.at).components
            let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
            return bucket.tokens + max(0, seconds) * perSecond < 1
        }
        if isSpent { try check(address: address) }
    }

    private func check(whose: String) throws {
        guard perSecond > 0, let wait = take(whose, at: .now) else { return }
        throw Problem(
            .tooMany,
            "rate_limit",
            Label("Too many requests. Try again in \(wait) seconds.", zh: "请求过于频繁，请在 \(wait) 秒后重试。"),
            retryAfter: wait
        )
    }

    /// Takes a token; else the seconds until there is one.
    func take(_ whose: String, at now: ContinuousClock.Instant) -> Int? {
        buckets.withLock { buckets in
            if buckets.count > 20_000 { buckets.removeAll(keepingCapacity: true) }
            var bucket = buckets[whose] ?? Bucket(tokens: most, at: now)
            let elapsed = now - bucket.at
            let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
            bucket.tokens = min(most, bucket.tokens + max(0, seconds) * perSecond)
            bucket.at = now
            defer { buckets[whose] = bucket }
            if bucket.tokens >= 1 {
                bucket.tokens -= 1
                return nil
            }
            return max(1, Int(((1 - bucket.tokens) / perSecond).rounded(.up)))
        }
    }

    private func whose(_ call: Call) -> String {
        guard let actor = call.caller.actor else { return "a" + call.address }
        if let key = actor.keyID { return "k" + String(key.raw) }
        return "u" + String(actor.userID?.raw ?? 0)
    }
}
