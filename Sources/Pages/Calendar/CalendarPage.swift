public import Values

/// A meeting, a visit or a task of the calendar.
public struct CalendarEvent: Sendable {
    /// What it is.
    public enum Kind: String, Sendable {
        case meeting, visit, task
    }

    /// What it is.
    public var kind: Kind
    /// What it is about.
    public var title: String
    /// Its page.
    public var href: String
    /// On which day, where its reader is.
    public var day: Day
    /// When it begins; nil for tasks, which last the day.
    public var start: Instant?
    /// How long it takes.
    public var minutes: Int?
    /// With whom, or for which customer.
    public var with: String
    /// Whose it is, where others' are shown too.
    public var person: String?
    /// Done already.
    public var isDone = false

    /// A meeting, a visit or a task.
    public init(_ kind: Kind, _ title: String, _ href: String, day: Day, start: Instant? = nil, with: String = "") {
        self.kind = kind
        self.title = title
        self.href = href
        self.day = day
        self.start = start
        self.with = with
    }
}

/// The address under which other programs read a calendar.
public struct CalendarFeedModel: Sendable {
    /// Where the forms lead: `_action` = `make` or `revoke`.
    public var action: String
    /// The secret address, just made: it is shown this once.
    public var address: String?
    /// Addresses that work: id, when each was made, and when it was last read.
    public var made: [(id: String, text: String)] = []

    /// The address under which other programs read a calendar.
    public init(action: String) { self.action = action }
}

/// A month, a week or a day.
public struct CalendarModel: Sendable {
    /// The heading, such as `2026年11月`.
    public var title: String
    /// Month, week, day.
    public var spans: [TabModel]
    /// Mine, the team's; empty where there is only one.
    public var people: [TabModel]
    /// The span before, today, the span after.
    public var before: String
    /// The span with today.
    public var today: String
    /// The span after.
    public var after: String
    /// The days in rows of seven, or one.
    public var weeks: [[Day]]
    /// The days that belong to the span; others are shown dimmed.
    public var inside: ClosedRange<Day>
    /// What is on, in order.
    public var events: [CalendarEvent]
    /// More than is shown.
    public var isCut = false
    /// Makes a meeting or a task; nil where the person may not.
    public var create: String?
    /// Makes a meeting at a full hour of a day; nil where the person may not.
    public var createAt: (@Sendable (Day, Int) -> String)?
    /// Days off and days worked instead, with their names.
    public var marks: [Day: String] = [:]
    /// The page of one day.
    public var dayHref: @Sendable (Day) -> String
    /// The addresses for other programs.
    public var feed: CalendarFeedModel?

    /// A month, a week or a day.
    public init(
        title: String,
        spans: [TabModel],
        people: [TabModel],
        before: String,
        today: String,
        after: String,
        weeks: [[Day]],
        inside: ClosedRange<Day>,
        events: [CalendarEvent],
        dayHref: @escaping @Sendable (Day) -> String
    ) {
        self.title = title
        self.spans = spans
        self.people = people
        self.before = before
        self.today = today
        self.after = after
        self.weeks = weeks
        self.inside = inside
        self.events = events
        self.dayHref = dayHref
    }
}

/// The calendar: a table of days, which on a phone becomes a list of those that have something on, or the hours.
public enum CalendarPage {
    /// The whole page; works without the script.
    public static func html(_ model: CalendarModel, in context: PageContext) -> HTML {
        let create = HTML.with(model.create) {
            "<a class=\"k-btn k-btn-primary\"\(href: $0) data-key=\"c\">\(Icons.use("plus"))\(context(CalendarTexts.new))</a>"
        }
        let none = HTML.when(
            model.events.isEmpty,
            "<p class=\"k-cal-none k-muted\">\(context(CalendarTexts.nothing))</p>"
        )
        let cut = HTML.when(model.isCut, "<p class=\"k-note\">\(context(CalendarTexts.cut))</p>")
        return """
            \(Layout.head(HTML(text: context(CalendarTexts.calendar)), actions: create))<div class="k-panel k-cal-panel" id="k-calendar" data-follow="activities">\
            <div class="k-cal-bar"><h2>\(model.title)</h2><span class="k-actions">\(step(model.before, "left", CalendarTexts.before, context))\
            <a class="k-btn k-btn-small"\(href: model.today)>\(context(CalendarTexts.today))</a>\(step(model.after, "right", CalendarTexts.after, context))</span>\
            \(seg(model.spans, CalendarTexts.span, context))\(seg(model.people, CalendarTexts.whose, context))</div>\
            \(model.weeks.count > 1 ? table(model, context) : CalendarHours.html(model, in: context))\(none)\(cut)</div>\(HTML.with(model.feed) { feed($0, context) })
            """
    }

    private static func step(_ address: String, _ icon: String, _ label: Label, _ context: PageContext) -> HTML {
        """
        <a class="k-btn k-btn-small k-btn-quiet"\(href: address) aria-label="\(context(label))" title="\(context(label))">\(Icons.use(icon))</a>
        """
    }

    private static func seg(_ tabs: [TabModel], _ label: Label, _ context: PageContext) -> HTML {
        guard !tabs.isEmpty else { return .empty }
        let links = HTML.each(tabs) {
            "<a\(href: $0.href)\(attribute: "aria-current", $0.current ? "true" : nil)>\($0.label)</a>"
        }
        return "<nav class=\"k-seg k-cal-seg\" aria-label=\"\(context(label))\">\(links)</nav>"
    }

    /// A month, as a table of weeks.
    private static func table(_ model: CalendarModel, _ context: PageContext) -> HTML {
        let byDay = Dictionary(grouping: model.events, by: \.day)
        let head = HTML.each((model.weeks.first ?? []).prefix(7)) {
            "<th scope=\"col\">\(CalendarTexts.weekday($0, context.language))</th>"
        }
        let rows = HTML.each(model.weeks) { week in
            "<tr>\(HTML.each(week) { day($0, byDay[$0] ?? [], model, context) })</tr>"
        }
        return """
            <table class="k-cal"><caption class="k-hidden">\(model.title)</caption><thead><tr>\(head)</tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private static func day(_ day: Day, _ events: [CalendarEvent], _ model: CalendarModel, _ context: PageContext)
        -> HTML
    {
        let most = 4
        let shown = events.count > most ? events.prefix(most - 1) : events.prefix(most)
        let items = HTML.each(shown) { item($0, isMonth: true, context) }
        let more = HTML.when(
            events.count > shown.count,
            "<li><a class=\"k-cal-more\"\(href: model.dayHref(day))>\(context(CalendarTexts.more(events.count - shown.count)))</a></li>"
        )
        let mark = HTML.with(model.marks[day]) { "<small class=\"k-cal-mark\">\($0)</small>" }
        let style: HTML = """
            \(HTML.when(!model.inside.contains(day), " k-cal-out"))\(HTML.when(day == context.today, " k-cal-today"))\(HTML.when(events.isEmpty, " k-cal-free"))
            """
        return """
            <td class="k-cal-day\(style)"><a class="k-cal-date"\(href: model.dayHref(day))\(attribute: "aria-current", day == context.today ? "date" : nil)>\
            <span class="k-cal-number">\(day.parts.day)</span><span class="k-cal-long">\(Format.longDay(day, in: context))</span></a>\(mark)\
            \(HTML.when(!events.isEmpty, "<ul>\(items)\(more)</ul>"))</td>
            """
    }

    /// One meeting, visit or task; `place` are the classes of where it stands among the hours.
    static func item(_ event: CalendarEvent, isMonth: Bool, at place: String? = nil, _ context: PageContext) -> HTML {
        let time = HTML.with(event.start) { start -> HTML in
            let end = event.minutes.map {
                "–" + Format.time(start.adding(milliseconds: Int64($0) * 60_000), in: context)
            }
            return "<time>\(Format.time(start, in: context))\(isMonth ? "" : end ?? "")</time> "
        }
        let more = [event.with, event.person ?? ""].filter { !$0.isEmpty }.joined(separator: " · ")
        let detail = HTML.when(!isMonth && !more.isEmpty, "<small>\(more)</small>")
        let said = [context(CalendarTexts.kind(event.kind)), event.title, more].filter { !$0.isEmpty }
            .joined(separator: " · ")
        let done = HTML.when(event.isDone, " k-cal-done")
        return """
            <li\(attribute: "class", place)><a class="k-cal-event k-cal-\(event.kind.rawValue)\(done)"\(href: event.href) title="\(said)">\
            <span class="k-hidden">\(context(CalendarTexts.kind(event.kind))) </span>\(time)\(event.title)\(detail)</a></li>
            """
    }

    private static func feed(_ feed: CalendarFeedModel, _ context: PageContext) -> HTML {
        let address = HTML.with(feed.address) {
            """
            <p class="k-note k-note-warn">\(context(CalendarTexts.once))</p><div class="k-secret"><code id="k-feed" class="k-break">\($0)</code>\
            <button class="k-btn" type="button" data-copy="\($0)" data-copy-from="k-feed" data-needs-script hidden>\(context(Words.copy))</button></div>
            """
        }
        let made = HTML.each(feed.made) { entry in
            """
            <li><form class="k-inline" method="post" action="\(feed.action)">\(context.csrfField)<input type="hidden" name="key" value="\(entry.id)">\
            <span>\(entry.text)</span><button class="k-btn k-btn-small k-btn-danger" name="_action" value="revoke">\(context(CalendarTexts.revoke))</button></form></li>
            """
        }
        return """
            <details class="k-panel k-section k-cal-feed"\(attribute: "open", if: feed.address != nil)><summary>\(Icons.use("calendar"))\(context(CalendarTexts.subscribe))</summary>\
            <div class="k-stack"><p class="k-muted">\(context(CalendarTexts.subscribeText))</p>\(address)\(HTML.when(!feed.made.isEmpty, "<ul>\(made)</ul>"))\
            <form method="post" action="\(feed.action)">\(context.csrfField)<button class="k-btn" name="_action" value="make">\(Icons.use("key"))\(context(CalendarTexts.make))</button></form></div></details>
            """
    }
}
