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
        let (runs, policy, outdated) = try await request.read {
            (try RunList.newest(100, $0), try CostSettings.policy($0), try OutdatedMonths.list($0))
        }
        return .page(
            request.context(Label("Months", zh: "月结")),
            MonthPages.list(runs, policy, outdated: outdated, span.frame(request)),
            current: "/costing",
            crumbs: []
        )
    }

    static func report(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, id) = (try await CostingSpan(request), try request.id())
        let other = RecordID(request.query("with"))
        let (same, unfinished) = try await request.read { session in
            (try RunProgress.same(as: id, session), try unfinishedRun(id, session))
        }
        if let same {
            return .go("/costing/months/\(same)", Label("Nothing has changed since this run.", zh: "数据没有变化，沿用此前的核算。"))
        }
        if let (run, progress) = unfinished {
            let html = MonthPages.running(run, progress, span.frame(request))
            let crumbs = [Crumb(request.context(Label("Months", zh: "月结")), "/costing/months")]
            guard run.state == "running" else { return .page(run.month, html, current: "/costing", crumbs: crumbs) }
            return .waiting(run.month, html, current: "/costing", crumbs: crumbs)
        }
        var report = try await request.read { session in
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
                others: try RunList.newest(200, session),
                following: run.state == "draft" ? try OutdatedMonths.following(run, session) : [],
                changed: run.state == "draft" ? try OutdatedMonths.changed(since: run, session) : []
            )
        }
        report.with = other
        let crumbs = [Crumb(request.context(Label("Months", zh: "月结")), "/costing/months")]
        return .page(
            report.run.month,
            MonthPages.report(report, span.frame(request, in: Language(rawValue: request.query("in")))),
            current: "/costing",
            crumbs: crumbs
        )
    }

    /// A run that is under way or has failed, with how far it is.
    private static func unfinishedRun(
        _ id: RecordID,
        _ session: ReadSession
    ) throws -> (RunSummary, RunProgress?)? {
        guard let run = try? RunList.one(id, session), ["running", "failed"].contains(run.state) else { return nil }
        return (run, try RunProgress.of(id, session))
    }

    static func reckon(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let id = try await CostingJobs.start(request.form("month"), note: request.form("note"), request)
        return .go("/costing/months/\(id)", Label("The run has begun.", zh: "核算已开始。"))
    }

    static func close(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let id = try request.id()
        let following = request.form("following") == "1"
        try await CostingJobs.close(id, reason: request.form("reason"), following: following, request)
        return .go("/costing/months/\(id)", Label("The month is closed.", zh: "该月已结账。"))
    }

    static func restate(_ request: FeatureRequest) async throws -> FeatureAnswer {
        try await CostingJobs.carry(reason: request.form("reason"), request)
        return .go("/costing/months", Label("The months are restated one after another.", zh: "正在依次重述这些月份。"))
    }

    static func policy(_ request: FeatureRequest) async throws -> FeatureAnswer {
        var policy = CostPolicy()
        for key in CostPolicy.keys { policy[key] = request.form(key) }
        let new = policy
        try await request.engine.write(as: request.actor) { try CostSettings.save(new, $0) }
        return .go("/costing/months", Label("Saved. The next run uses it.", zh: "已保存，下次核算时生效。"))
    }
}
