import Foundation
import SQLText

/// An `INSERT` of one row that becomes one of many: `INSERT INTO t (a, b) VALUES (?, ?)` with as many rows as there are,
/// by powers of two, so that few statements have to be prepared.
struct ManyRows {
    // More of them cost no less for each row.
    static let most = 32

    private let head, row, tail: Substring

    /// Takes an `INSERT` apart; nil for any other statement, and for one that may change a row that it has just written,
    /// which PostgreSQL refuses.
    init?(_ text: String) {
        let mark = " VALUES ("
        guard text.hasPrefix("INSERT "), !text.contains(" DO UPDATE "), let start = text.range(of: mark) else {
            return nil
        }
        var depth = 0
        for index in text[start.lowerBound...].indices.dropFirst(mark.count - 1) {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            guard depth == 0 else { continue }
            let first = text.index(before: start.upperBound)
            (head, row, tail) = (text[..<first], text[first...index], text[text.index(after: index)...])
            return
        }
        return nil
    }

    /// The statements that write so many rows: the text of each, and its number of rows.
    func statements(_ count: Int) -> [(text: String, rows: Int)] {
        var (left, size) = (count, ManyRows.most)
        var parts: [(text: String, rows: Int)] = []
        while left > 0 {
            while size > left { size /= 2 }
            parts.append((head + repeatElement(row, count: size).joined(separator: ", ") + tail, size))
            left -= size
        }
        return parts
    }
}
