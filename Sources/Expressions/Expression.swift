/// An expression as it was written: names are not looked up, types are not known.
///
/// The language is described at `ExpressionParser`.
public indirect enum Expression: Sendable, Equatable {
    /// `"text"`.
    case text(String, Span)
    /// `1200.50`.
    case number(Double, Span)
    /// `true`, `false`.
    case truth(Bool, Span)
    /// `30d`.
    case duration(TimeSpan, Span)
    /// `today`, `now`, `me`, `my_teams`, and the first and last day of the present week, month, quarter and year.
    case word(Word, Span)
    /// `customer.industry`.
    case path([Name], Span)
    /// Parts joined by `or`.
    case any([Expression], Span)
    /// Parts joined by `and`.
    case all([Expression], Span)
    /// `not x`.
    case not(Expression, Span)
    /// `x < y`.
    case comparison(Comparison, Expression, Expression, Span)
    /// `x in (a, b)`.
    case among(Expression, [Expression], Span)
    /// `x contains y`.
    case contains(Expression, Expression, Span)
    /// `x starts with y`.
    case startsWith(Expression, Expression, Span)
    /// `x between low and high`.
    case between(Expression, Expression, Expression, Span)
    /// `x is empty`.
    case isEmpty(Expression, Span)
    /// Operands joined by `+ -` or by `* /`, worked out from the left.
    case chain(Expression, [Step], Span)
    /// `-x`.
    case negative(Expression, Span)
    /// `round(x, 2)`.
    case call(Name, [Expression], Span)
    /// `sum(orders.amount where …)`.
    case aggregate(Aggregate, [Name], condition: Expression?, Span)

    /// A name with its place.
    public struct Name: Sendable, Equatable {
        /// The name as written.
        public let text: String
        /// Where it stands.
        public let span: Span
    }

    /// One more operand of a chain.
    public struct Step: Sendable, Equatable {
        /// How it is joined to what stands before.
        public let operation: Operation
        /// The operand.
        public let operand: Expression
    }

    /// The arithmetic operations.
    public enum Operation: String, Sendable { case plus = "+", minus = "-", times = "*", divided = "/" }

    /// The comparisons.
    public enum Comparison: String, Sendable {
        case equal = "=", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="

        /// The comparison with its sides changed.
        var flipped: Comparison {
            switch self {
            case .equal, .notEqual: self
            case .less: .greater
            case .lessOrEqual: .greaterOrEqual
            case .greater: .less
            case .greaterOrEqual: .lessOrEqual
            }
        }
    }

    /// Words that stand for a value of the moment.
    public enum Word: String, Sendable, CaseIterable {
        case today, now, me
        case myTeams = "my_teams"
        case weekStart = "week_start"
        case weekEnd = "week_end"
        case monthStart = "month_start"
        case monthEnd = "month_end"
        case quarterStart = "quarter_start"
        case quarterEnd = "quarter_end"
        case yearStart = "year_start"
        case yearEnd = "year_end"
    }

    /// What a roll-up computes.
    public enum Aggregate: String, Sendable, CaseIterable { case count, sum, min, max, avg }

    /// Where it stands in the text.
    public var span: Span {
        switch self {
        case .text(_, let span), .number(_, let span), .truth(_, let span), .duration(_, let span),
            .word(_, let span), .path(_, let span), .any(_, let span), .all(_, let span), .not(_, let span),
            .comparison(_, _, _, let span), .among(_, _, let span), .contains(_, _, let span),
            .startsWith(_, _, let span), .between(_, _, _, let span), .isEmpty(_, let span),
            .chain(_, _, let span), .negative(_, let span), .call(_, _, let span),
            .aggregate(_, _, _, let span):
            span
        }
    }
}

/// A duration: calendar months, and a fixed time. `3mo` is three months, `2w` is 14 days.
public struct TimeSpan: Sendable, Equatable {
    /// Calendar months.
    public let months: Int
    /// Milliseconds beyond the months.
    public let milliseconds: Int64

    static let day: Int64 = 86_400_000

    /// Whole days beyond the months; nil when hours are left over.
    var days: Int? { milliseconds % TimeSpan.day == 0 ? Int(milliseconds / TimeSpan.day) : nil }

    /// A count of a unit: `h`, `d`, `w`, `mo` or `y`; nil for another unit.
    init?(_ count: Int, unit: String) {
        switch unit {
        case "h": (months, milliseconds) = (0, Int64(count) * 3_600_000)
        case "d": (months, milliseconds) = (0, Int64(count) * TimeSpan.day)
        case "w": (months, milliseconds) = (0, Int64(count) * 7 * TimeSpan.day)
        case "mo": (months, milliseconds) = (count, 0)
        case "y": (months, milliseconds) = (count * 12, 0)
        default: return nil
        }
    }

    private init(months: Int, milliseconds: Int64) {
        self.months = months
        self.milliseconds = milliseconds
    }

    /// The duration backwards.
    var negated: TimeSpan { TimeSpan(months: -months, milliseconds: -milliseconds) }
}
