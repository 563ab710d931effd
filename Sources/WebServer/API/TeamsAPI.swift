import HTTPTypes
import Identity
import Records
import Values

/// The tree of teams.
enum TeamsAPI {
    static func list(_ call: Call) async throws -> Reply {
        let identities = call.workspace.identities
        return try await call.read { session in
            Reply.list(try identities.teams(on: session.connection)) { write($0, to: &$1) }
        }
    }

    static func add(_ call: Call) async throws -> Reply {
        let (actor, input) = (try call.actor, try call.json())
        try actor.require(.users)
        try Members.check(input, allowed: ["name", "parent"])
        let (name, parent) = (try Members.requiredText(input, "name"), try Members.optionalID(input, "parent"))
        return try await call.change { session, identities in
            let team = try identities.addTeam(name, parent: parent, by: actor, on: session.connection)
            return Reply.json(.created) { write(team, to: &$0) }
        }
    }

    static func change(_ call: Call) async throws -> Reply {
        let (actor, id, input) = (try call.actor, try call.recordID(), try call.json())
        try Members.check(input, allowed: ["name", "parent"])
        let name = try Members.text(input, "name")
        let parent: RecordID?? = Members.has(input, "parent") ? .some(try Members.optionalID(input, "parent")) : nil
        return try await call.change { session, identities in
            let team = try identities.updateTeam(id, name: name, parent: parent, by: actor, on: session.connection)
            return Reply.json { write(team, to: &$0) }
        }
    }

    static func delete(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        return try await call.change { session, identities in
            try identities.deleteTeam(id, by: actor, on: session.connection)
            return .noContent
        }
    }

    private static func write(_ team: Team, to json: inout JSONWriter) {
        json.object { json in
            json.key("id")
            json.id(team.id)
            json.member("name", team.name)
            json.member("parent", team.parent?.description)
            json.member("created_at", team.createdAt.description)
        }
    }
}

/// Roles: what people may do.
enum RolesAPI {
    static func list(_ call: Call) async throws -> Reply {
        let identities = call.workspace.identities
        return try await call.read { session in
            try session.actor.require(.users)
            return Reply.list(try identities.roles(on: session.connection)) { write($0, to: &$1) }
        }
    }

    static func add(_ call: Call) async throws -> Reply {
        let (actor, input) = (try call.actor, try call.json())
        try actor.require(.users)
        try Members.check(input, allowed: ["key", "label", "rights"])
        let key = try Members.requiredText(input, "key")
        guard let label = try Members.label(input, "label") else { throw Members.missing("label") }
        let rights = try Rights(json: input["rights"] ?? .object([]))
        return try await call.change { session, identities in
            let role = try identities.addRole(key: key, label: label, rights: rights, by: actor, on: session.connection)
            return reply(role, .created)
        }
    }

    static func change(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        let (input, version) = try Version.asked(call, try call.json())
        try Members.check(input, allowed: ["label", "rights"])
        let label = try Members.label(input, "label")
        let rights = try input["rights"].map { try Rights(json: $0) }
        return try await call.change { session, identities in
            let role = try identities.updateRole(
                id,
                label: label,
                rights: rights,
                version: version,
                by: actor,
                on: session.connection
            )
            return reply(role)
        }
    }

    static func delete(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        return try await call.change { session, identities in
            try identities.deleteRole(id, by: actor, on: session.connection)
            return .noContent
        }
    }

    private static func reply(_ role: Role, _ status: HTTPResponse.Status = .ok) -> Reply {
        var reply = Reply.json(status) { write(role, to: &$0) }
        reply.headers[.eTag] = Version.tag(role.version)
        return reply
    }

    private static func write(_ role: Role, to json: inout JSONWriter) {
        json.object { json in
            json.key("id")
            json.id(role.id)
            json.member("key", role.key)
            json.key("label")
            UserJSON.write(role.label, to: &json)
            json.key("rights")
            json.value(role.rights.json)
            json.member("created_at", role.createdAt.description)
            json.member("updated_at", role.updatedAt.description)
            json.member("version", role.version)
        }
    }
}
