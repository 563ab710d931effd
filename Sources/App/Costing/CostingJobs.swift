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

    static func kinds(_ engine: RecordEngine) -> [JobKind] {
        [
            JobKind("costing.reckon", label: Label("Reckon a month", zh: "核算月份"), attempts: 3) { job in
                guard let id = job.payload["run"]?.string.flatMap({ RecordID($0) }) else { return .done() }
                do {
                    return .done(try await CostRuns(engine).complete(id).description)
                } catch let problem as Problem {
                    // The run says what is wrong; another try would meet the same.
                    return .done(problem.message.en)
                }
            },
            JobKind(
                "costing.nightly",
                label: Label("Reckon customer costs", zh: "核算客户成本"),
                schedule: .daily(hour: 2, minute: 15)
            ) { _ in
                let done = try await CostRuns(engine).nightly()
                return .done(done.joined(separator: ", "))
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
