import Costing
import Identity
import Jobs
import Records
import Values
import WebServer

/// The nightly reckoning: the month that runs and the one before it, as drafts, where something changed.
enum CostingJobs {
    /// Begins a run that a job carries out, so that nobody waits and a crash only delays it.
    static func start(_ month: String, note: String, _ request: FeatureRequest) async throws -> RecordID {
        let jobs = request.jobs
        return try await CostRuns(request.engine).start(month, note: note, by: request.actor) { run, session in
            let payload = JSONValue.object([.init(key: "run", value: .string(run.description))])
            try jobs.enqueue("costing.reckon", payload, key: run.description, on: session.connection)
        }
    }

    /// Closes a month at once; later months that must be restated with it follow as a job.
    static func close(_ id: RecordID, reason: String, following: Bool, _ request: FeatureRequest) async throws {
        let (jobs, actor) = (request.jobs, request.actor)
        try await CostRuns(request.engine).close(id, reason: reason, following: following, by: actor) { session in
            try enqueueCarry(reason, actor, jobs, session)
        }
    }

    /// Restates what is outdated as a job.
    static func carry(reason: String, _ request: FeatureRequest) async throws {
        let (jobs, actor) = (request.jobs, request.actor)
        try actor.require(.costing)
        guard !reason.isEmpty else {
            throw Problem.invalid("reason", "reason_missing", Label("Say why it is restated.", zh: "请填写重述原因。"))
        }
        try await request.engine.write(as: actor) { try enqueueCarry(reason, actor, jobs, $0) }
    }

    /// Looks for warnings as a job, which also tells the people concerned.
    static func warn(_ request: FeatureRequest) async throws {
        let jobs = request.jobs
        try request.actor.require(.costing)
        _ = try await request.engine.write(as: request.actor) { session in
            try jobs.enqueue("costing.warnings", .object([]), key: "warnings", on: session.connection)
        }
    }

    private static func enqueueCarry(_ reason: String, _ actor: Actor, _ jobs: JobQueue, _ session: WriteSession) throws
    {
        let payload = JSONValue.object([
            .init(key: "user", value: actor.userID.map { .string($0.description) } ?? .null),
            .init(key: "reason", value: .string(reason)),
        ])
        try jobs.enqueue("costing.carry", payload, on: session.connection)
    }

    private static func carry(_ engine: RecordEngine, _ identities: Identities) -> JobKind {
        JobKind("costing.carry", label: Label("Restate months that follow", zh: "依次重述后续月份"), attempts: 8) { job in
            guard let user = job.payload["user"]?.string.flatMap({ RecordID($0) }),
                let actor = try await identities.actor(for: user, origin: .page)
            else { return .done() }
            let done = try await CostRuns(engine).carry(reason: job.payload["reason"]?.string ?? "", by: actor)
            return .done(done.joined(separator: ", "))
        }
    }

    static func kinds(_ engine: RecordEngine, _ identities: Identities) -> [JobKind] {
        [
            carry(engine, identities),
            JobKind("costing.reckon", label: Label("Reckon a month", zh: "核算月份"), attempts: 3) { job in
                guard let id = job.payload["run"]?.string.flatMap({ RecordID($0) }) else { return .done() }
                do {
                    let done = try await CostRuns(engine).complete(id).description
                    try await FeeBorders(engine).keep()
                    return .done(done)
                } catch let problem as Problem {
                    // The run says what is wrong; another try would meet the same.
                    return .done(problem.message.en)
                }
            },
            JobKind(
                "costing.nightly",
                label: Label("Reckon customer costs", zh: "核算客户成本"),
                // Somebody's run that broke off is in the way for two hours.
                attempts: 8,
                schedule: .daily(hour: 2, minute: 15)
            ) { _ in
                let done = try await CostRuns(engine).nightly()
                try await CostRuns(engine).prune()
                try await FeeBorders(engine).keep()
                try await WarningRuns(engine).reckon(telling: identities)
                return .done(done.joined(separator: ", "))
            },
            JobKind("costing.warnings", label: Label("Look for warnings of costs", zh: "检查成本预警")) { _ in
                .done("\(try await WarningRuns(engine).reckon(telling: identities))")
            },
            JobKind(
                "costing.worth",
                label: Label("Forecast what customers will bring", zh: "预测客户价值"),
                schedule: .weekly(day: 7, hour: 3, minute: 20)
            ) { _ in
                try await TierRuns(engine).sort(by: .system("costing"))
                try await PredictionRuns(engine).reckon(by: .system("costing"))
                let outcome = try await WorthRuns(engine).reckon(by: .system("costing"))
                return .done(outcome.refusal?.en ?? "\(outcome.customers)")
            },
        ]
    }
}
