public import Values

/// Why a text is no valid expression, and where. Shown to the person who wrote it.
public struct ExpressionError: Error, Sendable, Equatable {
    /// What kind of mistake it is.
    public enum Code: String, Sendable {
        /// Spelling, names or types are wrong.
        case invalid = "invalid_expression"
        /// It is longer or deeper than the program takes.
        case tooComplex = "too_complex"
    }

    /// The kind of mistake.
    public var code: Code
    /// The offset of the first wrong character, counted from 0 in Unicode scalars.
    public var position: Int
    /// How many characters are wrong; 0 at the end of the text.
    public var length: Int
    /// The text at that place, shortened.
    public var excerpt: String
    /// What is wrong and what to do, without the place.
    public var reason: Label

    init(_ span: Span, _ reason: Label, code: Code = .invalid) {
        self.code = code
        position = span.start
        length = span.end - span.start
        excerpt = ""
        self.reason = reason
    }

    /// What is wrong, what to do, and where.
    public var message: Label {
        if excerpt.isEmpty {
            return position == 0
                ? reason
                : Label("\(reason.en) (at the end)", zh: "\(reason.zh)（在末尾）")
        }
        return Label(
            "\(reason.en) (character \(position + 1), near «\(excerpt)»)",
            zh: "\(reason.zh)（第 \(position + 1) 个字符，“\(excerpt)”附近）"
        )
    }

    /// The error as the API and the pages show it; `field` is where the expression was written, as in `filter`.
    public func problem(field: String) -> Problem {
        Problem(
            .malformed,
            code.rawValue,
            message,
            fields: [FieldProblem(field, code.rawValue, message)]
        )
    }

    /// The same error with the words at its place taken from `text`.
    func locating(in text: String) -> ExpressionError {
        let scalars = Array(text.unicodeScalars)
        var copy = self
        guard position < scalars.count else { return copy }
        let end = min(scalars.count, position + max(1, min(length, 24)))
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[position..<end])
        copy.excerpt = String(view)
        return copy
    }
}

/// A range of the expression's text, in Unicode scalars.
public struct Span: Sendable, Equatable {
    /// The first scalar.
    public var start: Int
    /// One beyond the last scalar.
    public var end: Int

    /// A range of the text.
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    func joined(_ other: Span) -> Span { Span(min(start, other.start), max(end, other.end)) }
}

/// The name nearest to a mistyped one.
enum Spelling {
    /// The candidate that differs by the fewest letters, if it is near enough to be meant.
    static func nearest(_ word: String, among candidates: [String]) -> String? {
        let word = Array(Fold.fold(word).utf8.prefix(40))
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = self.distance(word, Array(candidate.utf8.prefix(40)))
            if distance < best?.distance ?? (max(word.count, 3) / 3 + 1) { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let current = row[j + 1]
                row[j + 1] = min(previous + (a == b ? 0 : 1), current + 1, row[j] + 1)
                previous = current
            }
        }
        return row[right.count]
    }
}
