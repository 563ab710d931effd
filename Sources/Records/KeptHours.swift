import Database
import Expressions
import Identity
import SQLText
import Schema
import Values

/// Reports on when records were made, from the numbers that are kept of each hour.
///
/// An hour belongs to one day in every time zone whose days begin on a full hour of UTC; for days that do not, the records
/// are read. Of a year there are at most 8,784 hours, however many records.
extension ReadSession {
    /// Such a report; nil where the kept numbers do not tell it.
    func keptHours(_ object: ObjectDefinition, _ dimensions: [ReportDimension], _ query: ListQuery) throws
        -> [ReportCell]?
    {
        guard !query.deleted, (query.search ?? "").allSatisfy(\.isWhitespace), dimensions.count < 2,
            access.scope(.read, on: object.key) == .all,
            let kept = object.keptSums.first(where: { $0.hoursOf != nil }), let moment = kept.hoursOf,
            dimensions.allSatisfy({ $0.field == moment && $0.period != nil }), isSeen(moment, of: object),
            let days = try days(of: moment, query, object)
        else { return nil }
        try (self as? WriteSession)?.finish()
        guard let counts = try counts(kept, of: object, days) else { return nil }
        guard let period = dimensions.first?.period else {
            var all = ReportCell(keys: [], sums: 0)
            all.count = counts.reduce(0) { $0 + $1.count }
            return [all]
        }
        var cells: [Day: ReportCell] = [:]
        for (day, count) in counts {
            let start = period.start(of: day)
            cells[start, default: ReportCell(keys: [.text(start.description)], sums: 0)].count += count
        }
        return cells.count > ReadSession.mostGroups ? nil : Array(cells.values)
    }

    /// The days that a filter asks for, if it asks for nothing else.
    private func days(of moment: String, _ query: ListQuery, _ object: ObjectDefinition) throws -> ClosedRange<Day>? {
        guard let text = query.filter, text.utf8.count < 200, let parsed = try? ExpressionParser.parse(text),
            case .between(.path(let path, _), .text(let low, _), .text(let high, _), _) = parsed,
            path.count == 1, path[0].text == moment, let first = Day(low), let last = Day(high), first <= last,
            // What was before 1970 is not told apart.
            first.daysSince1970 > 1, try check(text, on: object).type == .boolean
        else { return nil }
        return first...last
    }

    private func counts(_ kept: KeptSum, of object: ObjectDefinition, _ days: ClosedRange<Day>) throws
        -> [(day: Day, count: Int64)]?
    {
        let (zone, hour) = (expressionContext.zone, KeptSums.hour)
        let (from, to) = (zone.start(of: days.lowerBound), zone.start(of: days.upperBound.adding(days: 1)))
        guard from % hour == 0, to % hour == 0 else { return nil }
        let some: SQLFragment =
            "SELECT owner, records FROM sys_kept WHERE object = \(object.key) AND kind = \(kept.name)"
        let sql =
            some + " AND owner = \(KeptSums.complete) UNION ALL " + some
            + " AND owner >= \(from / hour) AND owner < \(to / hour) AND records <> 0 ORDER BY 1"
        var counts: [(day: Day, count: Int64)] = []
        var (isComplete, isWhole, ends) = (false, true, Int64.min)
        try connection.each(sql) { row in
            let at = row.integer(0)
            if at == KeptSums.complete {
                isComplete = true
            } else if at * hour < ends {
                counts[counts.count - 1].count += row.integer(1)
            } else {
                let start = Instant(milliseconds: at * hour)
                let day = Day(of: start, offset: zone.offset(at: start))
                ends = zone.start(of: day.adding(days: 1))
                isWhole = zone.start(of: day) % hour == 0 && ends % hour == 0
                counts.append((day, row.integer(1)))
            }
            return isComplete && isWhole
        }
        return isComplete && isWhole ? counts : nil
    }
}
