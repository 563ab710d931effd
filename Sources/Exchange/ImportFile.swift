import Foundation
import Values

/// What kind of file an import reads.
public enum ImportFormat: Sendable, Equatable {
    /// Rows of cells under a header.
    case csv(CSVFormat)
    /// A JSON object per line; the number is the length of a byte order mark.
    case jsonLines(mark: Int)

    /// Looks at a file: its name, then its first bytes.
    public static func detect(_ path: String, name: String? = nil) throws -> ImportFormat {
        let name = Fold.fold(name ?? path)
        let isJSON = name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") || name.hasSuffix(".json")
        guard isJSON else { return .csv(try CSVFormat.detect(path)) }
        let (encoding, mark) = try TextEncoding.detect(path)
        guard encoding == .utf8 else {
            throw Problem.malformed(
                "invalid_utf8",
                Label("JSON Lines must be UTF-8.", zh: "JSON Lines 文件必须是 UTF-8 编码。")
            )
        }
        return .jsonLines(mark: mark)
    }

    /// The format in one stored word.
    var text: String {
        switch self {
        case .csv(let format): "csv/\(format.encoding.rawValue)/\(format.mark)/\(format.separator)"
        case .jsonLines(let mark): "jsonl/\(mark)"
        }
    }

    init(text: String) {
        let parts = text.split(separator: "/").map(String.init)
        if parts.first == "jsonl" {
            self = .jsonLines(mark: parts.last.flatMap(Int.init) ?? 0)
        } else {
            let isWhole = parts.count == 4
            self = .csv(
                CSVFormat(
                    encoding: isWhole ? TextEncoding(rawValue: parts[1]) ?? .utf8 : .utf8,
                    mark: isWhole ? Int(parts[2]) ?? 0 : 0,
                    separator: isWhole ? UInt8(parts[3]) ?? 0x2C : 0x2C
                )
            )
        }
    }

    var suffix: String { if case .csv = self { "csv" } else { "jsonl" } }
}

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

    /// True when no cell holds anything.
    var isBlank: Bool {
        switch content {
        case .cells(let cells): cells.allSatisfy { $0.allSatisfy(\.isWhitespace) }
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

    /// Opens a file at its first row of data, or behind `rows` rows that end at `offset`.
    init(_ path: String, _ format: ImportFormat, offset: Int64? = nil, rows: Int64 = 0) throws {
        switch format {
        case .csv(let csv):
            let first = try CSVReader(path, csv)
            guard let header = try first.next(), header.cells.contains(where: { !$0.trimmed.isEmpty }) else {
                throw ImportFile.empty
            }
            headers = header.cells
            dataStart = header.end
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
            dataStart = Int64(mark)
            reader = .jsonLines(try JSONLinesReader(path, mark: mark, offset: offset, lines: Int(rows)))
        }
        guard headers.count <= 1000 else {
            throw Problem(
                .tooLarge,
                "too_many_columns",
                Label("The file has more than 1,000 columns.", zh: "文件超过 1,000 列。")
            )
        }
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
            if case .cells(let cells) = row.content { bytes += cells.reduce(0) { $0 + $1.utf8.count } }
            if case .object(_, let text) = row.content { bytes += text.utf8.count }
            rows.append(row)
        }
        return rows
    }

    private func surplus(_ row: CSVRow) -> Label? {
        if let fault = row.fault { return fault }
        guard row.cells.count > headers.count, row.cells[headers.count...].contains(where: { !$0.isEmpty }) else {
            return nil
        }
        return Label(
            "The row has \(row.cells.count) cells and the header \(headers.count).",
            zh: "该行有 \(row.cells.count) 个单元格，表头只有 \(headers.count) 列。"
        )
    }

    private static let empty = Problem.malformed(
        "empty_file",
        Label("The file is empty. Its first row must name the columns.", zh: "文件是空的。第一行应为列名。")
    )
}
