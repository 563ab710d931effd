/// A query of the full-text engine of SQLite as one of PostgreSQL: columns become weights, phrases stay phrases.
///
/// `{name text}:"科技 技有"*` becomes `('科技':AB <-> '技有':*AB)`.
struct TextSearchQuery {
    /// A query, and how large a part of all records it finds, as far as is known.
    struct Piece {
        let text: String
        let share: Double
    }

    private let frequencies: SearchFrequencies
    /// What no index holds: an empty phrase finds nothing.
    private static let nothing = "'\u{1}'"

    /// The text of a `tsquery`, and how large a part of all records it finds.
    static func translated(_ expression: String, _ frequencies: SearchFrequencies = SearchFrequencies()) -> Piece {
        TextSearchQuery(frequencies: frequencies).piece(SearchExpression(expression))
    }

    private func piece(_ expression: SearchExpression) -> Piece {
        switch expression {
        case .any(let ways):
            let pieces = ways.map(piece)
            let text = pieces.map(\.text).joined(separator: " | ")
            return Piece(text: "(" + text + ")", share: pieces.map(\.share).max() ?? 0)
        case .all(let parts):
            let pieces = parts.map(piece)
            let text = pieces.map(\.text).joined(separator: " & ")
            return Piece(text: "(" + text + ")", share: pieces.map(\.share).min() ?? 0)
        case .phrase(let tokens, let columns, let isPrefix):
            return phrase(tokens, String(columns.map { TextSearchVector.weights[$0] }), isPrefix)
        }
    }

    /// Of a phrase the rarest part tells: what stands beside each other in one record does so in others.
    private func phrase(_ tokens: [Substring], _ columns: String, _ isPrefix: Bool) -> Piece {
        if tokens.isEmpty || columns.isEmpty { return Piece(text: TextSearchQuery.nothing, share: 0) }
        let terms = tokens.enumerated().map { index, token in
            TextSearchVector.quoted(token) + ":" + (isPrefix && index == tokens.count - 1 ? "*" : "") + columns
        }
        let share = isPrefix ? 0 : tokens.map { frequencies.shares[String($0)] ?? 0 }.min() ?? 0
        return Piece(text: "(" + terms.joined(separator: " <-> ") + ")", share: share)
    }
}

/// The tokens of a record as PostgreSQL indexes them: each with its places, and its column as a weight.
enum TextSearchVector {
    /// The highest place that PostgreSQL knows; what lies behind it is still found as a word, not as part of a phrase.
    private static let last = 16_383
    /// The letters of the columns.
    static let weights: [Character] = ["A", "B", "C", "D"]

    /// The text of a `tsvector`.
    static func text(_ columns: [String]) -> String {
        var result = ""
        var place = 0
        for (column, weight) in zip(columns, weights) {
            for token in column.split(separator: " ") {
                place = min(place + 1, last)
                if !result.isEmpty { result += " " }
                result += quoted(token) + ":\(place)\(weight)"
            }
            // No phrase reaches from one column into the next.
            place = min(place + 2, last)
        }
        return result
    }

    static func quoted(_ token: Substring) -> String {
        var result = "'"
        for scalar in token.unicodeScalars {
            if scalar == "'" || scalar == "\\" { result.unicodeScalars.append(scalar) }
            result.unicodeScalars.append(scalar)
        }
        return result + "'"
    }
}
