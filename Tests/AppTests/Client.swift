import Foundation
import Glibc
import Values

/// A plain HTTP/1.1 client: one connection per request, off the threads that the server runs on.
struct Client: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { (try? JSONReader.parse(body)) ?? .null }
        var cookies: [String] { headers["set-cookie"]?.components(separatedBy: "\n") ?? [] }
        var code: String? { json["code"]?.string }
    }

    let port: Int
    /// Headers that every request has.
    var headers: [String: String] = [:]

    func send(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        headers more: [String: String] = [:]
    ) async throws -> Answer {
        try await send(method, path, bytes: body.map { Array($0.utf8) }, headers: more)
    }

    func send(
        _ method: String,
        _ path: String,
        bytes body: [UInt8]?,
        headers more: [String: String] = [:]
    ) async throws -> Answer {
        var all = headers.merging(more) { $1 }
        all["Host"] = "127.0.0.1:\(port)"
        all["Connection"] = "close"
        if let body { all["Content-Length"] = String(body.count) }
        let head = all.reduce("\(method) \(path) HTTP/1.1\r\n") { $0 + "\($1.key): \($1.value)\r\n" } + "\r\n"
        let (port, request) = (port, Array(head.utf8) + (body ?? []))
        return try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: those of the pools are what the server runs on.
            Thread.detachNewThread {
                continuation.resume(with: Result { try Client.answer(Client.exchange(request, port)) })
            }
        }
    }

    private static func exchange(_ request: [UInt8], _ port: Int) throws -> [UInt8] {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // The server may answer and close before it has read a body that is too large.
            if count <= 0 { break }
            sent += count
        }
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &part, part.count, 0)
            if count <= 0 { return answer }
            answer += part[0..<count]
        }
    }

    private static func answer(_ bytes: [UInt8]) throws -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw POSIXError(.EPROTO) }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = Int(lines[0].split(separator: " ")[1]) else { throw POSIXError(.EPROTO) }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            let (name, value) = (parts[0].lowercased(), parts.count > 1 ? parts[1] : "")
            let text = value.trimmingCharacters(in: .whitespaces)
            headers[name] = headers[name].map { $0 + "\n" + text } ?? text
        }
        var body = Array(bytes[end.upperBound...])
        if headers["transfer-encoding"] == "chunked" { body = unchunked(body) }
        return Answer(status: status, headers: headers, body: body)
    }

    private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
        var (result, rest): ([UInt8], ArraySlice<UInt8>) = ([], bytes[...])
        while let end = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = Int(String(decoding: rest[rest.startIndex..<end.lowerBound], as: UTF8.self), radix: 16) ?? 0
            if size == 0 { break }
            result += rest[end.upperBound..<(end.upperBound + size)]
            rest = rest[(end.upperBound + size + 2)...]
        }
        return result
    }
}
