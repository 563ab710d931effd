import Database
import FieldKinds
import Identity
import SQLText
public import Schema
import Search
public import Values

extension WriteSession {
    /// Moves a record to the recycle bin.
    public func delete(_ object: ObjectDefinition, _ id: RecordID, version: Int64? = nil) throws {
        guard let before = try row(object, id, for: .read) else { throw Problem.notFound }
        guard try row(object, id, for: .delete) != nil else { throw mayNotDelete }
        if let version, version != before.version { throw Problem.stale }
        try engine.hooks[object.key]?.run(.beforeDelete, before, self)
        try mark(object, before, deleted: true)
        pending.kept.note(before.shape, before: before, after: nil)
        try SearchIndex.remove(object.key, id, on: connection)
        close(object, before, action: "delete")
        try tellObservers(object, .deleted, SavedRecord(before: before, record: before))
        try engine.hooks[object.key]?.run(.afterDelete, before, self)
    }

    /// Takes a record out of the recycle bin.
    @discardableResult
    public func restore(_ object: ObjectDefinition, _ id: RecordID) throws -> AnyRecord {
        guard let before = try row(object, id, for: .read, deleted: true) else { throw Problem.notFound }
        guard try row(object, id, for: .delete, deleted: true) != nil else { throw mayNotDelete }
        if let merge = try openMerge(of: object, id) { throw Problem.merged(into: merge.survivor) }
        try storing(object) { try mark(object, before, deleted: false) }
        let record = try find(object, id)
        pending.kept.note(before.shape, before: before, after: record)
        try SearchFeed.put(record, object, on: connection)
        close(object, before, action: "restore")
        try tellObservers(object, .restored, SavedRecord(before: before, record: record))
        try engine.hooks[object.key]?.run(.afterRestore, record, self)
        return record
    }

    /// Deletes a record for ever; links to it become empty. The audit log keeps what it was.
    public func purge(_ object: ObjectDefinition, _ id: RecordID) throws {
        guard let before = try row(object, id, for: .read, deleted: true) ?? row(object, id, for: .read) else {
            throw Problem.notFound
        }
        try actor.require(.purge)
        for (child, field) in schema.children(of: object.key) {
            try connection.run(
                "UPDATE \(name: child.key) SET \(name: field.key) = NULL WHERE \(name: field.key) = \(id)"
            )
        }
        try SearchIndex.remove(object.key, id, on: connection)
        try connection.run("DELETE FROM sys_share WHERE object = \(object.key) AND record = \(id)")
        try connection.run("DELETE FROM sys_file WHERE object = \(object.key) AND record = \(id)")
        try connection.run("DELETE FROM \(name: object.key) WHERE \"id\" = \(id)")
        pending.kept.note(before.shape, before: before, after: nil)
        close(object, before, action: "purge")
        try tellObservers(object, .purged, SavedRecord(before: before, record: before))
        try engine.hooks[object.key]?.run(.afterPurge, before, self)
    }

    var mayNotDelete: Problem {
        .forbidden(Label("You may read this record but not delete it.", zh: "您可以查看这条记录，但没有删除权限。"))
    }

    func mark(_ object: ObjectDefinition, _ before: AnyRecord, deleted: Bool) throws {
        let at: Instant? = deleted ? now : nil
        let by: RecordID? = deleted ? actor.userID : nil
        try connection.run(
            """
            UPDATE \(name: object.key) SET "deleted_at" = \(at), "deleted_by" = \(by), "version" = "version" + 1,
                "updated_at" = \(now), "updated_by" = \(actor.userID) WHERE "id" = \(before.id)
            """
        )
    }

    /// The audit entry holds the whole record, since the row may be gone one day.
    func close(_ object: ObjectDefinition, _ before: AnyRecord, action: String) {
        let fields = object.fields.filter { !$0.system && !$0.kind.isComputed }
        let present = fields.filter { !(before.columns(of: $0).first ?? .null).isNull }
        var json = JSONWriter(capacity: 256)
        json.object { json in
            for field in present where field.audited {
                json.key(field.key)
                json.array { json in
                    field.write(before.columns(of: field)[...], to: &json)
                    field.write(before.columns(of: field)[...], to: &json)
                }
            }
        }
        pending.audit.append(AuditEntry(action, object: object.key, record: before.id, changes: json.text))
        event(action, object, before.id, [])
    }
}

/// What of a record the search index holds.
enum SearchFeed {
    /// For a record that is new: nothing needs to be looked up first.
    static func add(_ record: AnyRecord, _ object: ObjectDefinition, on connection: Connection) throws {
        try SearchIndex.add(entry(record, object), object: object.key, id: record.id, on: connection)
    }

    /// For many new records at once.
    static func add(_ records: some Sequence<AnyRecord>, _ object: ObjectDefinition, on connection: Connection) throws {
        try SearchIndex.add(records.lazy.map { (entry($0, object), $0.id) }, object: object.key, on: connection)
    }

    static func put(_ record: AnyRecord, _ object: ObjectDefinition, on connection: Connection) throws {
        try SearchIndex.put(entry(record, object), object: object.key, id: record.id, on: connection)
    }

    static func entry(_ record: AnyRecord, _ object: ObjectDefinition) -> SearchEntry {
        var entry = SearchEntry()
        for place in record.shape.searched where !place.columns.isEmpty {
            let field = place.field
            guard let text = record.values[place.columns.lowerBound].text, !text.isEmpty else { continue }
            switch field.kind {
            case .phone: entry.phones.append(text)
            case .text where field.key == object.nameField: entry.names.append(text)
            case .tags, .multiChoice: entry.texts.append(text.replacing("|", with: " "))
            default: entry.texts.append(text)
            }
        }
        return entry
    }
}
