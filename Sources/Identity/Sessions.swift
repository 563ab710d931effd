public import Database
import SQLText
public import Values

/// Sessions of a person, on all devices.
extension Identities {
    /// The open sessions of a user, the latest first.
    public func sessions(of user: RecordID, by actor: Actor, on connection: Connection) throws -> [SessionListing] {
        try requireSelfOrUsers(user, by: actor, on: connection)
        let now = clock.now()
        return try connection.rows(
            """
            SELECT id, created_at, last_seen_at, expires_at, address, device FROM sys_session
            WHERE user_id = \(user) AND state = 'active' AND expires_at > \(now) ORDER BY last_seen_at DESC, id DESC
            """
        ).map { row in
            SessionListing(
                id: RecordID(row.integer(0)),
                createdAt: Instant(milliseconds: row.integer(1)),
                lastSeenAt: Instant(milliseconds: row.integer(2)),
                expiresAt: Instant(milliseconds: row.integer(3)),
                address: row.text(4),
                device: row.text(5)
            )
        }
    }

    /// Ends the session that the actor works in.
    public func signOut(_ actor: Actor, on connection: Connection) throws {
        guard let session = actor.sessionID else { return }
        try connection.run("DELETE FROM sys_session WHERE id = \(session)")
        try record(.session, session, actor.name, .signOut, by: actor, on: connection)
    }

    /// Ends one session of a user.
    public func revokeSession(_ id: RecordID, by actor: Actor, on connection: Connection) throws {
        guard let owner = try connection.row("SELECT user_id FROM sys_session WHERE id = \(id)")?.id(0) else {
            throw Problem.notFound
        }
        if owner != actor.userID, !actor.rights.allows(.users) { throw Problem.notFound }
        try requireSelfOrUsers(owner, by: actor, on: connection)
        try connection.run("DELETE FROM sys_session WHERE id = \(id)")
        let name = try existing(owner, on: connection).name
        try record(.session, id, name, .revoke, by: actor, on: connection)
    }

    /// Ends all sessions of a user; with `keepingOwn` the session that the actor works in stays.
    public func signOutEverywhere(
        _ user: RecordID,
        keepingOwn: Bool = false,
        by actor: Actor,
        on connection: Connection
    ) throws {
        try requireSelfOrUsers(user, by: actor, on: connection)
        try endSessions(of: user, except: keepingOwn ? actor.sessionID : nil, on: connection)
        let name = try existing(user, on: connection).name
        try record(.user, user, name, .signOutEverywhere, by: actor, on: connection)
    }

    /// The attempts to log in, the latest first: of one user, or of everybody for those who manage users or read the
    /// audit log. `before` is the id where the page before ended.
    public func logInHistory(
        of user: RecordID? = nil,
        before: RecordID? = nil,
        limit: Int = 50,
        by actor: Actor,
        on connection: Connection
    ) throws -> [LogInRecord] {
        let isOwn = user != nil && user == actor.userID
        if !isOwn, !actor.rights.allows(.audit) { try actor.require(.users) }
        let whose: SQLFragment = user.map { "user_id = \($0)" } ?? "1 = 1"
        return try connection.rows(
            """
            SELECT id, user_id, email, at, address, device, outcome FROM sys_login
            WHERE \(whose) AND id < \(before?.raw ?? Int64.max) ORDER BY id DESC LIMIT \(max(1, min(limit, 200)))
            """
        ).map { row in
            LogInRecord(
                id: RecordID(row.integer(0)),
                userID: row.id(1),
                email: row.text(2),
                at: Instant(milliseconds: row.integer(3)),
                address: row.text(4),
                device: row.text(5),
                outcome: LogInRecord.Outcome(rawValue: row.text(6)) ?? .wrongPassword
            )
        }
    }

    /// Deletes what has ended: sessions, links and counters of failures. For a nightly job.
    public func sweep(on connection: Connection) throws {
        let now = clock.now()
        try connection.run("DELETE FROM sys_session WHERE expires_at <= \(now)")
        try connection.run("DELETE FROM sys_link WHERE expires_at <= \(now)")
        try Throttle.sweep(at: now, on: connection)
    }
}
