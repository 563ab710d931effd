public import Database
import SQLText
public import Values

/// What an authenticator app needs to know.
public struct SecondFactorSetup: Sendable {
    /// The secret as base 32, to type in.
    public var secret: String
    /// The address for a QR code.
    public var uri: String
}

/// Codes besides the password.
extension Identities {
    /// Begins to set up the actor's second factor; nothing changes until a code confirms it.
    public func beginSecondFactor(
        issuer: String = "Kehu",
        by actor: Actor,
        on connection: Connection
    ) throws -> SecondFactorSetup {
        let user = try existing(person(actor), on: connection)
        guard !user.hasSecondFactor else {
            throw Problem(
                .conflict,
                "second_factor_on",
                Label("Two-step log-in is on already. Turn it off first.", zh: "两步验证已开启，如需更换请先关闭。")
            )
        }
        let secret = try Secret.random(20)
        try connection.run(
            """
            INSERT INTO sys_credential (user_id, totp_pending, changed_at)
            VALUES (\(user.id), \(SQLValue.blob(try stored(secret))), \(clock.now()))
            ON CONFLICT (user_id) DO UPDATE SET totp_pending = excluded.totp_pending
            """
        )
        return SecondFactorSetup(
            secret: TOTP.text(ofSecret: secret),
            uri: TOTP.uri(secret: secret, account: user.email, issuer: issuer)
        )
    }

    /// Turns the actor's second factor on with a first code; the answer is ten recovery codes, shown this once. Other
    /// sessions end.
    public func confirmSecondFactor(_ code: String, by actor: Actor, on connection: Connection) throws -> [String] {
        let user = try existing(person(actor), on: connection)
        let row = try connection.row("SELECT totp_pending FROM sys_credential WHERE user_id = \(user.id)")
        guard case .blob(let bytes) = row?[0] ?? .null, !user.hasSecondFactor, let secret = secret(ofStored: bytes),
            let step = TOTP.match(code.filter { $0 != " " }, secret: secret, now: clock.now(), after: 0)
        else {
            throw Problem.invalid(
                "code",
                "wrong_code",
                Label(
                    "The code is not right. Check that the clock of your phone is, then enter the newest code.",
                    zh: "验证码不正确。请确认手机时间准确，并输入最新的验证码。"
                )
            )
        }
        try connection.run(
            """
            UPDATE sys_credential SET totp = totp_pending, totp_pending = NULL, totp_step = \(step)
            WHERE user_id = \(user.id)
            """
        )
        try connection.run("UPDATE sys_user SET second_factor = 1, version = version + 1 WHERE id = \(user.id)")
        try endSessions(of: user.id, except: actor.sessionID, on: connection)
        try record(.user, user.id, user.name, .secondFactorOn, by: actor, on: connection)
        return try makeRecoveryCodes(for: user, on: connection)
    }

    /// Turns off a person's second factor because the phone and the codes are lost; their sessions end. Needs the
    /// right to manage users. People turn off their own with `LogIn.removeSecondFactor`.
    public func resetSecondFactor(of id: RecordID, by actor: Actor, on connection: Connection) throws {
        try actor.require(.users)
        let user = try changeable(id, by: actor, on: connection)
        try removeSecondFactor(of: user, by: actor, on: connection)
    }

    func removeSecondFactor(of user: User, by actor: Actor, on connection: Connection) throws {
        guard user.hasSecondFactor else { return }
        try connection.run(
            """
            UPDATE sys_credential SET totp = NULL, totp_pending = NULL, recovery = '[]' WHERE user_id = \(user.id)
            """
        )
        try connection.run("UPDATE sys_user SET second_factor = 0, version = version + 1 WHERE id = \(user.id)")
        try endSessions(of: user.id, except: actor.sessionID, on: connection)
        try record(.user, user.id, user.name, .secondFactorOff, by: actor, on: connection)
    }

    func makeRecoveryCodes(for user: User, on connection: Connection) throws -> [String] {
        let codes = try RecoveryCodes.make()
        try storeRecovery(codes.map { RecoveryCodes.hash($0, user: user.id) }, of: user.id, on: connection)
        return codes
    }

    /// Uses up a code of the second factor: one of the app, or a recovery code. False when it is wrong or was used.
    func useCode(_ code: String, of user: User, by actor: Actor, on connection: Connection) throws -> Bool {
        let row = try connection.row("SELECT totp, totp_step, recovery FROM sys_credential WHERE user_id = \(user.id)")
        guard let row, case .blob(let bytes) = row[0] else { return false }
        let plain = code.filter { $0 != " " }
        // Without the key of the workspace recovery codes still work.
        if let secret = secret(ofStored: bytes),
            let step = TOTP.match(plain, secret: secret, now: clock.now(), after: row.integer(1))
        {
            try connection.run("UPDATE sys_credential SET totp_step = \(step) WHERE user_id = \(user.id)")
            return true
        }
        guard plain.utf8.count <= 64 else { return false }
        let hashes = try JSONReader.parse(row.text(2)).array?.compactMap(\.string) ?? []
        let given = RecoveryCodes.hash(plain, user: user.id)
        let rest = hashes.filter { !Secret.isEqual(Array($0.utf8), Array(given.utf8)) }
        guard rest.count < hashes.count else { return false }
        try storeRecovery(rest, of: user.id, on: connection)
        let left = JSONValue.object([.init(key: "codes_left", value: .number(String(rest.count)))])
        try note(.user, user.id, user.name, .recoveryCodeUsed, after: left, by: actor, on: connection)
        return true
    }

    private func storeRecovery(_ hashes: [String], of user: RecordID, on connection: Connection) throws {
        let text = JSONValue.array(hashes.map(JSONValue.string)).text
        try connection.run("UPDATE sys_credential SET recovery = \(text) WHERE user_id = \(user)")
    }
}
