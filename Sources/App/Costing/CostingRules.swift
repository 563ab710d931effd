import Costing
import Identity
import Records
import Schema
import Values
import WebServer

/// The rules of costing, what to look at before a month is closed, and who moved, over the API.
enum CostingRules {
    private typealias Form = CostingForms

    static let routes: [FeatureRoute] = [
        Form.read("/rules", "cost_rules", "The rules that runs follow", [], rulesForm, read),
        Form.write(
            "/rules",
            "set_cost_rules",
            "Sets rules, those that are named; the next run follows them",
            .object(fields, required: [], open: true),
            rulesForm,
            write
        ),
        Form.read(
            "/runs/{id}/checks",
            "cost_run_checks",
            "What to look at before the month is closed",
            [],
            .all([
                (
                    "data",
                    .array(.all([("label", .string), ("figure", .string), ("fine", .boolean), ("address", .string)]))
                )
            ]),
            checks
        ),
        Form.read(
            "/runs/{id}/changes",
            "cost_run_changes",
            "Whose profit or place differs from another run, or from the month before",
            [("with", .id, "The other run; that of the month before if left out")],
            .all([
                (
                    "data",
                    .array(
                        .all([
                            ("customer", .id), ("name", .string), ("before", Form.money), ("after", Form.money),
                            ("place_before", .integer), ("place_after", .integer),
                        ])
                    )
                )
            ]),
            isFile: true,
            changes
        ), warn,
    ]

    static let warn = Form.write(
        "/warnings",
        "look_for_cost_warnings",
        "Looks for warnings in the background; webhooks are told `customer.warned`, people concerned get a task",
        mayGoOn: true,
        .object([], required: [], open: true),
        .all([("begun", .boolean)])
    ) { request in
        try await CostingJobs.warn(request)
        return .accepted(CostingJSON.object([("begun", .bool(true))]))
    }

    private static let fields: [(name: String, schema: JSONSchema)] = CostPolicy.keys.map { key in
        switch key {
        case "model": (key, .words(CostPolicy.models.map(\.key)))
        case "contract_filter": (key, .string)
        case "warning_tasks": (key, .boolean)
        default: (key, .integer)
        }
    }
    private static let rulesForm = JSONSchema.all(fields)

    private static func json(_ policy: CostPolicy) -> JSONValue {
        CostingJSON.object(
            CostPolicy.keys.map { key in
                switch key {
                case "model", "contract_filter": (key, .string(policy[key]))
                case "warning_tasks": (key, .bool(policy.givesTasks))
                default: (key, .number(policy[key]))
                }
            }
        )
    }

    private static func read(_ request: FeatureRequest) async throws -> FeatureAnswer {
        .json(json(try await request.read { try CostSettings.policy($0) }))
    }

    private static func write(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let body = request.json
        let policy = try await request.engine.write(as: request.actor) { session in
            var policy = try CostSettings.policy(session)
            for key in CostPolicy.keys {
                guard let value = body[key], !value.isNull else { continue }
                policy[key] = value.bool.map { $0 ? "1" : "0" } ?? value.integer.map(String.init) ?? value.string ?? ""
            }
            try CostSettings.save(policy, session)
            return policy
        }
        return .json(json(policy))
    }

    private static func checks(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let id = try request.id()
        let checks = try await request.read { try MonthChecks.of(try RunList.one(id, $0), $0) }
        let data = checks.map { check in
            CostingJSON.object([
                ("label", .string(check.label.text(request.language))), ("figure", .string(check.figure)),
                ("fine", .bool(check.isFine)), ("address", .string(check.address)),
            ])
        }
        return .json(CostingJSON.object([("data", .array(data))]))
    }

    private static func changes(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (id, other) = (try request.id(), request.query("with"))
        let changes = try await request.read { session in
            let run = try RunList.one(id, session)
            guard !other.isEmpty else { return try MonthChecks.movers(run, session) }
            guard let with = RecordID(other) else { throw Problem.notFound }
            return try CostRuns.compare(try RunList.one(with, session).id, id, limit: 200, session)
        }
        let currency = request.engine.schema.baseCurrency
        guard request.query("format") != "csv" else {
            return .csv("changes", CostingCSV.changes(changes, request.language, currency))
        }
        let data = changes.map { change in
            CostingJSON.object([
                ("customer", .string(change.customer.description)), ("name", .string(change.name)),
                ("before", CostingJSON.money(change.before, currency)),
                ("after", CostingJSON.money(change.after, currency)),
                ("place_before", .number(String(change.placeBefore))),
                ("place_after", .number(String(change.placeAfter))),
            ])
        }
        return .json(CostingJSON.object([("data", .array(data))]))
    }
}
