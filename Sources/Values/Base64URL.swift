/// Bytes as text that may stand in addresses, file names and cookies.
public enum Base64URL {
    /// The bytes as base64url without padding.
    public static func text(_ bytes: [UInt8]) -> String {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 4 / 3 + 2)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var group = part.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
            group <<= 8
            for _ in 0...part.count {
                result.append(alphabet.utf8Start[Int(group >> 26)])
                group <<= 6
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes of a base64url text without padding; nil if it is none.
    public static func bytes(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var (group, bits): (UInt32, Int) = (0, 0)
        for byte in text.utf8 {
            let value: UInt8
            switch byte {
            case 0x41...0x5A: value = byte - 0x41
            case 0x61...0x7A: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case 0x2D: value = 62
            case 0x5F: value = 63
            default: return nil
            }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return result
    }
}
