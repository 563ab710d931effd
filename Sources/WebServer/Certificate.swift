import Foundation
import NIOCore
import NIOSSL
import Synchronization
public import Values

/// The certificate and key that the program proves itself with, read again when somebody has renewed the files: a
/// renewal needs no restart. A pair that cannot be used keeps the one before.
public final class Certificate: Sendable {
    private struct State {
        var pair: Pair
        var lookedAt: Instant
    }

    /// What the two files held at one time.
    private struct Pair: Sendable {
        let chain: [NIOSSLCertificateSource]
        let key: NIOSSLPrivateKeySource
        let bytes: [Data]
        /// When the certificate ends.
        let ends: Instant
    }

    /// How often new files are looked for.
    static let rest: Int64 = 10_000

    private let chainPath: String
    private let keyPath: String
    private let clock: Clock
    private let state: Mutex<State>

    /// Reads a PEM chain, the program's own certificate first, and its private key.
    ///
    /// Throws a `Problem` that says which file cannot be used and why.
    public init(chain: String, key: String, clock: Clock = .system) throws {
        (chainPath, keyPath, self.clock) = (chain, key, clock)
        state = Mutex(State(pair: try Certificate.read(chain, key), lookedAt: clock.now()))
    }

    /// When the certificate ends.
    public var ends: Instant { current().ends }

    /// The configuration of the server; each new connection gets the newest pair.
    func configuration() -> TLSConfiguration {
        let pair = current()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: pair.chain,
            privateKey: pair.key
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.sslContextCallback = { [self] _, promise in
            // Never on the connection's thread: what a broken file leaves in its list of errors would end the handshake.
            Task.detached {
                let pair = self.current()
                var change = NIOSSLContextConfigurationOverride()
                change.certificateChain = pair.chain
                change.privateKey = pair.key
                promise.succeed(change)
            }
        }
        return configuration
    }

    private func current() -> Pair {
        let now = clock.now()
        return state.withLock { state in
            guard abs(now.milliseconds - state.lookedAt.milliseconds) >= Certificate.rest else { return state.pair }
            state.lookedAt = now
            let bytes = [chainPath, keyPath].compactMap { FileManager.default.contents(atPath: $0) }
            if bytes.count == 2, bytes != state.pair.bytes, let newer = try? Certificate.read(chainPath, keyPath) {
                state.pair = newer
            }
            return state.pair
        }
    }

    private static func read(_ chainPath: String, _ keyPath: String) throws -> Pair {
        let chainBytes = try contents(chainPath)
        let keyBytes = try contents(keyPath)
        guard let chain = try? NIOSSLCertificate.fromPEMBytes([UInt8](chainBytes)), let own = chain.first else {
            throw unusable(chainPath, Label("it holds no certificate in PEM form", zh: "其中没有 PEM 格式的证书"))
        }
        guard let key = try? NIOSSLPrivateKey(bytes: [UInt8](keyBytes), format: .pem) else {
            throw unusable(
                keyPath,
                Label("it holds no private key in PEM form without a passphrase", zh: "其中没有未加密的 PEM 私钥")
            )
        }
        let pair = Pair(
            chain: chain.map { .certificate($0) },
            key: .privateKey(key),
            bytes: [chainBytes, keyBytes],
            ends: Instant(milliseconds: Int64(own.notValidAfter) * 1000)
        )
        // Only a context tells whether the two belong together.
        let trial = TLSConfiguration.makeServerConfiguration(certificateChain: pair.chain, privateKey: pair.key)
        guard (try? NIOSSLContext(configuration: trial)) != nil else {
            throw unusable(
                keyPath,
                Label("this key does not belong to the certificate in \(chainPath)", zh: "该私钥与证书 \(chainPath) 不匹配")
            )
        }
        return pair
    }

    private static func contents(_ path: String) throws -> Data {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw unusable(path, Label("the file cannot be read", zh: "文件无法读取"))
        }
        return bytes
    }

    private static func unusable(_ path: String, _ reason: Label) -> Problem {
        Problem(
            .unavailable,
            "wrong_certificate",
            Label(
                "The TLS file «\(path)» cannot be used: \(reason.en).",
                zh: "TLS 文件“\(path)”无法使用：\(reason.zh)。"
            )
        )
    }
}
