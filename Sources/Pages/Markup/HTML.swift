public import Values

/// A piece of a page as UTF-8 bytes. Written as a literal, in which `\(text)` is escaped and `\(html)` is not.
///
///     let cell: HTML = "<td>\(customer.name)</td>"
public struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The bytes to send.
    public var bytes: [UInt8]

    /// Takes a constant of the program as it is; no text of a person can be a `StaticString`.
    public init(stringLiteral value: StaticString) {
        bytes = value.withUTF8Buffer { Array($0) }
    }

    /// Takes what an interpolated literal has gathered.
    public init(stringInterpolation: Interpolation) {
        bytes = stringInterpolation.bytes
    }

    /// A text of a person, escaped.
    public init(text: String) {
        var interpolation = Interpolation(literalCapacity: text.utf8.count, interpolationCount: 0)
        interpolation.appendInterpolation(text)
        bytes = interpolation.bytes
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Nothing.
    public static let empty = HTML(bytes: [])

    /// True when there is nothing to show.
    public var isEmpty: Bool { bytes.isEmpty }

    /// The bytes as text; for tests and logs.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Puts two pieces after each other.
    public static func + (left: HTML, right: HTML) -> HTML { HTML(bytes: left.bytes + right.bytes) }

    /// Adds a piece at the end.
    public static func += (left: inout HTML, right: HTML) { left.bytes += right.bytes }

    /// The piece if the condition holds, else nothing.
    public static func when(_ condition: Bool, _ html: @autoclosure () -> HTML) -> HTML {
        condition ? html() : .empty
    }

    /// The piece made from the value if there is one, else nothing.
    public static func with<Value>(_ value: Value?, _ html: (Value) -> HTML) -> HTML {
        value.map(html) ?? .empty
    }

    /// One piece per element, in order.
    public static func each<Items: Sequence>(_ items: Items, _ html: (Items.Element) -> HTML) -> HTML {
        var bytes: [UInt8] = []
        for item in items { bytes += html(item).bytes }
        return HTML(bytes: bytes)
    }
}

extension Sequence<HTML> {
    /// All pieces after each other, with `separator` between them.
    public func joined(separator: HTML = .empty) -> HTML {
        var bytes: [UInt8] = []
        for (index, piece) in enumerated() {
            if index > 0 { bytes += separator.bytes }
            bytes += piece.bytes
        }
        return HTML(bytes: bytes)
    }
}

extension HTML {
    /// Gathers the parts of an interpolated literal.
    public struct Interpolation: StringInterpolationProtocol {
        var bytes: [UInt8] = []

        /// Begins with room for the literal parts.
        public init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 24)
        }

        /// Adds a constant of the program.
        public mutating func appendLiteral(_ literal: StaticString) {
            literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }

        /// Adds a text, escaped for element content and for quoted attributes.
        public mutating func appendInterpolation(_ text: String) {
            var text = text
            text.withUTF8 { escape($0) }
        }

        /// Adds a text, escaped; nothing for nil.
        public mutating func appendInterpolation(_ text: String?) {
            if let text { appendInterpolation(text) }
        }

        /// Adds a piece of a page as it is.
        public mutating func appendInterpolation(_ html: HTML) { bytes += html.bytes }

        /// Adds pieces of a page after each other.
        public mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { bytes += piece.bytes }
        }

        /// Adds a whole number.
        public mutating func appendInterpolation<Number: BinaryInteger>(_ number: Number) {
            bytes.append(contentsOf: String(number).utf8)
        }

        /// Adds an id.
        public mutating func appendInterpolation(_ id: RecordID) { bytes.append(contentsOf: id.description.utf8) }

        /// Adds a constant of the program.
        public mutating func appendInterpolation(raw constant: StaticString) { appendLiteral(constant) }

        /// Adds ` name="value"`; nothing for nil.
        public mutating func appendInterpolation(attribute name: StaticString, _ value: String?) {
            guard let value else { return }
            appendLiteral(" ")
            appendLiteral(name)
            appendLiteral("=\"")
            appendInterpolation(value)
            appendLiteral("\"")
        }

        /// Adds the attribute without a value if the condition holds.
        public mutating func appendInterpolation(attribute name: StaticString, if condition: Bool) {
            guard condition else { return }
            appendLiteral(" ")
            appendLiteral(name)
        }

        /// Adds ` href="…"` for an address that a browser may follow; ` href="#"` for any other scheme.
        public mutating func appendInterpolation(href address: String) {
            appendInterpolation(attribute: "href", WebAddress.isSafe(address) ? address : "#")
        }

        private mutating func escape(_ source: UnsafeBufferPointer<UInt8>) {
            var start = 0
            for (index, byte) in source.enumerated() {
                let entity: StaticString
                switch byte {
                case 0x26: entity = "&amp;"
                case 0x3C: entity = "&lt;"
                case 0x3E: entity = "&gt;"
                case 0x22: entity = "&quot;"
                case 0x27: entity = "&#39;"
                case 0x00: entity = "\u{FFFD}"
                default: continue
                }
                bytes.append(contentsOf: source[start..<index])
                appendLiteral(entity)
                start = index + 1
            }
            bytes.append(contentsOf: source[start...])
        }
    }
}

/// Which addresses a link may have.
public enum WebAddress {
    /// True for `http`, `https`, `mailto` and `tel`, and for paths of this site; never for `javascript:` and its kind.
    public static func isSafe(_ address: String) -> Bool {
        let bytes = Array(address.utf8)
        guard let first = bytes.first, !bytes.contains(where: { $0 <= 0x20 || $0 == 0x5C }) else { return false }
        if first == 0x2F { return bytes.count < 2 || bytes[1] != 0x2F }
        if first == 0x23 || first == 0x3F { return true }
        let lower = address.prefix(8).lowercased()
        return ["http://", "https://", "mailto:", "tel:"].contains { lower.hasPrefix($0) }
    }

    /// Text as a part of a query or path: all but letters, digits and `-._~` in per cent form.
    public static func encoded(_ text: String) -> String {
        let hex: [UInt8] = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default: result += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A path with query parameters; empty values are left out.
    public static func path(_ path: String, _ query: KeyValuePairs<String, String>) -> String {
        let parts = query.filter { !$0.value.isEmpty }.map { "\(encoded($0.key))=\(encoded($0.value))" }
        return parts.isEmpty ? path : path + "?" + parts.joined(separator: "&")
    }
}
