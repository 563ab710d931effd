import Foundation
import Glibc
public import Values

/// How the characters of a file are written as bytes.
public enum TextEncoding: String, Sendable, CaseIterable {
    /// UTF-8.
    case utf8 = "UTF-8"
    /// The Chinese national encoding; GBK and GB2312 are part of it.
    case gb18030 = "GB18030"
    /// UTF-16, low byte first.
    case utf16LittleEndian = "UTF-16LE"
    /// UTF-16, high byte first.
    case utf16BigEndian = "UTF-16BE"

    /// The text that people see.
    public var label: Label {
        switch self {
        case .utf8: Label("UTF-8", zh: "UTF-8")
        case .gb18030: Label("GB18030 (GBK, GB2312)", zh: "GB18030（含 GBK、GB2312）")
        case .utf16LittleEndian: Label("UTF-16, low byte first (LE)", zh: "UTF-16 LE（小端）")
        case .utf16BigEndian: Label("UTF-16, high byte first (BE)", zh: "UTF-16 BE（大端）")
        }
    }

    /// What files may begin with to say that they are written in this encoding.
    private var byteOrderMark: [UInt8] {
        switch self {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .gb18030: [0x84, 0x31, 0x95, 0x33]
        case .utf16LittleEndian: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        }
    }

    /// How many bytes of byte order mark a file has when it is read in this encoding. Throws a `Problem` for files that
    /// hold no text.
    func mark(of path: String) throws -> Int {
        let file = try openedFile(path)
        defer { try? file.close() }
        let bytes = [UInt8](try file.read(upToCount: 512) ?? Data())
        try TextEncoding.refuseBinary(bytes)
        return bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    }

    /// The encoding of a file, and how many bytes of byte order mark it begins with.
    ///
    /// A mark decides; without one, text that is UTF-8 but for a few bytes is UTF-8, and all else is GB18030: of a text in
    /// GB18030 hardly anything is UTF-8. Where `isStrict`, only what is UTF-8 from end to end is taken for it.
    /// Reads the file once, with bounded memory. Throws a `Problem` for files that hold no text.
    public static func detect(_ path: String, isStrict: Bool = false) throws -> (encoding: TextEncoding, mark: Int) {
        let file = try openedFile(path)
        defer { try? file.close() }
        var check = UTF8Check()
        var isFirst = true
        var length = 0
        while let chunk = try file.read(upToCount: 1 << 18), !chunk.isEmpty {
            let bytes = [UInt8](chunk)
            if isFirst {
                isFirst = false
                for known in allCases where bytes.starts(with: known.byteOrderMark) {
                    return (known, known.byteOrderMark.count)
                }
                try refuseBinary(bytes)
                if let encoding = unmarkedUTF16(bytes) { return (encoding, 0) }
            }
            // Where no line ends, the rest need not be read to know that it is no table.
            length = bytes.lastIndex { $0 == 0x0A || $0 == 0x0D }.map { bytes.count - 1 - $0 } ?? length + bytes.count
            if length > longestLine { throw lineTooLong }
            check.take(bytes)
            if isStrict ? check.wrong > 0 : check.isHopeless { return (.gb18030, 0) }
        }
        check.end()
        return (check.wrong == 0 || !isStrict && check.isLikely ? .utf8 : .gb18030, 0)
    }

    /// No line of a table or a card is longer, in bytes.
    private static let longestLine = 16 << 20
    private static let lineTooLong = Problem(
        .tooLarge,
        "row_too_long",
        Label("A line of the file is longer than 16 MB, so this is no table.", zh: "文件中有一行超过 16 MB，不是表格数据。")
    )

    /// Text of Latin letters in UTF-16 has a zero in nearly every second byte.
    private static func unmarkedUTF16(_ bytes: [UInt8]) -> TextEncoding? {
        let sample = bytes.prefix(1024)
        guard sample.count >= 8, sample.contains(0) else { return nil }
        let even = sample.indices.count { $0 % 2 == 0 && sample[$0] == 0 }
        let odd = sample.indices.count { $0 % 2 == 1 && sample[$0] == 0 }
        if odd * 4 > sample.count, even == 0 { return .utf16LittleEndian }
        if even * 4 > sample.count, odd == 0 { return .utf16BigEndian }
        return nil
    }

    private static func refuseBinary(_ bytes: [UInt8]) throws {
        let isArchive = bytes.starts(with: [0x50, 0x4B, 0x03, 0x04])
        let isOldWorkbook = bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0])
        guard isArchive || isOldWorkbook else { return }
        throw Problem(
            .unsupported,
            "not_text",
            Label(
                "This is an old workbook or one with a password. Save it as XLSX or CSV without a password and import that.",
                zh: "这是旧版或加密的表格文件。请取消密码并另存为 XLSX 或 CSV 后再导入。"
            )
        )
    }
}

/// Opens a file to read. Throws a `Problem` in words when it cannot be read.
func openedFile(_ path: String) throws -> FileHandle {
    guard let file = FileHandle(forReadingAtPath: path) else {
        throw Problem(
            .notFound,
            "no_file",
            Label("The file «\(path)» cannot be read.", zh: "无法读取文件“\(path)”。")
        )
    }
    return file
}

/// Makes a file that only the program's own user may read, in place of one that is there. Throws a `Problem` in words.
func madeFile(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
        let file = FileHandle(forWritingAtPath: path)
    else {
        throw Problem(
            .unavailable,
            "unwritable",
            Label("The file «\(path)» cannot be written.", zh: "无法写入文件“\(path)”。")
        )
    }
    return file
}

/// Counts, piece by piece, how much of a text beyond ASCII is UTF-8 and how much is not.
struct UTF8Check {
    /// The bytes of whole characters beyond ASCII.
    private(set) var right = 0
    /// The bytes that belong to no character.
    private(set) var wrong = 0
    /// What the character needs that has begun, and what it has.
    private var missing = 0
    private var begun = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether the text is UTF-8 with a few bytes that are not. Of Chinese words in GB18030 about a third of the bytes
    /// look like UTF-8; even of a single word hardly ever eight of nine do.
    var isLikely: Bool { right >= wrong * 8 }

    /// Whether so much is wrong that the rest need not be read.
    var isHopeless: Bool { wrong > 4096 && wrong > right }

    mutating func take(_ bytes: [UInt8]) {
        for byte in bytes {
            if missing > 0 {
                if byte >= lowest, byte <= highest {
                    goOn()
                    continue
                }
                // The character is cut off, and this byte may begin the next one.
                end()
            }
            if byte >= 0x80 { start(byte) }
        }
    }

    /// A character that has begun and does not go on is none.
    mutating func end() {
        if missing > 0 { wrong += begun }
        (missing, begun, lowest, highest) = (0, 0, 0x80, 0xBF)
    }

    private mutating func goOn() {
        (lowest, highest) = (0x80, 0xBF)
        begun += 1
        missing -= 1
        if missing == 0 { right += begun }
    }

    private mutating func start(_ byte: UInt8) {
        begun = 1
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF:
            missing = 2
            if byte == 0xE0 { lowest = 0xA0 }
            if byte == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            missing = 3
            if byte == 0xF0 { lowest = 0x90 }
            if byte == 0xF4 { highest = 0x8F }
        default: wrong += 1
        }
    }
}

/// Turns GB18030, or another encoding that the C library knows, into text.
final class GB18030Decoder {
    private let state: iconv_t?

    init(_ charset: String = "GB18030") {
        let opened = iconv_open("UTF-8", charset)
        // iconv_open answers (iconv_t)-1 when the C library lacks the encoding.
        state = Int(bitPattern: opened) == -1 ? nil : opened
    }

    deinit { if let state { iconv_close(state) } }

    /// The text; bytes that are no character become U+FFFD and make `isExact` false.
    func text(_ bytes: UnsafeBufferPointer<UInt8>, isExact: inout Bool) -> String {
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        guard let state else {
            isExact = false
            return String(decoding: bytes, as: UTF8.self)
        }
        var input = bytes.map { CChar(bitPattern: $0) }
        // No character of GB18030 needs more than two bytes of UTF-8 per byte of its own.
        var output = [CChar](repeating: 0, count: bytes.count * 3 + 8)
        let capacity = output.count
        var written = 0
        input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress
                var to = target.baseAddress
                var left = source.count
                var room = capacity
                while left > 0, iconv(state, &from, &left, &to, &room) == -1, left > 0, room >= 3 {
                    isExact = false
                    for byte in [0xEF, 0xBF, 0xBD] as [UInt8] {
                        to?.pointee = CChar(bitPattern: byte)
                        to = to?.advanced(by: 1)
                    }
                    room -= 3
                    from = from?.advanced(by: 1)
                    left -= 1
                    iconv(state, nil, nil, nil, nil)
                }
                written = capacity - room
            }
        }
        return String(decoding: output.prefix(written).lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
