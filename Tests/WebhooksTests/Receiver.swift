import Foundation
import Glibc
import Synchronization

/// A real HTTP server on loopback that notes what it gets and answers what the test says.
final class Receiver: Sendable {
    /// What arrived.
    struct Request: Sendable {
        let headers: [String: String]
        let body: String
    }
    /// What it answers.
    struct Answer: Sendable {
        var status = 200
        var headers = ""
        var body = "taken"
        var delay: UInt32 = 0
    }

    let port: UInt16
    private let requests = Mutex<[Request]>([])
    private let rule: Mutex<@Sendable (Request) -> Answer>
    private let socket: Int32
    private let isOpen = Mutex(true)
    var received: [Request] { requests.withLock { $0 } }
    var address: String { "http://127.0.0.1:\(port)/hook" }

    init(port wanted: UInt16 = 0, _ rule: @escaping @Sendable (Request) -> Answer = { _ in Answer() }) throws {
        self.rule = Mutex(rule)
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = wanted.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let file = socket
        let isBound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(file, address, size) == 0 && listen(file, 64) == 0 && getsockname(file, address, &size) == 0
            }
        }
        struct NotBound: Error {}
        guard isBound else { throw NotBound() }
        port = UInt16(bigEndian: name.sin_port)
        Thread { [self] in
            while true {
                let client = accept(file, nil, nil)
                guard client >= 0 else { return }
                Thread { self.serve(client) }.start()
            }
        }.start()
    }

    deinit { close() }

    /// Once: the number of a closed socket is given to the next one that is opened.
    func close() {
        guard
            isOpen.withLock({ isOpen in
                defer { isOpen = false }
                return isOpen
            })
        else { return }
        shutdown(socket, Int32(SHUT_RDWR))
        _ = Glibc.close(socket)
    }

    func answer(_ rule: @escaping @Sendable (Request) -> Answer) { self.rule.withLock { $0 = rule } }

    private func serve(_ client: Int32) {
        defer { _ = Glibc.close(client) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            bytes += buffer.prefix(count)
            if let request = Receiver.parse(bytes) {
                requests.withLock { $0.append(request) }
                let answer = rule.withLock { $0 }(request)
                if answer.delay > 0 { sleep(answer.delay) }
                let text =
                    "HTTP/1.1 \(answer.status) X\r\nContent-Length: \(answer.body.utf8.count)\r\nConnection: close\r\n"
                    + answer.headers + "\r\n" + answer.body
                let data = Array(text.utf8)
                _ = send(client, data, data.count, Int32(MSG_NOSIGNAL))
                return
            }
        }
    }

    private static func parse(_ bytes: [UInt8]) -> Request? {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.components(separatedBy: "\r\n\r\n")
        guard parts.count >= 2 else { return nil }
        let lines = parts[0].components(separatedBy: "\r\n").dropFirst()
        let headers = lines.reduce(into: [String: String]()) { headers, line in
            let pair = line.split(separator: ":", maxSplits: 1)
            if pair.count == 2 { headers[pair[0].lowercased()] = pair[1].trimmingCharacters(in: .whitespaces) }
        }
        let body = parts.dropFirst().joined(separator: "\r\n\r\n")
        guard body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return nil }
        return Request(headers: headers, body: body)
    }
}
