import Database
import Identity
import SQLText
import Schema
import Values

/// What the writes of a transaction leave to its end: entries that need the log's head, events, and kept sums.
struct PendingWrites {
    struct Event {
        let object: String
        let record: RecordID
        let action: String
        let changed: String
    }

    var audit: [AuditEntry] = []
    var events: [Event] = []
    var kept = KeptDeltas()
    var filled = FilledFields()
    /// What is written while hooks of a merge run; nil else.
    var journal: [(object: String, saved: SavedRecord)]?
    /// The first and last new record, by object, whose search entries and keys follow later.
    var trail: [String: (first: Int64, last: Int64)] = [:]
}

/// Which fields of new records have a value, as events name them. The rows of a file mostly have the same, so that the
/// names are put together once.
struct FilledFields {
    private var object = ""
    private var known: [UInt64: String] = [:]

    mutating func names(_ record: AnyRecord) -> String {
        let tracked = record.shape.tracked
        if record.shape.object.key != object { (object, known) = (record.shape.object.key, [:]) }
        var places: UInt64 = 0
        for (index, place) in tracked.enumerated() where !place.columns.allSatisfy({ record.values[$0].isNull }) {
            places |= 1 << UInt64(index & 63)
        }
        if tracked.count <= 64, let names = known[places] { return names }
        let filled = tracked.filter { place in !place.columns.allSatisfy { record.values[$0].isNull } }
        let names = filled.map(\.field.key).joined(separator: ",")
        if tracked.count <= 64 { known[places] = names }
        return names
    }
}

extension WriteSession {
    /// Runs `body` so that an error undoes just what it did.
    public func part<Result>(_ body: () throws -> Result) throws -> Result {
        let before = pending
        do {
            return try connection.savepoint(body)
        } catch {
            pending = before
            throw error
        }
    }

    /// Runs `body` without a savepoint, which costs a write a quarter. An error before the first change is thrown on;
    /// one after it, or after which PostgreSQL goes no further, is thrown as `MustBeUndone`, and then the whole transaction
    /// must be.
    public func lightPart<Result>(_ body: () throws -> Result) throws -> Result {
        // Nothing is pending of a record that has not been written, so there is nothing to take back here. A copy of
        // what is pending would make each row of a batch pay for all rows before it.
        let before = connection.changes
        do {
            return try body()
        } catch {
            if connection.changes != before || connection.isBroken { throw MustBeUndone() }
            throw error
        }
    }

    func event(_ action: String, _ object: ObjectDefinition, _ id: RecordID, _ changed: [String]) {
        event(action, object, id, names: changed.joined(separator: ","))
    }

    func event(_ action: String, _ object: ObjectDefinition, _ id: RecordID, names: String) {
        pending.events.append(.init(object: object.key, record: id, action: action, changed: names))
    }

    /// Writes what was left to the end. Reading the history in the same transaction needs it too.
    func finish() throws {
        try Audit.add(pending.audit, by: actor, at: now, on: connection)
        try storeEvents()
        try writeTrail()
        try pending.kept.flush(on: connection)
        pending = PendingWrites()
    }

    /// Readers of the outbox remember how far they are. So an event must never come before one that was committed
    /// earlier, whatever process made its id; the entries of the audit log have put writers in a row.
    private func storeEvents() throws {
        if pending.events.count > 1 { return try storeManyEvents() }
        let text = """
            INSERT INTO sys_outbox (id, at, object, record, action, changed, actor)
            SELECT CASE WHEN newest >= ? THEN newest + 1 ELSE ? END, ?, ?, ?, ?, ?, CAST(? AS BIGINT)
            FROM (SELECT coalesce(max(id), 0) AS newest FROM sys_outbox) last
            """
        let rows = pending.events.map { event -> [SQLValue] in
            let id = SQLValue.integer(engine.ids.next().raw)
            return [
                id, id, SQLValue(now), .text(event.object), .integer(event.record.raw), .text(event.action),
                .text(event.changed), SQLValue(actor.userID),
            ]
        }
        try connection.runAll(text, rows)
        if !rows.isEmpty { connection.tell(.records) }
    }

    /// The same with the newest one looked up once.
    private func storeManyEvents() throws {
        let newest = try connection.value("SELECT max(id) FROM sys_outbox").integer ?? 0
        var id = max(newest, engine.ids.next().raw)
        let rows = pending.events.lazy.map { event -> [SQLValue] in
            id += 1
            return [
                .integer(id), SQLValue(self.now), .text(event.object), .integer(event.record.raw),
                .text(event.action), .text(event.changed), SQLValue(self.actor.userID),
            ]
        }
        try connection.runAll(
            "INSERT INTO sys_outbox (id, at, object, record, action, changed, actor) VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows
        )
    }
}

/// A part without a savepoint failed after it had written: the transaction must be undone as a whole.
public struct MustBeUndone: Error {}
