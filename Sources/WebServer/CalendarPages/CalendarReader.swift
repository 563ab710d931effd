import Identity
import Pages
import Records
import Schema
import Values

/// Reads meetings, visits and tasks of a span of days, as their reader may see them.
struct CalendarReader {
    /// How many of each are read: more nobody can look at.
    static let most = 400

    let session: ReadSession
    let context: PageContext
    let isTeam: Bool

    /// In order: by day, tasks first, then by time. `isCut` when there is more.
    func events(_ days: ClosedRange<Day>, onlyOpenTasks: Bool = false) throws -> (events: [CalendarEvent], isCut: Bool)
    {
        guard let object = try? session.object("activities") else { return ([], false) }
        let whose =
            isTeam
            ? (session.actor.rights.on(object.key).read == .all ? "" : "owner in my_teams")
            : "(owner = me or assignee = me)"
        let span = "between \"\(days.lowerBound)\" and \"\(days.upperBound)\""
        let met = try read(
            object,
            ["kind in (\"meeting\", \"visit\")", "happened_at \(span)", whose],
            sort: "happened_at"
        )
        let open = onlyOpenTasks ? "(done is empty or done = false)" : ""
        let due = try read(object, ["kind = \"task\"", "due_on \(span)", open, whose], sort: "due_on")
        let all = due.events + met.events
        let sorted = all.enumerated().sorted {
            ($0.element.day, $0.element.start?.milliseconds ?? .min, $0.offset)
                < ($1.element.day, $1.element.start?.milliseconds ?? .min, $1.offset)
        }
        return (sorted.map(\.element), met.isCut || due.isCut)
    }

    private func read(_ object: ObjectDefinition, _ conditions: [String], sort: String) throws -> (
        events: [CalendarEvent], isCut: Bool
    ) {
        let readable = Set(session.readableFields(object).map(\.key))
        var query = ListQuery()
        query.filter = conditions.filter { !$0.isEmpty }.joined(separator: " and ")
        query.sort = [sort]
        query.fields = [
            object.nameField, "kind", "happened_at", "duration_minutes", "due_on", "done", "customer", "contact",
            "lead", "owner",
        ].filter(readable.contains)
        query.limit = 200
        var events: [CalendarEvent] = []
        do {
            repeat {
                let page = try session.list(object, query)
                events += page.rows.compactMap { event($0, page.plan, object) }
                query.cursor = page.next
            } while query.cursor != nil && events.count < CalendarReader.most
        } catch let problem as Problem where problem.kind == .malformed {
            // A field that this is about may not be read.
            return ([], false)
        }
        return (Array(events.prefix(CalendarReader.most)), query.cursor != nil || events.count > CalendarReader.most)
    }

    private func event(_ row: RecordRow, _ plan: ReadPlan, _ object: ObjectDefinition) -> CalendarEvent? {
        func value(_ key: String) -> SQLValue { plan.slot(key).flatMap { row.values($0).first } ?? .null }
        func name(_ key: String) -> String? { plan.slot(key).flatMap { row.name($0) } }
        guard let kind = value("kind").text.flatMap(CalendarEvent.Kind.init(rawValue:)) else { return nil }
        let start = kind == .task ? nil : value("happened_at").integer.map { Instant(milliseconds: $0) }
        let due = value("due_on").text.flatMap { Day($0) }
        guard let day = start.map({ Day(of: $0, offset: context.offset(at: $0)) }) ?? due else { return nil }
        var event = CalendarEvent(
            kind,
            row.title(plan, in: context),
            Addresses.record(object.plural, row.id.description),
            day: day,
            start: start,
            with: name("customer") ?? name("contact") ?? name("lead") ?? ""
        )
        event.minutes = value("duration_minutes").integer.flatMap { (1...1440).contains($0) ? Int($0) : nil }
        event.isDone = value("done").integer == 1
        if isTeam { event.person = name("owner") }
        return event
    }
}
