/// A value as an engine stores it.
public enum SQLValue: Hashable, Sendable {
    /// No value.
    case null
    /// A whole number; also ids, instants, money in minor units, yes and no.
    case integer(Int64)
    /// A floating-point number.
    case real(Double)
    /// A text.
    case text(String)
    /// Bytes.
    case blob([UInt8])

    /// True for `null`.
    @inlinable public var isNull: Bool { if case .null = self { true } else { false } }
    /// The whole number, if it is one.
    @inlinable public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// The text, if it is one.
    @inlinable public var text: String? { if case .text(let value) = self { value } else { nil } }
    /// The number, whole or not.
    @inlinable public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        default: nil
        }
    }
}

extension SQLValue {
    /// An optional text.
    @inlinable public init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
    /// An optional whole number.
    @inlinable public init(_ integer: Int64?) { self = integer.map(SQLValue.integer) ?? .null }
    /// An optional id.
    @inlinable public init(_ id: RecordID?) { self = id.map { .integer($0.raw) } ?? .null }
    /// An optional instant.
    @inlinable public init(_ instant: Instant?) { self = instant.map { .integer($0.milliseconds) } ?? .null }
    /// Yes or no, stored as 1 or 0.
    @inlinable public init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
}
