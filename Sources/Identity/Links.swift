public import Database
import SQLText
public import Values

/// What a one-time link is for.
public enum LinkKind: String, Sendable {
    /// Setting the first password; 72 hours.
    case invite
    /// Setting a new password; 2 hours.
    case reset

    var milliseconds: Int64 { (self == .invite ? 72 : 2) * 3_600_000 }
}

/// What a one-time link leads to.
public struct LinkTarget: Sendable {
    /// What it is for.
    public var kind: LinkKind
    /// Whose password it sets.
    public var user: User
    /// When it stops.
    public var expiresAt: Instant
}

/// One-time links and passwords.
extension Identities {
    /// Makes the token of a one-time link for a user; earlier links of this user stop. It is shown this once.
    public func makeLink(
        _ kind: LinkKind,
        for id: RecordID,
        by actor: Actor,
        on connection: Connection
    ) throws -> String {
        try actor.require(.users)
        let user = try changeable(id, by: actor, on: connection)
        guard user.state != .disabled else {
            throw Problem(
                .conflict,
                "user_disabled",
                Label("This user is disabled. Enable them first.", zh: "该用户已停用，请先启用。")
            )
        }
        let (token, now) = (try Secret.token(), clock.now())
        try connection.run("UPDATE sys_link SET used_at = \(now) WHERE user_id = \(id) AND used_at IS NULL")
        try connection.run(
            """
            INSERT INTO sys_link (id, kind, user_id, token_hash, created_at, created_by, expires_at)
            VALUES (\(ids.next()), \(kind.rawValue), \(id), \(SQLValue.blob(Secret.hash(token))), \(now),
                \(actor.userID), \(now.adding(milliseconds: kind.milliseconds)))
            """
        )
        try note(.user, id, user.name, kind == .invite ? .invite : .resetLink, by: actor, on: connection)
        return token
    }

    /// What a link leads to. Throws `notFound` when it was used, has stopped or never was.
    public func link(_ token: String, on connection: Connection) throws -> LinkTarget {
        let row = try connection.row(
            """
            SELECT kind, user_id, expires_at FROM sys_link
            WHERE token_hash = \(SQLValue.blob(Secret.hash(token))) AND used_at IS NULL AND expires_at > \(clock.now())
            """
        )
        guard let row, let id = row.id(1), let kind = LinkKind(rawValue: row.text(0)),
            let user = try user(id, on: connection), user.state != .disabled
        else { throw Problem.linkExpired }
        return LinkTarget(kind: kind, user: user, expiresAt: Instant(milliseconds: row.integer(2)))
    }

    /// Stores a password's hash, as `PasswordHash` made it: an invited user becomes active, sessions other than the
    /// actor's end, links stop. Needs the right to manage users; people change their own with `LogIn.changePassword`.
    public func setPassword(
        hash: String,
        of id: RecordID,
        by actor: Actor,
        on connection: Connection
    ) throws {
        try actor.require(.users)
        _ = try changeable(id, by: actor, on: connection)
        try storePassword(hash, of: id, by: actor, on: connection)
    }

    func storePassword(_ hash: String, of id: RecordID, by actor: Actor, on connection: Connection) throws {
        let (old, now) = (try existing(id, on: connection), clock.now())
        try connection.run(
            """
            INSERT INTO sys_credential (user_id, password, changed_at) VALUES (\(id), \(hash), \(now))
            ON CONFLICT (user_id) DO UPDATE SET password = excluded.password, changed_at = excluded.changed_at
            """
        )
        try connection.run("UPDATE sys_link SET used_at = \(now) WHERE user_id = \(id) AND used_at IS NULL")
        try endSessions(of: id, except: actor.sessionID, on: connection)
        if old.state == .invited {
            var new = old
            new.state = .active
            _ = try store(new, was: old, .enable, by: actor, on: connection)
        }
        try record(.user, id, old.name, .passwordSet, by: actor, on: connection)
    }
}

extension Problem {
    /// The one-time link was used, has stopped or never was.
    public static let linkExpired = Problem(
        .notFound,
        "link_expired",
        Label(
            "This link was used already or is too old. Ask an administrator for a new one.",
            zh: "链接已使用或已过期，请联系管理员重新获取。"
        )
    )
}
