/// Folding for comparison: case and width do not count. `Ｋｅｈｕ` equals `kehu`.
///
/// Defined scalar by scalar, so that every engine can repeat it: full-width ASCII becomes ASCII, the ideographic
/// space becomes a space, then the simple lower case of the scalar.
public enum Fold {
    /// The folded text.
    public static func fold(_ text: String) -> String {
        var text = text
        let folded = text.withUTF8 { bytes -> String? in
            if isFolded(bytes) { return nil }
            if let ascii = foldedASCII(bytes) { return ascii }
            var result = String.UnicodeScalarView()
            for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { result.append(fold(scalar)) }
            return String(result)
        }
        return folded ?? text
    }

    /// True where folding certainly changes nothing: ASCII without capitals, and characters of Chinese, Japanese and
    /// Korean. Most values of most columns are so, and a look at the bytes tells.
    public static func isFolded(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                if byte >= 0x41, byte <= 0x5A { return false }
                index += 1
                continue
            }
            guard byte >= 0xE3, byte <= 0xED, index + 2 < bytes.count, bytes[index + 1] & 0xC0 == 0x80,
                bytes[index + 2] & 0xC0 == 0x80
            else { return false }
            let value =
                UInt32(byte & 0x0F) << 12 | UInt32(bytes[index + 1] & 0x3F) << 6 | UInt32(bytes[index + 2] & 0x3F)
            guard (0x3001...0x9FFF).contains(value) || (0xAC00...0xD7FF).contains(value) else { return false }
            index += 3
        }
        return true
    }

    /// The folded scalar.
    public static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x41...0x5A: return Unicode.Scalar(scalar.value + 0x20) ?? scalar
        case 0..<0x80: return scalar
        case 0xFF01...0xFF5E: return fold(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
        case 0x3000: return " "
        case 0x2E80...0x9FFF, 0xAC00...0xD7FF: return scalar
        default:
            let lower = scalar.properties.lowercaseMapping.unicodeScalars
            return lower.count == 1 ? lower.first ?? scalar : scalar
        }
    }

    private static func foldedASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        return String(unsafeUninitializedCapacity: bytes.count) { buffer in
            for (index, byte) in bytes.enumerated() {
                buffer[index] = (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
            }
            return bytes.count
        }
    }
}
