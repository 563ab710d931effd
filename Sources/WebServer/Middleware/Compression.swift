import HTTPTypes
import Hummingbird
import Pages

/// Makes answers smaller for whoever takes them compressed. Who does not ask pays nothing.
///
/// What a text has in common with another shows in the length of both (the BREACH attack): somebody who can make a
/// browser ask for pages with words of his choice, and sees the lengths, could guess what else stands there. So:
/// answers to another site's requests are never compressed, neither is what holds a key or a link that was just made,
/// and the token of forms differs with every content of a page (`OpenSession.token(ofPage:)`).
enum Compression {
    /// Below this a packet of the network is not filled anyway.
    private static let smallest = 1024
    /// Of a list of 50 rows 6 saves 8 % more than 3 and takes twice the time.
    private static let level: Int32 = 3
    private static let assets: [String: [UInt8]] = Dictionary(
        uniqueKeysWithValues: Assets.all.map { ($0.path, Gzip.compressed($0.bytes, level: 9)) }
    )
    /// Addresses whose answers hold secrets.
    private static let secret = ["/account", "/invite/", "/reset/", "/api/v1/me", "/api/v1/session", "/api/v1/links/"]

    /// Compresses the files of pages, which happens once, before somebody waits for them.
    static func warmUp() { _ = assets }

    /// Compresses an answer where that is wanted, allowed and worth it.
    static func apply(to reply: inout Reply, _ call: Call) { apply(to: &reply, call.method, call.path, call.headers) }

    /// The same for what was asked with this method, path and head.
    static func apply(to reply: inout Reply, _ method: HTTPRequest.Method, _ path: String, _ head: HTTPFields) {
        guard method == .get, isText(reply.headers[.contentType]), reply.headers[.contentEncoding] == nil else {
            return
        }
        let hasWorth: Bool
        switch reply.body {
        case .bytes(let bytes): hasWorth = bytes.count >= smallest
        // What has a validator comes from disk and may be asked for in parts.
        case .stream: hasWorth = reply.headers[.eTag] == nil && reply.headers[.contentRange] == nil
        }
        guard hasWorth else { return }
        reply.headers[.vary] = "Accept-Encoding"
        guard takesGzip(head), mayBe(path, head) else { return }
        reply.headers[.contentEncoding] = "gzip"
        switch reply.body {
        case .bytes(let bytes): reply.body = .bytes(assets[path] ?? Gzip.compressed(bytes, level: level))
        case .stream(let body):
            reply.body = .stream(ResponseBody { writer in try await body.write(GzipWriter(writer, level: level)) })
        }
    }

    private static func isText(_ type: String?) -> Bool {
        // Events go out one by one, which a compressor would hold back.
        guard let type, !type.hasPrefix("text/event-stream") else { return false }
        return type.hasPrefix("text/") || type.contains("json") || type.hasPrefix("image/svg")
            || type.hasPrefix("application/x-ndjson")
    }

    private static func mayBe(_ path: String, _ head: HTTPFields) -> Bool {
        if path.hasPrefix("/assets/") { return true }
        // Every browser of today says this where it says anything over an encrypted connection.
        if let site = head[.fetchSite], site != "same-origin", site != "none" { return false }
        return !secret.contains { path.hasPrefix($0) }
    }

    /// RFC 9110: a list of codings with weights; 0 refuses one, `*` stands for those not named.
    static func takesGzip(_ headers: HTTPFields) -> Bool {
        var any = false
        for part in headers[values: .acceptEncoding].flatMap({ $0.split(separator: ",") }) {
            let pieces = part.split(separator: ";")
            guard let name = pieces.first?.trimmingSpaces.lowercased() else { continue }
            let weight = pieces.dropFirst().map { $0.trimmingSpaces.lowercased() }.first { $0.hasPrefix("q=") }
            let isTaken = weight.map { (Double($0.dropFirst(2)) ?? 0) > 0 } ?? true
            if name == "gzip" || name == "x-gzip" { return isTaken }
            if name == "*" { any = isTaken }
        }
        return any
    }
}

/// Validators: who has an answer already is told that it is still right.
enum Validator {
    /// Turns an answer into «not modified» when the caller has it. Handlers that know earlier do so themselves.
    static func apply(to reply: inout Reply, _ call: Call) {
        guard call.method == .get || call.method == .head, reply.status == .ok, let tag = reply.headers[.eTag],
            case .bytes = reply.body, let known = call.headers[.ifNoneMatch], matches(known, tag)
        else { return }
        reply.status = .notModified
        reply.headers[.contentType] = nil
        reply.body = .bytes([])
    }

    /// RFC 9110, 13.1.2: weak comparison with a list, or `*`.
    private static func matches(_ known: String, _ tag: String) -> Bool {
        func strong(_ text: some StringProtocol) -> String {
            let text = text.trimmingSpaces
            return text.hasPrefix("W/") ? String(text.dropFirst(2)) : text
        }
        let wanted = strong(tag)
        return known.split(separator: ",").contains { $0.trimmingSpaces == "*" || strong($0) == wanted }
    }
}
