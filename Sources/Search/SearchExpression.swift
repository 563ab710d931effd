import Glibc

/// A query of the full-text engine of SQLite, taken apart for those who answer it without that engine.
///
/// Only what `SearchQuery` writes is read.
indirect enum SearchExpression {
    /// One of them must match.
    case any([SearchExpression])
    /// All of them must match.
    case all([SearchExpression])
    /// Tokens one after another in one of the columns, which stand in the order of the table. An empty one finds nothing.
    case phrase([Substring], columns: [Int], isPrefix: Bool)

    init(_ text: String) {
        var reader = Reader(rest: text[...])
        self = reader.any([0, 1, 2, 3])
    }

    /// Whether a record with these tokens is found.
    func matches(_ tokens: SearchTokens) -> Bool {
        let texts = tokens.texts.map { " " + $0 + " " }
        return matches(texts)
    }

    private func matches(_ texts: [String]) -> Bool {
        switch self {
        case .any(let ways): return ways.contains { $0.matches(texts) }
        case .all(let parts): return parts.allSatisfy { $0.matches(texts) }
        case .phrase(let tokens, let columns, let isPrefix):
            if tokens.isEmpty { return false }
            let phrase = " " + tokens.joined(separator: " ") + (isPrefix ? "" : " ")
            return columns.contains { SearchExpression.holds(texts[$0], phrase) }
        }
    }

    /// Neither holds a zero byte: tokens are letters and digits.
    private static func holds(_ text: String, _ phrase: String) -> Bool { strstr(text, phrase) != nil }

    private struct Reader {
        var rest: Substring

        mutating func any(_ columns: [Int]) -> SearchExpression {
            var ways = [all(columns)]
            while take(" OR ") { ways.append(all(columns)) }
            return ways.count == 1 ? ways[0] : .any(ways)
        }

        private mutating func all(_ columns: [Int]) -> SearchExpression {
            var parts = [part(columns)]
            while take(" AND ") { parts.append(part(columns)) }
            return parts.count == 1 ? parts[0] : .all(parts)
        }

        private mutating func part(_ columns: [Int]) -> SearchExpression {
            let own = filter().map { filter in columns.filter(filter.contains) } ?? columns
            if take("(") {
                let inner = any(own)
                _ = take(")")
                return inner
            }
            guard take("\"") else { return .phrase([], columns: own, isPrefix: false) }
            let tokens = rest.prefix { $0 != "\"" }
            rest = rest.dropFirst(tokens.count + 1)
            return .phrase(tokens.split(separator: " "), columns: own, isPrefix: take("*"))
        }

        /// The columns of `{name text}:` or `digits:`; nil without a filter.
        private mutating func filter() -> [Int]? {
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
            return names.compactMap { SearchTokens.columns.firstIndex(of: String($0)) }
        }

        private mutating func take(_ text: String) -> Bool {
            guard rest.hasPrefix(text) else { return false }
            rest = rest.dropFirst(text.count)
            return true
        }
    }
}
