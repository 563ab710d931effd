import Database
import HTTPTypes
import Identity
import Records
import Values

/// What opens a door without a log-in: a secret in the address or in a cookie.
enum Pass {
    /// A one-time link to set a password.
    case link(token: String)
    /// The feed of a calendar.
    case feed(token: String)
    /// The second step of a log-in.
    case code
    /// The figures, for the machine itself and for whoever has the token of the settings.
    case figures

    /// The pass that a path may hold; nil for all others.
    init?(_ path: String) {
        let parts = path.split(separator: "/").map(String.init)
        switch parts.first ?? "" {
        case "invite" where parts.count == 2, "reset" where parts.count == 2: self = .link(token: parts[1])
        case "api" where parts.count == 4 && parts[2] == "links": self = .link(token: parts[3])
        case "calendar" where parts.count == 2 && parts[1].hasSuffix(".ics"):
            self = .feed(token: String(parts[1].dropLast(4)))
        case "login" where parts == ["login", "code"]: self = .code
        case "metrics" where parts.count == 1: self = .figures
        default: return nil
        }
    }

    /// Whether it opens the workspace that the request is for.
    func opens(_ call: Call) async throws -> Bool {
        switch self {
        case .link(let token):
            let identities = call.workspace.identities
            do {
                _ = try await call.engine.database.read { try identities.link(token, on: $0) }
                return true
            } catch let problem as Problem where problem.code == Problem.linkExpired.code {
                return false
            }
        case .feed(let token): return try await call.workspace.logIn.apiKey(token) != nil
        case .code:
            guard let token = Cookies(call.headers)[EntryHandlers.pendingCookie] else { return false }
            return try await call.workspace.logIn.isPending(token)
        case .figures: return HealthAPI.isLocal(call) || HealthAPI.hasToken(call)
        }
    }

    /// What is answered where it opens nothing.
    var problem: Problem {
        switch self {
        case .link: .linkExpired
        case .feed: .noSuchAddress
        case .code, .figures: .loggedOut
        }
    }
}
