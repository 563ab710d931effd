/// A count and a sum that are kept while records are written, by the values of some fields: a report that asks for
/// just these reads a few rows, however many records there are.
public struct KeptSum: Sendable, Equatable {
    /// The fields whose values make the groups.
    public var by: [String]
    /// The field that is summed; of money the value in the base currency. Nil: only counted.
    public var sum: String?

    /// A count by fields and, if wanted, a sum.
    public init(by: [String], sum: String? = nil) {
        self.by = by
        self.sum = sum
    }

    /// The name under which it is stored; empty for the count that every object has.
    public var name: String { by.joined(separator: ",") + (sum.map { ":" + $0 } ?? "") }
}
