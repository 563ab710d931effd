import Synchronization
public import Values

/// Slows down who guesses passwords at a log-in that several workspaces share: as in each of them, but whichever of them
/// is tried, there or not.
///
/// Each workspace counts for itself as well, in its database. This is kept in memory: with several servers each counts
/// what comes to it.
public final class SharedThrottle: Sendable {
    private struct Count {
        var failures: Int64 = 0
        var lastAt: Int64 = 0
        var blockedUntil: Int64 = 0
    }
    private let counts = Mutex<[String: Count]>([:])
    private let clock: Clock
    private let most: Int

    /// Nobody has failed yet. When `most` people and networks are remembered, those that matter least are forgotten.
    public init(clock: Clock = .system, most: Int = 50_000) { (self.clock, self.most) = (clock, most) }

    /// How many people and networks are remembered.
    var remembered: Int { counts.withLock { $0.count } }

    /// Lets an attempt begin, or throws 429 with the seconds to wait. It counts as failed until it is forgiven, so that
    /// many at once cannot slip through.
    public func enter(email: String, address: String) throws {
        let subjects = subjects(email, address)
        let now = clock.now().milliseconds
        let waiting = counts.withLock { counts -> Int64 in
            let waiting = subjects.map { (counts[$0.key]?.blockedUntil ?? 0) - now }.max() ?? 0
            if waiting > 0 { return waiting }
            if counts.count >= most { SharedThrottle.forget(&counts, most, at: now) }
            for subject in subjects {
                var count = counts[subject.key] ?? Count()
                if now - count.lastAt >= Throttle.memory { count.failures = 0 }
                count.failures += 1
                count.lastAt = now
                count.blockedUntil = now + Throttle.wait(after: count.failures, limit: subject.limit)
                counts[subject.key] = count
            }
            return 0
        }
        if waiting > 0 { throw Problem.tooManyAttempts(seconds: Int((waiting + 999) / 1000)) }
    }

    /// Takes back what a successful attempt counted, and nothing more: whoever has a workspace of their own could else
    /// wipe out with a log-in there what they have tried elsewhere.
    public func forgive(email: String, address: String) {
        let subjects = subjects(email, address)
        counts.withLock { counts in
            for subject in subjects {
                guard var count = counts[subject.key], count.failures > 0 else { continue }
                count.failures -= 1
                count.blockedUntil = 0
                counts[subject.key] = count.failures == 0 ? nil : count
            }
        }
    }

    /// The same as a workspace counts, folded and shortened as there.
    private func subjects(_ email: String, _ address: String) -> [Throttle.Subject] {
        Attempt(email: email, code: nil, address: address, device: "").subjects
    }

    /// Of too many half go: who need not wait before who must, and the oldest first, so that nobody gets rid of their own
    /// count by filling up the list.
    private static func forget(_ counts: inout [String: Count], _ most: Int, at now: Int64) {
        counts = counts.filter { now - $0.value.lastAt < Throttle.memory }
        guard counts.count >= most else { return }
        let order = counts.sorted { left, right in
            let (first, second) = (left.value.blockedUntil > now, right.value.blockedUntil > now)
            return first == second ? left.value.lastAt < right.value.lastAt : second
        }
        for (key, _) in order.prefix(most / 2) { counts[key] = nil }
    }
}
