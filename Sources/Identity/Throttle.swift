import Database
import Foundation
import SQLText
import Values

/// Slows down who guesses passwords: per e-mail address after 5 failures, per network address after 20, because an
/// office shares one. Each further failure doubles the wait, from 30 seconds to 15 minutes.
///
/// An attempt counts as failed when it begins and is taken back when it succeeds, so that many at once cannot slip
/// through while the first is still being hashed.
enum Throttle {
    /// What is counted.
    struct Subject {
        let key: String
        let limit: Int64
    }

    /// Whether an attempt may go on.
    enum Verdict: Sendable {
        case go
        /// Seconds to wait; `isNews` once a minute, so that a flood does not fill the history.
        case wait(seconds: Int, isNews: Bool)
    }

    private static let firstWait: Int64 = 30_000
    private static let longestWait: Int64 = 900_000
    private static let forgottenAfter: Int64 = 3_600_000
    /// For how many milliseconds after the last failure it counts.
    static let memory = forgottenAfter + longestWait

    /// The subjects of an attempt. Keys are hashed: people type passwords into the wrong box.
    static func subjects(email: String, address: String) -> [Subject] {
        var subjects = [Subject(key: "email:" + hashed(email), limit: 5)]
        if !address.isEmpty { subjects.append(Subject(key: "address:" + hashed(network(of: address)), limit: 20)) }
        return subjects
    }

    /// Counts an attempt, or says how long to wait.
    static func enter(_ subjects: [Subject], at now: Instant, on connection: Connection) throws -> Verdict {
        let now = now.milliseconds
        var waiting: Int64 = 0
        var isNews = false
        for subject in subjects {
            let row = try connection.row(
                "SELECT blocked_until, noted_at FROM sys_throttle WHERE key = \(subject.key)"
            )
            guard let row, row.integer(0) > now else { continue }
            waiting = max(waiting, row.integer(0) - now)
            if now - row.integer(1) > 60_000 {
                isNews = true
                try connection.run("UPDATE sys_throttle SET noted_at = \(now) WHERE key = \(subject.key)")
            }
        }
        if waiting > 0 { return .wait(seconds: Int((waiting + 999) / 1000), isNews: isNews) }
        for subject in subjects { try count(subject, at: now, on: connection) }
        return .go
    }

    /// Takes back what a successful attempt counted; the e-mail address starts anew.
    static func forgive(_ subjects: [Subject], on connection: Connection) throws {
        for subject in subjects {
            if subject.key.hasPrefix("email:") {
                try connection.run("DELETE FROM sys_throttle WHERE key = \(subject.key)")
            } else {
                try connection.run(
                    """
                    UPDATE sys_throttle SET failures = failures - 1, blocked_until = 0
                    WHERE key = \(subject.key) AND failures > 0
                    """
                )
            }
        }
    }

    /// Deletes counters that no longer matter.
    static func sweep(at now: Instant, on connection: Connection) throws {
        let border = now.milliseconds - memory
        try connection.run("DELETE FROM sys_throttle WHERE last_at < \(border)")
    }

    private static func count(_ subject: Subject, at now: Int64, on connection: Connection) throws {
        let row = try connection.row("SELECT failures, last_at FROM sys_throttle WHERE key = \(subject.key)")
        let isRecent = row.map { now - $0.integer(1) < memory } ?? false
        let failures = (isRecent ? row?.integer(0) ?? 0 : 0) + 1
        let wait = wait(after: failures, limit: subject.limit)
        try connection.run(
            """
            INSERT INTO sys_throttle (key, failures, last_at, blocked_until, noted_at)
            VALUES (\(subject.key), \(failures), \(now), \(now + wait), 0)
            ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
                blocked_until = excluded.blocked_until
            """
        )
    }

    /// For how many milliseconds nobody may try after so many failures.
    static func wait(after failures: Int64, limit: Int64) -> Int64 {
        let doublings = failures - limit
        return doublings < 0 ? 0 : min(longestWait, firstWait << min(doublings, 10))
    }

    private static func hashed(_ text: String) -> String { Secret.hex(Array(Secret.hash(text).prefix(16))) }

    /// The part of an address that one customer of a network has: all of IPv4, the first 64 bits of IPv6.
    private static func network(of address: String) -> String {
        guard address.contains(":") else { return address }
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        let all = withUnsafeBytes(of: &bytes) { Array($0) }
        let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
        return isMapped ? all.suffix(4).map { String($0) }.joined(separator: ".") : Secret.hex(Array(all.prefix(8)))
    }
}

extension Problem {
    /// Somebody has failed too often and has to wait.
    static func tooManyAttempts(seconds: Int) -> Problem {
        Problem(
            .tooMany,
            "too_many_attempts",
            Label(
                "Too many failed attempts. Try again in \(seconds) seconds.",
                zh: "尝试次数过多，请在 \(seconds) 秒后重试。"
            ),
            retryAfter: seconds
        )
    }
}
