/// Finds the row of a table that names its columns: files often begin with titles.
enum HeadingRow {
    /// The first row that fills most of the columns that the fullest one fills. Titles fill one or two.
    static func fullest(_ rows: [[String]]) -> Int? {
        let filled = rows.map { row in row.count { !$0.isEmpty } }
        guard let most = filled.max(), most > 0 else { return nil }
        return filled.firstIndex { $0 * 2 > most }
    }

    /// The number of the heading of a text file; 1 unless the rows above are plainly titles: what looks like a heading
    /// names each column once and in words, and most rows below are as full as it is.
    static func find(_ rows: [CSVRow]) -> Int {
        guard let index = fullest(rows.map(\.cells)), index > 0 else { return 1 }
        let heading = rows[index].cells.map { $0.trimmed }.filter { !$0.isEmpty }
        let below = rows[(index + 1)...]
        let full = below.count { $0.cells.count { !$0.isEmpty } * 2 > heading.count }
        let isNamed =
            heading.count > 2 && Set(heading).count == heading.count && heading.allSatisfy { Double($0) == nil }
        let areTitles = rows[..<index].allSatisfy { $0.cells.count { !$0.trimmed.isEmpty } <= 2 }
        guard isNamed, areTitles, !below.isEmpty, full * 2 > below.count else { return 1 }
        return rows[index].number
    }
}
