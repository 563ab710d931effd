import HTTPTypes
import Identity
import Records
import Values

/// API keys.
enum KeysAPI {
    static func list(_ call: Call) async throws -> Reply {
        try call.query.allow(["user"])
        let (actor, asked, identities) = (try call.actor, try call.query.id("user"), call.workspace.identities)
        return try await call.read { session in
            guard let user = asked ?? actor.userID else { throw Problem.notFound }
            let keys = try identities.keys(of: user, by: actor, on: session.connection)
            return Reply.list(keys) { key, json in json.object { writeMembers(key, to: &$0) } }
        }
    }

    static func add(_ call: Call) async throws -> Reply {
        let (actor, input) = (try call.actor, try call.json())
        try Members.check(input, allowed: ["user", "name", "scopes", "expires_at"])
        let (asked, name) = (try Members.optionalID(input, "user"), try Members.requiredText(input, "name"))
        let scopes = try input["scopes"].map { try KeyScopes(json: $0) } ?? .full
        let expiry = try Members.instant(input, "expires_at")
        return try await call.change { session, identities in
            guard let user = asked ?? actor.userID else { throw Problem.notFound }
            let made = try identities.addKey(
                for: user,
                name: name,
                scopes: scopes,
                expiresAt: expiry,
                by: actor,
                on: session.connection
            )
            return Reply.object(.created) { json in
                writeMembers(made.key, to: &json)
                json.member("token", made.token)
            }
        }
    }

    static func revoke(_ call: Call) async throws -> Reply {
        let (actor, id) = (try call.actor, try call.recordID())
        return try await call.change { session, identities in
            try identities.revokeKey(id, by: actor, on: session.connection)
            return .noContent
        }
    }

    private static func writeMembers(_ key: APIKey, to json: inout JSONWriter) {
        json.key("id")
        json.id(key.id)
        json.key("user")
        json.id(key.userID)
        json.member("name", key.name)
        json.member("prefix", key.prefix)
        json.key("scopes")
        json.value(key.scopes.json)
        json.member("created_at", key.createdAt.description)
        json.member("expires_at", key.expiresAt?.description)
        json.member("last_used_at", key.lastUsedAt?.description)
        json.member("revoked_at", key.revokedAt?.description)
    }
}
