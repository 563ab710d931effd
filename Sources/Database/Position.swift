import Synchronization

/// A place in the log of a PostgreSQL server: who has come so far has all that was written before it.
public struct Position: Sendable, Comparable, CustomStringConvertible {
    private let bytes: UInt64
    /// Where nothing has been written yet.
    public static let start = Position(bytes: 0)
    /// Further than anybody has come: for a write of which nobody knows where it stands.
    static let unknown = Position(bytes: .max)

    /// Answers where the log is. What was acknowledged lies before it, also where commits do not wait for the disk.
    static let question = """
        SELECT (CASE WHEN current_setting('synchronous_commit') = 'off' THEN pg_current_wal_insert_lsn()
        ELSE pg_current_wal_flush_lsn() END)::text
        """

    private init(bytes: UInt64) { self.bytes = bytes }

    /// Reads it as PostgreSQL writes it, such as `16/B374D848`; nil for anything else.
    public init?(_ text: String) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy({ $0.utf8.count <= 8 }),
            let high = UInt32(halves[0], radix: 16), let low = UInt32(halves[1], radix: 16)
        else { return nil }
        bytes = UInt64(high) << 32 | UInt64(low)
    }

    /// As PostgreSQL writes it.
    public var description: String {
        String(bytes >> 32, radix: 16, uppercase: true) + "/" + String(bytes & 0xFFFF_FFFF, radix: 16, uppercase: true)
    }

    /// The same without the head of a page, in which nothing is written: where the next entry begins a page, the server
    /// names the place behind its head, and one that follows the place before.
    var withoutPageHead: Position { bytes % 8192 == 24 ? Position(bytes: bytes - 24) : self }

    /// Whether one comes before the other.
    public static func < (one: Position, other: Position) -> Bool { one.bytes < other.bytes }
}

/// How far the log was after the last write of a request; what the request wrote is seen by whoever has come so far.
public final class LastWrite: Sendable {
    /// The one of the request that is being answered. Writes note here where they stand, where that is of use.
    @TaskLocal public static var current: LastWrite?
    private let known: Mutex<Position>

    /// Begins with what the caller has written before.
    public init(_ position: Position = .start) { known = Mutex(position) }

    /// Where the last write stands.
    public var position: Position { known.withLock { $0 } }

    func note(_ position: Position) { known.withLock { $0 = max($0, position) } }
}

/// Where reads of the record engine are done.
public enum ReadPlace: Sendable {
    /// At the server that is written to.
    case primary
    /// At one that follows it, once it has the caller's own last write and all that is a second old.
    case replica(after: LastWrite)

    /// The choice for the request that is being answered.
    @TaskLocal public static var chosen = ReadPlace.primary
}
