public import Database
import SQLText

/// The tables of people, teams, roles, sessions and keys.
public enum IdentityTables {
    /// Makes the tables that are missing; what exists is left as it is.
    public static func create(on connection: Connection) throws {
        try connection.create(statements)
        try connection.run("INSERT INTO sys_identity (id, version) VALUES (1, 1) ON CONFLICT (id) DO NOTHING")
    }

    /// The definitions.
    public static let statements = [people, secrets, access]

    private static let people = """
        CREATE TABLE IF NOT EXISTS sys_identity (id INTEGER PRIMARY KEY, version BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS sys_team (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, name_sort TEXT NOT NULL DEFAULT '', parent BIGINT,
            created_at BIGINT NOT NULL, deleted_at BIGINT
        );
        CREATE INDEX IF NOT EXISTS sys_team_parent ON sys_team (parent);
        CREATE TABLE IF NOT EXISTS sys_role (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, label_en TEXT NOT NULL, label_zh TEXT NOT NULL,
            definition TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, version BIGINT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS sys_user (
            id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_sort TEXT NOT NULL,
            team BIGINT, language TEXT NOT NULL, time_zone TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('active', 'invited', 'disabled')),
            second_factor BIGINT NOT NULL DEFAULT 0,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, version BIGINT NOT NULL DEFAULT 1
        );
        CREATE INDEX IF NOT EXISTS sys_user_name ON sys_user (name_sort, id);
        CREATE INDEX IF NOT EXISTS sys_user_team ON sys_user (team);
        CREATE TABLE IF NOT EXISTS sys_user_role (
            user_id BIGINT NOT NULL, role BIGINT NOT NULL, PRIMARY KEY (user_id, role)
        );
        CREATE INDEX IF NOT EXISTS sys_user_role_role ON sys_user_role (role);
        """

    /// Kept apart from `sys_user`, so that nothing that lists users can reach a secret.
    private static let secrets = """
        CREATE TABLE IF NOT EXISTS sys_credential (
            user_id INTEGER PRIMARY KEY, password TEXT, totp BLOB, totp_pending BLOB,
            totp_step BIGINT NOT NULL DEFAULT 0, recovery TEXT NOT NULL DEFAULT '[]', changed_at BIGINT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS sys_link (
            id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('invite', 'reset')), user_id BIGINT NOT NULL,
            token_hash BLOB NOT NULL UNIQUE, created_at BIGINT NOT NULL, created_by BIGINT,
            expires_at BIGINT NOT NULL, used_at BIGINT
        );
        CREATE INDEX IF NOT EXISTS sys_link_user ON sys_link (user_id);
        """

    private static let access = """
        CREATE TABLE IF NOT EXISTS sys_session (
            id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, token_hash BLOB NOT NULL UNIQUE,
            created_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
            address TEXT NOT NULL, device TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending_2fa', 'active'))
        );
        CREATE INDEX IF NOT EXISTS sys_session_user ON sys_session (user_id);
        CREATE TABLE IF NOT EXISTS sys_api_key (
            id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, name TEXT NOT NULL, prefix TEXT NOT NULL,
            token_hash BLOB NOT NULL UNIQUE, scopes TEXT NOT NULL, created_at BIGINT NOT NULL,
            expires_at BIGINT, last_used_at BIGINT, revoked_at BIGINT
        );
        CREATE INDEX IF NOT EXISTS sys_api_key_user ON sys_api_key (user_id);
        CREATE TABLE IF NOT EXISTS sys_login (
            id INTEGER PRIMARY KEY, user_id BIGINT, email TEXT NOT NULL, at BIGINT NOT NULL,
            address TEXT NOT NULL, device TEXT NOT NULL, outcome TEXT NOT NULL
        );
        CREATE INDEX IF NOT EXISTS sys_login_user ON sys_login (user_id, id);
        CREATE TABLE IF NOT EXISTS sys_throttle (
            key TEXT PRIMARY KEY, failures BIGINT NOT NULL, last_at BIGINT NOT NULL, blocked_until BIGINT NOT NULL,
            noted_at BIGINT NOT NULL
        );
        CREATE INDEX IF NOT EXISTS sys_throttle_last ON sys_throttle (last_at);
        """
}
