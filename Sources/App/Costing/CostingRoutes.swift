import Costing
import Identity
import Pages
import Records
import Schema
import Values
import WebServer

/// The pages and addresses of costs.
enum CostingRoutes {
    static let pages = FeaturePages(
        routes: looks + CostingWhale.routes + forms + api,
        entries: [
            .init(title, "/costing", icon: "banknote", for: .costs, objects: CostingModule.module.objects.map(\.key))
        ],
        links: [
            .init("customer", title, "/profit", icon: "banknote", for: .costs),
            .init("fee_policy", Label("Try it", zh: "测算"), "/trial", icon: "chart", for: .costs),
        ],
        verbs: verbs,
        today: [CostingToday.section]
    )

    /// What is decided about expenses, fees and fee policies, on their pages.
    private static let verbs: [FeaturePages.Verb] = [
        .init("direct_cost", "submit", in: ["draft", "rejected"], isMain: true),
        .init("direct_cost", "approve", in: ["submitted"], for: .costing, isMain: true),
        .init("direct_cost", "reject", in: ["submitted", "approved"], for: .costing),
        .init("fee_policy", "activate", in: ["draft"], for: .costing, isMain: true),
        .init("fee_policy", "new-version", in: ["active", "retired"], for: .costing),
        .init("charge_line", "approve", in: ["draft"], for: .costing, isMain: true),
        .init(
            "charge_line",
            "waive",
            in: ["draft", "approved"],
            for: .costing,
            asking: Label("Why it is waived", zh: "减免原因")
        ),
    ]

    private static let title = Label("Cost & profit", zh: "成本与利润")

    private static let looks: [FeatureRoute] = [
        FeatureRoute(.page, "/costing", overview),
        FeatureRoute(.page, "/costing/channels", channels), FeatureRoute(.page, "/costing/drivers", drivers),
        FeatureRoute(.page, "/costing/pools", pools), FeatureRoute(.page, "/costing/warnings", warnings),
        FeatureRoute(.page, "/costing/months", CostingMonths.list),
        FeatureRoute(.page, "/costing/months/{id}", CostingMonths.report),
        FeatureRoute(.page, "/customers/{id}/profit", customer),
        FeatureRoute(.page, "/customers/{id}/profit/{month}/{line}", entries),
    ]

    private static let forms: [FeatureRoute] = [
        FeatureRoute(.form, "/costing/months", CostingMonths.reckon),
        FeatureRoute(.form, "/costing/months/{id}/close", CostingMonths.close),
        FeatureRoute(.form, "/costing/restate", CostingMonths.restate),
        FeatureRoute(.form, "/costing/policy", CostingMonths.policy), FeatureRoute(.form, "/costing/warnings", warn),
    ]

    private static let api: [FeatureRoute] =
        CostingAPI.routes + CostingGroups.routes + CostingFees.routes + CostingPredictions.routes
        + CostingBudgets.routes + CostingWorth.routes + CostingCustomer.routes + CostingRules.routes

    // MARK: Pages

    private static func page(_ request: FeatureRequest, _ title: Label, _ html: HTML) -> FeatureAnswer {
        .page(request.context(title), html, current: "/costing", crumbs: [])
    }

    private static func overview(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let months = try await request.read {
            try ProfitReader.months(from: span.from, to: span.to, filter: span.filter, $0)
        }
        return page(request, title, ProfitPages.overview(months, span.frame(request)))
    }

    private static func warnings(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let warnings = try await CostingRoutes.warnings(span, limit: 50, request)
        let mayReckon = request.actor.rights.allows(.costing)
        return page(request, title, WarningPage.html(warnings, mayReckon: mayReckon, span.frame(request)))
    }

    /// Those of the last night; of a month that was asked for they are reckoned anew.
    static func warnings(
        _ span: CostingSpan,
        limit: Int,
        _ request: FeatureRequest
    ) async throws -> [WarningReader.Warning] {
        let isAsked = !request.query("to").isEmpty
        return try await request.read { session in
            if !isAsked, let kept = try WarningRuns.kept(limit: limit, session) { return kept }
            return try WarningReader.list(until: span.to, limit: limit, session)
        }
    }

    private static func warn(_ request: FeatureRequest) async throws -> FeatureAnswer {
        try await CostingJobs.warn(request)
        return .go("/costing/warnings", Label("Looking; who is concerned will be told.", zh: "正在检查，发现新预警会通知相关人员。"))
    }

    private static func channels(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let dimension = ChannelReader.Dimension(rawValue: request.query("by")) ?? .channel
        let table = try await request.read {
            try ChannelReader.table(by: dimension, from: span.from, to: span.to, $0)
        }
        var shift: ChannelPage.Shift?
        if let percent = Int64(request.query("percent")) {
            shift = .init(
                from: request.query("shift_from"),
                to: request.query("shift_to"),
                percent: min(100, max(0, percent))
            )
        }
        return page(request, title, ChannelPage.html(table, shift, span.frame(request)))
    }

    private static func drivers(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let dimension = DriverReader.Dimension(rawValue: request.query("by")) ?? .activity
        let (drivers, comparison) = try await CostingAPI.drivers(dimension, span, request)
        let html = DriverPage.html(
            drivers,
            by: dimension,
            category: request.query("category"),
            comparison: comparison,
            span.frame(request)
        )
        return page(request, title, html)
    }

    private static func pools(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let mayFit = request.actor.rights.allows(.costing)
        let (pools, residuals, fits, month, run) = try await request.read { session in
            guard let run = try RunList.current(from: span.from, to: span.to, session).last else {
                return ([PoolReader.Pool](), [PoolReader.Residual](), [EquationReader.Fit](), span.to, RecordID?.none)
            }
            return (
                try PoolReader.pools(of: run.id, session), try PoolReader.residuals(of: run.id, session),
                mayFit ? try EquationReader.fits(from: span.from, to: span.to, session) : [], run.month, run.id
            )
        }
        let html = PoolPage.html(pools, residuals, fits: fits, month: month, run: run, span.frame(request))
        return page(request, title, html)
    }

    private static func customer(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, id) = (try await CostingSpan(request), try request.id())
        let isGroup = request.query("group") == "1"
        let (name, worth, months, fee, forecasts, variance) = try await request.read { session in
            let record = try session.find(try session.object("customers"), id)
            let months = try ProfitReader.months(of: id, from: span.from, to: span.to, group: isGroup, session)
            return (
                record.name, try CustomerWorth.of(id, session), months,
                try FeeReader.current(of: id, to: span.to, session), try Predictions.of(id, session),
                isGroup ? nil : try VarianceReader.of(id, from: span.from, to: span.to, months: months, session)
            )
        }
        let html = ProfitPages.customer(
            id,
            name,
            months,
            isGroup: isGroup,
            worth: worth,
            fee: fee,
            forecasts: forecasts,
            variance: variance,
            span.frame(request)
        )
        return .page(name, html, current: "/customers", crumbs: [Crumb(name, "/customers/\(id)")])
    }

    private static func entries(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, id, month) = (try await CostingSpan(request), try request.id(), request.parameter("month"))
        guard let line = ProfitLine(rawValue: request.parameter("line")), CostingSpan.isMonth(month) else {
            throw Problem.notFound
        }
        let product = try CostingGroups.product(request)
        let (name, page, plurals) = try await request.read { session in
            let record = try session.find(try session.object("customers"), id)
            let page = try EntryReader.page(of: id, month: month, line: line, product: product, session)
            let plurals = session.schema.objects.map { ($0.key, $0.plural) }
            return (record.name, page, Dictionary(plurals, uniquingKeysWith: { first, _ in first }))
        }
        let html = ProfitPages.entries(
            page,
            of: name,
            month: month,
            line: line,
            export: WebAddress.path(
                "/api/v1/costing/customers/\(id)/entries",
                ["month": month, "line": line.rawValue, "product": request.query("product"), "format": "csv"]
            ),
            { plurals[$0] },
            span.frame(request)
        )
        let crumbs = [Crumb(name, "/customers/\(id)"), Crumb(request.context(title), "/customers/\(id)/profit")]
        return .page(request.context(line.label), html, current: "/customers", crumbs: crumbs)
    }
}
