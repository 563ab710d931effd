import Database
import SQLText
import Values

/// Ranges of customers, each small enough to be reckoned in one transaction and sorted in little memory.
struct CustomerBuckets: Sendable {
    /// The last id of each range but the last, which has no end.
    private let borders: [Int64]

    private static let size = 10_000
    private static let most = 500

    /// The customers as they are now; later ones fall into the last range. Work without a customer is in the first.
    init(_ connection: Connection) throws {
        let customer = "customer"
        var (found, low): ([Int64], Int64) = ([], 0)
        while let border = try connection.value(
            "SELECT \"id\" FROM \(name: customer) WHERE \"id\" > \(low) ORDER BY \"id\" LIMIT 1 OFFSET \(CustomerBuckets.size)"
        ).integer {
            found.append(border)
            low = border
        }
        let step = found.count / CustomerBuckets.most + 1
        borders = stride(from: step - 1, to: found.count, by: step).map { found[$0] }
    }

    /// How many ranges there are.
    var count: Int { borders.count + 1 }

    /// The customers of a range: above the first up to the last.
    subscript(place: Int) -> (low: Int64, high: Int64) {
        (place == 0 ? 0 : borders[place - 1], place == borders.count ? .max : borders[place])
    }

    /// The place of a customer's range in SQL.
    func place(of customer: SQLFragment) -> SQLFragment { place(customer, 0, borders.count) }

    /// Halves the borders until one range is left.
    private func place(_ customer: SQLFragment, _ low: Int, _ high: Int) -> SQLFragment {
        guard low < high else { return "\(raw: String(low))" }
        let middle = (low + high) / 2
        return """
            CASE WHEN \(customer) <= \(borders[middle]) THEN \(place(customer, low, middle)) \
            ELSE \(place(customer, middle + 1, high)) END
            """
    }
}
