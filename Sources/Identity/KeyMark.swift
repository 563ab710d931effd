public import Database
import Glibc
public import SQLText
import Values

/// With which key the stored secrets of a workspace are encrypted. The key lies in a file beside, and the database knows
/// its mark: a machine that has another one would seal what the others cannot open.
extension Identities {
    private static let keySetting = "key_mark"
    /// In place of a mark: the next start brings the key.
    private static let anyKey = "any"

    /// Notes that the key at hand, that of `file`, is the workspace's. `secrets` ask for what else than people's secrets
    /// is encrypted.
    ///
    /// In PostgreSQL, which machines with folders of their own may share, another key than the one before is refused unless
    /// it opens something; a key file that has just been made is taken away again, so that the right one can be put there.
    /// Where nothing was noted yet, a file that was there before is the one that programs of before have served with.
    public func claimKey(_ file: String, secrets: [SQLFragment] = [], on connection: Connection) throws {
        guard let box else { return }
        let known = try connection.value("SELECT value FROM sys_setting WHERE key = \(Identities.keySetting)").text
        if known == box.mark { return }
        if connection.dialect == .postgres, known != Identities.anyKey {
            let sealed = try Identities.sealedSecrets(secrets, on: connection)
            let isKnown = sealed.contains { box.open($0) != nil }
            guard isKnown || known == nil && (sealed.isEmpty || !box.isNew) else {
                if box.isNew { unlink(file) }
                throw Identities.otherKey(file)
            }
        }
        try Identities.noteKey(box.mark, on: connection)
    }

    /// The key is lost: whatever key the next start brings is the workspace's.
    public static func forgetKey(on connection: Connection) throws { try noteKey(anyKey, on: connection) }

    private static func noteKey(_ mark: String, on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_setting (key, value) VALUES (\(keySetting), \(mark))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """
        )
    }

    private static func sealedSecrets(_ others: [SQLFragment], on connection: Connection) throws -> [[UInt8]] {
        let own: [SQLFragment] = [
            "SELECT totp FROM sys_credential WHERE totp IS NOT NULL",
            "SELECT totp_pending FROM sys_credential WHERE totp_pending IS NOT NULL",
        ]
        return try (own + others).flatMap { question -> [[UInt8]] in
            try connection.rows(question).compactMap { row -> [UInt8]? in
                guard case .blob(let bytes) = row[0], SecretBox.isSealed(bytes),
                    bytes.count != Identities.factorSecretSize
                else { return nil }
                return bytes
            }
        }
    }

    private static func otherKey(_ file: String) -> Problem {
        Problem(
            .unavailable,
            "other_key",
            Label(
                "The secrets of this workspace are encrypted with another key than that of \(file). Copy the file there from the data folder that has served it so far, or restore it from an encrypted backup. If it is lost: kehu workspace forget-key; then second factors and webhooks are set up anew.",
                zh:
                    "此工作区的密钥与 \(file) 不一致。请从此前提供服务的数据目录复制该文件，或从加密备份恢复。若密钥已丢失，可执行 kehu workspace forget-key，之后需重新设置两步验证和 Webhook。"
            )
        )
    }
}
