import Database
import Identity
import SQLText
import Values

/// What a person has set for themselves, such as the columns of a list: it changes nothing for anybody else.
extension ReadSession {
    /// The actor's own setting of that name; nil when they have not set it.
    public func preference(_ key: String) throws -> String? {
        guard let user = actor.userID else { return nil }
        return try connection.value("SELECT value FROM sys_preference WHERE user_id = \(user) AND key = \(key)").text
    }
}

extension WriteSession {
    /// Sets the actor's own setting, or forgets it. Nobody else sees it, so the audit log does not tell of it.
    public func setPreference(_ key: String, _ value: String?) throws {
        guard let user = actor.userID else { return }
        guard let value else {
            try connection.run("DELETE FROM sys_preference WHERE user_id = \(user) AND key = \(key)")
            return
        }
        try connection.run(
            """
            INSERT INTO sys_preference (user_id, key, value) VALUES (\(user), \(key), \(value))
            ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value
            """
        )
    }
}
