public import Tracing

/// The place of a request in a trace that goes through several programs, as W3C Trace Context writes it:
/// `00-<32 digits>-<16 digits>-01`.
public struct TraceParent: Sendable, Equatable {
    /// The trace, 32 small hexadecimal digits.
    public let trace: String
    /// The span, 16 small hexadecimal digits.
    public let span: String
    /// Whether somebody collects the spans of this trace.
    public let isSampled: Bool

    /// A place in a trace.
    public init(trace: String, span: String, isSampled: Bool) {
        (self.trace, self.span, self.isSampled) = (trace, span, isSampled)
    }

    /// Reads the header `traceparent`; nil for anything that is none.
    public init?(_ header: String) {
        let parts = header.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let isOfThisForm = parts.first == "00" ? parts.count == 4 : parts.count >= 4
        guard isOfThisForm, zip(parts, [2, 32, 16, 2]).allSatisfy({ TraceParent.isHex($0, $1) }), parts[0] != "ff",
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(trace: parts[1], span: parts[2], isSampled: flags & 1 == 1)
    }

    private static func isHex(_ text: String, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

extension ServiceContext {
    private enum Key: ServiceContextKey { typealias Value = TraceParent }

    /// The place in a trace of whatever runs now.
    public var traceParent: TraceParent? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}
