import Database
import SQLText
public import Values

/// Which records were written since, for whoever keeps in memory what records had.
///
/// Events tell it: each is stored in the transaction of what it tells about, with a higher number than all that were
/// committed before. They also tell of the erasing of a person, which the audit log seals only at its end. None tells of
/// links that a merge or a purge moves, nor of what `raise` and `settle` write.
extension ReadSession {
    /// The number of the newest event; 0 where there is none.
    public func newestEvent() throws -> Int64 {
        try connection.value("SELECT max(id) FROM sys_outbox").integer ?? 0
    }

    /// The records of an object that events name behind the one with the number `last`, up to `newest`. Left out are those
    /// of which other fields than `fields` were changed; with nil none are.
    public func written(
        _ object: String,
        _ fields: Set<String>?,
        after last: Int64,
        through newest: Int64
    ) throws -> Set<RecordID> {
        if newest <= last { return [] }
        var records: Set<RecordID> = []
        try connection.each(
            """
            SELECT record, action, changed FROM sys_outbox WHERE id > \(last) AND id <= \(newest)
            AND object = \(object)
            """
        ) { cursor in
            if concerns(fields, cursor.text(1), cursor.text(2)) { records.insert(RecordID(cursor.integer(0))) }
            return true
        }
        return records
    }

    /// Whether an event may tell of one of the fields: only of changes it is known which fields have changed.
    func concerns(_ fields: Set<String>?, _ action: String, _ changed: String) -> Bool {
        guard let fields, action == "update" else { return true }
        return changed.split(separator: ",").contains { fields.contains(String($0)) }
    }
}

extension WriteSession {
    /// The records of an object that this transaction has written and not told of yet, from the event at `place` on, which
    /// then is where to go on. Events that were stored meanwhile are read with `written`, and `place` begins at 0 again.
    public func writtenHere(_ object: String, _ fields: Set<String>?, from place: inout Int) -> Set<RecordID> {
        let events = pending.events
        defer { place = events.count }
        return events[min(place, events.count)...].reduce(into: []) { records, event in
            guard event.object == object, concerns(fields, event.action, event.changed) else { return }
            records.insert(event.record)
        }
    }
}
