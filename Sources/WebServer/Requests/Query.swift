import Values

/// The parameters after the `?` of an address, decoded.
struct Query: Sendable {
    private(set) var items: [(name: String, value: String)] = []

    /// No parameters.
    init() {}

    /// Reads `a=1&b=2`; bad encoding is an error.
    init(_ text: Substring.UTF8View) throws {
        if text.isEmpty { return }
        for part in text.split(separator: 0x26) {
            let pieces = part.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            let name = try PercentCoding.decode(pieces[0], plusIsSpace: true)
            let value = pieces.count == 2 ? try PercentCoding.decode(pieces[1], plusIsSpace: true) : ""
            items.append((name, value))
        }
    }

    /// The value of a parameter; nil when it is absent.
    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// Whether a flag is set: `true`, `1`, `yes` or nothing behind the name. Anything but these and their contraries
    /// is an error.
    func flag(_ name: String) throws -> Bool {
        switch self[name] {
        case nil, "false", "0", "no": return false
        case "true", "1", "yes", "": return true
        default:
            throw Problem.malformed(
                "invalid_parameter",
                Label("«\(name)» must be true or false.", zh: "参数 \(name) 只能是 true 或 false。")
            )
        }
    }

    /// A whole number within a range; `preset` when the parameter is absent.
    func integer(_ name: String, _ range: ClosedRange<Int64>, preset: Int64) throws -> Int64 {
        guard let text = self[name] else { return preset }
        guard let number = Int64(text), range.contains(number) else {
            let (low, high) = (range.lowerBound, range.upperBound)
            throw Problem.malformed(
                "invalid_parameter",
                Label(
                    "«\(name)» must be a number from \(low) to \(high).",
                    zh: "参数 \(name) 必须是 \(low) 到 \(high) 之间的整数。"
                )
            )
        }
        return number
    }

    /// An id; nil when the parameter is absent.
    func id(_ name: String) throws -> RecordID? {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let id = RecordID(text) else {
            throw Problem.malformed(
                "invalid_parameter",
                Label("«\(name)» must be an id of 13 characters.", zh: "参数 \(name) 必须是 13 位编号。")
            )
        }
        return id
    }

    /// Refuses parameters that the address does not know, since a misspelt filter must not select everything.
    func allow(_ names: Set<String>) throws {
        guard let unknown = items.first(where: { !names.contains($0.name) })?.name else { return }
        let shown = String(unknown.prefix(60))
        let known = names.sorted().joined(separator: ", ")
        throw Problem.malformed(
            "unknown_parameter",
            Label("There is no parameter «\(shown)» here. There are: \(known).", zh: "没有参数“\(shown)”，可用参数：\(known)。")
        )
    }
}

/// The `%41` form of addresses.
enum PercentCoding {
    /// The text behind it. Invalid UTF-8, a broken sequence or NUL is an error.
    static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool = false) throws -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            var byte = text[index]
            text.formIndex(after: &index)
            if byte == 0x25 {
                guard let high = digit(text, &index), let low = digit(text, &index) else { throw broken }
                byte = high << 4 | low
            } else if byte == 0x2B, plusIsSpace {
                byte = 0x20
            }
            guard byte != 0 else { throw broken }
            bytes.append(byte)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw broken }
        return decoded
    }

    /// The text so that it can stand in an address.
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default:
                let hex = Array("0123456789ABCDEF".utf8)
                bytes += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ text: Substring.UTF8View, _ index: inout Substring.UTF8View.Index) -> UInt8? {
        guard index < text.endIndex else { return nil }
        defer { text.formIndex(after: &index) }
        switch text[index] {
        case 0x30...0x39: return text[index] - 0x30
        case 0x41...0x46: return text[index] - 0x41 + 10
        case 0x61...0x66: return text[index] - 0x61 + 10
        default: return nil
        }
    }

    private static let broken = Problem.malformed(
        "invalid_address",
        Label("The address holds characters that are not encoded as UTF-8 text.", zh: "网址中的字符编码有误，应为 UTF-8。")
    )
}
