import SQLText
import Values

/// A piece of SQL that knows how much of the engine's parser stack it needs.
///
/// SQLite's parser holds 100 entries; what does not fit is refused when the expression is checked, not when it runs.
struct SQLPiece {
    var sql: SQLFragment
    /// Entries of the stack while the deepest place is read.
    var depth = 1
    /// True for a condition that is never null.
    var isTotal = false

    init(_ sql: SQLFragment, depth: Int = 1, isTotal: Bool = false) {
        self.sql = sql
        self.depth = depth
        self.isTotal = isTotal
    }

    /// Room for a row permission inside a subquery: by owner, share and parents of parents.
    static let guardedDepth = 52

    static func bound(_ value: SQLValue) -> SQLPiece { SQLPiece("\(value)") }
    static let never = SQLPiece("(1 = 0)", depth: 4, isTotal: true)
    static let always = SQLPiece("(1 = 1)", depth: 4, isTotal: true)

    /// `(left operator right)`.
    static func infix(_ left: SQLPiece, _ sign: StaticString, _ right: SQLPiece, isTotal: Bool = false) -> SQLPiece {
        let words = sign.utf8CodeUnitCount > 2 ? 6 : 3
        return SQLPiece(
            "(\(left.sql) \(raw: String(describing: sign)) \(right.sql))",
            depth: max(left.depth + 1, right.depth + words),
            isTotal: isTotal
        )
    }

    static func call(_ name: String, _ arguments: [SQLPiece]) -> SQLPiece {
        let depth = arguments.enumerated().map { $1.depth + ($0 == 0 ? 3 : 5) }.max() ?? 3
        return SQLPiece("\(raw: name)(\(arguments.map(\.sql).joined(", ")))", depth: depth)
    }

    /// `(a AND b AND c)`, in groups so that the engine's tree stays flat.
    static func joined(_ pieces: [SQLPiece], _ separator: StaticString) -> SQLPiece {
        guard pieces.count > 1 else { return pieces.first ?? .never }
        if pieces.count > 100 {
            let groups = stride(from: 0, to: pieces.count, by: 100).map {
                joined(Array(pieces[$0..<min($0 + 100, pieces.count)]), separator)
            }
            return joined(groups, separator)
        }
        return SQLPiece(
            "(\(pieces.map(\.sql).joined(separator)))",
            depth: (pieces.map(\.depth).max() ?? 0) + 3,
            isTotal: pieces.allSatisfy(\.isTotal)
        )
    }

    static func cast(_ piece: SQLPiece) -> SQLPiece {
        SQLPiece("CAST(\(piece.sql) AS DOUBLE PRECISION)", depth: piece.depth + 3)
    }

    static func isNull(_ piece: SQLPiece) -> SQLPiece {
        SQLPiece("(\(piece.sql) IS NULL)", depth: piece.depth + 3, isTotal: true)
    }

    static func isNotNull(_ piece: SQLPiece) -> SQLPiece {
        SQLPiece("(\(piece.sql) IS NOT NULL)", depth: piece.depth + 3, isTotal: true)
    }

    /// A condition that is false instead of null.
    var total: SQLPiece {
        isTotal ? self : SQLPiece("COALESCE(\(sql), FALSE)", depth: depth + 3, isTotal: true)
    }

    var negated: SQLPiece { SQLPiece("(NOT \(total.sql))", depth: total.depth + 2, isTotal: true) }
}

/// The whole numbers `k` for which `k / 10^digits` compares with a number in a given way.
///
/// Division by a constant never turns the order of whole numbers round, so a comparison of the quotients is a
/// comparison of the stored numbers with a bound, which an index serves.
struct ScaledBound {
    /// The first whole number that is not smaller; nil when all are.
    let from: Int64?
    /// The first whole number that is larger; nil when none is.
    let beyond: Int64?

    init(_ number: Double, digits: Int) {
        let power = Double(FixedPoint.power(digits))
        from = ScaledBound.first { Double($0) / power >= number }
        beyond = ScaledBound.first { Double($0) / power > number }
    }

    /// The numbers that are equal; nil when there are none.
    var equal: ClosedRange<Int64>? {
        guard let from else { return nil }
        let last = beyond.map { $0 == Int64.min ? nil : $0 - 1 } ?? Int64.max
        guard let last, from <= last else { return nil }
        return from...last
    }

    /// The first whole number that passes a test which no later number fails.
    private static func first(_ test: (Int64) -> Bool) -> Int64? {
        guard test(.max) else { return nil }
        var (low, high) = (Int128(Int64.min), Int128(Int64.max))
        while low < high {
            let middle = (low + high) >> 1
            if test(Int64(middle)) { high = middle } else { low = middle + 1 }
        }
        return Int64(low)
    }
}
