import Costing
import Ledger
import Pages
import Records
import Schema
import Values
import WebServer

/// What winning one customer cost, and why its profit changed: page and API.
enum CostingCustomer {
    private typealias Form = CostingForms

    static let routes: [FeatureRoute] = [
        FeatureRoute(.page, "/customers/{id}/acquisition", page),
        Form.read(
            "/customers/{id}/acquisition",
            "customer_acquisition",
            "What winning a customer cost: its touches, and the records that the cost is made of",
            [],
            .all([
                ("direct", Form.money), ("spend", Form.money), ("time", Form.money), ("expenses", Form.money),
                ("lost_leads", Form.money), ("full", Form.money),
                (
                    "touches",
                    .array(
                        .all([
                            ("id", .id), ("happened_at", .instant), ("channel", .string), ("campaign", .string),
                            ("kind", .string), ("credit_percent", .number),
                        ])
                    )
                ), ("entries", Form.entries), ("without_small_pools", .boolean),
            ]),
            isFile: true,
            acquisition
        ),
        Form.read(
            "/customers/{id}/variance",
            "customer_variance",
            "Why the profit of a customer differs from that of as many months before; `data` is empty without both",
            Array(Form.span.prefix(2)),
            .all([
                (
                    "data",
                    .array(
                        .all(
                            [("from", .string), ("to", .string)]
                                + [
                                    "before", "volume", "mix", "price", "rebates", "intensity", "rate", "expenses",
                                    "acquisition", "rest", "after",
                                ].map { ($0, Form.money) }
                        )
                    )
                ), ("without_small_pools", .boolean),
            ]),
            variance
        ),
    ]

    private static func page(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, id) = (try await CostingSpan(request), try request.id())
        let (name, acquisition, worth, plurals) = try await request.read { session in
            let record = try session.find(try session.object("customers"), id)
            let plurals = session.schema.objects.map { ($0.key, $0.plural) }
            return (
                record.name, try AcquisitionReader.of(id, session), try CustomerWorth.of(id, session),
                Dictionary(plurals, uniquingKeysWith: { first, _ in first })
            )
        }
        let html = AcquisitionPage.html(acquisition, worth: worth, of: id, name, { plurals[$0] }, span.frame(request))
        let title = request.context(Label("Cost & profit", zh: "成本与利润"))
        let crumbs = [Crumb(name, "/customers/\(id)"), Crumb(title, "/customers/\(id)/profit")]
        return .page(name, html, current: "/customers", crumbs: crumbs)
    }

    private static func acquisition(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (id, currency) = (try request.id(), request.engine.schema.baseCurrency)
        let found = try await request.read { try AcquisitionReader.of(id, $0) }
        let page = EntryReader.Page(found.entries)
        if request.query("format") == "csv" {
            return .csv("acquisition", CostingCSV.entries(page, request.language, currency))
        }
        func money(_ minor: Int64) -> JSONValue { CostingJSON.money(minor, currency) }
        let touches = found.touches.map { touch in
            CostingJSON.object([
                ("id", .string(touch.id.description)), ("happened_at", .string(touch.at.description)),
                ("channel", .string(touch.channel)), ("campaign", .string(touch.campaign)),
                ("kind", .string(touch.kind)), ("credit_percent", .number(FixedPoint.text(touch.weight, digits: 2))),
            ])
        }
        return .json(
            CostingJSON.object([
                ("direct", money(found.direct)), ("spend", money(found.spend)), ("time", money(found.time)),
                ("expenses", money(found.expenses)), ("lost_leads", money(found.lost)), ("full", money(found.full)),
                ("touches", .array(touches)), ("entries", CostingJSON.entries(page, currency)),
                ("without_small_pools", .bool(CostSettings.hidesPay(from: request.actor))),
            ])
        )
    }

    private static func variance(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, id) = (try await CostingSpan(request), try request.id())
        let variance = try await request.read { try VarianceReader.of(id, from: span.from, to: span.to, $0) }
        let currency = request.engine.schema.baseCurrency
        let data = [variance].compactMap { $0 }.map { one -> JSONValue in
            let amounts: [(String, Int64)] = [
                ("before", one.before), ("volume", one.effects.volume), ("mix", one.effects.mix),
                ("price", one.effects.price), ("rebates", one.rebates), ("intensity", one.effects.intensity),
                ("rate", one.effects.rate), ("expenses", one.expenses), ("acquisition", one.acquisition),
                ("rest", one.rest), ("after", one.after),
            ]
            return CostingJSON.object(
                [("from", .string(one.from)), ("to", .string(one.to))]
                    + amounts.map { ($0.0, CostingJSON.money($0.1, currency)) }
            )
        }
        return .json(
            CostingJSON.object([
                ("data", .array(data)), ("without_small_pools", .bool(CostSettings.hidesPay(from: request.actor))),
            ])
        )
    }
}
