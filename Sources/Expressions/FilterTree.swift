/// A filter as people build it by hand: conditions on fields in groups. Every expression that is a condition can be
/// taken apart into one; what has no simple form is kept as it was written.
public indirect enum FilterTree: Sendable, Equatable {
    /// All parts hold.
    case all([FilterTree])
    /// At least one part holds.
    case any([FilterTree])
    /// The part does not hold.
    case not(FilterTree)
    /// A field compared with values.
    case condition(FilterCondition)
    /// Anything else, as it was written.
    case other(String)
}

/// A field compared with values.
public struct FilterCondition: Sendable, Equatable {
    /// The field, or the way to it over links: `customer.industry`.
    public var path: String
    /// How it is compared.
    public var test: FilterTest
    /// With what.
    public var values: [FilterValue]

    /// A field compared with values.
    public init(_ path: String, _ test: FilterTest, _ values: [FilterValue] = []) {
        self.path = path
        self.test = test
        self.values = values
    }
}

/// The comparisons of the language; the raw value is how each is written.
public enum FilterTest: String, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case among = "in"
    case notAmong = "not in"
    case contains
    case containsNot = "not contains"
    case startsWith = "starts with"
    case startsNotWith = "not starts with"
    case between
    case notBetween = "not between"
    case isEmpty = "is empty"
    case isNotEmpty = "is not empty"

    /// How many values it takes; nil for a list of any length.
    public var count: Int? {
        switch self {
        case .isEmpty, .isNotEmpty: 0
        case .between, .notBetween: 2
        case .among, .notAmong: nil
        default: 1
        }
    }

    fileprivate var negated: FilterTest? {
        switch self {
        case .among: .notAmong
        case .contains: .containsNot
        case .startsWith: .startsNotWith
        case .between: .notBetween
        case .isEmpty: .isNotEmpty
        default: nil
        }
    }
}

/// What a field is compared with.
public enum FilterValue: Sendable, Equatable {
    /// A text, a choice, a day or an id: what stands in quotation marks.
    case text(String)
    /// A number, `true`, `me`, `today - 30d`: what stands without.
    case code(String)

    /// The value as a form shows it.
    public var shown: String {
        switch self {
        case .text(let text), .code(let text): text
        }
    }
}

extension FilterTree {
    /// Takes an expression apart; nil for a blank one. The error points at the place.
    public static func parse(_ text: String) throws(ExpressionError) -> FilterTree? {
        if text.allSatisfy(\.isWhitespace) { return nil }
        let expression = try ExpressionParser.parse(text)
        return FilterReader(scalars: Array(text.unicodeScalars)).tree(expression)
    }

    /// The filter in the language of expressions; empty for a group without parts.
    public var text: String { written(inside: 0) }

    /// Strengths: `or` 1, `and` 2, `not` 3.
    private func written(inside strength: Int) -> String {
        switch self {
        case .all(let parts): return joined(parts, " and ", 2, strength)
        case .any(let parts): return joined(parts, " or ", 1, strength)
        case .not(let part):
            let inner = part.written(inside: 0)
            return inner.isEmpty ? "" : "not (" + inner + ")"
        case .condition(let condition): return condition.text
        case .other(let text): return "(" + text + ")"
        }
    }

    private func joined(_ parts: [FilterTree], _ word: String, _ own: Int, _ around: Int) -> String {
        let texts = parts.map { $0.written(inside: own) }.filter { !$0.isEmpty }
        let text = texts.joined(separator: word)
        return texts.count > 1 && around > own ? "(" + text + ")" : text
    }

    /// The parts of a group; a single part counts as a group of itself.
    public var parts: [FilterTree] {
        switch self {
        case .all(let parts), .any(let parts): parts
        default: [self]
        }
    }

    // MARK: Places

    /// The part at a place: positions within nested groups, from the outside; nil when there is none.
    public func part(at place: ArraySlice<Int>) -> FilterTree? {
        guard let first = place.first else { return self }
        switch self {
        case .all(let parts), .any(let parts):
            return parts.indices.contains(first) ? parts[first].part(at: place.dropFirst()) : nil
        case .not(let inner): return first == 0 ? inner.part(at: place.dropFirst()) : nil
        default: return nil
        }
    }

    /// The filter with the part at a place put in or, with nil, taken out; a place one behind the last adds a part.
    /// A group that has lost its last part goes with it.
    public func replacing(at place: ArraySlice<Int>, with new: FilterTree?) -> FilterTree? {
        guard let first = place.first else { return new }
        switch self {
        case .all(let parts): return FilterTree.changed(parts, first, place.dropFirst(), new).map { .all($0) }
        case .any(let parts): return FilterTree.changed(parts, first, place.dropFirst(), new).map { .any($0) }
        case .not(let inner):
            return first == 0 ? inner.replacing(at: place.dropFirst(), with: new).map { .not($0) } : self
        default: return self
        }
    }

    private static func changed(
        _ parts: [FilterTree],
        _ index: Int,
        _ rest: ArraySlice<Int>,
        _ new: FilterTree?
    ) -> [FilterTree]? {
        var parts = parts
        if index == parts.count, rest.isEmpty, let new {
            parts.append(new)
        } else if parts.indices.contains(index) {
            if let part = parts[index].replacing(at: rest, with: new) {
                parts[index] = part
            } else {
                parts.remove(at: index)
            }
        }
        return parts.isEmpty ? nil : parts
    }
}

extension FilterCondition {
    /// The condition in the language of expressions.
    public var text: String {
        let list = values.map(\.source)
        switch test {
        case .isEmpty, .isNotEmpty: return path + " " + test.rawValue
        case .among, .notAmong: return path + " " + test.rawValue + " (" + list.joined(separator: ", ") + ")"
        case .between, .notBetween:
            guard list.count == 2 else { return path + " is not empty" }
            return path + " " + test.rawValue + " " + list[0] + " and " + list[1]
        default: return path + " " + test.rawValue + " " + (list.first ?? "\"\"")
        }
    }
}

extension FilterValue {
    fileprivate var source: String {
        switch self {
        case .code(let text): text
        case .text(let text):
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
    }
}

/// Recognises the simple forms in a parsed expression.
private struct FilterReader {
    let scalars: [Unicode.Scalar]

    func tree(_ expression: Expression) -> FilterTree {
        switch expression {
        case .all(let parts, _): return .all(parts.map(tree))
        case .any(let parts, _): return .any(parts.map(tree))
        case .not(let inner, _):
            if let condition = condition(inner), let opposite = condition.test.negated {
                return .condition(FilterCondition(condition.path, opposite, condition.values))
            }
            return .not(tree(inner))
        default: return condition(expression).map(FilterTree.condition) ?? .other(source(expression.span))
        }
    }

    private func condition(_ expression: Expression) -> FilterCondition? {
        switch expression {
        case .comparison(let comparison, let left, let right, _):
            guard let test = FilterTest(rawValue: comparison.rawValue) else { return nil }
            return condition(left, test, [right])
        case .among(let left, let list, _): return condition(left, .among, list)
        case .contains(let left, let right, _): return condition(left, .contains, [right])
        case .startsWith(let left, let right, _): return condition(left, .startsWith, [right])
        case .between(let left, let low, let high, _): return condition(left, .between, [low, high])
        case .isEmpty(let left, _): return condition(left, .isEmpty, [])
        default: return nil
        }
    }

    private func condition(_ left: Expression, _ test: FilterTest, _ values: [Expression]) -> FilterCondition? {
        guard case .path(let names, _) = left else { return nil }
        var read: [FilterValue] = []
        for value in values {
            guard let value = self.value(value) else { return nil }
            read.append(value)
        }
        return FilterCondition(names.map(\.text).joined(separator: "."), test, read)
    }

    private func value(_ expression: Expression) -> FilterValue? {
        switch expression {
        case .text(let text, _): return .text(text)
        case .number(_, let span), .truth(_, let span), .word(_, let span): return .code(source(span))
        case .negative(.number, let span): return .code(source(span))
        // `today - 30d`, `month_start + 2mo - 1d`: a word of the moment and durations.
        case .chain(.word(_, _), let steps, let span):
            let isMoved = steps.allSatisfy { if case .duration = $0.operand { true } else { false } }
            return isMoved ? .code(source(span)) : nil
        default: return nil
        }
    }

    private func source(_ span: Span) -> String {
        let end = min(span.end, scalars.count)
        var start = min(span.start, end)
        // The place of `(a + b) * c` begins at `a`: the parentheses before it belong to it.
        while start > 0, isShort(of: "(", start..<end) { start -= 1 }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[start..<end])
        return String(view)
    }

    /// True when more parentheses are closed than opened, outside of texts.
    private func isShort(of opening: Unicode.Scalar, _ range: Range<Int>) -> Bool {
        var (depth, isText) = (0, false)
        for scalar in scalars[range] {
            if scalar == "\"" { isText.toggle() }
            if isText { continue }
            if scalar == opening || scalar == "（" { depth += 1 }
            if scalar == ")" || scalar == "）" { depth -= 1 }
        }
        return depth < 0
    }
}
