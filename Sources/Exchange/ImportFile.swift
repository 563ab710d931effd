import Foundation
import Values

/// A row on its way in.
struct ImportRow: Sendable {
    enum Content: Sendable {
        case cells([String])
        case object([JSONValue.Member], text: String)
    }
    let number: Int
    let end: Int64
    let content: Content
    let fault: Label?

    /// The bytes of its text.
    var size: Int {
        switch content {
        case .cells(let cells): cells.reduce(0) { $0 + $1.utf8.count }
        case .object(_, let text): text.utf8.count
        }
    }

    /// True when no cell holds anything, or what it held belonged to a person who was erased since.
    var isBlank: Bool {
        switch content {
        case .cells(let cells): cells.allSatisfy { $0.allSatisfy { $0.isWhitespace || $0 == "*" || $0 == "\u{2A2A}" } }
        case .object(let members, _): members.isEmpty && fault == nil
        }
    }
}

/// The rows of a file, behind its header.
final class ImportFile {
    private enum Reader {
        case csv(CSVReader)
        case jsonLines(JSONLinesReader)
    }
    /// The columns: cells of the header, or for JSON Lines the keys of the first rows.
    let headers: [String]
    private let reader: Reader
    /// Where the first row of data begins.
    let dataStart: Int64
    /// The number of the row that names the columns; nil for JSON Lines.
    let heading: Int?

    /// Opens a file at its first row of data, or behind `rows` rows that end at `offset`.
    init(_ path: String, _ format: ImportFormat, offset: Int64? = nil, rows: Int64 = 0) throws {
        switch format {
        case .csv, .workbook, .cards, .archive:
            let csv = format.table
            let first = try CSVReader(path, csv)
            var found = try first.next()
            while let row = found, row.number < csv.heading { found = try first.next() }
            guard let header = found, header.cells.contains(where: { !$0.trimmed.isEmpty }) else {
                throw ImportFile.empty
            }
            headers = header.cells
            dataStart = header.end
            heading = header.number
            let isResumed = (offset ?? 0) > header.end
            reader = .csv(isResumed ? try CSVReader(path, csv, offset: offset, rows: Int(rows)) : first)
        case .jsonLines(let mark):
            let first = try JSONLinesReader(path, mark: mark)
            var keys: [String] = []
            var lines = 0
            while lines < 100, let line = try first.next() {
                lines += 1
                for member in line.members where !keys.contains(member.key) && keys.count < 500 {
                    keys.append(member.key)
                }
            }
            guard lines > 0 else { throw ImportFile.empty }
            headers = keys
            heading = nil
            dataStart = Int64(mark)
            reader = .jsonLines(try JSONLinesReader(path, mark: mark, offset: offset, lines: Int(rows)))
        }
        guard headers.count <= 1000 else { throw ImportFile.tooManyColumns }
    }

    /// The next row; nil at the end.
    func next() throws -> ImportRow? {
        switch reader {
        case .csv(let reader):
            guard let row = try reader.next() else { return nil }
            return ImportRow(number: row.number, end: row.end, content: .cells(row.cells), fault: surplus(row))
        case .jsonLines(let reader):
            guard let line = try reader.next() else { return nil }
            return ImportRow(
                number: line.number,
                end: line.end,
                content: .object(line.members, text: line.text),
                fault: line.fault
            )
        }
    }

    /// The next rows, at most `count`.
    func batch(_ count: Int) throws -> [ImportRow] {
        var rows: [ImportRow] = []
        // Long rows make a smaller batch, so that memory stays bounded.
        var bytes = 0
        while rows.count < count, bytes < 4 << 20, let row = try next() {
            bytes += row.size
            rows.append(row)
        }
        return rows
    }

    private func surplus(_ row: CSVRow) -> Label? {
        if let fault = row.fault { return fault }
        if row.cells.contains(where: { $0.utf8.count > 32_000 && $0.hasSuffix(WorkbookWriter.cutMark) }) {
            return Label(
                "A text was cut when the workbook was written. Export it as CSV or JSON Lines.",
                zh: "有内容在导出为表格时被截断，请改用 CSV 或 JSON Lines 导出。"
            )
        }
        guard row.cells.count > headers.count, row.cells[headers.count...].contains(where: { !$0.isEmpty }) else {
            return nil
        }
        return Label(
            "The row has \(row.cells.count) cells and the header \(headers.count).",
            zh: "该行有 \(row.cells.count) 个单元格，表头只有 \(headers.count) 列。"
        )
    }

    static let tooManyColumns = Problem(
        .tooLarge,
        "too_many_columns",
        Label("The file has more than 1,000 columns.", zh: "文件超过 1,000 列。")
    )

    private static let empty = Problem.malformed(
        "empty_file",
        Label("The file is empty. Its first row must name the columns.", zh: "文件是空的。第一行应为列名。")
    )
}
