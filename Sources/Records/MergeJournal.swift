import Database
import SQLText
import Schema
import Search
import Values

/// What hooks write in a merge beside the record that stays, kept so that it is taken back with the merge.
enum MergeJournal {
    static let table = """
        CREATE TABLE IF NOT EXISTS sys_merge_write (merge BIGINT NOT NULL, seq BIGINT NOT NULL, object TEXT NOT NULL,
            record BIGINT NOT NULL, version BIGINT NOT NULL, before TEXT, PRIMARY KEY (merge, seq))
        """
}

extension WriteSession {
    /// Remembers every record that `body` makes or changes under a merge, but for the one that stays.
    func journal(_ merge: RecordID, but survivor: RecordID, _ body: () throws -> Void) throws {
        pending.journal = []
        defer { pending.journal = nil }
        try body()
        let written = (pending.journal ?? []).filter { $0.saved.record.id != survivor }
        for (seq, write) in written.enumerated() {
            let changed = write.saved.before.map { before in
                let columns = before.shape.columns.filter {
                    write.saved.changed($0) && !MergePlan.bookkeeping.contains($0)
                }
                return StoredColumns.json(columns.map { ($0, before[$0]) })
            }
            try connection.run(
                """
                INSERT INTO sys_merge_write (merge, seq, object, record, version, before) VALUES (\(merge), \(seq), \
                \(write.object), \(write.saved.record.id), \(write.saved.record.version), \(changed))
                """
            )
        }
    }

    /// Takes back what hooks wrote under a merge, the last first; what somebody has changed since stays and is listed.
    func takeBackWrites(_ merge: RecordID, _ kept: inout [UnmergeOutcome.Kept]) throws {
        let rows = try connection.rows(
            "SELECT object, record, version, before FROM sys_merge_write WHERE merge = \(merge) ORDER BY seq DESC"
        )
        // A record that was written several times has the version of the last one.
        var versions: [RecordID: Int64] = [:]
        for row in rows {
            guard let id = row.id(1), let object = schema.object(row.text(0)),
                let record = try anyRecords(object, [id]).first
            else { continue }
            guard record.version == versions[id] ?? row.integer(2) else {
                kept.append(.init(object: object.key, record: id, field: object.nameField))
                continue
            }
            guard let text = row[3].text, let was = try JSONReader.parse(text).members else {
                if try isLinked(object, id) {
                    kept.append(.init(object: object.key, record: id, field: object.nameField))
                } else {
                    try unmake(object, record)
                }
                continue
            }
            var draft = AnyDraft(shape: record.shape, before: record)
            for member in was { draft[member.key] = StoredColumns.value(member.value) }
            let back = try store(draft, object)
            versions[id] = back.version
            pending.kept.note(back.shape, before: record, after: back)
            try tell("unmerge", object, record, back, [], [])
        }
    }

    /// Whether anything leads to a record.
    private func isLinked(_ object: ObjectDefinition, _ id: RecordID) throws -> Bool {
        try linking(to: object).contains { child, field in
            let type: SQLFragment = field.kind == .anyLink ? " AND \(name: field.key + "_object") = \(object.key)" : ""
            let sql: SQLFragment = "SELECT 1 FROM \(name: child.key) WHERE \(name: field.key) = \(id)"
            return try connection.row(sql + type + " LIMIT 1") != nil
        }
    }

    /// A record that only a merge had made is as if it had never been.
    private func unmake(_ object: ObjectDefinition, _ record: AnyRecord) throws {
        try SearchIndex.remove(object.key, record.id, on: connection)
        close(object, record, action: "purge")
        pending.kept.note(record.shape, before: record, after: nil)
        try tellObservers(object, .purged, SavedRecord(before: record, record: record))
        try connection.run("DELETE FROM \(name: object.key) WHERE \"id\" = \(record.id)")
    }
}
