public import Database
import SQLText
public import Values

extension Identities {
    /// Takes from a user everything that tells who it was, and the log-in for ever. The row stays, since records have
    /// it for their owner. `texts` are the name and address to be taken out of the list of log-ins.
    public func eraseUser(
        _ id: RecordID,
        name token: String,
        was texts: [String],
        by actor: Actor,
        on connection: Connection
    ) throws {
        try actor.require(.privacy)
        let user = try existing(id, on: connection)
        try endSessions(of: id, except: nil, on: connection)
        for table in ["sys_credential", "sys_link", "sys_api_key", "sys_user_role"] {
            try connection.run("DELETE FROM \(name: table) WHERE user_id = \(id)")
        }
        try connection.run("DELETE FROM sys_login WHERE user_id = \(id)")
        for text in texts {
            try connection.run("DELETE FROM sys_login WHERE email = \(text)")
            try connection.run("DELETE FROM sys_throttle WHERE instr(key, \(text)) > 0")
        }
        try connection.run(
            """
            UPDATE sys_user SET email = \(user.id.description + "@erased.invalid"), name = \(token),
                name_sort = \(sortKey(token)), team = NULL, state = 'disabled', second_factor = 0,
                updated_at = \(clock.now()), version = version + 1
            WHERE id = \(id)
            """
        )
        try changed(on: connection)
    }
}
