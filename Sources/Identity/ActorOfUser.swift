public import Database
import SQLText
public import Values

extension Identities {
    /// The actor that a user is: team, teams above and below, and the rights of all roles together. Nil for somebody
    /// who is not active.
    public func actor(for id: RecordID, origin: Origin = .api, on connection: Connection) throws -> Actor? {
        guard let user = try user(id, on: connection), user.state == .active else { return nil }
        return try actor(of: user, origin: origin, on: connection)
    }

    /// The actor that a user is, read in a transaction of its own.
    public func actor(for id: RecordID, origin: Origin = .api) async throws -> Actor? {
        try await database.read { try self.actor(for: id, origin: origin, on: $0) }
    }

    /// The actor that a user would be, whatever their state.
    func actor(of user: User, origin: Origin = .api, on connection: Connection) throws -> Actor {
        let tree = try teamTree(on: connection)
        return Actor(
            userID: user.id,
            name: user.name,
            teamID: user.team,
            teamAndAbove: tree.andAbove(user.team),
            teamTree: tree.andBelow(user.team),
            rights: try rights(ofRoles: user.roles, on: connection),
            language: user.language,
            timeZone: user.timeZone,
            origin: origin
        )
    }
}
