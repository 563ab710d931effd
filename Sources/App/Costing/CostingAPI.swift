import Costing
import Identity
import Records
import Schema
import Values
import WebServer

/// Costs over the API: `from` and `to` are months as 2026-06, `filter` an expression over customers.
enum CostingAPI {
    private typealias Form = CostingForms

    static let routes: [FeatureRoute] = [
        Form.read("/profit", "profit", "Statements by month", Form.span, Form.months, isFile: true, profit),
        Form.read(
            "/customers/{id}/profit",
            "customer_profit",
            "Statements of a customer by month",
            Form.span + [("group", .boolean, "With the companies below it")],
            Form.months,
            isFile: true,
            customer
        ),
        Form.read(
            "/customers/{id}/entries",
            "customer_entries",
            "The records behind a figure; they sum to it",
            Form.figure + [("product", .string, "The id of a product, or `none` for what belongs to none")],
            Form.entries,
            isFile: true,
            entries
        ),
        Form.read(
            "/customers/{id}/fee",
            "customer_fee",
            "The fee of a customer under a policy, and why",
            Form.span + [
                ("policy", .id, "The policy; the one in force if left out"), ("level", .string, "The service level"),
            ],
            .all([("amount", Form.money), ("tier", .string), ("steps", .array(.string))]),
            fee
        ),
        Form.read(
            "/whale",
            "whale_curve",
            "Who earns the profit and who eats it again",
            Form.span,
            Form.whale,
            isFile: true,
            whale
        ),
        Form.read(
            "/channels",
            "cost_channels",
            "What customers cost by channel, campaign or month of the touch",
            Form.span + [
                ("by", .words(ChannelReader.Dimension.allCases.map(\.rawValue)), "`channel` if left out")
            ],
            Form.channels,
            isFile: true,
            channels
        ),
        Form.read(
            "/drivers",
            "cost_drivers",
            "What makes customers dear",
            Form.span + [
                ("by", .words(DriverReader.Dimension.allCases.map(\.rawValue)), "`activity` if left out"),
                ("category", .words(["acquisition", "maintenance", "service"]), "Only one of the three"),
                ("since", Form.month, "Compares the months before this one with it and those after it"),
                ("of", .string, "The key of the driver that is compared; the largest if left out"),
            ],
            Form.drivers,
            isFile: true,
            drivers
        ),
        Form.read("/runs", "cost_runs", "Runs, newest first", [], .all([("data", .array(Form.run))]), runs),
        Form.read("/runs/{id}", "cost_run", "A run", [], Form.run, run),
        Form.read(
            "/runs/{id}/pools",
            "cost_run_pools",
            "Capacity, and what no customer bears",
            [],
            Form.pools,
            isFile: true,
            pools
        ),
        Form.read(
            "/warnings",
            "cost_warnings",
            "Customers that somebody should look at, up to the last month of the range",
            [("to", Form.month, "The last month")],
            .all([
                (
                    "data",
                    .array(
                        .all([
                            ("kind", .words(WarningReader.Kind.allCases.map(\.rawValue))), ("customer", .id),
                            ("name", .string), ("amount", Form.money),
                        ])
                    )
                )
            ]),
            isFile: true,
            warnings
        ),
        Form.write(
            "/runs",
            "reckon_costs",
            "Reckons a month; with `background` the answer is the run that has begun",
            mayGoOn: true,
            .object(
                [("month", Form.month), ("note", .string), ("background", .boolean)],
                required: ["month"],
                open: true
            ),
            Form.run,
            reckon
        ),
        Form.write(
            "/runs/{id}/close",
            "close_costs",
            "Closes the month of a draft; a reason where it is restated; `following` restates later months with it",
            .object([("reason", .string), ("following", .boolean)], required: [], open: true),
            Form.run,
            close
        ),
        Form.read(
            "/outdated",
            "outdated_months",
            "Closed months that count what an earlier month no longer says",
            [],
            .all([("data", .array(.all([("month", .string), ("run", .id), ("because", .array(.string))])))]),
            outdated
        ),
        Form.write(
            "/outdated/restate",
            "restate_outdated",
            "Restates outdated months one after another, each by reversal",
            mayGoOn: true,
            .object([("reason", .string)], required: ["reason"], open: true),
            .all([("months", .array(.string))]),
            restate
        ),
    ]

    static func answer(
        _ months: [ProfitReader.Month],
        _ request: FeatureRequest
    ) -> FeatureAnswer {
        let currency = request.engine.schema.baseCurrency
        guard request.query("format") == "csv" else {
            let hidesPay = CostSettings.hidesPay(from: request.actor)
            return .json(CostingJSON.months(months, currency, hidesPay: hidesPay))
        }
        return .csv("profit", CostingCSV.months(months, request.language, currency))
    }

    private static func profit(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let months = try await request.read {
            try ProfitReader.months(from: span.from, to: span.to, filter: span.filter, $0)
        }
        return answer(months, request)
    }

    private static func customer(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, id, isGroup) = (try await CostingSpan(request), try request.id(), request.query("group") == "true")
        let months = try await request.read {
            try ProfitReader.months(of: id, from: span.from, to: span.to, group: isGroup, $0)
        }
        return answer(months, request)
    }

    private static func entries(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (id, month) = (try request.id(), request.query("month"))
        let line = try line(request)
        let offset = CostingSpan.offset(request)
        let product = try CostingGroups.product(request)
        let isFile = request.query("format") == "csv"
        let page = try await request.read {
            let limit = isFile ? 100_000 : 200
            return try EntryReader.page(
                of: id,
                month: month,
                line: line,
                product: product,
                limit: limit,
                offset: offset,
                $0
            )
        }
        let currency = request.engine.schema.baseCurrency
        guard isFile else { return .json(CostingJSON.entries(page, currency)) }
        return .csv("entries", CostingCSV.entries(page, request.language, currency))
    }

    /// The line asked for, beside a month.
    static func line(_ request: FeatureRequest) throws -> ProfitLine {
        guard let line = ProfitLine(rawValue: request.query("line")), CostingSpan.isMonth(request.query("month")) else {
            let known = ProfitLine.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.malformed(
                "invalid_parameter",
                Label("Give month (2026-06) and line, one of \(known).", zh: "请提供 month（如 2026-06）和 line（\(known)）。")
            )
        }
        return line
    }

    private static func fee(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, id) = (try await CostingSpan(request), try request.id())
        let (asked, level) = (request.query("policy"), request.query("level"))
        let fee = try await request.read { session in
            guard let policy = asked.isEmpty ? try FeeReader.inForce(session) : RecordID(asked) else {
                throw Problem.notFound
            }
            return try FeeReader.fee(of: id, policy: policy, from: span.from, to: span.to, level: level, session)
        }
        return .json(
            CostingJSON.object([
                ("amount", CostingJSON.money(fee.amount, request.engine.schema.baseCurrency)),
                ("tier", .string(fee.tier)), ("steps", .array(fee.steps.map { .string($0.text(request.language)) })),
            ])
        )
    }

    private static func whale(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let curve = try await request.read {
            try WhaleReader.curve(from: span.from, to: span.to, filter: span.filter, listed: 100, $0)
        }
        if request.query("format") == "csv" {
            return .csv("whale", CostingCSV.whale(curve, request.language, request.engine.schema.baseCurrency))
        }
        return .json(CostingJSON.whale(curve, request.engine.schema.baseCurrency))
    }

    private static func channels(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let dimension = ChannelReader.Dimension(rawValue: request.query("by")) ?? .channel
        let table = try await request.read {
            try ChannelReader.table(by: dimension, from: span.from, to: span.to, $0)
        }
        if request.query("format") == "csv" {
            return .csv("channels", CostingCSV.channels(table, request.language, request.engine.schema.baseCurrency))
        }
        return .json(CostingJSON.channels(table, request.engine.schema.baseCurrency, request.language))
    }

    private static func drivers(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let dimension = DriverReader.Dimension(rawValue: request.query("by")) ?? .activity
        let (drivers, comparison) = try await drivers(dimension, span, request)
        if request.query("format") == "csv" {
            return .csv("drivers", CostingCSV.drivers(drivers, request.language, request.engine.schema.baseCurrency))
        }
        return .json(CostingJSON.drivers(drivers, comparison, request.engine.schema.baseCurrency, request.language))
    }

    /// The drivers that a request asks for, and what one of them cost before and after a month.
    static func drivers(
        _ dimension: DriverReader.Dimension,
        _ span: CostingSpan,
        _ request: FeatureRequest
    ) async throws -> ([DriverReader.Driver], DriverReader.Comparison?) {
        let (category, since) = (request.query("category"), request.query("since"))
        return try await request.read { session in
            (
                try DriverReader.drivers(
                    by: dimension,
                    from: span.from,
                    to: span.to,
                    category: category.isEmpty ? nil : category,
                    filter: span.filter,
                    session
                ), try comparison(dimension, span, since: since, request, session)
            )
        }
    }

    /// What one driver cost before and after a month; nil where none is asked for.
    private static func comparison(
        _ dimension: DriverReader.Dimension,
        _ span: CostingSpan,
        since: String,
        _ request: FeatureRequest,
        _ session: ReadSession
    ) throws -> DriverReader.Comparison? {
        guard CostingSpan.isMonth(since) else { return nil }
        let (key, category) = (request.query("of"), request.query("category"))
        return try DriverReader.comparison(
            of: key.isEmpty ? nil : key,
            by: dimension,
            since: since,
            from: span.from,
            to: span.to,
            category: category.isEmpty ? nil : category,
            filter: span.filter,
            session
        )
    }

    private static func runs(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let runs = try await request.read { try RunList.newest(200, $0) }
        let currency = request.engine.schema.baseCurrency
        return .json(CostingJSON.object([("data", .array(runs.map { CostingJSON.run($0, currency) }))]))
    }

    private static func run(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let id = try request.id()
        let run = try await request.read { try RunList.one(id, $0) }
        return .json(CostingJSON.run(run, request.engine.schema.baseCurrency))
    }

    private static func pools(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let id = try request.id()
        let (pools, residuals) = try await request.read {
            _ = try RunList.one(id, $0)
            return (try PoolReader.pools(of: id, $0), try PoolReader.residuals(of: id, $0))
        }
        let currency = request.engine.schema.baseCurrency
        if request.query("format") == "csv" {
            return .csv("pools", CostingCSV.pools(pools, request.language, currency))
        }
        return .json(CostingJSON.pools(pools, residuals, currency, request.language))
    }

    private static func warnings(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, isFile) = (try await CostingSpan(request), request.query("format") == "csv")
        let currency = request.engine.schema.baseCurrency
        let warnings = try await CostingRoutes.warnings(span, limit: isFile ? 10_000 : 200, request)
        if isFile { return .csv("warnings", CostingCSV.warnings(warnings, request.language, currency)) }
        let data = warnings.map { warning in
            CostingJSON.object([
                ("kind", .string(warning.kind.rawValue)), ("customer", .string(warning.customer.description)),
                ("name", .string(warning.name)), ("amount", CostingJSON.money(warning.amount, currency)),
            ])
        }
        return .json(CostingJSON.object([("data", .array(data))]))
    }

    private static func reckon(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (month, note) = (request.json["month"]?.string ?? "", request.json["note"]?.string ?? "")
        if request.json["background"]?.bool == true {
            let id = try await CostingJobs.start(month, note: note, request)
            let run = try await request.read { try RunList.one(id, $0) }
            return .accepted(CostingJSON.run(run, request.engine.schema.baseCurrency))
        }
        let id = try await CostRuns(request.engine).reckon(month, note: note, by: request.actor)
        let run = try await request.read { try RunList.one(id, $0) }
        return .json(CostingJSON.run(run, request.engine.schema.baseCurrency))
    }

    private static func close(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (id, reason) = (try request.id(), request.json["reason"]?.string ?? "")
        let following = request.json["following"]?.bool ?? false
        try await CostingJobs.close(id, reason: reason, following: following, request)
        let run = try await request.read { try RunList.one(id, $0) }
        return .json(CostingJSON.run(run, request.engine.schema.baseCurrency))
    }

    private static func outdated(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let months = try await request.read { try OutdatedMonths.list($0) }
        let data = months.map { month in
            CostingJSON.object([
                ("month", .string(month.month)), ("run", .string(month.run.description)),
                ("because", .array(month.because.map { .string($0) })),
            ])
        }
        return .json(CostingJSON.object([("data", .array(data))]))
    }

    private static func restate(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let months = try await request.read { try OutdatedMonths.list($0).map(\.month) }
        try await CostingJobs.carry(reason: request.json["reason"]?.string ?? "", request)
        return .accepted(CostingJSON.object([("months", .array(months.map { .string($0) }))]))
    }
}
