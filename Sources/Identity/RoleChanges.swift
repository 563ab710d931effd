public import Database
import SQLText
public import Values

/// Reading, making and changing roles.
extension Identities {
    /// Makes the built-in roles that are missing; a role that was changed stays as it is.
    public func seedRoles(on connection: Connection) throws {
        for role in BuiltInRole.all where try self.role(key: role.key, on: connection) == nil {
            try insert(role.key, role.label, role.rights, by: .system("setup"), on: connection)
        }
    }

    /// All roles, in the order they were made.
    public func roles(on connection: Connection) throws -> [Role] { try roles(where: "1 = 1", on: connection) }

    /// The role of that id; nil if there is none.
    public func role(_ id: RecordID, on connection: Connection) throws -> Role? {
        try roles(where: "id = \(id)", on: connection).first
    }

    /// The role of that key; nil if there is none.
    public func role(key: String, on connection: Connection) throws -> Role? {
        try roles(where: "key = \(key)", on: connection).first
    }

    /// Makes a role.
    @discardableResult
    public func addRole(
        key: String,
        label: Label,
        rights: Rights,
        by actor: Actor,
        on connection: Connection
    ) throws -> Role {
        try actor.require(.users)
        try requireCover(of: rights, by: actor)
        guard isKey(key) else {
            throw Problem.invalid(
                "key",
                "bad_key",
                Label("Use small letters, digits and underscores, a letter first.", zh: "请使用小写字母、数字和下划线，并以字母开头。")
            )
        }
        guard try role(key: key, on: connection) == nil else {
            throw Problem.invalid("key", "not_unique", Label("There already is a role «\(key)».", zh: "角色“\(key)”已存在。"))
        }
        return try insert(key, checked(label), rights, by: actor, on: connection)
    }

    /// Changes a role; its people have the new rights at once. The administrator's role cannot be changed.
    @discardableResult
    public func updateRole(
        _ id: RecordID,
        label: Label? = nil,
        rights: Rights? = nil,
        version: Int64? = nil,
        by actor: Actor,
        on connection: Connection
    ) throws -> Role {
        try actor.require(.users)
        let old = try changeableRole(id, by: actor, on: connection)
        if let version, version != old.version { throw Problem.stale }
        let newLabel = try checked(label ?? old.label)
        let newRights = rights ?? old.rights
        guard newLabel != old.label || newRights != old.rights else { return old }
        try requireCover(of: newRights, by: actor)
        try keepingAnAdministrator(on: connection) {
            try connection.run(
                """
                UPDATE sys_role SET label_en = \(newLabel.en), label_zh = \(newLabel.zh),
                    definition = \(newRights.json.text), updated_at = \(clock.now()), version = version + 1
                WHERE id = \(id)
                """
            )
        }
        guard let new = try role(id, on: connection) else { throw Problem.notFound }
        let (before, after) = differences(description(of: old), description(of: new))
        try record(.role, id, old.key, .update, before: before, after: after, by: actor, on: connection)
        return new
    }

    /// Deletes a role that nobody has.
    public func deleteRole(_ id: RecordID, by actor: Actor, on connection: Connection) throws {
        try actor.require(.users)
        let role = try changeableRole(id, by: actor, on: connection)
        let users = try connection.value("SELECT count(*) FROM sys_user_role WHERE role = \(id)").integer ?? 0
        guard users == 0 else {
            throw Problem(
                .conflict,
                "role_in_use",
                Label(
                    "\(users) users have this role. Give them another one first.",
                    zh: "有 \(users) 名用户正在使用该角色，请先为他们更换角色。"
                )
            )
        }
        try connection.run("DELETE FROM sys_role WHERE id = \(id)")
        try record(.role, id, role.key, .delete, before: description(of: role), by: actor, on: connection)
    }

    /// What these roles allow together. Throws when one of them does not exist.
    func rights(ofRoles ids: [RecordID], on connection: Connection) throws -> Rights {
        let wanted = Set(ids)
        let found = try roles(where: "id IN \(list: wanted.sorted().map { SQLValue($0) })", on: connection)
        guard found.count == wanted.count else {
            throw Problem.invalid("roles", "unknown_role", Label("There is no such role.", zh: "没有这个角色。"))
        }
        return found.reduce(Rights()) { $0.union($1.rights) }
    }

    private func changeableRole(_ id: RecordID, by actor: Actor, on connection: Connection) throws -> Role {
        guard let role = try role(id, on: connection) else { throw Problem.notFound }
        try requireCover(of: role.rights, by: actor)
        guard !role.isAdministrator else {
            throw Problem(
                .conflict,
                "administrator_role",
                Label(
                    "The administrator's role cannot be changed. Make a role of your own instead.",
                    zh: "管理员角色不可修改或删除，请另建角色。"
                )
            )
        }
        return role
    }

    private func roles(where condition: SQLFragment, on connection: Connection) throws -> [Role] {
        try connection.rows(
            """
            SELECT id, key, label_en, label_zh, definition, created_at, updated_at, version FROM sys_role
            WHERE \(condition) ORDER BY id
            """
        ).map { row in
            Role(
                id: RecordID(row.integer(0)),
                key: row.text(1),
                label: Label(row.text(2), zh: row.text(3)),
                rights: try Rights(text: row.text(4)),
                createdAt: Instant(milliseconds: row.integer(5)),
                updatedAt: Instant(milliseconds: row.integer(6)),
                version: row.integer(7)
            )
        }
    }

    @discardableResult
    private func insert(
        _ key: String,
        _ label: Label,
        _ rights: Rights,
        by actor: Actor,
        on connection: Connection
    ) throws -> Role {
        let (id, now) = (ids.next(), clock.now())
        try connection.run(
            """
            INSERT INTO sys_role (id, key, label_en, label_zh, definition, created_at, updated_at, version)
            VALUES (\(id), \(key), \(label.en), \(label.zh), \(rights.json.text), \(now), \(now), 1)
            """
        )
        guard let role = try role(id, on: connection) else { throw Problem.notFound }
        try record(.role, id, key, .create, after: description(of: role), by: actor, on: connection)
        return role
    }

    private func checked(_ label: Label) throws -> Label {
        Label(try checkedName(label.en, field: "label_en"), zh: try checkedName(label.zh, field: "label_zh"))
    }

    private func description(of role: Role) -> JSONValue {
        .object([
            .init(key: "key", value: .string(role.key)),
            .init(key: "label_en", value: .string(role.label.en)),
            .init(key: "label_zh", value: .string(role.label.zh)),
            .init(key: "definition", value: role.rights.json),
        ])
    }
}
