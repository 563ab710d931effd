/// What somebody typed into the search box, as the expression of the full-text engine.
///
/// All terms must match, each in any way: as characters of a name or text, the beginning of a word, pinyin, the first
/// letters of pinyin, or part of a telephone number. No input is an error.
public struct SearchQuery: Sendable, Equatable {
    /// The expression for `MATCH`. It holds nothing but tokens, quotes and operators that were put here.
    public let expression: String
    /// The query folded like a name, for `Ranking`.
    public let folded: String

    /// The most scalars that are read.
    public static let limit = 200
    /// The most terms.
    public static let termLimit = 8

    /// Reads what was typed; nil when it holds nothing to search for, such as spaces and punctuation alone.
    public static func parse(_ text: String) -> SearchQuery? {
        let typed = String(String.UnicodeScalarView(text.unicodeScalars.lazy.drop(while: isSpace).prefix(limit)))
        let folded = FoldedText(typed)
        if folded.pieces.isEmpty { return nil }
        let terms =
            phone(typed).map { [$0] }
            ?? chunks(typed).flatMap { chunk -> [String] in
                let piece = FoldedText(chunk)
                return chunk.contains("@") || chunk.contains("＠")
                    ? [address(piece)] : piece.pieces.map { term($0, piece) }
            }
        var distinct: [String] = []
        for term in terms where !term.isEmpty && !distinct.contains(term) && distinct.count < termLimit {
            distinct.append(term)
        }
        if distinct.isEmpty { return nil }
        return SearchQuery(
            expression: distinct.map { "(\($0))" }.joined(separator: " AND "),
            folded: Ranking.fold(folded)
        )
    }

    /// The query over some columns of the index only: of who may not read all that the others hold.
    public func over(_ columns: Set<SearchColumn>) -> SearchQuery {
        if columns.count == SearchColumn.allCases.count { return self }
        let names = SearchColumn.allCases.filter(columns.contains).flatMap(\.names)
        // An empty phrase finds nothing.
        if names.isEmpty { return SearchQuery(expression: "\"\"", folded: folded) }
        return SearchQuery(expression: "{\(names.joined(separator: " "))}:(\(expression))", folded: folded)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.value < 0x20
    }

    private static func chunks(_ text: String) -> [String] {
        text.unicodeScalars.split(whereSeparator: isSpace).map { String($0) }
    }

    private static func term(_ piece: FoldedText.Piece, _ text: FoldedText) -> String {
        let scalars = text.scalars[piece.range]
        return piece.kind == .run ? run(scalars) : word(scalars)
    }

    private static func run(_ scalars: ArraySlice<UInt32>) -> String {
        var tokens: [String] = []
        if scalars.count == 1 { tokens = [token(scalars)] }
        for index in scalars.indices.dropLast() { tokens.append(token(scalars[index...index + 1])) }
        return "{name text}:" + phrase(tokens)
    }

    private static func word(_ scalars: ArraySlice<UInt32>) -> String {
        let word = token(scalars)
        // The beginnings of one and two letters are tokens: a prefix query would read all that begin so.
        if scalars.count <= 2 {
            let exact = "{name text sound}:" + phrase([word])
            return scalars.count == 2 && isLatin(scalars) ? any([exact] + PinyinQuery(word).alternatives) : exact
        }
        var ways = ["{name text}:" + phrase([word]) + "*"]
        if scalars.allSatisfy({ (0x30...0x39).contains($0) }) {
            ways += digits(word)
        } else if isLatin(scalars), scalars.count <= PinyinQuery.limit {
            ways += PinyinQuery(word).alternatives
        }
        return any(ways)
    }

    /// The words of an e-mail address, one after another.
    private static func address(_ text: FoldedText) -> String {
        let words = text.pieces.filter { $0.kind == .word }.map { token(text.scalars[$0.range]) }
        guard let last = words.last, words.count == text.pieces.count else {
            return text.pieces.map { "(" + term($0, text) + ")" }.joined(separator: " AND ")
        }
        return "{name text}:" + phrase(words) + (last.utf8.count > 2 ? "*" : "")
    }

    /// The ways in which three and more digits are part of a telephone number.
    private static func digits(_ typed: String) -> [String] {
        let bytes = Array(typed.utf8.prefix(20))
        if bytes.count == 11, bytes[0] == 0x31, bytes[1] > 0x32 { return ["digits:" + phrase([whole(bytes)])] }
        if bytes.count == 13, bytes.starts(with: [0x38, 0x36, 0x31]) {
            return ["digits:" + phrase([whole(Array(bytes.dropFirst(2)))]), "digits:" + fragment(bytes)]
        }
        var ways = ["digits:" + fragment(bytes)]
        // Abroad the zero before the area code is not part of E.164.
        if bytes.count > 3, bytes[0] == 0x30 { ways.append("digits:" + fragment(Array(bytes.drop { $0 == 0x30 }))) }
        return ways.filter { $0 != "digits:" + phrase([]) }
    }

    private static func whole(_ bytes: [UInt8]) -> String {
        String(Character(TokenWriter.wholeNumber)) + String(decoding: bytes, as: UTF8.self)
    }

    private static func fragment(_ bytes: [UInt8]) -> String {
        phrase(bytes.indices.dropLast(2).map { String(decoding: bytes[$0..<$0 + 3], as: UTF8.self) })
    }

    /// A query that is one telephone number with the usual marks in it, such as `+86 138-0000-1234`.
    private static func phone(_ text: String) -> String? {
        var digits: [UInt8] = []
        var marks = 0
        for scalar in text.unicodeScalars {
            let value = FoldedText.asciiWidth(scalar.value)
            switch value {
            case 0x30...0x39: digits.append(UInt8(value))
            case 0x20, 0x28, 0x29, 0x2B, 0x2D, 0x2E, 0x2F, 0x09, 0x2013: marks += 1
            default: return nil
            }
        }
        guard marks > 0, digits.count > 5 else { return nil }
        let isForeign = FoldedText.asciiWidth(text.unicodeScalars.first?.value ?? 0) == 0x2B
        if digits.starts(with: [0x30, 0x30]) { digits.removeFirst(2) }
        if isForeign || digits.count > 12, digits.starts(with: [0x38, 0x36]) { digits.removeFirst(2) }
        let joined = self.digits(String(decoding: digits, as: UTF8.self))
        let folded = FoldedText(text)
        let parts = folded.pieces.map { "(" + term($0, folded) + ")" }
        let split = parts.count > 1 && parts.count <= termLimit ? ["(" + parts.joined(separator: " AND ") + ")"] : []
        return joined.isEmpty ? nil : any(joined + split)
    }

    private static func isLatin(_ scalars: ArraySlice<UInt32>) -> Bool {
        scalars.allSatisfy { (0x61...0x7A).contains($0) }
    }

    private static func any(_ ways: [String]) -> String { ways.joined(separator: " OR ") }

    private static func token(_ scalars: ArraySlice<UInt32>) -> String {
        String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
    }

    static func phrase(_ tokens: [String]) -> String { "\"" + tokens.joined(separator: " ") + "\"" }
}

extension FoldedText {
    /// A full-width mark as its ASCII form.
    static func asciiWidth(_ value: UInt32) -> UInt32 {
        switch value {
        case 0xFF01...0xFF5E: value - 0xFEE0
        case 0x3000: 0x20
        default: value
        }
    }
}

/// What a column of the index holds.
public enum SearchColumn: Sendable, CaseIterable {
    /// Names, as written and as they sound.
    case names
    /// All other texts.
    case texts
    /// Telephone numbers.
    case phones

    /// The columns of the table.
    var names: [String] {
        switch self {
        case .names: ["name", "sound"]
        case .texts: ["text"]
        case .phones: ["digits"]
        }
    }
}
