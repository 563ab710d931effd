import Database
import Foundation
import SQLText
public import Values

/// Logging in, and finding out who a token belongs to.
public final class LogIn: Sendable {
    /// The people who may log in.
    public let identities: Identities
    let passwords: PasswordHash
    let rules: SessionRules
    let cache = AccessCache()

    /// Logging in to one workspace.
    public init(_ identities: Identities, passwords: PasswordHash = .production, rules: SessionRules = SessionRules()) {
        self.identities = identities
        self.passwords = passwords
        self.rules = rules
    }

    /// Logs a person in. Throws 401 for wrong e-mail, password or code, which it does not tell apart except for the
    /// code, and 429 with `retryAfter` for somebody who has failed too often. An unknown address takes as long as a known one.
    public func logIn(
        email: String,
        password: String,
        code: String? = nil,
        address: String = "",
        device: String = ""
    ) async throws -> LogInResult {
        let attempt = Attempt(email: email, code: code, address: address, device: device)
        try await enter(attempt)
        let hash = try await storedHash(email: attempt.email)
        let fits = try await passwords.verify(password.utf8.count <= 1024 ? password : "", against: hash)
        let result = try await finish(attempt, verified: fits ? hash : nil)
        if fits, let hash, passwords.isOutdated(hash) { try await renew(hash, password, attempt.email) }
        return result
    }

    /// Whether a password is right. Nothing is counted or noted, so it is for while nobody may write, behind something else
    /// that slows down who guesses.
    public func fits(email: String, password: String) async throws -> Bool {
        let attempt = Attempt(email: email, code: nil, address: "", device: "")
        let hash = try await storedHash(email: attempt.email)
        return try await passwords.verify(password.utf8.count <= 1024 ? password : "", against: hash)
    }

    /// Goes on after `needsCode`: opens the session when the code of the app or a recovery code is right.
    public func confirm(
        pending token: String,
        code: String,
        address: String = "",
        device: String = ""
    ) async throws -> LogInResult {
        let hash = Secret.hash(token)
        let now = identities.clock.now()
        let email = try await identities.database.read { connection in
            try connection.value(
                """
                SELECT u.email FROM sys_session s JOIN sys_user u ON u.id = s.user_id
                WHERE s.token_hash = \(SQLValue.blob(hash)) AND s.state = 'pending_2fa' AND s.expires_at > \(now)
                """
            ).text
        }
        guard let email else {
            throw Problem(
                .unauthenticated,
                "log_in_again",
                Label("This took too long. Log in again.", zh: "操作超时，请重新登录。")
            )
        }
        let attempt = Attempt(email: email, code: code, address: address, device: device, pending: hash)
        try await enter(attempt)
        return try await finish(attempt, verified: try await storedHash(email: email))
    }

    /// Whether a token is that of a first step to which a code may still be given.
    public func isPending(_ token: String) async throws -> Bool {
        let (hash, now) = (Secret.hash(token), identities.clock.now())
        return try await identities.database.read { connection in
            try connection.row(
                """
                SELECT 1 FROM sys_session
                WHERE token_hash = \(SQLValue.blob(hash)) AND state = 'pending_2fa' AND expires_at > \(now)
                """
            ) != nil
        }
    }

    /// Lets an attempt begin, or says how long to wait.
    func enter(_ attempt: Attempt) async throws {
        let identities = identities
        let now = identities.clock.now()
        let verdict = try await identities.database.write { connection in
            let verdict = try Throttle.enter(attempt.subjects, at: now, on: connection)
            if case .wait(_, isNews: true) = verdict {
                let user = try identities.user(email: attempt.email, on: connection)
                try identities.remember(attempt, .throttled, user: user?.id, on: connection)
            }
            return verdict
        }
        guard case .wait(let seconds, _) = verdict else { return }
        throw Problem.tooManyAttempts(seconds: seconds)
    }

    private func storedHash(email: String) async throws -> String? {
        try await identities.database.read { connection in
            try connection.value(
                """
                SELECT c.password FROM sys_user u JOIN sys_credential c ON c.user_id = u.id
                WHERE u.email = \(email) AND u.state = 'active'
                """
            ).text
        }
    }

    /// Decides in one transaction; `verified` is the hash that the password fits, nil if it fits none.
    private func finish(_ attempt: Attempt, verified: String?) async throws -> LogInResult {
        let (identities, rules) = (identities, rules)
        let answer = try await identities.database.write { connection -> Result<LogInResult, Problem> in
            let user = try identities.user(email: attempt.email, on: connection)
            func refuse(_ outcome: LogInRecord.Outcome, _ problem: Problem = .wrongCredentials) throws -> Problem {
                try identities.remember(attempt, outcome, user: user?.id, on: connection)
                return problem
            }
            guard let user else { return .failure(try refuse(.unknownEmail)) }
            guard user.state == .active else { return .failure(try refuse(.notActive)) }
            let stored = try connection.value("SELECT password FROM sys_credential WHERE user_id = \(user.id)").text
            guard let verified, verified == stored else { return .failure(try refuse(.wrongPassword)) }
            var actor = try identities.actor(of: user, origin: .page, on: connection)
            actor.address = attempt.address
            if user.hasSecondFactor {
                guard let code = attempt.code, !code.isEmpty else {
                    try identities.remember(attempt, .codeNeeded, user: user.id, on: connection)
                    return .success(.needsCode(pending: try identities.openPending(user, attempt, on: connection)))
                }
                guard try identities.useCode(code, of: user, by: actor, on: connection) else {
                    return .failure(try refuse(.wrongCode, .wrongCode))
                }
            }
            try identities.remember(attempt, .success, user: user.id, on: connection)
            try Throttle.forgive(attempt.subjects, on: connection)
            return .success(.session(try identities.open(actor, user, attempt, rules, on: connection)))
        }
        return try answer.get()
    }

    private func renew(_ old: String, _ password: String, _ email: String) async throws {
        let new = try await passwords.hash(password)
        _ = try await identities.database.write { connection in
            try connection.run("UPDATE sys_credential SET password = \(new) WHERE password = \(old)")
        }
    }
}

/// An attempt to log in.
struct Attempt: Sendable {
    let email: String
    let code: String?
    let address: String
    let device: String
    /// The hash of the token of the first step.
    let pending: [UInt8]?

    init(email: String, code: String?, address: String, device: String, pending: [UInt8]? = nil) {
        self.email = String(Fold.fold(email).trimmingCharacters(in: .whitespacesAndNewlines).prefix(254))
        self.code = code
        self.address = shortened(address, to: 64)
        self.device = shortened(device, to: 256)
        self.pending = pending
    }

    var subjects: [Throttle.Subject] { Throttle.subjects(email: email, address: address) }
}

extension Identities {
    /// Writes a line of the log-in history.
    func remember(
        _ attempt: Attempt,
        _ outcome: LogInRecord.Outcome,
        user: RecordID?,
        on connection: Connection
    ) throws {
        // What is no address may be a password in the wrong box.
        let email = (try? checkedEmail(attempt.email)) ?? ""
        try connection.run(
            """
            INSERT INTO sys_login (id, user_id, email, at, address, device, outcome)
            VALUES (\(ids.next()), \(user), \(email), \(clock.now()), \(attempt.address), \(attempt.device),
                \(outcome.rawValue))
            """
        )
    }

    fileprivate func openPending(_ user: User, _ attempt: Attempt, on connection: Connection) throws -> String {
        let (token, now) = (try Secret.token(), clock.now())
        try insert(
            ids.next(),
            user.id,
            token,
            attempt,
            until: now.adding(milliseconds: 600_000),
            state: "pending_2fa",
            on: connection
        )
        return token
    }

    fileprivate func open(
        _ actor: Actor,
        _ user: User,
        _ attempt: Attempt,
        _ rules: SessionRules,
        on connection: Connection
    ) throws -> NewSession {
        let (id, token, now) = (ids.next(), try Secret.token(), clock.now())
        let end = now.adding(milliseconds: rules.longest)
        if let pending = attempt.pending {
            let used = try connection.run("DELETE FROM sys_session WHERE token_hash = \(SQLValue.blob(pending))")
            guard used == 1 else { throw Problem.wrongCode }
        }
        try connection.run("DELETE FROM sys_session WHERE user_id = \(user.id) AND expires_at <= \(now)")
        try insert(id, user.id, token, attempt, until: end, state: "active", on: connection)
        let after = JSONValue.object([
            .init(key: "user", value: .string(user.id.description)),
            .init(key: "address", value: .string(attempt.address)),
            .init(key: "device", value: .string(attempt.device)),
        ])
        try note(.session, id, user.name, .logIn, after: after, by: actor, on: connection)
        return NewSession(id: id, userID: user.id, token: token, csrf: csrf(ofToken: token), expiresAt: end)
    }

    private func insert(
        _ id: RecordID,
        _ user: RecordID,
        _ token: String,
        _ attempt: Attempt,
        until end: Instant,
        state: String,
        on connection: Connection
    ) throws {
        let now = clock.now()
        try connection.run(
            """
            INSERT INTO sys_session
                (id, user_id, token_hash, created_at, last_seen_at, expires_at, address, device, state)
            VALUES (\(id), \(user), \(SQLValue.blob(Secret.hash(token))), \(now), \(now), \(end), \(attempt.address),
                \(attempt.device), \(state))
            """
        )
    }
}

/// What forms send back: it follows from the session's token, so it need not be stored, and does not reveal it.
func csrf(ofToken token: String) -> String { Base64URL.text(Array(Secret.hash(token, purpose: "csrf").prefix(24))) }

extension Problem {
    /// Wrong e-mail address or password; which of them is not told.
    public static let wrongCredentials = Problem(
        .unauthenticated,
        "wrong_credentials",
        Label("The e-mail address or the password is not right.", zh: "邮箱或密码不正确。")
    )

    /// Wrong or used code of the second factor.
    public static let wrongCode = Problem(
        .unauthenticated,
        "wrong_code",
        Label("The code is not right or was used already. Enter the newest one.", zh: "验证码不正确或已使用，请输入最新的验证码。")
    )
}
