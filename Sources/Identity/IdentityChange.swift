public import Database
public import Values

/// Something that changed about people and their rights, for the audit log. It never holds a secret.
public struct IdentityChange: Sendable {
    /// What it is about.
    public enum Subject: String, Sendable {
        /// A user.
        case user = "sys_user"
        /// A team.
        case team = "sys_team"
        /// A role.
        case role = "sys_role"
        /// A session.
        case session = "sys_session"
        /// An API key.
        case apiKey = "sys_api_key"
    }

    /// What was done.
    public enum Action: String, Sendable {
        case create, update, delete, disable, enable, invite, revoke
        case logIn = "log_in"
        case signOut = "sign_out"
        case signOutEverywhere = "sign_out_everywhere"
        case passwordSet = "password_set"
        case resetLink = "reset_link"
        case secondFactorOn = "second_factor_on"
        case secondFactorOff = "second_factor_off"
        case recoveryCodeUsed = "recovery_code_used"
        case recoveryCodesMade = "recovery_codes_made"
    }

    /// What it is about.
    public var subject: Subject
    /// The id of the user, team, role, session or key.
    public var id: RecordID
    /// Its name for people.
    public var name: String
    /// What was done.
    public var action: Action
    /// The values before, an object; null where there were none.
    public var before: JSONValue
    /// The values after, an object; null where there are none.
    public var after: JSONValue
    /// Who did it.
    public var actor: Actor
    /// When it happened.
    public var at: Instant

    /// JSON for an audit entry: a member per value with `[before, after]`; nil when there are no values.
    public var changes: String? {
        var keys = (before.members ?? []).map(\.key)
        keys += (after.members ?? []).map(\.key).filter { !keys.contains($0) }
        guard !keys.isEmpty else { return nil }
        let members = keys.map { key in
            JSONValue.Member(key: key, value: .array([before[key] ?? .null, after[key] ?? .null]))
        }
        return JSONValue.object(members).text
    }
}

/// Writes a change to the audit log, in the transaction that makes the change.
public typealias IdentityAudit = @Sendable (IdentityChange, Connection) throws -> Void
