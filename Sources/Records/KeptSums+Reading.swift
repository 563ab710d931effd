import Database
import Expressions
import Identity
import SQLText
import Schema
import Values

extension ReadSession {
    /// The groups from the sums that are kept, where what is asked for is kept: groups by fields of a kept sum and by
    /// owner, a filter on such fields alone, and nothing that the actor's rights hide. Nil otherwise.
    func keptGroups(
        _ object: ObjectDefinition,
        by keys: [String],
        sum: String?,
        _ query: ListQuery
    ) throws -> [RecordGroup]? {
        guard let question = try keptQuestion(object, by: keys, sum: sum, query) else { return nil }
        return groups(question, try connection.rows(question.sql))
    }

    /// Asks for the number of records of a list, where it is kept, along with the next statement.
    func askKeptCount(_ object: ObjectDefinition, _ query: ListQuery) throws -> (() throws -> Int64?)? {
        guard let question = try keptQuestion(object, by: [], sum: nil, query) else { return nil }
        var answer: [Row]?
        try connection.ask(question.sql) { answer = $0 }
        return { self.groups(question, try answer ?? self.connection.rows(question.sql)).map { $0.first?.count ?? 0 } }
    }

    /// What is asked of the kept sums.
    private struct KeptQuestion {
        let kept: KeptSum
        let keys: [String]
        let isSummed: Bool
        let conditions: [String: Set<SQLValue>]
        let sql: SQLFragment
    }

    private func keptQuestion(
        _ object: ObjectDefinition,
        by keys: [String],
        sum: String?,
        _ query: ListQuery
    ) throws -> KeptQuestion? {
        guard let conditions = try keptConditions(object, query) else { return nil }
        let needed = Set(keys).union(conditions.keys)
        let all = KeptSums.all(of: object).filter { $0.hoursOf == nil }
        guard
            let kept = all.first(where: { (sum == nil || $0.sum == sum) && needed.isSubset(of: $0.by + ["owner"]) }),
            needed.union([sum].compactMap(\.self)).allSatisfy({ isSeen($0, of: object) })
        else { return nil }
        try (self as? WriteSession)?.finish()
        let owners = conditions["owner"]
        let sql = KeptSums.question(kept, of: object, owners: owners, byOwner: keys.contains("owner"))
        return KeptQuestion(kept: kept, keys: keys, isSummed: sum != nil, conditions: conditions, sql: sql)
    }

    private func groups(_ question: KeptQuestion, _ rows: [Row]) -> [RecordGroup]? {
        let (kept, keys, conditions) = (question.kept, question.keys, question.conditions)
        guard let rows = KeptSums.figures(rows, byOwner: keys.contains("owner")) else { return nil }
        var groups: [[SQLValue]: RecordGroup] = [:]
        for row in rows {
            func value(_ key: String) -> SQLValue {
                if key == "owner" { return row.owner == 0 ? .null : .integer(row.owner) }
                return kept.by.firstIndex(of: key).map { row.values[$0] } ?? .null
            }
            guard conditions.allSatisfy({ $0.key == "owner" || $0.value.contains(value($0.key)) }) else { continue }
            let values = keys.map(value)
            let known = groups[values] ?? RecordGroup(values: values, count: 0, sum: 0)
            let (total, overflow) = known.sum.addingReportingOverflow(question.isSummed ? row.sum : 0)
            if overflow { return nil }
            groups[values] = RecordGroup(values: values, count: known.count + row.count, sum: total)
        }
        return Array(groups.values)
    }

    /// How many records a list has in all, where that is kept.
    func keptCount(_ object: ObjectDefinition, _ query: ListQuery) throws -> Int64? {
        try keptGroups(object, by: [], sum: nil, query).map { $0.first?.count ?? 0 }
    }

    /// A report from the sums that are kept; nil where they do not tell it.
    func keptReport(
        _ object: ObjectDefinition,
        _ dimensions: [ReportDimension],
        _ measures: ReportMeasures,
        _ query: ListQuery
    ) throws -> [ReportCell]? {
        let hasPart = measures.part?.contains { !$0.isWhitespace } ?? false
        if !hasPart, measures.sums.isEmpty, let known = try keptHours(object, dimensions, query) { return known }
        guard !hasPart, !measures.counted, measures.sums.count < 2, dimensions.allSatisfy({ $0.period == nil }),
            let groups = try keptGroups(object, by: dimensions.map(\.field), sum: measures.sums.first, query)
        else { return nil }
        if groups.isEmpty, dimensions.isEmpty { return [ReportCell(keys: [], sums: measures.sums.count)] }
        return groups.map { group in
            ReportCell(
                keys: group.values,
                count: group.count,
                part: 0,
                sums: measures.sums.map { _ in group.sum },
                valued: measures.sums.map { _ in group.count }
            )
        }
    }

    func isSeen(_ key: String, of object: ObjectDefinition) -> Bool {
        guard let field = object.field(key) else { return false }
        return access.right(on: field, of: object) != .hidden && !actor.rights.differs(object.key, key)
    }

    /// The values that a query wants of some fields, of all other fields anything; nil where a query is about more, or
    /// where the actor may see only some of what it asks for.
    private func keptConditions(_ object: ObjectDefinition, _ query: ListQuery) throws -> [String: Set<SQLValue>]? {
        guard !query.deleted, (query.search ?? "").allSatisfy(\.isWhitespace) else { return nil }
        let scope = access.scope(.read, on: object.key)
        let text = query.filter ?? ""
        guard !text.allSatisfy(\.isWhitespace) else { return scope == .all ? [:] : nil }
        // Long filters are about other things.
        guard text.utf8.count < 400, let parsed = try? ExpressionParser.parse(text),
            let conditions = conditions(parsed, object), try check(text, on: object).type == .boolean
        else { return nil }
        let isOwn = actor.userID.map { conditions["owner"] == [.integer($0.raw)] } ?? false
        return scope == .all || (scope != .none && isOwn) ? conditions : nil
    }

    /// What an expression says of fields by equality alone; nil for any other.
    func conditions(_ expression: Expression, _ object: ObjectDefinition) -> [String: Set<SQLValue>]? {
        switch expression {
        case .all(let parts, _):
            var all: [String: Set<SQLValue>] = [:]
            for part in parts {
                guard let some = conditions(part, object) else { return nil }
                all.merge(some) { $0.intersection($1) }
            }
            return all
        case .comparison(.equal, .path(let path, _), let value, _): return condition(path, [value], object)
        case .among(.path(let path, _), let values, _): return condition(path, values, object)
        default: return nil
        }
    }

    private func condition(_ path: [Expression.Name], _ values: [Expression], _ object: ObjectDefinition)
        -> [String: Set<SQLValue>]?
    {
        guard path.count == 1, let key = path.first?.text, let field = object.field(key) else { return nil }
        let known = values.compactMap { value -> SQLValue? in
            switch (field.kind, value) {
            case (.person, .text(let id, _)) where key == "owner": RecordID(id).map { .integer($0.raw) }
            case (.person, .word(.me, _)) where key == "owner": actor.userID.map { .integer($0.raw) }
            case (.choice(let choices), .text(let text, _)): choices.contains { $0.key == text } ? .text(text) : nil
            default: nil
            }
        }
        return known.count == values.count ? [key: Set(known)] : nil
    }
}
