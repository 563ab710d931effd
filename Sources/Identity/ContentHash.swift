import CSodium

/// SHA-256, for hash chains and for storing secrets that are random anyway.
public enum ContentHash {
    /// The 32 bytes of the hash.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        _ = crypto_hash_sha256(&result, bytes, UInt64(bytes.count))
        return result
    }
}
