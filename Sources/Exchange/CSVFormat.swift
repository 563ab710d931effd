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
    /// What cells stand in that hold separators or line breaks.
    public var quote: CSVQuote

    /// A format.
    public init(
        encoding: TextEncoding = .utf8,
        mark: Int = 0,
        separator: UInt8 = 0x2C,
        heading: Int = 1,
        quote: CSVQuote = .double
    ) {
        self.encoding = encoding
        self.mark = mark
        self.separator = separator
        self.heading = heading
        self.quote = quote
    }

    /// Looks at the whole file for the encoding and at its first rows for the separator (`,`, `;`, tab or `|`), the
    /// quotation mark and, unless it is given, for the row that names the columns. What `reading` says is not looked for.
    public static func detect(
        _ path: String,
        heading: Int? = nil,
        as reading: CSVReading = CSVReading()
    ) throws -> CSVFormat {
        var base = CSVFormat(quote: reading.quote ?? .double)
        if let chosen = reading.encoding {
            (base.encoding, base.mark) = try (chosen, chosen.mark(of: path))
        } else {
            (base.encoding, base.mark) = try TextEncoding.detect(path)
        }
        let separators = reading.separator.map { [$0] } ?? CSVSeparator.allCases
        var best = (score: -1.0, format: base)
        var hasApostrophes = false
        for separator in separators {
            var format = base
            format.separator = separator.byte
            let rows = try head(path, format)
            if reading.quote == nil, beginWithApostrophes(rows) { hasApostrophes = true }
            let score = CSVFormat.score(rows.map(\.cells.count))
            if score > best.score { best = (score, format) }
        }
        if hasApostrophes, let quoted = try inApostrophes(path, base, separators) { best.format = quoted }
        var format = best.format
        format.heading = try heading ?? HeadingRow.find(head(path, format))
        return format
    }

    /// So many rows are looked at.
    private static let looked = 30

    /// The first rows.
    private static func head(_ path: String, _ format: CSVFormat) throws -> [CSVRow] {
        let reader = try CSVReader(path, format)
        var rows: [CSVRow] = []
        while rows.count < looked, let row = try? reader.next() { rows.append(row) }
        return rows
    }

    /// High when all rows have the same number of cells, then by that number; 0 for one cell per row. Titles above the
    /// columns have fewer.
    private static func score(_ widths: [Int]) -> Double {
        var rows: [Int: Int] = [:]
        for width in widths { rows[width, default: 0] += 1 }
        // A first row that is as wide as others is the heading.
        if let first = widths.first, first > 1, rows[first, default: 0] > 1 || widths.count == 1 {
            return Double(rows[first, default: 0]) / Double(widths.count) * 1000 + Double(min(first, 900))
        }
        guard let common = rows.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), common.key > 1 else { return 0 }
        return Double(common.value) / Double(widths.count) * 1000 + Double(min(common.key, 900))
    }

    /// Whether half of the cells begin with an apostrophe. Only then is it looked closer: a cell in apostrophes may hold
    /// separators, and a single apostrophe that is never closed takes long to find.
    private static func beginWithApostrophes(_ rows: [CSVRow]) -> Bool {
        let filled = rows.flatMap(\.cells).filter { !$0.isEmpty }
        return !filled.isEmpty && filled.count { $0.utf8.first == 0x27 } * 2 >= filled.count
    }

    /// The format with single quotation marks, if nine of ten cells of the first rows stand in them from end to end. Else
    /// nil: an apostrophe is a letter like others (O'Neill), and stands alone before formulas.
    private static func inApostrophes(
        _ path: String,
        _ base: CSVFormat,
        _ separators: [CSVSeparator]
    ) throws -> CSVFormat? {
        var best: (score: Double, format: CSVFormat)?
        for separator in separators {
            var format = base
            (format.separator, format.quote) = (separator.byte, .single)
            let reader = try CSVReader(path, format)
            reader.tally = CSVTally()
            guard let widths = try? rowWidths(reader), let tally = reader.tally else { continue }
            guard tally.filled >= 2, tally.quoted * 10 >= tally.filled * 9 else { continue }
            let score = CSVFormat.score(widths)
            if score > best?.score ?? -1 { best = (score, format) }
        }
        return best?.format
    }

    private static func rowWidths(_ reader: CSVReader) throws -> [Int] {
        var widths: [Int] = []
        while widths.count < looked, let row = try reader.next() { widths.append(row.cells.count) }
        return widths
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

/// Of the cells read so far: how many hold something, and how many of these stand in quotation marks from end to end.
struct CSVTally {
    var filled = 0
    var quoted = 0
}
