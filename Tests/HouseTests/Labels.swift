/// The labels of a file whose texts are literals: `Label("English", zh: "中文")`.
func labels(of file: SourceFile) -> [(line: Int, english: String, chinese: String)] {
    file.lines.indices.flatMap { start -> [(line: Int, english: String, chinese: String)] in
        guard file.lines[start].holds("Label(") else { return [] }
        // A label may run over a few lines.
        let text = file.lines[start..<min(start + 12, file.lines.count)].joined(separator: "\n")
        let end = text.index(text.startIndex, offsetBy: file.lines[start].count)
        return text[..<end].ranges(of: "Label(").compactMap { found in
            if found.lowerBound > text.startIndex {
                let before = text[text.index(before: found.lowerBound)]
                guard !before.isLetter, before != "`" else { return nil }
            }
            var reader = LiteralReader(rest: text[found.upperBound...])
            guard let english = reader.text(), reader.skip(","), reader.skip("zh:"), let chinese = reader.text() else {
                return nil
            }
            return (start + 1, english, chinese)
        }
    }
}

/// True for text that a Chinese reader can use: it has a Han character, or no word at all.
///
/// Interpolated values may hold anything; abbreviations, symbols and numbers need no translation.
func readsAsChinese(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.properties.isIdeographic } || !text.contains { $0.isLowercase }
}

/// Reads string literals; interpolations become `…`.
private struct LiteralReader {
    var rest: Substring

    /// Skips blanks and then `word`; false when something else stands there.
    mutating func skip(_ word: String) -> Bool {
        rest = rest.drop { $0.isWhitespace }
        guard rest.hasPrefix(word) else { return false }
        rest = rest.dropFirst(word.count)
        return true
    }

    /// One literal or several joined by `+`; nil when it is no literal.
    mutating func text() -> String? {
        var result = ""
        repeat {
            guard skip("\"") else { return nil }
            let isBlock = rest.hasPrefix("\"\"")
            if isBlock { rest = rest.dropFirst(2) }
            let end = isBlock ? "\"\"\"" : "\""
            while !rest.hasPrefix(end) {
                guard let character = rest.popFirst() else { return nil }
                if character == "\\", let escaped = rest.popFirst() {
                    if escaped == "(" { skipInterpolation() }
                    result.append(escaped == "(" ? "…" : " ")
                } else {
                    result.append(character)
                }
            }
            rest = rest.dropFirst(end.count)
        } while skip("+")
        return result
    }

    private mutating func skipInterpolation() {
        var depth = 1
        while depth > 0, let character = rest.popFirst() {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
        }
    }
}
