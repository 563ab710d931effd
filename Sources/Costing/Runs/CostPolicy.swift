import Database
import Ledger
import SQLText
public import Values

/// What the firm has decided about how costs are reckoned.
public struct CostPolicy: Sendable, Equatable {
    /// How credit is divided among touches: `first`, `last`, `linear`, `position`, `milestones`, `time_decay`.
    public var model = "linear"
    /// The half-life of time decay in days.
    public var halfLifeDays: Int64 = 7
    /// Over how many months the cost of winning a customer counts.
    public var amortisationMonths: Int64 = 24
    /// The warning line of cost to serve, in per cent of gross margin.
    public var serveWarning: Int64 = 60

    /// The names of the models, in the order in which they are shown.
    public static let models: [(key: String, label: Label)] = [
        ("first", Label("First touch", zh: "首次触点")), ("last", Label("Last touch", zh: "末次触点")),
        ("linear", Label("Linear", zh: "线性")), ("position", Label("U-shaped", zh: "U 型")),
        ("milestones", Label("W-shaped", zh: "W 型")), ("time_decay", Label("Time decay", zh: "时间衰减")),
    ]

    /// The usual policy.
    public init() {}

    init(_ connection: Connection) throws {
        for row in try connection.rows("SELECT key, value FROM sys_cost_setting") {
            switch row.text(0) {
            case "model": model = row.text(1)
            case "half_life_days": halfLifeDays = Int64(row.text(1)) ?? 7
            case "amortisation_months": amortisationMonths = Int64(row.text(1)) ?? 24
            case "serve_warning": serveWarning = Int64(row.text(1)) ?? 60
            default: break
            }
        }
    }

    func save(_ connection: Connection) throws {
        guard CostPolicy.models.contains(where: { $0.key == model }), (1...120).contains(amortisationMonths),
            (1...365).contains(halfLifeDays), (1...1000).contains(serveWarning)
        else {
            throw Problem.invalid(
                "model",
                "invalid_policy",
                Label(
                    "Choose a model, 1 to 120 months, a half-life of 1 to 365 days.",
                    zh: "请选择归因模型，摊销 1 至 120 个月，半衰期 1 至 365 天。"
                )
            )
        }
        let values = [
            ("model", model), ("half_life_days", String(halfLifeDays)),
            ("amortisation_months", String(amortisationMonths)), ("serve_warning", String(serveWarning)),
        ]
        for (key, value) in values {
            try connection.run(
                """
                INSERT INTO sys_cost_setting (key, value) VALUES (\(key), \(value))
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """
            )
        }
    }

    /// The model as the arithmetic takes it.
    func attribution(_ name: String? = nil) -> AttributionModel {
        switch name ?? model {
        case "first": .first
        case "last": .last
        case "position": .position
        case "milestones": .milestones
        case "time_decay": .timeDecay(halfLifeDays: Double(halfLifeDays))
        default: .linear
        }
    }
}
