/// A count and a sum that are kept while records are written, by the values of some fields: a report that asks for
/// just these reads a few rows, however many records there are.
public struct KeptSum: Sendable, Equatable {
    /// The fields whose values make the groups.
    public var by: [String]
    /// The field that is summed; of money the value in the base currency. Nil: only counted.
    public var sum: String?
    /// A moment: counted by the hour it lies in, and not by owner. Nil: not by time.
    public var hoursOf: String?

    /// A count by fields and, if wanted, a sum.
    public init(by: [String], sum: String? = nil) {
        self.by = by
        self.sum = sum
    }

    /// A count by the hours of a moment.
    public init(hoursOf moment: String) {
        by = []
        hoursOf = moment
    }

    /// The name under which it is stored; empty for the count that every object has.
    public var name: String {
        if let hoursOf { return hoursOf + "@hour" }
        return by.joined(separator: ",") + (sum.map { ":" + $0 } ?? "")
    }
}
