public import Values

/// How a CSV file is written: found out by `detect`, kept with an import so that it can be resumed.
public struct CSVFormat: Sendable, Equatable {
    /// The encoding.
    public var encoding: TextEncoding
    /// The length of the byte order mark: where the text begins.
    public var mark: Int
    /// The separator, an ASCII byte.
    public var separator: UInt8
    /// The number of the row that names the columns; rows above are titles.
    public var heading: Int

    /// A format.
    public init(encoding: TextEncoding = .utf8, mark: Int = 0, separator: UInt8 = 0x2C, heading: Int = 1) {
        self.encoding = encoding
        self.mark = mark
        self.separator = separator
        self.heading = heading
    }

    /// Looks at the whole file for the encoding and at its first rows for the separator (`,`, `;`, tab or `|`) and, unless
    /// it is given, for the row that names the columns.
    public static func detect(_ path: String, heading: Int? = nil) throws -> CSVFormat {
        let (encoding, mark) = try TextEncoding.detect(path)
        var best = (score: -1.0, separator: UInt8(0x2C))
        for separator in [0x2C, 0x3B, 0x09, 0x7C] as [UInt8] {
            let format = CSVFormat(encoding: encoding, mark: mark, separator: separator)
            let score = try score(path, format)
            if score > best.score { best = (score, separator) }
        }
        var format = CSVFormat(encoding: encoding, mark: mark, separator: best.separator)
        format.heading = try heading ?? HeadingRow.find(head(path, format))
        return format
    }

    /// The first rows, at most 30.
    private static func head(_ path: String, _ format: CSVFormat) throws -> [CSVRow] {
        let reader = try CSVReader(path, format)
        var rows: [CSVRow] = []
        while rows.count < 30, let row = try? reader.next() { rows.append(row) }
        return rows
    }

    /// High when all rows have the same number of cells, then by that number; 0 for one cell per row. Titles above the
    /// columns have fewer.
    private static func score(_ path: String, _ format: CSVFormat) throws -> Double {
        let widths = try head(path, format).map(\.cells.count)
        var rows: [Int: Int] = [:]
        for width in widths { rows[width, default: 0] += 1 }
        // A first row that is as wide as others is the heading.
        if let first = widths.first, first > 1, rows[first, default: 0] > 1 || widths.count == 1 {
            return Double(rows[first, default: 0]) / Double(widths.count) * 1000 + Double(min(first, 900))
        }
        guard let common = rows.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), common.key > 1 else { return 0 }
        return Double(common.value) / Double(widths.count) * 1000 + Double(min(common.key, 900))
    }

    /// How many rows that are not blank stand before the data.
    static func blankless(_ path: String, _ format: CSVFormat) throws -> Int {
        if format.heading <= 1 { return 1 }
        let reader = try CSVReader(path, format)
        var count = 0
        while let row = try reader.next() {
            count += 1
            if row.number >= format.heading { break }
        }
        return count
    }
}

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
    }

    private let source: TextSource
    private let format: CSVFormat
    private let decoder: GB18030Decoder?
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var spans: [Span] = []
    private var isOpen = false
    private var number: Int
    private var offset: Int64

    /// A reader of a file; `offset` and `rows` are the `end` and `number` of the last row that was read before.
    public init(_ path: String, _ format: CSVFormat, offset: Int64? = nil, rows: Int = 0) throws {
        self.format = format
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
            var isQuoted = false
            if index < bytes.count, bytes[index] == 0x22 {
                isQuoted = true
                guard let behind = closing(bytes, from: index + 1) else { return nil }
                index = behind
            }
            index = cellEnd(bytes, from: index)
            if index >= bytes.count {
                guard isAtEnd else { return nil }
                spans.append(Span(start: begin, end: bytes.count, isQuoted: isQuoted))
                return bytes.count
            }
            spans.append(Span(start: begin, end: index, isQuoted: isQuoted))
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
    private func closing(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] != 0x22 {
                index += 1
                continue
            }
            if index + 1 < bytes.count, bytes[index + 1] == 0x22 {
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
        guard span.isQuoted else { return decoded(.init(rebasing: bytes[span.start..<span.end]), &isExact) }
        var plain: [UInt8] = []
        plain.reserveCapacity(span.end - span.start)
        var index = span.start + 1
        var isInside = true
        while index < span.end {
            let byte = bytes[index]
            index += 1
            if byte == 0x22, isInside {
                if index < span.end, bytes[index] == 0x22 {
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
