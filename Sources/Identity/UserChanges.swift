public import Database
import SQLText
public import Values

/// Making and changing users.
extension Identities {
    /// Makes a user without a password: invited until one is set.
    @discardableResult
    public func addUser(_ new: NewUser, by actor: Actor, on connection: Connection) throws -> User {
        try actor.require(.users)
        let email = try checkedEmail(new.email)
        let name = try checkedName(new.name)
        let zone = try checkedTimeZone(new.timeZone)
        try requireFree(email: email, except: nil, on: connection)
        try requireTeam(new.team, on: connection)
        try requireCover(of: rights(ofRoles: new.roles, on: connection), by: actor)
        let (id, now) = (ids.next(), clock.now())
        try connection.run(
            """
            INSERT INTO sys_user
                (id, email, name, name_sort, team, language, time_zone, state, created_at, updated_at, version)
            VALUES (\(id), \(email), \(name), \(sortKey(name)), \(new.team), \(new.language.rawValue), \(zone),
                'invited', \(now), \(now), 1)
            """
        )
        try setRoles(new.roles, of: id, on: connection)
        let user = try existing(id, on: connection)
        try record(
            .user,
            id,
            name,
            .create,
            after: try description(of: user, on: connection),
            by: actor,
            on: connection
        )
        return user
    }

    /// Changes a user. `version`, where it is given, must be the one that was read. New roles end the person's sessions.
    @discardableResult
    public func updateUser(
        _ id: RecordID,
        _ patch: UserPatch,
        version: Int64? = nil,
        by actor: Actor,
        on connection: Connection
    ) throws -> User {
        try actor.require(.users)
        let old = try changeable(id, version: version, by: actor, on: connection)
        var new = old
        if let email = patch.email { new.email = try checkedEmail(email) }
        if let name = patch.name { new.name = try checkedName(name) }
        if let zone = patch.timeZone { new.timeZone = try checkedTimeZone(zone) }
        if let language = patch.language { new.language = language }
        if let team = patch.team { new.team = team }
        if let roles = patch.roles { new.roles = Array(Set(roles)).sorted() }
        guard new != old else { return old }
        if new.email != old.email { try requireFree(email: new.email, except: id, on: connection) }
        if new.team != old.team { try requireTeam(new.team, on: connection) }
        if new.roles != old.roles {
            try requireCover(of: rights(ofRoles: new.roles, on: connection), by: actor)
            try keepingAnAdministrator(on: connection) { try setRoles(new.roles, of: id, on: connection) }
            try endSessions(of: id, except: actor.sessionID, on: connection)
        }
        return try store(new, was: old, .update, by: actor, on: connection)
    }

    /// Changes one's own language and time zone; needs no right.
    @discardableResult
    public func setPreferences(
        language: Language? = nil,
        timeZone: String? = nil,
        by actor: Actor,
        on connection: Connection
    ) throws -> User {
        guard let id = actor.userID else { throw Problem.notFound }
        let old = try existing(id, on: connection)
        var new = old
        if let language { new.language = language }
        if let timeZone { new.timeZone = try checkedTimeZone(timeZone) }
        return new == old ? old : try store(new, was: old, .update, by: actor, on: connection)
    }

    /// Takes the log-in from a user: sessions end and API keys stop at once. What the person owns stays theirs until
    /// it is handed over.
    @discardableResult
    public func disableUser(
        _ id: RecordID,
        version: Int64? = nil,
        by actor: Actor,
        on connection: Connection
    ) throws -> User {
        try actor.require(.users)
        let old = try changeable(id, version: version, by: actor, on: connection)
        guard old.state != .disabled else { return old }
        var new = old
        new.state = .disabled
        var stored = old
        try keepingAnAdministrator(on: connection) {
            stored = try store(new, was: old, .disable, by: actor, on: connection)
        }
        try endSessions(of: id, except: nil, on: connection)
        let now = clock.now()
        try connection.run("UPDATE sys_api_key SET revoked_at = \(now) WHERE user_id = \(id) AND revoked_at IS NULL")
        try connection.run("UPDATE sys_link SET used_at = \(now) WHERE user_id = \(id) AND used_at IS NULL")
        return stored
    }

    /// Gives the log-in back. API keys stay revoked.
    @discardableResult
    public func enableUser(
        _ id: RecordID,
        version: Int64? = nil,
        by actor: Actor,
        on connection: Connection
    ) throws -> User {
        try actor.require(.users)
        let old = try changeable(id, version: version, by: actor, on: connection)
        guard old.state == .disabled else { return old }
        var new = old
        let hasPassword = try connection.value(
            "SELECT 1 FROM sys_credential WHERE user_id = \(id) AND password IS NOT NULL"
        )
        new.state = hasPassword.isNull ? .invited : .active
        return try store(new, was: old, .enable, by: actor, on: connection)
    }

    /// The user, or `notFound`.
    func existing(_ id: RecordID, on connection: Connection) throws -> User {
        guard let user = try user(id, on: connection) else { throw Problem.notFound }
        return user
    }

    /// The user, if the actor may change a person with such rights and has seen the present version.
    func changeable(
        _ id: RecordID,
        version: Int64? = nil,
        by actor: Actor,
        on connection: Connection
    ) throws -> User {
        let user = try existing(id, on: connection)
        try requireCover(of: rights(ofRoles: user.roles, on: connection), by: actor)
        if let version, version != user.version { throw Problem.stale }
        return user
    }

    /// Ends the sessions of a user; `except` is left open.
    func endSessions(of user: RecordID, except session: RecordID?, on connection: Connection) throws {
        try connection.run("DELETE FROM sys_session WHERE user_id = \(user) AND id <> \(session?.raw ?? 0)")
        try changed(on: connection)
    }

    /// Writes a changed user and its audit entry.
    func store(
        _ new: User,
        was old: User,
        _ action: IdentityChange.Action,
        by actor: Actor,
        on connection: Connection
    ) throws -> User {
        try connection.run(
            """
            UPDATE sys_user SET email = \(new.email), name = \(new.name), name_sort = \(sortKey(new.name)),
                team = \(new.team), language = \(new.language.rawValue), time_zone = \(new.timeZone),
                state = \(new.state.rawValue), updated_at = \(clock.now()), version = version + 1
            WHERE id = \(new.id)
            """
        )
        let stored = try existing(new.id, on: connection)
        let (before, after) = differences(
            try description(of: old, on: connection),
            try description(of: stored, on: connection)
        )
        try record(.user, new.id, new.name, action, before: before, after: after, by: actor, on: connection)
        return stored
    }

    private func setRoles(_ roles: [RecordID], of user: RecordID, on connection: Connection) throws {
        try connection.run("DELETE FROM sys_user_role WHERE user_id = \(user)")
        for role in Set(roles).sorted() {
            try connection.run("INSERT INTO sys_user_role (user_id, role) VALUES (\(user), \(role))")
        }
    }

    private func requireFree(email: String, except id: RecordID?, on connection: Connection) throws {
        let other = try connection.value("SELECT id FROM sys_user WHERE email = \(email) AND id <> \(id?.raw ?? 0)")
        guard other.isNull else {
            throw Problem.invalid(
                "email",
                "not_unique",
                Label("Somebody already uses this e-mail address.", zh: "该邮箱已被其他用户使用。")
            )
        }
    }

    private func requireTeam(_ team: RecordID?, on connection: Connection) throws {
        guard let team else { return }
        let found = try connection.value("SELECT 1 FROM sys_team WHERE id = \(team) AND deleted_at IS NULL")
        guard !found.isNull else {
            throw Problem.invalid("team", "unknown_team", Label("There is no such team.", zh: "没有这个团队。"))
        }
    }

    private func description(of user: User, on connection: Connection) throws -> JSONValue {
        let roles = try self.roles(on: connection).filter { user.roles.contains($0.id) }.map(\.key)
        return .object([
            .init(key: "email", value: .string(user.email)),
            .init(key: "name", value: .string(user.name)),
            .init(key: "team", value: user.team.map { .string($0.description) } ?? .null),
            .init(key: "roles", value: .array(roles.map(JSONValue.string))),
            .init(key: "language", value: .string(user.language.rawValue)),
            .init(key: "time_zone", value: .string(user.timeZone)),
            .init(key: "state", value: .string(user.state.rawValue)),
        ])
    }
}

/// The members that differ, before and after.
func differences(_ before: JSONValue, _ after: JSONValue) -> (JSONValue, JSONValue) {
    let (old, new) = (before.members ?? [], after.members ?? [])
    return (
        .object(old.filter { after[$0.key] != $0.value }), .object(new.filter { before[$0.key] != $0.value })
    )
}
