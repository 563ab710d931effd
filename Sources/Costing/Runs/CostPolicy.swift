import Database
import Ledger
import SQLText
public import Values

/// What the firm has decided about how costs are reckoned.
public struct CostPolicy: Sendable, Equatable {
    /// How credit is divided among touches: the key of one of `models`.
    public var model = "linear"
    /// The half-life of time decay in days.
    public var halfLifeDays: Int64 = 7
    /// Weights of one's own for the first touch, the last, and all between them together.
    public var customFirst: Int64 = 40, customMiddle: Int64 = 20, customLast: Int64 = 40
    /// Over how many months the cost of winning a customer counts.
    public var amortisationMonths: Int64 = 24
    /// The warning line of cost to serve, in per cent of gross margin.
    public var serveWarning: Int64 = 60
    /// Whether a new warning gives a task to whoever looks after the customer.
    public var givesTasks = true
    /// Which customers are under contract, as an expression over customers; empty for none.
    public var contractFilter = ""
    /// How many months one invoice of a contract covers.
    public var contractMonths: Int64 = 1
    /// The interest of a year at which later money counts less, in per cent.
    public var interest: Int64 = 10

    /// The names of the models, in the order in which they are shown.
    public static let models: [(key: String, label: Label)] = [
        ("first", Label("First touch", zh: "首次触点")), ("last", Label("Last touch", zh: "末次触点")),
        ("linear", Label("Linear", zh: "线性")), ("position", Label("U-shaped", zh: "U 型")),
        ("milestones", Label("W-shaped", zh: "W 型")), ("time_decay", Label("Time decay", zh: "时间衰减")),
        ("custom", Label("Own weights", zh: "自定义权重")),
    ]

    /// The usual policy.
    public init() {}

    init(_ connection: Connection) throws {
        for row in try connection.rows("SELECT key, value FROM sys_cost_setting") {
            self[row.text(0)] = row.text(1)
        }
    }

    /// The keys of the settings, in the order of the form.
    public static let keys = [
        "model", "half_life_days", "custom_first", "custom_middle", "custom_last", "amortisation_months",
        "serve_warning", "warning_tasks", "contract_filter", "contract_months", "interest",
    ]

    private static func number(_ key: String) -> WritableKeyPath<CostPolicy, Int64>? {
        switch key {
        case "half_life_days": \.halfLifeDays
        case "custom_first": \.customFirst
        case "custom_middle": \.customMiddle
        case "custom_last": \.customLast
        case "amortisation_months": \.amortisationMonths
        case "serve_warning": \.serveWarning
        case "contract_months": \.contractMonths
        case "interest": \.interest
        default: nil
        }
    }

    /// A setting by its key, as text: what is no number is read as -1, which `check` refuses. Other keys are nothing.
    public subscript(key: String) -> String {
        get {
            switch key {
            case "model": model
            case "warning_tasks": givesTasks ? "1" : "0"
            case "contract_filter": contractFilter
            default: CostPolicy.number(key).map { String(self[keyPath: $0]) } ?? ""
            }
        }
        set {
            switch key {
            case "model": model = newValue
            case "warning_tasks": givesTasks = newValue == "1"
            case "contract_filter": contractFilter = newValue
            default: if let path = CostPolicy.number(key) { self[keyPath: path] = Int64(newValue) ?? -1 }
            }
        }
    }

    func save(_ connection: Connection) throws {
        try check()
        for key in CostPolicy.keys {
            try connection.run(
                """
                INSERT INTO sys_cost_setting (key, value) VALUES (\(key), \(self[key]))
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """
            )
        }
    }

    private func check() throws {
        let weights = [customFirst, customMiddle, customLast]
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
        guard weights.allSatisfy({ (0...100).contains($0) }), customFirst + customLast > 0 else {
            throw Problem.invalid(
                "custom_first",
                "invalid_weights",
                Label(
                    "Weights are 0 to 100, and the first or the last touch has one.",
                    zh: "权重为 0 至 100，首次和末次触点至少一个大于 0。"
                )
            )
        }
        guard (1...36).contains(contractMonths), (0...100).contains(interest), contractFilter.count <= 1000 else {
            throw Problem.invalid(
                "contract_months",
                "invalid_contract",
                Label(
                    "An invoice covers 1 to 36 months; interest is 0 to 100 per cent.",
                    zh: "一张账单覆盖 1 至 36 个月，年折现率 0 至 100%。"
                )
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
        case "custom": .custom(first: customFirst, middle: customMiddle, last: customLast)
        default: .linear
        }
    }
}
