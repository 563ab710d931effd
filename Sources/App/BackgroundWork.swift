import Database
import Exchange
import Identity
import Jobs
import Logging
import Records
import SQLText
import ServiceLifecycle
import Values
import Webhooks

/// What the server does beside answering: imports that a crash interrupted, and jobs.
struct BackgroundWork: Service {
    let workspace: OpenWorkspace
    private let logger: Logger
    private let onOutdated: @Sendable () -> Void
    private let worker: JobWorker
    private let webhooks: WebhookWorker

    /// `onOutdated` is called when the data has become too new for this program.
    init(workspace: OpenWorkspace, logger: Logger, onOutdated: @escaping @Sendable () -> Void = {}) {
        self.workspace = workspace
        self.logger = logger
        self.onOutdated = onOutdated
        worker = JobWorker(workspace.jobs) { event in BackgroundWork.log(event, logger) }
        webhooks = WebhookWorker(workspace.webhooks) { error in
            logger.error("webhooks cannot be sent", metadata: ["error": "\(error)"])
        }
    }

    /// Works until the server is to stop.
    func run() async throws { await cancelWhenGracefulShutdown { await self.work() } }

    /// True while a job runs or a webhook is being sent.
    var isBusy: Bool { worker.isBusy || webhooks.isBusy }

    /// Asks when something is due: a job, a delivery, or events that webhooks have not seen. What is cleared away each
    /// hour has time until the night where nobody has changed anything since it was last done.
    ///
    /// Plans are those of this process, whose names are `recurring`: what only others have planned is theirs to begin.
    static func due(_ recurring: [String]) -> String {
        let names = recurring.map { "'" + $0.replacing("'", with: "''") + "'" }.joined(separator: ", ")
        return """
            SELECT min(at) FROM (SELECT min(next_at + CASE WHEN name IN (\(Maintenance.patient)) AND last_at >
                coalesce((SELECT at FROM sys_audit ORDER BY seq DESC LIMIT 1), 0) THEN 79200000 ELSE 0 END) AS at
                FROM sys_job_plan WHERE name IN (\(names.isEmpty ? "NULL" : names))
            UNION ALL SELECT min(due_at) FROM sys_job WHERE state IN ('ready', 'running')
            UNION ALL SELECT min(due_at) FROM sys_delivery WHERE state IN ('waiting', 'sending')
            UNION ALL SELECT 0 FROM sys_webhook WHERE state = 'active'
                AND seen < (SELECT coalesce(max(id), 0) FROM sys_outbox)) AS due
            """
    }

    /// How long it is until something is due.
    func nextDue() async -> Duration { await BackgroundWork.nextDue(workspace) }

    /// How long it is until something is due in a workspace.
    static func nextDue(_ workspace: OpenWorkspace) async -> Duration {
        let database = workspace.engine.database
        let text = BackgroundWork.due(workspace.jobs.recurring.map(\.name))
        let due = try? await database.read { connection in
            try connection.value(SQLFragment(text: text)).integer
        }
        let wait = (due ?? nil).map { $0 - workspace.engine.clock.now().milliseconds } ?? 60_000
        return .milliseconds(max(0, wait))
    }

    /// Works until its task is cancelled.
    func work() async {
        let queue = workspace.jobs
        switch queue.database.dialect {
        case .sqlite:
            // The server holds the workspace's lock: nobody else runs a job of it.
            do {
                try await queue.database.write { try queue.takeOver(on: $0) }
                try await webhooks.takeOver()
            } catch {
                logger.error("jobs could not be taken over", metadata: ["error": "\(error)"])
            }
        case .postgres:
            // Other servers may be at it: what a crash interrupted goes on when its lease has ended.
            break
        }
        queue.database.news.listen()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.resumeImports()
                return false
            }
            group.addTask { await self.keepNumber() }
            group.addTask(priority: .utility) {
                await self.worker.run()
                return false
            }
            group.addTask(priority: .utility) {
                await self.webhooks.run()
                return false
            }
            for await hasEnded in group where hasEnded { group.cancelAll() }
        }
        // Requests are answered with the reason until somebody ends this program.
        while (try? await Task.sleep(for: .seconds(3600))) != nil {}
        await workspace.rollout.end(workspace.engine)
    }

    /// Says again and again that this process runs, keeps its clock right, and ends an upgrade when older ones have gone;
    /// true when the data has become newer than this program, or has moved to another database.
    private func keepNumber() async -> Bool {
        guard workspace.engine.database.dialect == .postgres else { return false }
        var last = Rollout.State.settled
        // Whoever deletes or moves the workspace is told of this process by name.
        try? await workspace.rollout.serve(workspace.engine)
        while (try? await Task.sleep(for: .seconds(NodeNumbers.pulse))) != nil {
            do {
                try await workspace.clock.follow(workspace.engine.database)
                let state = try await workspace.rollout.beat(workspace.engine)
                if state.isWaiting != last.isWaiting { logger.notice("\(state.text.en)") }
                last = state
            } catch let failure as StorageFailure where failure.isLost {
                continue
            } catch {
                logger.warning("the upgrade does not go on", metadata: ["error": "\(error)"])
            }
            if last == .outdated { onOutdated() }
            if last == .outdated || last == .moved {
                logger.error("\(last.text.en)", metadata: ["workspace": "\(workspace.name)"])
                return true
            }
        }
        return false
    }

    /// Goes on with imports that a crash interrupted; on PostgreSQL again and again, since another server may end there.
    private func resumeImports() async {
        let (identities, imports, queue) = (workspace.identities, workspace.imports, workspace.jobs)
        // Another server may be at an import: only what stands still has been left behind.
        let pause: Duration? = queue.database.dialect == .sqlite ? nil : .seconds(60)
        while true {
            do {
                try await imports.resumeUnfinished(leftFor: pause) { try await identities.actor(for: $0) }
                try await imports.resumeUndos(leftFor: pause) { try await identities.actor(for: $0) }
            } catch is CancellationError {
                return
            } catch {
                logger.error("an import could not go on", metadata: ["error": "\(error)"])
            }
            guard let pause, (try? await Task.sleep(for: pause)) != nil else { return }
        }
    }

    private static func log(_ event: JobEvent, _ logger: Logger) {
        switch event {
        case .done(let job): logger.debug("job done", metadata: ["job": "\(job.id)", "kind": "\(job.kind)"])
        case .failed(let job, let error, let isDead):
            logger.log(
                level: isDead ? .error : .warning,
                isDead ? "a job is dead" : "a job failed",
                metadata: [
                    "job": "\(job.id)", "kind": "\(job.kind)", "try": "\(job.tries)", "error": "\(error)",
                ]
            )
        case .troubled(let error): logger.error("jobs cannot be run", metadata: ["error": "\(error)"])
        }
    }
}
