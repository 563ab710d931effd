public import Database
import SQLText
public import Values

/// The people, teams and roles of a workspace.
///
/// Every change takes the actor and needs the right to manage users. Functions with `on connection:` run in the
/// caller's transaction, so that the audit entry is in it too:
/// `try await database.write { try identities.addUser(new, by: actor, on: $0) }`.
public final class Identities: Sendable {
    /// The workspace's database.
    public let database: Database
    let ids: IDSource
    let clock: Clock
    let sortKey: @Sendable (String) -> String
    let audit: IdentityAudit
    let box: SecretBox?
    let freshness = Freshness()

    /// The identities of one workspace. `sortKey` makes the text by which names are ordered; `audit` writes every
    /// change to the audit log; `box` encrypts secrets that are stored.
    public init(
        database: Database,
        ids: IDSource,
        clock: Clock = .system,
        sortKey: @escaping @Sendable (String) -> String = { Fold.fold($0) },
        audit: @escaping IdentityAudit = { _, _ in },
        box: SecretBox? = nil
    ) {
        self.database = database
        self.ids = ids
        self.clock = clock
        self.sortKey = sortKey
        self.audit = audit
        self.box = box
        database.news.follow(.people) { [freshness] in freshness.doubt() }
    }

    /// Writes a change to the audit log and makes everybody's cached rights stale.
    func record(
        _ subject: IdentityChange.Subject,
        _ id: RecordID,
        _ name: String,
        _ action: IdentityChange.Action,
        before: JSONValue = .null,
        after: JSONValue = .null,
        by actor: Actor,
        on connection: Connection
    ) throws {
        try changed(on: connection)
        try note(subject, id, name, action, before: before, after: after, by: actor, on: connection)
    }

    /// Writes to the audit log what changes nobody's rights.
    func note(
        _ subject: IdentityChange.Subject,
        _ id: RecordID,
        _ name: String,
        _ action: IdentityChange.Action,
        before: JSONValue = .null,
        after: JSONValue = .null,
        by actor: Actor,
        on connection: Connection
    ) throws {
        let change = IdentityChange(
            subject: subject,
            id: id,
            name: name,
            action: action,
            before: before,
            after: after,
            actor: actor,
            at: clock.now()
        )
        try audit(change, connection)
    }

    /// Raises the version of all identities: what sessions and keys have cached no longer counts.
    func changed(on connection: Connection) throws {
        let version = try connection.value(
            "UPDATE sys_identity SET version = version + 1 WHERE id = 1 RETURNING version"
        )
        freshness.expect(version.integer ?? 0, at: clock.now())
        connection.tell(.people)
    }

    /// Refuses a change that leaves the workspace without an administrator who can log in.
    func keepingAnAdministrator(on connection: Connection, _ body: () throws -> Void) throws {
        let before = try administrators(on: connection)
        try body()
        guard before > 0, try administrators(on: connection) == 0 else { return }
        throw Problem(
            .conflict,
            "last_administrator",
            Label(
                "This is the last administrator. Make somebody else an administrator first.",
                zh: "这是最后一位管理员，请先指定另一位管理员。"
            )
        )
    }

    private func administrators(on connection: Connection) throws -> Int64 {
        let roles = try self.roles(on: connection).filter(\.rights.everything).map { SQLValue($0.id) }
        return try connection.value(
            """
            SELECT count(DISTINCT u.id) FROM sys_user u JOIN sys_user_role r ON r.user_id = u.id
            WHERE u.state = 'active' AND r.role IN \(list: roles)
            """
        ).integer ?? 0
    }

    /// The actor's own user, for what a person does for themselves; programs with an API key may not.
    func person(_ actor: Actor) throws -> RecordID {
        guard let id = actor.userID, actor.keyID == nil else {
            throw Problem.forbidden(
                Label("Log in yourself to do this; an API key cannot.", zh: "请本人登录后操作，API 密钥不能执行此操作。")
            )
        }
        return id
    }

    /// Lets people act on themselves, and those who manage users on people with no more rights than their own; a program
    /// with a key counts as the latter.
    public func requireSelfOrUsers(_ user: RecordID, by actor: Actor, on connection: Connection) throws {
        if actor.userID == user, actor.keyID == nil { return }
        try actor.require(.users)
        _ = try changeable(user, by: actor, on: connection)
    }

    /// Refuses to hand out rights that the actor does not have.
    func requireCover(of rights: Rights, by actor: Actor) throws {
        guard actor.rights.covers(rights) else {
            throw Problem.forbidden(
                Label(
                    "You cannot give, take or change rights that you do not have yourself. Ask an administrator.",
                    zh: "您不能授予、收回或修改自己没有的权限，请联系管理员。"
                )
            )
        }
    }
}
