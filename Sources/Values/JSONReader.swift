/// A JSON value as it arrived: numbers keep their text, objects keep their order.
public enum JSONValue: Sendable, Equatable {
    /// A member of an object.
    public struct Member: Sendable, Equatable {
        /// The member's name.
        public var key: String
        /// The member's value.
        public var value: JSONValue

        /// A member of an object.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    case null
    case bool(Bool)
    /// The digits as they were written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// The member of that name; of several, the last.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The text, if it is one.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The flag, if it is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The whole number, if it is one.
    public var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }
    /// The items, if it is an array.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members, if it is an object.
    public var members: [Member]? { if case .object(let value) = self { value } else { nil } }
    /// True for null.
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The value as JSON text.
    public var text: String {
        var writer = JSONWriter()
        writer.value(self)
        return writer.text
    }
}

/// Reads JSON: strict, bounded in depth, with an error that says where.
public struct JSONReader {
    private let bytes: [UInt8]
    private var index = 0
    private let maxDepth: Int

    /// Reads a whole text. Throws a `malformed` problem that names the place.
    public static func parse(_ bytes: [UInt8], maxDepth: Int = 64) throws -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Problem.malformed("invalid_utf8", Label("The text is not valid UTF-8.", zh: "内容不是有效的 UTF-8 编码。"))
        }
        var reader = JSONReader(bytes: bytes, maxDepth: maxDepth)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == bytes.count else { throw reader.wrong() }
        return value
    }

    /// Reads a whole text.
    public static func parse(_ text: String) throws -> JSONValue { try parse(Array(text.utf8)) }

    private init(bytes: [UInt8], maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    private func wrong() -> Problem {
        Problem.malformed(
            "invalid_json",
            Label("This is not valid JSON, near byte \(index).", zh: "JSON 格式有误，大约在第 \(index) 个字节处。")
        )
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < maxDepth else {
            throw Problem.malformed(
                "too_deep",
                Label("The JSON is nested too deeply (more than \(maxDepth) levels).", zh: "JSON 嵌套超过 \(maxDepth) 层。")
            )
        }
        skipSpace()
        guard index < bytes.count else { throw wrong() }
        switch bytes[index] {
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x22: return .string(try string())
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6E: return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
        let end = index + text.utf8CodeUnitCount
        guard end <= bytes.count, bytes[index..<end].elementsEqual(String(describing: text).utf8) else { throw wrong() }
        index = end
        return value
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        index += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if index < bytes.count, bytes[index] == 0x7D {
            index += 1
            return .object([])
        }
        while true {
            skipSpace()
            guard index < bytes.count, bytes[index] == 0x22 else { throw wrong() }
            let key = try string()
            skipSpace()
            guard index < bytes.count, bytes[index] == 0x3A else { throw wrong() }
            index += 1
            members.append(.init(key: key, value: try value(depth: depth + 1)))
            skipSpace()
            guard index < bytes.count else { throw wrong() }
            defer { index += 1 }
            if bytes[index] == 0x7D { return .object(members) }
            guard bytes[index] == 0x2C else { throw wrong() }
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        index += 1
        var items: [JSONValue] = []
        skipSpace()
        if index < bytes.count, bytes[index] == 0x5D {
            index += 1
            return .array([])
        }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            guard index < bytes.count else { throw wrong() }
            defer { index += 1 }
            if bytes[index] == 0x5D { return .array(items) }
            guard bytes[index] == 0x2C else { throw wrong() }
        }
    }

    private mutating func number() throws -> String {
        let start = index
        func digits(from position: Int) -> Int {
            var position = position
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
            return position
        }
        var position = index
        if position < bytes.count, bytes[position] == 0x2D { position += 1 }
        let whole = digits(from: position)
        guard whole > position, bytes[position] != 0x30 || whole == position + 1 else { throw wrong() }
        position = whole
        if position < bytes.count, bytes[position] == 0x2E {
            let end = digits(from: position + 1)
            guard end > position + 1 else { throw wrong() }
            position = end
        }
        if position < bytes.count, bytes[position] == 0x65 || bytes[position] == 0x45 {
            position += 1
            if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
            let end = digits(from: position)
            guard end > position else { throw wrong() }
            position = end
        }
        index = position
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func string() throws -> String {
        index += 1
        var result: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 {
                index += 1
                return String(decoding: result, as: UTF8.self)
            }
            guard byte >= 0x20 else { throw wrong() }
            if byte != 0x5C {
                result.append(byte)
                index += 1
                continue
            }
            guard index + 1 < bytes.count else { throw wrong() }
            index += 2
            switch bytes[index - 1] {
            case 0x22: result.append(0x22)
            case 0x5C: result.append(0x5C)
            case 0x2F: result.append(0x2F)
            case 0x62: result.append(0x08)
            case 0x66: result.append(0x0C)
            case 0x6E: result.append(0x0A)
            case 0x72: result.append(0x0D)
            case 0x74: result.append(0x09)
            case 0x75: result.append(contentsOf: String(try escapedScalar()).utf8)
            default: throw wrong()
            }
        }
        throw wrong()
    }

    private mutating func escapedScalar() throws -> Character {
        let first = try hex()
        if (0xD800..<0xDC00).contains(first) {
            guard index + 1 < bytes.count, bytes[index] == 0x5C, bytes[index + 1] == 0x75 else { throw wrong() }
            index += 2
            let second = try hex()
            guard (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            else { throw wrong() }
            return Character(scalar)
        }
        guard let scalar = Unicode.Scalar(first) else { throw wrong() }
        return Character(scalar)
    }

    private mutating func hex() throws -> UInt32 {
        guard index + 4 <= bytes.count,
            let value = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw wrong() }
        index += 4
        return value
    }
}
