import Costing
import Identity
import Pages
import Records
import Schema
import Values
import WebServer

/// What customers will bring, and how groups of them buy and bear cost: pages and API.
enum CostingWorth {
    private typealias Form = CostingForms

    static let routes: [FeatureRoute] = [
        FeatureRoute(.page, "/costing/worth", page), FeatureRoute(.form, "/costing/worth", again),
        FeatureRoute(.page, "/costing/segments", segmentPage),
        Form.read(
            "/worth",
            "customer_worths",
            "Customers of most worth, and how long those under contract stay",
            [("filter", .string, "An expression over customers")],
            .all([
                ("data", .array(.all([("customer", .id), ("name", .string)] + worthForm))),
                ("contracts", .nullable(survival)),
            ]),
            isFile: true,
            listed
        ),
        Form.read(
            "/customers/{id}/worth",
            "customer_worth",
            "What a customer is worth; `data` is empty where it was not reckoned",
            [],
            .all([("data", .array(.all(worthForm)))]),
            one
        ),
        Form.write(
            "/worth",
            "reckon_worth",
            "Reckons anew what customers are worth",
            .object([], required: [], open: true),
            .all([("customers", .integer), ("refusal", .nullable(.string))]),
            reckon
        ),
        Form.read(
            "/segments",
            "customer_segments",
            "How groups of customers buy, and how sensitive they are to cost and prices",
            Form.span + [("by", .string, "A choice of customers, or `tier`; `industry` if left out")],
            .all([
                ("data", .array(.all(segmentForm))), ("rise_percent", .integer), ("without_small_pools", .boolean),
            ]),
            isFile: true,
            segments
        ),
    ]

    private static let worthForm: [(name: String, schema: JSONSchema)] = [
        ("at", .instant), ("method", .words(["bgnbd", "contract", "scores"])), ("rfm", .integer),
        ("alive_percent", Form.percent), ("purchases_in_a_year", Form.percent), ("worth", .nullable(Form.money)),
        ("acquired", Form.money), ("worth_to_cost", Form.percent),
    ]
    private static let survival = JSONSchema.all([
        ("refusal", .nullable(.string)), ("known_months", .integer), ("last_retention", Form.percent),
        (
            "months",
            .array(.all([("month", .integer), ("at_risk", .integer), ("left", .integer), ("share", .number)]))
        ),
    ])
    private static let segmentForm: [(name: String, schema: JSONSchema)] = [
        ("key", .string), ("name", .string), ("customers", .integer), ("losing", .integer), ("tipping", .integer),
        ("net_revenue", Form.money), ("cost_to_serve", Form.money), ("cost_to_serve_percent", Form.percent),
        ("profit", Form.money), ("profit_after_rise", Form.money), ("profit_per_cent_of_cost", Form.percent),
        ("rise_borne_percent", Form.percent), ("buyers", .integer), ("purchases", .integer),
        ("each", .nullable(Form.money)), ("days_between", Form.percent), ("discount_percent", Form.percent),
        (
            "price_response",
            .nullable(
                .all([
                    ("elasticity", .number), ("standard_error", .number), ("r_squared", .number),
                    ("purchases", .integer),
                ])
            )
        ),
    ]

    // MARK: Pages

    private static func page(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let (lines, curve) = try await request.read {
            (try WorthList.lines(limit: 50, $0), try ContractCurve.read($0))
        }
        let mayReckon = request.actor.rights.allows(.costing)
        let html = WorthPage.html(lines, curve, mayReckon: mayReckon, span.frame(request))
        return .page(request.context(Label("Worth", zh: "客户价值")), html, current: "/costing", crumbs: [])
    }

    private static func again(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let outcome = try await WorthRuns(request.engine).reckon(by: request.actor)
        return .go(
            "/costing/worth",
            outcome.refusal ?? Label("\(outcome.customers) customers reckoned.", zh: "已预测 \(outcome.customers) 家客户。")
        )
    }

    private static func segmentPage(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let (by, dimensions, segments) = try await segments(span, request)
        let html = SegmentPage.html(segments, by: by, of: dimensions, span.frame(request))
        return .page(request.context(Label("Segments", zh: "客群分析")), html, current: "/costing", crumbs: [])
    }

    private static func segments(
        _ span: CostingSpan,
        _ request: FeatureRequest
    ) async throws -> (by: String, dimensions: [(key: String, label: Label)], [SegmentReader.Segment]) {
        let asked = request.query("by")
        return try await request.read { session in
            let dimensions = try SegmentReader.dimensions(session)
            let usual = dimensions.contains { $0.key == "industry" } ? "industry" : dimensions.first?.key ?? ""
            let by = asked.isEmpty ? usual : asked
            return (
                by, dimensions,
                try SegmentReader.segments(by: by, from: span.from, to: span.to, filter: span.filter, session)
            )
        }
    }

    // MARK: API

    private static func listed(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (isFile, filter) = (request.query("format") == "csv", request.query("filter"))
        let currency = request.engine.schema.baseCurrency
        let (lines, curve) = try await request.read { session in
            (
                try WorthList.lines(limit: isFile ? 10_000 : 200, filter: filter.isEmpty ? nil : filter, session),
                try ContractCurve.read(session)
            )
        }
        if isFile { return .csv("worth", CostingCSV.worths(lines, request.language, currency)) }
        return .json(CostingJSON.worths(lines, curve, currency, request.language))
    }

    private static func one(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let id = try request.id()
        let worth = try await request.read { try CustomerWorth.of(id, $0) }
        let currency = request.engine.schema.baseCurrency
        let data = [worth].compactMap { $0 }.map { CostingJSON.object(CostingJSON.worth($0, currency)) }
        return .json(CostingJSON.object([("data", .array(data))]))
    }

    private static func reckon(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let outcome = try await WorthRuns(request.engine).reckon(by: request.actor)
        return .json(
            CostingJSON.object([
                ("customers", .number(String(outcome.customers))),
                ("refusal", outcome.refusal.map { .string($0.text(request.language)) } ?? .null),
            ])
        )
    }

    private static func segments(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let (_, _, segments) = try await segments(span, request)
        let currency = request.engine.schema.baseCurrency
        if request.query("format") == "csv" {
            return .csv("segments", CostingCSV.segments(segments, request.language, currency))
        }
        let hidesPay = CostSettings.hidesPay(from: request.actor)
        return .json(CostingJSON.segments(segments, currency, request.language, hidesPay: hidesPay))
    }
}
