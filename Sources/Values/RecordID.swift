import Synchronization

/// The identity of a record: a time-ordered 64-bit number, written as 13 Crockford base-32 characters.
///
/// Layout from the top: one zero bit, 41 bits of milliseconds since 2020-01-01, 10 bits of node, 12 bits of counter.
public struct RecordID: Hashable, Sendable, Comparable, LosslessStringConvertible {
    /// The number as it is stored.
    public let raw: Int64

    /// Wraps a stored number.
    public init(_ raw: Int64) { self.raw = raw }

    /// Reads the text form; case is ignored, `I L O` are read as `1 1 0`. Anything else is nil.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 13 else { return nil }
        var value: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            guard let digit = crockfordValue(byte) else { return nil }
            if index == 0, digit > 7 { return nil }
            value = value << 5 | UInt64(digit)
        }
        guard value <= UInt64(Int64.max) else { return nil }
        raw = Int64(value)
    }

    /// The 13 characters of URLs and JSON.
    public var description: String {
        String(unsafeUninitializedCapacity: 13) { buffer in
            writeCharacters { buffer[$0] = $1 }
            return 13
        }
    }

    /// Calls `put` with each of the 13 positions and its ASCII byte; for writers that avoid a String.
    @inlinable
    public func writeCharacters(_ put: (Int, UInt8) -> Void) {
        var rest = UInt64(bitPattern: raw)
        for position in stride(from: 12, through: 0, by: -1) {
            put(position, RecordID.digit(Int(rest & 31)))
            rest >>= 5
        }
    }

    /// The Crockford character of a five-bit value.
    @inlinable
    public static func digit(_ value: Int) -> UInt8 {
        let alphabet: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        return alphabet.utf8Start[value]
    }

    /// Older ids come first.
    public static func < (left: RecordID, right: RecordID) -> Bool { left.raw < right.raw }
}

private func crockfordValue(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: return Int(byte) - 0x30
    case 0x61...0x7A: return crockfordValue(byte - 0x20)
    case 0x4F: return 0
    case 0x49, 0x4C: return 1
    case 0x55: return nil
    case 0x41...0x5A:
        let skipped = [0x49, 0x4C, 0x4F, 0x55].count { $0 < Int(byte) }
        return Int(byte) - 0x41 + 10 - skipped
    default: return nil
    }
}

/// Makes ids that never repeat and never go back, even when the clock does.
public final class IDSource: Sendable {
    private static let epoch: Int64 = 1_577_836_800_000
    private let clock: Clock
    private let last: Mutex<(millisecond: Int64, counter: Int64, node: Int64)>

    /// A source for one process. `node` is 0 to 1023 and differs between processes on one database.
    public init(node: Int = 0, clock: Clock = .system) {
        self.clock = clock
        last = Mutex((0, 0, Int64(node & 1023)))
    }

    /// The number of the process.
    public var node: Int { Int(last.withLock { $0.node }) }

    /// From now on ids carry this number: the database has said which one is free.
    public func use(node: Int) { last.withLock { $0.node = Int64(node & 1023) } }

    /// The next id.
    public func next() -> RecordID { next(1) }

    /// The first of so many ids, at most 4,096, that follow one another by one: those of records that are made together
    /// take less room in indexes.
    public func next(_ count: Int64) -> RecordID {
        let now = clock.now().milliseconds - IDSource.epoch
        return last.withLock { last in
            if now > last.millisecond {
                (last.millisecond, last.counter) = (now, count - 1)
            } else if last.counter + count < 4096 {
                last.counter += count
            } else {
                (last.millisecond, last.counter) = (last.millisecond + 1, count - 1)
            }
            return RecordID(last.millisecond << 22 | last.node << 12 | last.counter - count + 1)
        }
    }

    /// From now on only ids as of `instant` or later: those of before a clock was set back must not come again.
    public func skip(to instant: Instant) {
        last.withLock { last in
            let millisecond = instant.milliseconds - IDSource.epoch
            if millisecond > last.millisecond { (last.millisecond, last.counter) = (millisecond, 0) }
        }
    }

    /// The moment that an id was made at.
    public static func instant(of id: RecordID) -> Instant { Instant(milliseconds: (id.raw >> 22) + epoch) }

    /// The smallest id that could have been made at `instant`: a bound for time ranges over ids.
    public static func floor(at instant: Instant) -> RecordID {
        RecordID(max(0, instant.milliseconds - epoch) << 22)
    }
}
