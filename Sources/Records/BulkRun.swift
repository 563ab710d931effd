import Database
import FieldKinds
public import Identity
import SQLText
import Schema
public import Values

/// What a bulk action does with each record.
public enum BulkAction: Sendable, Equatable {
    /// Sets fields to values in the API's form.
    case set(JSONValue)
    /// Adds a tag to a field of tags, or takes it away.
    case tag(field: String, tag: String, add: Bool)
    /// Moves to the recycle bin.
    case delete
}

/// A bulk action on its way: what was chosen is fixed when it begins, and what it did can be undone.
public struct BulkRun: Sendable {
    /// Its number.
    public let id: RecordID
    /// The object's plural.
    public let plural: String
    /// What it does.
    public let action: BulkAction
    /// Who began it.
    public let user: RecordID
    /// How many records were chosen.
    public let total: Int
    /// How many were changed.
    public let changed: Int
    /// How many were refused, or kept because somebody changed them since.
    public let refused: Int
    /// How many are still to do.
    public let waiting: Int
    /// True when it is being, or has been, undone.
    public let isUndone: Bool
    /// The first reason for a refusal, in both languages.
    public let reason: Label?

    /// True when nothing is left to do.
    public var isDone: Bool { waiting == 0 }
}

enum BulkTables {
    static let statements = [
        """
        CREATE TABLE IF NOT EXISTS sys_bulk (id INTEGER PRIMARY KEY, plural TEXT NOT NULL, action TEXT NOT NULL,
            user_id INTEGER NOT NULL, total INTEGER NOT NULL, changed INTEGER NOT NULL, refused INTEGER NOT NULL,
            undone INTEGER NOT NULL, reason_en TEXT, reason_zh TEXT, created_at INTEGER NOT NULL)
        """,
        // state: 0 to do, 1 done, 2 refused
        """
        CREATE TABLE IF NOT EXISTS sys_bulk_item (bulk INTEGER NOT NULL, record INTEGER NOT NULL,
            state INTEGER NOT NULL, version INTEGER, old TEXT, PRIMARY KEY (bulk, record))
        """,
        "CREATE INDEX IF NOT EXISTS sys_bulk_item_state ON sys_bulk_item (bulk, state, record)",
        // Whose former values are to be forgotten is asked for by record.
        "CREATE INDEX IF NOT EXISTS sys_bulk_item_record ON sys_bulk_item (record)",
    ]
}

extension RecordEngine {
    /// The most records that one bulk action takes.
    public static let mostInBulk = 100_000
    /// How many records one transaction of a bulk action changes.
    private static let portion = 100

    /// Fixes what is chosen and what is to be done with it; nothing is changed yet. In the same transaction `enqueue` sees
    /// to it that it is done. Throws `tooLarge` for too many.
    public func beginBulk(
        _ plural: String,
        _ selection: BulkSelection,
        _ action: BulkAction,
        as actor: Actor,
        enqueue: @escaping @Sendable (RecordID, WriteSession) throws -> Void
    ) async throws -> RecordID {
        try await write(as: actor) { session in
            guard let user = actor.userID else { throw Problem.notFound }
            let object = try session.object(plural)
            let id = session.engine.ids.next()
            let chosen = try session.chosen(object, selection, action)
            let count = try session.connection.run(
                "INSERT INTO sys_bulk_item (bulk, record, state) SELECT \(id), \"id\", 0 FROM (" + chosen + ") c"
            )
            guard count <= RecordEngine.mostInBulk else {
                throw Problem(
                    .tooLarge,
                    "too_many_records",
                    Label(
                        "At most 100,000 records can be changed at once; narrow the filter.",
                        zh: "一次最多处理 100,000 条记录，请缩小筛选范围。"
                    )
                )
            }
            try session.connection.run(
                """
                INSERT INTO sys_bulk (id, plural, action, user_id, total, changed, refused, undone, created_at)
                VALUES (\(id), \(plural), \(action.text), \(user), \(count), 0, 0, 0, \(session.now))
                """
            )
            try enqueue(id, session)
            return id
        }
    }

    /// How a bulk action stands; only who began it may look.
    public func bulkRun(_ id: RecordID, as actor: Actor) async throws -> BulkRun {
        try await read(as: actor) { try $0.bulkRun(id) }
    }

    /// Does the next portion; false when nothing is left. Runs with the rights that the actor has now.
    public func workOnBulk(_ id: RecordID, as actor: Actor) async throws -> Bool {
        try await write(as: actor) { session in
            let run = try session.bulkRun(id)
            let object = try session.object(run.plural)
            let rows = try session.connection.rows(
                """
                SELECT record, version, old FROM sys_bulk_item WHERE bulk = \(id) AND state = 0
                ORDER BY record LIMIT \(RecordEngine.portion)
                """
            )
            for row in rows { try session.work(on: row, run, object) }
            return rows.count == RecordEngine.portion
        }
    }

    /// Puts back what a finished bulk action changed, as far as nobody has changed it since; nothing is put back yet. In
    /// the same transaction `enqueue` sees to it that it is done.
    public func beginUndo(
        ofBulk id: RecordID,
        as actor: Actor,
        enqueue: @escaping @Sendable (RecordID, WriteSession) throws -> Void
    ) async throws {
        try await write(as: actor) { session in
            let run = try session.bulkRun(id)
            guard run.isDone, !run.isUndone else {
                throw Problem(.conflict, "not_undoable", Label("This cannot be undone now.", zh: "目前无法撤销。"))
            }
            try session.connection.run("UPDATE sys_bulk_item SET state = 0 WHERE bulk = \(id) AND state = 1")
            try session.connection.run(
                """
                UPDATE sys_bulk SET undone = 1, total = changed, changed = 0, refused = 0, reason_en = NULL,
                reason_zh = NULL WHERE id = \(id)
                """
            )
            try enqueue(id, session)
        }
    }
}

extension ReadSession {
    fileprivate func chosen(_ object: ObjectDefinition, _ selection: BulkSelection, _ action: BulkAction) throws
        -> SQLFragment
    {
        var query = ListQuery()
        query.filter = selection.filter
        query.search = selection.search
        // Giving away is a right of its own, asked for when each record is written.
        let verb: RecordVerb = action == .delete ? .delete : action.isGiving ? .read : .update
        var sql = "SELECT t.\"id\" FROM \(name: object.key) t WHERE " + (try matching(object, query, verb: verb))
        if let ids = selection.ids {
            guard ids.count <= 10_000 else {
                throw Problem(.tooLarge, "too_many_ids", Label("Use a filter.", zh: "请改用筛选条件。"))
            }
            sql += " AND t.\"id\" IN \(list: ids.map { .integer($0.raw) })"
        }
        return sql + " LIMIT \(RecordEngine.mostInBulk + 1)"
    }

    fileprivate func bulkRun(_ id: RecordID) throws -> BulkRun {
        let row = try connection.row(
            """
            SELECT plural, action, user_id, total, changed, refused, undone, reason_en, reason_zh FROM sys_bulk
            WHERE id = \(id)
            """
        )
        guard let row, let action = BulkAction(text: row.text(1)), RecordID(row.integer(2)) == actor.userID else {
            throw Problem.notFound
        }
        let (total, changed, refused) = (Int(row.integer(3)), Int(row.integer(4)), Int(row.integer(5)))
        return BulkRun(
            id: id,
            plural: row.text(0),
            action: action,
            user: RecordID(row.integer(2)),
            total: total,
            changed: changed,
            refused: refused,
            waiting: max(0, total - changed - refused),
            isUndone: row.integer(6) != 0,
            reason: row[7].text.map { Label($0, zh: row[8].text ?? $0) }
        )
    }
}

extension WriteSession {
    fileprivate func work(on row: Row, _ run: BulkRun, _ object: ObjectDefinition) throws {
        let id = RecordID(row.integer(0))
        do {
            try part {
                if run.isUndone {
                    try putBack(object, id, run.action, version: row.integer(1), old: row[2].text)
                    return try mark(run, id, state: 2, changed: 1, version: nil, old: nil)
                }
                let (version, old) = try carryOut(run.action, object, id)
                try mark(run, id, state: 1, changed: 1, version: version, old: old)
            }
        } catch let problem as Problem {
            try mark(run, id, state: 2, changed: 0, version: nil, old: nil)
            let why = problem.fields.first?.message ?? problem.message
            try connection.run(
                """
                UPDATE sys_bulk SET reason_en = \(why.en), reason_zh = \(why.zh)
                WHERE id = \(run.id) AND reason_en IS NULL
                """
            )
        }
    }

    private func mark(
        _ run: BulkRun,
        _ record: RecordID,
        state: Int,
        changed: Int,
        version: Int64?,
        old: String?
    ) throws {
        try connection.run(
            """
            UPDATE sys_bulk_item SET state = \(state), version = \(version.map(SQLValue.integer) ?? .null), old = \(old)
            WHERE bulk = \(run.id) AND record = \(record)
            """
        )
        try connection.run(
            "UPDATE sys_bulk SET changed = changed + \(Int64(changed)), refused = refused + \(Int64(1 - changed)) WHERE id = \(run.id)"
        )
    }

    /// Does it with one record; answers the version written and what the fields held before.
    private func carryOut(_ action: BulkAction, _ object: ObjectDefinition, _ id: RecordID) throws -> (Int64?, String?)
    {
        switch action {
        case .delete:
            try delete(object, id)
            return (nil, nil)
        case .set(let data):
            let before = try find(object, id)
            let old = memory(of: before, data.objectKeys, object)
            let record = try update(object, id, data)
            return (record.version, old)
        case .tag(let key, let tag, let add):
            guard let field = object.field(key), case .tags = field.kind, right(on: field, of: object) == .full else {
                throw Problem.unknownField(key, of: object)
            }
            let before = try find(object, id)
            let known = StoredList.items(before.columns(of: field).first?.text ?? "")
            let rest = known.filter { Fold.fold($0) != Fold.fold(tag) }
            let tags = (add ? rest + [tag] : rest).map(JSONValue.string)
            let old = memory(of: before, [key], object)
            let record = try update(object, id, .object([.init(key: key, value: .array(tags))]))
            return (record.version, old)
        }
    }

    private func putBack(
        _ object: ObjectDefinition,
        _ id: RecordID,
        _ action: BulkAction,
        version: Int64,
        old: String?
    ) throws {
        if action == .delete {
            _ = try restore(object, id)
        } else if let old {
            _ = try update(object, id, try JSONReader.parse(old), version: version)
        } else {
            // What it held was erased since: like any record that was changed meanwhile, it stays as it is.
            throw Problem.stale
        }
    }

    /// What some fields of a record hold, as input that puts it back.
    private func memory(of record: AnyRecord, _ keys: [String], _ object: ObjectDefinition) -> String {
        var json = JSONWriter()
        json.object { json in
            for field in keys.compactMap(object.field) {
                json.key(field.key)
                field.write(record.columns(of: field)[...], to: &json)
            }
        }
        return json.text
    }
}

extension JSONValue {
    fileprivate var objectKeys: [String] {
        if case .object(let members) = self { members.map(\.key) } else { [] }
    }
}

extension BulkAction {
    fileprivate var isGiving: Bool {
        if case .set(let data) = self { data.objectKeys == ["owner"] } else { false }
    }

    /// As it is stored.
    var text: String {
        var json = JSONWriter()
        json.object { json in
            switch self {
            case .delete: json.member("do", "delete")
            case .set(let data):
                json.member("do", "set")
                json.key("data")
                json.value(data)
            case .tag(let field, let tag, let add):
                json.member("do", add ? "tag" : "untag")
                json.member("field", field)
                json.member("tag", tag)
            }
        }
        return json.text
    }

    /// What was stored; nil for what is no action.
    init?(text: String) {
        guard let json = try? JSONReader.parse(text), let verb = json["do"]?.string else { return nil }
        switch verb {
        case "delete": self = .delete
        case "set": self = .set(json["data"] ?? .object([]))
        default:
            guard let field = json["field"]?.string, let tag = json["tag"]?.string else { return nil }
            self = .tag(field: field, tag: tag, add: verb == "tag")
        }
    }
}
