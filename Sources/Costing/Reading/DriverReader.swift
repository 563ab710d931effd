import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// What makes serving dear: by activity, nature, product or reason.
public enum DriverReader {
    /// How costs are taken together.
    public enum Dimension: String, Sendable, CaseIterable {
        /// By costed activity; expenses by their nature.
        case activity
        /// By nature.
        case nature
        /// By product.
        case product
        /// By reason, such as the code of a complaint.
        case reason
        /// By channel.
        case channel

        /// The name for people.
        public var label: Label {
            switch self {
            case .activity: Label("Activity", zh: "作业")
            case .nature: Label("Nature", zh: "费用性质")
            case .product: Label("Product", zh: "产品")
            case .reason: Label("Reason", zh: "原因")
            case .channel: Label("Channel", zh: "渠道")
            }
        }
    }

    /// One driver with its cost.
    public struct Driver: Sendable, Equatable {
        /// By which it is told from others of its dimension, in an address.
        public let key: String
        /// Its name.
        public let name: Label
        /// What it cost, in minor units.
        public let amount: Int64
        /// How many entries.
        public let count: Int64
        /// The share of this and all larger ones, in hundredths of per cent.
        public let reached: Int64
        /// Its page, such as that of the product.
        public let record: (object: String, id: RecordID)?

        /// By all that is shown.
        public static func == (left: Driver, right: Driver) -> Bool {
            left.name == right.name && left.amount == right.amount && left.count == right.count
        }
    }

    /// The largest drivers over the months of a range; `category` narrows to one of the three.
    public static func drivers(
        by dimension: Dimension,
        from: String,
        to: String,
        category: String? = nil,
        filter: String? = nil,
        most: Int = 50,
        _ session: ReadSession
    ) throws -> [Driver] {
        try session.actor.require(.costs)
        let runs = try RunList.current(from: from, to: to, session)
        let condition = try ProfitReader.condition(filter, session)
        let customer = "customer"
        let who: SQLFragment =
            condition.map {
                " AND e.record IN (SELECT c.\"id\" FROM \(name: customer) c WHERE c.\"deleted_at\" IS NULL AND \($0))"
            } ?? ""
        let kind: SQLFragment = category.map { " AND e.category = \($0)" } ?? ""
        let key: SQLFragment =
            switch dimension {
            case .activity: "CASE WHEN e.activity IS NULL THEN e.nature ELSE CAST(e.activity AS TEXT) END"
            case .nature: "e.nature"
            case .product: "CAST(e.product AS TEXT)"
            case .reason: "e.reason"
            case .channel: "e.channel"
            }
        let rows = try session.connection.rows(
            """
            SELECT \(key) AS driver, CAST(sum(e.amount) AS BIGINT), count(*) FROM sys_cost_entry e
            WHERE e.run IN \(list: runs.map { SQLValue($0.id) }) AND e.reverses IS NULL\(kind)\(who)\(Protection(session).entries)
            GROUP BY driver HAVING \(key) IS NOT NULL
            """
        )
        let counts = Dictionary(rows.map { ($0.text(0), $0.integer(2)) }, uniquingKeysWith: +)
        let sums = Dictionary(rows.map { ($0.text(0), $0.integer(1)) }, uniquingKeysWith: +)
        let bars = Pareto(sums).bars.prefix(most)
        let names = try names(bars.map(\.key), dimension, session)
        return bars.map { bar in
            Driver(
                key: dimension == .product || dimension == .activity
                    ? Int64(bar.key).map { RecordID($0).description } ?? bar.key : bar.key,
                name: names[bar.key]?.0 ?? CostChoices.label(bar.key, in: CostChoices.natures),
                amount: bar.amount,
                count: counts[bar.key] ?? 0,
                reached: bar.reached,
                record: names[bar.key]?.1
            )
        }
    }

    /// What one driver cost before and after a month, on average per month, and how often it came.
    public struct Comparison: Sendable, Equatable {
        /// The month in which it was mended.
        public let month: String
        /// What is compared.
        public let driver: Driver
        /// Average cost of a month before and after, in minor units.
        public let before: Int64, after: Int64
        /// Entries of a month before and after, in hundredths.
        public let countBefore: Int64, countAfter: Int64
        /// Its sales of a month before and after, in minor units; nil for what is no product.
        public let salesBefore: Int64?, salesAfter: Int64?
    }

    /// Compares a driver in the months of a range before `since` with those from it on. `key` is that of a driver, the
    /// largest if nil. Nil where there is none, or where one side has no month.
    public static func comparison(
        of key: String?,
        by dimension: Dimension,
        since: String,
        from: String,
        to: String,
        category: String? = nil,
        filter: String? = nil,
        _ session: ReadSession
    ) throws -> Comparison? {
        let last = CostMonth.text(since, adding: -1)
        let (months, later) = (RunTotals.distance(from, since), RunTotals.distance(since, to) + 1)
        guard months > 0, later > 0 else { return nil }
        func read(_ from: String, _ to: String) throws -> [Driver] {
            try drivers(by: dimension, from: from, to: to, category: category, filter: filter, most: 10_000, session)
        }
        let all = try read(from, to)
        guard let driver = key.map({ key in all.first { $0.key == key } }) ?? all.first else { return nil }
        let before = try read(from, last).first { $0.key == driver.key }
        let after = try read(since, to).first { $0.key == driver.key }
        func sales(_ from: String, _ to: String, _ months: Int64) throws -> Int64? {
            guard dimension == .product, let id = driver.record?.id else { return nil }
            return try session.connection.value(
                """
                SELECT CAST(coalesce(sum("amount_base"), 0) AS BIGINT) FROM \(name: SaleLine.key) WHERE "product" = \(id)
                AND "kind" = 'sale' AND "deleted_at" IS NULL AND "day" >= \(from + "-01") AND "day" <= \(to + "-31")
                """
            ).integer.map { $0 / months }
        }
        return Comparison(
            month: since,
            driver: driver,
            before: (before?.amount ?? 0) / months,
            after: (after?.amount ?? 0) / later,
            countBefore: (before?.count ?? 0) * 100 / months,
            countAfter: (after?.count ?? 0) * 100 / later,
            salesBefore: try sales(from, last, months),
            salesAfter: try sales(since, to, later)
        )
    }

    private static func names(
        _ keys: [String],
        _ dimension: Dimension,
        _ session: ReadSession
    ) throws -> [String: (Label, (object: String, id: RecordID)?)] {
        switch dimension {
        case .nature: return [:]
        case .reason: return Dictionary(uniqueKeysWithValues: keys.map { ($0, (Label($0, zh: $0), nil)) })
        case .channel:
            return Dictionary(
                uniqueKeysWithValues: keys.map { ($0, (CostChoices.label($0, in: CostChoices.channels), nil)) }
            )
        case .activity, .product:
            let key = dimension == .product ? "product" : CostActivity.key
            guard let object = session.schema.object(key) else { return [:] }
            let records = try session.records(object, keys.compactMap { Int64($0).map(RecordID.init) })
            return Dictionary(
                records.map {
                    (String($0.id.raw), (Label($0.name, zh: $0.name), (object: object.plural, id: $0.id)))
                },
                uniquingKeysWith: { $1 }
            )
        }
    }
}
