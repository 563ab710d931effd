import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// What other calendar programs read: a feed under a secret address, and invitations to single meetings.
///
/// The secret is an API key of the person that may read activities and nothing else: it stands among their keys, says
/// when it was last used, and is revoked like any other.
enum CalendarFeed {
    /// Whose rights the key narrows.
    static let scopes: KeyScopes = {
        var activity = ObjectRights()
        activity.read = .all
        var rights = Rights()
        rights.objects["activity"] = activity
        return .rights(rights)
    }()

    // MARK: Addresses

    static func made(_ page: PageCall) async throws -> [APIKey] {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        guard let id = actor.userID else { return [] }
        return try await page.read { session in
            try identities.keys(of: id, by: actor, on: session.connection)
        }.filter { $0.revokedAt == nil && $0.scopes == scopes }
    }

    static func model(_ keys: [APIKey], _ address: String?, _ context: PageContext) -> CalendarFeedModel {
        var model = CalendarFeedModel(action: Addresses.calendar + "/feed")
        model.address = address
        model.made = keys.map { key in
            let day = Format.day(Day(of: key.createdAt, offset: context.offset(at: key.createdAt)))
            let used = key.lastUsedAt.map { Format.instant($0, in: context) }
            return (key.id.description, context(CalendarTexts.made(day, used: used)))
        }
        return model
    }

    static func change(_ page: PageCall) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        guard let id = actor.userID else { throw Problem.notFound }
        if page.form.text("_action") == "revoke" {
            guard let key = RecordID(page.form.text("key")) else { throw Problem.notFound }
            try await page.write { try identities.revokeKey(key, by: actor, on: $0.connection) }
            return page.go(to: Addresses.calendar, .ok, CalendarTexts.revoked)
        }
        let name = page.context(CalendarTexts.calendar)
        let made = try await page.write { session in
            try identities.addKey(for: id, name: name, scopes: scopes, by: actor, on: session.connection)
        }
        let scheme = page.call.isSecure ? "https://" : "http://"
        let host = page.call.authority ?? "localhost"
        let address = scheme + host + page.call.named(Addresses.calendar + "/" + made.token + ".ics")
        return try await CalendarHandlers.show(page.asking(Addresses.calendar), feed: address)
    }

    // MARK: The feed

    /// Three months back, a year on.
    static func read(_ call: Call) async throws -> Reply {
        let name = call.parameter("token")
        guard name.hasSuffix(".ics"), let key = try await call.workspace.logIn.apiKey(String(name.dropLast(4))),
            let user = key.userID, let actor = try await call.workspace.identities.actor(for: user)
        else { throw Problem.noSuchAddress }
        let (now, engine, identities) = (call.engine.clock.now(), call.engine, call.workspace.identities)
        let context = PageContext(language: actor.language, timeZone: actor.timeZone, now: now)
        let days = context.today.adding(days: -90)...context.today.adding(days: 365)
        let workspace = call.workspace.name
        let events = try await engine.read(as: actor.acting(from: .api, address: call.address)) { session in
            // A key for anything else must not become one for the calendar.
            let keys = try identities.keys(of: user, by: actor, on: session.connection)
            guard keys.contains(where: { $0.id == key.keyID && $0.scopes == scopes }) else {
                throw Problem.noSuchAddress
            }
            let reader = CalendarReader(session: session, context: context, isTeam: false)
            return try reader.events(days, onlyOpenTasks: true).events
        }
        var file = CalendarFile(name: context(CalendarTexts.calendar) + " · " + workspace, method: "PUBLISH")
        for event in events {
            file.add(event, uid: uid(event), stamp: now)
        }
        return file.reply(method: "PUBLISH", name: "calendar.ics")
    }

    private static func uid(_ event: CalendarEvent) -> String {
        (event.href.split(separator: "/").last.map(String.init) ?? "") + "@kehu"
    }

    // MARK: Invitations

    /// One meeting or visit as a file to send to who takes part.
    static func invitation(_ page: PageCall) async throws -> Reply {
        let (id, identities) = (try page.call.recordID(), page.call.workspace.identities)
        return try await page.read { session in
            let object = try session.object("activities")
            let sheet = try RecordSheet(object, id, session, page)
            func value(_ key: String) -> SQLValue {
                sheet.plan.slot(key).flatMap { sheet.row.values($0).first } ?? .null
            }
            func name(_ key: String) -> String { sheet.plan.slot(key).flatMap { sheet.row.name($0) } ?? "" }
            guard let kind = value("kind").text.flatMap(CalendarEvent.Kind.init(rawValue:)), kind != .task,
                let start = value("happened_at").integer.map({ Instant(milliseconds: $0) })
            else { throw Problem.noSuchAddress }
            var event = CalendarEvent(
                kind,
                sheet.title,
                sheet.address,
                day: Day(of: start, offset: page.context.offset(at: start)),
                start: start,
                with: name("customer")
            )
            event.minutes = value("duration_minutes").integer.flatMap { (1...1440).contains($0) ? Int($0) : nil }
            let owner = try value("owner").integer.flatMap { try identities.user(RecordID($0), on: session.connection) }
            var file = CalendarFile(name: sheet.title, method: "REQUEST")
            file.add(
                event,
                uid: uid(event),
                stamp: session.now,
                place: kind == .visit ? try place(value("customer"), session) : "",
                organizer: owner.map { CalendarFile.Person(name: $0.name, email: $0.email) },
                attendees: try attendees(value("contact"), session)
            )
            return file.reply(method: "REQUEST", name: "invitation.ics")
        }
    }

    private static func attendees(_ contact: SQLValue, _ session: ReadSession) throws -> [CalendarFile.Person] {
        guard let id = contact.integer, let object = try? session.object("contacts"),
            let email = object.field("email"), session.right(on: email, of: object) != .hidden,
            let record = try? session.find(object, RecordID(id)), let address = record["email"].text
        else { return [] }
        return [CalendarFile.Person(name: record.name, email: address)]
    }

    private static func place(_ customer: SQLValue, _ session: ReadSession) throws -> String {
        guard let id = customer.integer, let object = try? session.object("customers"),
            let field = object.fields.first(where: { if case .address = $0.kind { true } else { false } }),
            session.right(on: field, of: object) != .hidden, let record = try? session.find(object, RecordID(id))
        else { return "" }
        let parts = ["_province", "_city", "_district", ""].compactMap { record[field.key + $0].text }
        return parts.filter { !$0.isEmpty }.joined()
    }
}
