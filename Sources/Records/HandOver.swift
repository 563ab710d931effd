import Database
public import Identity
import SQLText
import Schema
public import Values

/// What a hand-over moved: the number of records by object key.
public struct HandOverReport: Sendable {
    /// Object key, object label and number of records.
    public internal(set) var moved: [(object: String, label: Label, count: Int)] = []

    /// All records moved.
    public var total: Int { moved.reduce(0) { $0 + $1.count } }
}

extension RecordEngine {
    /// Gives everything that a leaver owns to somebody else: records of all objects, in the recycle bin too, person
    /// fields of open records, and what was shared with the leaver. Needs the right to manage users.
    public func handOver(from leaver: RecordID, to heir: RecordID, as actor: Actor) async throws -> HandOverReport {
        try actor.require(.users)
        guard leaver != heir else {
            throw Problem.invalid(
                "to",
                "same_user",
                Label("Choose somebody else as the new owner.", zh: "接收人不能是本人，请选择其他同事。")
            )
        }
        try await read(as: actor) { session in
            let sql: SQLFragment = "SELECT count(*) FROM sys_user WHERE id = \(heir) AND state <> 'disabled'"
            guard try session.connection.value(sql).integer == 1 else {
                throw Problem.invalid(
                    "to",
                    "unknown_link",
                    Label("There is no such active user.", zh: "没有这位用户，或该用户已停用。")
                )
            }
        }
        var report = HandOverReport()
        for object in schema.objects {
            let fields = object.fields.filter { field in
                if case .person = field.kind { return field.key == "owner" || !field.system }
                return false
            }
            var count = 0
            for field in fields { count += try await move(object, field, from: leaver, to: heir, as: actor) }
            if count > 0 { report.moved.append((object.key, object.label, count)) }
        }
        try await write(as: actor) { session in
            try session.connection.run("UPDATE sys_share SET user_id = \(heir) WHERE user_id = \(leaver)")
            var json = JSONWriter()
            json.object { json in
                json.key("from")
                json.id(leaver)
                json.key("to")
                json.id(heir)
            }
            session.pending.audit.append(AuditEntry("hand_over", changes: json.text))
        }
        return report
    }

    private func move(
        _ object: ObjectDefinition,
        _ field: FieldDefinition,
        from leaver: RecordID,
        to heir: RecordID,
        as actor: Actor
    ) async throws -> Int {
        var count = 0
        while true {
            let moved = try await write(as: actor) { session in
                let rows = try session.connection.rows(
                    """
                    SELECT "id", "deleted_at" FROM \(name: object.key) WHERE \(name: field.key) = \(leaver) LIMIT 200
                    """
                )
                for row in rows {
                    guard let id = row.id(0) else { continue }
                    if row[1].isNull {
                        let value = JSONValue.object([.init(key: field.key, value: .string(heir.description))])
                        _ = try session.asSystem { try session.update(object, id, value) }
                    } else {
                        try session.connection.run(
                            "UPDATE \(name: object.key) SET \(name: field.key) = \(heir) WHERE \"id\" = \(id)"
                        )
                    }
                }
                return rows.count
            }
            count += moved
            if moved < 200 { return count }
        }
    }
}
