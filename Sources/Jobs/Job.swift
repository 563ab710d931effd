import Database
public import SQLText
public import Values

/// How far a job is.
public enum JobState: String, Sendable, CaseIterable {
    /// Waits for its time or its turn.
    case ready
    /// Is being run.
    case running
    /// Has been done.
    case done
    /// Has failed too often; somebody must look.
    case dead
}

/// Work that outlives the request that asked for it.
public struct Job: Sendable {
    /// The id.
    public let id: RecordID
    /// What is to be done: the name of a `JobKind`.
    public let kind: String
    /// What it needs to know, as JSON; no personal data.
    public let payload: JSONValue
    /// How far it is.
    public let state: JobState
    /// When it may run; while it runs, when its lease ends.
    public let dueAt: Instant
    /// How often it was tried.
    public let tries: Int
    /// Why the last try failed.
    public let error: String?
    /// What the last run has to say.
    public let result: String?
    /// When it was asked for.
    public let createdAt: Instant
    /// When it ended, done or dead.
    public let finishedAt: Instant?
}

/// A job that comes again and again.
public struct JobPlan: Sendable {
    /// The kind of its jobs, and its name.
    public let name: String
    /// When it is due next.
    public let nextAt: Instant
    /// When it last ended.
    public let lastAt: Instant?
    /// Why the last try failed; nil when it went well.
    public let lastError: String?
    /// What the last run had to say.
    public let lastResult: String?
}

/// The tables of jobs.
public enum JobTables {
    /// DDL that may be repeated.
    public static let statements = [
        """
        CREATE TABLE IF NOT EXISTS sys_job (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT, payload TEXT NOT NULL,
            state TEXT NOT NULL, due_at INTEGER NOT NULL, tries INTEGER NOT NULL, lease INTEGER, error TEXT, result TEXT,
            created_at INTEGER NOT NULL, finished_at INTEGER)
        """,
        "CREATE INDEX IF NOT EXISTS sys_job_due ON sys_job (due_at, id) WHERE state IN ('ready', 'running')",
        """
        CREATE UNIQUE INDEX IF NOT EXISTS sys_job_key ON sys_job (kind, key)
            WHERE key IS NOT NULL AND state IN ('ready', 'running')
        """,
        "CREATE INDEX IF NOT EXISTS sys_job_finished ON sys_job (finished_at) WHERE finished_at IS NOT NULL",
        """
        CREATE TABLE IF NOT EXISTS sys_job_plan (name TEXT PRIMARY KEY, next_at INTEGER NOT NULL, last_at INTEGER,
            last_error TEXT, last_result TEXT)
        """,
        // When a process last had the plan: not all have the same, by their settings or their version. A table of its own,
        // since older programs write the other one.
        "CREATE TABLE IF NOT EXISTS sys_job_plan_seen (name TEXT PRIMARY KEY, seen_at INTEGER NOT NULL)",
    ]

    /// Forgets jobs done a week ago and dead ones after ninety days, a thousand at a time.
    public static func sweep(at now: Instant) -> SQLFragment {
        let day: Int64 = 86_400_000
        let (week, quarter) = (now.adding(milliseconds: -7 * day), now.adding(milliseconds: -90 * day))
        return """
            DELETE FROM sys_job WHERE id IN (SELECT id FROM sys_job WHERE finished_at IS NOT NULL
            AND finished_at < \(week) AND (state = 'done' OR finished_at < \(quarter)) LIMIT 1000)
            """
    }

    static let columns = "id, kind, payload, state, due_at, tries, error, result, created_at, finished_at"

    static func job(_ row: Row) -> Job {
        Job(
            id: RecordID(row.integer(0)),
            kind: row.text(1),
            payload: (try? JSONReader.parse(Array(row.text(2).utf8))) ?? .null,
            state: JobState(rawValue: row.text(3)) ?? .dead,
            dueAt: Instant(milliseconds: row.integer(4)),
            tries: Int(row.integer(5)),
            error: row[6].text,
            result: row[7].text,
            createdAt: Instant(milliseconds: row.integer(8)),
            finishedAt: row[9].integer.map(Instant.init(milliseconds:))
        )
    }
}
