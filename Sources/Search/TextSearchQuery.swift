/// A query of the full-text engine of SQLite as one of PostgreSQL: columns become weights, phrases stay phrases.
///
/// `{name text}:"科技 技有"*` becomes `('科技':AB <-> '技有':*AB)`. Only what `SearchQuery` writes is read.
struct TextSearchQuery {
    private var rest: Substring
    private static let weights: [Substring: Character] = ["name": "A", "text": "B", "sound": "C", "digits": "D"]
    /// What no index holds: an empty phrase finds nothing.
    private static let nothing = "'\u{1}'"

    /// The text of a `tsquery`.
    static func translated(_ expression: String) -> String {
        var query = TextSearchQuery(rest: expression[...])
        return query.any("ABCD")
    }

    private init(rest: Substring) { self.rest = rest }

    private mutating func any(_ columns: String) -> String {
        var ways = [all(columns)]
        while take(" OR ") { ways.append(all(columns)) }
        return ways.count == 1 ? ways[0] : "(" + ways.joined(separator: " | ") + ")"
    }

    private mutating func all(_ columns: String) -> String {
        var parts = [part(columns)]
        while take(" AND ") { parts.append(part(columns)) }
        return parts.count == 1 ? parts[0] : "(" + parts.joined(separator: " & ") + ")"
    }

    private mutating func part(_ columns: String) -> String {
        let own = filter().map { filter in String(columns.filter(filter.contains)) } ?? columns
        if take("(") {
            let inner = any(own)
            _ = take(")")
            return inner
        }
        guard take("\"") else { return TextSearchQuery.nothing }
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

    private func phrase(_ tokens: [Substring], _ columns: String, isPrefix: Bool) -> String {
        if tokens.isEmpty || columns.isEmpty { return TextSearchQuery.nothing }
        let terms = tokens.enumerated().map { index, token in
            TextSearchVector.quoted(token) + ":" + (isPrefix && index == tokens.count - 1 ? "*" : "") + columns
        }
        return "(" + terms.joined(separator: " <-> ") + ")"
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
