import CSodium
import Values

/// What makes the hash of a value that might be guessed say nothing.
public enum Salt {
    /// So many salts of sixteen random bytes, of which the system is asked at once. Throws when it gives none.
    public static func make(_ count: Int) throws -> [[UInt8]] {
        let bytes = try Secret.random(16 * count)
        return (0..<count).map { Array(bytes[16 * $0..<16 * $0 + 16]) }
    }
}

/// Random tokens, their hashes, and comparison in constant time.
enum Secret {
    /// Whether the library for secrets works on this machine.
    static let isReady = sodium_init() >= 0

    /// Throws when the machine cannot make secrets.
    static func requireReady() throws {
        guard isReady else {
            throw Problem(
                .failure,
                "no_randomness",
                Label("The machine gives no random numbers; nobody can log in.", zh: "本机无法生成安全随机数，暂时无法登录。")
            )
        }
    }

    /// Random bytes.
    static func random(_ count: Int) throws -> [UInt8] {
        try requireReady()
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }

    /// A token of 32 random bytes as 43 characters.
    static func token() throws -> String { Base64URL.text(try random(32)) }

    /// What is stored of a token: BLAKE2b, 32 bytes. A token is random, so a fast hash is enough.
    static func hash(_ text: String, purpose: String = "") -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        let bytes = purpose.isEmpty ? Array(text.utf8) : Array((purpose + "\u{0}" + text).utf8)
        _ = crypto_generichash(&result, 32, bytes, UInt64(bytes.count), nil, 0)
        return result
    }

    /// The bytes as hexadecimal text.
    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Whether two secrets are the same, in a time that does not tell where they differ.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && sodium_memcmp(left, right, left.count) == 0
    }
}
