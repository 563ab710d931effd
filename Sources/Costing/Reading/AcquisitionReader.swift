import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// What it cost to win one customer: its touches, the spend on them, our time, commissions and expenses, each with the
/// record that it comes from.
public enum AcquisitionReader {
    /// One touch, with its part of the credit under the model in use.
    public struct Touched: Sendable, Equatable {
        /// The record.
        public let id: RecordID
        /// When.
        public let at: Instant
        /// The key of the channel.
        public let channel: String
        /// The campaign; empty for none.
        public let campaign: String
        /// The key of the kind.
        public let kind: String
        /// Its part of the credit, in hundredths of per cent.
        public let weight: Int64
    }

    /// What one customer cost to win; amounts in minor units.
    public struct Acquisition: Sendable, Equatable {
        /// The touches in their order.
        public let touches: [Touched]
        /// The entries of the ledger, the largest first. They sum to `direct`.
        public let entries: [EntryReader.Entry]
        /// The customer's own cost, in which it is spend, time, and expenses with commissions.
        public let direct: Int64, spend: Int64, time: Int64, expenses: Int64
        /// Its share of what leads cost that were lost on the same channels in the same months.
        public let lost: Int64
        /// Both.
        public var full: Int64 { direct + lost }
    }

    /// What a customer cost to win over all reckoned months. Throws `notFound` for one that may not be seen, `forbidden`
    /// without the right to costs.
    public static func of(_ customer: RecordID, _ session: ReadSession) throws -> Acquisition {
        try session.actor.require(.costs)
        _ = try session.find(try ProfitReader.customers(session), customer)
        let runs = try RunList.current(from: "0001-01", to: "9999-12", session.connection)
        let rows = try session.connection.rows(
            """
            SELECT e.amount, e.category, e.nature, e.method, e.confidence, e.source_object, e.source, a."name",
                e.seconds, e.channel, e.pool, e.run FROM sys_cost_entry e
            LEFT JOIN \(name: CostActivity.key) a ON a."id" = e.activity
            WHERE e.record = \(customer) AND e.run IN \(list: runs.map { SQLValue($0.id) }) AND e.reverses IS NULL
            AND e.category = 'acquisition' AND e.nature NOT IN ('rebate', 'bad_debt')\(Protection(session).entries)
            ORDER BY abs(e.amount) DESC, e.id LIMIT 10000
            """
        )
        let entries = try EntryReader.named(rows.map { EntryReader.Entry($0) }, session)
        func sum(_ methods: String...) -> Int64 {
            entries.reduce(0) { methods.contains($1.method) ? $0 + $1.amount : $0 }
        }
        return Acquisition(
            touches: try touches(of: customer, session),
            entries: entries,
            direct: entries.reduce(0) { $0 + $1.amount },
            spend: sum("allocated"),
            time: sum("logged", "estimated"),
            expenses: sum("direct"),
            lost: try lost(rows, Dictionary(runs.map { ($0.id.raw, $0.month) }, uniquingKeysWith: { $1 }), session)
        )
    }

    private static func touches(of customer: RecordID, _ session: ReadSession) throws -> [Touched] {
        let lead = "lead"
        let converted: SQLFragment =
            session.schema.object(lead) == nil
            ? ""
            : " OR \"lead\" IN (SELECT \"id\" FROM \(name: lead) WHERE \"converted_customer\" = \(customer))"
        let rows = try session.connection.rows(
            """
            SELECT "id", "happened_at", "channel", "campaign", "kind" FROM \(name: Touch.key)
            WHERE ("customer" = \(customer)\(converted)) AND "deleted_at" IS NULL ORDER BY "happened_at", "id" LIMIT 1000
            """
        )
        let days = rows.map { Double($0.integer(1)) / 86_400_000 }
        let weights = Attribution.weights(try CostPolicy(session.connection).attribution(), days: days)
        return zip(rows, weights).map { row, weight in
            Touched(
                id: RecordID(row.integer(0)),
                at: Instant(milliseconds: row.integer(1)),
                channel: row.text(2),
                campaign: row.text(3),
                kind: row.text(4),
                weight: Allocation.halfUp(Int128(weight) * 10_000, Int128(Attribution.whole))
            )
        }
    }

    /// The share of the leads that were lost: what open leads of a channel and month cost, divided among those who were
    /// won there by what they bear themselves.
    private static func lost(_ rows: [Row], _ months: [Int64: String], _ session: ReadSession) throws -> Int64 {
        struct Cohort: Hashable {
            let run: Int64
            let channel: String
        }
        var own: [Cohort: Int64] = [:]
        for row in rows where row.text(3) == "allocated" {
            own[Cohort(run: row.integer(11), channel: row.text(9)), default: 0] += row.integer(0)
        }
        guard !own.isEmpty else { return 0 }
        let runs = Set(own.keys.map(\.run))
        var (open, unborne): ([Cohort: Int64], [Cohort: Int64]) = ([:], [:])
        for row in try session.connection.rows(
            """
            SELECT run, channel, kind, CAST(sum(amount) AS BIGINT) FROM sys_cost_residual
            WHERE run IN \(list: runs.sorted().map { SQLValue.integer($0) }) AND kind IN ('open_leads', 'untouched')
            GROUP BY run, channel, kind
            """
        ) {
            let cohort = Cohort(run: row.integer(0), channel: row.text(1))
            unborne[cohort, default: 0] += row.integer(3)
            if row.text(2) == "open_leads" { open[cohort, default: 0] += row.integer(3) }
        }
        let spends = try session.connection.rows(
            """
            SELECT substr("day", 1, 7), "channel", CAST(sum("amount_base") AS BIGINT) FROM \(name: ChannelSpend.key)
            WHERE "deleted_at" IS NULL AND substr("day", 1, 7) IN \(list: runs.compactMap { months[$0] }.sorted().map { .text($0) })
            GROUP BY substr("day", 1, 7), "channel"
            """
        )
        let spend = Dictionary(spends.map { ($0.text(0) + $0.text(1), $0.integer(2)) }, uniquingKeysWith: +)
        return own.reduce(0) { sum, part in
            let borne = (spend[(months[part.key.run] ?? "") + part.key.channel] ?? 0) - (unborne[part.key] ?? 0)
            guard let lost = open[part.key], borne > 0 else { return sum }
            return sum + Allocation.halfUp(Int128(lost) * Int128(part.value), Int128(borne))
        }
    }
}
