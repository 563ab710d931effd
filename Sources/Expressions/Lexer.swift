import Values

/// A word, sign or literal of an expression.
struct Token: Equatable {
    enum Kind: Equatable {
        case text(String)
        case number(Double)
        case duration(TimeSpan)
        /// A name or keyword, as written.
        case name(String)
        /// `( ) , . + - * / = != < <= > >=`.
        case sign(String)
        case end
    }
    var kind: Kind
    var span: Span
}

/// Cuts the text of an expression into tokens.
///
/// Punctuation as typed with a Chinese input method counts as the ASCII one: full-width forms, “ ”, 「 」, 、 ≥ ≤ ≠.
struct Lexer {
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// All tokens; the last is `end`.
    static func tokens(of text: String) throws(ExpressionError) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private func scalar(_ ahead: Int = 0) -> Unicode.Scalar? {
        guard index + ahead < scalars.count else { return nil }
        let scalar = scalars[index + ahead]
        switch scalar.value {
        case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0)
        case 0x3000, 0x00A0, 0x09, 0x0A, 0x0D: return " "
        case 0x3001: return ","
        case 0x3002: return "."
        case 0x00D7: return "*"
        case 0x00F7: return "/"
        case 0x2212: return "-"
        default: return scalar
        }
    }

    private mutating func next() throws(ExpressionError) -> Token {
        while scalar() == " " { index += 1 }
        let start = index
        guard let first = scalar() else { return Token(kind: .end, span: Span(start, start)) }
        if let closing = Lexer.closingQuotes(first) { return try string(until: closing) }
        if isDigit(first) { return try number() }
        if isLetter(first) {
            var name = String.UnicodeScalarView()
            while let scalar = scalar(), isLetter(scalar) || isDigit(scalar) {
                name.append(scalar)
                index += 1
            }
            return Token(kind: .name(String(name)), span: Span(start, index))
        }
        return try sign(first)
    }

    private mutating func sign(_ first: Unicode.Scalar) throws(ExpressionError) -> Token {
        let start = index
        index += 1
        var text = String(first)
        switch first {
        case "(", ")", ",", ".", "+", "-", "*", "/": break
        case "=": if scalar() == "=" { index += 1 }
        case "<":
            if scalar() == "=" || scalar() == ">" {
                text = scalar() == "=" ? "<=" : "!="
                index += 1
            }
        case ">":
            if scalar() == "=" {
                text = ">="
                index += 1
            }
        case "!" where scalar() == "=":
            text = "!="
            index += 1
        case "≥": text = ">="
        case "≤": text = "<="
        case "≠": text = "!="
        case "'":
            throw ExpressionError(
                Span(start, index),
                Label("Write texts in double quotes: \"…\".", zh: "文本请用双引号括起来：\"…\"。")
            )
        default:
            throw ExpressionError(
                Span(start, index),
                Label("This character does not belong into an expression.", zh: "表达式中不能使用这个字符。")
            )
        }
        return Token(kind: .sign(text), span: Span(start, index))
    }

    private mutating func string(until closing: [Unicode.Scalar]) throws(ExpressionError) -> Token {
        let start = index
        index += 1
        var text = String.UnicodeScalarView()
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            if closing.contains(scalar) { return Token(kind: .text(String(text)), span: Span(start, index)) }
            if scalar == "\\", index < scalars.count {
                text.append(scalars[index])
                index += 1
            } else {
                text.append(scalar)
            }
        }
        throw ExpressionError(
            Span(start, index),
            Label("This text does not end. Add the closing quotation mark.", zh: "这段文本没有结束，请补上后引号。")
        )
    }

    private mutating func number() throws(ExpressionError) -> Token {
        let start = index
        var digits = ""
        while let scalar = scalar(), isDigit(scalar) || (scalar == "." && isDigit(self.scalar(1) ?? " ")) {
            if scalar == ".", digits.contains(".") { break }
            digits.unicodeScalars.append(scalar)
            index += 1
        }
        var unit = ""
        while let scalar = scalar(), isLetter(scalar) || (!unit.isEmpty && isDigit(scalar)) {
            unit.unicodeScalars.append(scalar)
            index += 1
        }
        let span = Span(start, index)
        guard unit.isEmpty else { return try duration(digits, unit, span) }
        guard digits.utf8.count <= 40, let value = Double(digits), value.isFinite else {
            throw ExpressionError(span, Label("This number is too long.", zh: "这个数字太长。"))
        }
        return Token(kind: .number(value), span: span)
    }

    private func duration(_ digits: String, _ unit: String, _ span: Span) throws(ExpressionError) -> Token {
        guard let count = Int(digits), count <= 1_000_000 else {
            throw ExpressionError(
                span,
                Label("A duration is a whole number up to 1000000 with its unit.", zh: "时长须为不超过 1000000 的整数加单位。")
            )
        }
        guard let duration = TimeSpan(count, unit: Fold.fold(unit)) else {
            throw ExpressionError(
                span,
                Label(
                    "«\(unit)» is no unit of time. Use h, d, w, mo or y, as in 30d.",
                    zh: "“\(unit)”不是时间单位，请用 h（小时）、d（天）、w（周）、mo（月）或 y（年），例如 30d。"
                )
            )
        }
        return Token(kind: .duration(duration), span: span)
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 {
            return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
        }
        return scalar.properties.isAlphabetic
    }

    private static func closingQuotes(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        switch scalar {
        case "\"": ["\"", "＂"]
        case "“", "”", "„": ["“", "”"]
        case "「": ["」"]
        case "『": ["』"]
        default: nil
        }
    }
}
