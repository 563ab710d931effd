import Database
import Identity
public import Records
import SQLText
import Schema
public import Values

/// Starting and stopping timers.
public enum Timers {
    /// What is known when a timer ends.
    public struct Ending: Sendable {
        /// Minutes where the person corrects them; nil for those that were measured.
        public var minutes: Int64?
        /// What it was, if not what it was started as.
        public var kind = ""
        /// What was said and agreed.
        public var body = ""
        /// What came of it.
        public var outcome = ""
        /// Where it was stopped, if the person allowed that to be noted.
        public var place: TimerPlace?

        /// As it was measured.
        public init() {}
    }

    /// The timer of who reads; nil where none runs.
    public static func running(_ session: ReadSession) throws -> WorkTimer? {
        guard let person = session.actor.userID else { return nil }
        let row = try session.connection.row(
            "SELECT started_at, kind, method, object, record, place FROM sys_timer WHERE person = \(person)"
        )
        return row.map { row in
            WorkTimer(
                person: person,
                startedAt: Instant(milliseconds: row.integer(0)),
                kind: row.text(1),
                method: WorkTimer.Method(rawValue: row.text(2)) ?? .timer,
                object: row.text(3),
                record: RecordID(row.integer(4)),
                place: row[5].text
            )
        }
    }

    /// Starts a timer for a record that the person may see. Throws `timer_running` where they have one already.
    @discardableResult
    public static func start(
        _ kind: String,
        _ method: WorkTimer.Method,
        on plural: String,
        _ id: RecordID,
        at place: TimerPlace? = nil,
        _ session: WriteSession
    ) throws -> WorkTimer {
        guard let person = session.actor.userID, session.actor.rights.on(Activity.key).create else {
            throw Problem.forbidden(Label("You may not make activities.", zh: "您没有新建跟进记录的权限。"))
        }
        guard WorkTimer.kinds.contains(kind) else {
            throw Problem.invalid(
                "kind",
                "unknown_choice",
                Label("Only calls, meetings and visits are timed.", zh: "只有电话、会议和拜访可以计时。")
            )
        }
        let object = try session.object(plural)
        _ = try session.find(object, id)
        let made = try session.connection.run(
            """
            INSERT INTO sys_timer (id, person, started_at, kind, method, object, record, place) VALUES
            (\(session.newID()), \(person), \(session.now), \(kind), \(method.rawValue), \(object.key), \(id),
            \(SQLValue(place?.text))) ON CONFLICT (person) DO NOTHING
            """
        )
        guard made == 1, let timer = try running(session) else {
            throw Problem(
                .conflict,
                "timer_running",
                Label("A timer is running already. Stop it first.", zh: "已有计时正在进行，请先停止。")
            )
        }
        session.connection.tell(.timers)
        return timer
    }

    /// Stops the timer of the person and notes it as an activity with its minutes and how they were found. Throws
    /// `timer_forgotten` for one that ran for half a day unless the person says how long it was.
    @discardableResult
    public static func stop(_ ending: Ending = Ending(), _ session: WriteSession) throws -> Record<Activity> {
        guard let timer = try running(session) else { throw none }
        let isForgotten = timer.isForgotten(at: session.now)
        if isForgotten, ending.minutes == nil {
            throw Problem(
                .conflict,
                "timer_forgotten",
                Label(
                    "The timer has been running for more than twelve hours. Say how many minutes it really was.",
                    zh: "计时已超过 12 小时，可能忘记停止。请填写实际用时（分钟）。"
                )
            )
        }
        let measured = timer.minutes(at: session.now)
        let minutes = ending.minutes ?? measured
        guard (1...10_000).contains(minutes) else {
            throw Problem.invalid(
                "minutes",
                "out_of_range",
                Label("Minutes must be 1 to 10,000.", zh: "时长应在 1 到 10000 分钟之间。")
            )
        }
        let activity = try session.create(Activity.self) { activity in
            activity.kind = ending.kind.isEmpty ? timer.kind : ending.kind
            activity.happenedAt = timer.startedAt
            activity.durationMinutes = minutes
            activity.durationFrom =
                minutes == measured && !isForgotten ? timer.method.rawValue : Activity.corrected
            activity.checkedIn = timer.place
            activity.checkedOut = ending.place?.text
            if !ending.body.isEmpty { activity.body = ending.body }
            if !ending.outcome.isEmpty { activity.outcome = ending.outcome }
            link(&activity, timer)
        }
        try end(session)
        return activity
    }

    /// Ends the timer of the person without an activity.
    public static func discard(_ session: WriteSession) throws {
        guard try running(session) != nil else { throw none }
        try end(session)
    }

    private static let none = Problem(
        .conflict,
        "no_timer",
        Label("No timer is running.", zh: "当前没有正在进行的计时。")
    )

    private static func end(_ session: WriteSession) throws {
        guard let person = session.actor.userID else { return }
        try session.connection.run("DELETE FROM sys_timer WHERE person = \(person)")
        session.connection.tell(.timers)
    }

    private static func link(_ activity: inout Draft<Activity>, _ timer: WorkTimer) {
        switch timer.object {
        case Customer.key: activity.customer = timer.record
        case Contact.key: activity.contact = timer.record
        case "opportunity": activity.opportunity = timer.record
        case "lead": activity.lead = timer.record
        default: activity.about = RecordReference(timer.object, timer.record)
        }
    }
}
