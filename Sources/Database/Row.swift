public import Values

/// A row that has been read.
public struct Row: Sendable {
    /// The values in the order of the columns.
    public let values: [SQLValue]

    /// A row of values.
    public init(_ values: [SQLValue]) { self.values = values }

    /// The value of a column by position.
    @inlinable public subscript(index: Int) -> SQLValue { values[index] }
    /// The text of a column; empty for null.
    public func text(_ index: Int) -> String { values[index].text ?? "" }
    /// The whole number of a column; 0 for null.
    public func integer(_ index: Int) -> Int64 { values[index].integer ?? 0 }
    /// The id of a column; nil for null.
    public func id(_ index: Int) -> RecordID? { values[index].integer.map(RecordID.init) }
}
