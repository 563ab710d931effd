import Identity
import Pages
import Records
import Schema
import Values

/// A place of a report's axis, or one of its colours: one group, or the smallest ones together.
struct ReportPlace {
    var label: String
    /// The values of the groups that it holds; nil for all that are not named.
    var keys: Set<SQLValue>
    /// True when it holds all but the keys.
    var isRest = false
    /// What its records have in common.
    var conditions: [String]
    /// The first day of a span.
    var start: Day?

    func holds(_ key: SQLValue) -> Bool { keys.contains(key) != isRest }
}

/// By what a report is grouped: names, order and conditions of the groups.
struct ReportAxis {
    let field: FieldDefinition
    let dimension: ReportDimension
    let name: String
    private let page: PageCall
    private let session: ReadSession
    private var context: PageContext { page.context }

    init(_ text: String, _ readable: [FieldDefinition], _ page: PageCall, _ session: ReadSession) throws {
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard let field = readable.first(where: { $0.key == parts.first }), ReportAxis.isGroup(field) else {
            throw ReportMaker.unknown(parts.first ?? "")
        }
        let isTime = ReportAxis.isTime(field)
        let period = isTime ? parts.count > 1 ? ReportDimension.Period(rawValue: parts[1]) ?? .month : .month : nil
        self.field = field
        dimension = ReportDimension(field.key, period)
        let label = page.context(field.label)
        name = period.map { page.context(ReportTexts.by(label, ReportAxis.label(of: $0))) } ?? label
        self.page = page
        self.session = session
    }

    static func isTime(_ field: FieldDefinition) -> Bool {
        switch field.kind {
        case .day, .instant: true
        default: false
        }
    }

    /// True for fields whose values make groups that mean something.
    static func isGroup(_ field: FieldDefinition) -> Bool {
        switch field.kind {
        case .choice, .boolean, .person, .link, .day, .instant: !field.hidden
        case .text: !field.hidden && !["id", "name"].contains(field.key)
        case .integer: !field.hidden && field.key != "version"
        default: false
        }
    }

    static func label(of period: ReportDimension.Period) -> Label {
        switch period {
        case .day: Label("by day", zh: "按日")
        case .week: Label("by week", zh: "按周")
        case .month: Label("by month", zh: "按月")
        case .quarter: Label("by quarter", zh: "按季")
        case .year: Label("by year", zh: "按年")
        }
    }

    // MARK: Places

    /// The groups in the order in which they are drawn: time in its order without gaps, stages as they are declared,
    /// all others by size, of which the smallest stand together at the end.
    func places(
        _ cells: [ReportCell],
        at index: Int,
        most: Int,
        days: ClosedRange<Day>?,
        _ size: ([ReportCell]) -> Double
    ) throws -> [ReportPlace] {
        let groups = Dictionary(grouping: cells) { $0.keys[index] }
        if let period = dimension.period { return spans(Set(groups.keys), period, days) }
        var keys = groups.keys.map { (key: $0, size: size(groups[$0] ?? [])) }
        keys.sort {
            ($0.size.isFinite ? $0.size : -1, $1.key.text ?? "") > ($1.size.isFinite ? $1.size : -1, $0.key.text ?? "")
        }
        // One that is left over is named itself.
        let shown = keys.count > most + 1 ? Array(keys.prefix(most)).map(\.key) : keys.map(\.key)
        let ordered = inOrder(shown)
        let names = try names(ordered)
        var places = zip(ordered, names).map { key, name in
            ReportPlace(label: name, keys: [key], conditions: [condition(key)])
        }
        if keys.count > shown.count {
            places.append(
                ReportPlace(
                    label: context(ReportTexts.others),
                    keys: Set(shown),
                    isRest: true,
                    conditions: shown.map { "not (" + condition($0) + ")" }
                )
            )
        }
        return places
    }

    private func inOrder(_ keys: [SQLValue]) -> [SQLValue] {
        guard case .choice(let choices) = field.kind,
            choices.contains(where: { $0.outcome != nil || $0.probability != nil })
        else { return keys }
        let places = Dictionary(choices.enumerated().map { ($1.key, $0) }) { first, _ in first }
        return keys.sorted { (places[$0.text ?? ""] ?? .max) < (places[$1.text ?? ""] ?? .max) }
    }

    private func spans(_ keys: Set<SQLValue>, _ period: ReportDimension.Period, _ days: ClosedRange<Day>?)
        -> [ReportPlace]
    {
        let known = keys.compactMap { $0.text.flatMap { Day($0) } }.sorted()
        let first = days.map { period.start(of: $0.lowerBound) } ?? known.first
        let today = period.start(of: context.today)
        let last = [
            days.map { min(period.start(of: $0.upperBound), max(today, known.last ?? today)) } ?? known.last,
            known.last,
        ]
        .compactMap(\.self).max()
        var places: [ReportPlace] = []
        if let first, let last {
            var day = first
            while day <= last {
                places.append(
                    ReportPlace(
                        label: ReportAxis.span(day, period),
                        keys: [.text(day.description)],
                        conditions: ["\(field.key) between \"\(day)\" and \"\(period.end(of: day))\""],
                        start: day
                    )
                )
                if places.count > 4 * ReportMaker.mostSpans { places.removeFirst(ReportMaker.mostSpans) }
                day = period.moved(day, by: 1)
            }
            places = Array(places.suffix(ReportMaker.mostSpans))
        }
        if keys.contains(.null) {
            places.append(
                ReportPlace(label: context(ReportTexts.none), keys: [.null], conditions: ["\(field.key) is empty"])
            )
        }
        return places
    }

    private static func span(_ day: Day, _ period: ReportDimension.Period) -> String {
        let (year, month, _) = day.parts
        return switch period {
        case .year: String(year)
        case .quarter: "\(year) Q\((month - 1) / 3 + 1)"
        case .month: String(day.description.prefix(7))
        case .day, .week: day.description
        }
    }

    // MARK: Names and conditions

    private func condition(_ key: SQLValue) -> String {
        if key.isNull { return "\(field.key) is empty" }
        switch field.kind {
        case .person, .link: return "\(field.key) = \"\(RecordID(key.integer ?? 0))\""
        case .boolean: return "\(field.key) = \(key.integer == 0 ? "false" : "true")"
        case .integer: return "\(field.key) = \(key.integer ?? 0)"
        default: return "\(field.key) = \(ReportAxis.quoted(key.text ?? ""))"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private func names(_ keys: [SQLValue]) throws -> [String] {
        let linked = try linkedNames(keys.compactMap(\.integer))
        return keys.map { key in
            if key.isNull || key.text == "" { return context(ReportTexts.none) }
            switch field.kind {
            case .choice(let choices):
                return choices.first { $0.key == key.text }.map { context($0.label) } ?? key.text ?? ""
            case .boolean: return context(key.integer == 0 ? Words.no : Words.yes)
            case .person, .link: return linked[key.integer ?? 0] ?? context(PageTexts.unseen)
            default: return key.text ?? key.integer.map { String($0) } ?? ""
            }
        }
    }

    /// The names of the people or records that are shown, in one statement.
    private func linkedNames(_ ids: [Int64]) throws -> [Int64: String] {
        guard !ids.isEmpty else { return [:] }
        switch field.kind {
        case .person:
            let people = try page.call.workspace.identities.users(ids.map(RecordID.init), on: session.connection)
            return Dictionary(people.map { ($0.id.raw, $0.name) }) { first, _ in first }
        case .link(let target):
            guard let other = session.schema.object(target), (try? session.object(other.plural)) != nil else {
                return [:]
            }
            var query = ListQuery()
            query.filter = "id in (" + ids.map { "\"\(RecordID($0))\"" }.joined(separator: ", ") + ")"
            query.fields = [other.nameField]
            query.limit = 200
            let result = try session.list(other, query)
            return Dictionary(result.rows.map { ($0.id.raw, $0.title(result.plan, in: context)) }) { first, _ in first }
        default: return [:]
        }
    }
}
