/// A query of the full-text engine of SQLite as one of PostgreSQL: columns become weights, phrases stay phrases.
///
/// `{name text}:"科技 技有"*` becomes `('科技':AB <-> '技有':*AB)`. Only what `SearchQuery` writes is read.
struct TextSearchQuery {
    /// A piece of the query, and how large a part of all records it finds, as far as is known.
    struct Piece {
        let text: String
        let share: Double
    }

    private var rest: Substring
    private let frequencies: SearchFrequencies
    private static let weights: [Substring: Character] = ["name": "A", "text": "B", "sound": "C", "digits": "D"]
    /// What no index holds: an empty phrase finds nothing.
    private static let nothing = "'\u{1}'"

    /// The text of a `tsquery`, and how large a part of all records it finds.
    static func translated(_ expression: String, _ frequencies: SearchFrequencies = SearchFrequencies()) -> Piece {
        var query = TextSearchQuery(rest: expression[...], frequencies)
        return query.any("ABCD")
    }

    private init(rest: Substring, _ frequencies: SearchFrequencies) {
        self.rest = rest
        self.frequencies = frequencies
    }

    private mutating func any(_ columns: String) -> Piece {
        var ways = [all(columns)]
        while take(" OR ") { ways.append(all(columns)) }
        if ways.count == 1 { return ways[0] }
        let text = ways.map(\.text).joined(separator: " | ")
        return Piece(text: "(" + text + ")", share: ways.map(\.share).max() ?? 0)
    }

    private mutating func all(_ columns: String) -> Piece {
        var parts = [part(columns)]
        while take(" AND ") { parts.append(part(columns)) }
        if parts.count == 1 { return parts[0] }
        let text = parts.map(\.text).joined(separator: " & ")
        return Piece(text: "(" + text + ")", share: parts.map(\.share).min() ?? 0)
    }

    private mutating func part(_ columns: String) -> Piece {
        let own = filter().map { filter in String(columns.filter(filter.contains)) } ?? columns
        if take("(") {
            let inner = any(own)
            _ = take(")")
            return inner
        }
        guard take("\"") else { return Piece(text: TextSearchQuery.nothing, share: 0) }
        let tokens = rest.prefix { $0 != "\"" }
        rest = rest.dropFirst(tokens.count + 1)
        return phrase(tokens.split(separator: " "), own, isPrefix: take("*"))
    }

    /// The weights of `{name text}:` or `digits:`; nil without a filter.
    private mutating func filter() -> String? {
        var names: [Substring] = []
        if rest.first == "{" {
            let list = rest.dropFirst().prefix { $0 != "}" }
            rest = rest.dropFirst(list.count + 3)
            names = list.split(separator: " ")
        } else if rest.first?.isLetter == true {
            let name = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(name.count + 1)
            names = [name]
        } else {
            return nil
        }
        return String(names.compactMap { TextSearchQuery.weights[$0] })
    }

    /// Of a phrase the rarest part tells: what stands beside each other in one record does so in others.
    private func phrase(_ tokens: [Substring], _ columns: String, isPrefix: Bool) -> Piece {
        if tokens.isEmpty || columns.isEmpty { return Piece(text: TextSearchQuery.nothing, share: 0) }
        let terms = tokens.enumerated().map { index, token in
            TextSearchVector.quoted(token) + ":" + (isPrefix && index == tokens.count - 1 ? "*" : "") + columns
        }
        let share = isPrefix ? 0 : tokens.map { frequencies.shares[String($0)] ?? 0 }.min() ?? 0
        return Piece(text: "(" + terms.joined(separator: " <-> ") + ")", share: share)
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }
}

/// The tokens of a record as PostgreSQL indexes them: each with its places, and its column as a weight.
enum TextSearchVector {
    /// The highest place that PostgreSQL knows; what lies behind it is still found as a word, not as part of a phrase.
    private static let last = 16_383

    /// The text of a `tsvector`.
    static func text(_ columns: [String]) -> String {
        var result = ""
        var place = 0
        for (column, weight) in zip(columns, "ABCD") {
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
