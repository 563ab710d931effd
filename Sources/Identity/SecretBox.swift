import CSodium
import Foundation
import Glibc
import Values

/// Encrypts what must be kept readable for the program, as the secrets of authenticator apps, with a key that lies
/// beside the database in a file of its own: whoever has only the database has no secret.
public struct SecretBox: Sendable {
    private let key: [UInt8]
    /// True when the key file was missing and has just been made.
    let isNew: Bool
    private static let keySize = 32
    private static let mark: UInt8 = 1

    /// A box with a key of 32 bytes.
    init(key: [UInt8]) { (self.key, isNew) = (key, false) }

    /// The box of a key file. It is made where it is missing, for the owner alone to read (mode 0600); a file that is
    /// no key is an error that says so.
    public init(keyFile path: String) throws {
        try Secret.requireReady()
        isNew = try access(path, F_OK) == 0 ? false : SecretBox.make(path)
        guard let data = FileManager.default.contents(atPath: path), data.count == SecretBox.keySize else {
            throw SecretBox.unusable(path)
        }
        chmod(path, 0o600)
        key = Array(data)
    }

    /// Makes a key file, whole or not at all: another machine may look for it at the same moment. False when that one was
    /// faster.
    private static func make(_ path: String) throws -> Bool {
        let fresh = try Secret.random(keySize)
        let half = path + ".\(UInt64.random(in: 0...UInt64.max))"
        let file = Glibc.open(half, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unusable(path) }
        defer { unlink(half) }
        let isWritten = Glibc.write(file, fresh, fresh.count) == fresh.count && fsync(file) == 0
        close(file)
        guard isWritten else { throw unusable(path) }
        if link(half, path) == 0 { return true }
        // There are file systems without such links.
        return errno == EEXIST ? false : rename(half, path) == 0
    }

    /// What tells this key from others and says nothing about it.
    var mark: String {
        ContentHash.sha256(Array("kehu key".utf8) + key).prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func unusable(_ path: String) -> Problem {
        Problem(
            .unavailable,
            "key_file",
            Label(
                "The key file \(path) cannot be used: it must hold 32 bytes and be readable. Put the one of the backup there, or remove it; then people set up their second factor anew.",
                zh: "密钥文件 \(path) 无法使用：应为 32 字节且可读。请从备份恢复该文件，或将其移除（成员需重新设置两步验证）。"
            )
        )
    }

    /// The bytes encrypted: a mark, a nonce, and the ciphertext with its authentication.
    public func seal(_ bytes: [UInt8]) throws -> [UInt8] {
        let nonce = try Secret.random(Int(crypto_secretbox_NONCEBYTES))
        var result = [UInt8](repeating: 0, count: bytes.count + Int(crypto_secretbox_MACBYTES))
        guard crypto_secretbox_easy(&result, bytes, UInt64(bytes.count), nonce, key) == 0 else {
            throw Problem(.failure, "sealing", Label("The secret could not be encrypted.", zh: "加密失败，请重试。"))
        }
        return [SecretBox.mark] + nonce + result
    }

    /// Whether bytes begin as sealed ones do; text never does.
    static func isSealed(_ bytes: [UInt8]) -> Bool { bytes.first == mark }

    /// What was sealed; nil when it was sealed with another key, or altered.
    public func open(_ sealed: [UInt8]) -> [UInt8]? {
        let (nonceSize, macSize) = (Int(crypto_secretbox_NONCEBYTES), Int(crypto_secretbox_MACBYTES))
        guard sealed.count >= 1 + nonceSize + macSize, sealed[0] == SecretBox.mark else { return nil }
        let (nonce, rest) = (Array(sealed[1...nonceSize]), Array(sealed[(1 + nonceSize)...]))
        var result = [UInt8](repeating: 0, count: rest.count - macSize)
        guard crypto_secretbox_open_easy(&result, rest, UInt64(rest.count), nonce, key) == 0 else { return nil }
        return result
    }
}
