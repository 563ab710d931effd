import Identity
import Pages
import Records
import Schema
import Values

/// Makes one report: reads the groups as its reader, puts them in order, names them, and says what is behind each.
struct ReportMaker {
    /// How many places are drawn; the smallest others are put together.
    static let mostPlaces = 20
    /// How many spans of time are drawn: the last ones.
    static let mostSpans = 62
    /// How many colours there are.
    static let mostSeries = 5

    let request: ReportRequest
    let page: PageCall
    let session: ReadSession
    let object: ObjectDefinition
    let dimensions: [ReportAxis]
    let measure: ReportMeasure
    let when: FieldDefinition?
    let span: ReportSpan?

    var context: PageContext { page.context }
    private var currency: String { session.schema.baseCurrency }

    /// Throws `unknown_field` and the like where the person may not read what is asked for.
    init(_ request: ReportRequest, _ page: PageCall, _ session: ReadSession) throws {
        object = try session.object(request.object)
        let readable = session.readableFields(object)
        let hasOne = [.donut, .funnel].contains(request.shape)
        let groups =
            request.shape == .number
            ? [] : hasOne || request.group.isEmpty ? [request.group] : [request.group, request.second]
        dimensions = try groups.filter { !$0.isEmpty }.map { try ReportAxis($0, readable, page, session) }
        measure = try ReportMeasure(request, object, readable)
        when = readable.first { $0.key == request.when && ReportAxis.isTime($0) }
        if !request.when.isEmpty, when == nil { throw ReportMaker.unknown(request.when) }
        span = when == nil ? nil : ReportSpan(rawValue: request.span)
        self.request = request
        self.page = page
        self.session = session
    }

    static func unknown(_ field: String) -> Problem {
        Problem.malformed(
            "unknown_field",
            Label("There is no field «\(field)» here that you may read.", zh: "没有您可以查看的字段“\(field)”。")
        )
    }

    // MARK: Reading

    private func cells(_ days: ClosedRange<Day>?) throws -> [ReportCell] {
        var query = ListQuery()
        query.filter = filter(days, [])
        return try session.report(object, by: dimensions.map(\.dimension), measure.measures, query)
    }

    /// The filter of the report, of a span, and of what a mark stands for.
    private func filter(_ days: ClosedRange<Day>?, _ more: [String]) -> String? {
        var parts = request.filter.isEmpty ? [] : ["(" + request.filter + ")"]
        if let days, let when {
            parts.append("\(when.key) between \"\(days.lowerBound)\" and \"\(days.upperBound)\"")
        }
        parts += more
        return parts.isEmpty ? nil : parts.joined(separator: " and ")
    }

    private func records(_ days: ClosedRange<Day>?, _ more: [String]) -> String {
        WebAddress.path(Addresses.list(object.plural), ["filter": filter(days, more) ?? ""])
    }

    // MARK: The report

    func model(title: String? = nil) throws -> ReportModel {
        let days = span?.days(context.today)
        let now = try cells(days?.days)
        let old = try request.compares && days != nil ? cells(days?.before) : nil
        var model = ReportModel(
            title: title ?? name,
            shape: request.shape,
            chart: try chart(now, old, days?.days),
            figure: write(value(now))
        )
        model.records = records(days?.days, [])
        if let old, let days {
            model.change = change(value(now), value(old))
            model.against = write(value(old)) + " · " + ReportMaker.words(days.before)
        }
        model.href = request.address
        model.notes = notes(days?.days)
        return model
    }

    /// Figure and groups in words.
    var name: String {
        ([measure.name(context)] + dimensions.map(\.name)).joined(separator: " · ")
    }

    private var write: (Double) -> String { measure.format(currency, context.language) }

    private func value(_ cells: [ReportCell]) -> Double {
        var sum = ReportCell(keys: [], sums: measure.measures.sums.count)
        for cell in cells { sum.add(cell) }
        return measure.value(sum, currency)
    }

    private func change(_ now: Double, _ old: Double) -> (String, Int)? {
        guard now.isFinite, old.isFinite else { return nil }
        let direction = now > old ? 1 : now < old ? -1 : 0
        if case .share = measure {
            return (
                Format.real((abs(now - old) * 10).rounded() / 10) + (context.language == .zh ? " 个百分点" : " pp"),
                direction
            )
        }
        guard old != 0 else { return nil }
        return (Format.real((abs(now - old) / abs(old) * 1000).rounded() / 10) + "%", direction)
    }

    private func notes(_ days: ClosedRange<Day>?) -> [String] {
        var notes: [String] = []
        if let days, let when { notes.append(context(when.label) + " " + ReportMaker.words(days)) }
        notes.append(context(ReportTexts.zone(session.actor.timeZone, currency)))
        notes.append(context(ReportTexts.asOf(Format.instant(context.now, in: context))))
        return notes
    }

    static func words(_ days: ClosedRange<Day>) -> String {
        days.lowerBound == days.upperBound
            ? Format.day(days.lowerBound) : Format.day(days.lowerBound) + " – " + Format.day(days.upperBound)
    }

    // MARK: What is drawn

    private func chart(_ now: [ReportCell], _ old: [ReportCell]?, _ days: ClosedRange<Day>?) throws -> ChartModel {
        guard let axis = dimensions.first else {
            let series = ChartSeries(measure.name(context), [value(now)], links: [records(days, [])])
            return ChartModel(
                title: name,
                axis: context(object.pluralLabel),
                labels: request.shape == .number ? [] : [context(ReportTexts.total)],
                series: [series],
                format: measure.format(currency, context.language)
            )
        }
        let size: ([ReportCell]) -> Double = { value($0) }
        let places = try axis.places(
            now,
            at: 0,
            most: ReportMaker.mostPlaces,
            days: axis.field.key == when?.key ? days : nil,
            size
        )
        var series: [ChartSeries]
        if dimensions.count > 1 {
            series = try split(now, places, days)
        } else {
            let values = places.map { place in value(now.filter { place.holds($0.keys[0]) }) }
            let links = places.map { records(days, $0.conditions) }
            series = [ChartSeries(measure.name(context), values, links: links)]
            if let old { series += [before(old, places, axis)] }
        }
        return ChartModel(
            title: name,
            axis: axis.name,
            labels: places.map(\.label),
            series: series,
            links: places.map { records(days, $0.conditions) },
            format: measure.format(currency, context.language)
        )
    }

    /// One row of values for each value of the second dimension.
    private func split(_ now: [ReportCell], _ places: [ReportPlace], _ days: ClosedRange<Day>?) throws -> [ChartSeries]
    {
        let parts = try dimensions[1].places(now, at: 1, most: ReportMaker.mostSeries, days: nil) { value($0) }
        return parts.enumerated().map { number, part in
            let values = places.map { place in
                value(now.filter { place.holds($0.keys[0]) && part.holds($0.keys[1]) })
            }
            return ChartSeries(
                part.label,
                values.map { $0.isFinite ? $0 : 0 },
                tone: number + 1,
                links: places.map { records(days, $0.conditions + part.conditions) }
            )
        }
    }

    /// The span before, place by place: the same group, or the same place in time.
    private func before(_ old: [ReportCell], _ places: [ReportPlace], _ axis: ReportAxis) -> ChartSeries {
        let label = context(ReportTexts.before)
        guard let period = axis.dimension.period, axis.field.key == when?.key, let span else {
            return ChartSeries(label, places.map { place in value(old.filter { place.holds($0.keys[0]) }) }, tone: 6)
        }
        let days = span.days(context.today)
        var (day, then) = (period.start(of: days.days.lowerBound), period.start(of: days.before.lowerBound))
        var pairs: [Day: String] = [:]
        while day <= days.days.upperBound {
            pairs[day] = then.description
            (day, then) = (period.moved(day, by: 1), period.moved(then, by: 1))
        }
        let values = places.map { place -> Double in
            let key = place.start.flatMap { pairs[$0] } ?? ""
            return value(old.filter { $0.keys[0].text == key })
        }
        return ChartSeries(label, values, tone: 6)
    }
}
