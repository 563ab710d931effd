import Costing
import Values
import WebServer

/// The forms of the API of costs, as its description tells them.
enum CostingForms {
    static let money = JSONSchema.reference("money")
    static let percent = JSONSchema.nullable(.number)

    /// The months and customers that a call is about.
    static let span: [FeatureDescription.Parameter] = [
        ("from", month, "The first month; the last twelve that were reckoned if left out"),
        ("to", month, "The last month"), ("filter", .string, "An expression over customers"),
    ]
    static let month = JSONSchema.raw(#"{"type":"string","examples":["2026-06"]}"#)
    static let figure: [FeatureDescription.Parameter] = [
        ("month", month, "The month"), ("line", .words(ProfitLine.allCases.map(\.rawValue)), "The line"),
        ("offset", .raw(#"{"type":"integer","minimum":0}"#), "How many to leave out"),
    ]

    static let lines: [(name: String, schema: JSONSchema)] =
        ProfitLine.allCases.map { ($0.rawValue, money) } + [
            ("acquired", money), ("cash", money), ("cash_result", money), ("margin_percent", percent),
            ("logged_percent", percent),
        ]

    static let months = JSONSchema.all([
        ("data", .array(.all([("month", .string), ("run", .id), ("closed", .boolean)] + lines))),
        ("total", .all(lines)),
        ("without_small_pools", .boolean),
    ])
    static let groups = JSONSchema.all([
        ("data", .array(.all([("key", .string), ("name", .string), ("customers", .integer)] + lines))),
        ("total", .all(lines)), ("without_small_pools", .boolean),
    ])
    static let parts = JSONSchema.all([
        ("data", .array(.all([("customer", .id), ("name", .nullable(.string)), ("amount", money)]))),
        ("count", .integer), ("total", money),
    ])
    static let entries = JSONSchema.all([
        (
            "data",
            .array(
                .all([
                    ("amount", money), ("category", .string), ("nature", .string), ("method", .string),
                    ("minutes_by", .nullable(.string)),
                    ("confidence", .string), ("object", .string), ("record", .id), ("name", .nullable(.string)),
                    ("activity", .nullable(.string)), ("seconds", .nullable(.integer)),
                    ("channel", .nullable(.string)),
                ])
            )
        ), ("count", .integer), ("total", money),
    ])
    private static let customers = JSONSchema.array(.all([("id", .id), ("name", .string)] + lines))
    static let whale = JSONSchema.all([
        ("customers", .integer), ("total", money), ("peak", money), ("peak_percent", percent),
        ("customers_to_peak", .integer), ("destroyed", money),
        ("points", .array(.all([("customers", .integer), ("profit", money)]))), ("best", customers),
        ("worst", customers),
    ])
    static let channels = JSONSchema.all([
        (
            "data",
            .array(
                .all([
                    ("channel", .string), ("label", .string), ("spend", money), ("touches", .integer), ("won", .number),
                    ("cost", .all(CostPolicy.models.map { ($0.key, .nullable(money)) })),
                    ("direct_cost", .nullable(money)), ("contribution", money), ("worth", .nullable(money)),
                    ("payback_months", .nullable(.integer)),
                    ("untouched", money), ("small", .boolean),
                ])
            )
        ), ("won", .integer), ("unknown", .integer), ("blended", .nullable(money)), ("model", .string),
    ])
    private static let side = JSONSchema.all([("amount", money), ("count", .number), ("sales", .nullable(money))])
    static let drivers = JSONSchema.all([
        (
            "data",
            .array(
                .all([
                    ("key", .string), ("name", .string), ("amount", money), ("count", .integer),
                    ("reached_percent", percent),
                ])
            )
        ),
        (
            "comparison",
            .nullable(
                .all([("key", .string), ("name", .string), ("since", month), ("before", side), ("after", side)])
            )
        ),
    ])
    static let run = JSONSchema.all([
        ("id", .id), ("month", .string), ("state", .words(["running", "draft", "closed", "failed"])),
        ("input_hash", .string), ("rules_hash", .string), ("created_at", .instant), ("created_by", .string),
        ("closed_at", .nullable(.instant)), ("closed_by", .nullable(.string)), ("replaces", .nullable(.id)),
        ("note", .string), ("pools", money), ("spend", money), ("direct", money), ("assigned", money),
        ("logged_percent", percent), ("problem", .nullable(.string)),
    ])
    static let pools = JSONSchema.all([
        (
            "data",
            .array(
                .all([
                    ("id", .id), ("name", .string), ("cost", .nullable(money)), ("capacity_seconds", .integer),
                    ("used_seconds", .integer), ("logged_seconds", .integer), ("assigned", .nullable(money)),
                    ("unused", .nullable(money)),
                ])
            )
        ), ("residuals", .array(.all([("kind", .string), ("of", .string), ("amount", money)]))),
    ])

    /// An address of the API that reads.
    static func read(
        _ path: String,
        _ id: String,
        _ summary: String,
        _ parameters: [FeatureDescription.Parameter],
        _ answer: JSONSchema,
        isFile: Bool = false,
        _ run: @escaping FeatureRoute.Run
    ) -> FeatureRoute {
        let description = FeatureDescription(
            id,
            "Costs",
            summary,
            parameters: parameters,
            answer: answer,
            isFile: isFile
        )
        return FeatureRoute(.read, "/api/v1/costing" + path, run, says: description)
    }

    /// An address of the API that writes.
    static func write(
        _ path: String,
        _ id: String,
        _ summary: String,
        mayGoOn: Bool = false,
        _ input: JSONSchema,
        _ answer: JSONSchema,
        _ run: @escaping FeatureRoute.Run
    ) -> FeatureRoute {
        let description = FeatureDescription(id, "Costs", summary, mayGoOn: mayGoOn, input: input, answer: answer)
        return FeatureRoute(.write, "/api/v1/costing" + path, run, says: description)
    }
}
