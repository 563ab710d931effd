import Glibc
import Values

/// Reads the rows of a sheet in order; empty rows and cells are left out of what it tells.
final class SheetReader: XMLListener {
    /// The last row that a workbook can have.
    static let lastRow = 1_048_576
    /// The most columns that are read.
    static let widest = 1000

    /// The number of a row, 1 being the first, and its cells. False ends the reading.
    typealias Body = (_ number: Int, _ cells: [String]) throws -> Bool

    private struct Enough: Error {}

    private let book: Workbook
    private let strings: SharedStrings
    private let body: Body
    private var number = 0
    private var cells: [String] = []
    private var bytes = 0
    private var column = -1
    private var type: UInt8 = 0
    private var style = 0
    private var isValue = false
    private var isFormula = false
    private var value: [UInt8] = []
    /// The columns in which a formula has no stored result.
    private(set) var unsolved: Set<Int> = []

    init(_ book: Workbook, _ strings: SharedStrings, _ body: @escaping Body) {
        self.book = book
        self.strings = strings
        self.body = body
    }

    func read(_ sheet: Workbook.Sheet) throws {
        guard let entry = try book.archive.open(sheet.part) else { throw XMLStream.broken }
        do { try XMLStream(self).read(entry) } catch is Enough { return }
    }

    func start(_ tag: XMLTag) throws {
        if tag.isNamed("c") {
            startCell(tag)
        } else if tag.isNamed("v") || tag.isNamed("t") {
            isValue = column >= 0
        } else if tag.isNamed("f") {
            isFormula = true
        } else if tag.isNamed("row") {
            number = tag.bytes("r").map { Int(atoll($0)) } ?? number + 1
            guard number > 0, number <= SheetReader.lastRow else { throw XMLStream.broken }
            cells.removeAll(keepingCapacity: true)
            bytes = 0
            column = -1
        } else if tag.isNamed("rPh") {
            isValue = false
        }
    }

    private func startCell(_ tag: XMLTag) {
        column = tag.bytes("r").map(SheetReader.column) ?? column + 1
        style = tag.bytes("s").map { Int(atoll($0)) } ?? 0
        type = 0x6E
        if let text = tag.bytes("t") {
            // s shared, str formula, inlineStr, b, e, n, d: the first letter tells, but for s and str.
            type = text[0] == 0x73 && text[1] != 0 ? 0x69 : UInt8(bitPattern: text[0])
        }
        isFormula = false
        value.removeAll(keepingCapacity: true)
    }

    /// The column of `AB12`, 0 being A.
    private static func column(_ reference: UnsafePointer<CChar>) -> Int {
        var (index, column) = (0, 0)
        while index < 4 {
            let letter = Int(reference[index]) & ~0x20
            guard letter >= 0x41, letter <= 0x5A else { break }
            column = column * 26 + letter - 0x40
            index += 1
        }
        return column - 1
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard isValue else { return }
        value.append(contentsOf: bytes)
        if value.count > CSVReader.longestRow { throw SheetReader.cellTooLarge }
    }

    func end(_ tag: XMLTag) throws {
        if tag.isNamed("c") {
            try endCell()
        } else if tag.isNamed("v") || tag.isNamed("t") {
            isValue = false
        } else if tag.isNamed("row") {
            if !cells.isEmpty, try !body(number, cells) { throw Enough() }
        }
    }

    private func endCell() throws {
        guard !value.isEmpty else {
            if isFormula, column < SheetReader.widest { unsolved.insert(column) }
            return
        }
        let text = content()
        if text.isEmpty { return }
        guard column >= 0, column < SheetReader.widest else { throw ImportFile.tooManyColumns }
        bytes += text.utf8.count
        if bytes > CSVReader.longestRow { throw SheetReader.cellTooLarge }
        while cells.count <= column { cells.append("") }
        cells[column] = text
    }

    private func content() -> String {
        switch type {
        case 0x73:
            return strings[Int(String(decoding: value, as: UTF8.self)) ?? -1] ?? ""
        case 0x62:
            return value.first == 0x31 ? "true" : "false"
        case 0x6E:
            let format = book.formats.indices.contains(style) ? book.formats[style] : .number
            return format.text(String(decoding: value, as: UTF8.self), from1904: book.from1904)
        default:
            return String(decoding: SheetReader.unescaped(value), as: UTF8.self)
        }
    }

    static let cellTooLarge = Problem(
        .tooLarge,
        "row_too_long",
        Label("A row holds more than 4 MB. Split it or shorten it.", zh: "有一行内容超过 4 MB，请拆分或精简后再导入。")
    )

    /// Characters that XML cannot hold are written as `_x000D_`; an underscore before such letters as `_x005F_`.
    static func unescaped(_ text: [UInt8]) -> [UInt8] {
        guard text.count >= 7, text.contains(0x5F) else { return text }
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == 0x5F, let scalar = escape(text, index) {
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                index += 7
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    /// The character that `_xHHHH_` at a position stands for.
    static func escape(_ text: [UInt8], _ index: Int) -> Unicode.Scalar? {
        guard index + 6 < text.count, text[index + 1] == 0x78, text[index + 6] == 0x5F else { return nil }
        var value: UInt32 = 0
        for byte in text[(index + 2)..<(index + 6)] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return Unicode.Scalar(value)
    }
}
