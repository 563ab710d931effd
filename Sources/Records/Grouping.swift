import Database
import Identity
import SQLText
public import Schema
public import Values

/// The records that have the same values in some fields.
public struct RecordGroup: Sendable, Equatable {
    /// The values, in the order of the fields asked for.
    public let values: [SQLValue]
    /// How many records.
    public let count: Int64
    /// The sum of the amounts in minor units of the base currency, or of the stored whole numbers; 0 without a field.
    public let sum: Int64
}

extension ReadSession {
    /// Counts the records of a list by the values of fields, and sums a field: one statement, which reads no row of
    /// the table where an index holds all that is asked for. Of money the value in the base currency is summed.
    ///
    /// Throws `unknown_field` for a field that there is not, that the actor may not read, or that is computed.
    public func groups(
        _ object: ObjectDefinition,
        by keys: [String],
        sum: String? = nil,
        _ query: ListQuery = ListQuery()
    ) throws -> [RecordGroup] {
        if let known = try keptGroups(object, by: keys, sum: sum, query) { return known }
        let list = try keys.map { try column($0, of: object) }.joined(", ")
        let summed: SQLFragment = try sum.map { try column($0, of: object) } ?? "0"
        let rest = " FROM \(name: object.key) t WHERE " + (try matching(object, query)) + " GROUP BY " + list
        do {
            return try groups("SELECT count(*), sum(" + summed + "), " + list + rest)
        } catch let failure as StorageFailure where failure.isOverflow {
            return try groups("SELECT count(*), total(" + summed + "), " + list + rest)
        }
    }

    private func groups(_ sql: SQLFragment) throws -> [RecordGroup] {
        var groups: [RecordGroup] = []
        try connection.each(sql) { row in
            // Beyond 64 bits the nearest number that there is.
            let sum = row.isReal(1) ? Int64(exactly: row.real(1).rounded()) ?? .max : row.integer(1)
            let values = (2..<row.count).map(row.value)
            groups.append(RecordGroup(values: values, count: row.integer(0), sum: sum))
            return true
        }
        return groups
    }

    /// The column by which a field is grouped or summed.
    func column(_ key: String, of object: ObjectDefinition) throws -> SQLFragment {
        guard let field = object.field(key), access.right(on: field, of: object) != .hidden, !field.kind.isComputed
        else { throw Problem.unknownField(key, of: object) }
        let isMoney = if case .money = field.kind { true } else { false }
        return access.guarded("t.\(name: isMoney ? key + "_base" : key)", field, of: object, alias: "t")
    }
}
