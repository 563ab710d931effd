/// Writes CSV as RFC 4180 defines it, in UTF-8.
public struct CSVWriter: Sendable {
    /// What the file is for.
    public enum Form: String, Sendable, CaseIterable {
        /// For spreadsheets: cells that a spreadsheet would take for a formula get an apostrophe in front.
        case safe
        /// For programs: every cell exactly as it is.
        case raw
    }

    /// The byte order mark, by which spreadsheets know UTF-8.
    public static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// What has been written and not been taken yet.
    public var bytes: [UInt8] = []
    private let form: Form
    private let separator: UInt8
    private var cellsInRow = 0
    private var isRowEmpty = true

    /// A writer; the file begins with a byte order mark unless it is not wanted.
    public init(_ form: Form, separator: UInt8 = 0x2C, mark: Bool = true) {
        self.form = form
        self.separator = separator
        if mark { bytes = CSVWriter.mark }
    }

    /// Writes a cell. Numbers are never taken for formulas and stay as they are, also with a minus in front.
    public mutating func cell(_ text: String, isNumber: Bool = false) {
        if cellsInRow > 0 { bytes.append(separator) }
        cellsInRow += 1
        var text = text
        if form == .safe, !isNumber, CSVWriter.needsGuard(text) { text = "'" + text }
        if !text.isEmpty { isRowEmpty = false }
        let mustQuote = text.utf8.contains {
            $0 == separator || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D
        }
        guard mustQuote else { return bytes.append(contentsOf: text.utf8) }
        bytes.append(0x22)
        for byte in text.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }

    /// Ends the row.
    public mutating func endRow() {
        // An empty line is no row for a reader: a row of one empty cell is written with quotation marks.
        if cellsInRow == 1, isRowEmpty { bytes.append(contentsOf: [0x22, 0x22]) }
        bytes.append(contentsOf: [0x0D, 0x0A])
        cellsInRow = 0
        isRowEmpty = true
    }

    /// Writes a row.
    public mutating func row(_ cells: [String]) {
        for text in cells { cell(text) }
        endRow()
    }

    /// Takes what has been written so far.
    public mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// True when a spreadsheet may run the text: it begins with `=`, `+`, `-`, `@` (also full-width), tab or return.
    public static func looksLikeFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        return formulaStarts.contains(first)
    }

    private static let formulaStarts: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    /// True when the safe form puts an apostrophe in front: also before apostrophes and a formula, so that taking one
    /// off always gives back what was there.
    static func needsGuard(_ text: String) -> Bool {
        guard text.utf8.first == 0x27 else { return looksLikeFormula(text) }
        return looksLikeFormula(String(text.drop { $0 == "'" }))
    }

    /// The text without the apostrophe that the safe form put in front.
    static func withoutGuard(_ text: String) -> String {
        guard text.utf8.first == 0x27 else { return text }
        let rest = String(text.unicodeScalars.dropFirst())
        return needsGuard(rest) ? rest : text
    }
}
