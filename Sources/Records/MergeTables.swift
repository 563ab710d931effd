import Database
import SQLText
public import Schema
public import Values

/// What a merge changed, kept so that it can be taken back.
enum MergeTables {
    static let statements = [
        """
        CREATE TABLE IF NOT EXISTS sys_merge (id INTEGER PRIMARY KEY, object TEXT NOT NULL, survivor INTEGER NOT NULL,
            at INTEGER NOT NULL, by_id INTEGER, by_name TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
            undone_at INTEGER, undone_by INTEGER)
        """,
        "CREATE INDEX IF NOT EXISTS sys_merge_survivor ON sys_merge (survivor, id)",
        """
        CREATE TABLE IF NOT EXISTS sys_merge_loser (record INTEGER NOT NULL, merge INTEGER NOT NULL,
            PRIMARY KEY (record, merge)) WITHOUT ROWID
        """,
        "CREATE INDEX IF NOT EXISTS sys_merge_loser_of ON sys_merge_loser (merge, record)",
        """
        CREATE TABLE IF NOT EXISTS sys_merge_link (merge INTEGER NOT NULL, object TEXT NOT NULL, field TEXT NOT NULL,
            record INTEGER NOT NULL, was INTEGER NOT NULL, PRIMARY KEY (merge, object, field, record)) WITHOUT ROWID
        """,
        MergeJournal.table,
    ]
}

/// A merge that was made and not taken back.
public struct Merge: Sendable {
    /// Its id, by which it is taken back.
    public let id: RecordID
    /// The record that stayed.
    public let survivor: RecordID
    /// The records that went into it.
    public let others: [RecordID]
    /// When.
    public let at: Instant
    /// Who made it.
    public let byName: String

    let before: JSONValue
    let after: JSONValue
}

extension Problem {
    /// The record went into another one.
    public static func merged(into survivor: RecordID) -> Problem {
        Problem(
            .conflict,
            "merged",
            Label(
                "This record was merged into \(survivor). Undo that merge to get it back.",
                zh: "该记录已合并到 \(survivor)。如需恢复，请在合并后的记录上撤销合并。"
            )
        )
    }
}

extension ReadSession {
    /// The merges into a record that can be taken back, newest first. Throws `notFound` if the actor may not read it.
    public func merges(into object: ObjectDefinition, _ id: RecordID) throws -> [Merge] {
        _ = try find(object, id)
        return try merges("survivor = \(id) AND object = \(object.key) AND undone_at IS NULL")
    }

    /// The records that went into this one by merges that were not taken back, through all merges before; at most 200.
    public func mergedRecords(of object: ObjectDefinition, _ id: RecordID) throws -> [(id: RecordID, at: Instant)] {
        var (found, next): ([(id: RecordID, at: Instant)], [RecordID]) = ([], [id])
        while let survivor = next.popLast(), found.count < 200 {
            for merge in try merges("survivor = \(survivor) AND object = \(object.key) AND undone_at IS NULL") {
                for other in merge.others where other != id && !found.contains(where: { $0.id == other }) {
                    found.append((other, merge.at))
                    next.append(other)
                }
            }
        }
        return found
    }

    /// The record that a merged one became, through all merges since, if the actor may read it.
    public func mergedInto(_ object: ObjectDefinition, _ id: RecordID) throws -> RecordID? {
        var last = id
        for _ in 0..<100 {
            guard let next = try openMerge(of: object, last)?.survivor else { break }
            last = next
        }
        return last != id ? try row(object, last, for: .read)?.id : nil
    }

    /// The merge by which a record went away; nil when the survivor does not exist any more.
    func openMerge(of object: ObjectDefinition, _ loser: RecordID) throws -> Merge? {
        try merges(
            """
            id IN (SELECT merge FROM sys_merge_loser WHERE record = \(loser)) AND object = \(object.key) \
            AND undone_at IS NULL AND survivor IN (SELECT "id" FROM \(name: object.key))
            """
        ).first
    }

    func merges(_ condition: SQLFragment) throws -> [Merge] {
        let rows = try connection.rows(
            """
            SELECT id, survivor, at, by_name, before, after FROM sys_merge WHERE \(condition) ORDER BY id DESC LIMIT 200
            """
        )
        return try rows.compactMap { row in
            guard let id = row.id(0), let survivor = row.id(1) else { return nil }
            let others = try connection.rows("SELECT record FROM sys_merge_loser WHERE merge = \(id) ORDER BY record")
            return Merge(
                id: id,
                survivor: survivor,
                others: others.compactMap { $0.id(0) },
                at: Instant(milliseconds: row.integer(2)),
                byName: row.text(3),
                before: try JSONReader.parse(row.text(4)),
                after: try JSONReader.parse(row.text(5))
            )
        }
    }
}

/// Columns as JSON, exactly as they are stored.
enum StoredColumns {
    static func json(_ columns: [(String, SQLValue)]) -> String {
        var json = JSONWriter()
        json.object { json in
            for (name, value) in columns {
                json.key(name)
                switch value {
                case .integer(let number): json.integer(number)
                case .text(let text): json.string(text)
                default: json.null()
                }
            }
        }
        return json.text
    }

    static func value(_ json: JSONValue?) -> SQLValue {
        switch json {
        case .number(let text): SQLValue(Int64(text))
        case .string(let text): .text(text)
        default: .null
        }
    }
}
