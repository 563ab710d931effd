public import Database
import SQLText
public import Values

/// Keys for programs that act as a person.
extension Identities {
    /// Makes a key for a user; the token is shown this once. Only a person who is logged in makes keys for
    /// themselves, so that a narrow key cannot make a wide one.
    public func addKey(
        for user: RecordID,
        name: String,
        scopes: KeyScopes = .full,
        expiresAt: Instant? = nil,
        by actor: Actor,
        on connection: Connection
    ) throws -> (key: APIKey, token: String) {
        try requireSelfOrUsers(user, by: actor, on: connection)
        let now = clock.now()
        let owner = try existing(user, on: connection)
        guard owner.state != .disabled else {
            throw Problem(
                .conflict,
                "user_disabled",
                Label("This user is disabled. Enable them first.", zh: "该用户已停用，请先启用。")
            )
        }
        if let expiresAt, expiresAt <= now {
            throw Problem.invalid(
                "expires_at",
                "in_the_past",
                Label("Choose a moment in the future.", zh: "请选择将来的时间。")
            )
        }
        let token = "kh_" + (try Secret.token())
        let key = APIKey(
            id: ids.next(),
            userID: user,
            name: try checkedName(name),
            prefix: String(token.prefix(9)),
            scopes: scopes,
            createdAt: now,
            expiresAt: expiresAt,
            lastUsedAt: nil,
            revokedAt: nil
        )
        try connection.run(
            """
            INSERT INTO sys_api_key (id, user_id, name, prefix, token_hash, scopes, created_at, expires_at)
            VALUES (\(key.id), \(user), \(key.name), \(key.prefix), \(SQLValue.blob(Secret.hash(token))),
                \(scopes.json.text), \(now), \(expiresAt))
            """
        )
        let after = JSONValue.object([
            .init(key: "user", value: .string(user.description)), .init(key: "name", value: .string(key.name)),
            .init(key: "prefix", value: .string(key.prefix)), .init(key: "scopes", value: scopes.json),
            .init(key: "expires_at", value: expiresAt.map { .string($0.description) } ?? .null),
        ])
        try note(.apiKey, key.id, key.name, .create, after: after, by: actor, on: connection)
        return (key, token)
    }

    /// The keys of a user, the latest first, revoked ones too.
    public func keys(of user: RecordID, by actor: Actor, on connection: Connection) throws -> [APIKey] {
        try requireSelfOrUsers(user, by: actor, on: connection)
        return try keys(where: "user_id = \(user)", on: connection)
    }

    /// The keys of everybody that still work, the latest first, at most `limit`. Needs the right to manage users.
    public func workingKeys(limit: Int, by actor: Actor, on connection: Connection) throws -> [APIKey] {
        try actor.require(.users)
        let now = clock.now()
        return try keys(
            where: "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > \(now))",
            limit: limit,
            on: connection
        )
    }

    /// Stops a key at once.
    public func revokeKey(_ id: RecordID, by actor: Actor, on connection: Connection) throws {
        guard let key = try keys(where: "id = \(id)", on: connection).first else { throw Problem.notFound }
        if key.userID != actor.userID, !actor.rights.allows(.users) { throw Problem.notFound }
        // A key may stop itself: whoever finds it leaked should be able to.
        if actor.keyID != id { try requireSelfOrUsers(key.userID, by: actor, on: connection) }
        guard key.revokedAt == nil else { return }
        try connection.run("UPDATE sys_api_key SET revoked_at = \(clock.now()) WHERE id = \(id)")
        try record(.apiKey, id, key.name, .revoke, by: actor, on: connection)
    }

    private func keys(
        where condition: SQLFragment,
        limit: Int = 1000,
        on connection: Connection
    ) throws -> [APIKey] {
        try connection.rows(
            """
            SELECT id, user_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at FROM sys_api_key
            WHERE \(condition) ORDER BY id DESC LIMIT \(limit)
            """
        ).map { row in
            APIKey(
                id: RecordID(row.integer(0)),
                userID: RecordID(row.integer(1)),
                name: row.text(2),
                prefix: row.text(3),
                scopes: try KeyScopes(json: JSONReader.parse(row.text(4))),
                createdAt: Instant(milliseconds: row.integer(5)),
                expiresAt: row.instant(6),
                lastUsedAt: row.instant(7),
                revokedAt: row.instant(8)
            )
        }
    }
}

extension Row {
    /// The instant of a column; nil for null.
    func instant(_ index: Int) -> Instant? { self[index].integer.map { Instant(milliseconds: $0) } }
}
