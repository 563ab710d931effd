import Database
import Identity
import SQLText
public import Schema
public import Values

/// A record given to a person or a team beyond what roles say.
public struct Share: Sendable {
    /// The share's id.
    public let id: RecordID
    /// The person, or nil.
    public let user: RecordID?
    /// The team, or nil.
    public let team: RecordID?
    /// The person's or team's name.
    public let name: String
    /// Whether it may be changed, not only seen.
    public let canEdit: Bool
}

extension ReadSession {
    /// With whom a record is shared.
    public func shares(_ object: ObjectDefinition, _ id: RecordID) throws -> [Share] {
        _ = try find(object, id)
        return try connection.rows(
            """
            SELECT s.id, s.user_id, s.team_id, coalesce(u.name, m.name, ''), s.can_edit FROM sys_share s
            LEFT JOIN sys_user u ON u.id = s.user_id LEFT JOIN sys_team m ON m.id = s.team_id
            WHERE s.object = \(object.key) AND s.record = \(id) ORDER BY s.id
            """
        ).compactMap { row in
            row.id(0).map {
                Share(id: $0, user: row.id(1), team: row.id(2), name: row.text(3), canEdit: row.integer(4) == 1)
            }
        }
    }

    /// The entries of the audit log about a record that the actor may read, newest first, without fields that they
    /// may not read; those of records that were merged into it are among them. `before` is the number of the last
    /// entry of the page before.
    public func history(
        _ object: ObjectDefinition,
        _ id: RecordID,
        limit: Int = 50,
        before: Int64? = nil
    ) throws -> [AuditRow] {
        if try row(object, id, for: .read) == nil, try row(object, id, for: .read, deleted: true) == nil {
            throw Problem.notFound
        }
        try (self as? WriteSession)?.finish()
        let readable = try readableKeys(object, record: id)
        let merged = try merges("survivor = \(id) AND object = \(object.key) AND undone_at IS NULL").flatMap(\.others)
        let records = ([id] + merged).map { SQLValue.integer($0.raw) }
        let rows = try AuditRow.rows(
            where: "object = \(object.key) AND record IN \(list: records) AND seq < \(before ?? Int64.max)",
            limit: limit,
            on: connection
        )
        return try rows.map { row in
            var row = row
            guard let text = row.changes, case .object(let members) = try JSONReader.parse(text) else { return row }
            let isAboutFile = row.action == "attach" || row.action == "detach"
            row.changes = JSONValue.object(members.filter { isAboutFile || readable.contains($0.key) }).text
            return row
        }
    }

    /// The whole audit log, newest first. Needs the right to read it.
    public func auditLog(
        user: RecordID? = nil,
        action: String? = nil,
        limit: Int = 50,
        before: Int64? = nil
    ) throws -> [AuditRow] {
        try actor.require(.audit)
        var condition: SQLFragment = "seq < \(before ?? Int64.max)"
        if let user { condition += " AND actor = \(user)" }
        if let action { condition += " AND action = \(action)" }
        try (self as? WriteSession)?.finish()
        return try AuditRow.rows(where: condition, limit: limit, on: connection)
    }
}

/// An entry of the audit log, as it is read.
public struct AuditRow: Sendable {
    /// Its number in the chain.
    public let seq: Int64
    /// When.
    public let at: Instant
    /// Who; nil for the system.
    public let actor: RecordID?
    /// The name of who.
    public let actorName: String
    /// From where: `page`, `api`, `import:ID` …
    public let origin: String
    /// The network address.
    public let address: String?
    /// What was done.
    public let action: String
    /// The object concerned.
    public let object: String?
    /// The record concerned.
    public let record: RecordID?
    /// JSON: a member per field with `[before, after]`.
    public var changes: String?

    /// Writes it as the API shows it.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("seq", seq)
            json.member("at", at.description)
            json.key("actor")
            json.object { json in
                json.member("id", actor?.description)
                json.member("name", actorName)
            }
            json.member("origin", origin)
            json.member("address", address)
            json.member("action", action)
            json.member("object", object)
            json.member("record", record?.description)
            json.key("changes")
            if let changes = changes { json.raw(changes) } else { json.null() }
        }
    }

    static func rows(where condition: SQLFragment, limit: Int, on connection: Connection) throws -> [AuditRow] {
        try connection.rows(
            """
            SELECT seq, at, actor, actor_name, origin, address, action, object, record, changes FROM sys_audit
            WHERE \(condition) ORDER BY seq DESC LIMIT \(max(1, min(limit, 200)))
            """
        ).map { row in
            AuditRow(
                seq: row.integer(0),
                at: Instant(milliseconds: row.integer(1)),
                actor: row.id(2),
                actorName: row.text(3),
                origin: row.text(4),
                address: row[5].text,
                action: row.text(6),
                object: row[7].text,
                record: row.id(8),
                changes: row[9].text
            )
        }
    }
}

extension WriteSession {
    /// Shares a record with a person or a team. Who may change a record may share it.
    public func share(
        _ object: ObjectDefinition,
        _ id: RecordID,
        user: RecordID?,
        team: RecordID?,
        canEdit: Bool
    ) throws {
        guard try row(object, id, for: .read) != nil else { throw Problem.notFound }
        guard try row(object, id, for: .update) != nil else { throw mayNotShare }
        guard (user == nil) != (team == nil) else {
            throw Problem.invalid("user", "required", Label("Name a person or a team.", zh: "请选择一位同事或一个团队。"))
        }
        let known: SQLFragment =
            user.map { "SELECT 1 FROM sys_user WHERE id = \($0) AND state <> 'disabled'" }
            ?? "SELECT 1 FROM sys_team WHERE id = \(team)"
        guard try connection.row(known) != nil else {
            throw Problem.invalid("user", "unknown_link", Label("There is no such person or team.", zh: "没有这位同事或这个团队。"))
        }
        try connection.run(
            """
            DELETE FROM sys_share WHERE object = \(object.key) AND record = \(id) AND user_id IS NOT DISTINCT FROM \(user)
            AND team_id IS NOT DISTINCT FROM \(team)
            """
        )
        try connection.run(
            """
            INSERT INTO sys_share (id, object, record, user_id, team_id, can_edit, created_at, created_by) VALUES
            (\(engine.ids.next()), \(object.key), \(id), \(user), \(team), \(canEdit ? 1 : 0), \(now), \(actor.userID))
            """
        )
        note("share", object, id, user ?? team, canEdit)
    }

    /// Takes a share back.
    public func unshare(_ object: ObjectDefinition, _ id: RecordID, _ share: RecordID) throws {
        guard let present = try shares(object, id).first(where: { $0.id == share }) else { throw Problem.notFound }
        guard try row(object, id, for: .update) != nil else { throw mayNotShare }
        try connection.run("DELETE FROM sys_share WHERE id = \(share)")
        note("unshare", object, id, present.user ?? present.team, present.canEdit)
    }

    private var mayNotShare: Problem {
        .forbidden(Label("Who may change a record may share it; you may not.", zh: "只有能编辑这条记录的人才能共享它。"))
    }

    private func note(
        _ action: String,
        _ object: ObjectDefinition,
        _ id: RecordID,
        _ with: RecordID?,
        _ canEdit: Bool
    ) {
        var json = JSONWriter()
        json.object { json in
            json.member("with", with?.description)
            json.member("can_edit", canEdit)
        }
        pending.audit.append(AuditEntry(action, object: object.key, record: id, changes: json.text))
    }
}
