/// An address that a name was resolved to, and whether it may be called from here.
public struct NetworkAddress: Sendable, CustomStringConvertible {
    /// How far away an address is.
    public enum Reach: Sendable {
        /// Anybody on the internet can reach it.
        case everywhere
        /// This machine or the network around it.
        case nearby
        /// Never the address of a receiver: metadata services of clouds, many receivers at once, reserved.
        case nowhere
    }

    /// Four or sixteen bytes in network order.
    public let bytes: [UInt8]

    /// An address of four or sixteen bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How far away it is, by the registries of special-purpose addresses of IANA (RFC 6890). An IPv6 address that
    /// stands for an IPv4 one is judged as that one.
    public var reach: Reach {
        switch bytes.count {
        case 4: return NetworkAddress.reach(ofIPv4: bytes)
        case 16: return embedded.map(NetworkAddress.reach(ofIPv4:)) ?? NetworkAddress.reach(ofIPv6: bytes)
        default: return .nowhere
        }
    }

    /// The IPv4 address that an IPv6 one is only another form of: mapped, compatible, NAT64 or 6to4.
    private var embedded: [UInt8]? {
        let zeros = { (range: Range<Int>) in bytes[range].allSatisfy { $0 == 0 } }
        if zeros(0..<10), bytes[10] == 0xFF, bytes[11] == 0xFF { return Array(bytes[12...]) }
        if zeros(0..<12), !zeros(12..<15) { return Array(bytes[12...]) }
        if Array(bytes[0..<4]) == [0x00, 0x64, 0xFF, 0x9B], zeros(4..<12) { return Array(bytes[12...]) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return Array(bytes[2..<6]) }
        return nil
    }

    private static func reach(ofIPv4 bytes: [UInt8]) -> Reach {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (127, _, _), (10, _, _), (172, 16...31, _), (192, 168, _), (100, 64...127, _): .nearby
        case (0, _, _), (169, 254, _), (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100),
            (203, 0, 113), (224...255, _, _):
            .nowhere
        default: .everywhere
        }
    }

    private static func reach(ofIPv6 bytes: [UInt8]) -> Reach {
        if bytes.dropLast().allSatisfy({ $0 == 0 }) { return bytes[15] == 1 ? .nearby : .nowhere }
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        // A cloud's metadata service in the space of private networks.
        case (0xFD, 0x00, 0x0E, 0xC2): return .nowhere
        case (0xFC...0xFD, _, _, _): return .nearby
        // Documentation, and what tunnels or tests use.
        case (0x20, 0x01, 0x00...0x01, _), (0x20, 0x01, 0x0D, 0xB8): return .nowhere
        // Only these have been given out to the internet.
        case (0x20...0x3F, _, _, _): return .everywhere
        default: return .nowhere
        }
    }

    /// The address in the usual form; IPv6 without shortening.
    public var description: String {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        return stride(from: 0, to: max(0, bytes.count - 1), by: 2).map { index in
            String(Int(bytes[index]) << 8 | Int(bytes[index + 1]), radix: 16)
        }.joined(separator: ":")
    }
}
