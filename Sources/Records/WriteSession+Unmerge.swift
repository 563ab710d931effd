import Database
import Identity
import SQLText
public import Schema
import Search
public import Values

/// What taking a merge back did, and what it left as it is because it was changed since.
public struct UnmergeOutcome: Sendable {
    /// A value or link that was changed after the merge.
    public struct Kept: Sendable, Equatable {
        /// The object's key.
        public let object: String
        /// The record.
        public let record: RecordID
        /// The field's key.
        public let field: String
    }

    /// The record that stayed, as it is now.
    public let survivor: AnyRecord
    /// The records that are back.
    public let restored: [RecordID]
    /// Records that were deleted for ever in the meantime.
    public let missing: [RecordID]
    /// What was changed since the merge, and stays with the survivor.
    public let kept: [Kept]
    /// How many records of each object were added to the survivor since; they stay there.
    public let added: [(object: String, count: Int)]
}

extension WriteSession {
    /// Takes a merge back: both sides are as they were, but for what was changed since, which stays and is listed.
    ///
    /// Any merge into the record can be taken back; without `id` it is the last. Needs what the merge needed.
    public func unmerge(_ object: ObjectDefinition, _ survivor: RecordID, merge id: RecordID? = nil) throws
        -> UnmergeOutcome
    {
        if let id { try refuseNested(object, survivor, id) }
        let open = try merges(into: object, survivor)
        guard let last = open.first else {
            throw Problem(
                .conflict,
                "not_merged",
                Label("No merge of this record can be undone.", zh: "该记录没有可撤销的合并。")
            )
        }
        let chosen = try id.map { id in
            guard let merge = open.first(where: { $0.id == id }) else { throw Problem.notFound }
            return merge
        }
        guard try row(object, survivor, for: .update) != nil else {
            throw Problem.forbidden(
                Label("You may read this record but not change it.", zh: "您只能查看这条记录，不能修改。")
            )
        }
        let merge = chosen ?? last
        return try takeBack(merge, object, later: open.filter { $0.id > merge.id })
    }

    /// A merge into a record that has itself gone into another since: that one has to be taken back before.
    private func refuseNested(_ object: ObjectDefinition, _ survivor: RecordID, _ id: RecordID) throws {
        guard let merge = try merges("id = \(id) AND object = \(object.key) AND undone_at IS NULL").first,
            let outer = try openMerge(of: object, merge.survivor)
        else { return }
        _ = try find(object, try mergedInto(object, merge.survivor) ?? survivor)
        let day = Day(of: outer.at, offset: 0)
        throw Problem(
            .conflict,
            "later_merge",
            Label(
                "The record \(merge.survivor) was itself merged into \(outer.survivor) on \(day) by \(outer.byName). Undo that merge (\(outer.id)) first.",
                zh: "记录 \(merge.survivor) 后来又于 \(day) 由 \(outer.byName) 合并到 \(outer.survivor)，请先撤销那次合并（\(outer.id)）。"
            )
        )
    }

    private func takeBack(_ merge: Merge, _ object: ObjectDefinition, later: [Merge]) throws -> UnmergeOutcome {
        let before = try find(object, merge.survivor)
        let losers = try merge.others.filter { try exists(object, $0) }
        for id in losers where try row(object, id, for: .delete, deleted: true) == nil { throw mayNotDelete }
        if losers.isEmpty {
            throw Problem(
                .conflict,
                "purged",
                Label("The merged records were deleted for ever.", zh: "被合并的记录已彻底删除，无法撤销合并。")
            )
        }
        var kept: [UnmergeOutcome.Kept] = []
        let added = try addedSince(merge, later, object)
        // Before links move back, which counts as a change of the records that hold them.
        try takeBackWrites(merge.id, &kept)
        let stored = try store(try valuesBack(merge, later, before, object, &kept), object)
        try linksBack(merge, object, losers, &kept)
        try sharesBack(merge, later, object)
        for id in losers { try bringBack(object, id) }
        try engine.hooks[object.key]?.run(.afterUnmerge, stored, self)
        let record = try find(forJournal: object, stored.id)
        try connection.run(
            "UPDATE sys_merge SET undone_at = \(now), undone_by = \(actor.userID) WHERE id = \(merge.id)"
        )
        pending.kept.note(record.shape, before: before, after: record)
        try tell("unmerge", object, before, record, losers, [])
        return UnmergeOutcome(
            survivor: record,
            restored: losers,
            missing: merge.others.filter { !losers.contains($0) },
            kept: kept,
            added: added
        )
    }

    private func exists(_ object: ObjectDefinition, _ id: RecordID) throws -> Bool {
        try connection.value(
            "SELECT 1 FROM \(name: object.key) WHERE \"id\" = \(id) AND \"deleted_at\" IS NOT NULL"
        ).integer == 1
    }

    /// Field by field: what the merge wrote and nobody has changed since becomes what it was.
    private func valuesBack(
        _ merge: Merge,
        _ later: [Merge],
        _ record: AnyRecord,
        _ object: ObjectDefinition,
        _ kept: inout [UnmergeOutcome.Kept]
    ) throws -> AnyDraft {
        var draft = AnyDraft(shape: record.shape, before: record)
        for field in object.fields {
            let columns = field.columns.map(\.name).filter { merge.after[$0] != nil }
            if columns.isEmpty { continue }
            func values(_ json: JSONValue) -> [SQLValue] { columns.map { StoredColumns.value(json[$0]) } }
            // A later merge wrote over it: what that one goes back to is what this one goes back to.
            if let above = later.sorted(by: { $0.id < $1.id }).first(where: { $0.after[columns[0]] != nil }),
                columns.map({ StoredColumns.value(above.before[$0]) }) == values(merge.after)
            {
                try rebase(above, columns, to: merge.before)
                continue
            }
            if columns.map({ record[$0] }) == values(merge.after) {
                for column in columns { draft[column] = StoredColumns.value(merge.before[column]) }
            } else if case .tags = field.kind {
                let (was, became) = (Tags.list(values(merge.before)[0].text), Tags.list(values(merge.after)[0].text))
                let present = Tags.list(record[field.key].text)
                draft[field.key] = Tags.stored(present.filter { was.contains($0) || !became.contains($0) })
            } else if field.audited {
                kept.append(.init(object: object.key, record: record.id, field: field.key))
            }
        }
        return draft
    }

    /// Makes a later merge go back to what was there before an earlier one.
    private func rebase(_ later: Merge, _ columns: [String], to before: JSONValue) throws {
        let stored = try connection.value("SELECT before FROM sys_merge WHERE id = \(later.id)").text ?? "{}"
        let members = (try JSONReader.parse(stored).members ?? []).map { member in
            columns.contains(member.key)
                ? JSONValue.Member(key: member.key, value: before[member.key] ?? .null) : member
        }
        try connection.run("UPDATE sys_merge SET before = \(JSONValue.object(members).text) WHERE id = \(later.id)")
    }

    private func linksBack(
        _ merge: Merge,
        _ object: ObjectDefinition,
        _ losers: [RecordID],
        _ kept: inout [UnmergeOutcome.Kept]
    ) throws {
        let back = losers.map { SQLValue.integer($0.raw) }
        for (child, field) in linking(to: object) {
            let journal: SQLFragment =
                "merge = \(merge.id) AND object = \(child.key) AND field = \(field.key) AND was IN \(list: back)"
            let changed = try connection.rows(
                """
                SELECT l.record FROM sys_merge_link l LEFT JOIN \(name: child.key) c ON c."id" = l.record
                WHERE \(journal) AND c.\(name: field.key) IS DISTINCT FROM \(merge.survivor) ORDER BY l.record LIMIT 1000
                """
            )
            kept += changed.compactMap { row in
                row.id(0).map { .init(object: child.key, record: $0, field: field.key) }
            }
            let count = try storingLinks(child) {
                try connection.run(
                    """
                    UPDATE \(name: child.key) SET "version" = "version" + 1, \(name: field.key) = (SELECT was
                        FROM sys_merge_link l WHERE \(journal) AND l.record = \(name: child.key)."id")
                    WHERE "id" IN (SELECT record FROM sys_merge_link WHERE \(journal))
                    AND \(name: field.key) = \(merge.survivor)
                    """
                )
            }
            if count > 0 { try recount(child, by: field) }
        }
        for columns in engine.references {
            let journal: SQLFragment =
                "merge = \(merge.id) AND object = \(columns.table) AND field = \(columns.record) AND was IN \(list: back)"
            try connection.run(
                """
                UPDATE \(name: columns.table) SET \(name: columns.record) = (SELECT was FROM sys_merge_link l
                    WHERE \(journal) AND l.record = \(name: columns.table).id)
                WHERE id IN (SELECT record FROM sys_merge_link WHERE \(journal))
                AND \(name: columns.record) = \(merge.survivor)
                """
            )
        }
    }

    private func sharesBack(_ merge: Merge, _ later: [Merge], _ object: ObjectDefinition) throws {
        // Who was also given a record that a later merge brought keeps the share: it belongs to that merge from now on.
        for above in later.sorted(by: { $0.id < $1.id }) {
            let others = above.others.map { SQLValue.integer($0.raw) }
            try connection.run(
                """
                UPDATE sys_merge_link SET merge = \(above.id) WHERE merge = \(merge.id) AND object = 'sys_share'
                AND EXISTS (SELECT 1 FROM sys_share s JOIN sys_share o ON o.object = s.object
                    AND o.user_id IS NOT DISTINCT FROM s.user_id AND o.team_id IS NOT DISTINCT FROM s.team_id
                    WHERE s.id = sys_merge_link.record AND o.object = \(object.key) AND o.record IN \(list: others)
                    AND (sys_merge_link.field = 'added' OR o.can_edit = 1))
                """
            )
        }
        func noted(_ what: String) -> SQLFragment {
            "(SELECT record FROM sys_merge_link WHERE merge = \(merge.id) AND object = 'sys_share' AND field = \(what))"
        }
        try connection.run("DELETE FROM sys_share WHERE id IN " + noted("added"))
        try connection.run("UPDATE sys_share SET can_edit = 0 WHERE id IN " + noted("can_edit"))
    }

    private func bringBack(_ object: ObjectDefinition, _ id: RecordID) throws {
        guard let before = try row(object, id, for: .delete, deleted: true) else { throw mayNotDelete }
        try storing(object) { try mark(object, before, deleted: false) }
        let record = try find(forJournal: object, id)
        try SearchFeed.put(record, object, on: connection)
        close(object, before, action: "unmerge")
        pending.kept.note(record.shape, before: before, after: record)
        try tellObservers(object, .restored, SavedRecord(before: before, record: record))
    }

    /// What was added to the survivor since the merge. That is told by ids: when a record was made it may have brought
    /// along from elsewhere. What hooks made in the merge itself was not changed after it.
    private func addedSince(_ merge: Merge, _ later: [Merge], _ object: ObjectDefinition) throws
        -> [(object: String, count: Int)]
    {
        let merges = ([merge] + later).map { SQLValue.integer($0.id.raw) }
        var added: [(object: String, count: Int)] = []
        for (child, field) in linking(to: object) {
            let type: SQLFragment = field.kind == .anyLink ? " AND \(name: field.key + "_object") = \(object.key)" : ""
            let count =
                try connection.value(
                    """
                    SELECT count(*) FROM \(name: child.key) WHERE \(name: field.key) = \(merge.survivor)\(type)
                    AND "deleted_at" IS NULL AND "id" > \(merge.id) AND "updated_at" > \(merge.at)
                    AND "id" NOT IN (SELECT record FROM sys_merge_link WHERE merge IN \(list: merges)
                        AND object = \(child.key) AND field = \(field.key))
                    """
                ).integer ?? 0
            if count > 0 { added.append((child.key, Int(count))) }
        }
        return added
    }
}
