import Glibc

/// One keep-alive connection to a server, without waiting: the loop asks when there is something.
struct ServerConnection {
    let socket: Int32
    private var received: [UInt8] = []
    private var toSend: ArraySlice<UInt8> = []

    /// Connects; throws when nobody listens there.
    init(_ endpoint: Endpoint) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = endpoint.socketAddress
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
