import Foundation

/// A file as a stream of bytes in which ASCII is ASCII: UTF-8 and GB18030 as they are, UTF-16 as UTF-8.
final class TextSource {
    let encoding: TextEncoding
    private let file: FileHandle
    private var rest: [UInt8] = []
    private var pendingHigh: UInt16?

    /// Begins at a byte of the file.
    init(_ path: String, _ encoding: TextEncoding, from offset: Int64) throws {
        self.encoding = encoding
        file = try openedFile(path)
        try file.seek(toOffset: UInt64(max(0, offset)))
    }

    deinit { try? file.close() }

    /// Appends the next bytes; false at the end of the file.
    func fill(_ buffer: inout [UInt8]) throws -> Bool {
        guard let data = try file.read(upToCount: 1 << 18), !data.isEmpty else {
            guard pendingHigh != nil || !rest.isEmpty else { return false }
            pendingHigh = nil
            rest = []
            buffer.append(contentsOf: TextSource.replacement)
            return true
        }
        switch encoding {
        case .utf8, .gb18030: buffer.append(contentsOf: data)
        case .utf16LittleEndian, .utf16BigEndian: appendUTF16([UInt8](data), to: &buffer)
        }
        return true
    }

    /// How many bytes of the file stand behind bytes of the stream.
    func length(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
        switch encoding {
        case .utf8, .gb18030: return Int64(bytes.count)
        case .utf16LittleEndian, .utf16BigEndian:
            var length: Int64 = 0
            for byte in bytes where byte & 0xC0 != 0x80 { length += byte >= 0xF0 ? 4 : 2 }
            return length
        }
    }

    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    private func appendUTF16(_ data: [UInt8], to buffer: inout [UInt8]) {
        let bytes = rest.isEmpty ? data : rest + data
        let isLittle = encoding == .utf16LittleEndian
        var index = 0
        while index + 1 < bytes.count {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            let unit = isLittle ? second << 8 | first : first << 8 | second
            index += 2
            append(unit, to: &buffer)
        }
        rest = Array(bytes[index...])
    }

    private func append(_ unit: UInt16, to buffer: inout [UInt8]) {
        if let high = pendingHigh {
            pendingHigh = nil
            if UTF16.isTrailSurrogate(unit) {
                let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
                return appendScalar(value, to: &buffer)
            }
            buffer.append(contentsOf: TextSource.replacement)
        }
        if unit < 0x80 {
            buffer.append(UInt8(unit))
        } else if UTF16.isLeadSurrogate(unit) {
            pendingHigh = unit
        } else if UTF16.isTrailSurrogate(unit) {
            buffer.append(contentsOf: TextSource.replacement)
        } else {
            appendScalar(UInt32(unit), to: &buffer)
        }
    }

    private func appendScalar(_ value: UInt32, to buffer: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(value) else { return }
        buffer.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
