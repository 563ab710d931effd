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
        var reader = Reader(rest: text[...].unicodeScalars)
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

    /// Reads scalars and not characters, since a mark at the beginning of a token makes one with the quote before it.
    private struct Reader {
        var rest: Substring.UnicodeScalarView

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
            let tokens = until("\"")
            return .phrase(tokens, columns: own, isPrefix: take("*"))
        }

        /// The columns of `{name text}:` or `digits:`; nil without a filter.
        private mutating func filter() -> [Int]? {
            let names: [Substring]
            if take("{") {
                names = until("}")
                _ = take(":")
            } else if let first = rest.first, first != "\"", first != "(" {
                names = until(":")
            } else {
                return nil
            }
            return names.compactMap { SearchTokens.columns.firstIndex(of: String($0)) }
        }

        /// The words up to a mark, which is passed over.
        private mutating func until(_ mark: Unicode.Scalar) -> [Substring] {
            let words = rest.prefix { $0 != mark }
            rest = rest.dropFirst(words.count + 1)
            return words.split(separator: " ").map { Substring($0) }
        }

        private mutating func take(_ text: String) -> Bool {
            guard rest.starts(with: text.unicodeScalars) else { return false }
            rest = rest.dropFirst(text.unicodeScalars.count)
            return true
        }
    }
}
