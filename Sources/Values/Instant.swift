import Foundation

/// A moment: milliseconds since 1970 in UTC.
public struct Instant: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// Wraps milliseconds since 1970.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Reads RFC 3339 with a zone (`Z` or `±hh:mm`); fractions beyond milliseconds are cut. Anything else is nil.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 17, let day = Day(utf8: bytes[0..<10]),
            bytes[10] == 0x54 || bytes[10] == 0x74 || bytes[10] == 0x20,
            bytes[13] == 0x3A, let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
            hour < 24, minute < 60
        else { return nil }
        var index = 16
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        if index < bytes.count, bytes[index] == 0x3A {
            guard bytes.count >= index + 3, let value = number(bytes[(index + 1)..<(index + 3)]), value < 61 else {
                return nil
            }
            seconds = Int64(min(value, 59))
            index += 3
            if index < bytes.count, bytes[index] == 0x2E {
                index += 1
                var scale: Int64 = 100
                let start = index
                while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
                    fraction += Int64(bytes[index] - 0x30) * scale
                    scale /= 10
                    index += 1
                }
                guard index > start else { return nil }
            }
        }
        guard index < bytes.count, let offset = zoneOffset(bytes[index...]) else { return nil }
        let clock = Int64(hour) * 3600 + Int64(minute) * 60 + seconds - offset
        milliseconds = (Int64(day.daysSince1970) * 86400 + clock) * 1000 + fraction
    }

    /// RFC 3339 in UTC with milliseconds, as in `2026-11-22T08:30:00.000Z`.
    public var description: String {
        let days = milliseconds.dividedDown(by: 86_400_000)
        let rest = milliseconds - days * 86_400_000
        let (seconds, millis) = (rest / 1000, rest % 1000)
        return Day(daysSince1970: Int(days)).description + "T" + two(seconds / 3600) + ":" + two(seconds / 60 % 60)
            + ":"
            + two(seconds % 60) + "." + (millis < 100 ? (millis < 10 ? "00" : "0") : "") + String(millis) + "Z"
    }

    /// The moment `milliseconds` later.
    public func adding(milliseconds more: Int64) -> Instant { Instant(milliseconds: milliseconds &+ more) }

    /// The earlier moment is the smaller.
    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
}

/// Where the time comes from; tests give their own.
public struct Clock: Sendable {
    /// The present moment.
    public let now: @Sendable () -> Instant

    /// A clock that asks `now`.
    public init(now: @escaping @Sendable () -> Instant) { self.now = now }

    /// The machine's clock.
    public static let system = Clock { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    /// A clock that stands still.
    public static func fixed(_ instant: Instant) -> Clock { Clock { instant } }
}

extension Int64 {
    /// Division that rounds towards minus infinity.
    func dividedDown(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

private func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

private func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        value = value * 10 + Int(digit - 0x30)
    }
    return value
}

private func zoneOffset(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let bytes = Array(bytes)
    if bytes.count == 1, bytes[0] == 0x5A || bytes[0] == 0x7A { return 0 }
    guard bytes.count == 6, bytes[0] == 0x2B || bytes[0] == 0x2D, bytes[3] == 0x3A,
        let hours = number(bytes[1..<3]), let minutes = number(bytes[4..<6]), hours < 24, minutes < 60
    else { return nil }
    let offset = Int64(hours * 3600 + minutes * 60)
    return bytes[0] == 0x2B ? offset : -offset
}
