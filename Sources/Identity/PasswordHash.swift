import CSodium
import Dispatch
import Synchronization
import Values

/// Hashes passwords with argon2id. Hashing is slow on purpose: it runs on two threads of its own, never inside a
/// transaction, and refuses work when too many wait.
public final class PasswordHash: Sendable {
    private let operations: UInt64
    private let memory: Int
    private let queues: [DispatchQueue]
    private let pending = Mutex<(waiting: Int, next: Int)>((0, 0))

    /// Hashing with a number of passes and an amount of memory in bytes.
    public init(operations: Int = 2, memory: Int = 32 * 1024 * 1024) {
        self.operations = UInt64(operations)
        self.memory = memory
        queues = (0..<2).map { DispatchQueue(label: "kehu.password.\($0)", qos: .userInitiated) }
    }

    /// Two passes over 32 MiB: above what OWASP asks for, and bearable for a small server.
    public static let production = PasswordHash()

    /// As cheap as the algorithm allows; for tests and demo data only.
    public static let testing = PasswordHash(operations: 1, memory: 8192)

    /// The hash of a password as a text that holds its own salt and settings.
    public func hash(_ password: String) async throws -> String {
        let (operations, memory) = (operations, memory)
        return try await slowly {
            var result = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
            let bytes = Array(password.utf8).map { CChar(bitPattern: $0) }
            let code = crypto_pwhash_str_alg(
                &result,
                bytes,
                UInt64(bytes.count),
                operations,
                memory,
                crypto_pwhash_ALG_ARGON2ID13
            )
            guard code == 0 else { throw PasswordHash.busy }
            return String(decoding: result.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Whether the password belongs to the hash. Without a hash it takes the same time and answers no.
    public func verify(_ password: String, against hash: String?) async throws -> Bool {
        let stored = hash ?? nobody
        let isRight = try await slowly {
            let bytes = Array(password.utf8).map { CChar(bitPattern: $0) }
            return crypto_pwhash_str_verify(stored, bytes, UInt64(bytes.count)) == 0
        }
        return isRight && hash != nil
    }

    /// Whether a hash was made with other settings and should be made again.
    public func isOutdated(_ hash: String) -> Bool { crypto_pwhash_str_needs_rehash(hash, operations, memory) != 0 }

    /// A hash that no password has.
    private var nobody: String {
        "$argon2id$v=19$m=\(memory / 1024),t=\(operations),p=1$AAAAAAAAAAAAAAAAAAAAAA$"
            + String(repeating: "A", count: 43)
    }

    private static let busy = Problem(
        .unavailable,
        "busy",
        Label("Too many people are logging in at this moment. Try again in a few seconds.", zh: "当前登录人数较多，请稍候几秒再试。"),
        retryAfter: 5
    )

    private func slowly<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try Secret.requireReady()
        let queue = try pending.withLock { pending in
            guard pending.waiting < 64 else { throw PasswordHash.busy }
            pending.waiting += 1
            pending.next = (pending.next + 1) % queues.count
            return queues[pending.next]
        }
        defer { pending.withLock { $0.waiting -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
