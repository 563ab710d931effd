import Identity
import Records
import Schema
import Values

extension Activity {
    static let hooks = Hooks<Activity>()
        .beforeSave("an activity is about the records that it names") { activity, session in
            try readAbout(&activity, session)
            try fillCustomer(&activity, session)
        }
        .beforeSave("an activity without a subject gets one") { activity, session in
            guard activity.subject == nil else { return }
            activity.subject = subject(of: activity, session)
        }
        .beforeSave("minutes say whether they were measured") { activity, _ in
            // Only a timer sets how they were found itself.
            guard activity.changes(\.durationMinutes), !activity.changes(\.durationFrom) else { return }
            let was = activity.before?.durationFrom
            activity.durationFrom =
                activity.durationMinutes == nil ? nil : was == nil || was == typed ? typed : corrected
        }
        .beforeSave("an activity happened now unless it says when") { activity, session in
            if activity.happenedAt == nil, activity.kind != "task" { activity.happenedAt = session.now }
            guard activity.changes(\.done) else { return }
            if activity.done == true {
                activity.doneAt = activity.doneAt ?? session.now
                activity.happenedAt = activity.happenedAt ?? activity.doneAt
            } else {
                if activity.kind == "task" { activity.happenedAt = nil }
                activity.doneAt = nil
            }
        }
        .afterSave("the customer knows when it was last in touch") { before, activity, session in
            guard let customer = activity.customer, let at = moment(of: activity), at <= session.now else { return }
            guard before.flatMap(moment(of:)) != at || before?.customer != customer else { return }
            try session.raise(Customer.fields.lastActivityAt.definition, of: Customer.key, customer, to: at)
        }
        .afterSave("a customer that lost its last activity to another moment or customer looks for the one before") {
            before,
            activity,
            session in
            guard let before, let old = before.customer, let was = moment(of: before) else { return }
            guard activity.customer != old || (moment(of: activity).map { $0 < was } ?? true) else { return }
            try LastActivity.settle(old, was: was, session)
        }
        .afterDelete("a customer whose last activity is deleted looks for the one before") { activity, session in
            guard let customer = activity.customer, let was = moment(of: activity) else { return }
            try LastActivity.settle(customer, was: was, session)
        }
        .afterRestore("an activity that comes back counts again") { activity, session in
            guard let customer = activity.customer, let at = moment(of: activity), at <= session.now else { return }
            try session.raise(Customer.fields.lastActivityAt.definition, of: Customer.key, customer, to: at)
        }
        .afterPurge("an activity that is deleted for ever counts no more") { activity, session in
            guard let customer = activity.customer, let was = moment(of: activity) else { return }
            try LastActivity.settle(customer, was: was, session)
        }

    /// When we were in touch; a task counts once it is done.
    private static func moment(of activity: Record<Activity>) -> Instant? {
        if activity.kind == "task" { return activity.done == true ? activity.doneAt : nil }
        return activity.happenedAt
    }

    /// What is given in `about` goes into the link of its own, where there is one.
    private static func readAbout(_ activity: inout Draft<Activity>, _ session: WriteSession) throws {
        guard activity.changes(\.about), let about = activity.about else { return }
        switch about.object {
        case Customer.key: if activity.customer == nil { activity.customer = about.id }
        case Contact.key: if activity.contact == nil { activity.contact = about.id }
        case "opportunity": if activity.opportunity == nil { activity.opportunity = about.id }
        case "lead": if activity.lead == nil { activity.lead = about.id }
        default:
            guard activity.customer == nil, let object = session.schema.object(about.object),
                let link = object.fields.first(where: { $0.kind == .link(to: Customer.key) && !$0.hidden })
            else { return }
            activity.customer = try customer(in: link.key, of: about.object, about.id, session)
        }
    }

    private static func fillCustomer(_ activity: inout Draft<Activity>, _ session: WriteSession) throws {
        if activity.customer == nil, let id = activity.opportunity {
            activity.customer = try customer(in: "customer", of: "opportunity", id, session)
        }
        if activity.customer == nil, let id = activity.contact {
            activity.customer = try customer(in: "customer", of: Contact.key, id, session)
        }
        if activity.customer == nil, let id = activity.lead {
            activity.customer = try customer(in: "converted_customer", of: "lead", id, session)
        }
    }

    /// The customer that a record belongs to, if the actor may see both.
    private static func customer(
        in field: String,
        of object: String,
        _ id: RecordID,
        _ session: WriteSession
    ) throws -> RecordID? {
        guard let definition = session.schema.object(object), let owner = session.schema.object(Customer.key) else {
            return nil
        }
        do {
            guard let raw = try session.find(definition, id)[field].integer else { return nil }
            return try session.find(owner, RecordID(raw)).id
        } catch let problem as Problem where problem.code == Problem.notFound.code {
            return nil
        }
    }

    /// The kind, and the first words of the content.
    private static func subject(of activity: Draft<Activity>, _ session: WriteSession) -> String {
        let choices = session.schema.object(key)?.field("kind")?.kind.choices ?? kinds
        let kind = choices.first { $0.key == activity.kind }?.label.text(session.actor.language) ?? ""
        let line = activity.body?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let words = line.trimmingBlanks
        if words.isEmpty { return kind }
        let start = words.count > 40 ? String(words.prefix(40)) + "…" : words
        return kind.isEmpty ? start : kind + (session.actor.language == .zh ? "：" : ": ") + start
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
