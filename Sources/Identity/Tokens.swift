import Database
import SQLText
import Values

/// Who a token belongs to. Asked on every request, so the answer is remembered until somebody's rights change.
extension LogIn {
    /// The session of a cookie; nil when there is none, it has ended, or the person may no longer log in.
    public func session(_ token: String) async throws -> OpenSession? {
        guard token.utf8.count == 43 else { return nil }
        return try await known(token) { connection, hash in
            try self.loadSession(token, hash, on: connection)
        } used: { connection, id, now in
            try connection.run(
                "UPDATE sys_session SET last_seen_at = \(now) WHERE id = \(id) AND last_seen_at < \(now)"
            )
        }
    }

    /// The actor of a session's cookie; nil when there is none.
    public func actor(session token: String) async throws -> Actor? { try await session(token)?.actor }

    /// The actor of an API key, with the rights that its owner and its scopes both give; nil when it does not work.
    public func apiKey(_ token: String) async throws -> Actor? {
        guard token.utf8.count == 46, token.hasPrefix("kh_") else { return nil }
        return try await known(token) { connection, hash in
            try self.loadKey(hash, on: connection)
        } used: { connection, id, now in
            try connection.run(
                """
                UPDATE sys_api_key SET last_used_at = \(now)
                WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at < \(now))
                """
            )
        }?.actor
    }

    private func known(
        _ token: String,
        load: @escaping @Sendable (Connection, [UInt8]) throws -> AccessCache.Entry?,
        used: @escaping @Sendable (Connection, RecordID, Instant) throws -> Void
    ) async throws -> OpenSession? {
        let hash = Secret.hash(token)
        let now = identities.clock.now()
        try await noticeOtherProcesses(at: now)
        var entry = cache.entry(hash)
        if !(entry.map { identities.freshness.isCurrent($0.version) } ?? false) {
            guard let loaded = try await identities.database.read({ try load($0, hash) }) else {
                cache.forget(hash)
                return nil
            }
            cache.keep(loaded, for: hash)
            entry = cache.entry(hash) ?? loaded
        }
        guard let entry, entry.endsAt.map({ $0 > now }) ?? true, isInUse(entry, at: now) else { return nil }
        if cache.touch(hash, at: now) {
            // Nobody waits for this, and a use that is not noted does no harm.
            Task { [database = identities.database, id = entry.session.id] in
                try? await database.writeAside { try used($0, id, now) }
            }
        }
        return entry.session
    }

    private func isInUse(_ entry: AccessCache.Entry, at now: Instant) -> Bool {
        entry.session.actor.keyID != nil || now.milliseconds - entry.seenAt.milliseconds < rules.idle
    }

    private func noticeOtherProcesses(at now: Instant) async throws {
        guard identities.freshness.wantsCheck(at: now) else { return }
        let version = try await identities.database.read { try storedVersion(on: $0) }
        identities.freshness.observe(version, at: now)
    }

    private func loadSession(
        _ token: String,
        _ hash: [UInt8],
        on connection: Connection
    ) throws -> AccessCache.Entry? {
        let version = try storedVersion(on: connection)
        let row = try connection.row(
            """
            SELECT id, user_id, last_seen_at, expires_at FROM sys_session
            WHERE token_hash = \(SQLValue.blob(hash)) AND state = 'active'
            """
        )
        guard let row, let id = row.id(0), let user = row.id(1),
            var actor = try identities.actor(for: user, origin: .page, on: connection)
        else { return nil }
        actor.sessionID = id
        let (seen, end) = (Instant(milliseconds: row.integer(2)), Instant(milliseconds: row.integer(3)))
        let session = OpenSession(id: id, actor: actor, csrf: csrf(ofToken: token), expiresAt: end)
        return AccessCache.Entry(session: session, version: version, endsAt: end, seenAt: seen, storedAt: seen)
    }

    private func loadKey(_ hash: [UInt8], on connection: Connection) throws -> AccessCache.Entry? {
        let version = try storedVersion(on: connection)
        let row = try connection.row(
            """
            SELECT id, user_id, scopes, expires_at, last_used_at FROM sys_api_key
            WHERE token_hash = \(SQLValue.blob(hash)) AND revoked_at IS NULL
            """
        )
        guard let row, let id = row.id(0), let user = row.id(1),
            var actor = try identities.actor(for: user, origin: .api, on: connection)
        else { return nil }
        actor.keyID = id
        actor.rights = actor.rights.intersection(try KeyScopes(json: JSONReader.parse(row.text(2))).limit)
        let used = row.instant(4) ?? Instant(milliseconds: 0)
        let session = OpenSession(id: id, actor: actor, csrf: "", expiresAt: row.instant(3) ?? used)
        return AccessCache.Entry(
            session: session,
            version: version,
            endsAt: row.instant(3),
            seenAt: used,
            storedAt: used
        )
    }
}

private func storedVersion(on connection: Connection) throws -> Int64 {
    try connection.value("SELECT version FROM sys_identity WHERE id = 1").integer ?? 0
}
