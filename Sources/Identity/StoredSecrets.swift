public import Database
import SQLText
import Values

/// The secrets of authenticator apps as they are stored: encrypted where the workspace has a key.
extension Identities {
    /// How many bytes a secret has; what is longer is encrypted.
    static let factorSecretSize = 20

    /// Bytes that must be kept readable for the program, encrypted where the workspace has a key.
    public func sealed(_ bytes: [UInt8]) throws -> [UInt8] { try box.map { try $0.seal(bytes) } ?? bytes }

    /// What was `sealed`; what an older version stored as it was is given as it is. Nil with another key.
    public func opened(_ bytes: [UInt8]) -> [UInt8]? {
        guard let box, SecretBox.isSealed(bytes) else { return bytes }
        return box.open(bytes)
    }

    /// The form in which a secret is stored.
    func stored(_ secret: [UInt8]) throws -> [UInt8] { try box.map { try $0.seal(secret) } ?? secret }

    /// The secret of a stored form; nil when it was encrypted with another key.
    func secret(ofStored bytes: [UInt8]) -> [UInt8]? {
        bytes.count == Identities.factorSecretSize ? bytes : box?.open(bytes)
    }

    /// Encrypts the secrets that an older version stored as they are. The answer is how many there were.
    @discardableResult
    public func sealStoredSecrets(on connection: Connection) throws -> Int {
        guard box != nil else { return 0 }
        let rows = try connection.rows(
            """
            SELECT user_id, totp, totp_pending FROM sys_credential
            WHERE length(totp) = \(Int64(Identities.factorSecretSize))
            OR length(totp_pending) = \(Int64(Identities.factorSecretSize))
            """
        )
        for row in rows {
            for (index, column) in [(1, "totp"), (2, "totp_pending")] {
                guard case .blob(let bytes) = row[index], bytes.count == Identities.factorSecretSize else { continue }
                try connection.run(
                    """
                    UPDATE sys_credential SET \(name: column) = \(SQLValue.blob(try stored(bytes)))
                    WHERE user_id = \(row.integer(0))
                    """
                )
            }
        }
        return rows.count
    }
}
