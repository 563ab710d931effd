import Database
import Identity
public import SQLText
public import Schema
import Search
public import Values

/// What erasing a person needs of the engine. Who calls this has asked for the right to it.
extension WriteSession {
    /// Overwrites columns of a record, in the recycle bin or not, past rules and hooks that could refuse it. The search
    /// index and whatever follows a saved record are brought up to date; the audit log is left to `sealErasure`.
    @discardableResult
    public func blank(
        _ object: ObjectDefinition,
        _ before: AnyRecord,
        _ columns: [String: SQLValue]
    ) throws -> AnyRecord {
        try actor.require(.privacy)
        var draft = AnyDraft(shape: before.shape, before: before)
        for (name, value) in columns where before.shape.position(name) != nil { draft[name] = value }
        draft[ObjectDefinition.nameSortColumn] = .text(SortKey.of(draft[object.nameField].text ?? ""))
        guard draft.shape.columns.contains(where: { draft.changes($0) }) else { return before }
        draft["version"] = .integer(before.version + 1)
        draft["updated_at"] = SQLValue(now)
        draft["updated_by"] = SQLValue(actor.userID)
        let written = draft.shape.columns.filter { draft.changes($0) }
        let sets = written.map { "\(name: $0) = \(draft[$0])" as SQLFragment }.joined(", ")
        try connection.run("UPDATE \(name: object.key) SET " + sets + " WHERE \"id\" = \(before.id)")
        let record = AnyRecord(shape: draft.shape, values: draft.shape.columns.map { draft[$0] })
        if !record.isDeleted { try SearchFeed.put(record, object, on: connection) }
        pending.kept.note(before.shape, before: before, after: record)
        event("erase", object, record.id, written.filter { object.field($0)?.system == false })
        let saved = SavedRecord(before: before, record: record)
        try asSystem { for hook in engine.hooks[object.key]?.after ?? [] { try hook.run(saved, self) } }
        // What others keep of it, such as the keys of duplicates, follows; one in the recycle bin has left those already.
        if !record.isDeleted { try tellObservers(object, .updated, saved) }
        return record
    }

    /// Rewrites the values of the audit entries that meet `condition`. The answer is what `sealErasure` must be given:
    /// without it `verify` takes the entries for forged.
    public func eraseFromAudit(
        _ condition: SQLFragment,
        rewrite: (JSONValue) -> JSONValue
    ) throws -> [JSONValue.Member] {
        try actor.require(.privacy)
        // What this transaction has still to tell is part of what is erased.
        try finish()
        var changes: [(seq: Int64, text: String?)] = []
        try connection.each(
            "SELECT seq, changes FROM sys_audit WHERE action <> 'erase' AND changes IS NOT NULL AND \(condition)"
        ) { cursor in
            let text = cursor.text(1)
            guard let json = try? JSONReader.parse(text) else { return true }
            let rewritten = rewrite(json)
            if rewritten != json { changes.append((cursor.integer(0), rewritten.text)) }
            return true
        }
        return try Audit.redact(changes, on: connection).members ?? []
    }

    /// Puts a token in place of the name of who acted, and nothing in place of the address, in the next entries of a
    /// user behind the number `last`; the answer is their seals for `sealErasure`, and where to go on.
    public func eraseActor(
        _ user: RecordID,
        name token: String,
        after last: Int64,
        limit: Int64
    ) throws -> (seals: [JSONValue.Member], next: Int64?) {
        try actor.require(.privacy)
        try finish()
        let numbers = try connection.rows(
            """
            SELECT seq FROM sys_audit WHERE actor = \(user) AND seq > \(last) AND actor_name <> \(token)
            ORDER BY seq LIMIT \(limit)
            """
        ).map { $0.integer(0) }
        let seals = try Audit.redact(actors: numbers, name: token, on: connection).members ?? []
        return (seals, numbers.count < limit ? nil : numbers.last)
    }

    /// Tells the audit log of an erasure: `details` without any value of the person, and the seals of all entries that
    /// were rewritten.
    public func sealErasure(
        _ object: String,
        _ id: RecordID,
        details: [JSONValue.Member],
        seals: [JSONValue.Member]
    ) throws {
        try actor.require(.privacy)
        let size = 1000
        var start = 0
        repeat {
            let part = Array(seals[start..<min(start + size, seals.count)])
            let members = (start == 0 ? details : []) + [.init(key: Audit.sealMember, value: .object(part))]
            try Audit.add(
                AuditEntry(Audit.erasure, object: object, record: id, changes: JSONValue.object(members).text),
                by: actor,
                at: now,
                on: connection
            )
            start += size
        } while start < seals.count
    }
}

extension ReadSession {
    /// The same moment read as the system: for who has the right to give out all that is held of a person.
    public func completely() throws -> ReadSession {
        try actor.require(.privacy)
        var system = Actor.system("privacy")
        (system.language, system.timeZone) = (actor.language, actor.timeZone)
        return ReadSession(connection: connection, state: state, actor: system, now: now)
    }

    /// The record, in the recycle bin or not, if the actor may read it; else throws `notFound`.
    public func findAnywhere(_ object: ObjectDefinition, _ id: RecordID) throws -> AnyRecord {
        if let known = remembered(object, id) { return known }
        guard let row = try row(object, id, for: .read) ?? row(object, id, for: .read, deleted: true) else {
            throw Problem.notFound
        }
        return row
    }
}
