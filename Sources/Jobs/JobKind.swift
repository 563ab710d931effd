public import Values

/// How a run of a job ended well.
public enum JobOutcome: Sendable {
    /// It is done; the text is for administrators and holds no personal data.
    case done(String? = nil)
    /// One batch is done; go on with this payload after others had their turn.
    case more(JSONValue)
    /// It has run to its end and somebody must look: it is dead with this text, which holds no personal data, and is not
    /// tried again by itself, since that would change nothing.
    case failed(String)
}

/// A kind of job and what it does.
///
/// A job runs at least once: after a crash it runs again, so what it writes must bear that.
public struct JobKind: Sendable {
    /// The name, as `backup` or `files.sweep`.
    public let name: String
    /// What administrators read.
    public let label: Label
    /// How often it is tried before it is dead.
    public let attempts: Int
    /// When it comes again by itself; nil for jobs that somebody enqueues.
    public let schedule: Schedule?
    let run: @Sendable (Job) async throws -> JobOutcome

    /// A kind of job. `run` is cancelled when the server stops; a job that throws is tried again, later each time.
    public init(
        _ name: String,
        label: Label,
        attempts: Int = 5,
        schedule: Schedule? = nil,
        run: @escaping @Sendable (Job) async throws -> JobOutcome
    ) {
        self.name = name
        self.label = label
        self.attempts = attempts
        self.schedule = schedule
        self.run = run
    }

    /// The pause after a try that failed: 10 seconds, then four times as long each time, at most an hour.
    static func pause(afterTry tries: Int) -> Int64 {
        var seconds: Int64 = 10
        for _ in 1..<max(2, min(tries, 10)) where tries > 1 { seconds = min(3600, seconds * 4) }
        return seconds * 1000
    }
}
