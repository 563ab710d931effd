import Database
import HTTPTypes
import Identity
import SQLText
import Synchronization
import Values

/// What tells a repeated POST from a new one: the caller, the key that the caller chose, and what was sent.
///
/// Answers are stored encrypted, since some hold what is shown only once: tokens, secrets of webhooks.
struct IdempotencyKey: Sendable {
    private let identities: Identities
    let text: String
    let actor: Int64
    let request: [UInt8]

    /// Nil when the request has no `Idempotency-Key`.
    init?(_ call: Call, _ actor: Actor) throws {
        guard let text = call.headers[.idempotencyKey]?.trimmingSpaces, !text.isEmpty else { return nil }
        guard text.utf8.count <= 200 else {
            throw Problem.malformed(
                "invalid_idempotency_key",
                Label("An Idempotency-Key has 200 characters at most.", zh: "Idempotency-Key 最多 200 个字符。")
            )
        }
        self.text = text
        identities = call.workspace.identities
        self.actor = actor.userID?.raw ?? 0
        let query = call.query.items.map { $0.name + "=" + $0.value }.joined(separator: "&")
        request = ContentHash.sha256(Array("\(call.method.rawValue) \(call.path)?\(query)\n".utf8) + call.body)
    }

    /// The first answer. Throws `invalid` when the key was used for something else.
    func find(on connection: Connection) throws -> Reply? {
        let row = try connection.row(
            "SELECT request, status, body FROM sys_idempotency WHERE actor = \(actor) AND key = \(text)"
        )
        guard let row else { return nil }
        guard row[0] == .blob(request), case .blob(let sealed) = row[2], let stored = identities.opened(sealed) else {
            throw IdempotencyKey.reused
        }
        let end = stored.firstIndex(of: 0) ?? stored.startIndex
        var reply = Reply(HTTPResponse.Status(code: Int(row.integer(1))))
        for line in String(decoding: stored[..<end], as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, let name = HTTPField.Name(String(parts[0])) { reply.headers[name] = String(parts[1]) }
        }
        reply.body = .bytes(Array(stored[(end + 1)...]))
        reply.headers[.idempotencyReplayed] = "true"
        reply.isStored = true
        return reply
    }

    /// Remembers the answer.
    func store(_ reply: Reply, at now: Instant, on connection: Connection) throws {
        guard case .bytes(let bytes) = reply.body else { return }
        var stored: [UInt8] = []
        for name in [HTTPField.Name.contentType, .location, .eTag] {
            if let value = reply.headers[name] { stored += Array("\(name.canonicalName):\(value)\n".utf8) }
        }
        let body = SQLValue.blob(try identities.sealed(stored + [0] + bytes))
        try connection.run(
            """
            INSERT INTO sys_idempotency (key, actor, request, status, body, at)
            VALUES (\(text), \(actor), \(SQLValue.blob(request)), \(reply.status.code), \(body), \(now))
            ON CONFLICT (actor, key) DO NOTHING
            """
        )
    }

    private static let reused = Problem(
        .invalid,
        "idempotency_key_reused",
        Label(
            "This Idempotency-Key was used for another request. Choose a new one.",
            zh: "该 Idempotency-Key 已用于其他请求，请换一个。"
        )
    )
}

/// The keys whose first request is still being answered.
final class RunningKeys: Sendable {
    private struct Name: Hashable {
        let actor: Int64
        let text: String
    }
    private let running = Mutex<Set<Name>>([])

    /// Runs `body` unless the same key is at work already, which is a conflict.
    func once(_ key: IdempotencyKey, _ body: () async throws -> Reply) async throws -> Reply {
        let name = Name(actor: key.actor, text: key.text)
        guard running.withLock({ $0.insert(name).inserted }) else {
            throw Problem(
                .conflict,
                "still_running",
                Label(
                    "The first request with this key is still being answered.",
                    zh: "使用该 Idempotency-Key 的请求仍在处理中，请稍候。"
                ),
                retryAfter: 1
            )
        }
        defer { _ = running.withLock { $0.remove(name) } }
        return try await body()
    }
}
