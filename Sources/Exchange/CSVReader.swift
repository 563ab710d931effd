public import Values

/// A row of a file.
public struct CSVRow: Sendable, Equatable {
    /// The number that a spreadsheet shows beside it: the header is 1, line breaks inside cells do not count.
    public var number: Int
    /// The byte of the file where it begins.
    public var offset: Int64
    /// The byte of the file where the next row begins.
    public var end: Int64
    /// The cells.
    public var cells: [String]
    /// What is wrong with the row as text: an open quotation mark, bytes that are no characters.
    public var fault: Label?
}

/// Reads a CSV file row by row with bounded memory, from the beginning or from where an earlier reader stopped.
///
/// Quotation marks, line breaks inside cells and all three line endings are understood; empty lines are left out.
public final class CSVReader {
    /// The longest row in bytes: beyond it a quotation mark was never closed.
    public static let longestRow = 4 << 20

    private struct Span {
        var start: Int
        var end: Int
        /// Quotation marks stand inside, or text behind the closing one.
        var isQuoted: Bool
        /// The quotation marks stand around all of it.
        var isWhole: Bool
    }

    private let source: TextSource
    private let format: CSVFormat
    private let quote: UInt8?
    private let decoder: GB18030Decoder?
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var spans: [Span] = []
    private var isOpen = false
    private var number: Int
    private var offset: Int64
    /// Counted only while it is found out how a file is written; else nil.
    var tally: CSVTally?

    /// A reader of a file; `offset` and `rows` are the `end` and `number` of the last row that was read before.
    public init(_ path: String, _ format: CSVFormat, offset: Int64? = nil, rows: Int = 0) throws {
        self.format = format
        quote = format.quote.byte
        let begin = offset ?? Int64(format.mark)
        source = try TextSource(path, format.encoding, from: begin)
        decoder = format.encoding == .gb18030 ? GB18030Decoder() : nil
        self.offset = begin
        number = rows
    }

    /// The next row; nil at the end of the file. Throws a `Problem` for a row that never ends.
    public func next() throws -> CSVRow? {
        while true {
            let end = buffer.withUnsafeBufferPointer { scan($0) }
            guard let end else {
                try more()
                continue
            }
            if end == start { return nil }
            let isBlank = spans.count == 1 && spans[0].start == spans[0].end && !spans[0].isQuoted
            number += 1
            let length = buffer.withUnsafeBufferPointer { source.length(.init(rebasing: $0[start..<end])) }
            defer {
                offset += length
                start = end
            }
            if !isBlank { return row(length) }
        }
    }

    private func row(_ length: Int64) -> CSVRow {
        if tally != nil { count() }
        var fault = isOpen ? CSVReader.openQuote : nil
        var isExact = true
        let cells = spans.map { span in
            buffer.withUnsafeBufferPointer { text($0, span, &isExact) }
        }
        if !isExact, fault == nil {
            fault = Label(
                "Some bytes are no characters of \(format.encoding.rawValue).",
                zh: "含有不符合 \(format.encoding.rawValue) 编码的字节，内容可能是乱码。"
            )
        }
        return CSVRow(number: number, offset: offset, end: offset + length, cells: cells, fault: fault)
    }

    private func count() {
        for span in spans where span.end > span.start {
            tally?.filled += 1
            if span.isWhole { tally?.quoted += 1 }
        }
    }

    private func more() throws {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        guard buffer.count <= CSVReader.longestRow else {
            throw Problem.malformed(
                "row_too_long",
                Label(
                    "Row \(number + 1) does not end. A quotation mark is probably not closed.",
                    zh: "第 \(number + 1) 行没有结束，可能有引号未闭合。"
                )
            )
        }
        if try !source.fill(&buffer) { isAtEnd = true }
    }

    private static let openQuote = Label("A quotation mark is not closed.", zh: "引号没有闭合。")

    // MARK: Bytes

    /// Finds the cells of the row at `start`; the answer is where the next row begins, nil when bytes are missing.
    private func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        spans.removeAll(keepingCapacity: true)
        isOpen = false
        var index = start
        if index == bytes.count { return isAtEnd ? start : nil }
        while true {
            let begin = index
            var behind: Int?
            if let quote, index < bytes.count, bytes[index] == quote {
                behind = closing(bytes, quote, from: index + 1)
                guard let behind else { return nil }
                index = behind
            }
            index = cellEnd(bytes, from: index)
            let isWhole = behind == index && !isOpen
            if index >= bytes.count {
                guard isAtEnd else { return nil }
                spans.append(Span(start: begin, end: bytes.count, isQuoted: behind != nil, isWhole: isWhole))
                return bytes.count
            }
            spans.append(Span(start: begin, end: index, isQuoted: behind != nil, isWhole: isWhole))
            let byte = bytes[index]
            index += 1
            if byte == format.separator { continue }
            if byte == 0x0D {
                if index == bytes.count, !isAtEnd { return nil }
                if index < bytes.count, bytes[index] == 0x0A { index += 1 }
            }
            return index
        }
    }

    /// The position behind the quotation mark that closes; nil when bytes are missing.
    private func closing(_ bytes: UnsafeBufferPointer<UInt8>, _ quote: UInt8, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] != quote {
                index += 1
                continue
            }
            if index + 1 < bytes.count, bytes[index + 1] == quote {
                index += 2
                continue
            }
            if index + 1 == bytes.count, !isAtEnd { return nil }
            return index + 1
        }
        guard isAtEnd else { return nil }
        isOpen = true
        return bytes.count
    }

    /// The position of the separator or line end, or the end of the bytes.
    private func cellEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let separator = format.separator
        // In GB18030 the second byte of a character may look like `|`, never like the other separators.
        let skipsPairs = format.encoding == .gb18030 && separator == 0x7C
        while index < bytes.count {
            let byte = bytes[index]
            if skipsPairs, byte >= 0x81 {
                index = min(index + 2, bytes.count)
                continue
            }
            if byte == separator || byte == 0x0A || byte == 0x0D { return index }
            index += 1
        }
        return index
    }

    private func text(_ bytes: UnsafeBufferPointer<UInt8>, _ span: Span, _ isExact: inout Bool) -> String {
        guard let quote, span.isQuoted else { return decoded(.init(rebasing: bytes[span.start..<span.end]), &isExact) }
        var plain: [UInt8] = []
        plain.reserveCapacity(span.end - span.start)
        var index = span.start + 1
        var isInside = true
        while index < span.end {
            let byte = bytes[index]
            index += 1
            if byte == quote, isInside {
                if index < span.end, bytes[index] == quote {
                    index += 1
                } else {
                    isInside = false
                    continue
                }
            }
            plain.append(byte)
        }
        return plain.withUnsafeBufferPointer { decoded($0, &isExact) }
    }

    private func decoded(_ bytes: UnsafeBufferPointer<UInt8>, _ isExact: inout Bool) -> String {
        if let decoder { return decoder.text(bytes, isExact: &isExact) }
        var text = String(decoding: bytes, as: UTF8.self)
        // What is no UTF-8 was replaced. To ask the library beforehand takes as long as all else about a cell.
        if isExact { isExact = text.withUTF8 { $0.count == bytes.count && $0.elementsEqual(bytes) } }
        return text
    }
}
