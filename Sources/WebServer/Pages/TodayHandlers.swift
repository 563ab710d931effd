import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// The start page: what needs the person today, or for who leads others, what needs their people.
struct TodayHandlers {
    private static let size = 8
    private static let taskSize = 40
    /// After how many days without contact a customer is named.
    private static let silentDays = 30
    /// After how many days in one stage an opportunity is named.
    private static let stuckDays = 30

    let page: PageCall
    let session: ReadSession
    let isTeam: Bool
    private var context: PageContext { page.context }

    static func show(_ page: PageCall) async throws -> Reply {
        try await page.show { session in
            let reads = session.schema.objects.map { session.actor.rights.on($0.key).read }
            let mayLead = reads.contains { $0 > .own }
            let asked = page.call.query["who"]
            let isTeam = try mayLead && (asked == "team" || (asked == nil && ownsNothing(session)))
            let today = TodayHandlers(page: page, session: session, isTeam: isTeam)
            return PageBody(
                page.context(PageTexts.home),
                Today.html(try today.model(mayLead: mayLead), in: page.context),
                current: "/"
            )
        }
    }

    /// Who owns no customer begins with what the team has to do.
    static func ownsNothing(_ session: ReadSession) throws -> Bool {
        guard let object = try? session.object("customers") else { return false }
        var query = ListQuery()
        query.filter = ListState.mine
        return try session.knownCount(object, query) == 0
    }

    private func model(mayLead: Bool) throws -> TodayModel {
        let tasks = try tasks()
        let deals = try deals()
        let features = try page.call.workspace.features.today.map { try $0(session, context, isTeam) }
        let right = try ([deals?.section, contacts()] + features + [leads(), birthdays()]).compactMap(\.self)
        let isEverybody = session.actor.rights.on("customer").read == .all
        let tabs = [
            TabModel(context(TodayTexts.mine), "/?who=me", current: !isTeam),
            TabModel(context(isEverybody ? TodayTexts.everybody : TodayTexts.team), "/?who=team", current: isTeam),
        ]
        var model = TodayModel(
            title: context(PageTexts.hello(session.actor.name)),
            day: Format.longDay(context.today, in: context),
            tabs: mayLead ? tabs : [],
            figures: tasks.figures + [deals?.figure, try pipeline()].compactMap(\.self),
            left: tasks.sections,
            right: right
        )
        // One thing at a time: who sets up the workspace is shown around afterwards.
        let setup = try SetupHandlers.notice(session, context)
        let tour = try setup.isEmpty ? TourHandlers.invitation(page, session) : .empty
        model.notice = try setup + AlertHandlers.notice(session, context) + tour
        return model
    }

    /// The condition on whose records they are; empty for everybody's.
    private func whose(_ field: String, of object: ObjectDefinition) -> [String] {
        guard isTeam else { return ["\(field) = me"] }
        return session.actor.rights.on(object.key).read == .all ? [] : ["\(field) in my_teams"]
    }

    private struct Found {
        let object: ObjectDefinition
        let result: Records.RecordPage
        let address: String
        let context: PageContext
        let reader: CellReader

        func cell(_ key: String, _ row: RecordRow) -> CellValue {
            result.plan.slot(key).map { reader.cell($0, of: row) } ?? .empty
        }
        func name(_ row: RecordRow) -> String { row.title(result.plan, in: context) }
        func href(_ row: RecordRow) -> String { Addresses.record(object.plural, row.id.description) }
        func person(_ key: String, _ row: RecordRow) -> CellValue {
            result.plan.slot(key).flatMap { row.name($0) }.map(CellValue.person) ?? .empty
        }
    }

    /// Nil where the person may not read the object or a field that this is about.
    private func find(
        _ plural: String,
        _ conditions: [String],
        sort: String,
        fields: [String],
        limit: Int = TodayHandlers.size,
        amid ranges: [String] = []
    ) throws -> Found? {
        guard let object = try? session.object(plural) else { return nil }
        let readable = Set(session.readableFields(object).map(\.key))
        var query = ListQuery()
        query.filter = conditions.joined(separator: " and ")
        query.sort = [sort]
        query.fields = ([object.nameField] + fields).filter(readable.contains)
        query.limit = limit
        do {
            return Found(
                object: object,
                result: try session.list(object, query, amid: ranges),
                address: WebAddress.path(Addresses.list(plural), ["filter": query.filter ?? "", "sort": sort]),
                context: context,
                reader: CellReader(session: session, context: context)
            )
        } catch let problem as Problem where problem.kind == .malformed {
            return nil
        }
    }

    // MARK: Tasks

    private func tasks() throws -> (sections: [TodaySection], figures: [TodayFigure]) {
        guard let object = try? session.object("activities") else { return ([], []) }
        let open = ["kind = \"task\"", "(done is empty or done = false)", "due_on <= today + 7d"]
        let found = try find(
            "activities",
            whose("assignee", of: object) + open,
            sort: "due_on",
            fields: ["due_on", "customer", "opportunity", "assignee"],
            limit: TodayHandlers.taskSize
        )
        guard let found else { return ([], []) }
        var groups: [[TodayItem]] = [[], [], []]
        for row in found.result.rows {
            guard case .day(let due) = found.cell("due_on", row) else { continue }
            let place = due < context.today ? 0 : due == context.today ? 1 : 2
            let person: CellValue = isTeam ? found.person("assignee", row) : .empty
            let facts = [found.cell("customer", row), found.cell("opportunity", row), person]
            groups[place].append(
                TodayItem(
                    found.name(row),
                    found.href(row),
                    marks: place == 1 ? [] : [Format.day(due)],
                    isLate: place == 0,
                    facts: facts,
                    done: found.href(row) + "/done"
                )
            )
        }
        let rights = session.actor.rights.on(object.key)
        let create = rights.create ? WebAddress.path(Addresses.create(object.plural), ["kind": "task"]) : nil
        let more = found.result.next != nil
        var sections: [TodaySection] = []
        if !groups[0].isEmpty {
            sections.append(
                TodaySection(
                    context(TodayTexts.overdue),
                    icon: "warning",
                    items: groups[0],
                    all: found.address,
                    empty: ""
                )
            )
        }
        let words = context(TodayTexts.noTasks)
        sections.append(
            TodaySection(context(TodayTexts.today), icon: "task", items: groups[1], create: create, empty: words)
        )
        if !groups[2].isEmpty || more {
            let soon = context(TodayTexts.soon)
            sections.append(
                TodaySection(soon, icon: "calendar", items: groups[2], hasMore: more, all: found.address, empty: words)
            )
        }
        return (sections, figures(groups, hasMore: more, found.address))
    }

    private func figures(_ groups: [[TodayItem]], hasMore: Bool, _ list: String) -> [TodayFigure] {
        let late = String(groups[0].count) + (hasMore && groups[1].isEmpty ? "+" : "")
        return [
            TodayFigure(context(TodayTexts.overdue), late, href: list, isBad: !groups[0].isEmpty),
            TodayFigure(context(TodayTexts.today), String(groups[1].count), href: list),
        ]
    }

    // MARK: What needs attention

    private func deals() throws -> (section: TodaySection, figure: TodayFigure)? {
        guard let object = try? session.object("opportunities") else { return nil }
        let reasons =
            "(close_on < today or stage_changed_at < today - \(TodayHandlers.stuckDays)d or next_step is empty)"
        let found = try find(
            "opportunities",
            whose("owner", of: object) + ["outcome = \"open\"", reasons],
            sort: "close_on",
            fields: ["amount", "close_on", "stage", "stage_changed_at", "next_step", "owner"]
        )
        guard let found else { return nil }
        let items = found.result.rows.map { row -> TodayItem in
            var (marks, isLate) = ([String](), false)
            if case .day(let due) = found.cell("close_on", row), due < context.today {
                marks.append(context(BoardTexts.overdue))
                isLate = true
            }
            if case .instant(let since) = found.cell("stage_changed_at", row) {
                let days = Int((context.now.milliseconds - since.milliseconds) / 86_400_000)
                if days > TodayHandlers.stuckDays { marks.append(context(BoardTexts.stuck(days))) }
            }
            if found.cell("next_step", row) == .empty { marks.append(context(TodayTexts.noNextStep)) }
            let person: CellValue = isTeam ? found.person("owner", row) : .empty
            let facts = [found.cell("stage", row), found.cell("amount", row), person]
            return TodayItem(found.name(row), found.href(row), marks: marks, isLate: isLate, facts: facts)
        }
        let more = found.result.next != nil
        let title = context(TodayTexts.deals)
        let section = TodaySection(
            title,
            icon: "opportunity",
            items: items,
            hasMore: more,
            all: found.address,
            empty: context(TodayTexts.noDeals)
        )
        let figure = TodayFigure(title, "\(items.count)\(more ? "+" : "")", href: found.address, isBad: !items.isEmpty)
        return (section, figure)
    }

    private func contacts() throws -> TodaySection? {
        guard let object = try? session.object("customers") else { return nil }
        let silent = "last_activity_at < today - \(TodayHandlers.silentDays)d"
        let planned = "next_contact_on <= today"
        let found = try find(
            "customers",
            whose("owner", of: object) + ["(\(planned) or \(silent))", "status not in (\"lost\", \"dormant\")"],
            sort: "last_activity_at",
            fields: ["last_activity_at", "next_contact_on", "phone", "owner"],
            amid: [silent, planned]
        )
        guard let found else { return nil }
        let items = found.result.rows.map { row -> TodayItem in
            var marks: [String] = []
            if case .day(let day) = found.cell("next_contact_on", row), day <= context.today {
                marks.append(context(TodayTexts.planned(Format.day(day))))
            }
            if case .instant(let last) = found.cell("last_activity_at", row) {
                let days = Int((context.now.milliseconds - last.milliseconds) / 86_400_000)
                if days > TodayHandlers.silentDays { marks.append(context(TodayTexts.silent(days))) }
            } else {
                marks.append(context(TodayTexts.never))
            }
            let person: CellValue = isTeam ? found.person("owner", row) : .empty
            return TodayItem(found.name(row), found.href(row), marks: marks, facts: [found.cell("phone", row), person])
        }
        return TodaySection(
            context(TodayTexts.contact),
            icon: "call",
            items: items,
            hasMore: found.result.next != nil,
            all: found.address,
            empty: context(TodayTexts.noContact)
        )
    }

    private func leads() throws -> TodaySection? {
        guard let object = try? session.object("leads") else { return nil }
        let found = try find(
            "leads",
            whose("owner", of: object) + ["status = \"new\"", "created_at >= today - 14d"],
            sort: "-created_at",
            fields: ["company", "mobile", "source", "created_at", "owner"]
        )
        guard let found else { return nil }
        let items = found.result.rows.map { row in
            let person: CellValue = isTeam ? found.person("owner", row) : .empty
            let facts = ["company", "source", "created_at"].map { found.cell($0, row) } + [person]
            return TodayItem(found.name(row), found.href(row), facts: facts)
        }
        return TodaySection(
            context(TodayTexts.leads),
            icon: "lead",
            items: items,
            hasMore: found.result.next != nil,
            all: found.address,
            empty: context(TodayTexts.noLeads)
        )
    }

    /// Of one's own contacts, in the next seven days; nothing is said when there are none.
    private func birthdays() throws -> TodaySection? {
        guard !isTeam, let object = try? session.object("contacts") else { return nil }
        let days = (0..<7).map { context.today.adding(days: $0) }
        let conditions = days.map { "(month(birthday) = \($0.parts.month) and day(birthday) = \($0.parts.day))" }
        let found = try find(
            "contacts",
            whose("owner", of: object) + ["birthday is not empty", "(" + conditions.joined(separator: " or ") + ")"],
            sort: "birthday",
            fields: ["birthday", "customer"],
            limit: TodayHandlers.taskSize
        )
        guard let found, !found.result.rows.isEmpty else { return nil }
        let rows = found.result.rows.map { row -> (row: RecordRow, inDays: Int) in
            guard case .day(let born) = found.cell("birthday", row) else { return (row, days.count) }
            return (row, days.firstIndex { $0.parts.month == born.parts.month && $0.parts.day == born.parts.day } ?? 0)
        }
        let items = rows.sorted { $0.inDays < $1.inDays }.prefix(TodayHandlers.size).map { row, _ in
            TodayItem(
                found.name(row),
                found.href(row),
                facts: [found.cell("birthday", row), found.cell("customer", row)]
            )
        }
        return TodaySection(context(TodayTexts.birthdays), icon: "user", items: items, empty: "")
    }

    /// The sum of what is open, where it is kept.
    private func pipeline() throws -> TodayFigure? {
        guard let object = try? session.object("opportunities"),
            let kept = object.keptSums.first(where: { $0.by.contains("outcome") && $0.sum != nil })
        else { return nil }
        var query = ListQuery()
        let whose = whose("owner", of: object)
        query.filter = whose.first
        guard let groups = try session.knownGroups(object, by: ["outcome"], sum: kept.sum, query) else { return nil }
        let own = groups.filter { $0.values[0].text == "open" }
        let sum = own.reduce(Int64(0)) { $0.addingReportingOverflow($1.sum).partialValue }
        let count = own.reduce(Int64(0)) { $0 + $1.count }
        let money = Format.shortMoney(Money(minor: sum, currency: session.schema.baseCurrency), context.language)
        let filter = (whose + ["outcome = \"open\""]).joined(separator: " and ")
        return TodayFigure(
            context(TodayTexts.pipeline) + " · " + Format.number(count),
            money,
            href: WebAddress.path(Addresses.list(object.plural), ["filter": filter])
        )
    }
}
