import Database
import Synchronization
import Tracing
import Values

/// What the worker tells, for the log.
public enum JobEvent: Sendable {
    /// A job was done.
    case done(Job)
    /// A try failed; with `isDead` it was the last.
    case failed(Job, error: String, isDead: Bool)
    /// The table could not be read or written.
    case troubled(String)
}

/// Runs jobs one after another, beside the people who work: at low priority, and with a rest between two.
public final class JobWorker: Sendable {
    private let queue: JobQueue
    private let note: @Sendable (JobEvent) -> Void
    private let running = Mutex(0)
    private static let rest = Duration.milliseconds(5)
    /// What is due and could not be taken is looked at again after this time.
    private static let look = Duration.seconds(1)

    /// A worker for a queue; `note` hears of what happens.
    public init(_ queue: JobQueue, note: @escaping @Sendable (JobEvent) -> Void = { _ in }) {
        self.queue = queue
        self.note = note
    }

    /// True while a job runs.
    public var isBusy: Bool { running.withLock { $0 > 0 } }

    /// Works until its task is cancelled; the job in hand is interrupted and put back.
    ///
    /// Two jobs may run at the same time, so that a long one does not hold up the others.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask(priority: .utility) { await self.loop() } }
        }
    }

    private func loop() async {
        let news = queue.database.news
        let bell = news.bell(.jobs, .others)
        var trouble = ""
        while !Task.isCancelled {
            var (found, wait) = (false, JobWorker.look)
            do {
                (found, wait) = try await round()
                trouble = ""
            } catch is CancellationError {
                return
            } catch {
                let words = JobWorker.words(error)
                // While a workspace moves, and while a database is away, it would be said each second.
                if words != trouble { note(.troubled(words)) }
                trouble = words
            }
            if found {
                try? await Task.sleep(for: JobWorker.rest)
            } else {
                await bell.wait(atMost: min(wait, news.patience))
            }
        }
    }

    /// Plans what is due and runs one job; false when there was none.
    @discardableResult
    public func step() async throws -> Bool { try await round().found }

    /// Plans what is due and runs one job; or tells how long it is until something is due.
    private func round() async throws -> (found: Bool, wait: Duration) {
        let queue = queue
        // One of its own each time: whoever slept through the end of a lease must see that the other of the two has taken
        // the job meanwhile.
        let lease = Int64.random(in: 1...Int64.max)
        let wait = try await queue.database.read { try queue.untilDue(on: $0) }
        guard wait <= 0 else { return (false, .milliseconds(wait)) }
        let job = try await queue.database.writeAside { connection in
            try queue.plan(on: connection)
            return try queue.claim(lease, on: connection)
        }
        guard let job, let kind = queue.kinds.first(where: { $0.name == job.kind }) else {
            return (false, JobWorker.look)
        }
        running.withLock { $0 += 1 }
        await perform(job, kind, lease)
        running.withLock { $0 -= 1 }
        return (true, .zero)
    }

    private func perform(_ job: Job, _ kind: JobKind, _ lease: Int64) async {
        let queue = queue
        do {
            // After as many crashes as tries are allowed, a job that ends the program must not do so for ever.
            guard job.tries <= kind.attempts else { throw Interrupted() }
            let outcome = try await held(job, kind, lease)
            if case .failed(let words) = outcome {
                try await queue.database.writeAside { try queue.finish(job, lease, outcome, on: $0) }
                note(.failed(job, error: words, isDead: true))
                return
            }
            try await queue.database.writeAside { try queue.finish(job, lease, outcome, on: $0) }
            note(.done(job))
        } catch  where Task.isCancelled {
            try? await queue.database.writeAside { try queue.release(job, lease, on: $0) }
        } catch {
            let words = JobWorker.words(error)
            note(.failed(job, error: words, isDead: job.tries >= kind.attempts))
            do {
                try await queue.database.writeAside {
                    try queue.fail(job, lease, words, attempts: kind.attempts, on: $0)
                }
            } catch {
                note(.troubled(JobWorker.words(error)))
            }
        }
    }

    /// Runs a job while its lease is renewed; a job that was taken over is cancelled.
    private func held(_ job: Job, _ kind: JobKind, _ lease: Int64) async throws -> JobOutcome {
        let queue = queue
        return try await withThrowingTaskGroup(of: JobOutcome?.self) { group in
            group.addTask {
                try await withSpan("job " + job.kind, ofKind: .consumer) { _ in try await kind.run(job) }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: .milliseconds(JobQueue.lease / 4))
                    let isOurs =
                        (try? await queue.database.writeAside { try queue.renew(job.id, lease, on: $0) }) ?? true
                    if !isOurs { return nil }
                }
            }
            defer { group.cancelAll() }
            guard let outcome = try await group.next() ?? nil else { throw TakenOver() }
            return outcome
        }
    }

    /// What went wrong, in words for administrators.
    static func words(_ error: any Error) -> String {
        if let problem = error as? Problem { return String("\(problem.message.zh) \(problem.message.en)".prefix(1000)) }
        return String("\(error)".prefix(1000))
    }
}

/// The program ended each time while this job ran.
private struct Interrupted: Error, CustomStringConvertible {
    var description: String { "the program ended while this job ran · 任务执行期间程序中断" }
}

/// Another process has taken the job over.
private struct TakenOver: Error, CustomStringConvertible {
    var description: String { "another process has taken this job over · 任务已由其他进程接管" }
}
