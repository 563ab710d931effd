import Costing
import Identity
import Pages
import Records
import Schema
import Values
import WebServer

/// Churn and purchases foretold: page and API.
enum CostingPredictions {
    static let routes: [FeatureRoute] = [
        FeatureRoute(.page, "/costing/predictions", page), FeatureRoute(.form, "/costing/predictions", again),
        CostingForms.read(
            "/predictions",
            "predictions",
            "How good forecasts of churn and purchase were, and of whom they are likeliest",
            [],
            .all([
                (
                    "data",
                    .array(
                        .all([
                            ("kind", .words(PredictionKind.allCases.map(\.rawValue))), ("at", .instant),
                            ("tested", .integer), ("happened", .integer), ("auc", .number), ("lift", .number),
                            ("calibration_error", .number), ("refusal", .nullable(.string)),
                            ("likeliest", .array(forecast)),
                        ])
                    )
                )
            ]),
            isFile: true,
            listed
        ),
        CostingForms.read(
            "/customers/{id}/predictions",
            "customer_predictions",
            "How likely a customer leaves or buys, and why",
            [],
            .all([("data", .array(forecast))]),
            customer
        ),
        CostingForms.write(
            "/predictions",
            "predict",
            "Forecasts anew; for which kinds there is a forecast",
            .object([], required: [], open: true),
            .all([("kinds", .array(.string))]),
            reckon
        ),
    ]

    private static let forecast = JSONSchema.all([
        ("kind", .string), ("customer", .id), ("name", .string), ("chance_percent", .number),
        ("reasons", .array(.all([("label", .string), ("raises", .boolean)]))),
    ])

    private static func kinds(
        _ limit: Int,
        _ request: FeatureRequest
    ) async throws -> [(quality: PredictionQuality, likeliest: [Predictions.Forecast])] {
        try await request.read { session in
            try Predictions.quality(session).map { quality in
                (quality, try Predictions.likeliest(quality.kind, limit: limit, session))
            }
        }
    }

    private static func page(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let mayReckon = request.actor.rights.allows(.costing)
        let html = PredictionPage.html(try await kinds(30, request), mayReckon: mayReckon, span.frame(request))
        return .page(request.context(Label("Forecasts", zh: "流失与购买预测")), html, current: "/costing", crumbs: [])
    }

    private static func again(_ request: FeatureRequest) async throws -> FeatureAnswer {
        try await PredictionRuns(request.engine).reckon(by: request.actor)
        return .go("/costing/predictions", Label("Forecast anew.", zh: "已重新预测。"))
    }

    private static func percent(_ hundredths: Int64) -> JSONValue { .number(FixedPoint.text(hundredths, digits: 2)) }

    private static func json(_ one: Predictions.Forecast, _ request: FeatureRequest) -> JSONValue {
        CostingJSON.object([
            ("kind", .string(one.kind.rawValue)), ("customer", .string(one.customer.description)),
            ("name", .string(one.name)), ("chance_percent", percent(one.chance)),
            (
                "reasons",
                .array(
                    one.reasons.map {
                        CostingJSON.object([
                            ("label", .string($0.label.text(request.language))), ("raises", .bool($0.raises)),
                        ])
                    }
                )
            ),
        ])
    }

    private static func listed(_ request: FeatureRequest) async throws -> FeatureAnswer {
        if request.query("format") == "csv" {
            let all = try await kinds(10_000, request).flatMap(\.likeliest)
            return .csv("forecasts", CostingCSV.predictions(all, request.language, request.engine.schema.baseCurrency))
        }
        let data = try await kinds(100, request).map { kind in
            CostingJSON.object([
                ("kind", .string(kind.quality.kind.rawValue)), ("at", .string(kind.quality.at.description)),
                ("tested", .number(String(kind.quality.rows))), ("happened", .number(String(kind.quality.happened))),
                ("auc", .number(FixedPoint.text(kind.quality.auc, digits: 4))), ("lift", percent(kind.quality.lift)),
                ("calibration_error", .number(FixedPoint.text(kind.quality.calibration, digits: 4))),
                ("refusal", kind.quality.refusal.map { .string($0.text(request.language)) } ?? .null),
                ("likeliest", .array(kind.likeliest.map { json($0, request) })),
            ])
        }
        return .json(CostingJSON.object([("data", .array(data))]))
    }

    private static func customer(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let id = try request.id()
        let forecasts = try await request.read { try Predictions.of(id, $0) }
        return .json(CostingJSON.object([("data", .array(forecasts.map { json($0, request) }))]))
    }

    private static func reckon(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let kinds = try await PredictionRuns(request.engine).reckon(by: request.actor)
        return .json(CostingJSON.object([("kinds", .array(kinds.map { .string($0.rawValue) }))]))
    }
}
