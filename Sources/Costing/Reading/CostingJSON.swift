import Ledger
import Schema
public import Values

/// Costs as the API writes them. Amounts are money with the base currency.
public enum CostingJSON {
    /// An amount.
    public static func money(_ minor: Int64?, _ currency: String) -> JSONValue {
        guard let minor else { return .null }
        let text = FixedPoint.text(minor, digits: Currency.digits(currency) ?? 2)
        return object([("value", .string(text)), ("currency", .string(currency))])
    }

    /// An object of members.
    public static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(members.map { .init(key: $0.0, value: $0.1) })
    }

    private static func number(_ value: Int64?) -> JSONValue { value.map { .number(String($0)) } ?? .null }

    /// Hundredths of per cent as per cent.
    static func percent(_ hundredths: Int64?) -> JSONValue {
        hundredths.map { .number(FixedPoint.text($0, digits: 2)) } ?? .null
    }

    /// A statement.
    public static func statement(_ statement: Statement, _ currency: String) -> [(String, JSONValue)] {
        ProfitLine.allCases.map { ($0.rawValue, money(statement[$0], currency)) } + [
            ("acquired", money(statement.acquired, currency)), ("cash", money(statement.cash, currency)),
            ("cash_result", money(statement.cashResult, currency)),
            ("margin_percent", percent(statement.marginHundredths)),
            ("logged_percent", percent(statement.loggedHundredths)),
        ]
    }

    /// Statements by month.
    public static func months(_ months: [ProfitReader.Month], _ currency: String, hidesPay: Bool) -> JSONValue {
        let total = months.reduce(Statement.zero) { $0 + $1.statement }
        return object([
            (
                "data",
                .array(
                    months.map { month in
                        object(
                            [
                                ("month", .string(month.month)), ("run", .string(month.run.description)),
                                ("closed", .bool(month.isClosed)),
                            ] + statement(month.statement, currency)
                        )
                    }
                )
            ),
            ("total", object(statement(total, currency))), ("without_small_pools", .bool(hidesPay)),
        ])
    }

    /// Groups with their statements.
    public static func groups(
        _ groups: [GroupReader.Group],
        _ currency: String,
        _ language: Language,
        hidesPay: Bool
    ) -> JSONValue {
        let total = groups.reduce(Statement.zero) { $0 + $1.statement }
        return object([
            (
                "data",
                .array(
                    groups.map { group in
                        object(
                            [
                                ("key", .string(group.key)), ("name", .string(group.label.text(language))),
                                ("customers", .number(String(group.customers))),
                            ] + statement(group.statement, currency)
                        )
                    }
                )
            ), ("total", object(statement(total, currency))), ("without_small_pools", .bool(hidesPay)),
        ])
    }

    /// The customers behind a figure of a group.
    public static func parts(_ parts: GroupReader.Parts, _ currency: String) -> JSONValue {
        object([
            (
                "data",
                .array(
                    parts.parts.map { part in
                        object([
                            ("customer", .string(part.customer.description)),
                            ("name", part.name.map(JSONValue.string) ?? .null),
                            ("amount", money(part.amount, currency)),
                        ])
                    }
                )
            ), ("count", .number(String(parts.count))), ("total", money(parts.total, currency)),
        ])
    }

    /// The entries behind a figure.
    public static func entries(_ page: EntryReader.Page, _ currency: String) -> JSONValue {
        object([
            (
                "data",
                .array(
                    page.entries.map { entry in
                        object([
                            ("amount", money(entry.amount, currency)), ("category", .string(entry.category)),
                            ("nature", .string(entry.nature)), ("method", .string(entry.method)),
                            ("minutes_by", entry.minutesBy.map { .string($0.key) } ?? .null),
                            ("confidence", .string(entry.confidence)), ("object", .string(entry.object)),
                            ("record", .string(entry.source.description)),
                            ("name", entry.name.map(JSONValue.string) ?? .null),
                            ("activity", entry.activity.map(JSONValue.string) ?? .null),
                            ("seconds", number(entry.seconds)),
                            ("channel", entry.channel.map(JSONValue.string) ?? .null),
                        ])
                    }
                )
            ),
            ("count", .number(String(page.count))), ("total", money(page.total, currency)),
        ])
    }

    /// The whale curve.
    public static func whale(_ curve: WhaleReader.Curve, _ currency: String) -> JSONValue {
        func list(_ customers: [WhaleReader.Customer]) -> JSONValue {
            .array(
                customers.map { customer in
                    object(
                        [("id", .string(customer.id.description)), ("name", .string(customer.name))]
                            + statement(customer.statement, currency)
                    )
                }
            )
        }
        return object([
            ("customers", .number(String(curve.customers))), ("total", money(curve.total, currency)),
            ("peak", money(curve.peak, currency)), ("peak_percent", percent(curve.peakHundredths)),
            ("customers_to_peak", .number(String(curve.toPeak))), ("destroyed", money(curve.destroyed, currency)),
            (
                "points",
                .array(
                    curve.points.map {
                        object([("customers", .number(String($0.customers))), ("profit", money($0.profit, currency))])
                    }
                )
            ), ("best", list(curve.best)), ("worst", list(curve.worst)),
        ])
    }

    /// The table of channels.
    public static func channels(_ table: ChannelReader.Table, _ currency: String, _ language: Language) -> JSONValue {
        object([
            (
                "data",
                .array(
                    table.channels.map { channel in
                        object([
                            ("channel", .string(channel.key)), ("label", .string(channel.label.text(language))),
                            ("spend", money(channel.spend, currency)), ("touches", .number(String(channel.touches))),
                            ("won", .number(FixedPoint.text(channel.wonThousandths, digits: 3))),
                            (
                                "cost",
                                object(
                                    zip(CostPolicy.models, channel.costs).map { ($0.0.key, money($0.1, currency)) }
                                )
                            ), ("direct_cost", money(channel.directCost, currency)),
                            ("contribution", money(channel.contribution, currency)),
                            ("worth", money(channel.worth, currency)),
                            ("payback_months", number(channel.paybackMonths.map { Int64($0) })),
                            ("untouched", money(channel.untouched, currency)), ("small", .bool(channel.isSmall)),
                        ])
                    }
                )
            ), ("won", .number(String(table.won))), ("unknown", .number(String(table.unknown))),
            ("blended", money(table.blended, currency)), ("model", .string(table.model)),
        ])
    }

    /// A run.
    public static func run(_ run: RunSummary, _ currency: String) -> JSONValue {
        object([
            ("id", .string(run.id.description)), ("month", .string(run.month)), ("state", .string(run.state)),
            ("input_hash", .string(run.inputHash)), ("rules_hash", .string(run.rulesHash)),
            ("created_at", .string(run.createdAt.description)), ("created_by", .string(run.createdBy)),
            ("closed_at", run.closedAt.map { .string($0.description) } ?? .null),
            ("closed_by", run.closedBy.map(JSONValue.string) ?? .null),
            ("replaces", run.replaces.map { .string($0.description) } ?? .null), ("note", .string(run.note)),
            ("pools", money(run.poolCost, currency)), ("spend", money(run.spend, currency)),
            ("direct", money(run.direct, currency)), ("assigned", money(run.assigned, currency)),
            ("logged_percent", percent(run.loggedShare)),
            ("problem", run.problem.map(JSONValue.string) ?? .null),
        ])
    }

    /// Pools and what no customer bears.
    public static func pools(
        _ pools: [PoolReader.Pool],
        _ residuals: [PoolReader.Residual],
        _ currency: String,
        _ language: Language
    ) -> JSONValue {
        object([
            (
                "data",
                .array(
                    pools.map { pool in
                        object([
                            ("id", .string(pool.id.description)), ("name", .string(pool.name)),
                            ("cost", money(pool.cost, currency)), ("capacity_seconds", .number(String(pool.capacity))),
                            ("used_seconds", .number(String(pool.used))),
                            ("logged_seconds", .number(String(pool.logged))),
                            ("assigned", money(pool.assigned, currency)), ("unused", money(pool.unused, currency)),
                        ])
                    }
                )
            ),
            (
                "residuals",
                .array(
                    residuals.map {
                        object([
                            ("kind", .string($0.kind)), ("of", .string($0.of?.text(language) ?? "")),
                            ("amount", money($0.amount, currency)),
                        ])
                    }
                )
            ),
        ])
    }

    /// Drivers.
    public static func drivers(
        _ drivers: [DriverReader.Driver],
        _ comparison: DriverReader.Comparison? = nil,
        _ currency: String,
        _ language: Language
    ) -> JSONValue {
        func driver(_ one: DriverReader.Driver) -> [(String, JSONValue)] {
            [("key", .string(one.key)), ("name", .string(one.name.text(language)))]
        }
        func side(_ amount: Int64, _ count: Int64, _ sales: Int64?) -> JSONValue {
            object([("amount", money(amount, currency)), ("count", percent(count)), ("sales", money(sales, currency))])
        }
        let compared = comparison.map { one in
            object(
                driver(one.driver) + [
                    ("since", .string(one.month)), ("before", side(one.before, one.countBefore, one.salesBefore)),
                    ("after", side(one.after, one.countAfter, one.salesAfter)),
                ]
            )
        }
        return object([
            (
                "data",
                .array(
                    drivers.map { one in
                        object(
                            driver(one) + [
                                ("amount", money(one.amount, currency)), ("count", .number(String(one.count))),
                                ("reached_percent", percent(one.reached)),
                            ]
                        )
                    }
                )
            ), ("comparison", compared ?? .null),
        ])
    }
}
