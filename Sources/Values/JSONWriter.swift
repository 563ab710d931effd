/// Writes JSON straight into bytes.
///
/// The caller writes the punctuation between values through `array`, `object` and `key`; nothing is buffered twice.
public struct JSONWriter: Sendable {
    /// What has been written.
    public var bytes: [UInt8]
    @usableFromInline var needsComma = false

    /// An empty writer with room for `capacity` bytes.
    public init(capacity: Int = 1024) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The text written so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes an object; `body` writes keys and values.
    @inlinable
    public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        separate()
        bytes.append(0x7B)
        needsComma = false
        try body(&self)
        bytes.append(0x7D)
        needsComma = true
    }

    /// Writes an array; `body` writes values.
    @inlinable
    public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        separate()
        bytes.append(0x5B)
        needsComma = false
        try body(&self)
        bytes.append(0x5D)
        needsComma = true
    }

    /// Writes a key; the next call writes its value.
    @inlinable
    public mutating func key(_ name: String) {
        separate()
        quoted(name)
        bytes.append(0x3A)
        needsComma = false
    }

    /// Writes a key with a text value; a nil is written as null.
    @inlinable
    public mutating func member(_ name: String, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// Writes a key with a whole number.
    @inlinable
    public mutating func member(_ name: String, _ value: Int64) {
        key(name)
        integer(value)
    }

    /// Writes a key with true or false.
    @inlinable
    public mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Writes a string.
    @inlinable
    public mutating func string(_ value: String) {
        separate()
        quoted(value)
        needsComma = true
    }

    /// Writes UTF-8 bytes as a string.
    @inlinable
    public mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
        separate()
        bytes.append(0x22)
        escape(utf8)
        bytes.append(0x22)
        needsComma = true
    }

    /// Writes a whole number.
    @inlinable
    public mutating func integer(_ value: Int64) {
        separate()
        appendDigits(value)
        needsComma = true
    }

    /// Writes a finite number in its shortest form; others become null.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        if value == value.rounded(), abs(value) < 9_007_199_254_740_992 {
            appendDigits(Int64(value))
        } else {
            bytes.append(contentsOf: value.description.utf8)
        }
        needsComma = true
    }

    /// Writes text that already is JSON.
    @inlinable
    public mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
        needsComma = true
    }

    /// Writes bytes that already are JSON.
    @inlinable
    public mutating func raw(bytes json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// Writes an id as its 13 characters.
    @inlinable
    public mutating func id(_ id: RecordID) {
        separate()
        bytes.append(0x22)
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0x30, count: 13))
        var rest = UInt64(bitPattern: id.raw)
        for position in stride(from: 12, through: 0, by: -1) {
            bytes[start + position] = RecordID.digit(Int(rest & 31))
            rest >>= 5
        }
        bytes.append(0x22)
        needsComma = true
    }

    /// Writes true or false.
    @inlinable
    public mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    /// Writes null.
    @inlinable
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
        needsComma = true
    }

    /// Writes a value that was read.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .number(let text): raw(text)
        case .string(let text): string(text)
        case .array(let items): array { writer in for item in items { writer.value(item) } }
        case .object(let members):
            object { writer in
                for member in members {
                    writer.key(member.key)
                    writer.value(member.value)
                }
            }
        }
    }

    @inlinable
    mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = false
    }

    @usableFromInline
    mutating func quoted(_ value: String) {
        bytes.append(0x22)
        var value = value
        value.withUTF8 { escape($0) }
        bytes.append(0x22)
    }

    @usableFromInline
    mutating func escape(_ utf8: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in 0..<utf8.count {
            let byte = utf8[index]
            if byte >= 0x20, byte != 0x22, byte != 0x5C { continue }
            if start < index { bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index])) }
            start = index + 1
            switch byte {
            case 0x22: bytes.append(contentsOf: [0x5C, 0x22])
            case 0x5C: bytes.append(contentsOf: [0x5C, 0x5C])
            case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
            case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
            case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
            default:
                let hex = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: [0x5C, 0x75, 0x30, 0x30, hex[Int(byte >> 4)], hex[Int(byte & 15)]])
            }
        }
        if start < utf8.count {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<utf8.count]))
        }
    }

    @usableFromInline
    mutating func appendDigits(_ value: Int64) {
        if value < 0 { bytes.append(0x2D) }
        var rest = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(0x30 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}
