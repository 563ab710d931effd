import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// The calendar, its feed for other programs, and invitations.
    static let calendar: [Route] = [
        list(Addresses.calendar, CalendarHandlers.show),
        post("/calendar/feed", CalendarFeed.change),
        Route(.get, "/calendar/{token}", audience: .anyone, handler: CalendarFeed.read),
        get("/activities/{id}/invitation", CalendarFeed.invitation),
    ]
}

/// The calendar of meetings, visits and tasks.
enum CalendarHandlers {
    enum Span: String, CaseIterable {
        case month, week, day

        var label: Label {
            switch self {
            case .month: CalendarTexts.month
            case .week: CalendarTexts.week
            case .day: CalendarTexts.day
            }
        }

        var period: ReportDimension.Period {
            switch self {
            case .month: .month
            case .week: .week
            case .day: .day
            }
        }
    }

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, feed: nil) }

    /// The page; `feed` is an address that was just made.
    static func show(_ page: PageCall, feed: String?) async throws -> Reply {
        let keys = try await CalendarFeed.made(page)
        return try await page.show { session in
            var model = try model(page, session)
            model.feed = CalendarFeed.model(keys, feed, page.context)
            let context = page.context
            var body = PageBody(
                context(CalendarTexts.calendar) + " · " + model.title,
                CalendarPage.html(model, in: context),
                current: Addresses.calendar
            )
            body.scripts = [Assets.live]
            return body
        }
    }

    private static func model(_ page: PageCall, _ session: ReadSession) throws -> CalendarModel {
        let (context, query) = (page.context, page.call.query)
        let span = Span(rawValue: query["view"] ?? "") ?? .month
        let day = query["day"].flatMap { Day($0) } ?? context.today
        let mayLead = session.actor.rights.on("activity").read > .own
        let asked = query["who"]
        let isTeam = try mayLead && (asked == "team" || (asked == nil && TodayHandlers.ownsNothing(session)))
        @Sendable func address(_ span: Span, _ day: Day, team: Bool) -> String {
            let isToday = day == context.today
            return WebAddress.path(
                Addresses.calendar,
                [
                    "view": span == .month ? "" : span.rawValue, "day": isToday ? "" : day.description,
                    "who": mayLead ? team ? "team" : "me" : "",
                ]
            )
        }
        let start = span.period.start(of: day)
        let inside = start...span.period.end(of: start)
        let weeks = weeks(span, inside)
        let shown = (weeks.first?.first ?? day)...(weeks.last?.last ?? day)
        let found = try CalendarReader(session: session, context: context, isTeam: isTeam).events(shown)
        var model = CalendarModel(
            title: title(span, inside, context),
            spans: Span.allCases.map {
                TabModel(context($0.label), address($0, day, team: isTeam), current: $0 == span)
            },
            people: mayLead
                ? [
                    TabModel(context(TodayTexts.mine), address(span, day, team: false), current: !isTeam),
                    TabModel(context(TodayTexts.team), address(span, day, team: true), current: isTeam),
                ] : [],
            before: address(span, span.period.moved(start, by: -1), team: isTeam),
            today: address(span, context.today, team: isTeam),
            after: address(span, span.period.moved(start, by: 1), team: isTeam),
            weeks: weeks,
            inside: inside,
            events: found.events,
            dayHref: { address(.day, $0, team: isTeam) }
        )
        model.isCut = found.isCut
        for mark in try session.dayMarks(shown) {
            let word = context(mark.isOff ? DayWords.offMark : DayWords.workMark)
            model.marks[mark.day] = mark.name.isEmpty ? word : word + " " + mark.name
        }
        if session.actor.rights.on("activity").create {
            let at = span == .day ? day.description + "T09:00" : ""
            model.create = meeting(at)
            model.createAt = { day, hour in meeting(day.description + (hour < 10 ? "T0\(hour):00" : "T\(hour):00")) }
        }
        return model
    }

    private static func meeting(_ at: String) -> String {
        WebAddress.path(Addresses.create("activities"), ["kind": "meeting", "happened_at": at])
    }

    /// The days in rows: a month in whole weeks from Monday on.
    private static func weeks(_ span: Span, _ inside: ClosedRange<Day>) -> [[Day]] {
        let week = ReportDimension.Period.week
        switch span {
        case .day: return [[inside.lowerBound]]
        case .week: return [(0..<7).map { inside.lowerBound.adding(days: $0) }]
        case .month:
            let first = week.start(of: inside.lowerBound)
            let count = (inside.upperBound.daysSince1970 - first.daysSince1970) / 7 + 1
            return (0..<count).map { row in (0..<7).map { first.adding(days: row * 7 + $0) } }
        }
    }

    private static func title(_ span: Span, _ inside: ClosedRange<Day>, _ context: PageContext) -> String {
        switch span {
        case .month: CalendarTexts.month(inside.lowerBound, context.language)
        case .week: ReportMaker.words(inside)
        case .day: Format.longDay(inside.lowerBound, in: context)
        }
    }
}
