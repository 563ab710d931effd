public import Values

/// A piece of SQL with its bound values. Text enters only as a literal or a checked name, never from users.
///
/// `let found: SQLFragment = "SELECT \(name: column) FROM \(name: table) WHERE id = \(id)"` binds `id`.
public struct SQLFragment: Sendable, ExpressibleByStringInterpolation {
    /// The text, with a `?` per value.
    public var text: String
    /// The values in order.
    public var values: [SQLValue]

    /// A fragment of text and values.
    public init(text: String, values: [SQLValue] = []) {
        self.text = text
        self.values = values
    }

    /// A fragment without values.
    public init(stringLiteral value: String) {
        self.init(text: value)
    }

    /// A fragment from an interpolated literal.
    public init(stringInterpolation: Interpolation) {
        self.init(text: stringInterpolation.text, values: stringInterpolation.values)
    }

    /// What may be interpolated.
    public struct Interpolation: StringInterpolationProtocol {
        var text = ""
        var values: [SQLValue] = []

        /// Room for the literal.
        public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }
        /// Literal SQL.
        public mutating func appendLiteral(_ literal: String) { text += literal }
        /// A bound value.
        public mutating func appendInterpolation(_ value: SQLValue) {
            text += "?"
            values.append(value)
        }
        /// A bound text.
        public mutating func appendInterpolation(_ value: String) { appendInterpolation(.text(value)) }
        /// A bound text or null.
        public mutating func appendInterpolation(_ value: String?) { appendInterpolation(SQLValue(value)) }
        /// A bound whole number.
        public mutating func appendInterpolation(_ value: Int64) { appendInterpolation(.integer(value)) }
        /// A bound whole number.
        public mutating func appendInterpolation(_ value: Int) { appendInterpolation(.integer(Int64(value))) }
        /// A bound id.
        public mutating func appendInterpolation(_ value: RecordID) { appendInterpolation(.integer(value.raw)) }
        /// A bound instant.
        public mutating func appendInterpolation(_ value: Instant) { appendInterpolation(.integer(value.milliseconds)) }
        /// A bound id or null.
        public mutating func appendInterpolation(_ value: RecordID?) { appendInterpolation(SQLValue(value)) }
        /// A bound instant or null.
        public mutating func appendInterpolation(_ value: Instant?) { appendInterpolation(SQLValue(value)) }
        /// Another fragment, in place.
        public mutating func appendInterpolation(_ fragment: SQLFragment) {
            text += fragment.text
            values += fragment.values
        }
        /// A name of a table or column, quoted.
        public mutating func appendInterpolation(name: String) { text += quotedName(name) }
        /// Bound values in parentheses; an empty list matches nothing.
        public mutating func appendInterpolation(list: [SQLValue]) {
            text += list.isEmpty ? "(NULL)" : "(" + repeatElement("?", count: list.count).joined(separator: ", ") + ")"
            values += list
        }
        /// SQL made by the program from checked names. Never put user text here.
        public mutating func appendInterpolation(raw: String) { text += raw }
    }
}

extension SQLFragment {
    /// One fragment after another.
    public static func + (left: SQLFragment, right: SQLFragment) -> SQLFragment {
        SQLFragment(text: left.text + right.text, values: left.values + right.values)
    }

    /// Appends a fragment.
    public static func += (left: inout SQLFragment, right: SQLFragment) {
        left.text += right.text
        left.values += right.values
    }

    /// True without text.
    public var isEmpty: Bool { text.isEmpty }
}

extension [SQLFragment] {
    /// The fragments with `separator` between them.
    public func joined(_ separator: StaticString) -> SQLFragment {
        var result = SQLFragment(text: "")
        for (index, fragment) in enumerated() {
            if index > 0 { result.text += String(describing: separator) }
            result += fragment
        }
        return result
    }
}

/// A name in double quotes. Names come from the schema and hold letters, digits and underscores only.
public func quotedName(_ name: String) -> String {
    precondition(name.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) })
    return "\"" + name + "\""
}
