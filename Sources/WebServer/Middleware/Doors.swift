import HTTPTypes
import Identity
import Records
import Values

/// Finds out who makes a request, by its key or its cookie.
enum Doors {
    /// The cookie that holds a session's token.
    static let cookie = "kehu_session"

    /// Sets the caller. A key or header that is wrong is an error; a cookie that has ended is as if there were none.
    static func identify(_ call: inout Call) async throws {
        if HealthAPI.hasToken(call) { return }
        if let header = call.headers[.authorization] {
            call.caller = .key(try await key(header, call).acting(from: .api, address: call.address))
        } else if let token = token(in: call.headers) {
            if let session = try await call.workspace.logIn.session(token) {
                call.caller = .session(session.at(call.address, from: call.isAPI ? .api : .page))
            }
        }
    }

    private static func key(_ header: String, _ call: Call) async throws -> Actor {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer",
            let actor = try await call.workspace.logIn.apiKey(parts[1].trimmingSpaces)
        else { throw Problem.wrongKey }
        return actor
    }

    /// The session's token among the cookies.
    private static func token(in headers: HTTPFields) -> String? {
        for header in headers[values: .cookie] {
            for part in header.split(separator: ";") {
                let pieces = part.split(separator: "=", maxSplits: 1)
                if pieces.count == 2, pieces[0].trimmingSpaces == cookie { return pieces[1].trimmingSpaces }
            }
        }
        return nil
    }

    /// The cookie of a session that was opened.
    static func setCookie(_ session: NewSession, _ call: Call) -> String {
        "\(cookie)=\(session.token); Path=/; HttpOnly; SameSite=Lax; Max-Age=\(seconds(of: session, call))"
            + (call.isSecure ? "; Secure" : "")
    }

    /// For how long a browser keeps the session.
    static func seconds(of session: NewSession, _ call: Call) -> Int {
        Int(max(0, (session.expiresAt.milliseconds - call.engine.clock.now().milliseconds) / 1000))
    }

    /// What makes the browser forget the session.
    static func clearCookie(_ call: Call) -> String {
        "\(cookie)=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0" + (call.isSecure ? "; Secure" : "")
    }
}

extension OpenSession {
    /// The same session with the address and the door that the request comes through.
    func at(_ address: String, from origin: Origin) -> OpenSession {
        var copy = self
        copy.actor = actor.acting(from: origin, address: address)
        return copy
    }
}

extension Problem {
    /// The key is wrong, revoked or has ended.
    static let wrongKey = Problem(
        .unauthenticated,
        "wrong_key",
        Label("This API key does not work. It may have been revoked.", zh: "该 API 密钥无效，可能已被吊销。")
    )
}
