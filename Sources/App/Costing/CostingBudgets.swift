import Costing
import Pages
import Records
import Schema
import Values
import WebServer

/// Budgets against actual, the cost of owning a system, and time equations against measured time: pages and API.
enum CostingBudgets {
    static let routes: [FeatureRoute] = [
        FeatureRoute(.page, "/costing/budgets", budgets), FeatureRoute(.page, "/costing/ownership", ownership),
        CostingForms.read(
            "/budgets",
            "cost_budgets_actual",
            "Budgets against what was spent",
            Array(CostingForms.span.prefix(2)),
            .all([
                (
                    "data",
                    .array(
                        .all([
                            ("kind", .string), ("name", .string), ("budget", CostingForms.money),
                            ("actual", .nullable(CostingForms.money)), ("left", .nullable(CostingForms.money)),
                            ("used_percent", CostingForms.percent),
                        ])
                    )
                )
            ]),
            isFile: true,
            budgetList
        ),
        CostingForms.read(
            "/ownership",
            "cost_of_ownership",
            "Buy, subscribe or build: each year, and a range of all years in today's money",
            [("years", .integer, "5 if left out"), ("users", .integer, "20"), ("discount", .integer, "Per cent, 5")],
            .all([
                (
                    "data",
                    .array(
                        .all([
                            ("way", .string), ("years", .array(CostingForms.money)), ("p10", CostingForms.money),
                            ("p50", CostingForms.money), ("p90", CostingForms.money),
                        ])
                    )
                )
            ]),
            isFile: true,
            ownershipList
        ),
        CostingForms.read(
            "/equations",
            "time_equations",
            "Time equations against measured time",
            Array(CostingForms.span.prefix(2)),
            .all([
                (
                    "data",
                    .array(
                        .all([
                            ("activity", .id), ("name", .string), ("equation", .string), ("count", .integer),
                            ("measured", .number), ("estimated", .number), ("r2", CostingForms.percent),
                            ("better", .nullable(.string)), ("refusal", .nullable(.string)),
                        ])
                    )
                )
            ]),
            isFile: true,
            equations
        ),
    ]

    private static func lines(_ request: FeatureRequest) async throws -> (CostingSpan, [BudgetReader.Line]) {
        let span = try await CostingSpan(request)
        return (span, try await request.read { try BudgetReader.lines(from: span.from, to: span.to, $0) })
    }

    private static func budgets(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, lines) = try await lines(request)
        let html = BudgetPages.budgets(lines, span.frame(request))
        return .page(request.context(Label("Budgets", zh: "预算执行")), html, current: "/costing", crumbs: [])
    }

    private static func assumptions(_ request: FeatureRequest) -> BudgetPages.Assumptions {
        var assumptions = BudgetPages.Assumptions()
        func number(_ key: String, _ least: Int, _ most: Int, _ usual: Int) -> Int {
            min(most, max(least, Int(request.query(key)) ?? usual))
        }
        assumptions.years = number("years", 1, 20, 5)
        assumptions.users = number("users", 0, 100_000, 20)
        assumptions.discount = number("discount", 0, 100, 5)
        return assumptions
    }

    private static func ways(
        _ assumptions: BudgetPages.Assumptions,
        _ request: FeatureRequest
    ) async throws -> [OwnershipReader.Way] {
        try await request.read {
            try OwnershipReader.ways(
                years: assumptions.years,
                users: assumptions.users,
                discount: Double(assumptions.discount) / 100,
                $0
            )
        }
    }

    private static func ownership(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, assumptions) = (try await CostingSpan(request), assumptions(request))
        let html = BudgetPages.ownership(try await ways(assumptions, request), assumptions, span.frame(request))
        return .page(request.context(Label("Systems", zh: "系统选型")), html, current: "/costing", crumbs: [])
    }

    // MARK: API

    private static func budgetList(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (_, lines) = try await lines(request)
        let (currency, language) = (request.engine.schema.baseCurrency, request.language)
        guard request.query("format") != "csv" else {
            return .csv("budgets", CostingCSV.budgets(lines, language, currency))
        }
        let data = lines.map { line in
            CostingJSON.object([
                ("kind", .string(line.kind)), ("name", .string(line.name.text(language))),
                ("budget", CostingJSON.money(line.budget, currency)),
                ("actual", CostingJSON.money(line.actual, currency)), ("left", CostingJSON.money(line.left, currency)),
                (
                    "used_percent",
                    line.usedHundredths.map { .number(FixedPoint.text($0, digits: 2)) } ?? .null
                ),
            ])
        }
        return .json(CostingJSON.object([("data", .array(data))]))
    }

    private static func ownershipList(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let currency = request.engine.schema.baseCurrency
        func money(_ minor: Int64) -> JSONValue { CostingJSON.money(minor, currency) }
        let ways = try await ways(assumptions(request), request)
        guard request.query("format") != "csv" else {
            return .csv("ownership", CostingCSV.ownership(ways, request.language, currency))
        }
        let data = ways.map { way in
            CostingJSON.object([
                ("way", .string(way.label.text(request.language))), ("years", .array(way.years.map(money))),
                ("p10", money(way.low)), ("p50", money(way.middle)), ("p90", money(way.high)),
            ])
        }
        return .json(CostingJSON.object([("data", .array(data))]))
    }

    private static func equations(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let fits = try await request.read { try EquationReader.fits(from: span.from, to: span.to, $0) }
        guard request.query("format") != "csv" else {
            return .csv("equations", CostingCSV.equations(fits, request.language, request.engine.schema.baseCurrency))
        }
        let data = fits.map { fit in
            CostingJSON.object([
                ("activity", .string(fit.activity.description)), ("name", .string(fit.name)),
                ("equation", .string(fit.equation)), ("count", .number(String(fit.count))),
                ("measured", .number(FixedPoint.text(fit.measured, digits: 2))),
                ("estimated", .number(FixedPoint.text(fit.estimated, digits: 2))),
                ("r2", fit.r2.map { .number(FixedPoint.text($0, digits: 4)) } ?? .null),
                ("better", fit.better.map(JSONValue.string) ?? .null),
                ("refusal", fit.refusal.map { .string($0.text(request.language)) } ?? .null),
            ])
        }
        return .json(CostingJSON.object([("data", .array(data))]))
    }
}
