import Glibc

/// One keep-alive connection to a server on this machine, without waiting: the loop asks when there is something.
struct LoopbackConnection {
    let socket: Int32
    private var received: [UInt8] = []
    private var toSend: ArraySlice<UInt8> = []

    /// Connects to a port of the loopback address; throws when nobody listens there.
    init(port: UInt16) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = LoopbackConnection.loopback(port: port)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            Glibc.close(socket)
            throw BenchFailure.noConnection
        }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
    }

    /// A port on which nobody listens at present.
    static func freePort() throws -> UInt16 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(socket) }
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, size) == 0 ? getsockname(socket, address, &size) : -1
            }
        }
        guard code == 0 else { throw BenchFailure.noConnection }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    func close() { Glibc.close(socket) }

    /// True while a request is not fully sent.
    var isSending: Bool { !toSend.isEmpty }

    /// Begins a request.
    mutating func send(_ request: [UInt8]) throws {
        toSend = request[...]
        try flush()
    }

    /// Sends what the system takes at present.
    mutating func flush() throws {
        while !toSend.isEmpty {
            let count = toSend.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                toSend = toSend.dropFirst(count)
            } else if errno == EAGAIN || errno == EINTR {
                return
            } else {
                throw BenchFailure.noConnection
            }
        }
    }

    /// Takes what has arrived; the answer once it is complete.
    mutating func receive() throws -> Answer? {
        while true {
            let held = received.count
            received.reserveCapacity(held + 65_536)
            var count = 0
            received.append(
                contentsOf: [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
                    count = recv(socket, buffer.baseAddress, 65_536, 0)
                    initialized = max(0, count)
                }
            )
            if count == 0 { throw BenchFailure.noConnection }
            if count < 0 {
                guard errno == EAGAIN || errno == EINTR else { throw BenchFailure.noConnection }
                return nil
            }
            if let answer = try Answer(received) {
                received.removeAll(keepingCapacity: true)
                return answer
            }
        }
    }
}

/// What a server answered.
struct Answer {
    let status: Int
    let body: ArraySlice<UInt8>

    /// Reads an answer; nil while it is incomplete.
    init?(_ bytes: [UInt8]) throws {
        guard let end = find([13, 10, 13, 10], in: bytes[...]) else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
        guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw BenchFailure.unreadable
        }
        self.status = status
        let rest = bytes[(end + 4)...]
        if head.contains(where: { $0.hasPrefix("transfer-encoding:") && $0.hasSuffix("chunked") }) {
            guard let body = try Answer.chunks(rest) else { return nil }
            self.body = body[...]
            return
        }
        let length = head.first { $0.hasPrefix("content-length:") }.flatMap {
            Int($0.dropFirst("content-length:".count).drop { $0 == " " })
        }
        guard rest.count >= length ?? 0 else { return nil }
        body = rest
    }

    private static func chunks(_ bytes: ArraySlice<UInt8>) throws -> [UInt8]? {
        var body: [UInt8] = []
        var rest = bytes
        while let line = find([13, 10], in: rest) {
            guard let count = Int(String(decoding: rest[rest.startIndex..<line], as: UTF8.self), radix: 16) else {
                throw BenchFailure.unreadable
            }
            let start = line + 2
            guard rest.endIndex - start >= count + 2 else { return nil }
            if count == 0 { return body }
            body += rest[start..<(start + count)]
            rest = rest[(start + count + 2)...]
        }
        return nil
    }

    /// True when the body holds the text.
    func contains(_ marker: StaticString) -> Bool { count(marker, atMost: 1) == 1 }

    /// How often the body holds the text.
    func count(_ marker: StaticString, atMost limit: Int = .max) -> Int {
        let wanted = UnsafeBufferPointer(start: marker.utf8Start, count: marker.utf8CodeUnitCount)
        return body.withUnsafeBytes { bytes in
            var (count, start) = (0, 0)
            while count < limit, let found = find(wanted, in: bytes, from: start) {
                count += 1
                start = found + wanted.count
            }
            return count
        }
    }
}

private func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    pattern.withUnsafeBufferPointer { wanted in
        bytes.withUnsafeBytes { find(wanted, in: $0, from: 0) }.map { bytes.startIndex + $0 }
    }
}

private func find(_ wanted: UnsafeBufferPointer<UInt8>, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = bytes.baseAddress, let pattern = wanted.baseAddress, let first = wanted.first else { return nil }
    var place = start
    while place + wanted.count <= bytes.count {
        let room = bytes.count - wanted.count + 1 - place
        guard let found = memchr(base + place, Int32(first), room) else { return nil }
        place = UnsafeRawPointer(found) - base
        if memcmp(base + place, pattern, wanted.count) == 0 { return place }
        place += 1
    }
    return nil
}

/// Why a measurement could not be made.
enum BenchFailure: Error {
    /// The server does not listen or has hung up.
    case noConnection
    /// What came is no HTTP.
    case unreadable
    /// The server took too long.
    case timedOut
}
