import Costing
import Identity
import Jobs
import Records
import Values

/// The nightly reckoning: the month that runs and the one before it, as drafts, where something changed.
enum CostingJobs {
    static func kinds(_ engine: RecordEngine) -> [JobKind] {
        [
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
                let outcome = try await WorthRuns(engine).reckon(by: .system("costing"))
                return .done(outcome.refusal?.en ?? "\(outcome.customers)")
            },
        ]
    }
}
