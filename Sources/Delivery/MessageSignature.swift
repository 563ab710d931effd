import CSodium
import Foundation
public import Values

/// Secrets and signatures as in the Standard Webhooks specification (standardwebhooks.com, symmetric `v1`).
public enum MessageSignature {
    private static let prefix = "whsec_"

    /// A new secret of 24 random bytes.
    public static func newSecret() throws -> [UInt8] {
        guard sodium_init() >= 0 else {
            throw Problem(.failure, "no_randomness", Label("The machine gives no random numbers.", zh: "本机无法生成安全随机数。"))
        }
        var bytes = [UInt8](repeating: 0, count: 24)
        randombytes_buf(&bytes, bytes.count)
        return bytes
    }

    /// The secret as receivers take it: `whsec_` and base 64.
    public static func text(ofSecret secret: [UInt8]) -> String { prefix + Data(secret).base64EncodedString() }

    /// The headers of a message: its id, the seconds since 1970, and a `v1` signature by each of the secrets.
    public static func headers(
        id: String,
        at now: Instant,
        body: [UInt8],
        secrets: [[UInt8]]
    ) -> [(name: String, value: String)] {
        let seconds = String(now.milliseconds / 1000)
        let signed = Array("\(id).\(seconds).".utf8) + body
        let signatures = secrets.map { "v1," + Data(sign(signed, with: $0)).base64EncodedString() }
        return [
            ("webhook-id", id), ("webhook-timestamp", seconds),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    /// HMAC-SHA256.
    static func sign(_ bytes: [UInt8], with key: [UInt8]) -> [UInt8] {
        var state = crypto_auth_hmacsha256_state()
        var result = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_BYTES))
        crypto_auth_hmacsha256_init(&state, key, key.count)
        crypto_auth_hmacsha256_update(&state, bytes, UInt64(bytes.count))
        crypto_auth_hmacsha256_final(&state, &result)
        return result
    }
}
