import Foundation
import Values

/// A sheet as a table in CSV: what an import reads, resumes and counts is then one kind of file.
enum WorkbookTable {
    /// Among how many rows the heading is looked for.
    private static let headRows = 30

    /// What was written.
    struct Outcome {
        /// The headings of columns whose formulas have no stored result.
        var unsolved: [String] = []
    }

    /// Writes a sheet of a workbook into a CSV file, at most `limit` rows of it. `heading` is the row that names the
    /// columns; nil finds it.
    ///
    /// Titles above the heading and empty rows become empty lines, so that rows keep the numbers that the spreadsheet
    /// shows.
    @discardableResult
    static func write(
        _ path: String,
        sheet: String,
        heading: Int? = nil,
        to target: String,
        limit: Int = .max
    ) throws -> Outcome {
        let book = try Workbook(path)
        let chosen = try book.sheet(sheet)
        let strings = try book.strings(folder: (target as NSString).deletingLastPathComponent)
        let output = try TableOutput(target)
        var head: [(number: Int, cells: [String])] = []
        var headers: [String] = []
        var rows = 0
        func settle() throws {
            guard let start = HeadingRow.fullest(head.map(\.cells)) else { return }
            headers = head[start].cells
            for row in head[start...] { try output.row(row.number, row.cells) }
            head.removeAll()
        }
        let reader = SheetReader(book, strings) { number, cells in
            rows += 1
            if let heading {
                if number < heading { return rows < limit }
                if headers.isEmpty { headers = cells }
                try output.row(number, cells)
            } else if headers.isEmpty {
                head.append((number, cells))
                if head.count == headRows { try settle() }
            } else {
                try output.row(number, cells)
            }
            return rows < limit
        }
        try reader.read(chosen)
        if headers.isEmpty { try settle() }
        try output.close()
        let names = reader.unsolved.sorted().compactMap { headers.indices.contains($0) ? headers[$0] : nil }
        return Outcome(unsolved: names)
    }

    /// How many rows a sheet has below its heading.
    static func count(_ path: String, sheet: String, heading: Int? = nil) throws -> Int {
        let book = try Workbook(path)
        guard let entry = try book.archive.open(try book.sheet(sheet).part) else { throw XMLStream.broken }
        let counter = RowCounter()
        try XMLStream(counter).read(entry)
        if let heading { return max(0, counter.rows - counter.numbers.count { $0 < heading } - 1) }
        let start = HeadingRow.fullest(counter.head.map { [String](repeating: "x", count: $0) }) ?? 0
        return max(0, counter.rows - start - 1)
    }

    private final class RowCounter: XMLListener {
        var rows = 0
        /// How many cells the first rows have.
        var head: [Int] = []
        /// The numbers of the first rows that hold something.
        var numbers: [Int] = []
        private var (cells, number) = (0, 0)

        func start(_ tag: XMLTag) {
            if tag.isNamed("v") || tag.isNamed("is") { cells += 1 }
            if tag.isNamed("row") { number = tag["r"].flatMap(Int.init) ?? number + 1 }
        }
        func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
        func end(_ tag: XMLTag) {
            guard tag.isNamed("row") else { return }
            if cells > 0 { rows += 1 }
            if cells > 0, numbers.count < 1000 { numbers.append(number) }
            if cells > 0, head.count < headRows { head.append(cells) }
            cells = 0
        }
    }
}

/// Writes rows with numbers into a CSV file.
final class TableOutput {
    private let file: FileHandle
    private var writer = CSVWriter(.raw, mark: false)
    private var line = 0

    init(_ path: String) throws {
        file = try madeFile(path)
    }

    deinit { try? file.close() }

    /// Writes a row at its number; numbers never go back.
    func row(_ number: Int, _ cells: [String]) throws {
        guard number > line else { throw XMLStream.broken }
        while line < number - 1 {
            writer.bytes.append(0x0A)
            line += 1
        }
        writer.row(cells)
        line += 1
        if writer.bytes.count > 1 << 18 { try file.write(contentsOf: Data(writer.take())) }
    }

    func close() throws {
        try file.write(contentsOf: Data(writer.take()))
        try file.close()
    }
}
