import Identity
import Records
import SQLText
import Values

/// The person who is logged in.
enum MeAPI {
    static func show(_ call: Call) async throws -> Reply {
        let (actor, identities, workspace) = (try call.actor, call.workspace.identities, call.workspace.name)
        let csrf: String?
        if case .session(let session) = call.caller { csrf = session.csrf } else { csrf = nil }
        return try await call.read { session in
            guard let id = actor.userID, let user = try identities.user(id, on: session.connection) else {
                throw Problem.notFound
            }
            let book = try PeopleBook(identities, session.connection)
            return Reply.object { json in
                UserJSON.writeMembers(user, book, to: &json)
                json.member("workspace", workspace)
                json.key("rights")
                json.value(actor.rights.json)
                if let csrf { json.member("csrf_token", csrf) }
            }
        }
    }

    static func change(_ call: Call) async throws -> Reply {
        let (actor, input) = (try call.actor, try call.json())
        try Members.check(input, allowed: ["language", "time_zone", "password", "current_password"])
        let language = try Members.language(input, "language")
        let zone = try Members.text(input, "time_zone")
        if let password = try Members.text(input, "password") {
            let current = try Members.requiredText(input, "current_password")
            try await call.workspace.logIn.changePassword(from: current, to: password, by: actor)
        }
        _ = try await call.change { session, identities in
            try identities.setPreferences(language: language, timeZone: zone, by: actor, on: session.connection)
            return .noContent
        }
        return try await show(call)
    }

    static func beginSecondFactor(_ call: Call) async throws -> Reply {
        let actor = try call.actor
        return try await call.change { session, identities in
            let setup = try identities.beginSecondFactor(by: actor, on: session.connection)
            return Reply.object { json in
                json.member("secret", setup.secret)
                json.member("uri", setup.uri)
            }
        }
    }

    static func confirmSecondFactor(_ call: Call) async throws -> Reply {
        let (actor, input) = (try call.actor, try call.json())
        try Members.check(input, allowed: ["code"])
        let code = try Members.requiredText(input, "code")
        return try await call.change { session, identities in
            let codes = try identities.confirmSecondFactor(code, by: actor, on: session.connection)
            return Reply.object { json in
                json.key("recovery_codes")
                json.array { json in for code in codes { json.string(code) } }
            }
        }
    }

    static func removeSecondFactor(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: ["password"])
        try await call.workspace.logIn.removeSecondFactor(
            password: try Members.requiredText(input, "password"),
            by: try call.actor
        )
        return .noContent
    }
}
