public import Database
public import Identity
import SQLText
public import Values

/// One entry for the audit log.
public struct AuditEntry: Sendable {
    /// What was done: `create`, `update`, `delete`, `restore`, `purge`, `export`, `log_in`, `schema` …
    public var action: String
    /// The object concerned.
    public var object: String?
    /// The record concerned.
    public var record: RecordID?
    /// JSON: a member per field with `[before, after]`, or details.
    public var changes: String?

    /// An entry for the audit log.
    public init(_ action: String, object: String? = nil, record: RecordID? = nil, changes: String? = nil) {
        self.action = action
        self.object = object
        self.record = record
        self.changes = changes
    }
}

/// The append-only log of who did what. Each entry's hash covers the one before, so that none can be changed,
/// removed or put in without `verify` naming the place.
public enum Audit {
    /// Adds an entry in the transaction of what it tells about.
    public static func add(
        _ entry: AuditEntry,
        by actor: Actor,
        at now: Instant,
        on connection: Connection
    ) throws {
        try add([entry], by: actor, at: now, on: connection)
    }

    /// Adds entries in the transaction of what they tell about, in their order.
    static func add(
        _ entries: [AuditEntry],
        by actor: Actor,
        at now: Instant,
        on connection: Connection
    ) throws {
        if entries.isEmpty { return }
        let head = try connection.row("SELECT seq, hash FROM sys_audit_head WHERE one = 1")
        var previous: [UInt8] = []
        if case .blob(let bytes)? = head?[1] { previous = bytes }
        var seq = head?.integer(0) ?? 0
        // Without its salt an entry whose values were erased cannot be guessed back from its hash.
        let (salts, origin) = (try Salt.make(entries.count), SQLValue.text(actor.origin.name))
        let rows = zip(entries, salts).lazy.map { entry, salt -> [SQLValue] in
            seq += 1
            var values: [SQLValue] = []
            values.reserveCapacity(12)
            values += [
                .integer(seq), SQLValue(now), SQLValue(actor.userID), .text(actor.name), origin,
                SQLValue(actor.address), .text(entry.action), SQLValue(entry.object), SQLValue(entry.record),
                SQLValue(entry.changes), .blob(salt),
            ]
            previous = link(previous, values)
            values.append(.blob(previous))
            return values
        }
        try connection.runAll(
            """
            INSERT INTO sys_audit (seq, at, actor, actor_name, origin, address, action, object, record, changes,
            salt, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            rows
        )
        try connection.later(
            """
            INSERT INTO sys_audit_head (one, seq, hash) VALUES (1, \(seq), \(SQLValue.blob(previous)))
            ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
            """
        )
    }

    /// Walks the chain; the answer is the entries that are altered, missing or put in, in words. Values that were
    /// erased are no fault where an entry of the chain says so, and nothing else was changed.
    public static func verify(on connection: Connection) throws -> (entries: Int64, faults: [Label]) {
        let erased = try erasedEntries(on: connection)
        let salt = try saltColumn(on: connection)
        var previous: [UInt8] = []
        var expected: Int64 = 1
        var faults: [Label] = []
        try connection.each(
            """
            SELECT seq, at, actor, actor_name, origin, address, action, object, record, changes, \(salt), hash
            FROM sys_audit ORDER BY seq
            """
        ) { cursor in
            let row = cursor.row.values
            let seq = row[0].integer ?? 0
            let isGap = seq != expected
            if isGap {
                faults.append(missing(from: expected, to: seq - 1))
                expected = seq
            }
            guard case .blob(let stored) = row[11] else { return true }
            if !isGap, stored != link(previous, sealed(row)), !isErasure(row, stored, erased[seq]) {
                faults.append(
                    Label("Entry \(seq) or the one before it was altered.", zh: "第 \(seq) 条或其前一条审计记录被改动过。")
                )
            }
            previous = stored
            expected += 1
            return faults.count < 100
        }
        let head = try connection.row("SELECT seq, hash FROM sys_audit_head WHERE one = 1")
        let last = head?.integer(0) ?? 0
        if last >= expected, faults.count < 100 { faults.append(missing(from: expected, to: last)) }
        if last < expected - 1 {
            faults.append(
                Label("Entries after \(last) were put in.", zh: "第 \(last) 条之后的审计记录是被插入的。")
            )
        }
        return (expected - 1, faults)
    }

    private static func missing(from first: Int64, to last: Int64) -> Label {
        first == last
            ? Label("Entry \(first) was removed.", zh: "第 \(first) 条审计记录被删除。")
            : Label("Entries \(first) to \(last) were removed.", zh: "第 \(first) 至 \(last) 条审计记录被删除。")
    }

    /// The hash of an entry: SHA-256 over the hash before it and the length-prefixed text of each value.
    static func link(_ previous: [UInt8], _ values: [SQLValue]) -> [UInt8] {
        var bytes = previous
        bytes.reserveCapacity(256)
        for value in values {
            let text: String?
            switch value {
            case .integer(let number): text = String(number)
            case .text(let value): text = value
            case .blob(let blob):
                bytes.append(2)
                bytes.append(UInt8(truncatingIfNeeded: blob.count))
                bytes.append(contentsOf: blob)
                continue
            default: text = nil
            }
            guard let text else {
                bytes.append(0)
                continue
            }
            bytes.append(1)
            withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: text.utf8)
        }
        return ContentHash.sha256(bytes)
    }
}
