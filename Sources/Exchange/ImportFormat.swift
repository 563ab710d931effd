import Foundation
public import Values

/// What kind of file an import reads.
public enum ImportFormat: Sendable, Equatable {
    /// Rows of cells under a header.
    case csv(CSVFormat)
    /// A JSON object per line; the number is the length of a byte order mark.
    case jsonLines(mark: Int)
    /// A sheet of a workbook (XLSX), and the row that names the columns; nil finds it.
    case workbook(sheet: String, heading: Int? = nil)
    /// Cards of persons (vCard 2.1 to 4.0); the language is that of the columns' names.
    case cards(Language)
    /// A table with the files that its rows name (ZIP).
    case archive(CSVFormat)

    /// Looks at a file: its first bytes, then its name. `sheet` chooses a sheet of a workbook, else it is the first;
    /// `heading` the row that names the columns, else it is found; `reading` says how a text table is written.
    public static func detect(
        _ path: String,
        name: String? = nil,
        sheet: String? = nil,
        heading: Int? = nil,
        reading: CSVReading = CSVReading(),
        language: Language = .zh
    ) throws -> ImportFormat {
        let file = try openedFile(path)
        let start = [UInt8](try file.read(upToCount: 512) ?? Data())
        try file.close()
        let name = Fold.fold(name ?? path)
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            guard try name.hasSuffix(".xlsx") || ArchiveTable.isWorkbook(path) else {
                return .archive(try ArchiveTable.format(path, heading: heading, as: reading))
            }
            return .workbook(sheet: try Workbook(path).sheet(sheet).name, heading: heading)
        }
        if CardFile.isCard(start) { return .cards(language) }
        let isJSON = name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") || name.hasSuffix(".json")
        guard isJSON else { return .csv(try CSVFormat.detect(path, heading: heading, as: reading)) }
        let (encoding, mark) = try TextEncoding.detect(path)
        guard encoding == .utf8 else {
            throw Problem.malformed(
                "invalid_utf8",
                Label("JSON Lines must be UTF-8.", zh: "JSON Lines 文件必须是 UTF-8 编码。")
            )
        }
        return .jsonLines(mark: mark)
    }

    /// What people call it, with how it is written.
    public var label: Label {
        switch self {
        case .csv(let csv):
            let marks: [UInt8: Label] = [
                0x2C: Label("commas", zh: "逗号分隔"), 0x3B: Label("semicolons", zh: "分号分隔"),
                0x09: Label("tabs", zh: "制表符分隔"), 0x7C: Label("bars", zh: "竖线分隔"),
            ]
            let mark = marks[csv.separator] ?? Label("CSV", zh: "CSV")
            // What nearly all files have is not said.
            let quote: Label? =
                switch csv.quote {
                case .double: nil
                case .single: Label("single quotation marks", zh: "单引号")
                case .nothing: Label("no quotation marks", zh: "无引号")
                }
            return Label(
                "CSV, \(csv.encoding.rawValue), \(mark.en)\(quote.map { ", " + $0.en } ?? "")",
                zh: "CSV，\(csv.encoding.rawValue)，\(mark.zh)\(quote.map { "，" + $0.zh } ?? "")"
            )
        case .jsonLines: return Label("JSON Lines", zh: "JSON Lines 文件")
        case .workbook(let sheet, _): return Label("XLSX, sheet «\(sheet)»", zh: "XLSX，工作表“\(sheet)”")
        case .cards: return Label("vCard", zh: "vCard 名片")
        case .archive: return Label("ZIP with files", zh: "ZIP（表格及附件）")
        }
    }

    /// The word of the API: `csv`, `jsonl`, `xlsx`, `vcf` or `zip`.
    public var name: String {
        switch self {
        case .csv: "csv"
        case .jsonLines: "jsonl"
        case .workbook: "xlsx"
        case .cards: "vcf"
        case .archive: "zip"
        }
    }

    /// The word of the API for the file of rows that failed: `csv` or `jsonl`.
    public var errorsName: String { if case .jsonLines = self { "jsonl" } else { "csv" } }

    /// The format in one stored word.
    var text: String {
        switch self {
        case .csv(let format), .archive(let format):
            "\(name)/\(format.encoding.rawValue)/\(format.mark)/\(format.separator)/\(format.heading)"
                // Imports that began before quotation marks could be chosen have no such part.
                + (format.quote == .double ? "" : "/\(format.quote.rawValue)")
        case .jsonLines(let mark): "jsonl/\(mark)"
        case .workbook(let sheet, let heading): (heading.map { "xlsx#\($0)/" } ?? "xlsx/") + sheet
        case .cards(let language): "vcf/\(language.rawValue)"
        }
    }

    init(text: String) {
        let parts = text.split(separator: "/", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        let head = parts.first ?? ""
        if head == "xlsx" || head.hasPrefix("xlsx#") {
            let sheet = String(text.dropFirst(head.utf8.count + 1))
            self = .workbook(sheet: sheet, heading: Int(head.dropFirst(5)))
            return
        }
        switch head {
        case "jsonl": self = .jsonLines(mark: parts.last.flatMap(Int.init) ?? 0)
        case "vcf": self = .cards(parts.last.flatMap(Language.init) ?? .zh)
        default:
            let isWhole = parts.count >= 4
            let csv = CSVFormat(
                encoding: isWhole ? TextEncoding(rawValue: parts[1]) ?? .utf8 : .utf8,
                mark: isWhole ? Int(parts[2]) ?? 0 : 0,
                separator: isWhole ? UInt8(parts[3]) ?? 0x2C : 0x2C,
                heading: parts.count > 4 ? Int(parts[4]) ?? 1 : 1,
                quote: parts.count > 5 ? CSVQuote(rawValue: parts[5]) ?? .double : .double
            )
            self = head == "zip" ? .archive(csv) : .csv(csv)
        }
    }

    /// How a text table is written, also one in an archive; nil for what is none.
    public var csv: CSVFormat? {
        switch self {
        case .csv(let format), .archive(let format): format
        case .jsonLines, .workbook, .cards: nil
        }
    }

    /// How the rows are written once the file is a table.
    var table: CSVFormat { csv ?? CSVFormat() }

    /// The row that names the columns where it was chosen or found above the first; nil for what has no such row.
    public var heading: Int? {
        switch self {
        case .csv(let csv), .archive(let csv): csv.heading
        case .workbook(_, let heading): heading
        case .jsonLines, .cards: nil
        }
    }

    /// True when the file is made into a table before its rows are read.
    var isConverted: Bool {
        switch self {
        case .csv, .jsonLines: false
        case .workbook, .cards, .archive: true
        }
    }

    /// How many rows a file has, without its heading. Reads the file once.
    public func rows(_ path: String) throws -> Int {
        switch self {
        case .workbook(let sheet, let heading): try WorkbookTable.count(path, sheet: sheet, heading: heading)
        case .cards: try CardFile.count(path)
        case .csv, .jsonLines: try RowCount.of(path, self)
        case .archive(let csv): try ArchiveTable.unpacked(path) { try RowCount.of($0, .csv(csv)) }
        }
    }

    /// Makes the file into a table at `target`, at most `limit` rows of it. What is to be said about it is answered.
    func convert(_ path: String, to target: String, limit: Int = .max) throws -> [Label] {
        switch self {
        case .csv, .jsonLines: return []
        case .cards(let language):
            try CardFile.write(path, language, to: target, limit: limit)
            return []
        case .archive:
            try ArchiveTable.write(path, to: target)
            return []
        case .workbook(let sheet, let heading):
            let table = try WorkbookTable.write(path, sheet: sheet, heading: heading, to: target, limit: limit)
            return table.unsolved.map { header in
                Label(
                    "«\(header)» holds formulas whose results are not in the file. Open it in a spreadsheet program and save it.",
                    zh: "“\(header)”列的公式在文件中没有结果，请用表格软件打开并保存后再导入。"
                )
            }
        }
    }
}

/// Counts the rows of a file.
enum RowCount {
    /// The rows without the heading: lines outside of quotation marks. In all encodings that are taken, neither a line
    /// feed nor a quotation mark can be a part of another character, but for rare ones of UTF-16.
    static func of(_ path: String, _ format: ImportFormat) throws -> Int {
        if case .csv(let csv) = format, csv.quote != .double { return try read(path, format) }
        let isJSON = if case .jsonLines = format { true } else { false }
        let file = try openedFile(path)
        defer { try? file.close() }
        var (lines, isQuoted, isBlank) = (0, false, true)
        while let part = try file.read(upToCount: 1 << 20), !part.isEmpty {
            part.withUnsafeBytes { bytes in
                for byte in bytes {
                    switch byte {
                    case 0x22 where !isJSON:
                        isQuoted.toggle()
                        isBlank = false
                    case 0x0A where !isQuoted:
                        if !isBlank { lines += 1 }
                        isBlank = true
                    case 0x0D, 0x00: break
                    default: isBlank = false
                    }
                }
            }
        }
        if !isBlank { lines += 1 }
        var above = 1
        if case .csv(let csv) = format { above = try CSVFormat.blankless(path, csv) }
        return isJSON ? lines : max(0, lines - above)
    }

    /// Apostrophes stand within words too, so they are no sign by themselves: the rows are read.
    private static func read(_ path: String, _ format: ImportFormat) throws -> Int {
        let file = try ImportFile(path, format)
        var count = 0
        while try file.next() != nil { count += 1 }
        return count
    }
}
