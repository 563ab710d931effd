import Database
import SQLText
import Values

/// What the worker does with the table.
extension JobQueue {
    /// Enqueues recurring jobs whose time has come. A plan that lies further ahead than its schedule allows, after a
    /// clock was set back or a schedule changed, is put right. Plans that other processes have are left to them.
    func plan(on connection: Connection) throws {
        let (now, zone) = (clock.now(), zone())
        let stored = try connection.rows("SELECT name, next_at FROM sys_job_plan")
        let due = Dictionary(stored.map { ($0.text(0), Instant(milliseconds: $0.integer(1))) }) { first, _ in first }
        for kind in recurring {
            guard let schedule = kind.schedule else { continue }
            let next = schedule.next(after: now, zone: zone)
            guard let at = due[kind.name] else {
                try connection.run(
                    "INSERT INTO sys_job_plan (name, next_at) VALUES (\(kind.name), \(next)) ON CONFLICT DO NOTHING"
                )
                continue
            }
            guard at <= now || at > next else { continue }
            // Of two workers that see it at the same time, one plans it.
            let isMine = try connection.run(
                "UPDATE sys_job_plan SET next_at = \(next) WHERE name = \(kind.name) AND next_at = \(at)"
            )
            if isMine == 1, at <= now { try enqueue(kind.name, key: "plan", on: connection) }
        }
        try noteSeen(due.keys.filter { name in !recurring.contains { $0.name == name } }, now, on: connection)
        // A lease from far in the future belongs to nobody: the clock was set back.
        let latest = now.adding(milliseconds: JobQueue.longestLease)
        try connection.run("UPDATE sys_job SET due_at = \(now) WHERE state = 'running' AND due_at > \(latest)")
    }

    /// Notes that this process has its plans, and takes away those of `others` that nobody has had for long: after a
    /// setting or a version that knew them is gone everywhere.
    private func noteSeen(_ others: [String], _ now: Instant, on connection: Connection) throws {
        let rows = try connection.rows("SELECT name, seen_at FROM sys_job_plan_seen")
        let seen = Dictionary(rows.map { ($0.text(0), Instant(milliseconds: $0.integer(1))) }) { first, _ in first }
        // One that was noted by a clock that is ahead, or before this table was there, counts from now on.
        let own = recurring.map(\.name).filter { JobQueue.isOld(seen[$0], JobQueue.sight, now) }
        let unsure = others.filter { name in seen[name].map { JobQueue.isAhead($0, now) } ?? true }
        for name in (own + unsure).sorted() {
            try connection.run(
                """
                INSERT INTO sys_job_plan_seen (name, seen_at) VALUES (\(name), \(now))
                ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at
                """
            )
        }
        for name in others.sorted() {
            guard let at = seen[name], JobQueue.isOld(at, JobQueue.abandonment, now), !JobQueue.isAhead(at, now) else {
                continue
            }
            let isGone = try connection.run(
                "DELETE FROM sys_job_plan_seen WHERE name = \(name) AND seen_at = \(at)"
            )
            if isGone == 1 { try connection.run("DELETE FROM sys_job_plan WHERE name = \(name)") }
        }
    }

    private static func isOld(_ seen: Instant?, _ age: Int64, _ now: Instant) -> Bool {
        guard let seen else { return true }
        return seen <= now.adding(milliseconds: -age) || isAhead(seen, now)
    }

    private static func isAhead(_ seen: Instant, _ now: Instant) -> Bool {
        seen > now.adding(milliseconds: JobQueue.longestLease)
    }

    /// Milliseconds until a plan or a job is due, by reads alone; 0 when one is, or must be put right.
    func untilDue(on connection: Connection) throws -> Int64 {
        let (now, zone) = (clock.now(), zone())
        let planned = try connection.rows(
            """
            SELECT p.name, p.next_at, s.seen_at FROM sys_job_plan p
            LEFT JOIN sys_job_plan_seen s ON s.name = p.name
            """
        )
        var (earliest, own) = (now.adding(milliseconds: 86_400_000), 0)
        for row in planned {
            let at = Instant(milliseconds: row.integer(1))
            let seen = row[2].integer.map(Instant.init(milliseconds:))
            guard let schedule = recurring.first(where: { $0.name == row.text(0) })?.schedule else {
                // What others have is no business of this one, unless nobody has had it for long.
                if JobQueue.isOld(seen, JobQueue.abandonment, now) { return 0 }
                continue
            }
            own += 1
            if at <= now || at > schedule.next(after: now, zone: zone) { return 0 }
            guard let noted = seen, !JobQueue.isOld(noted, JobQueue.sight, now) else { return 0 }
            earliest = min(earliest, at, noted.adding(milliseconds: JobQueue.sight))
        }
        if own != recurring.count { return 0 }
        // A lease from the future belongs to nobody, as `plan` says.
        let due = try connection.value(
            """
            SELECT min(CASE WHEN state = 'running' AND due_at > \(now.adding(milliseconds: JobQueue.longestLease)) THEN 0
            ELSE due_at END) FROM sys_job WHERE state IN ('ready', 'running') AND \(mine)
            """
        ).integer.map(Instant.init(milliseconds:))
        return max(0, min(earliest, due ?? earliest).milliseconds - now.milliseconds)
    }

    /// Jobs that this process may run: of kinds that it knows, but none of a plan that others have and it has not.
    private var mine: SQLFragment {
        let names = kinds.map { SQLValue.text($0.name) }
        let unplanned = kinds.filter { $0.schedule == nil }.map { SQLValue.text($0.name) }
        return """
            kind IN \(list: names) AND CASE WHEN key = 'plan' AND kind IN \(list: unplanned)
            THEN kind NOT IN (SELECT name FROM sys_job_plan_seen WHERE seen_at > \(lately)) ELSE true END
            """
    }

    /// Takes the job that has waited longest, under a lease; nil when none is due.
    func claim(_ lease: Int64, on connection: Connection) throws -> Job? {
        let now = clock.now()
        let until = now.adding(milliseconds: JobQueue.lease)
        let rows = try connection.rows(
            """
            UPDATE sys_job SET state = 'running', tries = tries + 1, lease = \(lease), due_at = \(until) WHERE id =
            (SELECT id FROM sys_job WHERE state IN ('ready', 'running') AND due_at <= \(now) AND \(mine)
            ORDER BY due_at, id LIMIT 1\(raw: connection.dialect.skippingLocked)) AND due_at <= \(now) RETURNING id
            """
        )
        guard let id = rows.first?.integer(0) else { return nil }
        return try connection.row("SELECT \(raw: JobTables.columns) FROM sys_job WHERE id = \(id)").map(JobTables.job)
    }

    /// Says that the run goes on; false when another process has taken the job over.
    func renew(_ id: RecordID, _ lease: Int64, on connection: Connection) throws -> Bool {
        let until = clock.now().adding(milliseconds: JobQueue.lease)
        return try connection.run(
            "UPDATE sys_job SET due_at = \(until) WHERE id = \(id) AND lease = \(lease) AND state = 'running'"
        ) == 1
    }

    /// Writes down how a run ended, unless another process has taken the job over.
    func finish(_ job: Job, _ lease: Int64, _ outcome: JobOutcome, on connection: Connection) throws {
        let now = clock.now()
        switch outcome {
        case .more(let payload):
            var json = JSONWriter()
            json.value(payload)
            connection.tell(.jobs)
            try connection.run(
                """
                UPDATE sys_job SET state = 'ready', payload = \(json.text), due_at = \(now), tries = 0, lease = NULL,
                error = NULL WHERE id = \(job.id) AND lease = \(lease)
                """
            )
        case .done(let result):
            // Plans before jobs, as who plans takes them: nobody waits for the other.
            try connection.run(
                """
                UPDATE sys_job_plan SET last_at = \(now), last_error = NULL, last_result = \(result)
                WHERE name = \(job.kind)
                """
            )
            try connection.run(
                """
                UPDATE sys_job SET state = 'done', result = \(result), error = NULL, finished_at = \(now), lease = NULL
                WHERE id = \(job.id) AND lease = \(lease)
                """
            )
        case .failed(let words): try fail(job, lease, words, attempts: 0, on: connection)
        }
    }

    /// Writes down that a run failed: it waits for its next try, or is dead.
    func fail(_ job: Job, _ lease: Int64, _ error: String, attempts: Int, on connection: Connection) throws {
        let now = clock.now()
        let isDead = job.tries >= attempts
        let due = now.adding(milliseconds: JobKind.pause(afterTry: job.tries))
        try connection.run(
            "UPDATE sys_job_plan SET last_at = \(now), last_error = \(error) WHERE name = \(job.kind)"
        )
        try connection.run(
            """
            UPDATE sys_job SET state = \(isDead ? "dead" : "ready"), due_at = \(due), error = \(error), lease = NULL,
            finished_at = \(isDead ? SQLValue(now) : .null) WHERE id = \(job.id) AND lease = \(lease)
            """
        )
    }

    /// Puts a job back that was interrupted because the server stops; the try does not count.
    func release(_ job: Job, _ lease: Int64, on connection: Connection) throws {
        connection.tell(.jobs)
        try connection.run(
            """
            UPDATE sys_job SET state = 'ready', tries = tries - 1, due_at = \(clock.now()), lease = NULL
            WHERE id = \(job.id) AND lease = \(lease)
            """
        )
    }
}
