import Database
import SQLText
public import Values

/// Changing passwords. Hashing happens before the transaction, never in it.
extension LogIn {
    /// Changes the actor's own password; other sessions end. Throws 422 when the present one is not right, and 429
    /// after too many tries.
    public func changePassword(from old: String, to new: String, by actor: Actor) async throws {
        let user = try await confirmed(old, by: actor)
        try PasswordPolicy.check(new, email: user.email, name: user.name)
        let hash = try await passwords.hash(new)
        let identities = identities
        try await identities.database.write { connection in
            try identities.storePassword(hash, of: user.id, by: actor, on: connection)
        }
    }

    /// Sets a user's password; needs the right to manage users.
    public func setPassword(_ password: String, of id: RecordID, by actor: Actor) async throws {
        try actor.require(.users)
        let identities = identities
        let user = try await identities.database.read { try identities.existing(id, on: $0) }
        try PasswordPolicy.check(password, email: user.email, name: user.name)
        let hash = try await passwords.hash(password)
        try await identities.database.write { connection in
            try identities.setPassword(hash: hash, of: id, by: actor, on: connection)
        }
    }

    /// Sets the password that a one-time link is for, and uses the link up. The answer is the user, who can now log in.
    @discardableResult
    public func redeem(_ token: String, newPassword: String, address: String = "") async throws -> User {
        let identities = identities
        let target = try await identities.database.read { try identities.link(token, on: $0) }
        try PasswordPolicy.check(newPassword, email: target.user.email, name: target.user.name)
        let hash = try await passwords.hash(newPassword)
        return try await identities.database.write { connection in
            let user = try identities.link(token, on: connection).user
            var actor = try identities.actor(of: user, origin: .page, on: connection)
            actor.address = address
            try identities.storePassword(hash, of: user.id, by: actor, on: connection)
            return try identities.existing(user.id, on: connection)
        }
    }

    /// Turns off the actor's own second factor; needs the password once more.
    public func removeSecondFactor(password: String, by actor: Actor) async throws {
        let user = try await confirmed(password, by: actor)
        let identities = identities
        try await identities.database.write { connection in
            try identities.removeSecondFactor(of: user, by: actor, on: connection)
        }
    }

    /// Makes ten new recovery codes for the actor; the old ones stop. Needs the password once more.
    public func newRecoveryCodes(password: String, by actor: Actor) async throws -> [String] {
        let user = try await confirmed(password, by: actor)
        guard user.hasSecondFactor else {
            throw Problem(
                .conflict,
                "second_factor_off",
                Label("Turn two-step log-in on first.", zh: "请先开启两步验证。")
            )
        }
        let identities = identities
        return try await identities.database.write { connection in
            try identities.note(.user, user.id, user.name, .recoveryCodesMade, by: actor, on: connection)
            return try identities.makeRecoveryCodes(for: user, on: connection)
        }
    }

    /// The actor's user, when the password is theirs.
    private func confirmed(_ password: String, by actor: Actor) async throws -> User {
        let id = try identities.person(actor)
        let identities = identities
        let (user, stored) = try await identities.database.read { connection in
            (
                try identities.existing(id, on: connection),
                try connection.value("SELECT password FROM sys_credential WHERE user_id = \(id)").text
            )
        }
        let attempt = Attempt(email: user.email, code: nil, address: actor.address ?? "", device: "")
        try await enter(attempt)
        guard try await passwords.verify(password.utf8.count <= 1024 ? password : "", against: stored) else {
            throw Problem.invalid(
                "password",
                "wrong_password",
                Label("The present password is not right.", zh: "当前密码不正确。")
            )
        }
        try await identities.database.write { try Throttle.forgive(attempt.subjects, on: $0) }
        return user
    }
}
