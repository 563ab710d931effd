import HTTPTypes
import Identity
import Records
import Schema
import Values

/// The people of the workspace.
enum UsersAPI {
    static func list(_ call: Call) async throws -> Reply {
        try call.query.allow(["q", "state", "role", "team", "limit", "cursor", "total"])
        var query = UserQuery(text: call.query["q"], cursor: call.query["cursor"])
        query.limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        query.role = try call.query.id("role")
        query.teams = try call.query.id("team").map { [$0] }
        if let state = call.query["state"] {
            guard let known = UserState(rawValue: state) else {
                throw Problem.malformed(
                    "invalid_parameter",
                    Label("«state» must be active, invited or disabled.", zh: "state 只能是 active、invited 或 disabled。")
                )
            }
            query.state = known
        }
        let (asked, wantsTotal, identities) = (query, try call.query.flag("total"), call.workspace.identities)
        return try await call.read { session in
            let page = try identities.users(asked, on: session.connection)
            let total = wantsTotal ? try identities.countUsers(asked, on: session.connection) : nil
            let book = try PeopleBook(identities, session.connection)
            let isFull = session.actor.rights.allows(.users)
            return Reply.list(page.users, next: page.next, total: total) { user, json in
                json.object { json in
                    if isFull {
                        UserJSON.writeMembers(user, book, to: &json)
                    } else {
                        UserJSON.writeBrief(user, book, to: &json)
                    }
                }
            }
        }
    }

    static func show(_ call: Call) async throws -> Reply {
        let (id, identities) = (try call.recordID(), call.workspace.identities)
        return try await call.read { session in
            guard let user = try identities.user(id, on: session.connection) else { throw Problem.notFound }
            return try reply(user, identities, session)
        }
    }

    static func add(_ call: Call) async throws -> Reply {
        let (actor, input) = (try call.actor, try call.json())
        try actor.require(.users)
        try Members.check(input, allowed: ["email", "name", "team", "roles", "language", "time_zone"])
        let email = try Members.requiredText(input, "email")
        let new = NewUser(
            email: email,
            name: try Members.text(input, "name") ?? String(email.prefix { $0 != "@" }),
            team: try Members.optionalID(input, "team"),
            language: try Members.language(input, "language") ?? .zh,
            timeZone: try Members.text(input, "time_zone") ?? call.engine.schema.timeZone
        )
        return try await call.change { session, identities in
            var new = new
            new.roles = try roles(input, identities, session) ?? []
            let user = try identities.addUser(new, by: actor, on: session.connection)
            var reply = try reply(user, identities, session, .created)
            reply.headers[.location] = "/api/v1/users/\(user.id)"
            return reply
        }
    }

    static func change(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        let (input, version) = try Version.asked(call, try call.json())
        try Members.check(input, allowed: ["email", "name", "team", "roles", "language", "time_zone"])
        var patch = UserPatch(
            email: try Members.text(input, "email"),
            name: try Members.text(input, "name"),
            language: try Members.language(input, "language"),
            timeZone: try Members.text(input, "time_zone")
        )
        if Members.has(input, "team") { patch.team = .some(try Members.optionalID(input, "team")) }
        let given = patch
        return try await call.change { session, identities in
            try actor.require(.users)
            var patch = given
            patch.roles = try roles(input, identities, session)
            let user = try identities.updateUser(id, patch, version: version, by: actor, on: session.connection)
            return try reply(user, identities, session)
        }
    }

    static func disable(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        return try await call.change { session, identities in
            let user = try identities.disableUser(id, by: actor, on: session.connection)
            return try reply(user, identities, session)
        }
    }

    static func enable(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        return try await call.change { session, identities in
            let user = try identities.enableUser(id, by: actor, on: session.connection)
            return try reply(user, identities, session)
        }
    }

    static func resetSecondFactor(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        return try await call.change { session, identities in
            try identities.resetSecondFactor(of: id, by: actor, on: session.connection)
            return .noContent
        }
    }

    /// A one-time link to set a password with; it is shown this once.
    static func link(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        return try await call.change { session, identities in
            guard let user = try identities.user(id, on: session.connection) else { throw Problem.notFound }
            let kind: LinkKind = user.state == .invited ? .invite : .reset
            let token = try identities.makeLink(kind, for: id, by: actor, on: session.connection)
            return Reply.object(.created) { json in
                json.member("kind", kind.rawValue)
                json.member("token", token)
                json.member("path", "/\(kind.rawValue)/\(token)")
            }
        }
    }

    static func handOver(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: ["to"])
        let (from, to) = (try call.recordID(), try Members.id(input, "to"))
        let report = try await call.engine.handOver(from: from, to: to, as: try call.actor)
        return .object { json in
            json.member("total", Int64(report.total))
            json.key("moved")
            json.array { json in
                for (object, label, count) in report.moved {
                    json.object { json in
                        json.member("object", object)
                        json.key("label")
                        UserJSON.write(label, to: &json)
                        json.member("count", Int64(count))
                    }
                }
            }
        }
    }

    /// Roles by id or key; nil when the body does not speak of them.
    private static func roles(
        _ input: JSONValue,
        _ identities: Identities,
        _ session: ReadSession
    ) throws -> [RecordID]? {
        guard let member = input["roles"], !member.isNull else { return nil }
        let unknown = Problem.invalid("roles", "unknown_role", Label("There is no such role.", zh: "没有这个角色。"))
        guard let items = member.array else { throw unknown }
        let known = try identities.roles(on: session.connection)
        return try items.map { item in
            let text = item.string ?? item["id"]?.string
            guard let role = known.first(where: { $0.key == text || $0.id.description == text }) else { throw unknown }
            return role.id
        }
    }

    private static func reply(
        _ user: User,
        _ identities: Identities,
        _ session: ReadSession,
        _ status: HTTPResponse.Status = .ok
    ) throws -> Reply {
        let book = try PeopleBook(identities, session.connection)
        let isFull = session.actor.rights.allows(.users) || session.actor.userID == user.id
        var reply = Reply.object(status) { json in
            if isFull {
                UserJSON.writeMembers(user, book, to: &json)
            } else {
                UserJSON.writeBrief(user, book, to: &json)
            }
        }
        if isFull { reply.headers[.eTag] = Version.tag(user.version) }
        return reply
    }
}
