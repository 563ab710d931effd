import Database
import Ledger
import Records
import SQLText
import Schema
import Values

/// Divides the month's spend among those whom it touched in the month.
enum RunSpend {
    private struct Key: Hashable {
        let channel: String
        let campaign: String
    }

    private struct Spend {
        let id: RecordID
        let key: Key
        let amount: Int64
        let nature: String
    }

    static func share(_ run: CostRun, _ session: WriteSession) throws {
        let spends = try spends(run.month, session)
        let credit = try credits(run, Set(spends.map(\.key)), session)
        for spend in spends { try write(spend, credit[spend.key] ?? [:], run, session) }
    }

    private static func spends(_ month: CostMonth, _ session: ReadSession) throws -> [Spend] {
        try session.connection.rows(
            """
            SELECT "id", "channel", "campaign", "amount_base", "nature" FROM \(name: ChannelSpend.key)
            WHERE "day" >= \(month.first.description) AND "day" <= \(month.last.description) AND "deleted_at" IS NULL
            ORDER BY "id"
            """
        ).map { row in
            Spend(
                id: RecordID(row.integer(0)),
                key: Key(channel: row.text(1), campaign: row.text(2)),
                amount: row.integer(3),
                nature: row.text(4)
            )
        }
    }

    /// The credit of each customer (leads below 0) for touches of the month, by what was spent on.
    private static func credits(
        _ run: CostRun,
        _ keys: Set<Key>,
        _ session: ReadSession
    ) throws -> [Key: [Int64: Int128]] {
        guard !keys.isEmpty else { return [:] }
        var credit: [Key: [Int64: Int128]] = [:]
        let model = run.policy.attribution()
        try Journeys.each(before: run.month.end, session) { journey in
            let weights = Attribution.weights(model, days: journey.days)
            for (touch, weight) in zip(journey.touches, weights) where touch.at >= run.month.start {
                for campaign in Set([touch.campaign, ""]) {
                    let key = Key(channel: touch.channel, campaign: campaign)
                    if keys.contains(key) { credit[key, default: [:]][journey.who, default: 0] += Int128(weight) }
                }
            }
        }
        return credit
    }

    private static func write(
        _ spend: Spend,
        _ credit: [Int64: Int128],
        _ run: CostRun,
        _ session: WriteSession
    ) throws {
        let connection = session.connection
        let who = credit.keys.sorted()
        guard let parts = Allocation.split(spend.amount, by: who.map { credit[$0] ?? 0 }) else {
            return try residual("untouched", spend.amount, spend.key.channel, run, session)
        }
        var leads: Int64 = 0
        var rows: [SQLFragment] = []
        for (id, part) in zip(who, parts) where part != 0 {
            if id <= 0 {
                leads += part
                continue
            }
            rows.append("(\(id), \(spend.id), \(part), \(spend.key.channel), \(spend.nature))")
            if rows.count == 200 { try insert(&rows, connection) }
        }
        try insert(&rows, connection)
        if leads != 0 { try residual("open_leads", leads, spend.key.channel, run, session) }
    }

    private static func insert(_ rows: inout [SQLFragment], _ connection: Connection) throws {
        guard !rows.isEmpty else { return }
        try connection.run(
            "INSERT INTO sys_cost_spend (customer, spend, amount, channel, nature) VALUES " + rows.joined(", ")
        )
        rows = []
    }

    private static func residual(
        _ kind: String,
        _ amount: Int64,
        _ channel: String,
        _ run: CostRun,
        _ session: WriteSession
    ) throws {
        try session.connection.run(
            """
            INSERT INTO sys_cost_residual (id, run, kind, channel, amount, seconds)
            VALUES (\(session.nextID()), \(run.id), \(kind), \(channel), \(amount), 0)
            """
        )
    }
}

/// The ways of customers and leads through our channels.
enum Journeys {
    struct Touch {
        let at: Int64
        let channel: String
        let campaign: String
    }

    struct Journey {
        /// The customer; below 0 a lead that has not become one.
        var who: Int64
        var touches: [Touch]
        var days: [Double] { touches.map { Double($0.at) / 86_400_000 } }
    }

    /// Goes through all journeys up to a moment, one at a time.
    static func each(before end: Int64, _ session: ReadSession, _ body: (Journey) throws -> Void) throws {
        let lead = "lead"
        let knowsLeads = session.schema.object(lead) != nil
        let who: SQLFragment =
            knowsLeads
            ? "coalesce(t.\"customer\", l.\"converted_customer\", -t.\"lead\", 0)"
            : "coalesce(t.\"customer\", -t.\"lead\", 0)"
        let join: SQLFragment = knowsLeads ? " LEFT JOIN \(name: lead) l ON l.\"id\" = t.\"lead\"" : ""
        var journey = Journey(who: 0, touches: [])
        try session.connection.each(
            """
            SELECT \(who) AS who, t."happened_at", t."channel", t."campaign" FROM \(name: Costing.Touch.key) t\(join)
            WHERE t."deleted_at" IS NULL AND t."happened_at" < \(end) ORDER BY who, t."happened_at", t."id"
            """
        ) { row in
            if row.integer(0) != journey.who {
                if !journey.touches.isEmpty { try body(journey) }
                journey = Journey(who: row.integer(0), touches: [])
            }
            journey.touches.append(Touch(at: row.integer(1), channel: row.text(2), campaign: row.text(3)))
            return true
        }
        if !journey.touches.isEmpty { try body(journey) }
    }
}
