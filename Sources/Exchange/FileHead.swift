import Dispatch
import Foundation
import Values

/// The beginning of a file: its columns, its first rows, and what is to be said about them.
struct FileHead: Sendable {
    let format: ImportFormat
    let sheets: [String]
    let headers: [String]
    /// The first rows, at most 100.
    let rows: [[String]]
    let problems: [Label]
    /// The number of the row that names the columns; nil for what has none of its own.
    let heading: Int?
    /// Where the first row of data begins; 0 for what is made into a table first.
    let dataStart: Int64

    /// Reads the beginning of a file; tables that are made for it are in `folder` for as long as that takes.
    init(_ path: String, _ format: ImportFormat, folder: String) throws {
        self.format = format
        var table = path
        var remarks: [Label] = []
        if format.isConverted {
            // Enough for the heading and what is shown.
            table = folder + "/scratch-" + UUID().uuidString
            remarks = try format.convert(path, to: table, limit: 130 + (format.heading ?? 0))
        }
        defer { if format.isConverted { try? FileManager.default.removeItem(atPath: table) } }
        var sheets: [String] = []
        if case .workbook = format { sheets = try Workbook(path).sheets.map(\.name) }
        self.sheets = sheets
        let file = try ImportFile(table, format)
        var rows: [[String]] = []
        while rows.count < 100, let row = try file.next() {
            rows.append(FileHead.texts(row, file.headers))
            if let fault = row.fault, remarks.count < 20 {
                remarks.append(Label("Row \(row.number): \(fault.en)", zh: "第 \(row.number) 行：\(fault.zh)"))
            }
        }
        headers = file.headers
        if case .cards = format { heading = nil } else { heading = file.heading }
        dataStart = format.isConverted ? 0 : file.dataStart
        self.rows = rows
        problems = remarks
    }

    /// Whether a text table may have been read otherwise than it is meant: rows that do not fit their columns, signs that
    /// the encoding does not have, or a single column whose cells hold what else stands between cells.
    var isDoubtful: Bool {
        guard let csv = format.csv else { return false }
        if !problems.isEmpty || headers.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }) { return true }
        guard headers.count == 1 else { return false }
        let others = CSVSeparator.allCases.map(\.byte).filter { $0 != csv.separator }
        return ([headers] + rows).contains { cells in
            cells.contains { cell in cell.utf8.contains { others.contains($0) } }
        }
    }

    private static func texts(_ row: ImportRow, _ headers: [String]) -> [String] {
        switch row.content {
        case .cells(let cells): return cells
        case .object(let members, _):
            return headers.map { header in
                guard let value = members.last(where: { $0.key == header })?.value, !value.isNull else { return "" }
                return value.string ?? value.text
            }
        }
    }
}

/// Does what takes long on a thread of its own: those of Swift's tasks are few, and a request waits for one.
func apart<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Swift.Result(catching: work)) }
    }
}
