import Database
import SQLText
public import Schema
import Values

/// Figures over a list that somebody asked for: bounded, so that no list costs more than this.
public struct ListSums: Sendable, Equatable {
    /// How many records; at most the bound.
    public let count: Int
    /// True when there are more records than were looked at: then there are no sums.
    public let isCapped: Bool
    /// The sums by field: of money in minor units of the base currency, of others in stored units; nil beyond 64 bits.
    public let sums: [String: Int64]
}

extension ReadSession {
    /// How many records a sum over a list looks at.
    public static let mostSummed = 100_000

    /// How many records a list has, where that costs nothing: no filter, or one owner. Nil otherwise.
    public func knownCount(_ object: ObjectDefinition, _ query: ListQuery) throws -> Int64? {
        try keptCount(object, query)
    }

    /// The groups of a list, where they are kept: nothing that grows with the records is read. Nil otherwise.
    public func knownGroups(
        _ object: ObjectDefinition,
        by keys: [String],
        sum: String?,
        _ query: ListQuery
    ) throws -> [RecordGroup]? {
        try keptGroups(object, by: keys, sum: sum, query)
    }

    /// Counts the records of a list and sums fields, over at most `mostSummed` records.
    ///
    /// Throws `unknown_field` for a field that the actor may not read, or that is computed.
    public func sums(_ object: ObjectDefinition, of keys: [String], _ query: ListQuery) throws -> ListSums {
        let columns = try keys.enumerated().map { index, key -> SQLFragment in
            (try column(key, of: object)) + " AS \(name: "s\(index)")"
        }
        let inner =
            "SELECT " + (["t.\"id\""] + columns).joined(", ") + " FROM \(name: object.key) t WHERE "
            + (try matching(object, query)) + " LIMIT \(ReadSession.mostSummed + 1)"
        let totals = keys.indices.map { "sum(\(name: "s\($0)"))" as SQLFragment }
        let row: Row?
        do {
            row = try connection.row("SELECT " + (["count(*)"] + totals).joined(", ") + " FROM (" + inner + ") c")
        } catch let failure as StorageFailure where failure.message == "integer overflow" {
            row = nil
        }
        let count = Int(row?.integer(0) ?? Int64(ReadSession.mostSummed))
        // PostgreSQL sums beyond 64 bits, where SQLite throws.
        let isBeyond = row?.values.contains { if case .real = $0 { true } else { false } } ?? true
        guard let row, !isBeyond, count <= ReadSession.mostSummed else {
            return ListSums(count: min(count, ReadSession.mostSummed), isCapped: true, sums: [:])
        }
        let sums = keys.enumerated().map { ($1, row[$0 + 1].integer ?? 0) }
        return ListSums(count: count, isCapped: false, sums: Dictionary(sums, uniquingKeysWith: { first, _ in first }))
    }
}
