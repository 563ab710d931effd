import Costing
import Identity
import Pages
import Records
import Schema
import Values
import WebServer

/// The pages on which months are reckoned and closed.
enum CostingMonths {
    static func list(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let (runs, policy) = try await request.read { (try RunList.newest(100, $0), try CostSettings.policy($0)) }
        return .page(
            request.context(Label("Months", zh: "月结")),
            MonthPages.list(runs, policy, span.frame(request)),
            current: "/costing",
            crumbs: []
        )
    }

    static func report(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, id) = (try await CostingSpan(request), try request.id())
        let other = RecordID(request.query("with"))
        let report = try await request.read { session in
            let run = try RunList.one(id, session)
            try session.actor.require(.costing)
            return MonthPages.Report(
                run: run,
                months: [try ProfitReader.month(of: run, session)],
                pools: try PoolReader.pools(of: id, session),
                residuals: try PoolReader.residuals(of: id, session),
                checks: try MonthChecks.of(run, session),
                movers: try MonthChecks.movers(run, session),
                changes: try other.map { try CostRuns.compare($0, id, session) } ?? [],
                others: try RunList.newest(200, session)
            )
        }
        let crumbs = [Crumb(request.context(Label("Months", zh: "月结")), "/costing/months")]
        return .page(
            report.run.month,
            MonthPages.report(report, span.frame(request)),
            current: "/costing",
            crumbs: crumbs
        )
    }

    static func reckon(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let runs = CostRuns(request.engine)
        let id = try await runs.reckon(request.form("month"), note: request.form("note"), by: request.actor)
        return .go("/costing/months/\(id)", Label("The draft is ready.", zh: "草稿已生成。"))
    }

    static func close(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let id = try request.id()
        try await CostRuns(request.engine).close(id, reason: request.form("reason"), by: request.actor)
        return .go("/costing/months/\(id)", Label("The month is closed.", zh: "该月已结账。"))
    }

    static func policy(_ request: FeatureRequest) async throws -> FeatureAnswer {
        var policy = CostPolicy()
        policy.model = request.form("model")
        policy.halfLifeDays = Int64(request.form("half_life_days")) ?? 0
        policy.amortisationMonths = Int64(request.form("amortisation_months")) ?? 0
        policy.serveWarning = Int64(request.form("serve_warning")) ?? 0
        let new = policy
        try await request.engine.write(as: request.actor) { try CostSettings.save(new, $0) }
        return .go("/costing/months", Label("Saved. The next run uses it.", zh: "已保存，下次核算时生效。"))
    }
}

/// The simulator of fees.
enum CostingFees {
    static func page(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let tiers = try await request.read {
            try FeeReader.tiers(from: span.from, to: span.to, filter: span.filter, $0)
        }
        var trials: [String: FeePage.Trial] = [:]
        for tier in tiers.map(\.key) {
            func number(_ key: String, _ digits: Int) throws -> Int64 {
                let text = request.query("\(tier)_\(key)")
                guard !text.isEmpty else { return 0 }
                guard let value = try? FixedPoint.parse(text, digits: digits), (0...1_000_000_000_000).contains(value)
                else {
                    throw Problem.invalid(key, "invalid_number", Label("Write a number.", zh: "请填写数字。"))
                }
                return value
            }
            var trial = FeePage.Trial()
            trial.fee = try number("fee", 2)
            trial.churn = min(10_000, try number("churn", 2))
            trial.spread = min(10_000, try number("spread", 2))
            trial.downgrade = min(10_000, try number("downgrade", 2))
            trial.delay = min(120, try number("delay", 1))
            trials[tier] = trial
        }
        return .page(
            request.context(Label("Fee policy", zh: "收费测算")),
            FeePage.html(tiers, trials, span.frame(request)),
            current: "/costing",
            crumbs: []
        )
    }
}
