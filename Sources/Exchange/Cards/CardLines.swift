import Foundation
import Values

/// A property of a card as it stands in the file.
struct CardProperty {
    /// The name in capitals, without its group.
    var name: String
    var parameters: [(name: String, value: String)] = []
    var value: [UInt8]

    /// The values of a parameter, in small letters.
    func values(_ parameter: String) -> [String] {
        parameters.filter { $0.name == parameter }.flatMap {
            $0.value.lowercased().split(separator: ",").map(String.init)
        }
    }
}

/// Reads a file of cards property by property: folded lines, soft line breaks, all line ends.
final class CardLines {
    /// The longest property in bytes: pictures are the longest.
    private static let longest = 16 << 20

    let encoding: TextEncoding
    private let source: TextSource
    private var buffer: [UInt8] = []
    private var start = 0
    /// Up to here the buffer has no line end: a long line is not looked through anew with each piece of it.
    private var seen = 0
    private var isAtEnd = false
    private var waiting: [UInt8]?
    /// Since version 3 a folded line loses its first blank; in version 2.1 the blank is part of the text.
    var keepsBlanks = false

    init(_ path: String) throws {
        // Each property is read as what it is; where one is not UTF-8, it is GB18030.
        let (encoding, mark) = try TextEncoding.detect(path, isStrict: true)
        self.encoding = encoding
        source = try TextSource(path, encoding, from: Int64(mark))
    }

    /// The next property; nil at the end of the file.
    func next() throws -> CardProperty? {
        while var line = try waiting ?? rawLine() {
            waiting = nil
            let isQuoted = CardLines.isQuotedPrintable(line)
            let isBase64 = CardLines.isBase64(line)
            while true {
                guard line.count <= CardLines.longest else { throw CardLines.tooLong }
                if isQuoted, line.last == 0x3D {
                    line.removeLast()
                    guard let next = try rawLine() else { break }
                    line += next
                    continue
                }
                guard let next = try rawLine() else { break }
                guard next.first == 0x20 || next.first == 0x09 else {
                    waiting = next
                    break
                }
                line += isBase64 ? next.drop { $0 == 0x20 || $0 == 0x09 } : next.dropFirst(keepsBlanks ? 0 : 1)
            }
            if let property = CardLines.property(line) { return property }
        }
        return nil
    }

    /// The next line without its end.
    private func rawLine() throws -> [UInt8]? {
        while true {
            if let end = buffer[max(start, seen)...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
                var behind = end
                // CR CR LF is one end, as some programs write it.
                while behind < buffer.count, buffer[behind] == 0x0D { behind += 1 }
                if behind < buffer.count || isAtEnd {
                    if behind < buffer.count, buffer[behind] == 0x0A { behind += 1 }
                    defer { start = behind }
                    return Array(buffer[start..<end])
                }
            } else if isAtEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return Array(buffer[start...])
            }
            buffer.removeFirst(start)
            start = 0
            // Carriage returns at the very end are looked at again, with what stands behind them.
            seen = buffer.count
            while seen > 0, buffer[seen - 1] == 0x0D { seen -= 1 }
            guard buffer.count <= CardLines.longest else { throw CardLines.tooLong }
            if try !source.fill(&buffer) { isAtEnd = true }
        }
    }

    private static func head(_ line: [UInt8]) -> String {
        String(decoding: line.prefix(200).prefix { $0 != 0x3A }, as: UTF8.self).uppercased()
    }

    private static func isQuotedPrintable(_ line: [UInt8]) -> Bool { head(line).contains("QUOTED-PRINTABLE") }

    private static func isBase64(_ line: [UInt8]) -> Bool {
        let head = head(line)
        return head.contains("BASE64") || head.contains("ENCODING=B")
    }

    /// Takes a line apart; nil for one that has no name and value.
    private static func property(_ line: [UInt8]) -> CardProperty? {
        var isQuoted = false
        var colon: Int?
        for (index, byte) in line.enumerated() {
            if byte == 0x22 { isQuoted.toggle() }
            if byte == 0x3A, !isQuoted {
                colon = index
                break
            }
        }
        guard let end = colon ?? line.firstIndex(of: 0x3A), end > 0 else { return nil }
        let head = pieces(String(decoding: line[..<end], as: UTF8.self))
        guard let first = head.first else { return nil }
        let name = first.split(separator: ".").last.map { $0.uppercased() } ?? ""
        var property = CardProperty(name: name.trimmed, value: Array(line[(end + 1)...]))
        for piece in head.dropFirst().prefix(100) {
            let parts = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = parts.count == 2 ? parts[1] : parts[0]
            // Version 2.1 leaves out what says that a word is a type or an encoding.
            let bare =
                ["QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT"].contains(value.uppercased()) ? "ENCODING" : "TYPE"
            let name = parts.count == 2 ? parts[0].uppercased().trimmed : bare
            property.parameters.append((name, value.filter { $0 != "\"" }))
        }
        return property
    }

    /// Splits at semicolons outside of quotation marks.
    private static func pieces(_ text: String) -> [String] {
        var pieces = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == ";", !isQuoted { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
        }
        return pieces
    }

    static let tooLong = Problem(
        .tooLarge,
        "row_too_long",
        Label("A line of the cards is longer than 16 MB.", zh: "名片文件中有一行超过 16 MB。")
    )
}

/// Turns the bytes of a property into text.
final class CardText {
    private let encoding: TextEncoding
    private var decoders: [String: GB18030Decoder] = [:]

    init(_ encoding: TextEncoding) { self.encoding = encoding }

    /// The text, still with its backslashes.
    func text(_ property: CardProperty) -> String {
        let isQuoted = property.values("ENCODING").contains("quoted-printable")
        let bytes = isQuoted ? CardText.unquoted(property.value) : property.value
        let charset = property.parameters.last { $0.name == "CHARSET" }?.value.uppercased()
        if String(validating: bytes, as: UTF8.self) != nil, charset == nil || charset == "UTF-8" {
            return String(decoding: bytes, as: UTF8.self)
        }
        // A file in UTF-16 has become UTF-8 on its way here.
        let isUTF8 = charset == nil ? encoding != .gb18030 && !isQuoted : charset == "UTF-8" || charset == "UTF8"
        if isUTF8 { return String(decoding: bytes, as: UTF8.self) }
        let known = ["GB2312", "GBK", "GB_2312-80", "CP936", "GB18030"]
        let name = charset.map { known.contains($0) ? "GB18030" : String($0.prefix(40)) } ?? "GB18030"
        if decoders[name] == nil, decoders.count < 20 { decoders[name] = GB18030Decoder(name) }
        var isExact = true
        return bytes.withUnsafeBufferPointer { decoders[name]?.text($0, isExact: &isExact) ?? "" }
    }

    private static func unquoted(_ bytes: [UInt8]) -> [UInt8] {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x37
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x3D, index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
