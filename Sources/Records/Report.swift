import Database
import Expressions
import Identity
import SQLText
public import Schema
public import Values

/// By what the records of a report are grouped.
public struct ReportDimension: Sendable, Equatable {
    /// Into which spans of time the values of a day or moment are put.
    public enum Period: String, Sendable, CaseIterable {
        case day, week, month, quarter, year
    }

    /// The field.
    public var field: String
    /// For days and moments: the span.
    public var period: Period?

    /// By what the records of a report are grouped.
    public init(_ field: String, _ period: Period? = nil) {
        self.field = field
        self.period = period
    }
}

/// What a report counts and sums.
public struct ReportMeasures: Sendable, Equatable {
    /// The fields that are summed.
    public var sums: [String]
    /// An expression: how many records of each group it holds for is counted too.
    public var part: String?
    /// Whether it matters how many records have a value in the summed fields: for averages.
    public var counted: Bool

    /// What a report counts and sums; how many records there are is always counted.
    public init(sums: [String] = [], part: String? = nil, counted: Bool = true) {
        self.sums = sums
        self.part = part
        self.counted = counted && !sums.isEmpty
    }
}

/// The figures of one group of a report.
public struct ReportCell: Sendable, Equatable {
    /// The values of the dimensions: of time the first day of the span as `YYYY-MM-DD`.
    public var keys: [SQLValue]
    /// How many records.
    public var count: Int64
    /// For how many of them the part's expression holds.
    public var part: Int64
    /// The sums in stored units; of money in minor units of the base currency.
    public var sums: [Int64]
    /// How many records have a value in each summed field; not to be used where the measures did not ask for it.
    public var valued: [Int64]

    /// A group that holds nothing yet.
    public init(keys: [SQLValue], sums count: Int) {
        self.init(
            keys: keys,
            count: 0,
            part: 0,
            sums: Array(repeating: 0, count: count),
            valued: Array(repeating: 0, count: count)
        )
    }

    init(keys: [SQLValue], count: Int64, part: Int64, sums: [Int64], valued: [Int64]) {
        self.keys = keys
        self.count = count
        self.part = part
        self.sums = sums
        self.valued = valued
    }

    /// Puts groups together whose texts at a place differ in case and width alone, as lists compare them, under the
    /// spelling that most records have.
    static func spelt(_ cells: [ReportCell], alike place: Int) -> [ReportCell] {
        func folded(_ value: SQLValue) -> SQLValue { value.text.map { .text(Fold.fold($0)) } ?? value }
        var spellings: [SQLValue: [SQLValue: Int64]] = [:]
        for cell in cells {
            spellings[folded(cell.keys[place]), default: [:]][cell.keys[place], default: 0] += cell.count
        }
        let usual = spellings.mapValues { counts in
            counts.max { ($0.value, $1.key.text ?? "") < ($1.value, $0.key.text ?? "") }?.key ?? .null
        }
        return cells.reduce(into: [[SQLValue]: ReportCell]()) { groups, cell in
            var cell = cell
            cell.keys[place] = usual[folded(cell.keys[place])] ?? cell.keys[place]
            if groups[cell.keys]?.add(cell) == nil { groups[cell.keys] = cell }
        }
        .map(\.value)
    }

    /// Takes the figures of another group in.
    public mutating func add(_ other: ReportCell) {
        count += other.count
        part += other.part
        sums = zip(sums, other.sums).map { $0.addingReportingOverflow($1).partialValue }
        valued = zip(valued, other.valued).map(+)
    }
}

extension ReadSession {
    /// The most groups that a report has.
    public static let mostGroups = 5000

    /// Counts and sums the records that the actor may read, in groups; one statement.
    ///
    /// Moments fall on days of the actor's time zone, weeks begin on Monday. Throws `unknown_field` for a field that may
    /// not be read or is computed, and `too_many_groups` for more than anybody can look at.
    public func report(
        _ object: ObjectDefinition,
        by dimensions: [ReportDimension],
        _ measures: ReportMeasures = ReportMeasures(),
        _ query: ListQuery = ListQuery()
    ) throws -> [ReportCell] {
        if let known = try keptReport(object, dimensions, measures, query) { return known }
        do {
            return try report(object, dimensions, measures, query, function: "sum")
        } catch let failure as StorageFailure where failure.isOverflow {
            return try report(object, dimensions, measures, query, function: "total")
        }
    }

    private func report(
        _ object: ObjectDefinition,
        _ dimensions: [ReportDimension],
        _ measures: ReportMeasures,
        _ query: ListQuery,
        function: String
    ) throws -> [ReportCell] {
        var sql: SQLFragment = "SELECT count(*), " + (try part(measures.part, of: object))
        for key in measures.sums {
            let value = try column(key, of: object)
            sql += ", \(raw: function)(" + value + "), count(" + value + ")"
        }
        let first = 2 + measures.sums.count * 2
        for dimension in dimensions { sql += ", " + (try expression(dimension, of: object)) }
        sql += " FROM \(name: object.key) t WHERE " + (try matching(object, query))
        if !dimensions.isEmpty {
            let places = dimensions.indices.map { String(first + $0 + 1) }.joined(separator: ", ")
            sql += " GROUP BY \(raw: places)"
        }
        sql += " LIMIT \(ReadSession.mostGroups + 1)"
        var groups: [[SQLValue]: ReportCell] = [:]
        var seen = 0
        try connection.each(sql) { row in
            seen += 1
            let cell = ReportCell(
                keys: dimensions.indices.map { key(row.value(first + $0), dimensions[$0]) },
                count: row.integer(0),
                part: row.integer(1),
                // Beyond 64 bits the nearest number that there is.
                sums: measures.sums.indices.map { place in
                    let at = 2 + place * 2
                    return row.isReal(at) ? Int64(exactly: row.real(at).rounded()) ?? .max : row.integer(at)
                },
                valued: measures.sums.indices.map { row.integer(3 + $0 * 2) }
            )
            if groups[cell.keys]?.add(cell) == nil { groups[cell.keys] = cell }
            return seen <= ReadSession.mostGroups
        }
        guard seen <= ReadSession.mostGroups else { throw Problem.tooManyGroups }
        let texts = dimensions.indices.filter { object.field(dimensions[$0].field)?.kind.isFolded == true }
        return texts.reduce(Array(groups.values)) { ReportCell.spelt($0, alike: $1) }
    }

    /// How many records of a group an expression of the actor holds for.
    private func part(_ text: String?, of object: ObjectDefinition) throws -> SQLFragment {
        guard let text, !text.allSatisfy(\.isWhitespace) else { return "0" }
        let checked = try check(text, on: object)
        let conditions =
            try self.conditions(ofReading: checked, on: object)
            + ["(" + (try expressions(asActor: true).condition(checked, alias: "t")) + ")"]
        return "count(CASE WHEN " + conditions.joined(" AND ") + " THEN 1 END)"
    }

    /// What is grouped by: the stored value, or as much of a day as the span needs.
    private func expression(_ dimension: ReportDimension, of object: ObjectDefinition) throws -> SQLFragment {
        let column = try column(dimension.field, of: object)
        guard let period = dimension.period, let field = object.field(dimension.field) else { return column }
        let day: SQLFragment
        switch field.kind {
        case .day: day = column
        case .instant: day = "kehu_day_of(" + column + ", \(expressionContext.zone.name))"
        default: throw Problem.unknownField(dimension.field, of: object)
        }
        switch period {
        case .day: return day
        case .week: return "(kehu_days(" + day + ") + \(raw: String(Week.shift))) / 7"
        case .month, .quarter: return "substr(" + day + ", 1, 7)"
        case .year: return "substr(" + day + ", 1, 4)"
        }
    }

    /// The value as it is reported: of time the first day of its span.
    private func key(_ value: SQLValue, _ dimension: ReportDimension) -> SQLValue {
        guard let period = dimension.period else { return value }
        let day: Day? =
            switch (period, value) {
            case (.week, .integer(let week)): Day(daysSince1970: Int(week) * 7 - Week.shift)
            case (.day, .text(let text)): Day(text)
            case (.month, .text(let text)), (.quarter, .text(let text)): Day(text + "-01")
            case (.year, .text(let text)): Day(text + "-01-01")
            default: nil
            }
        return day.map { .text(period.start(of: $0).description) } ?? .null
    }
}

/// Weeks by number: every Monday is a multiple of seven days after a Monday long ago.
private enum Week {
    /// From 1970-01-01, a Thursday, back to that Monday.
    static let shift = 700_003
}

extension Problem {
    fileprivate static let tooManyGroups = Problem(
        .tooLarge,
        "too_many_groups",
        Label(
            "This report has too many groups. Choose another field, a longer span or a filter.",
            zh: "分组过多，请更换分组字段、拉长时间跨度或增加筛选条件。"
        )
    )
}

extension ReportDimension.Period {
    /// The first day of the span that a day lies in.
    public func start(of day: Day) -> Day {
        let (_, month, number) = day.parts
        switch self {
        case .day: return day
        case .week: return day.adding(days: -((day.daysSince1970 + Week.shift) % 7))
        case .month: return day.adding(days: 1 - number)
        case .quarter: return day.adding(days: 1 - number).adding(months: -((month - 1) % 3))
        case .year: return day.adding(days: 1 - number).adding(months: 1 - month)
        }
    }

    /// The first day of the span that lies `count` spans after the one that begins on `start`.
    public func moved(_ start: Day, by count: Int) -> Day {
        switch self {
        case .day: start.adding(days: count)
        case .week: start.adding(days: 7 * count)
        case .month: start.adding(months: count)
        case .quarter: start.adding(months: 3 * count)
        case .year: start.adding(months: 12 * count)
        }
    }

    /// The last day of the span that begins on `start`.
    public func end(of start: Day) -> Day { moved(start, by: 1).adding(days: -1) }
}
