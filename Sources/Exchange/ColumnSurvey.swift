import Foundation
import Values

/// What the columns of a whole file hold: their distinct values, and how their dates and numbers are written.
///
/// Read once, with bounded memory; it is kept beside an uploaded file while its columns are matched.
public struct ColumnSurvey: Sendable, Equatable {
    /// A text and how many rows have it.
    public struct Value: Sendable, Equatable {
        /// The text of the cell without blanks around it.
        public let text: String
        /// The number of rows.
        public let count: Int
    }

    /// What one column holds.
    struct Column: Sendable, Equatable {
        /// The distinct values and their number; nil when there are more than `mostValues`.
        var values: [String: Int]? = [:]
        var dates = DateEvidence()
        var numbers = NumberEvidence()
    }

    /// Beyond this a column holds no choices.
    public static let mostValues = 300
    /// Longer cells are no choices.
    private static let longestValue = 200

    /// The rows of the file, without its heading.
    public internal(set) var rows = 0
    var columns: [Column]

    init(columns count: Int) { columns = [Column](repeating: Column(), count: count) }

    /// The distinct values of a column, the most frequent first; nil when there are too many to choose from.
    public func values(_ index: Int) -> [Value]? {
        guard columns.indices.contains(index), let values = columns[index].values else { return nil }
        return values.map { Value(text: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.text) < ($0.count, $1.text) }
    }

    /// Reads a file that is a table already.
    static func take(_ path: String, _ format: ImportFormat) throws -> ColumnSurvey {
        let file = try ImportFile(path, format)
        var survey = ColumnSurvey(columns: file.headers.count)
        while let row = try file.next() {
            survey.rows += 1
            switch row.content {
            case .cells(let cells):
                for (index, cell) in cells.enumerated() where index < survey.columns.count {
                    survey.columns[index].add(cell)
                }
            case .object(let members, _):
                for member in members {
                    guard let text = member.value.string, let index = file.headers.firstIndex(of: member.key) else {
                        continue
                    }
                    survey.columns[index].add(text)
                }
            }
        }
        return survey
    }

    // MARK: Keeping

    /// The survey as JSON text.
    public var text: String {
        var json = JSONWriter()
        json.object { json in
            json.member("rows", Int64(rows))
            json.key("columns")
            json.array { json in for column in columns { column.write(to: &json) } }
        }
        return json.text
    }

    /// Reads what `text` wrote; nil for anything else.
    public init?(_ text: String) {
        guard let json = try? JSONReader.parse(text), let rows = json["rows"]?.integer,
            let columns = json["columns"]?.array
        else { return nil }
        self.rows = Int(rows)
        self.columns = columns.map(Column.init)
    }
}

extension ColumnSurvey.Column {
    mutating func add(_ cell: String) {
        let text = cell.trimmed
        if text.isEmpty { return }
        if var values {
            self.values = nil
            values[text, default: 0] += 1
            let isMany = values.count > ColumnSurvey.mostValues || text.utf8.count > ColumnSurvey.longestValue
            self.values = isMany ? nil : values
        }
        guard text.utf8.count <= 60, text.utf8.contains(where: { (0x30...0x39).contains($0) || $0 >= 0x80 }) else {
            return
        }
        numbers.add(text)
        if ColumnSurvey.Column.maybeDate(text) { dates.add(text) }
    }

    /// Only dates of three numbers leave their order open; most cells are none by their first byte.
    private static func maybeDate(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || first >= 0xE0 else { return false }
        var (runs, isDigit) = (0, false)
        for byte in text.utf8 {
            let isNow = (0x30...0x39).contains(byte)
            if isNow, !isDigit { runs += 1 }
            isDigit = isNow
        }
        return runs >= 3
    }

    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            if let values {
                json.key("values")
                json.object { json in for (text, count) in values { json.member(text, Int64(count)) } }
            }
            json.key("dates")
            json.object { json in for (orders, count) in dates.counts { json.member(String(orders), Int64(count)) } }
            json.key("numbers")
            json.array { json in
                for count in [numbers.pointOnly, numbers.commaOnly, numbers.eitherComma, numbers.eitherPoint] {
                    json.integer(Int64(count))
                }
            }
        }
    }

    fileprivate init(_ json: JSONValue) {
        values = json["values"]?.members.map { members in
            Dictionary(members.map { ($0.key, Int($0.value.integer ?? 0)) }, uniquingKeysWith: { first, _ in first })
        }
        for member in json["dates"]?.members ?? [] {
            if let orders = Int(member.key) { dates.counts[orders] = Int(member.value.integer ?? 0) }
        }
        let counts = (json["numbers"]?.array ?? []).map { Int($0.integer ?? 0) }
        guard counts.count == 4 else { return }
        (numbers.pointOnly, numbers.commaOnly, numbers.eitherComma, numbers.eitherPoint) = (
            counts[0], counts[1], counts[2], counts[3]
        )
    }
}

extension Imports {
    /// Reads a whole file for what its columns hold; a workbook or cards are made into a table for as long as that takes.
    public func survey(_ path: String, _ format: ImportFormat) async throws -> ColumnSurvey {
        let folder = directory
        return try await apart {
            guard format.isConverted else { return try ColumnSurvey.take(path, format) }
            let table = folder + "/scratch-" + UUID().uuidString
            defer { try? FileManager.default.removeItem(atPath: table) }
            _ = try format.convert(path, to: table)
            return try ColumnSurvey.take(table, format)
        }
    }
}
