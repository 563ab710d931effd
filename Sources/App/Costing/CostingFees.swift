import Costing
import Identity
import Ledger
import Pages
import Records
import Schema
import Values
import WebServer

/// Fee policies: the simulator, fees in earnest, and the same over the API.
enum CostingFees {
    static let routes: [FeatureRoute] = [
        FeatureRoute(.page, "/costing/fees", page), FeatureRoute(.page, "/fee_policies/{id}/trial", page),
        FeatureRoute(.form, "/costing/fees/charge", charge),
        FeatureRoute(.form, "/costing/fees/sort", sort),
        CostingForms.read(
            "/fees/trial",
            "fee_trial",
            """
            What a policy would bring; per tier `A_fee`, `A_churn`, `A_spread`, `A_downgrade`, `A_delay`, `A_switch`, \
            `A_saving`
            """,
            CostingForms.span + [("policy", .id, "A policy whose fees are tried")],
            trialForm,
            isFile: true,
            trial
        ),
        CostingForms.write(
            "/fees/charges",
            "charge_fees",
            "Makes the fees of the period that ends with a month, under the policy in force",
            .object([("month", CostingForms.month)], required: ["month"], open: true),
            .all([("made", .integer), ("kept", .integer), ("free", .integer), ("amount", CostingForms.money)]),
            charges
        ),
        CostingForms.write(
            "/tiers/sort",
            "sort_tiers",
            "Sorts customers into the value tiers anew",
            .object([], required: [], open: true),
            .all([("customers", .integer)]),
            sorted
        ),
    ]

    private static let effect = JSONSchema.all([
        ("id", .id), ("name", .string), ("tier", .string), ("yearly_profit", CostingForms.money),
        ("fee", CostingForms.money), ("in_year", CostingForms.money), ("lifetime", CostingForms.money),
    ])
    private static let range = JSONSchema.all(["p10", "p50", "p90"].map { ($0, CostingForms.money) })
    private static let trialForm = JSONSchema.all([
        (
            "tiers",
            .array(
                .all([
                    ("tier", .string), ("customers", .integer), ("yearly_profit", CostingForms.money),
                    ("lifetime_value", CostingForms.money), ("fee", CostingForms.money),
                    ("in_year", CostingForms.money), ("lifetime", CostingForms.money),
                    ("break_even_percent", CostingForms.percent),
                ])
            )
        ), ("in_year", CostingForms.money), ("lifetime", CostingForms.money), ("in_year_range", range),
        ("lifetime_range", range), ("winners", .array(effect)), ("losers", .array(effect)),
    ])

    private static func number(_ request: FeatureRequest, _ key: String, _ digits: Int) throws -> Int64 {
        let text = request.query(key)
        guard !text.isEmpty else { return 0 }
        guard let value = try? FixedPoint.parse(text, digits: digits), (0...1_000_000_000_000).contains(value) else {
            throw Problem.invalid(key, "invalid_number", Label("Write a number.", zh: "请填写数字。"))
        }
        return value
    }

    private static func trials(_ tiers: [FeeTrials.Tier], _ request: FeatureRequest) throws -> [String: FeeTrials.Trial]
    {
        var trials: [String: FeeTrials.Trial] = [:]
        for tier in tiers.map(\.key) {
            var trial = FeeTrials.Trial()
            trial.fee = try number(request, "\(tier)_fee", 2)
            trial.churn = min(10_000, try number(request, "\(tier)_churn", 2))
            trial.spread = min(10_000, try number(request, "\(tier)_spread", 2))
            trial.downgrade = min(10_000, try number(request, "\(tier)_downgrade", 2))
            trial.delay = min(120, try number(request, "\(tier)_delay", 1))
            trial.change = min(10_000, try number(request, "\(tier)_switch", 2))
            trial.saving = try number(request, "\(tier)_saving", 2)
            trials[tier] = trial
        }
        return trials
    }

    private static func model(_ span: CostingSpan, _ request: FeatureRequest) async throws -> FeePage.Model {
        let policy = RecordID(request.query("policy")) ?? RecordID(request.parameter("id"))
        let tiers = try await request.read {
            try FeeTrials.tiers(from: span.from, to: span.to, filter: span.filter, policy: policy, $0)
        }
        let trials = try trials(tiers, request)
        var model = FeePage.Model(tiers, trials)
        model.policy = policy
        let isTried = policy != nil || trials.values.contains { $0 != FeeTrials.Trial() }
        let (policies, effects) = try await request.read { session in
            (try FeeReader.policies(session), isTried ? try FeeTrials.effects(tiers, trials, session) : ([], []))
        }
        model.policies = policies
        (model.winners, model.losers) = effects
        model.mayCharge = request.actor.rights.allows(.costing)
        return model
    }

    private static func page(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        return .page(
            request.context(Label("Fee policy", zh: "收费测算")),
            FeePage.html(try await model(span, request), span.frame(request)),
            current: "/costing",
            crumbs: []
        )
    }

    private static func charge(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let outcome = try await FeeRuns(request.engine).charge(request.form("month"), by: request.actor)
        return .go(
            "/charge_lines",
            Label(
                "\(outcome.made) fees made, \(outcome.kept) were there, \(outcome.free) customers pay nothing.",
                zh: "新增 \(outcome.made) 条管理费，已有 \(outcome.kept) 条，\(outcome.free) 家客户不收费。"
            )
        )
    }

    private static func sort(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let count = try await TierRuns(request.engine).sort(by: request.actor)
        return .go("/costing/fees", Label("\(count) customers sorted.", zh: "已评定 \(count) 家客户。"))
    }

    // MARK: API

    private static func charges(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let month = request.json["month"]?.string ?? ""
        guard CostingSpan.isMonth(month) else {
            throw Problem.invalid(
                "month",
                "invalid_month",
                Label("Write a month as 2026-06.", zh: "请按 2026-06 的格式填写月份。")
            )
        }
        let outcome = try await FeeRuns(request.engine).charge(month, by: request.actor)
        return .json(
            CostingJSON.object([
                ("made", .number(String(outcome.made))), ("kept", .number(String(outcome.kept))),
                ("free", .number(String(outcome.free))),
                ("amount", CostingJSON.money(outcome.amount, request.engine.schema.baseCurrency)),
            ])
        )
    }

    private static func sorted(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let count = try await TierRuns(request.engine).sort(by: request.actor)
        return .json(CostingJSON.object([("customers", .number(String(count)))]))
    }

    private static func trial(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let model = try await model(span, request)
        let currency = request.engine.schema.baseCurrency
        guard request.query("format") != "csv" else {
            let customers = model.winners + model.losers
            return .csv("fees", CostingCSV.fees(customers, request.language, currency))
        }
        func money(_ minor: Int64) -> JSONValue { CostingJSON.money(minor, currency) }
        func range(_ range: FeeSimulation.Range) -> JSONValue {
            CostingJSON.object([("p10", money(range.p10)), ("p50", money(range.p50)), ("p90", money(range.p90))])
        }
        func effects(_ effects: [FeeTrials.CustomerEffect]) -> JSONValue {
            .array(
                effects.map {
                    CostingJSON.object([
                        ("id", .string($0.customer.description)), ("name", .string($0.name)),
                        ("tier", .string($0.tier)),
                        ("yearly_profit", money($0.yearlyProfit)), ("fee", money($0.fee)),
                        ("in_year", money($0.effect.inYear)), ("lifetime", money($0.effect.lifetime)),
                    ])
                }
            )
        }
        let segments = FeeTrials.segments(model.tiers, model.trials)
        let simulation = FeeSimulation(segments)
        let (expected, spread) = (simulation.expected, simulation.simulated())
        let tiers = segments.map { segment -> JSONValue in
            let effect = FeeSimulation.expected(segment)
            let limit = segment.breakEvenChurn.map { JSONValue.number(String(($0 * 10_000).rounded() / 100)) }
            return CostingJSON.object([
                ("tier", .string(segment.name)), ("customers", .number(String(segment.customers))),
                ("yearly_profit", money(segment.yearlyProfit)), ("lifetime_value", money(segment.lifetimeValue)),
                ("fee", money(segment.fee)), ("in_year", money(effect.inYear)), ("lifetime", money(effect.lifetime)),
                ("break_even_percent", limit ?? .null),
            ])
        }
        return .json(
            CostingJSON.object([
                ("tiers", .array(tiers)), ("in_year", money(expected.inYear)), ("lifetime", money(expected.lifetime)),
                ("in_year_range", range(spread.inYear)), ("lifetime_range", range(spread.lifetime)),
                ("winners", effects(model.winners)), ("losers", effects(model.losers)),
            ])
        )
    }
}
