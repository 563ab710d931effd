import Database
import FieldKinds
import Identity
import SQLText
public import Schema
import Search
public import Values

/// What a merge did.
public struct MergeOutcome: Sendable {
    /// The merge's id, by which it is taken back.
    public let id: RecordID
    /// The record that stayed, as it is now.
    public let survivor: AnyRecord
    /// How many records of each object now belong to the survivor instead.
    public let moved: [(object: String, count: Int)]
}

extension WriteSession {
    /// Makes one record of several: values field by field, everything that belonged to the others, their shares.
    ///
    /// The others go to the recycle bin, marked with where they went. Hooks of saving run as for any change, and what they
    /// write besides is remembered, so that it is taken back with the merge. The rules of the object are asked.
    public func merge(_ object: ObjectDefinition, _ request: MergeRequest) throws -> MergeOutcome {
        let plan = try planMerge(object, request)
        let id = engine.ids.next()
        for record in plan.others {
            try mark(object, record, deleted: true)
            try SearchIndex.remove(object.key, record.id, on: connection)
            close(object, record, action: "merge")
            pending.kept.note(record.shape, before: record, after: nil)
            try tellObservers(object, .deleted, SavedRecord(before: record, record: record))
            try connection.run("INSERT INTO sys_merge_loser (record, merge) VALUES (\(record.id), \(id))")
        }
        let moved = try moveLinks(object, plan, id)
        let before = plan.survivor
        let merged = try write(plan, object)
        try breakCircles(object, merged)
        try moveReferences(object, plan, id)
        try mergeShares(object, plan, id)
        pending.kept.note(merged.shape, before: before, after: merged)
        try engine.hooks[object.key]?.run(.afterMerge, merged, self)
        let settled = try find(forJournal: object, merged.id)
        try validate(settled, was: before, object)
        try journal(id, but: before.id) {
            for hook in engine.hooks[object.key]?.after ?? [] {
                try hook.run(SavedRecord(before: before, record: settled), self)
            }
        }
        let final = try find(forJournal: object, merged.id)
        let columns = final.shape.columns.filter { !MergePlan.bookkeeping.contains($0) && before[$0] != final[$0] }
        try connection.run(
            """
            INSERT INTO sys_merge (id, object, survivor, at, by_id, by_name, before, after) VALUES (\(id), \
            \(object.key), \(before.id), \(now), \(actor.userID), \(actor.name), \
            \(StoredColumns.json(columns.map { ($0, before[$0]) })), \
            \(StoredColumns.json(columns.map { ($0, final[$0]) })))
            """
        )
        try tell("merge", object, before, final, plan.others.map(\.id), moved)
        return MergeOutcome(id: id, survivor: final, moved: moved)
    }

    // MARK: The survivor

    private func write(_ plan: MergePlan, _ object: ObjectDefinition) throws -> AnyRecord {
        var draft = AnyDraft(shape: plan.survivor.shape, before: plan.survivor)
        for value in plan.values {
            for (column, stored) in zip(value.field.columns, value.columns) { draft[column.name] = stored }
        }
        if draft.changes("owner") { try mayGive(to: draft["owner"], before: plan.survivor, object) }
        // What was chosen counts as entered: a hook does not put what usually follows in its place.
        for value in plan.values where value.field.columns.contains(where: { draft.changes($0.name) }) {
            if let index = draft.shape.index(ofField: value.field.key) { draft.give(index) }
        }
        for hook in engine.hooks[object.key]?.before ?? [] { try hook.run(&draft, self) }
        let record = try store(draft, object)
        if draft.shape.columns.contains(where: { draft.changes($0) }) { try checkRules(object, record) }
        return record
    }

    /// What the hooks complain about, as far as the merge has changed it: an older value that would not be taken any more
    /// keeps nobody from merging.
    private func validate(_ record: AnyRecord, was before: AnyRecord, _ object: ObjectDefinition) throws {
        guard let validations = engine.hooks[object.key]?.validations, !validations.isEmpty else { return }
        var draft = AnyDraft(shape: record.shape, before: before)
        for column in record.shape.columns { draft[column] = record[column] }
        let problems = try validations.flatMap { try $0.run(draft, self) }.filter { problem in
            guard let field = object.field(String(problem.field.prefix { $0 != "." })) else { return true }
            return field.columns.contains { draft.changes($0.name) }
        }
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    /// Writes a record that a merge has made or taken back.
    func store(_ draft: AnyDraft, _ object: ObjectDefinition) throws -> AnyRecord {
        var draft = draft
        guard let before = draft.before else { throw Problem.notFound }
        if draft.changes(object.nameField) {
            draft[ObjectDefinition.nameSortColumn] = .text(SortKey.of(draft[object.nameField].text ?? ""))
        }
        draft["version"] = .integer(before.version + 1)
        draft["updated_at"] = SQLValue(now)
        draft["updated_by"] = SQLValue(actor.userID)
        let columns = draft.shape.columns.filter { draft.changes($0) }
        let sets = columns.map { "\(name: $0) = \(draft[$0])" as SQLFragment }.joined(", ")
        try storing(object) {
            try connection.run("UPDATE \(name: object.key) SET " + sets + " WHERE \"id\" = \(before.id)")
        }
        return AnyRecord(shape: draft.shape, values: draft.shape.columns.map { draft[$0] })
    }

    /// The row as it stands now, whoever may see it: an owner may have been chosen who is out of the actor's sight.
    func find(forJournal object: ObjectDefinition, _ id: RecordID) throws -> AnyRecord {
        guard let record = try anyRecords(object, [id]).first else { throw Problem.notFound }
        return record
    }

    /// A link of the object to itself, such as the company above, that leads back to the survivor is cut there.
    private func breakCircles(_ object: ObjectDefinition, _ record: AnyRecord) throws {
        for field in object.fields where field.kind == .link(to: object.key) {
            var next = record[field.key].integer
            var seen: Set<Int64> = []
            while let id = next, id != record.id.raw, seen.insert(id).inserted, seen.count < 1000 {
                next = try connection.value("SELECT \(name: field.key) FROM \(name: object.key) WHERE \"id\" = \(id)")
                    .integer
            }
            guard next == record.id.raw else { continue }
            try connection.run("UPDATE \(name: object.key) SET \(name: field.key) = NULL WHERE \"id\" = \(record.id)")
        }
    }

    // MARK: What belongs to the others

    private func moveLinks(
        _ object: ObjectDefinition,
        _ plan: MergePlan,
        _ merge: RecordID
    ) throws -> [(object: String, count: Int)] {
        let losers = plan.others.map { SQLValue.integer($0.id.raw) }
        let group = plan.group.map { SQLValue.integer($0.raw) }
        var moved: [(object: String, count: Int)] = []
        for (child, field) in linking(to: object) {
            var condition: SQLFragment = "\(name: field.key) IN \(list: losers) AND \"id\" NOT IN \(list: group)"
            if field.kind == .anyLink { condition += " AND \(name: field.key + "_object") = \(object.key)" }
            // Two parts, since the index of links holds what is alive and another one the recycle bin.
            for bin in ["\"deleted_at\" IS NULL", "\"deleted_at\" IS NOT NULL"] {
                try connection.run(
                    """
                    INSERT INTO sys_merge_link (merge, object, field, record, was)
                    SELECT \(merge), \(child.key), \(field.key), "id", \(name: field.key) FROM \(name: child.key)
                    WHERE \(raw: bin) AND \(condition)
                    """
                )
            }
            let count = try storingLinks(child) {
                try connection.run(
                    """
                    UPDATE \(name: child.key) SET \(name: field.key) = \(plan.survivor.id), "version" = "version" + 1
                    WHERE "id" IN (SELECT record FROM sys_merge_link WHERE merge = \(merge) AND object = \(child.key)
                        AND field = \(field.key))
                    """
                )
            }
            if count == 0 { continue }
            try recount(child, by: field)
            if let index = moved.firstIndex(where: { $0.object == child.key }) {
                moved[index].count += count
            } else {
                moved.append((child.key, count))
            }
        }
        return moved
    }

    /// Every link field that may lead to records of the object, hidden ones included.
    func linking(to object: ObjectDefinition) -> [(object: ObjectDefinition, field: FieldDefinition)] {
        schema.objects.flatMap { child in
            child.fields.compactMap { field in
                field.kind == .link(to: object.key) || field.kind == .anyLink ? (child, field) : nil
            }
        }
    }

    /// Sums that are kept by the field of a link that was moved are counted anew.
    func recount(_ object: ObjectDefinition, by field: FieldDefinition) throws {
        guard object.keptSums.contains(where: { $0.by.contains(field.key) }) else { return }
        try pending.kept.flush(on: connection)
        try KeptSums.rebuild(object, on: connection)
    }

    func storingLinks(_ object: ObjectDefinition, _ body: () throws -> Int) throws -> Int {
        var count = 0
        try storing(object) { count = try body() }
        return count
    }

    /// Files and whatever else features keep beside records.
    private func moveReferences(_ object: ObjectDefinition, _ plan: MergePlan, _ merge: RecordID) throws {
        for columns in engine.references {
            for record in plan.others {
                let condition: SQLFragment =
                    "\(name: columns.record) = \(record.id) AND \(name: columns.object) = \(object.key)"
                try connection.run(
                    """
                    INSERT INTO sys_merge_link (merge, object, field, record, was)
                    SELECT \(merge), \(columns.table), \(columns.record), id, \(record.id) FROM \(name: columns.table)
                    WHERE \(condition)
                    """
                )
                try connection.run(
                    """
                    UPDATE \(name: columns.table) SET \(name: columns.record) = \(plan.survivor.id) WHERE \(condition)
                    """
                )
            }
        }
    }

    /// Whoever was given one of the others is given the survivor. The others' own shares stay where they are.
    private func mergeShares(_ object: ObjectDefinition, _ plan: MergePlan, _ merge: RecordID) throws {
        let losers = plan.others.map { SQLValue.integer($0.id.raw) }
        let shares = try connection.rows(
            """
            SELECT user_id, team_id, max(can_edit) FROM sys_share
            WHERE object = \(object.key) AND record IN \(list: losers) GROUP BY user_id, team_id
            """
        )
        for share in shares {
            let present = try connection.row(
                """
                SELECT id, can_edit FROM sys_share WHERE object = \(object.key) AND record = \(plan.survivor.id)
                AND user_id IS NOT DISTINCT FROM \(share.id(0)) AND team_id IS NOT DISTINCT FROM \(share.id(1))
                """
            )
            if let present, let id = present.id(0) {
                guard present.integer(1) < share.integer(2) else { continue }
                try connection.run("UPDATE sys_share SET can_edit = 1 WHERE id = \(id)")
                try noteShare(merge, "can_edit", id)
            } else {
                let id = engine.ids.next()
                try connection.run(
                    """
                    INSERT INTO sys_share (id, object, record, user_id, team_id, can_edit, created_at, created_by)
                    VALUES (\(id), \(object.key), \(plan.survivor.id), \(share.id(0)), \(share.id(1)), \
                    \(share.integer(2)), \(now), \(actor.userID))
                    """
                )
                try noteShare(merge, "added", id)
            }
        }
    }

    private func noteShare(_ merge: RecordID, _ what: String, _ share: RecordID) throws {
        try connection.run(
            """
            INSERT INTO sys_merge_link (merge, object, field, record, was)
            VALUES (\(merge), 'sys_share', \(what), \(share), 0)
            """
        )
    }

    // MARK: Who is told

    /// Audit, search, event and observers of the record that stays.
    func tell(
        _ action: String,
        _ object: ObjectDefinition,
        _ before: AnyRecord,
        _ record: AnyRecord,
        _ others: [RecordID],
        _ moved: [(object: String, count: Int)]
    ) throws {
        let saved = SavedRecord(before: before, record: record)
        let changed = object.fields.filter { field in
            field.columns.contains { saved.changed($0.name) } && (!field.system || field.key == "owner")
        }
        var json = JSONWriter(capacity: 256)
        json.object { json in
            for field in changed where field.audited {
                json.key(field.key)
                json.array { json in
                    field.write(before.columns(of: field)[...], to: &json)
                    field.write(record.columns(of: field)[...], to: &json)
                }
            }
            json.member("_others", others.map(\.description).joined(separator: ", "))
            json.member("_moved", moved.map { "\($0.object): \($0.count)" }.joined(separator: ", "))
        }
        pending.audit.append(AuditEntry(action, object: object.key, record: record.id, changes: json.text))
        try SearchFeed.put(record, object, on: connection)
        event(action, object, record.id, changed.map(\.key))
        try tellObservers(object, .updated, saved)
    }
}
