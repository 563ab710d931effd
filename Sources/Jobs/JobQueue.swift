public import Database
import SQLText
public import Values

/// The jobs of one workspace: they stand in its database and survive the process.
public struct JobQueue: Sendable {
    /// The workspace's database.
    public let database: Database
    /// What kinds there are, in the order of the administration page.
    public let kinds: [JobKind]
    let ids: IDSource
    let clock: Clock
    let zone: @Sendable () -> String
    /// How long a run is believed to go on without a sign of life.
    static let lease: Int64 = 60_000
    /// The longest that can be true of a lease: clocks of several machines differ a little.
    static let longestLease = 2 * lease
    /// A plan that no process has had for so long is nobody's any more.
    static let abandonment: Int64 = 2 * 86_400_000
    /// How often a process notes that it has its plans.
    static let sight: Int64 = 3_600_000

    /// The jobs of a workspace; `zone` is its time zone.
    public init(
        _ database: Database,
        kinds: [JobKind],
        ids: IDSource,
        clock: Clock,
        zone: @escaping @Sendable () -> String
    ) {
        self.database = database
        self.kinds = kinds
        self.ids = ids
        self.clock = clock
        self.zone = zone
    }

    /// The kinds that come again by themselves, in this process.
    public var recurring: [JobKind] { kinds.filter { $0.schedule != nil } }
    /// Since when those have noted their plans that still have them.
    var lately: Instant { clock.now().adding(milliseconds: -2 * JobQueue.sight) }

    // MARK: Asking for work

    /// Enqueues a job inside the transaction that causes it. With a `key`, a job of the same kind and key that is not
    /// finished is enough, and the answer is nil.
    @discardableResult
    public static func enqueue(
        _ kind: String,
        _ payload: JSONValue = .object([]),
        key: String? = nil,
        at due: Instant? = nil,
        id: RecordID,
        now: Instant,
        on connection: Connection
    ) throws -> RecordID? {
        var json = JSONWriter()
        json.value(payload)
        let count = try connection.run(
            """
            INSERT INTO sys_job (id, kind, key, payload, state, due_at, tries, created_at)
            SELECT \(id), \(kind), \(key), \(json.text), 'ready', \(due ?? now), 0, \(now) WHERE true
            ON CONFLICT (kind, key) WHERE key IS NOT NULL AND state IN ('ready', 'running') DO NOTHING
            """
        )
        connection.tell(.jobs)
        return count == 1 ? id : nil
    }

    /// Enqueues a job inside a transaction, to run at once or at `due`.
    @discardableResult
    public func enqueue(
        _ kind: String,
        _ payload: JSONValue = .object([]),
        key: String? = nil,
        at due: Instant? = nil,
        on connection: Connection
    ) throws -> RecordID? {
        try JobQueue.enqueue(kind, payload, key: key, at: due, id: ids.next(), now: clock.now(), on: connection)
    }

    /// Puts a job that is dead or done back to the queue; false when there is none such.
    public func again(_ id: RecordID, on connection: Connection) throws -> Bool {
        let now = clock.now()
        connection.tell(.jobs)
        return try connection.run(
            """
            UPDATE sys_job SET state = 'ready', tries = 0, due_at = \(now), finished_at = NULL, lease = NULL
            WHERE id = \(id) AND state IN ('dead', 'done') AND NOT EXISTS (SELECT 1 FROM sys_job o
            WHERE o.kind = sys_job.kind AND o.key = sys_job.key AND o.state IN ('ready', 'running'))
            """
        ) == 1
    }

    /// Lets a recurring job run at once; false when there is no such kind.
    public func runNow(_ name: String, on connection: Connection) throws -> Bool {
        guard kinds.contains(where: { $0.name == name && $0.schedule != nil }) else { return false }
        try enqueue(name, key: "plan", on: connection)
        try connection.run(
            """
            UPDATE sys_job SET due_at = \(clock.now()) WHERE kind = \(name) AND key = 'plan' AND state = 'ready'
            """
        )
        return true
    }

    /// Lets jobs go on at once that a crash of the process before interrupted; only for a process that has the workspace
    /// to itself.
    public func takeOver(on connection: Connection) throws {
        try connection.run("UPDATE sys_job SET due_at = \(clock.now()), lease = NULL WHERE state = 'running'")
    }

    // MARK: Looking

    /// Jobs, newest first: those not finished or dead before those done.
    public func list(state: JobState? = nil, limit: Int = 100, on connection: Connection) throws -> [Job] {
        let condition: SQLFragment = state.map { "state = \($0.rawValue)" } ?? "1 = 1"
        return try connection.rows(
            """
            SELECT \(raw: JobTables.columns) FROM sys_job WHERE \(condition)
            ORDER BY state = 'done', id DESC LIMIT \(limit)
            """
        ).map(JobTables.job)
    }

    /// One job; nil when there is none.
    public func find(_ id: RecordID, on connection: Connection) throws -> Job? {
        try connection.row("SELECT \(raw: JobTables.columns) FROM sys_job WHERE id = \(id)").map(JobTables.job)
    }

    /// The recurring jobs in the order of their kinds; those that have not been planned yet are left out, and those that no
    /// process plans any more.
    public func plans(on connection: Connection) throws -> [JobPlan] {
        let own = recurring.map { SQLValue.text($0.name) }
        let rows = try connection.rows(
            """
            SELECT name, next_at, last_at, last_error, last_result FROM sys_job_plan
            WHERE name IN \(list: own) OR name IN (SELECT name FROM sys_job_plan_seen WHERE seen_at > \(lately))
            """
        )
        let plans = rows.map { row in
            JobPlan(
                name: row.text(0),
                nextAt: Instant(milliseconds: row.integer(1)),
                lastAt: row[2].integer.map(Instant.init(milliseconds:)),
                lastError: row[3].text,
                lastResult: row[4].text
            )
        }
        return kinds.compactMap { kind in plans.first { $0.name == kind.name } }
    }

    /// How many jobs there are of each state.
    public func counts(on connection: Connection) throws -> [JobState: Int] {
        let rows = try connection.rows("SELECT state, count(*) FROM sys_job GROUP BY state")
        return rows.reduce(into: [:]) { counts, row in
            if let state = JobState(rawValue: row.text(0)) { counts[state] = Int(row.integer(1)) }
        }
    }

    /// For how many milliseconds the job has waited that is due the longest; 0 where none is.
    public func longestWait(on connection: Connection) throws -> Int64 {
        let now = clock.now()
        let due = try connection.value("SELECT min(due_at) FROM sys_job WHERE state = 'ready' AND due_at <= \(now)")
        return due.integer.map { now.milliseconds - $0 } ?? 0
    }

    /// The label of a kind; its name when this program does not know it.
    public func label(_ kind: String) -> Label {
        kinds.first { $0.name == kind }?.label ?? Label(kind, zh: kind)
    }
}
