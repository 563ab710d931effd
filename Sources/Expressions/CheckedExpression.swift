import Schema
import Values

/// An expression that fits the schema: names are found, types are right, and both readers can work it out.
public struct CheckedExpression: Sendable {
    /// The text as written.
    public let text: String
    /// What it gives.
    public let type: ValueType
    /// The fields it reads, also through formulas and links, as `object.field`.
    public let referencedFields: Set<String>
    /// True when its value changes without a change of data: it uses `today`, `now`, `me` or `my_teams`.
    public let isVolatile: Bool
    let root: Node
}

/// A typed part of a checked expression.
struct Node: Sendable {
    let type: ValueType
    let shape: Shape
    /// How many parts it has, those that are written twice counted twice.
    let weight: Int
    /// How deeply it is nested.
    let depth: Int
    /// True when it is the same for all records.
    let isConstant: Bool

    init(_ type: ValueType, _ shape: Shape) {
        self.type = type
        self.shape = shape
        var (weight, depth, constant) = (1, 0, shape.isConstantLeaf)
        for part in shape.parts {
            weight += part.weight
            depth = max(depth, part.depth)
            constant = constant && part.isConstant
        }
        (self.weight, self.depth) = (weight, depth + 1)
        isConstant = constant
    }

    static func constant(_ type: ValueType, _ value: EvaluatedValue) -> Node { Node(type, .constant(value)) }

    /// The text of a literal that has not been given another type.
    var literalText: String? {
        if case .text = type, case .constant(.text(let text)) = shape { text } else { nil }
    }

    /// The column at its end, when it is nothing but a column of this or of a linked record.
    var column: StoredColumn? {
        switch shape {
        case .column(let column): column
        case .linked(_, _, let inner): inner.column
        default: nil
        }
    }
}

/// A column as expressions read it.
struct StoredColumn: Sendable {
    enum Storage: Sendable, Equatable {
        /// A text that is folded for comparison.
        case text
        /// A text that is stored in lower case.
        case lowerText
        case phone
        case choice
        case several
        /// A whole number of the smallest digit, so many digits after the point.
        case scaled(Int)
        case boolean, day, instant, record
    }
    let name: String
    let storage: Storage
}

/// The shapes of a typed part.
indirect enum Shape: Sendable {
    case constant(EvaluatedValue)
    case today, now, me
    /// The first or last day of the present week, month, quarter or year.
    case border(Expression.Word)
    case column(StoredColumn)
    /// The value of a linked record: the link's column, the target's table.
    case linked(column: String, target: String, Node)
    case rollUp(RollUp)

    case all([Node]), any([Node]), not(Node)
    case compare(Expression.Comparison, Node, Node)
    /// A moment compared with a day.
    case compareDay(Expression.Comparison, Node, Node)
    case among(Node, [Node])
    /// A person or team in the reader's teams.
    case inMyTeams(Node)
    /// A stored telephone number that is one of these, starts with one of these.
    case phoneIs(Node, [String]), phoneStarts(Node, [String])
    case contains(Node, Node), startsWith(Node, Node)
    /// Several choices or tags that have an entry, written as `|entry|`.
    case hasEntry(Node, String)
    case isEmpty(Node)

    case chain(Node, [(operation: Expression.Operation, operand: Node)])
    case negative(Node)
    /// A day or moment, moved.
    case moved(Node, TimeSpan)
    /// The day on which a moment falls.
    case dayOf(Node)
    /// The same value under another type: the key of a choice or a day as text.
    case retyped(Node)
    case choose(Node, Node, Node)
    case firstOf([Node])
    case function(Function, [Node])

    /// Functions with one meaning and no special syntax.
    enum Function: Sendable, Equatable {
        case round(Int), floor, ceil, abs, length, lower, upper, concat, year, month, day, daysBetween, numberText
    }

    struct RollUp: Sendable {
        let aggregate: Expression.Aggregate
        let object: String
        let link: String
        let value: Node?
        let condition: Node?
    }

    var isConstantLeaf: Bool {
        switch self {
        case .column, .linked, .rollUp, .inMyTeams: false
        default: true
        }
    }

    var parts: [Node] {
        switch self {
        case .constant, .today, .now, .me, .border, .column: []
        case .linked(_, _, let node), .not(let node), .inMyTeams(let node), .phoneIs(let node, _),
            .phoneStarts(let node, _), .hasEntry(let node, _), .isEmpty(let node), .negative(let node),
            .moved(let node, _), .dayOf(let node), .retyped(let node):
            [node]
        case .all(let nodes), .any(let nodes), .firstOf(let nodes), .function(_, let nodes): nodes
        case .compare(_, let left, let right), .compareDay(_, let left, let right), .contains(let left, let right),
            .startsWith(let left, let right):
            [left, right]
        case .among(let node, let list): [node] + list
        case .chain(let first, let steps): [first] + steps.map(\.operand)
        case .choose(let condition, let yes, let no): [condition, yes, no]
        case .rollUp(let rollUp): [rollUp.value, rollUp.condition].compactMap { $0 }
        }
    }
}
