import CSodium
import Values

/// SHA-256, for hash chains and for storing secrets that are random anyway.
public enum ContentHash {
    /// The 32 bytes of the hash.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        _ = crypto_hash_sha256(&result, bytes, UInt64(bytes.count))
        return result
    }

    /// A short name for a content, of letters that may stand in an address: 18 bytes of BLAKE2b, which is several times
    /// quicker than SHA-256.
    public static func name(_ bytes: [UInt8]) -> String {
        var result = [UInt8](repeating: 0, count: 18)
        _ = crypto_generichash(&result, 18, bytes, UInt64(bytes.count), nil, 0)
        return Base64URL.text(result)
    }

    /// SHA-256 of what comes in parts: for contents that are too large for memory.
    public struct Stream: ~Copyable {
        private var state = crypto_hash_sha256_state()

        /// The hash of nothing yet.
        public init() { _ = crypto_hash_sha256_init(&state) }

        /// Adds the next part.
        public mutating func add(_ bytes: UnsafeRawBufferPointer) {
            _ = crypto_hash_sha256_update(
                &state,
                bytes.bindMemory(to: UInt8.self).baseAddress,
                UInt64(bytes.count)
            )
        }

        /// The 32 bytes of the hash. Nothing may be added afterwards.
        public mutating func finish() -> [UInt8] {
            var result = [UInt8](repeating: 0, count: 32)
            _ = crypto_hash_sha256_final(&state, &result)
            return result
        }
    }

    /// Bytes as small hexadecimal digits.
    public static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
