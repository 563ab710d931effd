import CSodium

/// SHA-256 over bytes that come in portions.
struct Digest {
    static let count = Int(crypto_hash_sha256_bytes())
    private var state = crypto_hash_sha256_state()

    init() { crypto_hash_sha256_init(&state) }

    mutating func add(_ bytes: [UInt8]) { crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count)) }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        crypto_hash_sha256_update(&state, bytes.baseAddress, UInt64(bytes.count))
    }

    /// The hash of what came.
    mutating func bytes() -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: Self.count)
        crypto_hash_sha256_final(&state, &hash)
        return hash
    }

    /// The hash in hexadecimal digits.
    mutating func text() -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The hash of a file.
    static func file(_ path: String) throws -> String {
        let file = try ByteFile(reading: path)
        var digest = Digest()
        while case let bytes = try file.read(), !bytes.isEmpty { digest.add(bytes) }
        return digest.text()
    }
}
