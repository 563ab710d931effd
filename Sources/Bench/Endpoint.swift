import Glibc
import Values

/// Where a server listens: an address of version 4 and a port.
struct Endpoint: Sendable {
    /// What stands in the header `Host`.
    let host: String
    let port: UInt16
    // In network order.
    private let address: UInt32
    /// Further servers of the same data, among which the connections of a load are shared out.
    private var others: [Endpoint] = []

    /// A port of this machine.
    static func loopback(_ port: UInt16) -> Endpoint {
        Endpoint(host: "127.0.0.1", port: port, address: UInt32(0x7F00_0001).bigEndian)
    }

    private init(host: String, port: UInt16, address: UInt32) {
        self.host = host
        self.port = port
        self.address = address
    }

    /// The server of an address such as `http://127.0.0.1:8080`, or several with commas. Throws for others, and for names
    /// that nobody knows.
    init(urls: String) throws {
        let all = try urls.split(separator: ",").map { try Endpoint(url: String($0)) }
        guard let first = all.first else { throw Endpoint.unreadable(urls) }
        self = first
        others = Array(all.dropFirst())
    }

    /// The server of a connection of a load.
    func server(of connection: Int) -> Endpoint {
        let number = connection % (others.count + 1)
        return number == 0 ? self : others[number - 1]
    }

    private init(url: String) throws {
        let scheme = "http://"
        guard url.hasPrefix(scheme) else { throw Endpoint.unreadable(url) }
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, parts.count <= 2 else { throw Endpoint.unreadable(url) }
        guard let port = parts.count == 2 ? UInt16(parts[1]) : 80 else { throw Endpoint.unreadable(url) }
        guard let address = Endpoint.address(of: String(name)) else { throw Endpoint.unreadable(url) }
        self.init(host: String(authority), port: port, address: address)
    }

    var socketAddress: sockaddr_in {
        var result = sockaddr_in()
        result.sin_family = sa_family_t(AF_INET)
        result.sin_port = port.bigEndian
        result.sin_addr.s_addr = address
        return result
    }

    /// Whether the server is on this machine: the connection then has the same address at both ends.
    var isOnThisMachine: Bool {
        guard let connection = try? ServerConnection(self) else { return false }
        defer { connection.close() }
        return Endpoint.own(connection.socket)?.sin_addr.s_addr == address
    }

    /// A port of the loopback address on which nobody listens at present.
    static func freePort() throws -> UInt16 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(socket) }
        var address = Endpoint.loopback(0).socketAddress
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0, let own = own(socket) else { throw BenchFailure.noConnection }
        return UInt16(bigEndian: own.sin_port)
    }

    private static func own(_ socket: Int32) -> sockaddr_in? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
        }
        return code == 0 ? address : nil
    }

    private static func address(of name: String) -> UInt32? {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &found) == 0, let found else { return nil }
        defer { freeaddrinfo(found) }
        guard let address = found.pointee.ai_addr else { return nil }
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr.s_addr }
    }

    private static func unreadable(_ url: String) -> Problem {
        .malformed(
            "bench_url",
            Label(
                "«\(url)» cannot be measured. Give the address of the server itself, such as http://127.0.0.1:8080, "
                    + "without the proxy that adds https.",
                zh: "无法测量“\(url)”。请填写服务本身的地址（不经 https 代理），例如 http://127.0.0.1:8080。"
            )
        )
    }
}
