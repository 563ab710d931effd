import Database
import HTTPTypes
import Identity
import Records
import Values

/// Logging in and out, sessions on all devices, and one-time links.
enum SessionAPI {
    static func logIn(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: ["email", "password", "code"])
        let result = try await call.workspace.logIn.logIn(
            email: try Members.requiredText(input, "email"),
            password: try Members.requiredText(input, "password"),
            code: try Members.text(input, "code"),
            address: call.address,
            device: call.headers[.userAgent] ?? ""
        )
        guard case .session(let session) = result else {
            throw Problem(
                .unauthenticated,
                "code_needed",
                Label("Send the code of your authenticator app too: «code».", zh: "请同时填写身份验证器中的验证码（code）。"),
                fields: [FieldProblem("code", "required", Label("Enter the code.", zh: "请填写验证码。"))]
            )
        }
        var reply = Reply.object(.created) { json in
            json.member("csrf_token", session.csrf)
            json.member("expires_at", session.expiresAt.description)
            json.key("user_id")
            json.id(session.userID)
        }
        reply.headers[.setCookie] = Doors.setCookie(session, call)
        reply.stay(seconds: Doors.seconds(of: session, call), call)
        return reply
    }

    static func show(_ call: Call) async throws -> Reply {
        guard case .session(let session) = call.caller else {
            throw Problem(
                .notFound,
                "no_session",
                Label("An API key works without a session.", zh: "使用 API 密钥访问时没有会话。")
            )
        }
        return .object { json in
            json.key("id")
            json.id(session.id)
            json.member("csrf_token", session.csrf)
            json.member("expires_at", session.expiresAt.description)
        }
    }

    static func logOut(_ call: Call) async throws -> Reply {
        let actor = try call.actor
        var reply = try await call.change { session, identities in
            try identities.signOut(actor, on: session.connection)
            return .noContent
        }
        reply.headers[.setCookie] = Doors.clearCookie(call)
        reply.leave(call)
        reply.headers[.clearSiteData] = "\"cache\""
        return reply
    }

    static func list(_ call: Call) async throws -> Reply {
        try call.query.allow(["user"])
        let actor = try call.actor
        let (identities, asked) = (call.workspace.identities, try call.query.id("user"))
        return try await call.read { session in
            guard let user = asked ?? actor.userID else { throw Problem.notFound }
            let sessions = try identities.sessions(of: user, by: actor, on: session.connection)
            return Reply.list(sessions) { listing, json in
                json.object { json in
                    json.key("id")
                    json.id(listing.id)
                    json.member("created_at", listing.createdAt.description)
                    json.member("last_seen_at", listing.lastSeenAt.description)
                    json.member("expires_at", listing.expiresAt.description)
                    json.member("address", listing.address)
                    json.member("device", listing.device)
                    json.member("current", listing.id == actor.sessionID)
                }
            }
        }
    }

    static func end(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        return try await call.change { session, identities in
            try identities.revokeSession(id, by: actor, on: session.connection)
            return .noContent
        }
    }

    static func signOutEverywhere(_ call: Call) async throws -> Reply {
        let (actor, input) = (try call.actor, try call.json())
        try Members.check(input, allowed: ["user", "keep_this"])
        let (asked, keeps) = (try Members.optionalID(input, "user"), try Members.flag(input, "keep_this") ?? true)
        return try await call.change { session, identities in
            guard let user = asked ?? actor.userID else { throw Problem.notFound }
            try identities.signOutEverywhere(user, keepingOwn: keeps, by: actor, on: session.connection)
            return .noContent
        }
    }

    static func history(_ call: Call) async throws -> Reply {
        try call.query.allow(["user", "limit", "cursor"])
        let (actor, user, before) = (try call.actor, try call.query.id("user"), try call.query.id("cursor"))
        let (limit, identities) = (Int(try call.query.integer("limit", 1...200, preset: 50)), call.workspace.identities)
        return try await call.read { session in
            let records = try identities.logInHistory(
                of: user,
                before: before,
                limit: limit,
                by: actor,
                on: session.connection
            )
            let next = records.count == limit ? records.last?.id.description : nil
            return Reply.list(records, next: next) { record, json in
                json.object { json in
                    json.key("id")
                    json.id(record.id)
                    json.member("user", record.userID?.description)
                    json.member("email", record.email)
                    json.member("at", record.at.description)
                    json.member("address", record.address)
                    json.member("device", record.device)
                    json.member("outcome", record.outcome.rawValue)
                }
            }
        }
    }

    /// What a one-time link is for.
    static func link(_ call: Call) async throws -> Reply {
        let (token, identities) = (call.parameter("token"), call.workspace.identities)
        let target = try await call.engine.database.read { try identities.link(token, on: $0) }
        return .object { json in
            json.member("kind", target.kind.rawValue)
            json.member("email", target.user.email)
            json.member("name", target.user.name)
            json.member("expires_at", target.expiresAt.description)
        }
    }

    /// Sets the password that a one-time link is for.
    static func useLink(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: ["password"])
        let user = try await call.workspace.logIn.redeem(
            call.parameter("token"),
            newPassword: try Members.requiredText(input, "password"),
            address: call.address
        )
        return .object { json in
            json.member("email", user.email)
            json.member("state", user.state.rawValue)
        }
    }
}
