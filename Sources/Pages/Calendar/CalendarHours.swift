import Values

/// A day or a week with the hours from top to bottom: what lasts half an hour is half as high as what lasts one.
///
/// Styles in the page are forbidden by its policy, so each half hour has a class: `k-f16 k-t19` stands from the
/// sixteenth to the nineteenth half hour of those that are shown.
enum CalendarHours {
    /// The hours that are always shown; earlier and later ones only when something is on.
    private static let office = 8..<19

    /// The days of a week, or one; on a phone a week is a list of the days that have something on.
    static func html(_ model: CalendarModel, in context: PageContext) -> HTML {
        let days = model.weeks.first ?? []
        let byDay = Dictionary(grouping: model.events, by: \.day)
        let hours = hours(model.events, context)
        let gutter = HTML.each(Array(hours)) { "<li>\(clock($0))</li>" }
        let columns = HTML.each(days) { day($0, byDay[$0] ?? [], hours, model, context) }
        let style: HTML = days.count > 1 ? "k-hours-week" : "k-hours-one"
        return """
            <div class="k-hours \(style)"><ol class="k-hours-gutter" aria-hidden="true">\(gutter)</ol>\(columns)</div>
            """
    }

    private static func clock(_ hour: Int) -> String { (hour < 10 ? "0\(hour)" : "\(hour)") + ":00" }

    /// From when to when: the hours of an office, and what lies outside of them.
    private static func hours(_ events: [CalendarEvent], _ context: PageContext) -> Range<Int> {
        let spans = events.compactMap { span($0, context) }
        let first = spans.map(\.lowerBound).min() ?? 24
        let last = spans.map(\.upperBound).max() ?? 24
        return min(office.lowerBound, first / 2)..<max(office.upperBound, spans.isEmpty ? 0 : (last + 1) / 2)
    }

    /// The half hours of its day that something takes, at least one; what goes on after midnight ends there.
    private static func span(_ event: CalendarEvent, _ context: PageContext) -> Range<Int>? {
        guard let start = event.start else { return nil }
        let local = start.milliseconds + Int64(context.offset(at: start)) * 1000
        let minute = Int((local / 60_000) % 1440 + 1440) % 1440
        let end = min(1440, minute + max(1, event.minutes ?? 60))
        return minute / 30..<max(minute / 30 + 1, (end + 29) / 30)
    }

    private static func day(
        _ day: Day,
        _ events: [CalendarEvent],
        _ hours: Range<Int>,
        _ model: CalendarModel,
        _ context: PageContext
    ) -> HTML {
        let isToday = day == context.today
        let style: HTML = """
            \(HTML.when(isToday, " k-cal-today"))\(HTML.when(events.isEmpty, " k-cal-free"))
            """
        let mark = HTML.with(model.marks[day]) { "<small class=\"k-cal-mark\">\($0)</small>" }
        let whole = HTML.each(events.filter { $0.start == nil }) { CalendarPage.item($0, isMonth: false, context) }
        let timed = HTML.each(events) { event in
            span(event, context).map { CalendarPage.item(event, isMonth: false, at: place($0, hours), context) }
                ?? .empty
        }
        return """
            <section class="k-hours-day\(style)"><h3 class="k-hours-head"><a class="k-cal-date"\(href: model.dayHref(day))\
            \(attribute: "aria-current", isToday ? "date" : nil)><span class="k-hours-name">\(CalendarTexts.weekday(day, context.language))</span>\
            <span class="k-cal-number">\(day.parts.day)</span><span class="k-cal-long">\(Format.longDay(day, in: context))</span></a>\(mark)</h3>\
            <ul class="k-hours-whole">\(whole)</ul>\(slots(day, hours, model, context))<ol class="k-hours-grid">\(timed)</ol></section>
            """
    }

    /// The hours that are free to click, and the line of now. Who uses keys has the button above.
    private static func slots(_ day: Day, _ hours: Range<Int>, _ model: CalendarModel, _ context: PageContext) -> HTML {
        let links = HTML.with(model.createAt) { address in
            HTML.each(Array(hours)) { hour in
                "<a class=\"k-hours-slot \(place(hour * 2..<hour * 2 + 2, hours))\"\(href: address(day, hour)) tabindex=\"-1\"></a>"
            }
        }
        var now = HTML.empty
        if day == context.today {
            let local = (context.now.milliseconds + Int64(context.offset(at: context.now)) * 1000) / 60_000 % 1440
            let half = Int(local) / 30
            if hours.contains(half / 2) { now = "<span class=\"k-hours-now \(place(half..<half + 1, hours))\"></span>" }
        }
        return "<div class=\"k-hours-slots\" aria-hidden=\"true\">\(links)\(now)</div>"
    }

    private static func place(_ span: Range<Int>, _ hours: Range<Int>) -> String {
        "k-f\(span.lowerBound - hours.lowerBound * 2) k-t\(span.upperBound - hours.lowerBound * 2)"
    }
}
