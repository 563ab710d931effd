import Database
import SQLText
import Schema
import Values

/// Counts and sums by owner that are kept up to date by every write, in the write's own transaction.
///
/// A row of `sys_kept` holds how many living records an owner has with certain values in the fields of a `KeptSum`,
/// and the sum of its summed field. A row of owner -1 says that the rows of an object are complete. Of a count by hours
/// the hour stands in the owner's place, as hours since 1970; all before is hour 0.
enum KeptSums {
    static let table = """
        CREATE TABLE IF NOT EXISTS sys_kept (object TEXT NOT NULL, kind TEXT NOT NULL, owner INTEGER NOT NULL,
            value TEXT NOT NULL, records INTEGER NOT NULL, total INTEGER NOT NULL,
            PRIMARY KEY (object, kind, owner, value)) WITHOUT ROWID
        """

    static let complete: Int64 = -1

    /// What is kept of an object: first the count that every object has.
    static func all(of object: ObjectDefinition) -> [KeptSum] { [KeptSum(by: [])] + object.keptSums }

    /// Counts what was never counted, or has another definition now.
    static func bringUpToDate(_ object: ObjectDefinition, on connection: Connection) throws {
        let names = all(of: object).map { SQLValue.text($0.name) }
        try connection.run("DELETE FROM sys_kept WHERE object = \(object.key) AND kind NOT IN \(list: names)")
        for kept in all(of: object) {
            if try !isComplete(kept, of: object, on: connection) { try rebuild(kept, of: object, on: connection) }
        }
    }

    private static func isComplete(_ kept: KeptSum, of object: ObjectDefinition, on connection: Connection) throws
        -> Bool
    {
        try connection.value(
            "SELECT 1 FROM sys_kept WHERE object = \(object.key) AND kind = \(kept.name) AND owner = \(complete)"
        ).integer == 1
    }

    /// Counts all records of an object anew.
    static func rebuild(_ object: ObjectDefinition, on connection: Connection) throws {
        try connection.run("DELETE FROM sys_kept WHERE object = \(object.key)")
        for kept in all(of: object) { try rebuild(kept, of: object, on: connection) }
    }

    /// The groups whose kept figures differ from the records: for `kehu verify`. Empty when all is well.
    static func faults(of object: ObjectDefinition, on connection: Connection) throws -> [String] {
        try all(of: object).flatMap { kept -> [String] in
            // What was never counted is not read, and is counted when the workspace is opened next.
            guard try isComplete(kept, of: object, on: connection) else { return [] }
            var stored: [Group: [Int64]] = [:]
            let sql: SQLFragment = """
                SELECT owner, value, records, total FROM sys_kept
                WHERE object = \(object.key) AND kind = \(kept.name) AND owner <> \(complete) AND records <> 0
                """
            try connection.each(sql) { row in
                stored[Group(owner: row.integer(0), value: row.text(1))] = [row.integer(2), row.integer(3)]
                return true
            }
            var faults: [String] = []
            try eachGroup(kept, of: object, on: connection) { group, records, total in
                let known = stored.removeValue(forKey: group)
                if known?[0] != records || !isSame(known?[1], total) { faults.append(kept.name) }
            }
            return Set(faults + stored.map { _ in kept.name }).sorted()
        }
    }

    /// Sums beyond what is exact are never read, so they cannot be wrong.
    private static func isSame(_ stored: Int64?, _ total: Int64) -> Bool {
        guard let stored, stored != total else { return stored != nil }
        return max(stored.magnitude, total.magnitude) >= 1 << 53
    }

    private static func rebuild(_ kept: KeptSum, of object: ObjectDefinition, on connection: Connection) throws {
        try connection.run("DELETE FROM sys_kept WHERE object = \(object.key) AND kind = \(kept.name)")
        var deltas = KeptDeltas()
        try eachGroup(kept, of: object, on: connection) { group, records, total in
            let key = KeptDeltas.Key(object: object.key, kind: kept.name, owner: group.owner, value: group.value)
            deltas.changes[key] = .init(records: records, total: total)
        }
        deltas.changes[.init(object: object.key, kind: kept.name, owner: complete, value: "")] = .init(records: 1)
        try deltas.flush(on: connection)
    }

    private struct Group: Hashable {
        let owner: Int64
        let value: String
    }

    private static func eachGroup(
        _ kept: KeptSum,
        of object: ObjectDefinition,
        on connection: Connection,
        _ body: (Group, Int64, Int64) throws -> Void
    ) throws {
        let columns = [place(of: kept)] + kept.by.map { "\(name: $0)" }
        let summed: SQLFragment = column(of: kept, in: object).map { "total(\(name: $0))" } ?? "0"
        let sql =
            "SELECT count(*), " + summed + ", " + columns.joined(", ")
            + " FROM \(name: object.key) WHERE \"deleted_at\" IS NULL GROUP BY " + columns.joined(", ")
        try connection.each(sql) { row in
            // Exact up to 2^53 minor units; beyond that the groups are read from the records anyway.
            let total = Int64(exactly: row.real(1)) ?? .max
            let value = encoded((3..<row.count).map(row.value))
            try body(Group(owner: row.integer(2), value: value), row.integer(0), total)
            return true
        }
    }

    /// What a record counts for: its owner, or the hour of its moment.
    private static func place(of kept: KeptSum) -> SQLFragment {
        guard let moment = kept.hoursOf else { return "\(name: "owner")" }
        return "(CASE WHEN \(name: moment) > 0 THEN \(name: moment) / \(raw: String(hour)) ELSE 0 END)"
    }

    /// Milliseconds.
    static let hour: Int64 = 3_600_000

    /// The column that is summed.
    static func column(of kept: KeptSum, in object: ObjectDefinition) -> String? {
        guard let sum = kept.sum, let field = object.field(sum) else { return nil }
        if case .money = field.kind { return sum + "_base" }
        return sum
    }

    // MARK: Reading

    /// The figures of one group, of an owner or of all.
    struct Figures {
        /// 0 for records without an owner, and where owners are not told apart.
        let owner: Int64
        let values: [SQLValue]
        let count: Int64
        let sum: Int64
    }

    /// Asks for the figures by value, of some owners or all, put together or by owner.
    static func question(
        _ kept: KeptSum,
        of object: ObjectDefinition,
        owners: Set<SQLValue>?,
        byOwner: Bool
    ) -> SQLFragment {
        let some: SQLFragment = owners.map { "AND owner IN \(list: [.integer(complete)] + Array($0))" } ?? ""
        let group: SQLFragment = byOwner ? "owner, value" : "owner = \(complete), value"
        return """
            SELECT min(owner), value, sum(records), total(total) FROM sys_kept
            WHERE object = \(object.key) AND kind = \(kept.name) \(some) GROUP BY \(group)
            """
    }

    /// The figures of an answer; nil when they are not kept or not exact.
    static func figures(_ answer: [Row], byOwner: Bool) -> [Figures]? {
        var figures: [Figures] = []
        var isComplete = false
        for row in answer {
            let sum: Double = if case .real(let sum) = row[3] { sum } else { Double(row.integer(3)) }
            if row.integer(0) == complete {
                isComplete = true
            } else if sum.magnitude >= Double(1 << 53) {
                return nil
            } else if row.integer(2) != 0 {
                let owner = byOwner ? row.integer(0) : 0
                let values = decoded(row.text(1))
                figures.append(Figures(owner: owner, values: values, count: row.integer(2), sum: Int64(sum)))
            }
        }
        return isComplete ? figures : nil
    }

    // MARK: Values as text

    private static let separator: Character = "\u{1F}"

    static func encoded(_ values: [SQLValue]) -> String {
        values.map { value in
            switch value {
            case .integer(let number): "i\(number)"
            case .text(let text): "t" + text
            default: "n"
            }
        }.joined(separator: String(separator))
    }

    private static func decoded(_ text: String) -> [SQLValue] {
        if text.isEmpty { return [] }
        return text.split(separator: separator, omittingEmptySubsequences: false).map { part in
            switch part.first {
            case "i": Int64(part.dropFirst()).map { .integer($0) } ?? .null
            case "t": .text(String(part.dropFirst()))
            default: .null
            }
        }
    }
}

/// What the writes of a transaction change in the kept sums: written once at its end, in one order, so that
/// transactions never wait for each other in a circle.
struct KeptDeltas {
    struct Key: Hashable, Comparable {
        let object: String
        let kind: String
        let owner: Int64
        let value: String

        static func < (left: Key, right: Key) -> Bool {
            (left.object, left.kind, left.owner, left.value) < (right.object, right.kind, right.owner, right.value)
        }
    }

    struct Change: Equatable {
        var records: Int64 = 0
        var total: Int64 = 0
    }

    var changes: [Key: Change] = [:]

    /// Notes that a record became another; nil for one that there was not or is no more.
    mutating func note(_ shape: Shape, before: AnyRecord?, after: AnyRecord?) {
        let before = before.flatMap { $0.isDeleted ? nil : $0 }
        let after = after.flatMap { $0.isDeleted ? nil : $0 }
        for kept in shape.kept {
            if let before, let after, kept.isSame(before, after) { continue }
            if let before { add(kept, shape, before, sign: -1) }
            if let after { add(kept, shape, after, sign: 1) }
        }
    }

    private mutating func add(_ kept: KeptPlace, _ shape: Shape, _ record: AnyRecord, sign: Int64) {
        let key = Key(
            object: shape.object.key,
            kind: kept.name,
            owner: kept.hours.map { max(0, record.values[$0].integer ?? 0) / KeptSums.hour }
                ?? record.values[shape.ownerPosition].integer ?? 0,
            value: KeptSums.encoded(kept.by.map { record.values[$0] })
        )
        let amount = kept.sum.flatMap { record.values[$0].integer } ?? 0
        var change = changes[key] ?? Change()
        change.records += sign
        // An amount that does not fit makes the stored total inexact, and the groups are then read from the records.
        let (total, overflow) =
            sign == 1
            ? change.total.addingReportingOverflow(amount) : change.total.subtractingReportingOverflow(amount)
        change.total = overflow ? .max : total
        changes[key] = change
    }

    /// Writes what changed.
    mutating func flush(on connection: Connection) throws {
        if changes.isEmpty { return }
        let sum: SQLFragment =
            switch connection.dialect {
            case .sqlite: "sys_kept.total + excluded.total"
            case .postgres: "kehu_added(sys_kept.total, excluded.total)"
            }
        for (key, change) in changes.sorted(by: { $0.key < $1.key }) where change != Change() {
            try connection.later(
                """
                INSERT INTO sys_kept (object, kind, owner, value, records, total)
                VALUES (\(key.object), \(key.kind), \(key.owner), \(key.value), \(change.records), \(change.total))
                ON CONFLICT (object, kind, owner, value) DO UPDATE
                SET records = sys_kept.records + excluded.records, total = \(sum)
                """
            )
        }
        changes.removeAll(keepingCapacity: true)
    }
}

/// Where a kept sum's values stand in a record.
struct KeptPlace: Sendable {
    let name: String
    let by: [Int]
    let sum: Int?
    /// The moment, where it is counted by hours.
    let hours: Int?
    /// All that decides about the sum: owner, groups, amount.
    private let deciding: [Int]

    init(_ kept: KeptSum, _ object: ObjectDefinition, _ positions: [String: Int]) {
        name = kept.name
        by = kept.by.compactMap { positions[$0] }
        sum = KeptSums.column(of: kept, in: object).flatMap { positions[$0] }
        hours = kept.hoursOf.flatMap { positions[$0] }
        deciding = hours.map { [$0] } ?? by + [sum, positions["owner"]].compactMap(\.self)
    }

    func isSame(_ before: AnyRecord, _ after: AnyRecord) -> Bool {
        deciding.allSatisfy { before.values[$0] == after.values[$0] }
    }
}
